DROP TABLE receipt_revocations;
DROP TABLE receipts;
DROP TABLE receipt_lists;
