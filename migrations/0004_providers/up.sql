-- A body that issues. What it may do on a day is in its timeline, never in a column here.
CREATE TABLE providers (
    id          TEXT   PRIMARY KEY,
    credit_code TEXT   NOT NULL UNIQUE,     -- GB 32100
    name_zh     TEXT   NOT NULL,
    name_en     TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('employer', 'social', 'school')),
    revision    BIGINT NOT NULL,            -- raised by every change; raising it locks the timeline
    created_at  BIGINT NOT NULL
);
CREATE INDEX providers_by_name ON providers (name_zh);

-- Dated intervals that never overlap: from_day is included, until_day is not; the open one has none.
CREATE TABLE provider_intervals (
    id          TEXT   PRIMARY KEY,
    provider_id TEXT   NOT NULL REFERENCES providers (id),
    n           BIGINT NOT NULL,            -- 1, 2, 3 ... within the provider
    from_day    TEXT   NOT NULL,
    until_day   TEXT,
    standing    TEXT   NOT NULL CHECK (standing IN ('listed', 'barred')),
    class       TEXT   CHECK (class IN ('A', 'B', 'C', 'D')),
    flag        TEXT   CHECK (flag IN ('green', 'yellow', 'red')),
    scope       TEXT,                       -- JSON, as the verifier defines it
    cause       TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    document    TEXT   NOT NULL,
    UNIQUE (provider_id, n),
    CHECK (until_day IS NULL OR from_day <= until_day),
    CHECK ((standing = 'listed') = (class IS NOT NULL AND flag IS NOT NULL AND scope IS NOT NULL))
);
