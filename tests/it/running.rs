//! The server itself: it answers, refuses, migrates, and stops in good order.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use hufu::app::App;
use hufu::edge::Edge;

both! {
    fn a_wrong_method_is_answered_with_the_right_ones(world: &World) {
        let answer = world.client().send("DELETE", "/v1/region", None).expect(405);
        assert_eq!(answer.header("allow"), "GET");
        answer.problem(405, "http.method");
        assert_eq!(world.client().get("/v1/keys/x/revoke").expect(405).header("allow"), "POST");
        world.client().send("DELETE", "/v1/nowhere", None).problem(404, "http.no_route");
    }

    fn head_has_the_headers_of_get_and_no_body(world: &World) {
        let (head, get) = (world.client().send("HEAD", "/v1/region", None).expect(200), world.client().get("/v1/region").expect(200));
        assert_eq!(head.header("etag"), get.header("etag"));
        assert!(head.bytes.is_empty() && !get.bytes.is_empty());
    }

    fn the_probes_say_ok(world: &World) {
        for path in ["/health/live", "/health/ready"] {
            let answer = world.client().get(path).expect(200);
            assert_eq!(answer.json(), serde_json::json!({"status": "ok"}), "{path}");
        }
    }

    fn a_second_migration_changes_nothing(world: &World) {
        let again = hufu::db::migrate(&world.app.db).unwrap();
        assert_eq!(again.run, Vec::<String>::new());
        let folders = std::fs::read_dir("migrations").unwrap().filter(|e| e.as_ref().unwrap().path().is_dir()).count();
        assert_eq!(again.total, folders);
    }

    fn a_database_of_a_newer_program_is_refused_in_plain_words(world: &World) {
        world.sql("INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('9999', CURRENT_TIMESTAMP)").unwrap();
        let refused = App::open(world.app.config.clone(), Edge::default()).err().expect("a newer schema is not opened").to_string();
        assert!(refused.contains("newer version of hufu") && refused.contains("9999"), "{refused}");
    }

    fn the_served_openapi_document_is_the_generated_one(world: &World) {
        let answer = world.client().get("/openapi.json").expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.text(), hufu::http::openapi::text());
    }

    fn an_unknown_address_is_a_problem_in_the_language_that_was_asked_for(world: &World) {
        for (asked, language, title) in [
            ("en-GB,en;q=0.9", "en", "there is nothing at this address"),
            ("zh-CN,zh;q=0.9", "zh-CN", "没有这个地址"),
            ("fr", "zh-CN", "没有这个地址"),
        ] {
            let answer = world.client().header("accept-language", asked).get("/nowhere");
            assert_eq!(answer.header("content-language"), language, "{asked}");
            assert_eq!(answer.problem(404, "http.no_route")["title"], title, "{asked}");
        }
    }

    fn every_answer_carries_the_security_headers_and_its_own_request_id(world: &World) {
        let mut ids = std::collections::BTreeSet::new();
        for path in ["/health/live", "/openapi.json", "/metrics", "/nowhere"] {
            let answer = world.client().get(path);
            for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer")] {
                assert_eq!(answer.header(name), value, "{path}");
            }
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert!(!answer.header("cache-control").is_empty(), "{path}");
            assert!(answer.header("x-request-id").starts_with("req_"), "{path}");
            ids.insert(answer.header("x-request-id").to_owned());
        }
        assert_eq!(ids.len(), 4);
    }

    fn the_metrics_count_by_route_and_never_by_address(world: &World) {
        world.client().get("/health/live").expect(200);
        world.client().get("/people/11010519491231002X").expect(404);
        let text = world.client().get("/metrics").expect(200).text().to_owned();
        assert!(text.contains(r#"hufu_requests_total{method="GET",route="/health/live",status="200"} 1"#), "{text}");
        assert!(text.contains(r#"route="none",status="404""#), "{text}");
        assert!(!text.contains("11010519491231002X"), "{text}");
    }

    fn ten_megabytes_are_refused_and_the_server_lives(world: &World) {
        let declared = "content-length: 10000000\r\n\r\n".to_owned() + &"x".repeat(100_000);
        let chunked = format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n{}\r\n", 10_000_000, "x".repeat(2_000_000));
        for rest in [declared, chunked] {
            let mut request = TcpStream::connect(&world.url["http://".len()..]).unwrap();
            request.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let head = "POST /v1/verify HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n";
            // The server may hang up before it has read everything.
            let _ = request.write_all((head.to_owned() + &rest).as_bytes());
            let mut answer = [0; 12];
            request.read_exact(&mut answer).unwrap();
            assert_eq!(std::str::from_utf8(&answer).unwrap(), "HTTP/1.1 413");
        }
        world.client().get("/health/ready").expect(200);
    }

    fn a_stopping_server_finishes_the_request_it_has(world: &World) with [("pool_size", "1")] {
        // The probe below waits for the one connection that this thread holds.
        let (held, holds) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        std::thread::scope(move |scope| {
            scope.spawn(move || {
                let wait = world.app.db.read_now(|_| {
                    held.send(()).unwrap();
                    // Or the sender is gone, because the test has failed.
                    let _ = released.recv();
                    Ok(())
                });
                wait.unwrap();
            });
            holds.recv().unwrap();
            let mut request = TcpStream::connect(&world.url["http://".len()..]).unwrap();
            request.write_all(b"GET /health/live HTTP/1.1\r\nhost: test\r\n\r\nGET /health/ready HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").unwrap();
            // The server has the connection, and takes the second request when it has answered the first.
            let first = request.read(&mut [0; 4096]).unwrap();
            assert!(first > 0);
            std::thread::sleep(Duration::from_millis(300));
            let stopping = scope.spawn(|| world.stop());
            while TcpStream::connect(&world.url["http://".len()..]).is_ok() {
                std::thread::sleep(Duration::from_millis(10));
            }
            // Longer than a worker takes to look whether it may end.
            std::thread::sleep(Duration::from_millis(1500));
            assert!(!stopping.is_finished(), "the server stopped before it had answered");
            release.send(()).unwrap();
            let mut answer = String::new();
            request.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
            stopping.join().unwrap();
        });
    }
}
