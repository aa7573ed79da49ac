DROP TABLE key_events;
DROP TABLE keys;
DROP TABLE regions;
