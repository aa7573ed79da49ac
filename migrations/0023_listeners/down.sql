DELETE FROM revisions WHERE name = 'webhooks';
