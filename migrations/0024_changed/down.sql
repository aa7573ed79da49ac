DROP INDEX certificates_changed;
CREATE INDEX certificates_by_status ON certificates (status_list, status);
