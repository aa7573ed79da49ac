//! Verification online: what was decided counts at once and on every server, old facts say their age, what cannot be read is not verified.

use std::time::Duration;

use hufu::access::Role;
use hufu::app::App;
use hufu::edge::Edge;
use serde_json::{Value, json};
use verifier::base64url;
use verifier::card::Card;

use super::support::held::Held;
use super::support::issuing::{body, draft, issue, replace, step, text, verdict};
use super::support::{Answer, Backend, Client, World};

/// Outcome, and the code of the first step that is not ok.
fn short(verdict: &Value) -> (String, String) {
    let bad = verdict["steps"].as_array().unwrap().iter().find(|s| s["result"] != "ok");
    (text(verdict, "outcome").to_owned(), bad.map_or(String::new(), |s| text(s, "code").to_owned()))
}

fn said(world: &World, presented: &str) -> (String, String) {
    short(&verdict(&world.client(), presented))
}

fn pair(outcome: &str, code: &str) -> (String, String) {
    (outcome.to_owned(), code.to_owned())
}

/// The verdict of another server on the same database.
fn elsewhere(app: &App, card: &str) -> (String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let verdict = runtime.block_on(hufu::verification::verify(app, None, card, None)).unwrap();
    short(&serde_json::to_value(verdict).unwrap())
}

both! {
    fn a_change_of_state_counts_at_once_here_and_within_two_seconds_elsewhere(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let card = text(&made, "card");
        let other = App::open(world.app.config.clone(), Edge::default()).unwrap();
        assert_eq!((said(world, card), elsewhere(&other, card)), (pair("valid", ""), pair("valid", "")));
        let fresh = issue(&body.client, &draft());
        assert_eq!(elsewhere(&other, text(&fresh, "card")), pair("valid", ""), "a card that was issued this instant");
        for (verb, wanted) in [("suspend", pair("invalid", "status.suspended")), ("reinstate", pair("valid", "")), ("revoke", pair("invalid", "status.revoked"))] {
            step(&body.client, &made, verb).expect(200);
            assert_eq!(said(world, card), wanted);
            std::thread::sleep(std::time::Duration::from_millis(1100));
            assert_eq!(elsewhere(&other, card), wanted);
        }
        let new = replace(&body.client, &fresh, &draft()).expect(201).json();
        assert_eq!(said(world, text(&fresh, "qr_text")), pair("invalid", "status.replaced"));
        assert_eq!(said(world, text(&new, "qr_text")), pair("valid", ""));
    }

    fn issuing_makes_no_facts_old_and_a_change_of_state_does(world: &World) {
        let body = body(world, 1);
        // The first certificate comes with the key that signs it.
        let made = issue(&body.client, &draft());
        let (commits, changes) = (world.app.db.commits(), world.app.db.changes());
        issue(&body.client, &draft());
        assert_eq!((world.app.db.commits() > commits, world.app.db.changes()), (true, changes));
        step(&body.client, &made, "suspend").expect(200);
        assert!(world.app.db.changes() > changes);
    }

    fn a_card_that_names_a_region_of_which_nothing_is_held_is_undetermined_online_and_on_the_command_line(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let mut claims = verifier::card::Card::parse(text(&made, "card")).unwrap().claims().clone();
        claims.iss = "320000".parse().unwrap();
        let id = body.id.clone();
        let row = world.app.db.read_now(move |conn| hufu::keys::of_provider(conn, &id)).unwrap().remove(0);
        let card = verifier::card::Card::sign(&claims, &world.app.keys.signer(&row).unwrap()).unwrap();
        let local = hufu::verification::Local::open(&world.app.config.database(), world.app.edge.now_ms()).unwrap();
        let offline = serde_json::to_value(local.verify(card.jws(), world.app.edge.now())).unwrap();
        assert_eq!((said(world, card.jws()), short(&offline)), (pair("undetermined", "signature.key_unknown"), pair("undetermined", "signature.key_unknown")));
        let own = serde_json::to_value(local.verify(text(&made, "card"), world.app.edge.now())).unwrap();
        assert_eq!(short(&own), pair("valid", ""));
    }

    fn a_card_of_a_provider_whose_key_was_there_before_its_list_is_valid_at_once(world: &World) {
        let body = body(world, 1);
        let now = world.app.edge.now();
        body.client.post_json(&format!("/v1/providers/{}/keys", body.id), &json!({"from_at": now, "until_at": now + 1000})).expect(201);
        world.client().get("/status/1/revocation").problem(404, "trust.no_list");
        let made = issue(&body.client, &draft());
        assert_eq!(said(world, text(&made, "card")), pair("valid", ""));
        world.client().get("/status/1/revocation").expect(200);
    }

    fn facts_that_cannot_be_renewed_grow_old_and_come_back(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let card = text(&made, "card");
        assert_eq!(said(world, card), pair("valid", ""));
        world.sql("ALTER TABLE revisions RENAME TO away").unwrap();
        assert_eq!(said(world, card), pair("valid", ""));
        world.app.edge.shift(61);
        let old = verdict(&world.client(), card);
        assert_eq!(short(&old), pair("valid-as-of", ""));
        assert!(old["as_of"].as_i64().unwrap() <= world.app.edge.now() - 60, "{old}");
        world.app.edge.shift(86_400);
        assert_eq!(said(world, card), pair("undetermined", "facts.expired"));
        world.sql("ALTER TABLE away RENAME TO revisions").unwrap();
        world.app.edge.shift(1);
        assert_eq!(said(world, card), pair("valid", ""));
    }

    fn a_card_is_read_in_every_form_and_from_any_host(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let (card, qr) = (text(&made, "card"), text(&made, "qr_text"));
        let digits = qr.split_once('#').unwrap().1;
        for form in [card.to_owned(), qr.to_owned(), digits.to_owned(), format!("https://elsewhere.test/x#{digits}"), format!("https://a.test/#{card}"), format!("  {card}\n")] {
            assert_eq!(said(world, &form), pair("valid", ""), "{form}");
        }
    }

    fn what_was_changed_is_invalid_and_what_cannot_be_read_is_not_verified(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let (card, digits) = (text(&made, "card").to_owned(), text(&made, "qr_text").split_once('#').unwrap().1.to_owned());
        let parts: Vec<&str> = card.split('.').collect();
        let claims = Card::parse(&card).unwrap().payload();
        let forged = base64url::encode(String::from_utf8(claims).unwrap().replace("\"lvl\":3", "\"lvl\":5").as_bytes());
        let none = base64url::encode(br#"{"alg":"none","typ":"hf1+jwt"}"#);
        let crit = base64url::encode(format!(r#"{{"alg":"EdDSA","crit":["x"],"kid":"{}","typ":"hf1+jwt"}}"#, Card::parse(&card).unwrap().kid()).as_bytes());
        // The last character of 64 bytes in base64url carries four bits that must be zero.
        let stray = format!("{}{}", &card[..card.len() - 1], if card.ends_with('A') { 'B' } else { 'R' });
        for (presented, outcome) in [
            (format!("{}.{forged}.{}", parts[0], parts[2]), "invalid"),
            (format!("{none}.{}.", parts[1]), "invalid"),
            (format!("{crit}.{}.{}", parts[1], parts[2]), "invalid"),
            (format!("{card}="), "invalid"),
            (stray, "invalid"),
            (digits[..digits.len() - 1].to_owned(), "undetermined"),
            (format!("{digits}1"), "undetermined"),
            ("9".repeat(289), "undetermined"),
            ("https://shop.example/item?id=42".to_owned(), "undetermined"),
            ("13800138000".to_owned(), "undetermined"),
            (text(&made, "number").to_owned(), "undetermined"),
            (String::new(), "undetermined"),
            ("a\u{0}b".to_owned(), "undetermined"),
            ("x".repeat(8192), "undetermined"),
        ] {
            let verdict = verdict(&world.client(), &presented);
            assert_eq!(verdict["outcome"], outcome, "{presented}: {verdict}");
            assert!(verdict.get("certificate").is_none(), "nothing is shown that nobody signed: {verdict}");
        }
    }

    fn a_payload_that_inflates_too_far_is_no_card(world: &World) {
        // Raw DEFLATE is a gzip stream (RFC 1952) without its ten bytes of header and eight of trailer.
        let stream = verifier::status::gzip(&[b' '; 200_000]);
        let bomb = [&[2][..], &[7; 6], &stream[10..stream.len() - 8], &[0; 64]].concat();
        let digits: String = bomb.chunks(7).map(|group| {
            let value = group.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            format!("{value:0width$}", width = [0, 3, 5, 8, 10, 13, 15, 17][group.len()])
        }).collect();
        assert_eq!(said(world, &digits), pair("invalid", "hf1.too_large"));
    }

    fn many_texts_and_bare_numbers_are_for_those_who_may(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let made = issue(&one.client, &draft());
        let texts = json!({"texts": [made["card"], "nonsense", made["number"]]});
        world.client().post_json("/v1/verify", &texts).problem(403, "verification.many");
        let outcomes = |client: &Client| -> Vec<String> {
            let answer = client.post_json("/v1/verify", &texts).expect(200).json();
            answer["verdicts"].as_array().unwrap().iter().map(|v| text(v, "outcome").to_owned()).collect()
        };
        assert_eq!(outcomes(&world.signed_in(Role::Partner, None)), ["valid", "undetermined", "valid"]);
        assert_eq!(outcomes(&one.client), ["valid", "undetermined", "valid"]);
        assert_eq!(outcomes(&two.client), ["valid", "undetermined", "undetermined"], "somebody else's number says nothing");
    }

    fn what_is_not_a_request_to_verify_is_refused(world: &World) {
        let partner = world.signed_in(Role::Partner, None);
        for (input, field) in [
            (json!({}), "text"),
            (json!({"text": "x".repeat(8193)}), "text"),
            (json!({"texts": []}), "texts"),
            (json!({"texts": vec!["x"; 101]}), "texts"),
            (json!({"texts": ["x".repeat(8193)]}), "texts"),
            (json!({"text": "x", "texts": ["x"]}), "texts"),
        ] {
            assert_eq!(partner.post_json("/v1/verify", &input).problem(422, "verification.input")["field"], field);
        }
        partner.post_json("/v1/verify", &json!({"texts": vec!["x"; 100]})).expect(200);
        partner.post_json("/v1/verify", &json!({"text": 5})).problem(422, "http.field");
        partner.post_json("/v1/verify", &json!({"text": "x", "region": "y"})).problem(422, "http.unknown_field");
        partner.post_json("/v1/verify", &json!({"text": "x", "place": "y"})).problem(422, "ids.region_shape");
        partner.post_raw("/v1/verify", "application/json", &vec![b' '; 1024 * 1024 + 1]).problem(413, "http.too_large");
        world.client().bearer("x").post_json("/v1/verify", &json!({"text": "x"})).problem(401, "access.unauthenticated");
    }

    fn a_look_up_needs_number_and_name_and_tells_no_more(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let ask = |number: &str, name: &str| world.client().post_json("/v1/certificates:query", &json!({"number": number, "name": name})).expect(200);
        let number = text(&made, "number");
        for (number, name) in [(number.to_owned(), "欧阳静"), (format!(" {} ", number.to_lowercase()), "欧阳 静")] {
            let found = ask(&number, name).json();
            assert_eq!((&found["found"], &found["verdict"]["outcome"]), (&json!(true), &json!("valid")), "{number}");
        }
        let misses = [ask(number, "欧阳"), ask(number, "x"), ask("HF31000020260000000000X", "欧阳静"), ask("x", "欧阳静"), ask("%00", "'--")];
        for miss in &misses {
            assert_eq!(miss.text(), r#"{"found":false,"verdict":null}"#);
            let names = |a: &Answer| a.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(names(miss), names(&misses[0]));
        }
        step(&body.client, &made, "revoke").expect(200);
        assert_eq!(ask(number, "欧阳静").json()["verdict"]["outcome"], "invalid");
        for (field, input) in [
            ("name", json!({"number": number, "name": " "})),
            ("name", json!({"number": number, "name": "字".repeat(101)})),
            ("number", json!({"number": "A\u{0}B", "name": "x"})),
            ("name", json!({"number": number})),
        ] {
            assert_eq!(world.client().post_json("/v1/certificates:query", &input).problem(422, "http.field")["field"], field);
        }
    }

    fn who_looks_up_too_often_is_told_when_to_come_back(world: &World) with [("lookup_per_minute", "3")] {
        let ask = || world.client().post_json("/v1/certificates:query", &json!({"number": "X123", "name": "x"}));
        for _ in 0..3 {
            ask().expect(200);
        }
        let refused = ask();
        assert!((1..=60).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
        refused.problem(429, "http.rate_limited");
        world.client().post_json("/v1/verify", &json!({"text": "x"})).expect(200);
    }
}

/// Facts that take longer to read than anybody waits; SQLite has nothing that holds up a reader.
#[test]
fn facts_that_take_long_are_read_to_their_end_and_count_from_then_on() {
    let Some(world) = World::with(Backend::Postgres, &[]) else { return };
    let body = body(&world, 1);
    let made = issue(&body.client, &draft());
    world.client().get("/status/1/revocation").expect(200);
    let version = || world.app.trust.held().list(1).unwrap().version;
    let before = version();
    step(&body.client, &made, "revoke").expect(200);
    let held = Held::by(&world, "LOCK TABLE status_lists IN ACCESS EXCLUSIVE MODE");
    world.client().get("/status/1/revocation").expect(200);
    assert_eq!(version(), before, "answered from the last facts");
    held.let_go();
    let asked_by_nobody = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        version() > before
    });
    assert!(asked_by_nobody);
}
