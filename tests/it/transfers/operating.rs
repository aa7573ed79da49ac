//! What people do when a transfer does not go on by itself: put it again, open a channel that was stopped.

use super::command::hufu;
use super::*;

/// State and alarm of the channel to Jiangsu.
fn channel(world: &World) -> String {
    value(world, "SELECT state || ' ' || COALESCE(alarm, '') AS value FROM peer_channels WHERE peer = '320000'").unwrap()
}

/// Jiangsu gets two OFFERs of one transfer: it stops the channel. The id of the transfer.
fn stop(scene: &Scene<'_>) -> String {
    let id = scene.begin(&[(0, 100)]).unwrap();
    let other = Offer { seq: 7, ..offer_of(scene.here, &id) }.sign(&scene.here.app.keys.region_signer()).unwrap();
    give(&scene.there, &message(scene.here, &id, "offer")).unwrap();
    assert_eq!(give(&scene.there, &other).unwrap_err(), "transfers.contradiction");
    id
}

const REASON: &str = "来函说明：误签两份要约";

both! {
    fn a_stopped_channel_goes_on_when_an_operator_says_why_and_that_is_evidence(world: &World) {
        let scene = Scene::of(world);
        let id = stop(&scene);
        put(&world.app);
        assert_eq!(column(world, &id, "error").unwrap(), "transfer.stopped");
        let operator = scene.there.signed_in(Role::Operator, None).header("idempotency-key", "open-1");
        operator.post_json("/v1/peers/310000/reopen", &json!({"reason": ""})).problem(422, "transfers.reason");
        operator.post_json("/v1/peers/330000/reopen", &json!({"reason": REASON})).problem(404, "transfers.no_channel");
        operator.post_json("/v1/peers/x/reopen", &json!({"reason": REASON})).problem(422, "ids.region_shape");
        let opened = operator.post_json("/v1/peers/310000/reopen", &json!({"reason": REASON})).expect(200).json();
        assert_eq!((&opened["state"], opened.get("alarm")), (&json!("open"), None));
        assert_eq!(operator.post_json("/v1/peers/310000/reopen", &json!({"reason": REASON})).expect(200).json(), opened, "a repeat");
        let other = scene.there.signed_in(Role::Operator, None);
        other.post_json("/v1/peers/310000/reopen", &json!({"reason": REASON})).problem(409, "transfers.not_stopped");
        let kept = value(&scene.there, "SELECT document AS value FROM channel_events").unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!((&kept["alarm"], &kept["reason"], &kept["event"]), (&json!("two_offers"), &json!(REASON), &json!("reopened")));
        assert_eq!(value(&scene.there, "SELECT CAST(COUNT(*) AS TEXT) AS value FROM evidence WHERE kind = 'channel-event'").unwrap(), "1");
        assert!(scene.there.sql("DELETE FROM channel_events").is_err() && scene.there.sql("UPDATE channel_events SET actor = 'x'").is_err());
        // What was put before is answered, and does not stop it again; what contradicts it still does.
        world.app.edge.shift(60);
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived()), ("settled".into(), (80, 0, 0)));
        let other = message(&scene.there, &id, "offer");
        assert_eq!(give(&scene.there, &other).unwrap_err(), "transfers.contradiction");
        scene.audit();
    }

    fn the_message_that_stopped_a_channel_is_taken_once_its_epoch_is_announced(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let early = Offer { epoch: 2, ..offer_of(world, &id) }.sign(&world.app.keys.region_signer()).unwrap();
        assert_eq!(give(&scene.there, &early).unwrap_err(), "transfer.epoch_unannounced");
        scene.there.sql("UPDATE peer_channels SET theirs = 2").unwrap();
        assert_eq!(give(&scene.there, &early).unwrap_err(), "transfer.stopped");
        let operator = scene.there.signed_in(Role::Operator, None);
        operator.post_json("/v1/peers/310000/reopen", &json!({"reason": REASON})).expect(200);
        assert_eq!((reason(&give(&scene.there, &early).unwrap()), scene.arrived()), (None, (80, 0, 0)));
        scene.audit();
    }

    fn only_operators_open_channels_and_put_transfers_again(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let path = format!("/v1/transfers/{id}/retry");
        for client in [&scene.body.client, &world.signed_in(Role::Auditor, None)] {
            client.post_json("/v1/peers/320000/reopen", &json!({"reason": REASON})).problem(403, "access.forbidden");
            client.send("POST", &path, None).problem(403, "access.forbidden");
        }
        world.signed_in(Role::Operator, None).send("POST", "/v1/transfers/trf_none/retry", None).problem(404, "transfers.not_found");
    }

    fn what_is_refused_twenty_times_is_set_aside_until_an_operator_puts_it_again(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let abroad = scene.there.signed_in(Role::Operator, None);
        abroad.send("DELETE", "/v1/partners/310000", None).expect(204);
        for n in 1..=20 {
            assert_eq!(put(&world.app), 1, "try {n}");
            world.app.edge.shift(3_600);
        }
        assert_eq!(put(&world.app), 0, "it is put no more");
        assert_eq!((column(world, &id, "tries").unwrap(), column(world, &id, "error").unwrap()), ("20".into(), "transfer.unknown_key".into()));
        let operator = world.signed_in(Role::Operator, None);
        assert_eq!(operator.get("/v1/peers").expect(200).json()["items"][0]["aside"], 1);
        let said = world.client().get("/v1/region").expect(200).json();
        abroad.post_json("/v1/partners", &pin_input(&world.url, text(&said, "fingerprint"))).expect(201);
        assert_eq!((put(&world.app), scene.left()), (0, vec![100, 200]), "nobody has said so yet");
        let again = operator.send("POST", &format!("/v1/transfers/{id}/retry"), None).expect(200).json();
        assert_eq!((&again["tries"], again["next_at"].is_i64(), again.get("error").is_some()), (&json!(0), true, true));
        assert_eq!((put(&world.app), column(world, &id, "state").unwrap()), (1, "settled".to_owned()));
        operator.send("POST", &format!("/v1/transfers/{id}/retry"), None).problem(409, "transfers.ended");
        scene.audit();
    }

    fn what_was_set_aside_is_put_again_on_the_command_line(world: &World) {
        let scene = Scene::of(world);
        let ids = [scene.begin(&[(0, 100)]).unwrap(), scene.begin(&[(1, 50)]).unwrap()];
        world.sql("UPDATE transfers SET next_at = NULL, tries = 20, error = 'transfer.conflict'").unwrap();
        assert_eq!(hufu(world, &["peer", "retry", &ids[0]]).expect(0).rows(), [["1"]]);
        assert_eq!(ids.each_ref().map(|id| column(world, id, "tries").unwrap()), ["0", "20"]);
        assert_eq!(hufu(world, &["peer", "retry", "320000"]).expect(0).rows(), [["1"]], "those that were set aside");
        assert_eq!(put(&world.app), 2);
        assert_eq!(scene.arrived(), (120, 0, 0));
        for refused in [&["peer", "retry", "330000"][..], &["peer", "retry", "trf_none"], &["peer", "retry", &ids[0]], &["peer", "reopen", "320000", "--reason", REASON]] {
            hufu(world, refused).expect(4);
        }
        scene.audit();
    }

    fn a_channel_is_opened_on_the_command_line_too(world: &World) {
        let scene = Scene::of(world);
        scene.begin(&[(0, 100)]).unwrap();
        world.sql("UPDATE peer_channels SET state = 'stopped', alarm = 'same_seq'").unwrap();
        put(&world.app);
        hufu(world, &["peer", "reopen", "320000", "--reason", REASON]).expect(0);
        assert_eq!(channel(world), "open ");
        put(&world.app);
        assert_eq!(scene.arrived(), (80, 0, 0), "what waits is put at once");
        scene.audit();
    }
}
