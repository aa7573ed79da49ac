//! What answers where a partner should: each is given up, leaves the transfer as it was, and says in a code what was wrong; the next try goes on.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::*;
use crate::support::site::{Reply, Site};

/// The setting `partner_timeout` of these tests, in seconds.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What a busy machine may add to it.
const MORE: Duration = Duration::from_secs(4);

/// A server that begins to answer and then sends a byte now and then, without an end.
fn loris() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let begun = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n");
                while begun.is_ok() && stream.write_all(b" ").is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    url
}

/// A server that answers every message so.
fn site(reply: Reply) -> String {
    let site = Site::start();
    site.reply("/peer/messages", reply);
    site.url
}

/// Has the registry ask there from now on, where it asks Jiangsu.
fn leads_to(world: &World, region: &str, url: &str) {
    world.sql(&format!("UPDATE partners SET url = '{url}' WHERE region = '{region}'")).unwrap();
}

/// Zhejiang, with which Shanghai has an agreement as with Jiangsu.
fn third(scene: &Scene<'_>) -> (World, Value) {
    let third = scene.here.another(&[("region", "330000"), ("region_name_zh", "浙江省"), ("region_name_en", "Zhejiang")]);
    let terms: Value = serde_json::from_str(&terms().to_string().replace("320000", "330000").replace("yrd", "yrd-3")).unwrap();
    let operators = [scene.here, &third].map(|world| world.signed_in(Role::Operator, None));
    for (n, other) in [(0, &third), (1, scene.here)] {
        let said = other.client().get("/v1/region").expect(200).json();
        operators[n].post_json("/v1/partners", &pin_input(&other.url, text(&said, "fingerprint"))).expect(201);
        publish(&operators[n], &terms).expect(201);
        act(&operators[n], &terms, "signature").expect(200);
    }
    import(&operators[0], &file(&operators[1], &terms)).expect(200);
    import(&operators[1], &file(&operators[0], &terms)).expect(200);
    operators[1].post_json("/v1/schemes", &with(scheme(), "/id", json!("330000:credit"))).expect(201);
    open(&operators[1], &person());
    (third, terms)
}

both! {
    fn whatever_answers_in_the_place_of_a_partner_leaves_the_transfer_and_is_named(world: &World) with [("partner_timeout", "2")] {
        let scene = Scene::of(world);
        let own = scene.begin(&[(0, 10)]).unwrap();
        let echo = json!({"message": message(world, &own, "offer")}).to_string();
        put(&world.app);
        let bad = [
            (loris(), "partners.timeout"),
            (site(Reply { pause: TIMEOUT * 2, ..Reply::ok("{}") }), "partners.timeout"),
            (site(Reply::ok("rubbish")), "transfers.kind"),
            (site(Reply::ok(vec![0xff; 1_000])), "transfers.kind"),
            (site(Reply::ok("{}")), "transfers.kind"),
            (site(Reply::ok(r#"{"message": "x"}"#)), "jws.parts"),
            (site(Reply::ok(echo)), "transfer.audience"),
            (site(Reply::to(&format!("{}/peer/messages", scene.there.url))), "partners.redirect"),
            (site(Reply::ok(vec![b' '; 200_000])), "bundle.too_large"),
            (site(Reply::ok("rubbish").header("content-encoding", "gzip")), "bundle.compression"),
            (site(Reply::status(500)), "partners.status"),
            (site(Reply::status(202)), "partners.status"),
            ("http://127.0.0.1:1".to_owned(), "partners.unreachable"),
        ];
        for (url, code) in bad {
            leads_to(world, "320000", &url);
            let id = scene.begin(&[(1, 5)]).unwrap();
            let started = Instant::now();
            assert_eq!(put(&world.app), 1, "{code}");
            assert!(started.elapsed() < TIMEOUT + MORE, "{code} took {:?}", started.elapsed());
            let column = |name| column(world, &id, name);
            assert_eq!((column("state").unwrap(), column("error")), ("reserved".into(), Some(code.to_owned())));
            assert_eq!(value(&scene.there, &format!("SELECT id AS value FROM transfers WHERE id = '{id}'")), None, "nothing was led there");
            leads_to(world, "320000", &scene.there.url);
            world.app.edge.shift(5);
            put(&world.app);
            assert_eq!((column("state").unwrap(), column("error")), ("settled".into(), None), "{code}");
        }
        scene.audit();
    }

    fn a_partner_that_answers_byte_by_byte_holds_up_no_other(world: &World) with [("partner_timeout", "2")] {
        let scene = Scene::of(world);
        let (_third, terms) = third(&scene);
        leads_to(world, "320000", &loris());
        let slow = scene.begin(&[(0, 10)]).unwrap();
        let wanted = Wanted { to: region("330000"), agreement: Digest::parse(&digest(&terms)).unwrap(), ..scene.wanted(&[(1, 10)]) };
        let quick = scene.ask(&wanted).unwrap();
        let app = world.app.clone();
        let putting = std::thread::spawn(move || put(&app));
        let started = Instant::now();
        while column(world, &quick, "state").unwrap() == "reserved" {
            assert!(started.elapsed() < MORE, "the other partner waits");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!((column(world, &slow, "state").unwrap(), column(world, &slow, "error")), ("reserved".into(), None), "it is still being asked");
        assert_eq!(putting.join().unwrap(), 2);
        assert_eq!(column(world, &slow, "error").unwrap(), "partners.timeout");
    }
}
