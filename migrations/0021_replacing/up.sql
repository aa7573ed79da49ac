-- Of the rows without errors, how many take the place of a certificate.
ALTER TABLE batches ADD COLUMN replacing BIGINT NOT NULL DEFAULT 0 CHECK (replacing >= 0);
