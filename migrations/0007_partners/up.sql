-- Regions whose key an operator has pinned, and what is held of them.
CREATE TABLE partners (
    region        TEXT   PRIMARY KEY,       -- GB/T 2260
    url           TEXT   NOT NULL,
    key           TEXT   NOT NULL,          -- base64url of 32 bytes
    pin           TEXT   NOT NULL,          -- the event by which what is held began
    pinned_at     BIGINT NOT NULL,
    manifest      TEXT,                     -- the manifest that is held, as it was signed
    epoch         BIGINT,                   -- its place
    seq           BIGINT,
    etag          TEXT,                     -- of the answer that it came in
    fetched_at    BIGINT,                   -- when the partner last answered well
    next_at       BIGINT NOT NULL,          -- when it is asked again
    failures      BIGINT NOT NULL,          -- since it last answered well
    error         TEXT,                     -- code of the last failure
    error_detail  TEXT,
    alarm         TEXT,                     -- the event of an alarm that stands
    claim         TEXT   NOT NULL,          -- who is asking it now; one server at a time
    claimed_until BIGINT NOT NULL,
    CHECK ((manifest IS NULL) = (epoch IS NULL) AND (manifest IS NULL) = (seq IS NULL))
);

-- The parts that the held manifests name, gzipped.
CREATE TABLE partner_parts (
    region TEXT  NOT NULL REFERENCES partners (region),
    sha256 TEXT  NOT NULL,                  -- of the text, not of the gzip stream
    body   BYTEA NOT NULL,
    PRIMARY KEY (region, sha256)
);

-- What happened with a partner, as the documents that the evidence commits to. The document of an alarm has both manifests.
CREATE TABLE partner_events (
    id       TEXT   PRIMARY KEY,
    region   TEXT   NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('pinned', 'unpinned', 'taken', 'alarm', 'acknowledged')),
    code     TEXT,                          -- of an alarm
    at       BIGINT NOT NULL,
    document TEXT   NOT NULL
);
CREATE INDEX partner_events_by_region ON partner_events (region, id);

-- partners: who is pinned; partner_bundles: what is held of them.
INSERT INTO revisions (name, n) VALUES ('partners', 0), ('partner_bundles', 0);
