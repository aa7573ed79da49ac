-- Append-only tables and frozen columns, made anew where they differ.
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
DROP TRIGGER IF EXISTS partner_events_no_update;
CREATE TRIGGER partner_events_no_update BEFORE UPDATE ON partner_events BEGIN SELECT RAISE(ABORT, 'partner_events is append-only'); END;
DROP TRIGGER IF EXISTS partner_events_no_delete;
CREATE TRIGGER partner_events_no_delete BEFORE DELETE ON partner_events BEGIN SELECT RAISE(ABORT, 'partner_events is append-only'); END;
DROP TRIGGER IF EXISTS certificates_no_delete;
CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates are never deleted'); END;
-- What was signed stays signed, the columns that find it too, and final states stay final.
DROP TRIGGER IF EXISTS certificates_frozen;
CREATE TRIGGER certificates_frozen BEFORE UPDATE ON certificates
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.number IS DISTINCT FROM NEW.number
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
  OR (OLD.status IN ('revoked', 'replaced') AND (OLD.status <> NEW.status OR OLD.replaced_by IS DISTINCT FROM NEW.replaced_by))
BEGIN SELECT RAISE(ABORT, 'a signed certificate and a final state do not change'); END;
-- An interval may only be closed; its end may come earlier, never later.
DROP TRIGGER IF EXISTS provider_intervals_close_only;
CREATE TRIGGER provider_intervals_close_only BEFORE UPDATE ON provider_intervals
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.provider_id IS DISTINCT FROM NEW.provider_id
  OR OLD.n IS DISTINCT FROM NEW.n OR OLD.from_day IS DISTINCT FROM NEW.from_day
  OR OLD.standing IS DISTINCT FROM NEW.standing OR OLD.class IS DISTINCT FROM NEW.class
  OR OLD.flag IS DISTINCT FROM NEW.flag OR OLD.scope IS DISTINCT FROM NEW.scope
  OR OLD.cause IS DISTINCT FROM NEW.cause OR OLD.recorded_at IS DISTINCT FROM NEW.recorded_at
  OR OLD.document IS DISTINCT FROM NEW.document
  OR (OLD.until_day IS NOT NULL AND (NEW.until_day IS NULL OR NEW.until_day > OLD.until_day))
BEGIN SELECT RAISE(ABORT, 'history of a provider is not rewritten'); END;
DROP TRIGGER IF EXISTS provider_intervals_no_delete;
CREATE TRIGGER provider_intervals_no_delete BEFORE DELETE ON provider_intervals BEGIN SELECT RAISE(ABORT, 'history of a provider is not deleted'); END;
-- A revocation of a key never un-happens.
DROP TRIGGER IF EXISTS keys_frozen;
CREATE TRIGGER keys_frozen BEFORE UPDATE ON keys
WHEN OLD.kid IS DISTINCT FROM NEW.kid OR OLD.short_kid IS DISTINCT FROM NEW.short_kid
  OR OLD.purpose IS DISTINCT FROM NEW.purpose OR OLD.provider_id IS DISTINCT FROM NEW.provider_id
  OR OLD.slot IS DISTINCT FROM NEW.slot OR OLD.public IS DISTINCT FROM NEW.public
  OR OLD.from_at IS DISTINCT FROM NEW.from_at OR OLD.until_at IS DISTINCT FROM NEW.until_at
  OR OLD.created_at IS DISTINCT FROM NEW.created_at
  OR (OLD.retired_at IS NOT NULL AND OLD.retired_at IS DISTINCT FROM NEW.retired_at)
  OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at))
  OR (OLD.revoke_reason = 'compromise' AND NEW.revoke_reason IS DISTINCT FROM OLD.revoke_reason)
BEGIN SELECT RAISE(ABORT, 'a key does not change, and its revocation does not un-happen'); END;
DROP TRIGGER IF EXISTS keys_no_delete;
CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END;
-- A list grows, and stays with its provider and year.
DROP TRIGGER IF EXISTS status_lists_frozen;
CREATE TRIGGER status_lists_frozen BEFORE UPDATE ON status_lists
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.provider_id IS DISTINCT FROM NEW.provider_id OR OLD.year IS DISTINCT FROM NEW.year
  OR NEW.next_index < OLD.next_index OR NEW.version < OLD.version
BEGIN SELECT RAISE(ABORT, 'a status list neither shrinks nor moves'); END;
DROP TRIGGER IF EXISTS status_lists_no_delete;
CREATE TRIGGER status_lists_no_delete BEFORE DELETE ON status_lists BEGIN SELECT RAISE(ABORT, 'status lists are never deleted'); END;
-- What the region signed about its bundle stays; a part's text is what its digest says, and goes only after it was superseded.
DROP TRIGGER IF EXISTS bundle_manifests_no_update;
CREATE TRIGGER bundle_manifests_no_update BEFORE UPDATE ON bundle_manifests BEGIN SELECT RAISE(ABORT, 'bundle_manifests is append-only'); END;
DROP TRIGGER IF EXISTS bundle_manifests_no_delete;
CREATE TRIGGER bundle_manifests_no_delete BEFORE DELETE ON bundle_manifests BEGIN SELECT RAISE(ABORT, 'bundle_manifests is append-only'); END;
DROP TRIGGER IF EXISTS bundle_parts_frozen;
CREATE TRIGGER bundle_parts_frozen BEFORE UPDATE ON bundle_parts
WHEN OLD.sha256 IS DISTINCT FROM NEW.sha256 OR OLD.gzip IS DISTINCT FROM NEW.gzip
BEGIN SELECT RAISE(ABORT, 'a part of a bundle does not change'); END;
DROP TRIGGER IF EXISTS bundle_parts_no_delete;
CREATE TRIGGER bundle_parts_no_delete BEFORE DELETE ON bundle_parts WHEN OLD.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'a part of the current bundle is not deleted'); END;
-- What is held of a partner goes forward, unless it was pinned anew.
DROP TRIGGER IF EXISTS partners_forward;
CREATE TRIGGER partners_forward BEFORE UPDATE ON partners
WHEN OLD.region IS DISTINCT FROM NEW.region
  OR (OLD.pin = NEW.pin AND (OLD.key <> NEW.key OR (OLD.manifest IS NOT NULL AND (NEW.manifest IS NULL
    OR NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch AND NEW.seq < OLD.seq)
    OR (NEW.epoch = OLD.epoch AND NEW.seq = OLD.seq AND NEW.manifest <> OLD.manifest)))))
BEGIN SELECT RAISE(ABORT, 'what is held of a partner goes forward'); END;
-- An account stays a person's, its end stays its end, and what happened to it and who looked is not rewritten.
DROP TRIGGER IF EXISTS learners_frozen;
CREATE TRIGGER learners_frozen BEFORE UPDATE ON learners
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.id_kind IS DISTINCT FROM NEW.id_kind OR OLD.id_hash IS DISTINCT FROM NEW.id_hash
  OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.opened_by IS DISTINCT FROM NEW.opened_by
  OR (OLD.state <> 'open' AND (OLD.state <> NEW.state OR OLD.closed_at IS DISTINCT FROM NEW.closed_at))
BEGIN SELECT RAISE(ABORT, 'an account stays a person''s, and its end stays its end'); END;
DROP TRIGGER IF EXISTS learners_no_delete;
CREATE TRIGGER learners_no_delete BEFORE DELETE ON learners BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END;
DROP TRIGGER IF EXISTS learner_events_no_update;
CREATE TRIGGER learner_events_no_update BEFORE UPDATE ON learner_events BEGIN SELECT RAISE(ABORT, 'learner_events is append-only'); END;
DROP TRIGGER IF EXISTS learner_events_no_delete;
CREATE TRIGGER learner_events_no_delete BEFORE DELETE ON learner_events BEGIN SELECT RAISE(ABORT, 'learner_events is append-only'); END;
DROP TRIGGER IF EXISTS learner_views_no_update;
CREATE TRIGGER learner_views_no_update BEFORE UPDATE ON learner_views BEGIN SELECT RAISE(ABORT, 'learner_views is append-only'); END;
DROP TRIGGER IF EXISTS learner_views_no_delete;
CREATE TRIGGER learner_views_no_delete BEFORE DELETE ON learner_views BEGIN SELECT RAISE(ABORT, 'learner_views is append-only'); END;
DROP TRIGGER IF EXISTS learner_codes_once;
CREATE TRIGGER learner_codes_once BEFORE UPDATE ON learner_codes
WHEN OLD.used_at IS NOT NULL OR OLD.learner_id <> NEW.learner_id OR OLD.expires_at <> NEW.expires_at
BEGIN SELECT RAISE(ABORT, 'a code is used once'); END;
DROP TRIGGER IF EXISTS learner_sessions_end;
CREATE TRIGGER learner_sessions_end BEFORE UPDATE ON learner_sessions
WHEN OLD.ended_at IS NOT NULL OR OLD.learner_id <> NEW.learner_id OR OLD.expires_at <> NEW.expires_at
BEGIN SELECT RAISE(ABORT, 'a session that ended stays ended'); END;
-- The ledger is written once: a lot's balance is the only thing in it that changes.
DROP TRIGGER IF EXISTS schemes_no_update;
CREATE TRIGGER schemes_no_update BEFORE UPDATE ON schemes BEGIN SELECT RAISE(ABORT, 'schemes is append-only'); END;
DROP TRIGGER IF EXISTS schemes_no_delete;
CREATE TRIGGER schemes_no_delete BEFORE DELETE ON schemes BEGIN SELECT RAISE(ABORT, 'schemes is append-only'); END;
DROP TRIGGER IF EXISTS lots_no_update;
CREATE TRIGGER lots_no_update BEFORE UPDATE ON lots BEGIN SELECT RAISE(ABORT, 'lots is append-only'); END;
DROP TRIGGER IF EXISTS lots_no_delete;
CREATE TRIGGER lots_no_delete BEFORE DELETE ON lots BEGIN SELECT RAISE(ABORT, 'lots is append-only'); END;
DROP TRIGGER IF EXISTS entries_no_update;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
DROP TRIGGER IF EXISTS entries_no_delete;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries is append-only'); END;
DROP TRIGGER IF EXISTS movements_no_update;
CREATE TRIGGER movements_no_update BEFORE UPDATE ON movements BEGIN SELECT RAISE(ABORT, 'movements is append-only'); END;
DROP TRIGGER IF EXISTS movements_no_delete;
CREATE TRIGGER movements_no_delete BEFORE DELETE ON movements BEGIN SELECT RAISE(ABORT, 'movements is append-only'); END;
DROP TRIGGER IF EXISTS lot_balances_frozen;
CREATE TRIGGER lot_balances_frozen BEFORE UPDATE ON lot_balances
WHEN OLD.lot_id IS DISTINCT FROM NEW.lot_id OR OLD.expires_on IS DISTINCT FROM NEW.expires_on
BEGIN SELECT RAISE(ABORT, 'a balance stays with its lot'); END;
DROP TRIGGER IF EXISTS lot_balances_no_delete;
CREATE TRIGGER lot_balances_no_delete BEFORE DELETE ON lot_balances BEGIN SELECT RAISE(ABORT, 'balances are never deleted'); END;
-- What the region signed about an achievement stays signed, and its end stays its end.
DROP TRIGGER IF EXISTS achievements_frozen;
CREATE TRIGGER achievements_frozen BEFORE UPDATE ON achievements
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.learner_id IS DISTINCT FROM NEW.learner_id OR OLD.provider_id IS DISTINCT FROM NEW.provider_id
  OR OLD.earned_on IS DISTINCT FROM NEW.earned_on OR OLD.recorded_at IS DISTINCT FROM NEW.recorded_at
  OR OLD.recorded_by IS DISTINCT FROM NEW.recorded_by OR OLD.digest IS DISTINCT FROM NEW.digest OR OLD.basis IS DISTINCT FROM NEW.basis
  OR OLD.document IS DISTINCT FROM NEW.document OR OLD.replaces IS DISTINCT FROM NEW.replaces OR OLD.state <> 'recorded'
BEGIN SELECT RAISE(ABORT, 'a signed achievement and its end do not change'); END;
DROP TRIGGER IF EXISTS achievements_no_delete;
CREATE TRIGGER achievements_no_delete BEFORE DELETE ON achievements BEGIN SELECT RAISE(ABORT, 'achievements are never deleted'); END;
DROP TRIGGER IF EXISTS achievement_events_no_update;
CREATE TRIGGER achievement_events_no_update BEFORE UPDATE ON achievement_events BEGIN SELECT RAISE(ABORT, 'achievement_events is append-only'); END;
DROP TRIGGER IF EXISTS achievement_events_no_delete;
CREATE TRIGGER achievement_events_no_delete BEFORE DELETE ON achievement_events BEGIN SELECT RAISE(ABORT, 'achievement_events is append-only'); END;
-- A programme goes from version to version and is withdrawn once; what the region signed about it, and every redemption, stays.
DROP TRIGGER IF EXISTS programmes_forward;
CREATE TRIGGER programmes_forward BEFORE UPDATE ON programmes
WHEN OLD.id IS DISTINCT FROM NEW.id OR NEW.version < OLD.version OR OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a programme goes forward, and its end stays its end'); END;
DROP TRIGGER IF EXISTS programmes_no_delete;
CREATE TRIGGER programmes_no_delete BEFORE DELETE ON programmes BEGIN SELECT RAISE(ABORT, 'programmes are never deleted'); END;
DROP TRIGGER IF EXISTS programme_versions_no_update;
CREATE TRIGGER programme_versions_no_update BEFORE UPDATE ON programme_versions BEGIN SELECT RAISE(ABORT, 'programme_versions is append-only'); END;
DROP TRIGGER IF EXISTS programme_versions_no_delete;
CREATE TRIGGER programme_versions_no_delete BEFORE DELETE ON programme_versions BEGIN SELECT RAISE(ABORT, 'programme_versions is append-only'); END;
DROP TRIGGER IF EXISTS programme_events_no_update;
CREATE TRIGGER programme_events_no_update BEFORE UPDATE ON programme_events BEGIN SELECT RAISE(ABORT, 'programme_events is append-only'); END;
DROP TRIGGER IF EXISTS programme_events_no_delete;
CREATE TRIGGER programme_events_no_delete BEFORE DELETE ON programme_events BEGIN SELECT RAISE(ABORT, 'programme_events is append-only'); END;
DROP TRIGGER IF EXISTS redemptions_no_update;
CREATE TRIGGER redemptions_no_update BEFORE UPDATE ON redemptions BEGIN SELECT RAISE(ABORT, 'redemptions is append-only'); END;
DROP TRIGGER IF EXISTS redemptions_no_delete;
CREATE TRIGGER redemptions_no_delete BEFORE DELETE ON redemptions BEGIN SELECT RAISE(ABORT, 'redemptions is append-only'); END;
-- What was agreed, who signed and who gave notice is not rewritten.
DROP TRIGGER IF EXISTS agreements_no_update;
CREATE TRIGGER agreements_no_update BEFORE UPDATE ON agreements BEGIN SELECT RAISE(ABORT, 'agreements is append-only'); END;
DROP TRIGGER IF EXISTS agreements_no_delete;
CREATE TRIGGER agreements_no_delete BEFORE DELETE ON agreements BEGIN SELECT RAISE(ABORT, 'agreements is append-only'); END;
DROP TRIGGER IF EXISTS agreement_signatures_no_update;
CREATE TRIGGER agreement_signatures_no_update BEFORE UPDATE ON agreement_signatures BEGIN SELECT RAISE(ABORT, 'agreement_signatures is append-only'); END;
DROP TRIGGER IF EXISTS agreement_signatures_no_delete;
CREATE TRIGGER agreement_signatures_no_delete BEFORE DELETE ON agreement_signatures BEGIN SELECT RAISE(ABORT, 'agreement_signatures is append-only'); END;
DROP TRIGGER IF EXISTS agreement_notices_no_update;
CREATE TRIGGER agreement_notices_no_update BEFORE UPDATE ON agreement_notices BEGIN SELECT RAISE(ABORT, 'agreement_notices is append-only'); END;
DROP TRIGGER IF EXISTS agreement_notices_no_delete;
CREATE TRIGGER agreement_notices_no_delete BEFORE DELETE ON agreement_notices BEGIN SELECT RAISE(ABORT, 'agreement_notices is append-only'); END;
DROP TRIGGER IF EXISTS agreement_publications_no_update;
CREATE TRIGGER agreement_publications_no_update BEFORE UPDATE ON agreement_publications BEGIN SELECT RAISE(ABORT, 'agreement_publications is append-only'); END;
DROP TRIGGER IF EXISTS agreement_publications_no_delete;
CREATE TRIGGER agreement_publications_no_delete BEFORE DELETE ON agreement_publications BEGIN SELECT RAISE(ABORT, 'agreement_publications is append-only'); END;
-- What was waived, and what was decided, is not rewritten.
DROP TRIGGER IF EXISTS waivers_no_update;
CREATE TRIGGER waivers_no_update BEFORE UPDATE ON waivers BEGIN SELECT RAISE(ABORT, 'waivers is append-only'); END;
DROP TRIGGER IF EXISTS waivers_no_delete;
CREATE TRIGGER waivers_no_delete BEFORE DELETE ON waivers BEGIN SELECT RAISE(ABORT, 'waivers is append-only'); END;
DROP TRIGGER IF EXISTS recognition_decisions_no_update;
CREATE TRIGGER recognition_decisions_no_update BEFORE UPDATE ON recognition_decisions BEGIN SELECT RAISE(ABORT, 'recognition_decisions is append-only'); END;
DROP TRIGGER IF EXISTS recognition_decisions_no_delete;
CREATE TRIGGER recognition_decisions_no_delete BEFORE DELETE ON recognition_decisions BEGIN SELECT RAISE(ABORT, 'recognition_decisions is append-only'); END;
-- What the region recognised stays signed, and its end stays its end; its lists grow.
DROP TRIGGER IF EXISTS receipts_frozen;
CREATE TRIGGER receipts_frozen BEFORE UPDATE ON receipts
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.number IS DISTINCT FROM NEW.number OR OLD.origin IS DISTINCT FROM NEW.origin
  OR OLD.card IS DISTINCT FROM NEW.card OR OLD.decision IS DISTINCT FROM NEW.decision OR OLD.status_list IS DISTINCT FROM NEW.status_list
  OR OLD.status_index IS DISTINCT FROM NEW.status_index OR OLD.signed_at IS DISTINCT FROM NEW.signed_at
  OR OLD.signed_by IS DISTINCT FROM NEW.signed_by OR OLD.document IS DISTINCT FROM NEW.document OR OLD.state <> 'issued'
BEGIN SELECT RAISE(ABORT, 'a signed receipt and its end do not change'); END;
DROP TRIGGER IF EXISTS receipts_no_delete;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts are never deleted'); END;
DROP TRIGGER IF EXISTS receipt_revocations_no_update;
CREATE TRIGGER receipt_revocations_no_update BEFORE UPDATE ON receipt_revocations BEGIN SELECT RAISE(ABORT, 'receipt_revocations is append-only'); END;
DROP TRIGGER IF EXISTS receipt_revocations_no_delete;
CREATE TRIGGER receipt_revocations_no_delete BEFORE DELETE ON receipt_revocations BEGIN SELECT RAISE(ABORT, 'receipt_revocations is append-only'); END;
DROP TRIGGER IF EXISTS receipt_lists_frozen;
CREATE TRIGGER receipt_lists_frozen BEFORE UPDATE ON receipt_lists
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.year IS DISTINCT FROM NEW.year OR NEW.next_index < OLD.next_index OR NEW.version < OLD.version
BEGIN SELECT RAISE(ABORT, 'a list of receipts neither shrinks nor moves'); END;
DROP TRIGGER IF EXISTS receipt_lists_no_delete;
CREATE TRIGGER receipt_lists_no_delete BEFORE DELETE ON receipt_lists BEGIN SELECT RAISE(ABORT, 'lists of receipts are never deleted'); END;
-- A transfer leaves reserved once, and what was asked stays what it was, but for what is derived after a restore; messages stay as they were signed.
DROP TRIGGER IF EXISTS transfers_frozen;
CREATE TRIGGER transfers_frozen BEFORE UPDATE ON transfers
WHEN OLD.id IS DISTINCT FROM NEW.id OR OLD.side IS DISTINCT FROM NEW.side OR OLD.peer IS DISTINCT FROM NEW.peer
  OR NOT (OLD.unbooked OR NEW.unbooked) AND (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.learner_id IS DISTINCT FROM NEW.learner_id OR OLD.terms IS DISTINCT FROM NEW.terms
  OR OLD.return_of IS DISTINCT FROM NEW.return_of OR OLD.agreement IS DISTINCT FROM NEW.agreement
  OR OLD.grant_id IS DISTINCT FROM NEW.grant_id OR OLD.amount IS DISTINCT FROM NEW.amount OR OLD.began_at IS DISTINCT FROM NEW.began_at
  OR OLD.began_by IS DISTINCT FROM NEW.began_by
  OR (OLD.state <> NEW.state AND (OLD.state <> 'reserved' OR NEW.state NOT IN ('settled', 'returned'))) OR (OLD.cancelled AND NOT NEW.cancelled))
BEGIN SELECT RAISE(ABORT, 'a transfer ends once, and what was asked does not change'); END;
DROP TRIGGER IF EXISTS restores_no_delete;
CREATE TRIGGER restores_no_delete BEFORE DELETE ON restores BEGIN SELECT RAISE(ABORT, 'restores are never deleted'); END;
DROP TRIGGER IF EXISTS transfers_no_delete;
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;
DROP TRIGGER IF EXISTS transfer_messages_no_update;
CREATE TRIGGER transfer_messages_no_update BEFORE UPDATE ON transfer_messages BEGIN SELECT RAISE(ABORT, 'transfer_messages is append-only'); END;
DROP TRIGGER IF EXISTS transfer_messages_no_delete;
CREATE TRIGGER transfer_messages_no_delete BEFORE DELETE ON transfer_messages BEGIN SELECT RAISE(ABORT, 'transfer_messages is append-only'); END;
DROP TRIGGER IF EXISTS channel_events_no_update;
CREATE TRIGGER channel_events_no_update BEFORE UPDATE ON channel_events BEGIN SELECT RAISE(ABORT, 'channel_events is append-only'); END;
DROP TRIGGER IF EXISTS channel_events_no_delete;
CREATE TRIGGER channel_events_no_delete BEFORE DELETE ON channel_events BEGIN SELECT RAISE(ABORT, 'channel_events is append-only'); END;
DROP TRIGGER IF EXISTS peer_channels_frozen;
CREATE TRIGGER peer_channels_frozen BEFORE UPDATE ON peer_channels
WHEN OLD.peer IS DISTINCT FROM NEW.peer OR OLD.salt IS DISTINCT FROM NEW.salt OR NEW.own < OLD.own OR NEW.theirs < OLD.theirs
  OR (NEW.own = OLD.own AND NEW.sent < OLD.sent)
BEGIN SELECT RAISE(ABORT, 'a channel counts upwards'); END;
DROP TRIGGER IF EXISTS peer_channels_no_delete;
CREATE TRIGGER peer_channels_no_delete BEFORE DELETE ON peer_channels BEGIN SELECT RAISE(ABORT, 'channels are never deleted'); END;
DROP TRIGGER IF EXISTS batch_events_no_update;
CREATE TRIGGER batch_events_no_update BEFORE UPDATE ON batch_events BEGIN SELECT RAISE(ABORT, 'batch_events is append-only'); END;
DROP TRIGGER IF EXISTS batch_events_no_delete;
CREATE TRIGGER batch_events_no_delete BEFORE DELETE ON batch_events BEGIN SELECT RAISE(ABORT, 'batch_events is append-only'); END;
DROP TRIGGER IF EXISTS webhook_changes_no_update;
CREATE TRIGGER webhook_changes_no_update BEFORE UPDATE ON webhook_changes BEGIN SELECT RAISE(ABORT, 'webhook_changes is append-only'); END;
DROP TRIGGER IF EXISTS webhook_changes_no_delete;
CREATE TRIGGER webhook_changes_no_delete BEFORE DELETE ON webhook_changes BEGIN SELECT RAISE(ABORT, 'webhook_changes is append-only'); END;
DROP TRIGGER IF EXISTS change_events_no_update;
CREATE TRIGGER change_events_no_update BEFORE UPDATE ON change_events BEGIN SELECT RAISE(ABORT, 'change_events is append-only'); END;
DROP TRIGGER IF EXISTS change_events_no_delete;
CREATE TRIGGER change_events_no_delete BEFORE DELETE ON change_events BEGIN SELECT RAISE(ABORT, 'change_events is append-only'); END;
