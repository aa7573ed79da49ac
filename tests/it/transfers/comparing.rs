//! Two regions compare what was decided between them.

use super::*;
use crate::support::Backend;
use hufu::providers::service::today;
use hufu::transfers::{Reconciliation, monthly, reconcile, reopen};
use std::collections::BTreeMap;
use verifier::time::{Day, Instant};
use verifier::transfer::Statement;

/// Compares through today.
fn compared(world: &World, peer: &str) -> Reconciliation {
    wait(reconcile(&world.app, &region(peer), Some(today(&world.app)))).unwrap()
}

/// Lets a channel that was stopped go on.
fn go_on(world: &World, peer: &str) {
    world.app.db.write_now(|conn| reopen(conn, &world.app, "test", &region(peer), "looked at")).unwrap();
}

/// (equal, exchanged, what differs: id, whether it is here, whether it is there)
fn told(done: &Reconciliation) -> (bool, usize, Vec<(&str, bool, bool)>) {
    assert_eq!(done.differing, done.differences.len());
    let named = done.differences.iter().map(|one| (one.transfer.as_str(), one.here.is_some(), one.there.is_some()));
    (done.equal, done.exchanged, named.collect())
}

/// Takes the DECISION of a transfer out of the copy that a registry keeps, behind the back of its guards.
pub fn forget(world: &World, id: &str) {
    world
        .sql(match world.backend {
            Backend::Sqlite => "DROP TRIGGER IF EXISTS transfer_messages_no_delete",
            Backend::Postgres => "DROP TRIGGER IF EXISTS transfer_messages_append_only ON transfer_messages",
        })
        .unwrap();
    world.sql(&format!("DELETE FROM transfer_messages WHERE kind = 'decision' AND transfer_id = '{id}'")).unwrap();
    world.sql(&format!("UPDATE transfers SET decision = NULL, decided_epoch = NULL, decided_on = NULL WHERE id = '{id}'")).unwrap();
}

/// So many transfers that were decided, as the region that asked or the one that was asked has them.
fn generate(world: &World, peer: &str, is_source: bool, numbers: std::ops::RangeInclusive<u32>) {
    let (side, state) = if is_source { ("source", "settled") } else { ("destination", "accepted") };
    let each = format!("WITH RECURSIVE n(i) AS (SELECT {} UNION ALL SELECT i + 1 FROM n WHERE i < {})", numbers.start(), numbers.end());
    let digest = format!("'sha256:{}' || (20000 + i)", "0".repeat(59));
    world
        .sql(&format!(
            "INSERT INTO transfers (id, side, kind, peer, state, amount, began_at, began_by, cancelled, tries, decision, unbooked, decided_on) \
            {each} SELECT 'trf_g' || (20000 + i), '{side}', 'move', '{peer}', '{state}', i, 1, 'test', FALSE, 0, {digest}, FALSE, '2026-01-01' FROM n"
        ))
        .unwrap();
    world
        .sql(&format!(
            "INSERT INTO transfer_messages (id, digest, transfer_id, peer, sent, kind, epoch, seq, at, text) \
            {each} SELECT 'trm_g' || (20000 + i), {digest}, 'trf_g' || (20000 + i), '{peer}', {}, 'decision', 1, 20000 + i, 1, '' FROM n",
            if is_source { "FALSE" } else { "TRUE" }
        ))
        .unwrap();
}

/// A STATEMENT of Shanghai.
fn statement(scene: &Scene<'_>, change: impl FnOnce(&mut Statement)) -> String {
    let through = today(&scene.here.app);
    let done = wait(reconcile(&scene.here.app, &region("320000"), Some(through))).unwrap();
    let Message::Statement(mut own) = Message::stored(&done.here.statement).unwrap().message else { panic!("no STATEMENT") };
    change(&mut own);
    own.sign(&scene.here.app.keys.region_signer()).unwrap()
}

both! {
    fn two_regions_agree_after_moves_rejections_and_returns(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let late = scene.begin(&[(1, 50)]).unwrap();
        scene.withdraw(&late).unwrap();
        put(&world.app);
        scene.send_back(&id).unwrap();
        put(&scene.there.app);
        scene.begin(&[(1, 150)]).unwrap();
        put(&world.app);
        scene.begin(&[(0, 10)]).unwrap();
        for (side, peer, open) in [(world, "320000", 1), (&scene.there, "310000", 0)] {
            let done = compared(side, peer);
            assert_eq!(told(&done), (true, 0, vec![]));
            assert_eq!((done.here.accepted, done.here.amount, done.here.rejected, done.here.open), (3, 350, 1, open));
        }
        let before = wait(reconcile(&world.app, &region("320000"), None)).unwrap();
        assert_eq!((before.equal, before.here.accepted, before.through), (true, 0, today(&world.app).add_days(-1).to_string()));
        scene.audit();
    }

    fn a_decision_that_was_lost_arrives_whoever_compares(world: &World) {
        let scene = Scene::of(world);
        for (side, peer) in [(world, "320000"), (&scene.there, "310000")] {
            let id = scene.begin(&[(0, 50)]).unwrap();
            give(&scene.there, &message(world, &id, "offer")).unwrap();
            assert_eq!(told(&compared(side, peer)), (true, 1, vec![]));
            assert_eq!(column(world, &id, "state").unwrap(), "settled");
            assert_eq!(message(world, &id, "decision"), message(&scene.there, &id, "decision"));
        }
        assert_eq!((sums(world, text(&scene.learner, "id")), scene.arrived()), ((300, 0, 100), (80, 0, 0)));
        scene.audit();
    }

    fn a_message_that_one_side_has_lost_comes_back_or_is_named(world: &World) {
        let scene = Scene::of(world);
        let ids = [scene.begin(&[(0, 50)]).unwrap(), scene.begin(&[(1, 50)]).unwrap()];
        put(&world.app);
        forget(world, &ids[0]);
        assert_eq!(told(&compared(world, "320000")), (true, 1, vec![]), "who asked is told again");
        forget(&scene.there, &ids[1]);
        let done = compared(world, "320000");
        assert_eq!(told(&done), (false, 0, vec![(ids[1].as_str(), true, false)]));
        assert_eq!((done.differences[0].here.as_ref().map(|held| held.amount), done.alarm.as_deref()), (Some(50), Some("sender_forgot")));
        assert_eq!((scene.left(), scene.arrived()), (vec![150, 150], (80, 0, 0)), "and nothing is booked for it");
    }

    fn ten_thousand_transfers_are_compared_and_the_one_that_is_missing_is_named(world: &World) {
        let scene = Scene::of(world);
        scene.begin(&[(0, 50)]).unwrap();
        put(&world.app);
        generate(world, "320000", true, 1..=10_000);
        generate(&scene.there, "310000", false, 1..=9_999);
        let done = compared(world, "320000");
        assert_eq!((done.here.accepted, done.there.accepted), (10_001, 10_000));
        assert_eq!(told(&done), (false, 0, vec![("trf_g30000", true, false)]));
        generate(&scene.there, "310000", false, 10_000..=10_000);
        go_on(world, "320000");
        assert_eq!(told(&compared(world, "320000")), (true, 0, vec![]));
    }

    fn who_has_forgotten_what_it_signed_is_found_by_comparing_and_the_channel_stops(world: &World) {
        let scene = Scene::of(world);
        scene.begin(&[(0, 50)]).unwrap();
        put(&world.app);
        generate(world, "320000", true, 1..=1);
        for (side, peer, alarm) in [(world, "320000", "sender_forgot"), (&scene.there, "310000", "forgotten")] {
            let done = compared(side, peer);
            assert_eq!((done.differing, done.alarm.as_deref()), (1, Some(alarm)));
            assert_eq!(value(side, "SELECT state || ' ' || alarm AS value FROM peer_channels").unwrap(), format!("stopped {alarm}"));
            assert_eq!(value(side, "SELECT kind AS value FROM transfer_messages WHERE kind = 'statement'").unwrap(), "statement", "as proof");
            assert_eq!(code(wait(reconcile(&side.app, &region(peer), Some(today(&side.app))))), "transfer.stopped");
            go_on(side, peer);
        }
        // What is of before a restore that was said may have been signed anew since, and be of a later day.
        world.sql("UPDATE peer_channels SET theirs = 2").unwrap();
        scene.there.sql("UPDATE peer_channels SET own = 2").unwrap();
        let done = compared(world, "320000");
        assert_eq!((done.differing, done.alarm), (1, None));
    }

    fn only_a_statement_of_a_partner_and_of_this_hour_is_answered(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 50)]).unwrap();
        put(&world.app);
        let there = scene.there.client();
        let post = |message: &str| there.post_json("/peer/lines", &json!({"message": message}));
        let good = statement(&scene, |_| {});
        let page = post(&good).expect(200).json();
        let digest = Digest::of(&message(world, &id, "decision"));
        assert_eq!(page, json!({"lines": [format!("{id} {digest} 50")]}));
        let after = there.post_json("/peer/lines", &json!({"message": good, "after": id})).expect(200).json();
        assert_eq!(after, json!({"lines": []}));
        there.post_json("/peer/lines", &json!({"message": good, "after": "x"})).problem(422, "document.id_shape");
        post(&message(world, &id, "offer")).problem(422, "transfers.kind");
        for old in [statement(&scene, |own| own.iat = Instant(own.iat.0 - 3_700)), statement(&scene, |own| own.iat = Instant(own.iat.0 + 3_700))] {
            post(&old).problem(422, "transfers.stale");
            there.post_json("/peer/messages", &json!({"message": old})).problem(422, "transfers.stale");
        }
        post(&statement(&scene, |own| own.aud = region("330000"))).problem(422, "transfer.audience");
        let epoch = statement(&scene, |own| own.epoch = 2);
        post(&epoch).problem(422, "transfer.epoch_unannounced");
        scene.there.signed_in(Role::Operator, None).send("DELETE", "/v1/partners/310000", None).expect(204);
        post(&good).problem(422, "transfer.unknown_key");
        assert_eq!(code(wait(reconcile(&scene.there.app, &region("310000"), None))), "transfers.no_peer");
    }

    fn operators_compare_over_http_and_bodies_do_not(world: &World) {
        let scene = Scene::of(world);
        scene.begin(&[(0, 50)]).unwrap();
        put(&world.app);
        let (operator, today) = (world.signed_in(Role::Operator, None), today(&world.app));
        let done = operator.post_json("/v1/peers/320000/reconcile", &json!({"through": today.to_string()})).expect(200).json();
        assert_eq!((&done["equal"], &done["here"]["accepted"], &done["there"]["amount"]), (&json!(true), &json!(1), &json!(50)));
        let wrong = [
            (json!({"through": today.add_days(1).to_string()}), "320000", "transfers.through"),
            (json!({}), "330000", "transfers.no_peer"),
            (json!({"through": "yesterday"}), "320000", "time.day_shape"),
        ];
        for (body, region, code) in wrong {
            operator.post_json(&format!("/v1/peers/{region}/reconcile"), &body).problem(422, code);
        }
        scene.body.client.post_json("/v1/peers/320000/reconcile", &json!({})).expect(403);
    }

    fn what_was_decided_is_compared_once_in_the_first_hours_of_a_month(world: &World) {
        let scene = Scene::of(world);
        scene.begin(&[(0, 50)]).unwrap();
        put(&world.app);
        let (zone, mut done) = (world.app.region.zone, BTreeMap::new());
        let (year, month, _) = today(&world.app).add_months(1).civil();
        let begins = Day::new(year, month, 1).unwrap().start_in(zone).0;
        let to = |at: i64| [world, &scene.there].map(|side| side.app.edge.shift(at - side.app.edge.now()));
        to(begins - 60);
        assert_eq!(wait(monthly(&world.app, &mut done)).unwrap(), 0);
        to(begins + 60);
        assert_eq!([(); 2].map(|()| wait(monthly(&world.app, &mut done)).unwrap()), [1, 0]);
        let told = String::from_utf8(world.app.metrics.text().unwrap()).unwrap();
        assert!(told.contains("hufu_reconciliations_total{outcome=\"equal\"} 1"), "{told}");
        to(begins + 6 * 3_600);
        assert_eq!(wait(monthly(&world.app, &mut BTreeMap::new())).unwrap(), 0);
    }
}
