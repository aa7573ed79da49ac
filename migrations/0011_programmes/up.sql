-- What credit can be redeemed for. The row says which version is current; the versions are documents that the region signed.
CREATE TABLE programmes (
    id      TEXT   PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state   TEXT   NOT NULL CHECK (state IN ('open', 'withdrawn'))
);

CREATE TABLE programme_versions (
    id           TEXT   PRIMARY KEY,
    programme_id TEXT   NOT NULL REFERENCES programmes (id),
    version      BIGINT NOT NULL CHECK (version > 0),
    digest       TEXT   NOT NULL UNIQUE,     -- of the document
    document     TEXT   NOT NULL,            -- programme/1, a compact JWS
    published_at BIGINT NOT NULL,
    published_by TEXT   NOT NULL,            -- client id
    UNIQUE (programme_id, version)
);

-- Each withdrawal, with its reason in the document.
CREATE TABLE programme_events (
    id           TEXT   PRIMARY KEY,
    programme_id TEXT   NOT NULL UNIQUE REFERENCES programmes (id),
    kind         TEXT   NOT NULL CHECK (kind = 'withdrawn'),
    at           BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    document     TEXT   NOT NULL
);

-- Credit that was spent on a version of a programme, and the certificate that was issued for it.
CREATE TABLE redemptions (
    id             TEXT   PRIMARY KEY,
    programme_id   TEXT   NOT NULL REFERENCES programmes (id),
    programme      TEXT   NOT NULL REFERENCES programme_versions (digest),
    learner_id     TEXT   NOT NULL REFERENCES learners (id),
    provider_id    TEXT   NOT NULL REFERENCES providers (id),
    certificate_id TEXT   NOT NULL UNIQUE REFERENCES certificates (id),
    entry_id       TEXT   NOT NULL UNIQUE REFERENCES entries (id),
    redeemed_at    BIGINT NOT NULL,
    redeemed_by    TEXT   NOT NULL,          -- client id
    digest         TEXT   NOT NULL UNIQUE,   -- of the document; the cause of the entry
    document       TEXT   NOT NULL           -- redemption/1, a compact JWS
);
CREATE INDEX redemptions_by_learner ON redemptions (learner_id, id);
