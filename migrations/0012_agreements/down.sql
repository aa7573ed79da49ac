DELETE FROM revisions WHERE name = 'agreements';
DROP TABLE agreement_publications;
DROP TABLE agreement_notices;
DROP TABLE agreement_signatures;
DROP TABLE agreements;
