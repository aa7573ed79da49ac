DROP TABLE idempotency;
DROP TABLE client_events;
DROP TABLE clients;
