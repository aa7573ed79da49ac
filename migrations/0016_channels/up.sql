-- What people decided about a channel, as the documents that the evidence commits to.
CREATE TABLE channel_events (
    id       TEXT   PRIMARY KEY,
    peer     TEXT   NOT NULL REFERENCES peer_channels (peer),
    kind     TEXT   NOT NULL CHECK (kind IN ('reopened')),
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,                         -- client id
    document TEXT   NOT NULL                          -- channel-event/1
);
CREATE INDEX channel_events_by_peer ON channel_events (peer, id);
