-- Dense indices for the region's own receipts. Their numbers come from the counter of status_lists, so that no two lists have one number.
CREATE TABLE receipt_lists (
    id         BIGINT PRIMARY KEY,
    year       BIGINT NOT NULL,             -- civil year in which its receipts are signed
    next_index BIGINT NOT NULL CHECK (next_index >= 0),
    version    BIGINT NOT NULL,             -- raised when the status of any index changes
    changed_at BIGINT NOT NULL
);
CREATE INDEX receipt_lists_by_year ON receipt_lists (year, id);

-- That this region recognises a certificate of another: an index over receipt/1, a compact JWS.
CREATE TABLE receipts (
    id           TEXT   PRIMARY KEY,
    number       TEXT   NOT NULL,            -- of the certificate
    origin       TEXT   NOT NULL,            -- the region that issued it
    card         TEXT   NOT NULL,            -- digest of its card
    decision     TEXT   NOT NULL REFERENCES recognition_decisions (digest),
    status_list  BIGINT NOT NULL REFERENCES receipt_lists (id),
    status_index BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('issued', 'revoked')),
    signed_at    BIGINT NOT NULL,
    signed_by    TEXT   NOT NULL,            -- client id
    document     TEXT   NOT NULL,
    UNIQUE (status_list, status_index)
);
-- A certificate has one receipt in force at a time.
CREATE UNIQUE INDEX receipts_in_force ON receipts (origin, number) WHERE state = 'issued';
CREATE INDEX receipts_by_number ON receipts (number, id);
CREATE INDEX receipts_by_status ON receipts (status_list, state);

-- The end of a receipt.
CREATE TABLE receipt_revocations (
    id         TEXT   PRIMARY KEY,
    receipt_id TEXT   NOT NULL UNIQUE REFERENCES receipts (id),
    at         BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    actor      TEXT   NOT NULL,              -- client id
    document   TEXT   NOT NULL               -- receipt-revocation/1
);
