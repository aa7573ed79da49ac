DROP TABLE key_events;
DROP TABLE keys;
DROP TABLE data_keys;
DROP TABLE regions;
