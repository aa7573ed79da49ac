-- The civil year of issue of a list's certificates; 0 of a list that was opened before lists had one. No new index is handed out from those.
ALTER TABLE status_lists ADD COLUMN year BIGINT NOT NULL DEFAULT 0;

-- Every manifest that the region ever signed about its trust bundle.
CREATE TABLE bundle_manifests (
    id     TEXT   PRIMARY KEY,
    seq    BIGINT NOT NULL UNIQUE CHECK (seq >= 1), -- rises by one, whichever server publishes
    epoch  BIGINT NOT NULL,
    iat    BIGINT NOT NULL,                         -- up to when the facts are known
    basis  TEXT   NOT NULL,                         -- counters of all facts that it was made from; the same counters, the same facts
    sha256 TEXT   NOT NULL,                         -- of the JWS
    jws    TEXT   NOT NULL
);

-- Texts of parts, gzipped. A part that the last manifest does not name is superseded, and purged later.
CREATE TABLE bundle_parts (
    sha256        TEXT   PRIMARY KEY,               -- of the plain text
    gzip          BYTEA  NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX bundle_parts_by_end ON bundle_parts (superseded_at);
