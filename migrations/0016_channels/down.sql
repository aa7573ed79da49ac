DROP TABLE channel_events;
