-- Dense indices are handed out per list; a list belongs to one provider.
CREATE TABLE status_lists (
    id          BIGINT PRIMARY KEY,
    provider_id TEXT   NOT NULL REFERENCES providers (id),
    next_index  BIGINT NOT NULL CHECK (next_index >= 0),
    version     BIGINT NOT NULL,            -- raised when the status of any index changes
    changed_at  BIGINT NOT NULL
);
CREATE INDEX status_lists_by_provider ON status_lists (provider_id, id);

-- An index over the signed cards: the card is the truth, the columns only find it.
CREATE TABLE certificates (
    id            TEXT   PRIMARY KEY,
    number        TEXT   NOT NULL UNIQUE,
    provider_id   TEXT   NOT NULL REFERENCES providers (id),
    kid           TEXT   NOT NULL REFERENCES keys (kid),
    kind          TEXT   NOT NULL,
    occupation    TEXT,
    title         TEXT,
    level         BIGINT,
    grade         TEXT,
    assessed_on   TEXT   NOT NULL,
    issued_at     BIGINT NOT NULL,
    valid_until   TEXT,
    status        TEXT   NOT NULL CHECK (status IN ('issued', 'suspended', 'revoked', 'replaced')),
    status_list   BIGINT NOT NULL REFERENCES status_lists (id),
    status_index  BIGINT NOT NULL,
    replaces      TEXT   UNIQUE REFERENCES certificates (id),
    replaced_by   TEXT,                     -- number of the successor
    id_kind       TEXT   NOT NULL,
    id_sealed     BYTEA  NOT NULL,          -- number of the id document, sealed under the master key
    id_hash       BYTEA  NOT NULL,          -- keyed hash, to find a person by id
    name_hash     BYTEA  NOT NULL,          -- keyed hash of the folded name, for the public look-up
    extra         TEXT   NOT NULL,          -- JSON: standard, evidence digest, credits to mint
    card          TEXT   NOT NULL,
    UNIQUE (status_list, status_index),
    CHECK ((status = 'replaced') = (replaced_by IS NOT NULL))
);
CREATE INDEX certificates_by_provider ON certificates (provider_id, id);
CREATE INDEX certificates_by_person ON certificates (id_hash, id);
CREATE INDEX certificates_by_day ON certificates (assessed_on, id);
CREATE INDEX certificates_by_occupation ON certificates (occupation, id);
CREATE INDEX certificates_by_status ON certificates (status_list, status);

CREATE TABLE certificate_events (
    id             TEXT   PRIMARY KEY,
    certificate_id TEXT   NOT NULL REFERENCES certificates (id),
    kind           TEXT   NOT NULL CHECK (kind IN ('suspended', 'reinstated', 'revoked', 'replaced')),
    at             BIGINT NOT NULL,
    reason         TEXT   NOT NULL,
    actor          TEXT   NOT NULL,
    document       TEXT   NOT NULL
);
CREATE INDEX certificate_events_by_certificate ON certificate_events (certificate_id, id);
