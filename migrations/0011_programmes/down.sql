DROP TABLE redemptions;
DROP TABLE programme_events;
DROP TABLE programme_versions;
DROP TABLE programmes;
