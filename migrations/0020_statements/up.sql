-- The day for which a DECISION was decided stands with its transfer: what a STATEMENT counts is read from one table.
ALTER TABLE transfers ADD COLUMN decided_on TEXT; -- of the DECISION that counts
UPDATE transfers SET decided_on = (SELECT m.day FROM transfer_messages AS m WHERE m.digest = transfers.decision) WHERE decision IS NOT NULL;
ALTER TABLE transfer_messages DROP COLUMN day;
