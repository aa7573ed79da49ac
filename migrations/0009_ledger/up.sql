-- What credit there is, each scheme as the region signed it.
CREATE TABLE schemes (
    id         TEXT   PRIMARY KEY,          -- 310000:credit
    document   TEXT   NOT NULL,             -- compact JWS
    defined_at BIGINT NOT NULL
);

-- Credit as it was minted or received. Never changes; what is left of it follows from the movements.
CREATE TABLE lots (
    id          TEXT   PRIMARY KEY,
    learner_id  TEXT   NOT NULL REFERENCES learners (id),
    scheme      TEXT   NOT NULL REFERENCES schemes (id),
    amount      BIGINT NOT NULL CHECK (amount > 0 AND amount <= 1000000000),  -- hundredths
    kind        TEXT   NOT NULL CHECK (kind IN ('course', 'training', 'certificate', 'award')),
    category    TEXT,
    course      TEXT,
    title       TEXT,
    occupation  TEXT,
    level       BIGINT,
    grade       TEXT,
    provider_id TEXT   REFERENCES providers (id),   -- none where another region's body assessed
    earned_on   TEXT   NOT NULL,
    expires_on  TEXT,                       -- the first day on which it is no longer spendable; none: never
    origin      TEXT   NOT NULL,            -- GB/T 2260 of the region that minted it
    basis       TEXT   NOT NULL,            -- digest of the document behind it
    part        BIGINT NOT NULL CHECK (part >= 0),
    revision    BIGINT NOT NULL,            -- counts re-evaluations
    replaces    TEXT   UNIQUE REFERENCES lots (id),
    minted_at   BIGINT NOT NULL,
    UNIQUE (basis, part, scheme, revision), -- begins with what tells most
    CHECK ((revision = 0) = (replaces IS NULL))
);
-- With what balances are told apart by, so that they are read from the index alone.
CREATE INDEX lots_by_learner ON lots (learner_id, id, scheme, expires_on, amount);

-- The one cached sum: every spending goes through it.
CREATE TABLE lot_balances (
    lot_id     TEXT   PRIMARY KEY REFERENCES lots (id),
    available  BIGINT NOT NULL CHECK (available >= 0),
    expires_on TEXT                         -- the lot's, so that one statement guards both
);
CREATE INDEX lot_balances_to_expire ON lot_balances (expires_on, lot_id) WHERE available > 0;

-- One posting each. Its id is the caller's, so that a repeated call is known.
CREATE TABLE entries (
    id      TEXT   PRIMARY KEY,
    kind    TEXT   NOT NULL CHECK (kind IN ('mint', 'void', 'reserve', 'settle', 'release', 'redeem', 'expire', 'receive', 'return')),
    subject TEXT,                           -- the lot of mint, receive and void; the hold of reserve, settle, release and return
    cause   TEXT   NOT NULL,                -- digest of the document behind it
    on_day  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    content BYTEA  NOT NULL,                -- SHA-256 of all that it says
    UNIQUE (subject, kind),                 -- a lot is minted and voided once, a hold begins and ends once
    CHECK ((subject IS NULL) = (kind IN ('redeem', 'expire')))
);

-- Each moves an amount of one lot from one place to another, so that sums are zero by construction.
CREATE TABLE movements (
    entry_id   TEXT   NOT NULL REFERENCES entries (id),
    n          BIGINT NOT NULL CHECK (n >= 0),
    lot_id     TEXT   NOT NULL REFERENCES lots (id),
    from_place TEXT   NOT NULL,
    to_place   TEXT   NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (entry_id, n),
    CHECK (from_place <> to_place)
);
-- With all that a sum needs, so that a learner's sums are read from the index alone.
CREATE INDEX movements_by_lot ON movements (lot_id, from_place, to_place, amount, entry_id);
