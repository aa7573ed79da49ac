DROP TABLE subject_commits;
DROP TABLE subject_salts;
DROP TABLE transfer_messages;
DROP TABLE transfers;
DROP TABLE restores;
DROP TABLE peer_channels;
