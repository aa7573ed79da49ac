ALTER TABLE transfer_messages ADD COLUMN day TEXT;
ALTER TABLE transfers DROP COLUMN decided_on;
