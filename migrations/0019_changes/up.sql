-- One step that many certificates of a provider are to take: seen first, approved, then taken, each once.
CREATE TABLE changes (
    id           TEXT   PRIMARY KEY,
    provider_id  TEXT   NOT NULL REFERENCES providers (id),
    step         TEXT   NOT NULL CHECK (step IN ('suspend', 'reinstate', 'revoke')),
    reason       TEXT   NOT NULL,
    source       TEXT   NOT NULL,                 -- JSON: the batch, the filter, or how many numbers were named
    state        TEXT   NOT NULL CHECK (state IN ('proposed', 'previewed', 'approved', 'done', 'cancelled')),
    total        BIGINT NOT NULL CHECK (total > 0),
    done         BIGINT NOT NULL CHECK (done >= 0),
    refused      BIGINT NOT NULL CHECK (refused >= 0),
    chunk        BIGINT NOT NULL,                 -- the next one to be looked at, or to be taken
    chunks       BIGINT NOT NULL,
    sample       TEXT   NOT NULL,                 -- JSON: the first numbers
    digest       TEXT   NOT NULL,                 -- SHA-256 over all numbers, a line each, in order
    effect       TEXT   NOT NULL,                 -- JSON: what becomes of credit, scheme by scheme
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,                 -- client id
    approved_at  BIGINT,
    approved_by  TEXT,
    started_at   BIGINT,
    finished_at  BIGINT,
    lease        TEXT   NOT NULL,
    leased_until BIGINT NOT NULL
);
CREATE INDEX changes_by_provider ON changes (provider_id, id);
CREATE INDEX changes_by_state ON changes (state, leased_until);

-- The certificates, 500 at a time.
CREATE TABLE change_chunks (
    change_id TEXT   NOT NULL REFERENCES changes (id),
    n         BIGINT NOT NULL,
    ids       TEXT   NOT NULL,                    -- JSON
    PRIMARY KEY (change_id, n)
);

-- Certificates that could not take the step any more.
CREATE TABLE change_refusals (
    change_id TEXT NOT NULL REFERENCES changes (id),
    number    TEXT NOT NULL,
    code      TEXT NOT NULL,
    PRIMARY KEY (change_id, number)
);

-- What people decided, and what came of it: the receipt. The documents that the evidence commits to.
CREATE TABLE change_events (
    id        TEXT   PRIMARY KEY,
    change_id TEXT   NOT NULL REFERENCES changes (id),
    kind      TEXT   NOT NULL CHECK (kind IN ('approved', 'done', 'cancelled')),
    at        BIGINT NOT NULL,
    actor     TEXT   NOT NULL,
    document  TEXT   NOT NULL                     -- change-event/1
);
CREATE INDEX change_events_by_change ON change_events (change_id, id);
