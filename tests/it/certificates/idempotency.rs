//! A repeated request gets the first answer, whatever happened since.

use hufu::access::Role;
use serde_json::json;

use crate::support::issuing::{body, draft, issue, race, replace, step, stock, text, with};

const PATH: &str = "/v1/certificates";

both! {
    fn the_same_key_gets_the_same_bytes_and_says_so(world: &World) {
        let client = body(world, 1).client.header("idempotency-key", "order-1");
        let first = client.post_json(PATH, &draft()).expect(201);
        let before = stock(world);
        let second = client.post_json(PATH, &draft()).expect(201);
        assert_eq!(first.bytes, second.bytes);
        assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), ("", "true"));
        assert_eq!(stock(world), before);
    }

    fn a_key_belongs_to_one_content(world: &World) {
        let body = body(world, 1);
        let client = body.client.header("idempotency-key", "order-1");
        let made = issue(&client, &draft());
        let before = stock(world);
        let answers = [
            client.post_json(PATH, &with(draft(), "/grade", json!("pass"))),
            client.post_raw(PATH, "application/json", format!("{} ", draft()).as_bytes()),
            step(&client, &made, "suspend"),
            replace(&client, &made, &draft()),
        ];
        for answer in answers {
            assert_eq!(answer.problem(409, "http.idempotency_conflict")["field"], "idempotency-key");
        }
        assert_eq!(stock(world), before);
        // Another client's key is another key.
        issue(&world.signed_in(Role::Provider, Some(&body.id)).header("idempotency-key", "order-1"), &draft());
    }

    fn eight_racing_requests_with_one_key_make_one_certificate(world: &World) {
        let client = body(world, 1).client.header("idempotency-key", "order-1");
        let answers = race(8, |_| client.post_json(PATH, &draft()).expect(201));
        assert!(answers.iter().all(|a| a.bytes == answers[0].bytes));
        assert_eq!(answers.iter().filter(|a| a.header("idempotency-replayed").is_empty()).count(), 1);
        assert_eq!(stock(world).0[0], 1);
    }

    fn a_repeat_after_the_provider_was_barred_still_gets_the_first_answer(world: &World) {
        let body = body(world, 1);
        let client = body.client.header("idempotency-key", "order-1");
        let first = client.post_json(PATH, &draft()).expect(201);
        let today = hufu::providers::service::today(&world.app).to_string();
        let bar = json!({"standing": "barred", "from": today, "cause": "伪造成绩"});
        world.signed_in(Role::Operator, None).post_json(&format!("/v1/providers/{}/intervals", body.id), &bar).expect(201);
        body.client.post_json(PATH, &draft()).problem(403, "providers.barred");
        assert_eq!(client.post_json(PATH, &draft()).expect(201).bytes, first.bytes);
    }

    fn a_change_of_state_is_repeated_safely_too(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        for (n, verb) in ["suspend", "reinstate", "revoke"].iter().enumerate() {
            let client = body.client.header("idempotency-key", &format!("step-{n}"));
            let first = step(&client, &made, verb).expect(200);
            assert_eq!(step(&client, &made, verb).expect(200).bytes, first.bytes);
        }
        assert_eq!(stock(world).0[1], 3);
        let other = issue(&body.client, &draft());
        let client = body.client.header("idempotency-key", "replace");
        let first = replace(&client, &other, &draft()).expect(201);
        assert_eq!(replace(&client, &other, &draft()).expect(201).bytes, first.bytes);
        assert_eq!(text(&first.json(), "replaces"), text(&other, "id"));
    }

    fn a_key_is_1_to_128_visible_ascii_characters(world: &World) {
        let client = body(world, 1).client;
        for key in ["", "a b", "ключ", &"k".repeat(129)] {
            let answer = client.header("idempotency-key", key).post_json(PATH, &draft());
            assert_eq!(answer.problem(400, "http.header")["field"], "idempotency-key", "{key:?}");
        }
        issue(&client.header("idempotency-key", &"k".repeat(128)), &draft());
    }
}
