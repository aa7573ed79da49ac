-- Append-only tables and frozen columns, re-created after every migration.
DROP TRIGGER IF EXISTS evidence_no_update;
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
DROP TRIGGER IF EXISTS evidence_no_delete;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
DROP TRIGGER IF EXISTS key_events_no_update;
CREATE TRIGGER key_events_no_update BEFORE UPDATE ON key_events BEGIN SELECT RAISE(ABORT, 'key_events is append-only'); END;
DROP TRIGGER IF EXISTS key_events_no_delete;
CREATE TRIGGER key_events_no_delete BEFORE DELETE ON key_events BEGIN SELECT RAISE(ABORT, 'key_events is append-only'); END;
DROP TRIGGER IF EXISTS client_events_no_update;
CREATE TRIGGER client_events_no_update BEFORE UPDATE ON client_events BEGIN SELECT RAISE(ABORT, 'client_events is append-only'); END;
DROP TRIGGER IF EXISTS client_events_no_delete;
CREATE TRIGGER client_events_no_delete BEFORE DELETE ON client_events BEGIN SELECT RAISE(ABORT, 'client_events is append-only'); END;
DROP TRIGGER IF EXISTS certificate_events_no_update;
CREATE TRIGGER certificate_events_no_update BEFORE UPDATE ON certificate_events BEGIN SELECT RAISE(ABORT, 'certificate_events is append-only'); END;
DROP TRIGGER IF EXISTS certificate_events_no_delete;
CREATE TRIGGER certificate_events_no_delete BEFORE DELETE ON certificate_events BEGIN SELECT RAISE(ABORT, 'certificate_events is append-only'); END;
DROP TRIGGER IF EXISTS certificates_no_delete;
CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates are never deleted'); END;
-- What was signed stays signed, and final states stay final.
DROP TRIGGER IF EXISTS certificates_frozen;
CREATE TRIGGER certificates_frozen BEFORE UPDATE ON certificates
WHEN OLD.card <> NEW.card OR OLD.number <> NEW.number OR OLD.status_list <> NEW.status_list OR OLD.status_index <> NEW.status_index
  OR (OLD.status IN ('revoked', 'replaced') AND OLD.status <> NEW.status)
BEGIN SELECT RAISE(ABORT, 'a signed certificate and a final state do not change'); END;
-- An interval may only be closed, or closed earlier.
DROP TRIGGER IF EXISTS provider_intervals_close_only;
CREATE TRIGGER provider_intervals_close_only BEFORE UPDATE ON provider_intervals
WHEN OLD.document <> NEW.document OR OLD.from_day <> NEW.from_day OR OLD.standing <> NEW.standing OR OLD.cause <> NEW.cause
  OR COALESCE(OLD.class, '') <> COALESCE(NEW.class, '') OR COALESCE(OLD.flag, '') <> COALESCE(NEW.flag, '')
  OR COALESCE(OLD.scope, '') <> COALESCE(NEW.scope, '')
  OR (OLD.until_day IS NOT NULL AND (NEW.until_day IS NULL OR NEW.until_day > OLD.until_day))
BEGIN SELECT RAISE(ABORT, 'history of a provider is not rewritten'); END;
DROP TRIGGER IF EXISTS provider_intervals_no_delete;
CREATE TRIGGER provider_intervals_no_delete BEFORE DELETE ON provider_intervals BEGIN SELECT RAISE(ABORT, 'history of a provider is not deleted'); END;
-- A revocation of a key never un-happens.
DROP TRIGGER IF EXISTS keys_frozen;
CREATE TRIGGER keys_frozen BEFORE UPDATE ON keys
WHEN OLD.public <> NEW.public OR OLD.from_at <> NEW.from_at OR OLD.until_at <> NEW.until_at
  OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at))
BEGIN SELECT RAISE(ABORT, 'a key does not change, and its revocation does not un-happen'); END;
DROP TRIGGER IF EXISTS keys_no_delete;
CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;
