-- One row for every change of state, written in the transaction that makes the change.
-- commitment = SHA-256(tag | salt | SHA-256(document)); the document stays in the table that owns it, in the row named by subject.
CREATE TABLE evidence (
    seq        BIGINT PRIMARY KEY,
    kind       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    subject    TEXT   NOT NULL UNIQUE,
    salt       BYTEA  NOT NULL,
    commitment BYTEA  NOT NULL
);

-- Named counters that tell a running server that what it holds in memory has changed.
CREATE TABLE revisions (
    name TEXT   PRIMARY KEY,
    n    BIGINT NOT NULL CHECK (n >= 0)
);
INSERT INTO revisions (name, n) VALUES ('trust', 0), ('status', 0), ('status_list', 0);
