ALTER TABLE batches DROP COLUMN replacing;
