//! Endpoints: whose they are, their secrets, and what other people's software makes of a signature.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::support::Backend;
use crate::support::issuing::assert_nowhere;

/// Every request about an endpoint.
fn requests(endpoint: &Value) -> Vec<(&'static str, String)> {
    let event = "evt_0193b3e0f5c7d0a9b1c2d3e4f5061720";
    vec![
        ("GET", at(endpoint, "")),
        ("PATCH", at(endpoint, "")),
        ("DELETE", at(endpoint, "")),
        ("POST", at(endpoint, "/secret")),
        ("POST", at(endpoint, "/test")),
        ("GET", at(endpoint, "/deliveries")),
        ("POST", at(endpoint, &format!("/deliveries/{event}/replay"))),
    ]
}

fn asked(client: &Client, method: &str, path: &str) -> Answer {
    let body: Option<(&str, &[u8])> = (method == "PATCH").then_some(("application/json", b"{}"));
    client.send(method, path, body)
}

both! {
    fn a_provider_sees_its_own_endpoints_and_no_others(world: &World) {
        let (one, other, operator) = (body(world, 1), body(world, 2), world.signed_in(Role::Operator, None));
        let url = "https://hooks.example/x";
        let (mine, theirs, regions) = (add(&one.client, url, ISSUED), add(&other.client, url, ISSUED), add(&operator, url, ISSUED));
        assert_eq!((text(&mine, "provider"), text(&theirs, "provider"), regions.get("provider")), (one.id.as_str(), other.id.as_str(), None));
        let listed = |client: &Client| {
            let page = client.get("/v1/webhooks").expect(200).json();
            page["items"].as_array().unwrap().iter().map(|one| text(one, "id").to_owned()).collect::<Vec<_>>()
        };
        let ids = [&mine, &theirs, &regions].map(|one| text(one, "id").to_owned());
        assert_eq!((listed(&one.client), listed(&other.client), listed(&operator)), (vec![ids[0].clone()], vec![ids[1].clone()], ids.to_vec()));
        for foreign in [&theirs, &regions] {
            for (method, path) in requests(foreign) {
                asked(&one.client, method, &path).problem(404, "webhooks.not_found");
            }
        }
        let named = |provider: &str| json!({"url": url, "provider": provider});
        one.client.post_json("/v1/webhooks", &named(&other.id)).problem(422, "webhooks.provider");
        one.client.post_json("/v1/webhooks", &named(&one.id)).expect(201);
        operator.post_json("/v1/webhooks", &named("prov_none")).problem(422, "webhooks.provider");
        let made = operator.post_json("/v1/webhooks", &named(&one.id)).expect(201).json();
        assert!(listed(&one.client).contains(&text(&made, "id").to_owned()));
        asked(&operator, "GET", &at(&theirs, "")).expect(200);
    }

    fn another_providers_event_is_not_sent_by_asking_for_its_id(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (one, other, receiver) = (body(world, 1), body(world, 2), Receiver::taking());
        add(&world.signed_in(Role::Operator, None), "http://127.0.0.1:1/", ISSUED);
        let (mine, theirs) = (issue(&one.client, &draft()), issue(&other.client, &draft()));
        let event = |certificate: &Value| {
            value(world, &format!("SELECT id AS value FROM webhook_events WHERE body LIKE '%{}%'", text(certificate, "id"))).unwrap()
        };
        // It listens since both have happened; its own it may have all the same.
        let endpoint = add(&one.client, &receiver.url(), &["batch.done"]);
        let replay = |event: &str| one.client.send("POST", &at(&endpoint, &format!("/deliveries/{event}/replay")), None);
        replay(&event(&theirs)).problem(404, "webhooks.no_event");
        replay(&event(&mine)).expect(202);
        send(&world.app);
        assert_eq!(receiver.got()[0].json()["data"]["certificate"], mine["id"]);
    }

    fn a_secret_is_shown_once_and_kept_sealed(world: &World) {
        let issuer = body(world, 1);
        let order = json!({"url": "https://hooks.example/x?token=geheim"});
        let keyed = issuer.client.header("idempotency-key", "k1");
        let first = keyed.post_json("/v1/webhooks", &order).expect(201).json();
        let secret = text(&first, "secret");
        assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
        let again = keyed.post_json("/v1/webhooks", &order).expect(201);
        assert_eq!((again.header("idempotency-replayed"), again.json().get("secret"), &again.json()["id"]), ("true", None, &first["id"]));
        assert!(issuer.client.get(&at(&first, "")).expect(200).json().get("secret").is_none());
        assert_nowhere(world, secret);
        assert_nowhere(world, secret.strip_prefix("whsec_").unwrap());
        assert_eq!(first["events"].as_array().unwrap().len(), 5, "all types, where none is named");
        let kept = value(world, "SELECT document AS value FROM webhook_changes").unwrap();
        assert!(kept.contains("hooks.example") && !kept.contains("geheim"), "{kept}");
    }

    fn a_rolled_secret_signs_with_the_one_before_for_a_day(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        let rolled = issuer.client.send("POST", &at(&endpoint, "/secret"), None).expect(200).json();
        let (old, new) = (text(&endpoint, "secret"), text(&rolled, "secret"));
        assert_ne!(old, new);
        for (shift, signed) in [(0, (true, true)), (86_390, (true, true)), (20, (false, true))] {
            world.app.edge.shift(shift);
            again(world, &issuer).send("POST", &at(&endpoint, "/test"), None).expect(202);
            assert_eq!(send(&world.app), 1);
            let last = receiver.got().pop().unwrap();
            assert_eq!((last.is_signed_by(old), last.is_signed_by(new)), signed, "after {shift}");
            assert_eq!(last.header("webhook-signature").split(' ').count(), if signed.0 { 2 } else { 1 });
        }
    }

    fn an_endpoint_is_changed_tested_and_removed(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, first, second) = (body(world, 1), Receiver::taking(), Receiver::taking());
        let endpoint = add(&issuer.client, &first.url(), ISSUED);
        issuer.client.send("POST", &at(&endpoint, "/test"), None).expect(202);
        assert_eq!(send(&world.app), 1);
        let told = first.got()[0].json();
        assert_eq!((&told["type"], &told["data"]), (&json!("webhook.test"), &json!({"webhook": endpoint["id"]})));
        let wanted = json!({"url": second.url(), "events": ["certificate.status_changed", "batch.done"]});
        let changed = issuer.client.patch_json(&at(&endpoint, ""), &wanted).expect(200).json();
        assert_eq!((text(&changed, "url"), &changed["events"]), (second.url().as_str(), &json!(["certificate.status_changed", "batch.done"])));
        for wrong in [json!([]), json!(["certificate.issued", "certificate.issued"]), json!(["x"]), json!(["webhook.test"])] {
            issuer.client.patch_json(&at(&endpoint, ""), &json!({"events": wrong})).problem(422, "webhooks.events");
        }
        issuer.client.patch_json(&at(&endpoint, ""), &json!({"secret": "x"})).problem(422, "http.unknown_field");
        issuer.client.get(&at(&endpoint, "/deliveries?state=lost")).problem(400, "http.query");
        let made = issue(&issuer.client, &draft());
        step(&issuer.client, &made, "revoke").expect(200);
        assert_eq!((send(&world.app), first.got().len(), second.got().len()), (1, 1, 1));
        // What waits goes with it.
        step(&issuer.client, &issue(&issuer.client, &draft()), "revoke").expect(200);
        issuer.client.delete(&at(&endpoint, "")).expect(204);
        issuer.client.delete(&at(&endpoint, "")).problem(404, "webhooks.not_found");
        assert_eq!((send(&world.app), second.got().len()), (0, 1));
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
        for _ in 0..10 {
            add(&issuer.client, &first.url(), ISSUED);
        }
        issuer.client.post_json("/v1/webhooks", &json!({"url": first.url()})).problem(422, "webhooks.too_many");
    }

    fn events_that_wait_for_nobody_are_forgotten_after_thirty_days(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let issuer = body(world, 1);
        let receiver = Receiver::new(|n| Reply::status(if n == 0 { 200 } else { 500 }));
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        issue(&issuer.client, &draft());
        send(&world.app);
        issue(&issuer.client, &draft());
        send(&world.app);
        assert_eq!(wait(hufu::webhooks::purge(&world.app)).unwrap(), 0);
        world.app.edge.shift(30 * 86_400 + 60);
        assert_eq!(wait(hufu::webhooks::purge(&world.app)).unwrap(), 1);
        assert_eq!((count(world, "webhook_events"), count(world, "webhook_deliveries WHERE state = 'waiting'")), ("1".into(), "1".into()));
        assert!(!text(&endpoint, "id").is_empty());
    }
}

/// A delivery to an endpoint, and its secret.
fn delivered() -> (Request, String) {
    let world = World::with(Backend::Sqlite, &[("webhook_networks", "127.0.0.1/32")]).expect("SQLite is always there");
    let (issuer, receiver) = (body(&world, 1), Receiver::taking());
    let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
    issue(&issuer.client, &draft());
    send(&world.app);
    (receiver.got()[0].clone(), text(&endpoint, "secret").to_owned())
}

/// What a program says of a delivery, with which its arguments end: the secret, the headers and the body.
fn said(program: &mut Command, request: &Request, secret: &str) -> (bool, String) {
    let ran = program.arg(secret).arg(json!(request.headers).to_string()).arg(&request.body).output().expect("the peer runs");
    (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
}

fn tells_good_from_bad(program: impl Fn() -> Command) {
    let (request, secret) = delivered();
    let (well, words) = said(&mut program(), &request, &secret);
    assert!(well && words.contains("certificate.issued"), "{words}");
    let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert!(!said(&mut program(), &request, other).0, "another secret");
    let changed = Request { body: request.body.replace("issued", "changed"), ..request.clone() };
    assert!(!said(&mut program(), &changed, &secret).0, "another body");
    let mut late = request.clone();
    late.headers.insert("webhook-timestamp".to_owned(), "1614265330".to_owned());
    assert!(!said(&mut program(), &late, &secret).0, "another time");
}

#[test]
fn the_library_of_standard_webhooks_takes_a_delivery_and_no_forged_one() {
    let python = "tests/peers/.venv/bin/python";
    let there = Path::new(python).exists();
    assert!(there || std::env::var_os("CI").is_none(), "CI is set and {python} is missing: run tests/peers/setup");
    if !there {
        return eprintln!("skipped: {python} is missing (tests/peers/setup installs it)");
    }
    tells_good_from_bad(|| {
        let mut program = Command::new(python);
        program.arg("tests/peers/webhook.py");
        program
    });
}

#[test]
fn the_receiver_of_the_page_takes_a_delivery_and_no_forged_one() {
    let page = std::fs::read_to_string("docs/webhooks.md").unwrap();
    let snippet = page.split_once("```python\n").and_then(|(_, rest)| rest.split_once("```")).expect("a snippet").0;
    let call = "\nimport sys\nprint(receive(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3].encode())['type'])\n";
    tells_good_from_bad(|| {
        let mut program = Command::new("python3");
        program.arg("-c").arg(format!("{snippet}{call}"));
        program
    });
}
