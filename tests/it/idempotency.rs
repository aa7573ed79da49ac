//! Idempotency keys, seen through the route that adds a client.

use hufu::access::Role;
use hufu::db::schema::idempotency;
use hufu::http::idempotency::{KEPT, purge};
use serde_json::{Value, json};

use super::support::{Answer, Client};

const PATH: &str = "/v1/clients";

fn auditor(name: &str) -> Value {
    json!({"name": name, "role": "auditor"})
}

fn add(client: &Client, key: &str, name: &str) -> Answer {
    client.header("idempotency-key", key).post_json(PATH, &auditor(name))
}

fn names(client: &Client) -> Vec<String> {
    let page = client.get("/v1/clients?limit=200").expect(200).json();
    page["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).filter(|n| n != "test").collect()
}

both! {
    fn a_repeated_request_gets_the_first_answer_and_does_nothing(world: &World) {
        let client = world.signed_in(Role::Operator, None);
        let first = add(&client, "key-1", "甲").expect(201);
        assert_eq!(first.header("idempotency-replayed"), "");
        let again = add(&client, "key-1", "甲").expect(201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("content-type"), "application/json");
        let mut shown = first.json();
        assert!(shown.as_object_mut().unwrap().remove("secret").unwrap().as_str().unwrap().starts_with("hufu_"));
        assert_eq!(again.json(), shown, "a replay is the first answer without its secret");
        assert_eq!(names(&client), ["甲"]);
    }

    fn without_a_key_every_request_is_done(world: &World) {
        let client = world.signed_in(Role::Operator, None);
        client.post_json(PATH, &auditor("甲")).expect(201);
        client.post_json(PATH, &auditor("甲")).expect(201);
        assert_eq!(names(&client), ["甲", "甲"]);
    }

    fn a_key_with_another_input_is_a_conflict_and_never_the_first_answer(world: &World) {
        let client = world.signed_in(Role::Operator, None);
        add(&client, "key-1", "甲").expect(201);
        let conflict = add(&client, "key-1", "乙").problem(409, "http.idempotency_conflict");
        assert_eq!(conflict["field"], "idempotency-key");
        // The same words with a space more are another input too: nothing is canonicalised.
        let spaced = format!(" {}", auditor("甲"));
        client.header("idempotency-key", "key-1").post_raw(PATH, "application/json", spaced.as_bytes()).problem(409, "http.idempotency_conflict");
        assert_eq!(names(&client), ["甲"]);
    }

    fn a_key_belongs_to_one_client(world: &World) {
        let (one, other) = (world.signed_in(Role::Operator, None), world.signed_in(Role::Operator, None));
        let first = add(&one, "key-1", "甲").expect(201).json();
        let second = add(&other, "key-1", "甲").expect(201);
        assert_eq!(second.header("idempotency-replayed"), "");
        assert_ne!(second.json()["id"], first["id"]);
    }

    fn a_refused_request_may_be_corrected_under_its_key(world: &World) {
        let client = world.signed_in(Role::Operator, None);
        add(&client, "key-1", " ").expect(422);
        let done = add(&client, "key-1", "甲").expect(201);
        assert_eq!(done.header("idempotency-replayed"), "");
        assert_eq!(names(&client), ["甲"]);
    }

    fn a_key_is_1_to_128_visible_ascii_characters_and_stands_once(world: &World) {
        let client = world.signed_in(Role::Operator, None);
        for bad in ["", "a b", "a\tb", "钥匙", &"k".repeat(129)] {
            let refused = add(&client, bad, "甲").problem(400, "http.header");
            assert_eq!(refused["field"], "idempotency-key", "{bad:?}");
        }
        let twice = client.header("idempotency-key", "key-1").and_header("idempotency-key", "key-2");
        twice.post_json(PATH, &auditor("甲")).problem(400, "http.header");
        assert!(names(&client).is_empty());
        add(&client, &"!~".repeat(64), "甲").expect(201);
    }

    fn of_requests_that_race_under_one_key_one_is_done(world: &World) {
        let client = world.signed_in(Role::Operator, None);
        for round in 0..5 {
            let (key, name) = (format!("race-{round}"), format!("甲{round}"));
            let answers: Vec<Answer> = std::thread::scope(|scope| {
                let racers: Vec<_> = (0..6).map(|_| scope.spawn(|| add(&client, &key, &name).expect(201))).collect();
                racers.into_iter().map(|racer| racer.join().unwrap()).collect()
            });
            assert_eq!(answers.iter().filter(|a| a.header("idempotency-replayed").is_empty()).count(), 1);
            assert_eq!(answers.iter().filter(|a| a.json().get("secret").is_some()).count(), 1);
            assert!(answers.iter().all(|a| a.json()["id"] == answers[0].json()["id"]));
            assert_eq!(names(&client).iter().filter(|n| **n == name).count(), 1);
        }
    }

    fn a_stored_answer_has_no_secret_and_goes_after_thirty_days(world: &World) {
        use diesel::prelude::*;
        let client = world.signed_in(Role::Operator, None);
        let secret = add(&client, "key-1", "甲").expect(201).json()["secret"].as_str().unwrap().to_owned();
        let stored = || world.app.db.read_now(|c| Ok(idempotency::table.select(idempotency::body).load::<String>(c)?)).unwrap();
        assert_eq!(stored().len(), 1);
        assert!(!stored()[0].contains(&secret) && stored()[0].contains("甲"), "{:?}", stored());
        let purged = |seconds: i64| world.app.db.write_now(|c| purge(c, world.app.edge.now() + seconds - KEPT)).unwrap();
        assert_eq!(purged(KEPT - 60), 0);
        assert_eq!(purged(KEPT + 60), 1);
        assert!(stored().is_empty());
    }
}
