-- What regions recognise of each other. What an agreement is on a day (proposed, in force, superseded, ended) is derived from these rows.
CREATE TABLE agreements (
    id          TEXT   PRIMARY KEY,
    digest      TEXT   NOT NULL UNIQUE,      -- of the document: the agreement's name
    urn         TEXT   NOT NULL,             -- its id, the same in all versions
    version     BIGINT NOT NULL CHECK (version > 0),
    document    TEXT   NOT NULL,             -- agreement/1, byte for byte as it is signed
    received_at BIGINT NOT NULL,
    received_by TEXT   NOT NULL,             -- client id, local, or the region of the partner that sent it
    UNIQUE (urn, version)
);

-- The consent of each party: agreement-signature/1, a compact JWS.
CREATE TABLE agreement_signatures (
    id       TEXT   PRIMARY KEY,
    digest   TEXT   NOT NULL REFERENCES agreements (digest),
    region   TEXT   NOT NULL,
    at       BIGINT NOT NULL,                -- when it was signed, by the signer's word
    document TEXT   NOT NULL,
    actor    TEXT   NOT NULL,                -- who asked for it, or brought it: as received_by
    UNIQUE (digest, region)
);

-- That a party ends an agreement on a day: notice/1, a compact JWS. A party gives it once.
CREATE TABLE agreement_notices (
    id        TEXT   PRIMARY KEY,
    digest    TEXT   NOT NULL REFERENCES agreements (digest),
    region    TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    effective TEXT   NOT NULL,               -- the first day that is no longer in force
    document  TEXT   NOT NULL,
    actor     TEXT   NOT NULL,
    UNIQUE (digest, region)
);

-- Which agreements this region passes on to the world.
CREATE TABLE agreement_publications (
    id       TEXT   PRIMARY KEY,
    digest   TEXT   NOT NULL UNIQUE REFERENCES agreements (digest),
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    document TEXT   NOT NULL
);

INSERT INTO revisions (name, n) VALUES ('agreements', 0);
