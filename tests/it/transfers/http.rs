//! Transfers over HTTP: for bodies, for the learner, and between registries.

use std::time::{Duration, Instant};

use super::*;
use crate::support::issuing::learner_of;

/// What is sent to move amounts of lots; of a learner, where one is named.
fn input(scene: &Scene<'_>, learner: Option<&str>, picks: &[(usize, i64)]) -> Value {
    let lots: Vec<Value> = picks.iter().map(|(n, amount)| json!({"lot": scene.lots[*n], "amount": amount})).collect();
    let all = json!({"to": "320000", "agreement": digest(&scene.agreement), "grant": "credit", "lots": lots});
    learner.map_or(all.clone(), |learner| with(all, "/learner", json!(learner)))
}

both! {
    fn a_body_moves_what_a_learner_has_and_another_body_sees_nothing_of_it(world: &World) {
        let scene = Scene::of(world);
        let (client, learner) = (&scene.body.client, text(&scene.learner, "id"));
        let quote = client.post_json("/v1/transfers:quote", &input(&scene, Some(learner), &[(0, 200)])).expect(200).json();
        assert_eq!((&quote["outcome"], &quote["decision"]["gives"][0]["amount"]), (&json!("recognised"), &json!(160)));
        let over = client.post_json("/v1/transfers:quote", &input(&scene, Some(learner), &[(0, 200), (1, 200)])).expect(200).json();
        assert_eq!(over["outcome"], "refused");
        let refused = client.post_json("/v1/transfers", &input(&scene, Some(learner), &[(0, 200), (1, 200)])).problem(409, "transfers.checks");
        assert_eq!(refused["checks"][0]["check"], "limit:learner-year");
        let keyed = client.header("idempotency-key", "move-1");
        let moved = keyed.post_json("/v1/transfers", &input(&scene, Some(learner), &[(0, 200)])).expect(201).json();
        assert_eq!(keyed.post_json("/v1/transfers", &input(&scene, Some(learner), &[(0, 200)])).expect(201).json(), moved);
        assert_eq!((&moved["state"], &moved["amount"], &moved["peer"]), (&json!("reserved"), &json!(200), &json!("320000")));
        assert!(text(&moved["words"], "en").starts_with("in transit to 320000 since "), "{moved}");
        let path = format!("/v1/transfers/{}", text(&moved, "id"));
        let stranger = body(world, 2).client;
        stranger.get(&path).problem(404, "transfers.not_found");
        stranger.send("POST", &format!("{path}/withdraw"), None).problem(404, "transfers.not_found");
        stranger.get(&format!("/v1/transfers?learner={learner}")).problem(404, "learners.not_found");
        stranger.get("/v1/transfers").problem(400, "http.query");
        let waiting = &world.signed_in(Role::Auditor, None).get("/v1/peers").expect(200).json()["items"][0];
        assert_eq!((&waiting["waiting"], &waiting["waiting_amount"], &waiting["state"]), (&json!(1), &json!(200), &json!("open")));
        put(&world.app);
        let done = client.get(&path).expect(200).json();
        assert_eq!((&done["state"], decision(text(&done, "decision")).lots[0].amount.hundredths()), (&json!("settled"), 160));
        assert_eq!(client.get(&format!("/v1/transfers?learner={learner}&state=settled")).expect(200).json()["items"][0]["id"], moved["id"]);
        client.send("POST", &format!("{path}/withdraw"), None).problem(409, "transfers.ended");
        scene.audit();
    }

    fn a_learner_moves_the_own_credit_and_gives_back_what_came(world: &World) {
        let scene = Scene::of(world);
        let own = learner_of(world, &scene.body.client, &scene.learner);
        own.post_json("/v1/account/transfers", &input(&scene, Some("lrn_1"), &[(0, 100)])).problem(422, "transfers.learner");
        assert_eq!(own.post_json("/v1/account/transfers:quote", &input(&scene, None, &[(0, 100)])).expect(200).json()["outcome"], "recognised");
        let moved = own.post_json("/v1/account/transfers", &input(&scene, None, &[(0, 100)])).expect(201).json();
        let path = format!("/v1/account/transfers/{}", text(&moved, "id"));
        put(&world.app);
        let abroad = learner_of(&scene.there, &scene.there.signed_in(Role::Operator, None), &scene.abroad);
        assert_eq!(abroad.get("/v1/account/transfers").expect(200).json()["items"][0]["state"], "accepted");
        let back = abroad.send("POST", &format!("{path}/return"), None).expect(201).json();
        assert_eq!((&back["kind"], &back["of"]), (&json!("return"), &moved["id"]));
        put(&scene.there.app);
        assert_eq!(scene.left(), [200, 200]);
        let listed = own.get("/v1/account/transfers").expect(200).json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        let all = abroad.get("/v1/account/export").expect(200).json();
        assert_eq!((&all["transfers"][0]["id"], &all["commitments"][0]["account"]), (&moved["id"], &scene.abroad["id"]));
        let asked = all["transfers"][0]["ask"].as_str().unwrap();
        assert_eq!(own.get("/v1/account/export").expect(200).json()["transfers"][0]["ask"], asked, "both have the same OFFER");
        let again = own.post_json("/v1/account/transfers", &input(&scene, None, &[(1, 100)])).expect(201).json();
        let withdrawn = own.send("POST", &format!("/v1/account/transfers/{}/withdraw", text(&again, "id")), None).expect(200).json();
        assert_eq!((&withdrawn["state"], &withdrawn["cancelled"]), (&json!("reserved"), &json!(true)));
        put(&world.app);
        assert_eq!(scene.left(), [200, 200]);
        own.get("/v1/account/transfers/trf_none").problem(404, "transfers.not_found");
        scene.audit();
    }

    fn a_learner_who_asks_twice_with_one_key_moves_once_and_another_s_key_is_another(world: &World) {
        let scene = Scene::of(world);
        let own = learner_of(world, &scene.body.client, &scene.learner).header("idempotency-key", "k-1");
        let moved = own.post_json("/v1/account/transfers", &input(&scene, None, &[(0, 100)])).expect(201).json();
        let again = own.post_json("/v1/account/transfers", &input(&scene, None, &[(0, 100)])).expect(201);
        assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", moved.clone()));
        own.post_json("/v1/account/transfers", &input(&scene, None, &[(0, 99)])).problem(409, "http.idempotency_conflict");
        assert_eq!(scene.left(), [100, 200]);
        let of_body = scene.body.client.header("idempotency-key", "k-1");
        of_body.post_json("/v1/transfers", &input(&scene, Some(text(&scene.learner, "id")), &[(1, 50)])).expect(201);
        put(&world.app);
        let abroad = learner_of(&scene.there, &scene.there.signed_in(Role::Operator, None), &scene.abroad).header("idempotency-key", "k-1");
        let path = format!("/v1/account/transfers/{}/return", text(&moved, "id"));
        let back = abroad.send("POST", &path, None).expect(201).json();
        assert_eq!(abroad.send("POST", &path, None).expect(201).json(), back);
        put(&scene.there.app);
        assert_eq!(scene.left(), [200, 150]);
        scene.audit();
    }

    fn a_learner_sees_where_credit_can_move_and_by_which_clause(world: &World) {
        let scene = Scene::of(world);
        let own = learner_of(world, &scene.body.client, &scene.learner);
        let all = own.get("/v1/account/destinations").expect(200).json();
        let there = &all["items"][0];
        assert_eq!((&there["region"], &there["name"]["en"], all["items"].as_array().unwrap().len()), (&json!("320000"), &json!("Jiangsu"), 1));
        let grant = &there["grants"][0];
        assert_eq!((&grant["grant"], &grant["agreement"], &grant["scheme"]), (&json!("credit"), &json!(digest(&scene.agreement)), &json!(SCHEME)));
        let clauses: Vec<&str> = grant["article"]["clauses"].as_array().unwrap().iter().map(|clause| text(&clause["value"], "en")).collect();
        assert!(clauses.iter().any(|value| value.contains("4 for 5")), "{clauses:?}");
        let abroad = learner_of(&scene.there, &scene.there.signed_in(Role::Operator, None), &scene.abroad);
        assert_eq!(abroad.get("/v1/account/destinations").expect(200).json()["items"][0]["grants"], json!([]), "it goes one way");
        world.app.edge.shift(80 * 366 * 86_400);
        let own = learner_of(world, &world.signed_in(Role::Operator, None), &scene.learner);
        assert_eq!(own.get("/v1/account/destinations").expect(200).json()["items"][0]["grants"], json!([]), "the agreement has lapsed");
    }

    fn what_begins_is_put_at_once_and_not_at_the_next_look(world: &World) {
        let scene = Scene::of(world);
        let own = learner_of(world, &scene.body.client, &scene.learner);
        let _jobs = world.jobs();
        std::thread::sleep(Duration::from_millis(300));
        let begun = Instant::now();
        let moved = own.post_json("/v1/account/transfers", &input(&scene, None, &[(0, 100)])).expect(201).json();
        while column(world, text(&moved, "id"), "state").unwrap() == "reserved" {
            assert!(begun.elapsed() < Duration::from_secs(10), "it never arrives");
            std::thread::sleep(Duration::from_millis(10));
        }
        let took = begun.elapsed();
        println!("settled after {took:?}");
        assert!(took < Duration::from_millis(1_500), "{took:?}: it waited for the next look");
    }

    fn another_registry_sends_messages_as_json(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let post = |client: &crate::support::Client, message: &str| client.post_json("/peer/messages", &json!({"message": message}));
        let answer = post(&scene.there.client(), &message(world, &id, "offer")).expect(200).json();
        assert_eq!(post(&world.client(), text(&answer, "message")).expect(200).json(), json!({}));
        assert_eq!(column(world, &id, "state").unwrap(), "settled");
        post(&world.client(), "x").problem(422, "jws.parts");
        post(&world.client(), &"x".repeat(65_537)).problem(422, "jws.too_long");
        world.client().post_json("/peer/messages", &json!({})).problem(422, "http.field");
        scene.audit();
    }
}
