-- Append-only tables and frozen columns, re-created after every migration.
CREATE SEQUENCE IF NOT EXISTS evidence_seq;

CREATE OR REPLACE FUNCTION hufu_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$;

CREATE OR REPLACE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('evidence is append-only');
CREATE OR REPLACE TRIGGER key_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('key_events is append-only');
CREATE OR REPLACE TRIGGER client_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('client_events is append-only');
CREATE OR REPLACE TRIGGER certificate_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('certificate_events is append-only');
CREATE OR REPLACE TRIGGER certificates_no_delete BEFORE DELETE OR TRUNCATE ON certificates
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('certificates are never deleted');
CREATE OR REPLACE TRIGGER provider_intervals_no_delete BEFORE DELETE OR TRUNCATE ON provider_intervals
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('history of a provider is not deleted');
CREATE OR REPLACE TRIGGER keys_no_delete BEFORE DELETE OR TRUNCATE ON keys
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('keys are never deleted');

-- What was signed stays signed, and final states stay final.
CREATE OR REPLACE TRIGGER certificates_frozen BEFORE UPDATE ON certificates FOR EACH ROW
WHEN (OLD.card <> NEW.card OR OLD.number <> NEW.number OR OLD.status_list <> NEW.status_list OR OLD.status_index <> NEW.status_index
  OR (OLD.status IN ('revoked', 'replaced') AND OLD.status <> NEW.status))
EXECUTE FUNCTION hufu_refuse('a signed certificate and a final state do not change');
-- An interval may only be closed, or closed earlier.
CREATE OR REPLACE TRIGGER provider_intervals_close_only BEFORE UPDATE ON provider_intervals FOR EACH ROW
WHEN (OLD.document <> NEW.document OR OLD.from_day <> NEW.from_day OR OLD.standing <> NEW.standing OR OLD.cause <> NEW.cause
  OR COALESCE(OLD.class, '') <> COALESCE(NEW.class, '') OR COALESCE(OLD.flag, '') <> COALESCE(NEW.flag, '')
  OR COALESCE(OLD.scope, '') <> COALESCE(NEW.scope, '')
  OR (OLD.until_day IS NOT NULL AND (NEW.until_day IS NULL OR NEW.until_day > OLD.until_day)))
EXECUTE FUNCTION hufu_refuse('history of a provider is not rewritten');
-- A revocation of a key never un-happens.
CREATE OR REPLACE TRIGGER keys_frozen BEFORE UPDATE ON keys FOR EACH ROW
WHEN (OLD.public <> NEW.public OR OLD.from_at <> NEW.from_at OR OLD.until_at <> NEW.until_at
  OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at)))
EXECUTE FUNCTION hufu_refuse('a key does not change, and its revocation does not un-happen');
