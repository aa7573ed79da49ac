//! What becomes of credit where a registry goes back to an old backup.

use super::command::hufu;
use super::*;
use hufu::transfers::{Finished, finish, resync};

/// Says that a registry was restored, without the command line's notes.
fn begin(world: &World) {
    world.app.db.write_now(|conn| hufu::transfers::begin(conn, &world.app, &Default::default())).unwrap();
    world.app.set_restoring(true);
}

fn finished(world: &World) -> Result<Finished, Error> {
    let done = world.app.db.write_now(|conn| finish(conn, &world.app));
    wait(resync(&world.app)).unwrap();
    done
}

/// Restores, asks the other and books: how many transfers, and what is left with its reason.
fn restored(world: &World) -> (usize, Vec<(String, &'static str)>) {
    begin(world);
    assert_eq!(wait(resync(&world.app)).unwrap(), 1);
    let done = finished(world).unwrap();
    assert!(done.is_ended);
    (done.booked, done.left.into_iter().map(|(row, why)| (row.id, why.reason().code)).collect())
}

/// Both sides state the same.
fn agrees(scene: &Scene<'_>) {
    let through = hufu::providers::service::today(&scene.here.app);
    let told = wait(hufu::transfers::reconcile(&scene.here.app, &region("320000"), Some(through))).unwrap();
    assert!(told.equal, "{:?}", told.differences);
    scene.audit();
}

fn epochs(world: &World) -> String {
    value(world, "SELECT CAST(own AS TEXT) || ' ' || CAST(theirs AS TEXT) || ' ' || state AS value FROM peer_channels").unwrap()
}

both! {
    fn a_source_restored_from_before_its_offers_learns_what_became_of_them(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        let settled = scene.begin(&[(0, 100)]).unwrap();
        let rejected = scene.begin(&[(1, 100)]).unwrap();
        scene.withdraw(&rejected).unwrap();
        put(&world.app);
        backup.restore();
        assert_eq!(scene.left(), [200, 200], "as if it had never gone");
        begin(world);
        assert_eq!(code(scene.begin(&[(0, 200)])), "transfer.resyncing");
        let asked = world.app.db.write_now(|conn| finish(conn, &world.app));
        assert_eq!(code(asked), "transfers.not_handed_over");
        assert_eq!(wait(resync(&world.app)).unwrap(), 1);
        assert_eq!(code(scene.begin(&[(0, 200)])), "ledger.restoring", "not before it is finished");
        assert!(finished(world).unwrap().is_ended);
        assert_eq!((scene.left(), sums(world, text(&scene.learner, "id"))), (vec![100, 200], (300, 0, 100)));
        assert_eq!((column(world, &settled, "state").unwrap(), column(world, &rejected, "reason").unwrap()), ("settled".into(), "cancelled".into()));
        assert_eq!((epochs(world), epochs(&scene.there)), ("2 1 open".into(), "1 2 open".into()));
        agrees(&scene);
        // Credit moves on, in the new epoch.
        let next = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        assert_eq!((column(world, &next, "state").unwrap(), scene.arrived()), ("settled".into(), (160, 0, 0)));
        agrees(&scene);
    }

    fn a_source_restored_between_offer_and_decision_lets_go_of_what_was_accepted(world: &World) {
        let scene = Scene::of(world);
        let ids = [scene.begin(&[(0, 100)]).unwrap(), scene.begin(&[(1, 100)]).unwrap()];
        let backup = world.backup();
        scene.withdraw(&ids[1]).unwrap();
        put(&world.app);
        backup.restore();
        assert_eq!(restored(world), (2, vec![]));
        assert_eq!(ids.clone().map(|id| column(world, &id, "state").unwrap()), ["settled", "returned"]);
        assert_eq!((scene.left(), sums(world, text(&scene.learner, "id")).2), (vec![100, 200], 100));
        agrees(&scene);
    }

    fn a_destination_restored_from_before_an_offer_books_again_what_it_had_accepted(world: &World) {
        let scene = Scene::of(world);
        let backup = scene.there.backup();
        let id = scene.begin(&[(0, 100)]).unwrap();
        let late = scene.begin(&[(1, 100)]).unwrap();
        scene.withdraw(&late).unwrap();
        put(&world.app);
        backup.restore();
        assert_eq!(scene.arrived(), (0, 0, 0));
        assert_eq!(restored(&scene.there), (1, vec![]));
        assert_eq!((scene.arrived(), column(&scene.there, &late, "reason").unwrap()), ((80, 0, 0), "cancelled".into()));
        // It knows what it has used of the limit, and what it decided.
        let text = message(world, &id, "offer");
        assert_eq!(decision(&give(&scene.there, &text).unwrap()).outcome.as_str(), "accepted");
        assert_eq!((scene.arrived(), epochs(&scene.there)), ((80, 0, 0), "2 1 open".into()));
        agrees(&scene);
    }

    fn what_waits_while_the_other_is_restored_arrives_when_that_is_done(world: &World) {
        let scene = Scene::of(world);
        let backup = scene.there.backup();
        let id = scene.begin(&[(0, 100)]).unwrap();
        backup.restore();
        begin(&scene.there);
        assert_eq!(give(&scene.there, &message(world, &id, "offer")).unwrap_err(), "transfer.resyncing");
        put(&world.app);
        assert_eq!((column(world, &id, "error").unwrap(), scene.left()), ("transfer.resyncing".into(), vec![100, 200]));
        assert_eq!(wait(resync(&scene.there.app)).unwrap(), 1);
        finished(&scene.there).unwrap();
        world.app.edge.shift(10);
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived()), ("settled".into(), (80, 0, 0)));
        agrees(&scene);
    }

    fn what_went_back_stays_back_whichever_side_forgets_it(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        let backups = [world.backup(), scene.there.backup()];
        let back = scene.send_back(&id).unwrap();
        put(&scene.there.app);
        assert_eq!((scene.left(), scene.arrived()), (vec![200, 200], (0, 0, 80)));
        for (backup, side) in backups.iter().zip([world, &scene.there]) {
            backup.restore();
            assert_eq!(restored(side), (1, vec![]));
            assert_eq!((scene.left(), scene.arrived()), (vec![200, 200], (0, 0, 80)));
            assert_eq!((column(world, &back, "state").unwrap(), column(&scene.there, &back, "state").unwrap()), ("accepted".into(), "settled".into()));
            agrees(&scene);
        }
        // It went, came back and went again, and all of that is forgotten.
        world.app.edge.shift(5);
        scene.begin(&[(0, 200)]).unwrap();
        put(&world.app);
        backups[0].restore();
        assert_eq!(restored(world), (2, vec![]));
        assert_eq!((scene.left(), scene.arrived()), (vec![0, 200], (160, 0, 80)));
        agrees(&scene);
    }

    fn both_restored_at_once_come_to_what_either_of_them_knew(world: &World) {
        let scene = Scene::of(world);
        let first = scene.begin(&[(0, 100)]).unwrap();
        let here = world.backup();
        put(&world.app);
        let there = scene.there.backup();
        scene.begin(&[(1, 100)]).unwrap();
        put(&world.app);
        here.restore();
        there.restore();
        begin(world);
        begin(&scene.there);
        for _ in 0..3 {
            wait(resync(&world.app)).unwrap();
            wait(resync(&scene.there.app)).unwrap();
        }
        assert!(finished(world).unwrap().is_ended && finished(&scene.there).unwrap().is_ended);
        // What nobody knows any more has not happened, on either side.
        assert_eq!((column(world, &first, "state").unwrap(), scene.left(), scene.arrived()), ("settled".into(), vec![100, 200], (80, 0, 0)));
        agrees(&scene);
    }

    fn a_lot_of_after_the_backup_that_has_gone_is_known_again_and_cannot_be_minted_twice(world: &World) {
        let mut scene = Scene::of(world);
        let backup = world.backup();
        scene.lots[0] = lot_of(&scene.body, &with(course(&scene.learner), "/course", json!("C-9")));
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        backup.restore();
        assert_eq!(restored(world), (1, vec![]));
        assert_eq!((scene.left()[0], column(world, &id, "state").unwrap()), (100, "settled".into()));
        assert_eq!(sums(world, text(&scene.learner, "id")), (500, 0, 100));
        agrees(&scene);
    }

    fn what_came_to_an_account_of_after_the_backup_waits_until_it_is_opened_again(world: &World) {
        let mut scene = Scene::of(world);
        let operator = scene.there.signed_in(Role::Operator, None);
        let backup = scene.there.backup();
        let other = with(person(), "/id_number", json!("340199199304179959"));
        scene.learner = open(&scene.body.client, &other);
        open(&operator, &other);
        scene.lots = vec![lot_of(&scene.body, &course(&scene.learner))];
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        assert_eq!(column(world, &id, "state").unwrap(), "settled");
        backup.restore();
        assert_eq!(restored(&scene.there), (0, vec![(id.clone(), "ledger.no_learner")]));
        agrees(&scene);
        scene.abroad = open(&operator, &other);
        assert_eq!((finished(&scene.there).unwrap().booked, scene.arrived()), (1, (80, 0, 0)));
        assert_eq!(code(finished(&scene.there)), "transfers.not_restoring");
        agrees(&scene);
    }

    fn a_message_of_before_a_restore_counts_for_nothing_and_its_sender_is_told(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let old = message(world, &id, "offer");
        let backup = world.backup();
        backup.restore();
        assert_eq!(restored(world), (0, vec![]));
        let Message::Handover(told) = Message::stored(&give(&scene.there, &old).unwrap()).unwrap().message else { panic!("no HANDOVER") };
        assert_eq!((told.for_epoch, scene.arrived()), (2, (0, 0, 0)));
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), offer_of(world, &id).epoch, scene.arrived()), ("settled".into(), 2, (80, 0, 0)));
        agrees(&scene);
    }

    fn while_a_restore_goes_on_nothing_is_booked_and_what_needs_no_booking_goes_on(world: &World) {
        let scene = Scene::of(world);
        let (learner, rows) = (text(&scene.learner, "id"), || value(world, "SELECT CAST(COUNT(*) AS TEXT) AS value FROM entries").unwrap());
        let before = rows();
        begin(world);
        let (app, family) = (&world.app, [learner.to_owned()]);
        let act = hufu::ledger::service::Act::of(app);
        let (entry, cause) = (app.edge.id("ent"), Digest::of("cause").to_string());
        let picks = vec![hufu::ledger::Pick { lot: scene.lots[0].clone(), amount: 100 }];
        let spent = hufu::ledger::Redeem { entry: entry.clone(), cause: cause.clone(), family: &family, picks, programme: cause.clone() };
        let taken = hufu::ledger::Void { entry, cause, lot: scene.lots[0].clone() };
        for outcome in [
            app.db.write_now(|conn| hufu::ledger::service::redeem(conn, &act, &spent)),
            app.db.write_now(|conn| hufu::ledger::service::void(conn, &act, &taken)),
        ] {
            assert_eq!(outcome.unwrap().posted().unwrap_err().reason.code, "ledger.restoring");
        }
        let refused = scene.body.client.post_json("/v1/achievements", &with(course(&scene.learner), "/course", json!("C-8"))).expect(503).json();
        assert_eq!(text(&refused, "code"), "ledger.restoring");
        app.edge.shift(86_400 * 365 * 30);
        assert_eq!(wait(hufu::ledger::service::sweep(app)).unwrap(), 0);
        app.edge.shift(-86_400 * 365 * 30);
        world.client().get("/v1/region").expect(200);
        assert_eq!(rows(), before);
        // Another server on this database, and this one after a new start, know of it too.
        wait(resync(&world.app)).unwrap();
        assert!(world.app.is_restoring());
        finished(world).unwrap();
        scene.body.client.post_json("/v1/achievements", &with(course(&scene.learner), "/course", json!("C-8"))).expect(201);
    }

    fn a_region_restored_in_silence_is_found_out_by_its_next_message_and_cured_by_saying_so(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        let forgotten = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        backup.restore();
        let next = scene.begin(&[(1, 50)]).unwrap();
        put(&world.app);
        assert_eq!(value(&scene.there, "SELECT state || ' ' || alarm AS value FROM peer_channels").unwrap(), "stopped same_seq");
        assert_eq!(restored(world), (1, vec![]));
        let people = |conn: &mut hufu::db::Conn| hufu::transfers::reopen(conn, &scene.there.app, "test", &region("310000"), "they were restored");
        scene.there.app.db.write_now(people).unwrap();
        world.app.edge.shift(10);
        put(&world.app);
        assert_eq!([forgotten, next].map(|id| column(world, &id, "state").unwrap()), ["settled", "settled"]);
        assert_eq!((scene.left(), scene.arrived()), (vec![100, 150], (120, 0, 0)));
        agrees(&scene);
    }

    fn credit_that_was_spent_again_before_anybody_noticed_keeps_the_registry_closed(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        backup.restore();
        let twice = scene.begin(&[(0, 200)]).unwrap();
        put(&world.app);
        assert_eq!(value(&scene.there, "SELECT state || ' ' || alarm AS value FROM peer_channels").unwrap(), "stopped same_seq");
        assert_eq!((column(world, &twice, "state").unwrap(), scene.arrived()), ("reserved".into(), (80, 0, 0)));
        // What is short now is told, and nothing is booked until somebody has looked.
        begin(world);
        wait(resync(&world.app)).unwrap();
        let done = finished(world).unwrap();
        assert!(!done.is_ended);
        assert_eq!(done.left.iter().map(|(_, why)| why.reason().code).collect::<Vec<_>>(), ["ledger.exceeds_available"]);
    }

    fn a_region_restored_in_silence_is_found_out_by_comparing(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        backup.restore();
        let through = hufu::providers::service::today(&world.app);
        let alarm = |world| value(world, "SELECT state || ' ' || COALESCE(alarm, '') AS value FROM peer_channels").unwrap();
        let refused = code(wait(hufu::transfers::reconcile(&world.app, &region("320000"), Some(through))));
        assert_eq!((refused, alarm(world)), ("transfers.contradiction".into(), "stopped forgotten".into()), "the forgetful one finds it itself");
        // A day later the other finds it too.
        backup.restore();
        world.app.edge.shift(86_400);
        scene.there.app.edge.shift(86_400);
        let refused = code(wait(hufu::transfers::reconcile(&scene.there.app, &region("310000"), Some(through))));
        assert_eq!((refused, alarm(&scene.there)), ("partners.status".into(), "open ".into()), "the forgetful one refuses to answer");
        assert_eq!(alarm(world), "stopped forgotten");
    }

    fn a_question_that_comes_late_is_asked_anew_and_books_what_was_decided_meanwhile(world: &World) {
        let scene = Scene::of(world);
        begin(world);
        let late = value(world, "SELECT text AS value FROM transfer_messages WHERE kind = 'resync'").unwrap();
        assert_eq!(restored(world), (0, vec![]));
        let id = scene.begin(&[(0, 100)]).unwrap();
        // Decided there, but not told here, when the first question arrives at last.
        give(&scene.there, &message(world, &id, "offer")).unwrap();
        give(&scene.there, &late).unwrap();
        assert_eq!(epochs(&scene.there), "1 3 open", "more than the second question wanted");
        put(&world.app);
        assert_eq!(epochs(world), "2 1 resync", "it has learned of that and asks again");
        assert_eq!(wait(resync(&world.app)).unwrap(), 1);
        assert!(!world.app.is_restoring());
        assert_eq!((column(world, &id, "state").unwrap(), scene.left(), scene.arrived()), ("settled".into(), vec![100, 200], (80, 0, 0)));
        agrees(&scene);
    }

    fn where_one_decision_contradicts_every_other_transfer_is_derived_all_the_same(world: &World) {
        let scene = Scene::of(world);
        let first = scene.begin(&[(0, 100)]).unwrap();
        scene.withdraw(&first).unwrap();
        put(&world.app);
        let backup = world.backup();
        let second = scene.begin(&[(1, 100)]).unwrap();
        put(&world.app);
        let (told, other) = (decision(&message(world, &first, "decision")), decision(&message(world, &second, "decision")));
        let lie = TransferDecision { jti: told.jti, seq: 99, epoch: 2, ..other }.sign(&scene.there.app.keys.region_signer()).unwrap();
        let columns = "id, digest, transfer_id, peer, sent, kind, epoch, seq, at, text";
        let values = format!("'trm_z', '{}', '{first}', '310000', TRUE, 'decision', 2, 99, 1, '{lie}'", Digest::of(&lie));
        scene.there.sql(&format!("INSERT INTO transfer_messages ({columns}) VALUES ({values})")).unwrap();
        backup.restore();
        begin(world);
        assert_eq!(wait(resync(&world.app)).unwrap(), 0);
        assert_eq!(value(world, "SELECT state || ' ' || alarm AS value FROM peer_channels").unwrap(), "stopped decision");
        assert!(finished(world).unwrap().is_ended);
        assert_eq!([first, second].map(|id| column(world, &id, "state").unwrap()), ["returned", "settled"]);
        assert_eq!(scene.left(), [200, 100]);
    }

    fn what_is_handed_over_in_several_pages_is_taken_whole(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        let mut cancelled = Vec::new();
        for _ in 0..3 {
            for _ in 0..90 {
                let id = scene.begin(&[(0, 2)]).unwrap();
                scene.withdraw(&id).unwrap();
                cancelled.push(id);
            }
            put(&world.app);
        }
        let settled = scene.begin(&[(1, 100)]).unwrap();
        put(&world.app);
        let is_long = "SELECT CASE WHEN COUNT(*) > 500 THEN 'long' ELSE 'short' END AS value FROM transfer_messages";
        assert_eq!(value(&scene.there, is_long).unwrap(), "long", "a page has 500 messages at most");
        backup.restore();
        restored(world);
        assert!(cancelled.iter().all(|id| column(world, id, "state").unwrap() == "returned"));
        assert_eq!((column(world, &settled, "state").unwrap(), scene.left()), ("settled".into(), vec![200, 100]));
        agrees(&scene);
    }

    fn a_resync_that_was_used_is_answered_to_nobody_who_finds_it(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        backup.restore();
        restored(world);
        let found = value(world, "SELECT text AS value FROM transfer_messages WHERE kind = 'resync'").unwrap();
        let ask = |more: Value| {
            let mut body = json!({"message": found});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            scene.there.client().post_json("/peer/handover", &body)
        };
        assert_eq!(ask(json!({})).expect(200).json()["messages"].as_array().unwrap().len(), 2, "its answer may have been lost");
        scene.begin(&[(0, 50)]).unwrap();
        put(&world.app);
        ask(json!({})).problem(409, "transfers.resync_spent");
        ask(json!({"after": "trm_0"})).problem(409, "transfers.resync_spent");
    }

    fn a_restore_goes_by_file_alone(world: &World) {
        let scene = Scene::of(world);
        let backup = world.backup();
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        backup.restore();
        world.sql("UPDATE partners SET url = 'http://127.0.0.1:1'").unwrap();
        let (out, back) = (world.folder().join("out.txt"), world.folder().join("back.txt"));
        let (out, back) = (out.to_str().unwrap(), back.to_str().unwrap());
        assert_eq!(hufu(world, &["restore", "begin"]).expect(0).rows(), [["320000", "2"]]);
        assert_eq!(std::fs::read_to_string(world.folder().join("epochs")).unwrap(), "320000=2\n");
        assert_eq!(hufu(world, &["restore", "status"]).expect(4).rows(), [["320000", "asked", "1", "2"]]);
        hufu(world, &["restore", "finish"]).expect(4);
        hufu(world, &["peer", "export", "--to", "320000", "-o", out]).expect(0);
        assert_eq!(hufu(&scene.there, &["peer", "import", out]).expect(0).rows(), [["1", "decided"]]);
        hufu(&scene.there, &["peer", "export", "--to", "310000", "-o", back]).expect(0);
        // Without one of its messages a HANDOVER is none.
        let lines: Vec<String> = std::fs::read_to_string(back).unwrap().lines().map(str::to_owned).collect();
        let partly = world.folder().join("partly.txt");
        std::fs::write(&partly, lines[..2].join("\n")).unwrap();
        hufu(world, &["peer", "import", partly.to_str().unwrap()]).expect(4);
        hufu(world, &["peer", "import", back]).expect(0);
        assert_eq!(hufu(world, &["restore", "finish"]).expect(0).rows(), [["1", "0", "true"]]);
        hufu(world, &["restore", "status"]).expect(0);
        hufu(world, &["restore", "finish"]).expect(4);
        assert_eq!((column(world, &id, "state").unwrap(), scene.left()), ("settled".into(), vec![100, 200]));
        // Begun again, it asks for more than it had noted down.
        assert_eq!(hufu(world, &["restore", "begin", "--floor", "320000=6"]).expect(0).rows(), [["320000", "7"]]);
        scene.audit();
    }
}
