DROP TABLE certificate_events;
DROP TABLE certificates;
DROP TABLE status_lists;
