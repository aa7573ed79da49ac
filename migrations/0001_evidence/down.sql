DROP TABLE revisions;
DROP TABLE evidence;
