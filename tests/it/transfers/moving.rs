//! What moves arrives once, whatever is lost or repeated on the way.

use super::*;

both! {
    fn what_moves_arrives_converted_when_the_other_is_up_again(world: &World) {
        let scene = Scene::of(world);
        let other = scene.there.url.clone();
        world.sql("UPDATE partners SET url = 'http://127.0.0.1:1'").unwrap();
        let id = scene.begin(&[(0, 200), (1, 99)]).unwrap();
        assert_eq!((scene.left(), sums(world, text(&scene.learner, "id"))), (vec![0, 101], (101, 299, 0)));
        assert_eq!(put(&world.app), 1);
        assert_eq!((column(world, &id, "state").unwrap(), column(world, &id, "error").unwrap()), ("reserved".into(), "partners.unreachable".into()));
        assert_eq!(put(&world.app), 0, "not before its time");
        assert_eq!(code(scene.begin(&[(0, 50)])), "ledger.exceeds_available", "what is in transit is spent by nobody");
        world.sql(&format!("UPDATE partners SET url = '{other}'")).unwrap();
        world.app.edge.shift(5);
        assert_eq!(put(&world.app), 1);
        assert_eq!(column(world, &id, "state").unwrap(), "settled");
        assert_eq!(column(&scene.there, &id, "state").unwrap(), "accepted");
        // 4:5 of 2.00 and of 0.99, each rounded down.
        assert_eq!((sums(world, text(&scene.learner, "id")), scene.arrived()), ((101, 0, 299), (239, 0, 0)));
        assert_eq!(put(&world.app), 0);
        scene.audit();
    }
    fn a_lost_decision_is_told_again_and_books_once(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let lost = give(&scene.there, &message(world, &id, "offer")).unwrap();
        assert_eq!(give(&scene.there, &message(world, &id, "offer")).unwrap(), lost);
        assert_eq!((put(&world.app), column(world, &id, "state").unwrap()), (1, "settled".into()));
        assert_eq!(message(world, &id, "decision"), lost);
        assert_eq!(give(world, &lost), Ok(String::new()), "and once more changes nothing");
        assert_eq!((sums(world, text(&scene.learner, "id")), scene.arrived()), ((300, 0, 100), (80, 0, 0)));
        scene.audit();
    }

    fn what_is_asked_and_what_is_answered_are_signed_anew_in_another_epoch(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let before = give(&scene.there, &message(world, &id, "offer")).unwrap();
        for (side, other) in [(world, &scene.there), (&scene.there, world)] {
            side.sql("UPDATE peer_channels SET own = 2, sent = 0").unwrap();
            other.sql("UPDATE peer_channels SET theirs = 2").unwrap();
        }
        assert_eq!(give(world, &before).unwrap_err(), "transfer.epoch");
        put(&world.app);
        let again = decision(&message(world, &id, "decision"));
        assert_eq!((offer_of(world, &id).epoch, again.epoch, again.offer), (2, 2, decision(&before).offer));
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived()), ("settled".into(), (80, 0, 0)));
        scene.audit();
    }

    fn what_was_rejected_is_back_with_the_reason(world: &World) {
        let scene = Scene::of(world);
        let operator = scene.there.signed_in(Role::Operator, None);
        operator.post_json(&format!("/v1/learners/{}/close", text(&scene.abroad, "id")), &json!({"reason": "moved away"})).expect(200);
        let id = scene.begin(&[(0, 200), (1, 100)]).unwrap();
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), column(world, &id, "reason").unwrap()), ("returned".into(), "subject".into()));
        assert_eq!((scene.left(), column(&scene.there, &id, "state").unwrap()), (vec![200, 200], "rejected".into()));
        scene.audit();
    }

    fn a_limit_counts_what_is_in_transit_and_what_came(world: &World) {
        let scene = Scene::of(world);
        // 2.40 of 3.00 credits.
        scene.begin(&[(0, 200), (1, 100)]).unwrap();
        assert_eq!(code(scene.begin(&[(1, 100)])), "transfers.checks");
        put(&world.app);
        assert_eq!(code(scene.begin(&[(1, 100)])), "transfers.checks");
        scene.begin(&[(1, 75)]).unwrap();
        put(&world.app);
        assert_eq!(scene.arrived(), (300, 0, 0));
        scene.audit();
    }

    fn what_is_withdrawn_before_it_arrives_never_does(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        scene.withdraw(&id).unwrap();
        assert_eq!(column(world, &id, "state").unwrap(), "reserved", "only a DECISION ends it");
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), column(world, &id, "reason").unwrap()), ("returned".into(), "cancelled".into()));
        let late = give(&scene.there, &message(world, &id, "offer")).unwrap();
        assert_eq!((late, scene.left(), scene.arrived()), (message(world, &id, "decision"), vec![200, 200], (0, 0, 0)));
        assert_eq!(code(scene.withdraw(&id)), "transfers.ended");
        scene.audit();
    }

    fn what_was_accepted_stays_so_when_it_is_cancelled_too_late(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        give(&scene.there, &message(world, &id, "offer")).unwrap();
        scene.withdraw(&id).unwrap();
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived()), ("settled".into(), (80, 0, 0)));
        scene.audit();
    }

    fn what_nobody_answers_is_cancelled_after_its_time(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        world.app.edge.shift(14 * 86_400);
        put(&world.app);
        assert_eq!((column(world, &id, "reason").unwrap(), scene.left()), ("cancelled".into(), vec![200, 200]));
        scene.audit();
    }

    fn what_came_goes_back_whole_and_once(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 200), (1, 100)]).unwrap();
        assert_eq!(code(scene.send_back(&id)), "transfers.not_found");
        put(&world.app);
        let back = scene.send_back(&id).unwrap();
        assert_eq!((scene.arrived(), code(scene.send_back(&id))), ((0, 240, 0), "ledger.exceeds_available".into()));
        assert_eq!(put(&scene.there.app), 1);
        assert_eq!((column(&scene.there, &back, "state").unwrap(), scene.arrived()), ("settled".into(), (0, 0, 240)));
        assert_eq!((scene.left(), column(world, &back, "state").unwrap()), (vec![200, 200], "accepted".into()));
        // What went back counts under no limit.
        scene.begin(&[(0, 200), (1, 175)]).unwrap();
        put(&world.app);
        assert_eq!(scene.arrived(), (300, 0, 240));
        scene.audit();
    }
}
