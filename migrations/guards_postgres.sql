-- Append-only tables and frozen columns, made anew where they differ.
CREATE SEQUENCE IF NOT EXISTS evidence_seq;

CREATE OR REPLACE FUNCTION hufu_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$;

-- Ends a statement whose conditions are not met, as a transaction ends that others have overtaken.
CREATE OR REPLACE FUNCTION hufu_require(so boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF so IS NOT TRUE THEN RAISE EXCEPTION 'a condition is not met' USING ERRCODE = 'serialization_failure'; END IF;
  RETURN true;
END $$;

CREATE OR REPLACE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('evidence is append-only');
CREATE OR REPLACE TRIGGER key_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('key_events is append-only');
CREATE OR REPLACE TRIGGER client_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('client_events is append-only');
CREATE OR REPLACE TRIGGER certificate_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('certificate_events is append-only');
CREATE OR REPLACE TRIGGER partner_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON partner_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('partner_events is append-only');
CREATE OR REPLACE TRIGGER certificates_no_delete BEFORE DELETE OR TRUNCATE ON certificates
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('certificates are never deleted');
CREATE OR REPLACE TRIGGER provider_intervals_no_delete BEFORE DELETE OR TRUNCATE ON provider_intervals
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('history of a provider is not deleted');
CREATE OR REPLACE TRIGGER keys_no_delete BEFORE DELETE OR TRUNCATE ON keys
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('keys are never deleted');

-- What was signed stays signed, the columns that find it too, and final states stay final.
CREATE OR REPLACE TRIGGER certificates_frozen BEFORE UPDATE ON certificates FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.number IS DISTINCT FROM NEW.number
  OR OLD.provider_id IS DISTINCT FROM NEW.provider_id OR OLD.kid IS DISTINCT FROM NEW.kid
  OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.occupation IS DISTINCT FROM NEW.occupation
  OR OLD.title IS DISTINCT FROM NEW.title OR OLD.level IS DISTINCT FROM NEW.level
  OR OLD.grade IS DISTINCT FROM NEW.grade OR OLD.assessed_on IS DISTINCT FROM NEW.assessed_on
  OR OLD.issued_at IS DISTINCT FROM NEW.issued_at OR OLD.valid_until IS DISTINCT FROM NEW.valid_until
  OR OLD.status_list IS DISTINCT FROM NEW.status_list OR OLD.status_index IS DISTINCT FROM NEW.status_index
  OR OLD.replaces IS DISTINCT FROM NEW.replaces OR OLD.id_kind IS DISTINCT FROM NEW.id_kind
  OR OLD.id_hash IS DISTINCT FROM NEW.id_hash OR OLD.name_hash IS DISTINCT FROM NEW.name_hash
  OR OLD.extra IS DISTINCT FROM NEW.extra OR OLD.card IS DISTINCT FROM NEW.card
  OR OLD.batch_id IS DISTINCT FROM NEW.batch_id OR OLD.batch_line IS DISTINCT FROM NEW.batch_line
  OR (OLD.status IN ('revoked', 'replaced') AND (OLD.status <> NEW.status OR OLD.replaced_by IS DISTINCT FROM NEW.replaced_by)))
EXECUTE FUNCTION hufu_refuse('a signed certificate and a final state do not change');
-- An interval may only be closed; its end may come earlier, never later.
CREATE OR REPLACE TRIGGER provider_intervals_close_only BEFORE UPDATE ON provider_intervals FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.provider_id IS DISTINCT FROM NEW.provider_id
  OR OLD.n IS DISTINCT FROM NEW.n OR OLD.from_day IS DISTINCT FROM NEW.from_day
  OR OLD.standing IS DISTINCT FROM NEW.standing OR OLD.class IS DISTINCT FROM NEW.class
  OR OLD.flag IS DISTINCT FROM NEW.flag OR OLD.scope IS DISTINCT FROM NEW.scope
  OR OLD.cause IS DISTINCT FROM NEW.cause OR OLD.recorded_at IS DISTINCT FROM NEW.recorded_at
  OR OLD.document IS DISTINCT FROM NEW.document
  OR (OLD.until_day IS NOT NULL AND (NEW.until_day IS NULL OR NEW.until_day > OLD.until_day)))
EXECUTE FUNCTION hufu_refuse('history of a provider is not rewritten');
-- A revocation of a key never un-happens.
CREATE OR REPLACE TRIGGER keys_frozen BEFORE UPDATE ON keys FOR EACH ROW
WHEN (OLD.kid IS DISTINCT FROM NEW.kid OR OLD.short_kid IS DISTINCT FROM NEW.short_kid
  OR OLD.purpose IS DISTINCT FROM NEW.purpose OR OLD.provider_id IS DISTINCT FROM NEW.provider_id
  OR OLD.slot IS DISTINCT FROM NEW.slot OR OLD.public IS DISTINCT FROM NEW.public
  OR OLD.from_at IS DISTINCT FROM NEW.from_at OR OLD.until_at IS DISTINCT FROM NEW.until_at
  OR OLD.created_at IS DISTINCT FROM NEW.created_at
  OR (OLD.retired_at IS NOT NULL AND OLD.retired_at IS DISTINCT FROM NEW.retired_at)
  OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at))
  OR (OLD.revoke_reason = 'compromise' AND NEW.revoke_reason IS DISTINCT FROM OLD.revoke_reason))
EXECUTE FUNCTION hufu_refuse('a key does not change, and its revocation does not un-happen');
-- A list grows, and stays with its provider and year.
CREATE OR REPLACE TRIGGER status_lists_frozen BEFORE UPDATE ON status_lists FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.provider_id IS DISTINCT FROM NEW.provider_id OR OLD.year IS DISTINCT FROM NEW.year
  OR NEW.next_index < OLD.next_index OR NEW.version < OLD.version)
EXECUTE FUNCTION hufu_refuse('a status list neither shrinks nor moves');
CREATE OR REPLACE TRIGGER status_lists_no_delete BEFORE DELETE OR TRUNCATE ON status_lists
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('status lists are never deleted');
-- What the region signed about its bundle stays; a part's text is what its digest says, and goes only after it was superseded.
CREATE OR REPLACE TRIGGER bundle_manifests_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bundle_manifests
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('bundle_manifests is append-only');
CREATE OR REPLACE TRIGGER bundle_parts_frozen BEFORE UPDATE ON bundle_parts FOR EACH ROW
WHEN (OLD.sha256 IS DISTINCT FROM NEW.sha256 OR OLD.gzip IS DISTINCT FROM NEW.gzip)
EXECUTE FUNCTION hufu_refuse('a part of a bundle does not change');
CREATE OR REPLACE TRIGGER bundle_parts_no_delete BEFORE DELETE ON bundle_parts FOR EACH ROW
WHEN (OLD.superseded_at IS NULL)
EXECUTE FUNCTION hufu_refuse('a part of the current bundle is not deleted');
CREATE OR REPLACE TRIGGER bundle_parts_no_truncate BEFORE TRUNCATE ON bundle_parts
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('a part of the current bundle is not deleted');
-- What is held of a partner goes forward, unless it was pinned anew.
CREATE OR REPLACE TRIGGER partners_forward BEFORE UPDATE ON partners FOR EACH ROW
WHEN (OLD.region IS DISTINCT FROM NEW.region
  OR (OLD.pin = NEW.pin AND (OLD.key <> NEW.key OR (OLD.manifest IS NOT NULL AND (NEW.manifest IS NULL
    OR NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch AND NEW.seq < OLD.seq)
    OR (NEW.epoch = OLD.epoch AND NEW.seq = OLD.seq AND NEW.manifest <> OLD.manifest))))))
EXECUTE FUNCTION hufu_refuse('what is held of a partner goes forward');
-- An account stays a person's, its end stays its end, and what happened to it and who looked is not rewritten.
CREATE OR REPLACE TRIGGER learners_frozen BEFORE UPDATE ON learners FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.id_kind IS DISTINCT FROM NEW.id_kind OR OLD.id_hash IS DISTINCT FROM NEW.id_hash
  OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.opened_by IS DISTINCT FROM NEW.opened_by
  OR (OLD.state <> 'open' AND (OLD.state <> NEW.state OR OLD.closed_at IS DISTINCT FROM NEW.closed_at)))
EXECUTE FUNCTION hufu_refuse('an account stays a person''s, and its end stays its end');
CREATE OR REPLACE TRIGGER learners_no_delete BEFORE DELETE OR TRUNCATE ON learners
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('accounts are never deleted');
CREATE OR REPLACE TRIGGER learner_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON learner_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('learner_events is append-only');
CREATE OR REPLACE TRIGGER learner_views_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON learner_views
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('learner_views is append-only');
CREATE OR REPLACE TRIGGER learner_codes_once BEFORE UPDATE ON learner_codes FOR EACH ROW
WHEN (OLD.used_at IS NOT NULL OR OLD.learner_id <> NEW.learner_id OR OLD.expires_at <> NEW.expires_at)
EXECUTE FUNCTION hufu_refuse('a code is used once');
CREATE OR REPLACE TRIGGER learner_sessions_end BEFORE UPDATE ON learner_sessions FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL OR OLD.learner_id <> NEW.learner_id OR OLD.expires_at <> NEW.expires_at)
EXECUTE FUNCTION hufu_refuse('a session that ended stays ended');
-- The ledger is written once: a lot's balance is the only thing in it that changes.
CREATE OR REPLACE TRIGGER schemes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON schemes
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('schemes is append-only');
CREATE OR REPLACE TRIGGER lots_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lots
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('lots is append-only');
CREATE OR REPLACE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('entries is append-only');
CREATE OR REPLACE TRIGGER movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON movements
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('movements is append-only');
CREATE OR REPLACE TRIGGER lot_balances_frozen BEFORE UPDATE ON lot_balances FOR EACH ROW
WHEN (OLD.lot_id IS DISTINCT FROM NEW.lot_id OR OLD.expires_on IS DISTINCT FROM NEW.expires_on)
EXECUTE FUNCTION hufu_refuse('a balance stays with its lot');
CREATE OR REPLACE TRIGGER lot_balances_no_delete BEFORE DELETE OR TRUNCATE ON lot_balances
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('balances are never deleted');
-- What the region signed about an achievement stays signed, and its end stays its end.
CREATE OR REPLACE TRIGGER achievements_frozen BEFORE UPDATE ON achievements FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.learner_id IS DISTINCT FROM NEW.learner_id OR OLD.provider_id IS DISTINCT FROM NEW.provider_id
  OR OLD.earned_on IS DISTINCT FROM NEW.earned_on OR OLD.recorded_at IS DISTINCT FROM NEW.recorded_at
  OR OLD.recorded_by IS DISTINCT FROM NEW.recorded_by OR OLD.digest IS DISTINCT FROM NEW.digest OR OLD.basis IS DISTINCT FROM NEW.basis
  OR OLD.document IS DISTINCT FROM NEW.document OR OLD.replaces IS DISTINCT FROM NEW.replaces OR OLD.state <> 'recorded')
EXECUTE FUNCTION hufu_refuse('a signed achievement and its end do not change');
CREATE OR REPLACE TRIGGER achievements_no_delete BEFORE DELETE OR TRUNCATE ON achievements
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('achievements are never deleted');
CREATE OR REPLACE TRIGGER achievement_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON achievement_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('achievement_events is append-only');
-- A programme goes from version to version and is withdrawn once; what the region signed about it, and every redemption, stays.
CREATE OR REPLACE TRIGGER programmes_forward BEFORE UPDATE ON programmes FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR NEW.version < OLD.version OR OLD.state <> 'open')
EXECUTE FUNCTION hufu_refuse('a programme goes forward, and its end stays its end');
CREATE OR REPLACE TRIGGER programmes_no_delete BEFORE DELETE OR TRUNCATE ON programmes
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('programmes are never deleted');
CREATE OR REPLACE TRIGGER programme_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_versions
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('programme_versions is append-only');
CREATE OR REPLACE TRIGGER programme_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('programme_events is append-only');
CREATE OR REPLACE TRIGGER redemptions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redemptions
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('redemptions is append-only');
-- What was agreed, who signed and who gave notice is not rewritten.
CREATE OR REPLACE TRIGGER agreements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agreements
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('agreements is append-only');
CREATE OR REPLACE TRIGGER agreement_signatures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_signatures
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('agreement_signatures is append-only');
CREATE OR REPLACE TRIGGER agreement_notices_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_notices
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('agreement_notices is append-only');
CREATE OR REPLACE TRIGGER agreement_publications_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_publications
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('agreement_publications is append-only');
-- What was waived, and what was decided, is not rewritten.
CREATE OR REPLACE TRIGGER waivers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON waivers
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('waivers is append-only');
CREATE OR REPLACE TRIGGER recognition_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recognition_decisions
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('recognition_decisions is append-only');
-- What the region recognised stays signed, and its end stays its end; its lists grow.
CREATE OR REPLACE TRIGGER receipts_frozen BEFORE UPDATE ON receipts FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.origin IS DISTINCT FROM NEW.origin
  OR OLD.card IS DISTINCT FROM NEW.card OR OLD.decision IS DISTINCT FROM NEW.decision OR OLD.status_list IS DISTINCT FROM NEW.status_list
  OR OLD.status_index IS DISTINCT FROM NEW.status_index OR OLD.signed_at IS DISTINCT FROM NEW.signed_at
  OR OLD.signed_by IS DISTINCT FROM NEW.signed_by OR OLD.document IS DISTINCT FROM NEW.document OR OLD.state <> 'issued')
EXECUTE FUNCTION hufu_refuse('a signed receipt and its end do not change');
CREATE OR REPLACE TRIGGER receipts_no_delete BEFORE DELETE OR TRUNCATE ON receipts
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('receipts are never deleted');
CREATE OR REPLACE TRIGGER receipt_revocations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt_revocations
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('receipt_revocations is append-only');
CREATE OR REPLACE TRIGGER receipt_lists_frozen BEFORE UPDATE ON receipt_lists FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.year IS DISTINCT FROM NEW.year OR NEW.next_index < OLD.next_index OR NEW.version < OLD.version)
EXECUTE FUNCTION hufu_refuse('a list of receipts neither shrinks nor moves');
CREATE OR REPLACE TRIGGER receipt_lists_no_delete BEFORE DELETE OR TRUNCATE ON receipt_lists
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('lists of receipts are never deleted');
-- A transfer leaves reserved once, and what was asked stays what it was, but for what is derived after a restore; messages stay as they were signed.
CREATE OR REPLACE TRIGGER transfers_frozen BEFORE UPDATE ON transfers FOR EACH ROW
WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.side IS DISTINCT FROM NEW.side OR OLD.peer IS DISTINCT FROM NEW.peer
  OR NOT (OLD.unbooked OR NEW.unbooked) AND (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.learner_id IS DISTINCT FROM NEW.learner_id OR OLD.terms IS DISTINCT FROM NEW.terms
  OR OLD.return_of IS DISTINCT FROM NEW.return_of OR OLD.agreement IS DISTINCT FROM NEW.agreement
  OR OLD.grant_id IS DISTINCT FROM NEW.grant_id OR OLD.amount IS DISTINCT FROM NEW.amount OR OLD.began_at IS DISTINCT FROM NEW.began_at
  OR OLD.began_by IS DISTINCT FROM NEW.began_by
  OR (OLD.state <> NEW.state AND (OLD.state <> 'reserved' OR NEW.state NOT IN ('settled', 'returned'))) OR (OLD.cancelled AND NOT NEW.cancelled)))
EXECUTE FUNCTION hufu_refuse('a transfer ends once, and what was asked does not change');
CREATE OR REPLACE TRIGGER restores_no_delete BEFORE DELETE OR TRUNCATE ON restores
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('restores are never deleted');
CREATE OR REPLACE TRIGGER transfers_no_delete BEFORE DELETE OR TRUNCATE ON transfers
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('transfers are never deleted');
CREATE OR REPLACE TRIGGER transfer_messages_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_messages
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('transfer_messages is append-only');
CREATE OR REPLACE TRIGGER peer_channels_frozen BEFORE UPDATE ON peer_channels FOR EACH ROW
WHEN (OLD.peer IS DISTINCT FROM NEW.peer OR OLD.salt IS DISTINCT FROM NEW.salt OR NEW.own < OLD.own OR NEW.theirs < OLD.theirs
  OR (NEW.own = OLD.own AND NEW.sent < OLD.sent))
EXECUTE FUNCTION hufu_refuse('a channel counts upwards');
CREATE OR REPLACE TRIGGER peer_channels_no_delete BEFORE DELETE OR TRUNCATE ON peer_channels
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('channels are never deleted');
CREATE OR REPLACE TRIGGER channel_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON channel_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('channel_events is append-only');
CREATE OR REPLACE TRIGGER batch_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('batch_events is append-only');
CREATE OR REPLACE TRIGGER webhook_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON webhook_changes
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('webhook_changes is append-only');
CREATE OR REPLACE TRIGGER change_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change_events
FOR EACH STATEMENT EXECUTE FUNCTION hufu_refuse('change_events is append-only');
