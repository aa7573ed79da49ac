-- Where events are told: endpoints of a provider, or of the region, which hears all.
CREATE TABLE webhooks (
    id          TEXT    PRIMARY KEY,
    provider_id TEXT    REFERENCES providers (id),      -- absent: the region's own
    url         TEXT    NOT NULL,
    events      TEXT    NOT NULL,                       -- types, separated by spaces
    secret      BYTEA   NOT NULL,                       -- sealed
    old_secret  BYTEA,                                  -- sealed; signs too until old_until
    old_until   BIGINT,
    disabled    TEXT    CHECK (disabled IN ('asked', 'gone')), -- why nothing is sent; absent while something is
    created_at  BIGINT  NOT NULL,
    CHECK ((old_secret IS NULL) = (old_until IS NULL))
);
CREATE INDEX webhooks_by_provider ON webhooks (provider_id, id);

-- What happened, once for all who hear of it, written in the transaction in which it happened.
CREATE TABLE webhook_events (
    id          TEXT    PRIMARY KEY,                    -- the header webhook-id
    kind        TEXT    NOT NULL,                       -- its type
    provider_id TEXT,                                   -- whose it is; absent: the region's own
    at          BIGINT  NOT NULL,
    body        TEXT    NOT NULL,                       -- as it is sent, byte for byte
    spread_at   BIGINT                                  -- when its deliveries were made; absent: still to be
);
CREATE INDEX webhook_events_unspread ON webhook_events (id) WHERE spread_at IS NULL;
CREATE INDEX webhook_events_by_time ON webhook_events (at);

-- One event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    webhook_id  TEXT    NOT NULL REFERENCES webhooks (id),
    event_id    TEXT    NOT NULL REFERENCES webhook_events (id),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    tries       BIGINT  NOT NULL,
    next_at     BIGINT,                                 -- when it is tried again
    tried_at    BIGINT,
    status      BIGINT,                                 -- HTTP status of the last answer
    error       TEXT,                                   -- why the last try failed
    answer      TEXT,                                   -- the beginning of what the endpoint said to that
    PRIMARY KEY (webhook_id, event_id),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id);

-- What was changed about endpoints, as the documents that the evidence commits to.
CREATE TABLE webhook_changes (
    id          TEXT    PRIMARY KEY,
    webhook_id  TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('added', 'changed', 'rolled', 'disabled', 'removed')),
    at          BIGINT  NOT NULL,
    actor       TEXT    NOT NULL,                       -- client id; of an endpoint that said that it is gone, its own
    document    TEXT    NOT NULL                        -- webhook-change/1
);
CREATE INDEX webhook_changes_by_webhook ON webhook_changes (webhook_id, id);
