//! What is refused at issue: each input with its status, code and field, and nothing stored, no index and no row of evidence lost.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::jws::sign_compact;

use crate::support::issuing::{body, body_with, draft, issue, listing, step, stock, text, with};
use crate::support::{Answer, Client};

const PATH: &str = "/v1/certificates";

/// Pointer, value (null: the member is missing), status, code, field.
fn table() -> Vec<(&'static str, Value, u16, &'static str, &'static str)> {
    let credit = |path: &str, value: Value| {
        let good = json!({"scheme": "310000:credit", "amount": 200, "kind": "certificate"});
        json!([good, with(good.clone(), path, value)])
    };
    let long = "字".repeat(201);
    vec![
        ("/holder/id_number", json!("110105194912310021"), 422, "ids.document_check", "holder.id_number"),
        ("/holder/id_number", json!("11010519491331002X"), 422, "ids.document_birth_date", "holder.id_number"),
        ("/holder/id_number", json!("1101051949123100"), 422, "ids.document_shape", "holder.id_number"),
        ("/holder/id_number", json!(11010519491231u64), 422, "http.field", "holder.id_number"),
        ("/holder/id_type", json!("licence"), 422, "http.field", "holder.id_type"),
        ("/holder/name", json!(""), 422, "ids.text_length", "holder.name"),
        ("/holder/name", json!("三".repeat(101)), 422, "ids.text_length", "holder.name"),
        ("/holder/name", json!("张\u{0}三"), 422, "ids.text_character", "holder.name"),
        ("/holder/name", json!("张\u{202e}三"), 422, "ids.text_character", "holder.name"),
        ("/holder/name", json!("张3"), 422, "ids.name_character", "holder.name"),
        ("/holder/name", json!(["张三"]), 422, "http.field", "holder.name"),
        ("/holder/name", Value::Null, 422, "http.field", "holder.name"),
        ("/holder/age", json!(30), 422, "http.unknown_field", "holder.age"),
        ("/holder", Value::Null, 422, "http.field", "holder"),
        ("/type", json!("diploma"), 422, "ids.unknown_type", "type"),
        ("/type", json!("title"), 422, "providers.scope", "type"),
        ("/occupation", json!("6-31-1"), 422, "ids.occupation_shape", "occupation"),
        ("/occupation", json!("6-25-02-05"), 422, "providers.scope", "occupation"),
        ("/occupation", Value::Null, 422, "certificates.incomplete", "occupation"),
        ("/title", json!(5), 422, "http.field", "title"),
        ("/title", json!("电工\u{0}"), 422, "ids.text_character", "title"),
        ("/title", Value::Null, 422, "certificates.incomplete", "title"),
        ("/level", json!("3"), 422, "http.field", "level"),
        ("/level", json!(3.0), 422, "http.field", "level"),
        ("/level", json!(-1), 422, "http.field", "level"),
        ("/level", json!(256), 422, "http.field", "level"),
        ("/level", json!(8), 422, "ids.level_range", "level"),
        ("/level", json!(6), 422, "providers.scope", "level"),
        ("/level", Value::Null, 422, "certificates.incomplete", "level"),
        ("/grade", json!("A"), 422, "ids.unknown_grade", "grade"),
        ("/assessed_on", json!("2099-01-01"), 422, "certificates.assessed_in_future", "assessed_on"),
        ("/assessed_on", json!("1949-09-30"), 422, "certificates.assessed_too_early", "assessed_on"),
        ("/assessed_on", json!("2026-02-29"), 422, "time.no_such_day", "assessed_on"),
        ("/assessed_on", json!("2026-2-9"), 422, "time.day_shape", "assessed_on"),
        ("/assessed_on", json!(20261018), 422, "http.field", "assessed_on"),
        ("/valid_until", json!("2026-10-19"), 422, "certificates.valid_until", "valid_until"),
        ("/number", json!("AB"), 422, "ids.certificate_number_shape", "number"),
        ("/number", json!(123456), 422, "http.field", "number"),
        ("/standard", json!(long), 422, "certificates.standard", "standard"),
        ("/standard", json!("a\u{0}"), 422, "certificates.standard", "standard"),
        ("/evidence_digest", json!("A".repeat(64)), 422, "certificates.evidence_digest", "evidence_digest"),
        ("/credits", json!({}), 422, "http.field", "credits"),
        ("/credits", credit("/amount", json!(0)), 422, "certificates.credits", "credits[1].amount"),
        ("/credits", credit("/amount", json!(1.5)), 422, "http.field", "credits[1].amount"),
        ("/credits", credit("/amount", json!(1_000_000_001)), 422, "certificates.credits", "credits[1].amount"),
        ("/credits", credit("/scheme", json!("credit")), 422, "certificates.credits", "credits[1].scheme"),
        ("/credits", credit("/kind", json!("gift")), 422, "certificates.credits", "credits[1].kind"),
        ("/credits", credit("/course", json!("\u{0}")), 422, "certificates.credits", "credits[1].course"),
        ("/credits", json!(vec![json!({"scheme": "310000:credit", "amount": 1, "kind": "course"}); 21]), 422, "certificates.credits", "credits"),
        ("/status", json!("revoked"), 422, "http.unknown_field", "status"),
    ]
}

/// A body that is not JSON as it should be, status, code, field.
fn texts() -> Vec<(Vec<u8>, u16, &'static str, &'static str)> {
    let good = draft().to_string();
    let twice = good.replacen(r#""type":"#, r#""type":"training","type":"#, 1);
    let twice_within = good.replacen(r#""name":"#, r#""name":"张三","name":"#, 1);
    let mut broken = good.clone().into_bytes();
    let at = good.find("欧").unwrap();
    broken[at] = 0xff;
    let padded = |n: usize| format!("{good}{}", " ".repeat(n - good.len())).into_bytes();
    vec![
        (twice.into_bytes(), 400, "http.malformed", "type"),
        (twice_within.into_bytes(), 400, "http.malformed", "holder.name"),
        (broken, 400, "http.malformed", ""),
        (format!("{good}{good}").into_bytes(), 400, "http.malformed", ""),
        (good.as_bytes()[..good.len() - 1].to_vec(), 400, "http.malformed", ""),
        (Vec::new(), 400, "http.malformed", ""),
        (b"null".to_vec(), 422, "http.field", ""),
        (padded(64 * 1024 + 1), 413, "http.too_large", ""),
    ]
}

#[track_caller]
fn refused(answer: Answer, status: u16, code: &str, field: &str) {
    let problem = answer.problem(status, code);
    assert_eq!(problem["field"].as_str().unwrap_or(""), field, "{problem}");
}

fn post(client: &Client) -> Answer {
    client.post_json(PATH, &draft())
}

both! {
    fn each_bad_field_is_named_with_its_rule_and_nothing_is_stored(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let before = stock(world);
        for (path, value, status, code, field) in table() {
            let answer = body.client.header("idempotency-key", "one").post_json(PATH, &with(draft(), path, value.clone()));
            assert_eq!(answer.status, status, "{path} {value}: {answer}");
            refused(answer, status, code, field);
        }
        assert_eq!(stock(world), before);
        let next = issue(&body.client.header("idempotency-key", "one"), &draft());
        assert_eq!(next["status_entry"]["index"], 1, "no index was lost, and a refusal does not use up its key");
    }

    fn a_body_that_is_not_strict_json_is_refused(world: &World) {
        let body = body(world, 1);
        let before = stock(world);
        for (bytes, status, code, field) in texts() {
            refused(body.client.post_raw(PATH, "application/json", &bytes), status, code, field);
        }
        refused(body.client.post_raw(PATH, "text/plain", draft().to_string().as_bytes()), 415, "http.media_type", "content-type");
        assert_eq!(stock(world), before);
        let exact = format!("{}{}", draft(), " ".repeat(64 * 1024 - draft().to_string().len()));
        body.client.post_raw(PATH, "application/json", exact.as_bytes()).expect(201);
    }

    fn ten_megabytes_are_refused_before_they_are_read(world: &World) {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&world.url["http://".len()..]).unwrap();
        let client = body(world, 1).client;
        let head = format!("POST {PATH} HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 10485760\r\n");
        write!(stream, "{head}authorization: Bearer {}\r\n\r\n", client.token()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413");
    }

    fn names_of_every_script_are_accepted(world: &World) {
        let body = body(world, 1);
        for name in ["𠮷野", "\u{30000}\u{31350}", "㛃", "ئابدۇللا مەمەت", "阿卜杜拉·买买提", "Anne-Marie d'Arc", "བསྟན་འཛིན", &"𠮷".repeat(100)] {
            let made = issue(&body.client, &with(draft(), "/holder/name", json!(name)));
            assert_eq!(made["holder"]["name"], *name);
            let found = json!({"number": made["number"], "name": name});
            assert_eq!(world.client().post_json("/v1/certificates:query", &found).expect(200).json()["found"], true, "{name}");
        }
    }

    fn a_provider_without_standing_issues_nothing_and_gets_no_key(world: &World) {
        let tomorrow = hufu::providers::service::today(&world.app).add_days(1).to_string();
        let bar = json!({"standing": "barred", "from": "2026-01-01", "cause": "伪造成绩"});
        for (n, interval, code) in [
            (1, bar, "providers.barred"),
            (2, with(listing(), "/class", json!("D")), "providers.class"),
            (3, with(listing(), "/flag", json!("red")), "providers.flag"),
            (4, with(listing(), "/from", json!(tomorrow)), "providers.not_listed"),
        ] {
            let body = body_with(world, n, &interval);
            let before = stock(world);
            refused(post(&body.client), 403, code, "");
            assert_eq!(stock(world), before, "{code}");
        }
    }

    fn a_bar_counts_from_its_first_day_and_a_listing_from_its_own(world: &World) {
        let body = body(world, 1);
        let today = hufu::providers::service::today(&world.app);
        let made = issue(&body.client, &draft());
        let intervals = format!("/v1/providers/{}/intervals", body.id);
        let bar = json!({"standing": "barred", "from": today.add_days(1).to_string(), "until": today.add_days(3).to_string(), "cause": "伪造成绩"});
        world.signed_in(Role::Operator, None).post_json(&intervals, &bar).expect(201);
        post(&body.client).expect(201);
        for (days, status) in [(1, 403), (1, 403), (1, 403)] {
            world.app.edge.shift(days * 86_400);
            let client = world.signed_in(Role::Provider, Some(&body.id));
            assert_eq!(post(&client).status, status);
            assert_eq!(step(&client, &made, "suspend").status, 200, "a barred provider still looks after what it issued");
            assert_eq!(step(&client, &made, "reinstate").status, 200);
        }
        let again = with(listing(), "/from", json!(today.add_days(3).to_string()));
        world.signed_in(Role::Operator, None).post_json(&intervals, &again).expect(201);
        post(&world.signed_in(Role::Provider, Some(&body.id))).expect(201);
    }

    fn only_a_good_token_of_this_registry_issues(world: &World) {
        let body = body(world, 1);
        let before = stock(world);
        let other = world.another(&[]);
        let foreign = super::body(&other, 1).client.token();
        let good = body.client.token();
        let claims = good.split('.').nth(1).and_then(|part| verifier::base64url::decode(part).ok()).unwrap();
        let signer = world.app.keys.token_signer();
        let kid = signer.public().thumbprint();
        let crafted = |header: &str| sign_compact(&header.replace("KID", &kid), &claims, &signer);
        let unsigned = format!("{}.{}.", verifier::base64url::encode(br#"{"typ":"at+jwt","alg":"none"}"#), good.split('.').nth(1).unwrap());
        let texts = [
            foreign,
            unsigned,
            crafted(r#"{"typ":"at+jwt","alg":"none","kid":"KID"}"#),
            crafted(r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID","crit":["exp"]}"#),
            crafted(r#"{"typ":"hf1+jwt","alg":"EdDSA","kid":"KID"}"#),
            format!("{good}="),
            good[..good.len() - 1].to_owned(),
            "x".to_owned(),
        ];
        for token in texts {
            refused(post(&world.client().bearer(&token)), 401, "access.unauthenticated", "authorization");
        }
        post(&world.client().bearer(&crafted(r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID"}"#))).expect(201);
        assert_eq!(stock(world).0[0], before.0[0] + 1);
        world.app.edge.shift(1000);
        refused(post(&body.client), 401, "access.unauthenticated", "authorization");
    }

    fn a_disabled_client_issues_nothing_from_the_next_request_on(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        step(&body.client, &made, "suspend").expect(200);
        let client = body.client.get(&format!("{PATH}/{}", text(&made, "id"))).json()["events"][0]["by"].as_str().unwrap().to_owned();
        world.signed_in(Role::Operator, None).post_json(&format!("/v1/clients/{client}/disable"), &json!({})).expect(200);
        let before = stock(world);
        post(&body.client).problem(401, "access.client_disabled");
        step(&body.client, &made, "revoke").problem(401, "access.client_disabled");
        assert_eq!(stock(world), before);
    }

    fn a_reason_is_one_line_of_200_characters(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let path = format!("{PATH}/{}/suspend", text(&made, "id"));
        let before = stock(world);
        for reason in ["", " a", "a\nb", "a\u{0}b", &"字".repeat(201)] {
            refused(body.client.post_json(&path, &json!({"reason": reason})), 422, "certificates.reason", "reason");
        }
        refused(body.client.post_json(&path, &json!({})), 422, "http.field", "reason");
        refused(body.client.post_json(&path, &json!({"reason": "a", "by": "b"})), 422, "http.unknown_field", "by");
        assert_eq!(stock(world), before);
        body.client.post_json(&path, &json!({"reason": "字".repeat(200)})).expect(200);
    }
}
