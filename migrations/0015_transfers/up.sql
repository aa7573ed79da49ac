-- What this region knows of its exchange with another: a row from the first message on, either way.
CREATE TABLE peer_channels (
    peer       TEXT   PRIMARY KEY,
    own        BIGINT NOT NULL CHECK (own >= 1),      -- own epoch
    theirs     BIGINT NOT NULL CHECK (theirs >= 1),   -- epoch of the other
    state      TEXT   NOT NULL CHECK (state IN ('open', 'resync', 'stopped')),
    sent       BIGINT NOT NULL CHECK (sent >= 0),     -- counted messages that were sent in this epoch
    seen       BIGINT NOT NULL CHECK (seen >= 0),     -- the highest place of one that came
    salt       TEXT   NOT NULL,                       -- of the subjects of own OFFERs: base64url of 16 random bytes
    alarm      TEXT,                                  -- why it was stopped
    changed_at BIGINT NOT NULL,
    asked      TEXT,                                  -- digest of the own RESYNC that is not answered yet
    wanted     BIGINT,                                -- epoch that it wants
    handover   TEXT,                                  -- own last HANDOVER, for whoever goes on in an older epoch
    CHECK ((state = 'resync') = (asked IS NOT NULL) AND (asked IS NULL) = (wanted IS NULL))
);

-- Times in which nothing is booked, because a backup was restored and other regions know more.
CREATE TABLE restores (
    id       TEXT   PRIMARY KEY,
    began_at BIGINT NOT NULL,
    ended_at BIGINT                                   -- absent in the one that goes on
);

-- A transfer as one side has it. Nothing leads out of reserved but a DECISION.
CREATE TABLE transfers (
    id            TEXT    PRIMARY KEY,                -- named by the region that asks
    side          TEXT    NOT NULL CHECK (side IN ('source', 'destination')),
    kind          TEXT    CHECK (kind IN ('move', 'return')), -- absent where only a CANCEL came
    peer          TEXT    NOT NULL REFERENCES peer_channels (peer),
    learner_id    TEXT    REFERENCES learners (id),   -- absent where no account was found
    state         TEXT    NOT NULL CHECK (state IN ('reserved', 'settled', 'returned', 'accepted', 'rejected')),
    terms         TEXT,                               -- digest of what is asked, whenever it is put; absent as kind is
    ask           TEXT,                               -- digest of the OFFER or RETURN that was signed or taken last
    decision      TEXT,                               -- digest of the DECISION that counts
    decided_epoch BIGINT,                             -- in which the DECISION was signed
    return_of     TEXT,                               -- the transfer that this one gives back
    agreement     TEXT,                               -- digest
    grant_id      TEXT,
    reason        TEXT,                               -- why it was rejected
    amount        BIGINT  NOT NULL,                   -- hundredths that are offered; 0 where only a CANCEL came
    began_at      BIGINT  NOT NULL,
    began_by      TEXT    NOT NULL,                   -- client, account or region
    ended_at      BIGINT,
    answer_by     BIGINT,                             -- when the side that asks begins to cancel
    cancelled     BOOLEAN NOT NULL,                   -- a CANCEL was signed
    next_at       BIGINT,                             -- when it is put again; absent where it was set aside
    tries         BIGINT  NOT NULL,
    error         TEXT,                               -- code of what went wrong last
    unbooked      BOOLEAN NOT NULL                    -- learned after a restore, and not in the ledger yet
);
CREATE INDEX transfers_unbooked ON transfers (id) WHERE unbooked;
CREATE INDEX transfers_by_due ON transfers (peer, next_at) WHERE state = 'reserved';
CREATE INDEX transfers_by_learner ON transfers (learner_id, id);
CREATE INDEX transfers_by_peer ON transfers (peer, id);
CREATE INDEX transfers_by_origin ON transfers (return_of) WHERE return_of IS NOT NULL;

-- Every message of a step, byte for byte.
CREATE TABLE transfer_messages (
    id          TEXT    PRIMARY KEY,
    digest      TEXT    NOT NULL UNIQUE,
    transfer_id TEXT    NOT NULL,
    peer        TEXT    NOT NULL,
    sent        BOOLEAN NOT NULL,                     -- or received
    kind        TEXT    NOT NULL CHECK (kind IN ('offer', 'return', 'decision', 'cancel', 'statement', 'resync', 'handover')), -- a STATEMENT only where it stopped the channel
    epoch       BIGINT  NOT NULL,
    seq         BIGINT,                               -- absent of a CANCEL, and of what contradicts another message
    at          BIGINT  NOT NULL,
    text        TEXT    NOT NULL,
    day         TEXT,                                 -- of a DECISION: the day for which it was decided
    UNIQUE (peer, sent, epoch, seq)
);
CREATE INDEX transfer_messages_by_transfer ON transfer_messages (transfer_id, id);

-- Which accounts were looked at under a salt of another region, and the commitments that were found: so an account is found by an index.
CREATE TABLE subject_salts (
    salt    TEXT PRIMARY KEY,
    peer    TEXT NOT NULL,
    through TEXT NOT NULL                             -- id of the last account that was looked at
);
CREATE INDEX subject_salts_by_peer ON subject_salts (peer);
CREATE TABLE subject_commits (
    salt       TEXT NOT NULL REFERENCES subject_salts (salt),
    commitment TEXT NOT NULL,
    learner_id TEXT NOT NULL REFERENCES learners (id),
    PRIMARY KEY (salt, commitment)
);
