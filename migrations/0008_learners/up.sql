-- A person with an account; one account a document, however many bodies open it.
CREATE TABLE learners (
    id          TEXT   PRIMARY KEY,
    id_kind     TEXT   NOT NULL,
    id_sealed   BYTEA  NOT NULL,            -- number of the id document, sealed under the data key
    id_hash     BYTEA  NOT NULL UNIQUE,     -- keyed hash, to find a person by id
    name_sealed BYTEA  NOT NULL,
    opened_at   BIGINT NOT NULL,
    opened_by   TEXT   NOT NULL,            -- client id
    state       TEXT   NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
    merged_into TEXT   REFERENCES learners (id), -- never itself merged: who goes on takes along what was merged into it
    closed_at   BIGINT,
    CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK (merged_into <> id)
);
CREATE INDEX learners_by_root ON learners (merged_into);

-- What happened to an account, as the documents that the evidence commits to; of a merge it is the signed learner-merge/1.
CREATE TABLE learner_events (
    id         TEXT   PRIMARY KEY,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    kind       TEXT   NOT NULL CHECK (kind IN ('opened', 'merged', 'closed', 'code')),
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,             -- client id, or the learner's own
    document   TEXT   NOT NULL
);
CREATE INDEX learner_events_by_learner ON learner_events (learner_id, id);

-- One-time codes by which a person signs in, as keyed hashes.
CREATE TABLE learner_codes (
    code_hash  BYTEA  PRIMARY KEY,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    used_at    BIGINT
);
CREATE INDEX learner_codes_by_learner ON learner_codes (learner_id);
CREATE INDEX learner_codes_by_end ON learner_codes (expires_at);

-- Tokens of signed-in persons: 256 random bits each, kept as SHA-256.
CREATE TABLE learner_sessions (
    token_hash BYTEA  PRIMARY KEY,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX learner_sessions_by_learner ON learner_sessions (learner_id);
CREATE INDEX learner_sessions_by_end ON learner_sessions (expires_at);

-- Who looked at an account.
CREATE TABLE learner_views (
    id         TEXT   PRIMARY KEY,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    what       TEXT   NOT NULL
);
CREATE INDEX learner_views_by_learner ON learner_views (learner_id, id);
