//! What is told, to whom, and what is written where nobody listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use hufu::certificates::{Actor, Draft, Order, issue_all};
use hufu::db::Bulk;
use hufu::edge::Edge;
use hufu::webhooks::{Event, tell};

use super::*;
use crate::crash;
use crate::support::issuing::{credit_code, listing, with};
use crate::transfers::{Scene, put};

/// Orders of a provider.
fn orders(provider: &str, many: usize) -> Vec<Order> {
    let input = serde_json::from_value(draft()).unwrap();
    let draft = Draft::parse(&input, "").unwrap();
    (0..many)
        .map(|_| Order { actor: Actor { client: "test".to_owned(), provider: provider.to_owned(), seen: None }, draft: draft.clone(), origin: None })
        .collect()
}

/// Issues in one transaction: how many statements asked who listens.
fn issue_many(world: &World, provider: &str, many: usize) -> usize {
    let (app, orders, asked) = (world.app.clone(), orders(provider, many), Arc::new(AtomicUsize::new(0)));
    let counter = asked.clone();
    let done = world.app.db.write_now(|conn| {
        let counter = counter.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let query = query.to_string();
                counter.fetch_add(usize::from(query.contains("webhooks") && !query.contains("revisions")), Ordering::Relaxed);
            }
        });
        let mut bulk = Bulk::default();
        let issued = issue_all(conn, &mut bulk, &app, &orders.iter().collect::<Vec<_>>())?;
        bulk.write(conn)?;
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        Ok(issued.iter().filter(|one| one.is_ok()).count())
    });
    assert_eq!(done.unwrap(), many);
    asked.load(Ordering::Relaxed)
}

both! {
    fn a_certificate_is_told_signed_and_with_nothing_of_a_person(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        let made = issue(&issuer.client, &draft());
        assert_eq!(receiver.got().len(), 0, "nothing is sent by who asks");
        assert_eq!((send(&world.app), send(&world.app)), (1, 0));
        let got = receiver.got();
        let [request] = got.as_slice() else { panic!("{got:#?}") };
        assert_eq!(request.line, "POST /hooks?token=x HTTP/1.1");
        assert!(request.is_signed_by(text(&endpoint, "secret")));
        assert!(!request.is_signed_by("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), "another secret");
        let changed = Request { body: request.body.replace("issued", "issueD"), ..request.clone() };
        assert!(!changed.is_signed_by(text(&endpoint, "secret")), "another body");
        let (timestamp, now): (i64, i64) = (request.header("webhook-timestamp").parse().unwrap(), world.app.edge.now());
        assert!((now - timestamp).abs() < 60);
        assert_eq!(request.header("content-type"), "application/json");
        // The whole body, and nothing of the person in it or beside it.
        let told = request.json();
        let wanted = json!({"type": "certificate.issued", "timestamp": told["timestamp"],
            "data": {"certificate": made["id"], "number": made["number"], "provider": issuer.id}});
        assert_eq!(told, wanted);
        assert!(text(&told, "timestamp").ends_with('Z'), "{told}");
        let all = format!("{request:?}");
        for personal in ["欧阳静", RESIDENT, RESIDENT_SECRET, "电工"] {
            assert!(!all.contains(personal), "{personal}: {all}");
        }
        let delivery = delivery(&issuer.client, &endpoint);
        assert_eq!((text(&delivery, "event"), text(&delivery, "state"), &delivery["tries"], &delivery["status"]), (request.header("webhook-id"), "done", &json!(1), &json!(204)));
    }

    fn every_change_of_a_certificate_is_told(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        add(&issuer.client, &receiver.url(), &["certificate.issued", "certificate.status_changed"]);
        let (one, other) = (issue(&issuer.client, &draft()), issue(&issuer.client, &draft()));
        for what in ["suspend", "reinstate", "revoke"] {
            step(&issuer.client, &one, what).expect(200);
        }
        step(&issuer.client, &one, "revoke").expect(409);
        let third = replace(&issuer.client, &other, &draft()).expect(201).json();
        assert_eq!(send(&world.app), 7);
        let mut told: Vec<Value> = receiver.got().iter().map(|request| request.json()["data"].clone()).collect();
        told.sort_by_key(Value::to_string);
        let of = |certificate: &Value, more: Value| {
            let mut data = json!({"certificate": certificate["id"], "number": certificate["number"], "provider": issuer.id});
            data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            data
        };
        let mut wanted = vec![
            of(&one, json!({})), of(&other, json!({})), of(&third, json!({"replaces": other["id"]})),
            of(&one, json!({"status": "suspended"})), of(&one, json!({"status": "issued"})), of(&one, json!({"status": "revoked"})),
            of(&other, json!({"status": "replaced", "replaced_by": third["number"]})),
        ];
        wanted.sort_by_key(Value::to_string);
        assert_eq!(told, wanted);
    }

    fn a_provider_hears_what_is_its_own_and_the_region_hears_all(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (one, other) = (body(world, 1), body(world, 2));
        let (operator, region, mine, theirs) = (world.signed_in(Role::Operator, None), Receiver::taking(), Receiver::taking(), Receiver::taking());
        add(&operator, &region.url(), &["certificate.issued", "provider.changed"]);
        add(&one.client, &mine.url(), &["certificate.issued", "provider.changed"]);
        add(&other.client, &theirs.url(), &["certificate.issued", "provider.changed"]);
        issue(&one.client, &draft());
        issue(&other.client, &draft());
        operator.post_json(&format!("/v1/providers/{}/intervals", one.id), &with(listing(), "/flag", json!("yellow"))).expect(201);
        let new = json!({"credit_code": credit_code(3), "name_zh": "示例", "name_en": "Example", "kind": "social", "interval": listing()});
        operator.post_json("/v1/providers", &new).expect(201);
        assert_eq!(send(&world.app), 4 + 2 + 1);
        let kinds = |receiver: &Receiver| {
            let mut all: Vec<String> = receiver.got().iter().map(|request| text(&request.json(), "type").to_owned()).collect();
            all.sort();
            all
        };
        let (issued, changed) = ("certificate.issued", "provider.changed");
        assert_eq!((kinds(&region), kinds(&mine), kinds(&theirs)), (
            [issued, issued, changed, changed].map(str::to_owned).to_vec(), [issued, changed].map(str::to_owned).to_vec(), vec![issued.to_owned()],
        ));
        let told = mine.got().iter().map(Request::json).find(|told| told["type"] == changed).unwrap();
        assert_eq!(told["data"], json!({"provider": one.id, "credit_code": one.code, "standing": "listed", "from": "2025-01-01"}));
    }

    fn credit_that_has_settled_is_told_to_the_region(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (scene, receiver) = (Scene::of(world), Receiver::taking());
        let operator = world.signed_in(Role::Operator, None);
        add(&operator, &receiver.url(), &["transfer.settled"]);
        let id = scene.begin(&[(0, 100)]).unwrap();
        assert_eq!(send(&world.app), 0, "nothing is settled yet");
        put(&world.app);
        assert_eq!(send(&world.app), 1);
        assert_eq!(receiver.got()[0].json()["data"], json!({"transfer": id, "kind": "move", "peer": "320000", "state": "settled"}));
        put(&world.app);
        assert_eq!(send(&world.app), 0, "once");
    }

    fn a_batch_that_has_ended_is_told(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        add(&issuer.client, &receiver.url(), &["batch.done"]);
        let done = Event::BatchDone { batch: "bat_1", provider: &issuer.id, state: "done_with_errors", rows: 3, issued: 2 };
        world.app.db.write_now(|conn| tell(conn, &world.app.edge, &done)).unwrap();
        assert_eq!(send(&world.app), 1);
        let wanted = json!({"batch": "bat_1", "provider": issuer.id, "state": "done_with_errors", "rows": 3, "issued": 2});
        assert_eq!(receiver.got()[0].json()["data"], wanted);
    }

    fn where_nobody_listens_nothing_is_written(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (one, other) = (body(world, 1), body(world, 2));
        let operator = world.signed_in(Role::Operator, None);
        // Somebody else's, another type, and one that is disabled: nobody.
        add(&other.client, "http://127.0.0.1:1/", ISSUED);
        add(&one.client, "http://127.0.0.1:1/", &["certificate.status_changed"]);
        let off = add(&operator, "http://127.0.0.1:1/", ISSUED);
        operator.patch_json(&at(&off, ""), &json!({"enabled": false})).expect(200);
        issue(&one.client, &draft());
        issue_many(world, &one.id, 20);
        assert_eq!((count(world, "webhook_events"), count(world, "webhook_deliveries")), ("0".into(), "0".into()));
        operator.patch_json(&at(&off, ""), &json!({"enabled": true})).expect(200);
        issue(&one.client, &draft());
        assert_eq!(count(world, "webhook_events"), "1");
    }

    fn who_listens_is_asked_once_a_transaction_however_many_are_issued(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        assert_eq!((issue_many(world, &issuer.id, 1), issue_many(world, &issuer.id, 100)), (1, 1));
        add(&issuer.client, &receiver.url(), ISSUED);
        add(&world.signed_in(Role::Operator, None), &receiver.url(), ISSUED);
        assert_eq!(issue_many(world, &issuer.id, 100), 1);
        assert_eq!(count(world, "webhook_events"), "100", "one row an event, however many hear of it");
        assert_eq!(send(&world.app), 200);
        let mut ids: Vec<String> = receiver.got().iter().map(|request| request.header("webhook-id").to_owned()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 100);
    }

    fn an_event_is_neither_there_without_its_cause_nor_lost_with_a_server(world: &World) with [("webhook_networks", "127.0.0.1/32"), ("webhook_timeout", "2")] {
        let issuer = body(world, 1);
        let receiver = Receiver::new(|n| if n == 0 { Reply::Hang(std::time::Duration::from_secs(20)) } else { Reply::status(200) });
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        let (app, orders) = (world.app.clone(), orders(&issuer.id, 1));
        let undone: Result<(), _> = world.app.db.write_now(|conn| {
            hufu::certificates::issue(conn, &app, &orders[0])?;
            Err(hufu::error::Fault::text("undone").into())
        });
        assert!(undone.is_err() && count(world, "webhook_events") == "0", "undone with what it tells");
        issue(&issuer.client, &draft());
        // A server that ends while it sends has the turn, and tells nobody what came of it.
        wait(async {
            let all = hufu::webhooks::due(&world.app).await.unwrap();
            let sending = hufu::webhooks::deliver_to(&world.app, &all[0]);
            assert!(tokio::time::timeout(std::time::Duration::from_millis(500), sending).await.is_err());
        });
        assert_eq!(receiver.got().len(), 1);
        let next = App::open(world.app.config.clone(), Edge::default()).unwrap();
        assert_eq!(send(&next), 0, "another server had the turn");
        next.edge.shift(2 * 2 + 11);
        assert_eq!(send(&next), 1);
        let got = receiver.got();
        assert_eq!((got.len(), got[0].header("webhook-id"), &got[0].body), (2, got[1].header("webhook-id"), &got[1].body));
        assert_eq!(text(&delivery(&issuer.client, &endpoint), "state"), "done");
    }

    fn two_servers_send_an_event_once(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        add(&issuer.client, &receiver.url(), ISSUED);
        issue_many(world, &issuer.id, 50);
        let second = App::open(world.app.config.clone(), Edge::default()).unwrap();
        let servers = [&world.app, &second];
        let sent = crate::support::issuing::race(4, |n| send(servers[n % 2]));
        assert_eq!((sent.iter().sum::<usize>(), receiver.got().len()), (50, 50));
    }

    fn a_server_that_was_killed_tells_what_it_had_not_told(process: &Process) with [("webhook_networks", "127.0.0.1/32")] {
        let receiver = Receiver::taking();
        let client = process.client().bearer(&crash::operator(process));
        let order = crash::draft_of_a_provider(&client);
        let endpoint = add(&client, &receiver.url(), ISSUED);
        let made: Vec<String> = (0..20).map(|_| text(&issue(&client, &order), "id").to_owned()).collect();
        process.kill9();
        process.start();
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let told = || receiver.got().iter().map(|request| text(&request.json()["data"], "certificate").to_owned()).collect::<Vec<_>>();
        while !made.iter().all(|id| told().contains(id)) {
            assert!(std::time::Instant::now() < until, "{:?} of {made:?}", told());
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert!(receiver.got().iter().all(|request| request.is_signed_by(text(&endpoint, "secret"))));
        // The command line beside it.
        let (id, event, many) = (text(&endpoint, "id"), receiver.got()[0].header("webhook-id").to_owned(), receiver.got().len());
        let listed = process.run(&["webhook", "list"]);
        assert!(listed.code == 0 && listed.out.contains(id) && listed.out.contains(&receiver.url()), "{} {}", listed.out, listed.err);
        let listed = process.run(&["webhook", "deliveries", id]);
        assert!(listed.code == 0 && listed.out.lines().count() == 21 && listed.out.contains(&event), "{} {}", listed.out, listed.err);
        assert_eq!(process.run(&["webhook", "deliveries", id, "--dead"]).out.lines().count(), 1);
        assert_eq!(process.run(&["webhook", "replay", id, &event]).code, 0);
        assert_eq!(receiver.wait(many + 1)[many].header("webhook-id"), event);
        assert_eq!(process.run(&["webhook", "replay", id, "evt_none"]).code, 4);
    }
}
