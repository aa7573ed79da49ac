DROP INDEX certificates_by_batch;
ALTER TABLE certificates DROP COLUMN batch_line;
ALTER TABLE certificates DROP COLUMN batch_id;
DROP TABLE batch_events;
DROP TABLE approval_rules;
DROP TABLE batch_errors;
DROP TABLE batch_chunks;
DROP TABLE batches;
