//! What comes in another order, to another region, too often, too late or too much at once.

use super::failing::channel;
use super::*;
use crate::achievements::course;
use crate::support::issuing::learner_of;
use verifier::transfer::{Salt, Subject, proof};

both! {
    fn a_return_that_overtakes_its_decision_waits_for_it(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        give(&scene.there, &message(world, &id, "offer")).unwrap();
        let back = scene.send_back(&id).unwrap();
        assert_eq!(give(world, &message(&scene.there, &back, "return")), Ok("later".to_owned()));
        assert_eq!((column(world, &id, "state").unwrap(), column(world, &back, "state")), ("reserved".into(), None));
        put(&world.app);
        scene.there.app.edge.shift(10);
        put(&scene.there.app);
        assert_eq!((column(&scene.there, &back, "state").unwrap(), scene.left(), scene.arrived()), ("settled".into(), vec![200, 200], (0, 0, 80)));
        scene.audit();
    }

    fn a_region_that_was_gone_for_weeks_rejects_what_was_cancelled_meanwhile(world: &World) {
        let scene = Scene::of(world);
        let url = scene.there.url.clone();
        world.sql("UPDATE partners SET url = 'http://127.0.0.1:1'").unwrap();
        let id = scene.begin(&[(0, 100)]).unwrap();
        for _ in 0..40 {
            world.app.edge.shift(86_400);
            put(&world.app);
        }
        assert_eq!((column(world, &id, "state").unwrap(), scene.left()), ("reserved".into(), vec![100, 200]), "time alone releases nothing");
        world.sql(&format!("UPDATE partners SET url = '{url}'")).unwrap();
        world.app.edge.shift(3_600);
        put(&world.app);
        assert_eq!((column(world, &id, "reason").unwrap(), scene.left(), scene.arrived()), ("cancelled".into(), vec![200, 200], (0, 0, 0)));
        assert_eq!(reason(&give(&scene.there, &message(world, &id, "offer")).unwrap()), Some("cancelled"));
        scene.audit();
    }

    fn wrong_clocks_on_both_sides_move_credit_once(world: &World) {
        let scene = Scene::of(world);
        world.app.edge.shift(-20 * 86_400);
        scene.there.app.edge.shift(400 * 86_400);
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived(), scene.left()), ("settled".into(), (80, 0, 0), vec![100, 200]));
        let late = scene.begin(&[(1, 50)]).unwrap();
        give(&scene.there, &message(world, &late, "offer")).unwrap();
        world.app.edge.shift(500 * 86_400);
        put(&world.app);
        assert_eq!((column(world, &late, "state").unwrap(), scene.arrived()), ("settled".into(), (120, 0, 0)), "cancelled too late");
        scene.audit();
    }

    fn one_lot_moves_to_one_region_and_two_offers_of_it_are_a_proof(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 200)]).unwrap();
        // Wherever to: it is held.
        assert_eq!(code(scene.begin(&[(0, 10)])), "ledger.exceeds_available");
        let offer = offer_of(world, &id);
        let elsewhere = changed(&scene, &offer, 1, |offer| offer.aud = region("330000"));
        let [one, other] = [&message(world, &id, "offer"), &elsewhere].map(|text| Message::stored(text).unwrap());
        assert!(proof(&one, &other).is_some(), "together they offer more than was minted");
        let half = changed(&scene, &offer, 2, |offer| {
            offer.aud = region("330000");
            offer.lots[0].minted = Amount::new(400).unwrap();
        });
        assert!(proof(&one, &Message::stored(&half).unwrap()).is_some(), "either word about the lot counts");
        scene.audit();
    }

    fn two_decisions_for_one_offer_stop_the_channel(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        let other = TransferDecision { seq: 9, ..decision(&message(world, &id, "decision")) };
        assert_eq!(give(world, &other.sign(&scene.there.app.keys.region_signer()).unwrap()).unwrap_err(), "transfers.contradiction");
        let kept = "SELECT state || ' ' || alarm AS value FROM peer_channels";
        assert_eq!(value(world, kept).unwrap(), "stopped two_decisions");
        assert_eq!((column(world, &id, "state").unwrap(), scene.left()), ("settled".into(), vec![100, 200]), "what was decided stands");
        scene.audit();
    }

    fn a_third_region_takes_no_message_of_two_others(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        put(&world.app);
        let third = world.another(&[("region", "330000"), ("region_name_zh", "浙江省"), ("region_name_en", "Zhejiang")]);
        let operator = third.signed_in(Role::Operator, None);
        for other in [world, &scene.there] {
            let said = other.client().get("/v1/region").expect(200).json();
            operator.post_json("/v1/partners", &crate::support::abroad::pin_input(&other.url, text(&said, "fingerprint"))).expect(201);
        }
        for kind in ["offer", "decision"] {
            assert_eq!(give(&third, &message(world, &id, kind)).unwrap_err(), "transfer.audience", "{kind}");
        }
        assert_eq!(value(&third, "SELECT CAST(COUNT(*) AS TEXT) AS value FROM transfer_messages").unwrap(), "0");
    }

    fn a_flood_of_messages_is_refused_before_any_is_read(world: &World) with [("public_per_minute", "5")] {
        let send = || world.client().post_json("/peer/messages", &json!({"message": "x"})).status;
        let answers: Vec<u16> = (0..12).map(|_| send()).collect();
        assert_eq!(answers.iter().filter(|status| **status == 422).count(), 5, "{answers:?}");
        assert_eq!(answers[11], 429);
    }

    fn a_hundred_and_one_lots_are_refused(world: &World) {
        let scene = Scene::of(world);
        let lots = |many: usize| (0..many).map(|n| json!({"lot": format!("lot_{n}"), "amount": 1})).collect::<Vec<_>>();
        let asked = |many| json!({"to": "320000", "agreement": digest(&scene.agreement), "grant": "credit", "lots": lots(many)});
        let own = learner_of(world, &scene.body.client, &scene.learner);
        for path in ["/v1/account/transfers", "/v1/account/transfers:quote"] {
            own.post_json(path, &asked(101)).problem(422, "transfers.lots");
            own.post_json(path, &asked(100)).problem(404, "ledger.no_lot");
        }
    }

    fn a_fifth_salt_is_refused(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let offer = offer_of(world, &id);
        let salted = |n: u8| changed(&scene, &offer, n.into(), |offer| offer.subject = Subject { salt: Salt([n; 16]), ..offer.subject });
        for n in 1..=4 {
            assert_eq!(reason(&give(&scene.there, &salted(n)).unwrap()), Some("subject"));
        }
        assert_eq!(give(&scene.there, &salted(5)).unwrap_err(), "transfers.too_many_salts");
        assert_eq!(channel(&scene.there), "open ");
        scene.audit();
    }

    fn an_account_behind_five_thousand_others_is_found_at_the_second_look(world: &World) {
        let scene = Scene::of(world);
        let app = &scene.there.app;
        let opened = app.db.write_now(|conn| {
            for n in 0..5_000 {
                let id = verifier::ids::IdDocument::parse(verifier::ids::IdKind::Passport, &format!("E{n:08}")).unwrap();
                hufu::learners::service::open(conn, app, "test", &id, &verifier::ids::PersonName::parse("欧阳静").unwrap())?;
            }
            Ok(())
        });
        opened.unwrap_or_else(|e| panic!("{e}"));
        let late = json!({"name": "欧阳静", "id_type": "passport", "id_number": "K12345678"});
        let (learner, abroad) = (open(&scene.body.client, &late), open(&scene.there.signed_in(Role::Operator, None), &late));
        let lot = lot_of(&scene.body, &course(&learner));
        let asked = json!({"learner": learner["id"], "to": "320000", "agreement": digest(&scene.agreement), "grant": "credit", "lots": [{"lot": lot, "amount": 100}]});
        let id = text(&scene.body.client.post_json("/v1/transfers", &asked).expect(201).json(), "id").to_owned();
        app.edge.shift(61);
        let answer = scene.there.client().post_json("/peer/messages", &json!({"message": message(world, &id, "offer")}));
        assert_eq!(answer.status, 202, "{answer}");
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), sums(&scene.there, text(&abroad, "id"))), ("settled".into(), (80, 0, 0)));
        scene.audit();
    }
}
