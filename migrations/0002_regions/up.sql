-- The one region that this registry serves.
CREATE TABLE regions (
    code       TEXT   PRIMARY KEY,
    name_zh    TEXT   NOT NULL,
    name_en    TEXT   NOT NULL,
    zone       BIGINT NOT NULL,             -- minutes east of UTC
    epoch      BIGINT NOT NULL CHECK (epoch >= 1),
    created_at BIGINT NOT NULL
);

-- The key that seals what is personal and from which the look-up hashes are derived; itself sealed under the master key,
-- so that a new master key means sealing this row and the signing keys anew, and nothing else.
CREATE TABLE data_keys (
    name       TEXT   PRIMARY KEY,
    sealed     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL
);

-- Every key the registry ever had. The private half rests sealed under the master key.
CREATE TABLE keys (
    kid           TEXT   PRIMARY KEY,       -- RFC 7638 thumbprint
    short_kid     TEXT   NOT NULL UNIQUE,   -- its first six bytes, as a card names it
    purpose       TEXT   NOT NULL CHECK (purpose IN ('region', 'issuer', 'token')),
    provider_id   TEXT,                     -- of an issuer key
    slot          TEXT   NOT NULL UNIQUE,   -- what the key is for: one key a slot, whoever is first makes it
    public        BYTEA  NOT NULL,
    sealed        BYTEA  NOT NULL,
    from_at       BIGINT NOT NULL,
    until_at      BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    retired_at    BIGINT,                   -- a successor signs from here on
    revoked_at    BIGINT,
    revoke_reason TEXT,
    CHECK (from_at < until_at),
    CHECK ((purpose = 'issuer') = (provider_id IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE INDEX keys_by_provider ON keys (provider_id, from_at);

-- What happened to a key, as the documents that the evidence commits to.
CREATE TABLE key_events (
    id       TEXT   PRIMARY KEY,
    kid      TEXT   NOT NULL REFERENCES keys (kid),
    kind     TEXT   NOT NULL CHECK (kind IN ('created', 'retired', 'revoked', 'rewrapped')),
    at       BIGINT NOT NULL,
    document TEXT   NOT NULL
);
