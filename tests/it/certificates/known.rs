//! What issuing keeps in memory between certificates: whatever changes counts for the very next one.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::card::Card;

use crate::support::World;
use crate::support::client::Client;
use crate::support::issuing::{SCHEME, body, define_scheme, draft, issue, text, with};
use crate::transfers::value;

/// So many that everything about a body is in memory afterwards.
const SOME: usize = 4;

fn declaring() -> Value {
    with(draft(), "/credits", json!([{"scheme": SCHEME, "amount": 200, "kind": "certificate", "category": "core"}]))
}

fn issue_some(client: &Client) -> Value {
    let all: Vec<Value> = (0..SOME).map(|_| issue(client, &declaring())).collect();
    all[SOME - 1].clone()
}

fn signed_with(certificate: &Value) -> String {
    Card::parse(text(certificate, "card")).unwrap().kid().to_string()
}

fn told(world: &World) -> i64 {
    value(world, "SELECT CAST(COUNT(*) AS TEXT) AS value FROM webhook_events").unwrap().parse().unwrap()
}

both! {
    fn a_bar_of_today_stops_the_next_certificate(world: &World) {
        define_scheme(world);
        let (one, two) = (body(world, 1), body(world, 2));
        issue_some(&one.client);
        issue_some(&two.client);
        let bar = json!({"standing": "barred", "from": hufu::providers::service::today(&world.app).to_string(), "cause": "伪造成绩"});
        world.signed_in(Role::Operator, None).post_json(&format!("/v1/providers/{}/intervals", one.id), &bar).expect(201);
        one.client.post_json("/v1/certificates", &declaring()).problem(403, "providers.barred");
        issue_some(&two.client);
        one.client.post_json("/v1/certificates", &declaring()).problem(403, "providers.barred");
    }

    fn a_key_that_is_retired_or_whose_window_opens_or_ends_changes_who_signs(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let yearly = signed_with(&issue_some(&body.client));
        let keys = body.client.get(&format!("/v1/providers/{}/keys", body.id)).expect(200).json();
        let now = world.app.edge.now();
        let window = json!({"from_at": now + 100, "until_at": now + 200});
        body.client.post_json(&format!("/v1/providers/{}/keys", body.id), &window).expect(201);
        assert_eq!(signed_with(&issue_some(&body.client)), yearly, "before the window");
        world.app.edge.shift(110);
        let narrow = signed_with(&issue_some(&body.client));
        assert_ne!(narrow, yearly, "in the window");
        world.app.edge.shift(110);
        assert_eq!(signed_with(&issue_some(&body.client)), yearly, "after the window");
        world.signed_in(Role::Operator, None).post_json(&format!("/v1/keys/{}/retire", text(&keys["items"][0], "kid")), &json!({})).expect(200);
        let next = signed_with(&issue(&body.client, &declaring()));
        assert!(next != yearly && next != narrow, "retired");
        assert_eq!(signed_with(&issue_some(&body.client)), next);
    }

    fn who_listens_from_now_on_hears_of_the_next_and_who_left_does_not(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        define_scheme(world);
        let body = body(world, 1);
        issue_some(&body.client);
        assert_eq!(told(world), 0);
        let endpoint = json!({"url": "http://127.0.0.1:9/events", "events": ["certificate.issued"]});
        let endpoint = body.client.post_json("/v1/webhooks", &endpoint).expect(201).json();
        issue_some(&body.client);
        assert_eq!(told(world), 4);
        body.client.delete(&format!("/v1/webhooks/{}", text(&endpoint, "id"))).expect(204);
        issue_some(&body.client);
        assert_eq!(told(world), 4);
    }
}
