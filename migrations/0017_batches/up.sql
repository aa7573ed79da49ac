-- A file of certificates that a provider wants issued: every row is looked at before one is issued.
CREATE TABLE batches (
    id           TEXT   PRIMARY KEY,
    provider_id  TEXT   NOT NULL REFERENCES providers (id),
    name         TEXT   NOT NULL,                 -- what the file is called
    digest       TEXT   NOT NULL,                 -- SHA-256 of the file, by which an upload that comes again is known
    header       TEXT   NOT NULL,                 -- JSON: the form, and which column is which field
    state        TEXT   NOT NULL CHECK (state IN ('receiving', 'uploaded', 'validated', 'approved', 'done', 'cancelled')),
    total        BIGINT NOT NULL CHECK (total >= 0),
    faulty       BIGINT NOT NULL CHECK (faulty >= 0), -- rows refused before the approval
    issued       BIGINT NOT NULL CHECK (issued >= 0),
    failed       BIGINT NOT NULL CHECK (failed >= 0), -- approved rows refused when they were to be issued
    chunk        BIGINT NOT NULL,                 -- the next one to be looked at, or to be issued
    chunks       BIGINT NOT NULL,
    places       TEXT,                            -- JSON: the places in status lists that were kept for it, in order
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,                 -- client id
    validated_at BIGINT,
    approved_at  BIGINT,
    approved_by  TEXT,
    started_at   BIGINT,                          -- when the step that goes on began
    finished_at  BIGINT,
    lease        TEXT   NOT NULL,                 -- whose work it is
    leased_until BIGINT NOT NULL,
    trouble      TEXT                             -- why it does not go on, for now
);
CREATE UNIQUE INDEX batches_by_digest ON batches (provider_id, digest) WHERE state NOT IN ('receiving', 'cancelled');
CREATE INDEX batches_by_provider ON batches (provider_id, id);
CREATE INDEX batches_by_state ON batches (state, leased_until);

-- Rows as the file held them, 500 at a time; of an issued row nothing stays.
CREATE TABLE batch_chunks (
    batch_id TEXT   NOT NULL REFERENCES batches (id),
    n        BIGINT NOT NULL,
    lines    BIGINT NOT NULL,                     -- rows that are left
    first    BIGINT NOT NULL,                     -- line of the first row
    last     BIGINT NOT NULL,
    sealed   BYTEA  NOT NULL,                     -- JSON, sealed under the data key
    PRIMARY KEY (batch_id, n)
);

-- What is wrong with a row. Personal values are masked.
CREATE TABLE batch_errors (
    batch_id TEXT   NOT NULL REFERENCES batches (id),
    line     BIGINT NOT NULL,                     -- as a spreadsheet shows it
    n        BIGINT NOT NULL,
    phase    TEXT   NOT NULL CHECK (phase IN ('check', 'issue')),
    heading  TEXT   NOT NULL,                     -- the column
    field    TEXT   NOT NULL,
    code     TEXT   NOT NULL,
    got      TEXT,
    PRIMARY KEY (batch_id, line, n)
);

-- Above how many rows a second client must approve.
CREATE TABLE approval_rules (
    provider_id TEXT   PRIMARY KEY REFERENCES providers (id),
    above       BIGINT NOT NULL CHECK (above >= 0),
    changed_at  BIGINT NOT NULL,
    changed_by  TEXT   NOT NULL
);

-- What people decided about a batch, as the documents that the evidence commits to.
CREATE TABLE batch_events (
    id       TEXT   PRIMARY KEY,
    batch_id TEXT   NOT NULL REFERENCES batches (id),
    kind     TEXT   NOT NULL CHECK (kind IN ('approved', 'done', 'cancelled')),
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    document TEXT   NOT NULL                      -- batch-event/1
);
CREATE INDEX batch_events_by_batch ON batch_events (batch_id, id);

-- A row of a batch becomes one certificate, however often it is tried.
ALTER TABLE certificates ADD COLUMN batch_id TEXT;
ALTER TABLE certificates ADD COLUMN batch_line BIGINT;
CREATE UNIQUE INDEX certificates_by_batch ON certificates (batch_id, batch_line) WHERE batch_id IS NOT NULL;
