//! Endpoints that fail, lie, lead away or never end.

use std::time::{Duration, Instant};

use super::*;

both! {
    fn an_event_is_tried_again_until_it_is_taken(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let issuer = body(world, 1);
        let receiver = Receiver::new(|n| match n {
            0 => Reply::With(503, "", "later\r\n\u{7}\u{1b}[31m please".to_owned()),
            1 => Reply::status(404),
            _ => Reply::status(200),
        });
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        issue(&issuer.client, &draft());
        assert_eq!((send(&world.app), send(&world.app)), (1, 0), "not before its time");
        let failed = delivery(&issuer.client, &endpoint);
        assert_eq!((text(&failed, "state"), &failed["status"], text(&failed, "error"), text(&failed, "answer")), ("waiting", &json!(503), "status", "later[31m please"));
        let pause = failed["next_at"].as_i64().unwrap() - failed["tried_at"].as_i64().unwrap();
        assert!((4..=7).contains(&pause), "{pause}");
        world.app.edge.shift(7);
        assert_eq!(send(&world.app), 1);
        let failed = delivery(&issuer.client, &endpoint);
        let pause = failed["next_at"].as_i64().unwrap() - world.app.edge.now();
        assert!((265..=331).contains(&pause) && failed["status"] == 404, "{failed}");
        world.app.edge.shift(331);
        assert_eq!(send(&world.app), 1);
        let done = delivery(&issuer.client, &endpoint);
        assert_eq!((text(&done, "state"), &done["tries"], done.get("error"), done.get("next_at")), ("done", &json!(3), None, None));
        let got = receiver.got();
        let ids: Vec<&str> = got.iter().map(|request| request.header("webhook-id")).collect();
        assert!(ids.len() == 3 && ids.iter().all(|id| *id == text(&done, "event")), "{ids:?}");
        assert!(got.iter().all(|request| request.is_signed_by(text(&endpoint, "secret")) && request.body == got[0].body));
        let times: Vec<i64> = got.iter().map(|request| request.header("webhook-timestamp").parse().unwrap()).collect();
        assert!(times[1] >= times[0] + 7 && times[2] >= times[1] + 331, "each try has a time of its own: {times:?}");
    }

    fn after_the_last_try_it_is_dead_until_somebody_asks_for_it(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let issuer = body(world, 1);
        let receiver = Receiver::new(|n| Reply::status(if n < 10 { 500 } else { 200 }));
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        issue(&issuer.client, &draft());
        let began = world.app.edge.now();
        for n in 0..10 {
            assert_eq!(send(&world.app), 1, "try {n}");
            if let Some(next) = delivery(&again(world, &issuer), &endpoint)["next_at"].as_i64() {
                world.app.edge.shift(next - world.app.edge.now());
            }
        }
        let days = (world.app.edge.now() - began) as u64 / 3_600;
        assert!((68..=84).contains(&days), "{days} hours");
        world.app.edge.shift(10 * 86_400);
        assert_eq!(send(&world.app), 0);
        let client = again(world, &issuer);
        let dead = client.get(&at(&endpoint, "/deliveries?state=dead")).expect(200).json();
        let event = text(&dead["items"][0], "event").to_owned();
        assert_eq!((text(&dead["items"][0], "state"), &dead["items"][0]["tries"]), ("dead", &json!(10)));
        let asked = client.send("POST", &at(&endpoint, &format!("/deliveries/{event}/replay")), None).expect(202).json();
        assert_eq!((text(&asked, "state"), text(&asked, "event")), ("waiting", event.as_str()));
        assert_eq!(send(&world.app), 1);
        let got = receiver.got();
        assert_eq!((got.len(), got[10].header("webhook-id"), &got[10].body), (11, event.as_str(), &got[0].body));
        assert!(got[10].is_signed_by(text(&endpoint, "secret")));
        assert_eq!(text(&delivery(&client, &endpoint), "state"), "done");
        // What was taken can be asked for too.
        client.send("POST", &at(&endpoint, &format!("/deliveries/{event}/replay")), None).expect(202);
        assert_eq!((send(&world.app), receiver.got().len()), (1, 12));
        client.send("POST", &at(&endpoint, "/deliveries/evt_none/replay"), None).problem(404, "webhooks.no_event");
    }

    fn an_endpoint_that_is_gone_is_disabled(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let issuer = body(world, 1);
        let receiver = Receiver::new(|n| Reply::status(if n == 0 { 410 } else { 200 }));
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        issue(&issuer.client, &draft());
        assert_eq!(send(&world.app), 1);
        let shown = issuer.client.get(&at(&endpoint, "")).expect(200).json();
        assert_eq!((&shown["enabled"], text(&shown, "disabled")), (&json!(false), "gone"));
        let dead = delivery(&issuer.client, &endpoint);
        assert_eq!((text(&dead, "state"), text(&dead, "error")), ("dead", "gone"));
        issue(&issuer.client, &draft());
        world.app.edge.shift(86_400);
        assert_eq!((send(&world.app), count(world, "webhook_events")), (0, "1".into()));
        let client = again(world, &issuer);
        let replay = at(&endpoint, &format!("/deliveries/{}/replay", text(&dead, "event")));
        client.send("POST", &replay, None).problem(409, "webhooks.disabled");
        client.send("POST", &at(&endpoint, "/test"), None).problem(409, "webhooks.disabled");
        client.patch_json(&at(&endpoint, ""), &json!({"enabled": true})).expect(200);
        client.send("POST", &replay, None).expect(202);
        assert_eq!(send(&world.app), 1);
        let audited = world.app.db.read_now(hufu::evidence::audit).unwrap();
        assert_eq!(audited.wrong, None, "what the endpoint brought about has its evidence");
    }

    fn a_redirect_is_not_followed(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let (issuer, elsewhere) = (body(world, 1), Receiver::taking());
        let location: &'static str = format!("location: {}\r\n", elsewhere.url()).leak();
        let receiver = Receiver::new(move |n| Reply::With([301, 302, 303, 307, 308][n % 5], location, String::new()));
        let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
        for _ in 0..5 {
            issue(&issuer.client, &draft());
        }
        assert_eq!(send(&world.app), 5);
        for one in deliveries(&issuer.client, &endpoint) {
            assert_eq!((text(&one, "state"), text(&one, "error")), ("waiting", "redirect"), "{one}");
        }
        assert_eq!((receiver.got().len(), *elsewhere.connections.lock().unwrap()), (5, 0));
    }

    fn what_is_slow_or_has_no_end_is_cut_off(world: &World) with [("webhook_networks", "127.0.0.1/32"), ("webhook_timeout", "2")] {
        let issuer = body(world, 1);
        let long = Duration::from_secs(20);
        for (reply, error, status) in [(Reply::Hang(long), "timeout", Value::Null), (Reply::Trickle(long), "timeout", Value::Null), (Reply::Endless, "status", json!(500))] {
            let receiver = Receiver::new(move |_| reply.clone());
            let endpoint = add(&issuer.client, &receiver.url(), ISSUED);
            issue(&issuer.client, &draft());
            let began = Instant::now();
            assert_eq!(send(&world.app), 1);
            assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
            let failed = delivery(&issuer.client, &endpoint);
            assert_eq!((text(&failed, "state"), text(&failed, "error"), &failed["status"]), ("waiting", error, &status));
            if error == "status" {
                assert_eq!(text(&failed, "answer"), "a".repeat(200));
                std::thread::sleep(Duration::from_millis(500));
                // What lies in buffers of either side, and no more.
                assert!(*receiver.sent.lock().unwrap() < 16 << 20, "{}", receiver.sent.lock().unwrap());
            }
            issuer.client.delete(&at(&endpoint, "")).expect(204);
        }
    }

    fn one_that_is_slow_holds_up_no_other(world: &World) with [("webhook_networks", "127.0.0.1/32")] {
        let issuer = body(world, 1);
        let (slow, quick) = (Receiver::new(|_| Reply::Hang(Duration::from_secs(30))), Receiver::taking());
        let jobs = world.jobs();
        add(&issuer.client, &slow.url(), ISSUED);
        for _ in 0..40 {
            issue(&issuer.client, &draft());
        }
        slow.wait(1);
        add(&issuer.client, &quick.url(), ISSUED);
        let began = Instant::now();
        for _ in 0..40 {
            issue(&issuer.client, &draft());
        }
        quick.wait(40);
        assert!(began.elapsed() < Duration::from_secs(12), "before the slow one's time is up: {:?}", began.elapsed());
        drop(jobs);
    }

    fn nothing_is_sent_to_a_place_inside(world: &World) {
        let issuer = body(world, 1);
        let receiver = Receiver::taking();
        let refused = |url: &str, code: &str| {
            let answer = issuer.client.post_json("/v1/webhooks", &json!({"url": url}));
            assert_eq!(answer.problem(422, code)["field"], "url", "{url}");
        };
        for host in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fd00::1]", "224.0.0.1"] {
            refused(&format!("https://{host}/x"), "webhooks.address");
        }
        for url in ["http://hooks.example/x", "ftp://hooks.example", "https://user@hooks.example", "https://hooks.example#x", "x"] {
            refused(url, "webhooks.url");
        }
        // Names that lead inside, and numbers that are taken for names: only who looks them up sees it.
        for host in ["localhost", "2130706433", "127.1", "0x7f.0.0.1", "0177.0.0.1", "0"] {
            let endpoint = add(&issuer.client, &format!("https://{host}:{}/x", receiver.port), ISSUED);
            issue(&issuer.client, &draft());
            assert_eq!(send(&world.app), 1, "{host}");
            let failed = delivery(&issuer.client, &endpoint);
            assert!(text(&failed, "error") == "address" && failed.get("status").is_none(), "{host}: {failed}");
            issuer.client.delete(&at(&endpoint, "")).expect(204);
        }
        assert_eq!(*receiver.connections.lock().unwrap(), 0, "nobody came");
    }

    fn in_a_network_that_is_listed_only_its_addresses_are_reached(world: &World) with [("webhook_networks", "10.1.0.0/16")] {
        let (issuer, receiver) = (body(world, 1), Receiver::taking());
        let endpoint = add(&issuer.client, &format!("http://localhost:{}/x", receiver.port), ISSUED);
        issue(&issuer.client, &draft());
        assert_eq!(send(&world.app), 1);
        assert_eq!(text(&delivery(&issuer.client, &endpoint), "error"), "address");
        issuer.client.post_json("/v1/webhooks", &json!({"url": receiver.url()})).problem(422, "webhooks.address");
        assert_eq!(*receiver.connections.lock().unwrap(), 0);
    }
}

#[test]
fn a_list_of_networks_that_is_none_stops_the_server() {
    use crate::support::Backend;
    let world = World::with(Backend::Sqlite, &[]).unwrap();
    let dir = ("data_dir", world.folder().to_str().unwrap().to_owned());
    let config = hufu::config::Config::with(&[dir, ("webhook_networks", "10.0.0.0".to_owned())]).unwrap();
    let fault = App::open(config, hufu::edge::Edge::default()).err().expect("it is refused");
    assert!(fault.to_string().contains("webhook_networks"), "{fault}");
}
