//! What the databases themselves refuse, whoever asks: history is not rewritten, final states stay final.

use super::support::{Backend, World};

/// One row of everything that is guarded. Text stands for bytes, which both databases take.
const ROWS: &str = "
    INSERT INTO evidence (seq, kind, at, subject, salt, commitment) VALUES (9000001, 'key', 1, 'row_1', 's', 'c');
    INSERT INTO providers (id, credit_code, name_zh, name_en, kind, revision, created_at) VALUES ('prov_1', '91350100M000100Y43', 'z', 'e', 'school', 1, 1);
    INSERT INTO provider_intervals (id, provider_id, n, from_day, standing, class, flag, scope, cause, recorded_at, document)
        VALUES ('int_1', 'prov_1', 1, '2026-01-01', 'listed', 'A', 'green', '{}', 'registered', 1, '{}');
    INSERT INTO keys (kid, short_kid, purpose, provider_id, slot, public, sealed, from_at, until_at, created_at)
        VALUES ('kid_1', 'short_1', 'issuer', 'prov_1', 'slot_1', 'p', 's', 10, 20, 1);
    INSERT INTO key_events (id, kid, kind, at, document) VALUES ('kev_1', 'kid_1', 'created', 1, '{}');
    INSERT INTO clients (id, name, role, secret_hash, created_at, rotated_at) VALUES ('client_1', 'n', 'auditor', 'h', 1, 1);
    INSERT INTO client_events (id, client_id, kind, at, document) VALUES ('cev_1', 'client_1', 'created', 1, '{}');
    INSERT INTO status_lists (id, provider_id, next_index, version, changed_at) VALUES (9001, 'prov_1', 1, 1, 1);
    INSERT INTO certificates (id, number, provider_id, kid, kind, assessed_on, issued_at, status, status_list, status_index, id_kind, id_sealed,
        id_hash, name_hash, extra, card)
        VALUES ('cert_1', 'N1', 'prov_1', 'kid_1', 'skill-level', '2026-01-02', 11, 'issued', 9001, 0, 'resident', 's', 'h', 'n', '{}', 'card');
    INSERT INTO certificate_events (id, certificate_id, kind, at, reason, actor, document)
        VALUES ('ev_1', 'cert_1', 'suspended', 12, 'r', 'client_1', '{}');
    INSERT INTO learners (id, id_kind, id_sealed, id_hash, name_sealed, opened_at, opened_by, state) VALUES
        ('lrn_1', 'resident', 's', 'h1', 'n', 1, 'client_1', 'open'), ('lrn_2', 'resident', 's', 'h2', 'n', 1, 'client_1', 'open');
    INSERT INTO learner_events (id, learner_id, kind, at, actor, document) VALUES ('lev_1', 'lrn_1', 'opened', 1, 'client_1', '{}');
    INSERT INTO learner_views (id, learner_id, at, actor, what) VALUES ('view_1', 'lrn_1', 1, 'client_1', 'account');
    INSERT INTO learner_codes (code_hash, learner_id, made_at, expires_at, made_by, used_at) VALUES ('c', 'lrn_1', 1, 9, 'client_1', 2);
    INSERT INTO learner_sessions (token_hash, learner_id, made_at, expires_at, ended_at) VALUES ('t', 'lrn_1', 1, 9, 2);
    INSERT INTO programmes (id, version, state) VALUES ('prg_1', 2, 'open'), ('prg_2', 1, 'withdrawn');
    INSERT INTO programme_versions (id, programme_id, version, digest, document, published_at, published_by)
        VALUES ('pgv_1', 'prg_1', 2, 'sha256:1', 'jws', 1, 'client_1');
    INSERT INTO programme_events (id, programme_id, kind, at, actor, document) VALUES ('pev_1', 'prg_2', 'withdrawn', 1, 'client_1', '{}');
    INSERT INTO entries (id, kind, cause, on_day, at, content) VALUES ('ent_1', 'redeem', 'sha256:2', '2026-01-02', 1, 'c');
    INSERT INTO redemptions (id, programme_id, programme, learner_id, provider_id, certificate_id, entry_id, redeemed_at, redeemed_by, digest, document)
        VALUES ('red_1', 'prg_1', 'sha256:1', 'lrn_1', 'prov_1', 'cert_1', 'ent_1', 1, 'client_1', 'sha256:2', 'jws');
    INSERT INTO agreements (id, digest, urn, version, document, received_at, received_by) VALUES ('agr_1', 'sha256:a', 'urn:a', 1, '{}', 1, 'client_1');
    INSERT INTO agreement_signatures (id, digest, region, at, document, actor) VALUES ('ags_1', 'sha256:a', '310000', 1, 'jws', 'client_1');
    INSERT INTO agreement_notices (id, digest, region, at, effective, document, actor)
        VALUES ('agn_1', 'sha256:a', '310000', 1, '2027-01-01', 'jws', 'client_1');
    INSERT INTO agreement_publications (id, digest, at, actor, document) VALUES ('agp_1', 'sha256:a', 1, 'client_1', '{}');
    INSERT INTO waivers (id, digest, subject, document, signed_at, signed_by) VALUES ('wvr_1', 'sha256:w', 'N1', 'jws', 1, 'client_1');
    INSERT INTO recognition_decisions (id, digest, decision, document, kept_at, kept_by) VALUES ('rdc_1', 'sha256:d', 'd', '{}', 1, 'client_1');
    INSERT INTO receipt_lists (id, year, next_index, version, changed_at) VALUES (9002, 2026, 2, 1, 1);
    INSERT INTO receipts (id, number, origin, card, decision, status_list, status_index, state, signed_at, signed_by, document) VALUES
        ('rcp_1', 'N1', '320000', 'sha256:c', 'sha256:d', 9002, 0, 'issued', 1, 'client_1', 'jws'),
        ('rcp_2', 'N2', '320000', 'sha256:c', 'sha256:d', 9002, 1, 'revoked', 1, 'client_1', 'jws');
    INSERT INTO receipt_revocations (id, receipt_id, at, reason, actor, document) VALUES ('rrv_1', 'rcp_2', 1, 'r', 'client_1', '{}');
    INSERT INTO peer_channels (peer, own, theirs, state, sent, seen, salt, changed_at) VALUES ('320000', 1, 2, 'open', 3, 1, 's', 1);
    INSERT INTO restores (id, began_at) VALUES ('rst_1', 1);
    INSERT INTO transfers (id, side, kind, peer, state, amount, began_at, began_by, cancelled, tries, unbooked) VALUES
        ('trf_1', 'source', 'move', '320000', 'settled', 100, 1, 'client_1', FALSE, 0, FALSE),
        ('trf_2', 'source', 'move', '320000', 'reserved', 100, 1, 'client_1', TRUE, 0, FALSE);
    INSERT INTO transfer_messages (id, digest, transfer_id, peer, sent, kind, epoch, seq, at, text)
        VALUES ('trm_1', 'sha256:m', 'trf_1', '320000', TRUE, 'offer', 1, 1, 1, 'jws');
";

/// Refused, with the words of the guard.
const REFUSED: [(&str, &str); 78] = [
    ("UPDATE evidence SET at = 0 WHERE seq = 9000001", "evidence is append-only"),
    ("DELETE FROM evidence WHERE seq = 9000001", "evidence is append-only"),
    ("UPDATE key_events SET at = 0 WHERE id = 'kev_1'", "key_events is append-only"),
    ("DELETE FROM key_events WHERE id = 'kev_1'", "key_events is append-only"),
    ("UPDATE client_events SET at = 0 WHERE id = 'cev_1'", "client_events is append-only"),
    ("DELETE FROM client_events WHERE id = 'cev_1'", "client_events is append-only"),
    ("UPDATE certificate_events SET reason = 'x' WHERE id = 'ev_1'", "certificate_events is append-only"),
    ("DELETE FROM certificate_events WHERE id = 'ev_1'", "certificate_events is append-only"),
    ("DELETE FROM certificates WHERE id = 'cert_1'", "certificates are never deleted"),
    ("UPDATE certificates SET card = 'x' WHERE id = 'cert_1'", "a signed certificate and a final state do not change"),
    ("UPDATE certificates SET number = 'x' WHERE id = 'cert_1'", "a signed certificate and a final state do not change"),
    ("UPDATE certificates SET status_index = 7 WHERE id = 'cert_1'", "a signed certificate and a final state do not change"),
    ("DELETE FROM provider_intervals WHERE id = 'int_1'", "history of a provider is not deleted"),
    ("UPDATE provider_intervals SET from_day = '2025-01-01' WHERE id = 'int_1'", "history of a provider is not rewritten"),
    ("UPDATE provider_intervals SET class = 'B' WHERE id = 'int_1'", "history of a provider is not rewritten"),
    ("UPDATE provider_intervals SET scope = '{\"x\":1}' WHERE id = 'int_1'", "history of a provider is not rewritten"),
    ("UPDATE provider_intervals SET document = 'x' WHERE id = 'int_1'", "history of a provider is not rewritten"),
    ("UPDATE keys SET purpose = 'token', provider_id = NULL WHERE kid = 'kid_1'", "a key does not change"),
    ("UPDATE certificates SET name_hash = 'x' WHERE id = 'cert_1'", "a signed certificate and a final state do not change"),
    ("UPDATE certificates SET level = 7 WHERE id = 'cert_1'", "a signed certificate and a final state do not change"),
    ("DELETE FROM keys WHERE kid = 'kid_1'", "keys are never deleted"),
    ("UPDATE keys SET public = 'x' WHERE kid = 'kid_1'", "a key does not change, and its revocation does not un-happen"),
    ("UPDATE keys SET from_at = 9 WHERE kid = 'kid_1'", "a key does not change, and its revocation does not un-happen"),
    ("UPDATE keys SET until_at = 99 WHERE kid = 'kid_1'", "a key does not change, and its revocation does not un-happen"),
    ("UPDATE learners SET id_hash = 'x' WHERE id = 'lrn_1'", "an account stays a person's"),
    ("UPDATE learners SET opened_by = 'x' WHERE id = 'lrn_1'", "an account stays a person's"),
    ("DELETE FROM learners WHERE id = 'lrn_2'", "accounts are never deleted"),
    ("UPDATE learner_events SET document = 'x' WHERE id = 'lev_1'", "learner_events is append-only"),
    ("DELETE FROM learner_events WHERE id = 'lev_1'", "learner_events is append-only"),
    ("UPDATE learner_views SET actor = 'x' WHERE id = 'view_1'", "learner_views is append-only"),
    ("DELETE FROM learner_views WHERE id = 'view_1'", "learner_views is append-only"),
    ("UPDATE learner_codes SET used_at = NULL WHERE learner_id = 'lrn_1'", "a code is used once"),
    ("UPDATE learner_sessions SET ended_at = NULL WHERE learner_id = 'lrn_1'", "a session that ended stays ended"),
    ("UPDATE learner_sessions SET expires_at = 99 WHERE learner_id = 'lrn_1'", "a session that ended stays ended"),
    ("UPDATE programmes SET version = 1 WHERE id = 'prg_1'", "a programme goes forward, and its end stays its end"),
    ("UPDATE programmes SET state = 'open' WHERE id = 'prg_2'", "a programme goes forward, and its end stays its end"),
    ("DELETE FROM programmes WHERE id = 'prg_2'", "programmes are never deleted"),
    ("UPDATE programme_versions SET document = 'x' WHERE id = 'pgv_1'", "programme_versions is append-only"),
    ("DELETE FROM programme_versions WHERE id = 'pgv_1'", "programme_versions is append-only"),
    ("UPDATE programme_events SET document = 'x' WHERE id = 'pev_1'", "programme_events is append-only"),
    ("DELETE FROM programme_events WHERE id = 'pev_1'", "programme_events is append-only"),
    ("UPDATE redemptions SET certificate_id = 'x' WHERE id = 'red_1'", "redemptions is append-only"),
    ("DELETE FROM redemptions WHERE id = 'red_1'", "redemptions is append-only"),
    ("UPDATE agreements SET document = 'x' WHERE id = 'agr_1'", "agreements is append-only"),
    ("DELETE FROM agreements WHERE id = 'agr_1'", "agreements is append-only"),
    ("UPDATE agreement_signatures SET document = 'x' WHERE id = 'ags_1'", "agreement_signatures is append-only"),
    ("DELETE FROM agreement_signatures WHERE id = 'ags_1'", "agreement_signatures is append-only"),
    ("UPDATE agreement_notices SET document = 'x' WHERE id = 'agn_1'", "agreement_notices is append-only"),
    ("DELETE FROM agreement_notices WHERE id = 'agn_1'", "agreement_notices is append-only"),
    ("UPDATE agreement_publications SET document = 'x' WHERE id = 'agp_1'", "agreement_publications is append-only"),
    ("DELETE FROM agreement_publications WHERE id = 'agp_1'", "agreement_publications is append-only"),
    ("UPDATE waivers SET document = 'x' WHERE id = 'wvr_1'", "waivers is append-only"),
    ("DELETE FROM waivers WHERE id = 'wvr_1'", "waivers is append-only"),
    ("UPDATE recognition_decisions SET document = 'x' WHERE id = 'rdc_1'", "recognition_decisions is append-only"),
    ("DELETE FROM recognition_decisions WHERE id = 'rdc_1'", "recognition_decisions is append-only"),
    ("UPDATE receipts SET document = 'x' WHERE id = 'rcp_1'", "a signed receipt and its end do not change"),
    ("UPDATE receipts SET number = 'x' WHERE id = 'rcp_1'", "a signed receipt and its end do not change"),
    ("UPDATE receipts SET status_index = 7 WHERE id = 'rcp_1'", "a signed receipt and its end do not change"),
    ("UPDATE receipts SET state = 'issued' WHERE id = 'rcp_2'", "a signed receipt and its end do not change"),
    ("DELETE FROM receipts WHERE id = 'rcp_1'", "receipts are never deleted"),
    ("UPDATE receipt_revocations SET reason = 'x' WHERE id = 'rrv_1'", "receipt_revocations is append-only"),
    ("DELETE FROM receipt_revocations WHERE id = 'rrv_1'", "receipt_revocations is append-only"),
    ("UPDATE receipt_lists SET next_index = 1 WHERE id = 9002", "a list of receipts neither shrinks nor moves"),
    ("UPDATE receipt_lists SET version = 0 WHERE id = 9002", "a list of receipts neither shrinks nor moves"),
    ("UPDATE receipt_lists SET year = 2027 WHERE id = 9002", "a list of receipts neither shrinks nor moves"),
    ("DELETE FROM receipt_lists WHERE id = 9002", "lists of receipts are never deleted"),
    ("UPDATE transfers SET state = 'returned' WHERE id = 'trf_1'", "a transfer ends once, and what was asked does not change"),
    ("UPDATE transfers SET state = 'accepted' WHERE id = 'trf_2'", "a transfer ends once, and what was asked does not change"),
    ("UPDATE transfers SET amount = 1 WHERE id = 'trf_2'", "a transfer ends once, and what was asked does not change"),
    ("UPDATE transfers SET cancelled = FALSE WHERE id = 'trf_2'", "a transfer ends once, and what was asked does not change"),
    ("DELETE FROM transfers WHERE id = 'trf_2'", "transfers are never deleted"),
    ("DELETE FROM restores WHERE id = 'rst_1'", "restores are never deleted"),
    ("UPDATE transfer_messages SET text = 'x' WHERE id = 'trm_1'", "transfer_messages is append-only"),
    ("DELETE FROM transfer_messages WHERE id = 'trm_1'", "transfer_messages is append-only"),
    ("UPDATE peer_channels SET theirs = 1 WHERE peer = '320000'", "a channel counts upwards"),
    ("UPDATE peer_channels SET sent = 2 WHERE peer = '320000'", "a channel counts upwards"),
    ("UPDATE peer_channels SET salt = 'x' WHERE peer = '320000'", "a channel counts upwards"),
    ("DELETE FROM peer_channels WHERE peer = '320000'", "channels are never deleted"),
];

#[track_caller]
fn refused(world: &World, sql: &str, words: &str) {
    let answer = world.sql(sql).expect_err(sql);
    assert!(answer.contains(words), "{sql}: {answer}");
}

both! {
    fn history_is_neither_changed_nor_deleted(world: &World) {
        world.sql(ROWS).unwrap();
        for (sql, words) in REFUSED {
            refused(world, sql, words);
        }
        if world.backend == Backend::Postgres {
            for table in ["evidence", "key_events", "client_events", "certificate_events", "learner_events", "learner_views", "programme_events", "redemptions", "agreement_signatures"] {
                refused(world, &format!("TRUNCATE {table}"), "is append-only");
            }
            for table in ["certificates", "keys", "provider_intervals", "learners", "receipts", "receipt_lists"] {
                refused(world, &format!("TRUNCATE {table} CASCADE"), "");
            }
        }
    }

    fn what_may_change_still_can(world: &World) {
        world.sql(ROWS).unwrap();
        for sql in [
            "UPDATE certificates SET status = 'suspended' WHERE id = 'cert_1'",
            "UPDATE certificates SET status = 'issued' WHERE id = 'cert_1'",
            "UPDATE certificates SET id_sealed = 'anew' WHERE id = 'cert_1'",
            "UPDATE provider_intervals SET until_day = '2026-06-01' WHERE id = 'int_1'",
            "UPDATE keys SET sealed = 'anew' WHERE kid = 'kid_1'",
            "UPDATE keys SET revoked_at = 15, revoke_reason = 'stolen' WHERE kid = 'kid_1'",
            "UPDATE keys SET revoked_at = 12 WHERE kid = 'kid_1'",
            "UPDATE learners SET id_sealed = 'anew', name_sealed = 'anew' WHERE id = 'lrn_1'",
            "UPDATE programmes SET version = 3 WHERE id = 'prg_1'",
            "UPDATE programmes SET state = 'withdrawn' WHERE id = 'prg_1'",
            "UPDATE receipts SET state = 'revoked' WHERE id = 'rcp_1'",
            "UPDATE receipt_lists SET next_index = 3, version = 2 WHERE id = 9002",
            "DELETE FROM learner_codes WHERE learner_id = 'lrn_1'",
            "DELETE FROM learner_sessions WHERE learner_id = 'lrn_1'",
        ] {
            world.sql(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
    }

    fn a_closed_interval_is_not_opened_again_and_a_retired_key_stays_retired(world: &World) {
        world.sql(ROWS).unwrap();
        world.sql("UPDATE provider_intervals SET until_day = '2026-06-01' WHERE id = 'int_1'").unwrap();
        world.sql("UPDATE provider_intervals SET until_day = '2026-05-01' WHERE id = 'int_1'").unwrap();
        for until in ["NULL", "'2026-05-02'"] {
            refused(world, &format!("UPDATE provider_intervals SET until_day = {until} WHERE id = 'int_1'"), "history of a provider is not rewritten");
        }
        world.sql("UPDATE keys SET retired_at = 15 WHERE kid = 'kid_1'").unwrap();
        for at in ["NULL", "14", "16"] {
            refused(world, &format!("UPDATE keys SET retired_at = {at} WHERE kid = 'kid_1'"), "a key does not change");
        }
        world.sql("UPDATE keys SET revoked_at = 15, revoke_reason = 'compromise' WHERE kid = 'kid_1'").unwrap();
        refused(world, "UPDATE keys SET revoke_reason = 'superseded' WHERE kid = 'kid_1'", "its revocation does not un-happen");
    }

    fn a_final_state_stays_final(world: &World) {
        world.sql(ROWS).unwrap();
        world.sql("UPDATE certificates SET status = 'revoked' WHERE id = 'cert_1'").unwrap();
        for state in ["issued", "suspended"] {
            refused(world, &format!("UPDATE certificates SET status = '{state}' WHERE id = 'cert_1'"), "a final state do not change");
        }
    }

    fn an_account_that_ended_is_not_opened_again(world: &World) {
        world.sql(ROWS).unwrap();
        world.sql("UPDATE learners SET state = 'merged', merged_into = 'lrn_2' WHERE id = 'lrn_1'").unwrap();
        refused(world, "UPDATE learners SET state = 'open', merged_into = NULL WHERE id = 'lrn_1'", "its end stays its end");
        world.sql("UPDATE learners SET state = 'closed', closed_at = 5 WHERE id = 'lrn_2'").unwrap();
        refused(world, "UPDATE learners SET state = 'open', closed_at = NULL WHERE id = 'lrn_2'", "its end stays its end");
        refused(world, "UPDATE learners SET closed_at = 6 WHERE id = 'lrn_2'", "its end stays its end");
    }

    fn a_revocation_of_a_key_neither_moves_on_nor_ends(world: &World) {
        world.sql(ROWS).unwrap();
        world.sql("UPDATE keys SET revoked_at = 15, revoke_reason = 'stolen' WHERE kid = 'kid_1'").unwrap();
        refused(world, "UPDATE keys SET revoked_at = 16 WHERE kid = 'kid_1'", "its revocation does not un-happen");
        refused(world, "UPDATE keys SET revoked_at = NULL, revoke_reason = NULL WHERE kid = 'kid_1'", "its revocation does not un-happen");
    }

    fn guards_that_were_removed_come_back_with_the_next_start(world: &World) {
        world.sql(ROWS).unwrap();
        world.sql(match world.backend {
            Backend::Sqlite => "DROP TRIGGER evidence_no_update",
            Backend::Postgres => "DROP TRIGGER evidence_append_only ON evidence",
        }).unwrap();
        world.sql("UPDATE evidence SET at = 5 WHERE seq = 9000001").unwrap();
        hufu::db::migrate(&world.app.db).unwrap();
        refused(world, "UPDATE evidence SET at = 0 WHERE seq = 9000001", "evidence is append-only");
    }

    fn guards_that_were_made_by_another_version_are_made_anew(world: &World) {
        world.sql("UPDATE revisions SET n = n + 1 WHERE name = 'guards'").unwrap();
        let mark = || world.app.db.read_now(|conn| hufu::db::revision(conn, "guards")).unwrap();
        let other = mark();
        hufu::db::migrate(&world.app.db).unwrap();
        assert_eq!(mark(), other - 1);
    }

    fn a_start_beside_an_open_transaction_waits_for_nobody(world: &World) {
        let beside = hufu::db::Db::open(&world.app.config.database(), 1, 1).unwrap();
        let started = world.app.db.write_now(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute(ROWS)?;
            // Who wanted a lock on a table that this transaction has written would wait for the time allowed and then fail.
            Ok(hufu::db::migrate(&beside)?)
        });
        assert_eq!(started.unwrap().run, Vec::<String>::new());
    }

    fn a_disabled_guard_is_put_in_force_again(world: &World) {
        if world.backend == Backend::Sqlite {
            return; // it has no such command
        }
        world.sql(ROWS).unwrap();
        world.sql("ALTER TABLE evidence DISABLE TRIGGER evidence_append_only").unwrap();
        hufu::db::migrate(&world.app.db).unwrap();
        refused(world, "UPDATE evidence SET at = 0 WHERE seq = 9000001", "evidence is append-only");
    }
}
