-- Programs and people that call the API (OAuth 2.0 clients). The secret is 256 random bits, kept as its SHA-256.
CREATE TABLE clients (
    id          TEXT   PRIMARY KEY,
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL CHECK (role IN ('operator', 'provider', 'partner', 'auditor')),
    provider_id TEXT,
    secret_hash BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    rotated_at  BIGINT NOT NULL,
    disabled_at BIGINT,
    CHECK ((role = 'provider') = (provider_id IS NOT NULL))
);

CREATE TABLE client_events (
    id        TEXT   PRIMARY KEY,
    client_id TEXT   NOT NULL REFERENCES clients (id),
    kind      TEXT   NOT NULL CHECK (kind IN ('created', 'rotated', 'disabled')),
    at        BIGINT NOT NULL,
    document  TEXT   NOT NULL
);

-- The answer to a request that carried an Idempotency-Key, stored in the transaction that did the work.
CREATE TABLE idempotency (
    client_id  TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    input_hash BYTEA  NOT NULL,
    status     BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
