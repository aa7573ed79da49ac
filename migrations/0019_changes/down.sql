DROP TABLE change_events;
DROP TABLE change_refusals;
DROP TABLE change_chunks;
DROP TABLE changes;
