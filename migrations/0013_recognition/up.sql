-- What this region waives of a grant for one case: waiver/1, a compact JWS. It is never taken back; it ends on its day.
CREATE TABLE waivers (
    id        TEXT   PRIMARY KEY,
    digest    TEXT   NOT NULL UNIQUE,        -- of the document: the name that decisions use
    subject   TEXT   NOT NULL,               -- the case: a certificate's number, the digest of a lot's basis, a provider's code
    document  TEXT   NOT NULL,
    signed_at BIGINT NOT NULL,
    signed_by TEXT   NOT NULL                -- client id
);
CREATE INDEX waivers_by_subject ON waivers (subject, id);

-- Decisions that were kept: what a replay gives again.
CREATE TABLE recognition_decisions (
    id       TEXT   PRIMARY KEY,
    digest   TEXT   NOT NULL UNIQUE,         -- of the decision: its name
    decision BYTEA  NOT NULL,                -- decision/1, byte for byte
    document TEXT   NOT NULL,                -- recognition-record/1: the digest, and every input that the decision does not hold
    kept_at  BIGINT NOT NULL,
    kept_by  TEXT   NOT NULL                 -- client id
);
