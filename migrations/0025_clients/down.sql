DELETE FROM revisions WHERE name = 'clients';
