-- Rises when a client is disabled: what is remembered of clients is then old.
INSERT INTO revisions (name, n) VALUES ('clients', 0);
