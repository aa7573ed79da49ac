DROP TABLE subject_commits;
DROP TABLE subject_salts;
DROP TABLE transfer_messages;
DROP TABLE transfers;
DROP TABLE peer_channels;
