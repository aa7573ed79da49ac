-- What was achieved without a certificate: each row an index over a document that the region signed.
CREATE TABLE achievements (
    id          TEXT   PRIMARY KEY,
    learner_id  TEXT   NOT NULL REFERENCES learners (id),
    provider_id TEXT   NOT NULL REFERENCES providers (id),
    earned_on   TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT   NOT NULL,            -- client id
    digest      TEXT   NOT NULL UNIQUE,     -- of the document
    basis       TEXT   NOT NULL,            -- digest of the first document of a chain of re-evaluations
    document    TEXT   NOT NULL,            -- achievement/1, a compact JWS
    replaces    TEXT   UNIQUE REFERENCES achievements (id),
    state       TEXT   NOT NULL CHECK (state IN ('recorded', 'replaced', 'voided'))
);
CREATE INDEX achievements_by_learner ON achievements (learner_id, id);
CREATE INDEX achievements_by_provider ON achievements (provider_id, id);

-- Each voiding, with the document that the ledger names as its cause.
CREATE TABLE achievement_events (
    id             TEXT   PRIMARY KEY,
    achievement_id TEXT   NOT NULL REFERENCES achievements (id),
    kind           TEXT   NOT NULL CHECK (kind = 'voided'),
    at             BIGINT NOT NULL,
    actor          TEXT   NOT NULL,
    document       TEXT   NOT NULL
);
CREATE INDEX achievement_events_by_achievement ON achievement_events (achievement_id, id);
