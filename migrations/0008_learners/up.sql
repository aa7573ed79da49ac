-- Persons with an account. A merged one points to the account that took it over.
CREATE TABLE learners (
    id          TEXT   PRIMARY KEY,
    id_kind     TEXT   NOT NULL,
    id_sealed   BYTEA  NOT NULL,            -- number of the id document, sealed
    id_hash     BYTEA  NOT NULL UNIQUE,     -- keyed hash, to find a person by id
    name_sealed BYTEA  NOT NULL,
    opened_at   BIGINT NOT NULL,
    opened_by   TEXT   NOT NULL,            -- id of the client
    state       TEXT   NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
    merged_into TEXT   REFERENCES learners (id),
    closed_at   BIGINT
);
