DROP TABLE bundle_parts;
DROP TABLE bundle_manifests;
ALTER TABLE status_lists DROP COLUMN year;
