DELETE FROM revisions WHERE name IN ('partners', 'partner_bundles');
DROP TABLE partner_events;
DROP TABLE partner_parts;
DROP TABLE partners;
