//! Providers: registered and changed by an operator, read and searched by anybody, and what their timelines allow.

mod search;
mod timeline;

use hufu::access::Role;
use hufu::db;
use hufu::providers::service;
use serde_json::{Value, json};
use verifier::time::Day;

use super::support::issuing::{credit_code as code, with};
use super::support::{Answer, Client, World};

const PATH: &str = "/v1/providers";

fn today(world: &World) -> Day {
    service::today(&world.app)
}

fn listing(from: &str) -> Value {
    json!({
        "class": "A", "flag": "green", "from": from, "cause": "沪人社职〔2026〕12 号",
        "scope": {"occupations": ["6-31-", "4-04-05-05"], "level_min": 1, "level_max": 5, "types": ["skill-level", "training"]},
    })
}

fn bar(from: &str) -> Value {
    json!({"standing": "barred", "from": from, "cause": "伪造成绩"})
}

fn provider(n: u32, from: &str) -> Value {
    json!({"credit_code": code(n), "name_zh": format!("示例评价中心{n}"), "name_en": format!("Example Centre {n}"), "kind": "social", "interval": listing(from)})
}

fn register(client: &Client, body: &Value) -> Value {
    client.post_json(PATH, body).expect(201).json()
}

fn change(client: &Client, provider: &Value, body: &Value) -> Answer {
    client.post_json(&format!("{PATH}/{}/intervals", provider["id"].as_str().unwrap()), body)
}

fn found(world: &World, query: &str) -> Vec<String> {
    let page = world.client().get(&format!("{PATH}?{query}")).expect(200).json();
    page["items"].as_array().unwrap().iter().map(|p| p["credit_code"].as_str().unwrap().to_owned()).collect()
}

/// `from..until standing` of every interval of a timeline.
fn spans(provider: &Value) -> Vec<String> {
    let word = |v: &Value| v.as_str().unwrap_or("").to_owned();
    let span = |i: &Value| format!("{}..{} {}", word(&i["from"]), word(&i["until"]), word(&i["standing"]));
    provider["timeline"].as_array().unwrap().iter().map(span).collect()
}

both! {
    fn a_registered_provider_is_read_by_id_and_by_credit_code(world: &World) {
        let before = world.app.db.read_now(|conn| db::revision(conn, "trust")).unwrap();
        let made = register(&world.signed_in(Role::Operator, None), &provider(1, "2026-03-01"));
        assert_eq!(made["credit_code"], code(1));
        assert_eq!(made["kind"], "social");
        let mut interval = listing("2026-03-01");
        interval["n"] = json!(1);
        interval["standing"] = json!("listed");
        interval["recorded_at"] = made["created_at"].clone();
        assert_eq!(made["timeline"], json!([interval]));
        for name in [made["id"].as_str().unwrap(), code(1).as_str()] {
            assert_eq!(world.client().get(&format!("{PATH}/{name}")).expect(200).json(), made);
        }
        let after = world.app.db.read_now(|conn| db::revision(conn, "trust")).unwrap();
        assert_eq!(after, before + 1, "running servers are told");
    }

    fn what_names_no_provider_is_not_found(world: &World) {
        register(&world.signed_in(Role::Operator, None), &provider(1, "2026-03-01"));
        for name in ["prov_1", code(2).as_str(), "%00", "a%00b", "%27", &"a".repeat(65), "%E6%B2%AA", &code(1).to_lowercase()] {
            let problem = world.client().get(&format!("{PATH}/{name}")).problem(404, "providers.not_found");
            assert_eq!(problem["field"], "id", "{name}");
        }
    }

    fn only_an_operator_registers_and_changes(world: &World) {
        let made = register(&world.signed_in(Role::Operator, None), &provider(1, "2026-03-01"));
        let id = made["id"].as_str().unwrap();
        world.client().post_json(PATH, &provider(2, "2026-03-01")).problem(401, "access.unauthenticated");
        change(&world.client(), &made, &bar("2026-06-01")).problem(401, "access.unauthenticated");
        for (role, acts_for) in [(Role::Provider, Some(id)), (Role::Partner, None), (Role::Auditor, None)] {
            let client = world.signed_in(role, acts_for);
            client.post_json(PATH, &provider(2, "2026-03-01")).problem(403, "access.forbidden");
            change(&client, &made, &bar("2026-06-01")).problem(403, "access.forbidden");
        }
        assert_eq!(found(world, "limit=200"), [code(1)]);
        assert_eq!(world.client().get(&format!("{PATH}/{id}")).expect(200).json(), made);
    }

    fn a_change_ends_the_open_interval_where_the_next_begins(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-03-01"));
        let next = with(listing("2026-06-01"), "/class", json!("C"));
        let changed = change(&operator, &made, &next).expect(201).json();
        assert_eq!(spans(&changed), ["2026-03-01..2026-06-01 listed", "2026-06-01.. listed"]);
        assert_eq!(changed["timeline"][0]["class"], "A");
        assert_eq!(changed["timeline"][1]["class"], "C");
        // By credit code too, and on the very day of the last: that one stays in the history, empty.
        let path = format!("{PATH}/{}/intervals", code(1));
        let corrected = operator.post_json(&path, &with(listing("2026-06-01"), "/class", json!("B"))).expect(201).json();
        assert_eq!(spans(&corrected), ["2026-03-01..2026-06-01 listed", "2026-06-01..2026-06-01 listed", "2026-06-01.. listed"]);
        assert_eq!(world.client().get(&format!("{PATH}/{}", code(1))).expect(200).json(), corrected);
    }

    fn a_bar_lasts_three_calendar_years_and_then_nothing_is_open(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2020-01-01"));
        let barred = change(&operator, &made, &bar("2020-02-29")).expect(201).json();
        assert_eq!(spans(&barred), ["2020-01-01..2020-02-29 listed", "2020-02-29..2023-02-28 barred"]);
        change(&operator, &made, &listing("2023-02-27")).problem(409, "providers.bar_stands");
        change(&operator, &made, &listing("2020-02-29")).problem(409, "providers.bar_stands");
        for (day, listed) in [("2019-12-31", false), ("2020-02-28", true), ("2020-02-29", false), ("2023-02-27", false), ("2023-02-28", false)] {
            assert_eq!(found(world, &format!("listed_on={day}")).len(), usize::from(listed), "{day}");
        }
        let again = change(&operator, &made, &listing("2023-05-01")).expect(201).json();
        assert_eq!(spans(&again)[1..], ["2020-02-29..2023-02-28 barred", "2023-05-01.. listed"]);
        assert_eq!(found(world, "listed_on=2023-04-30"), [] as [&str; 0]);
        assert_eq!(found(world, "listed_on=2023-05-01"), [code(1)]);
        let stated = change(&operator, &made, &with(bar("2024-01-01"), "/until", json!("2024-02-01"))).expect(201).json();
        assert_eq!(spans(&stated)[2..], ["2023-05-01..2024-01-01 listed", "2024-01-01..2024-02-01 barred"]);
    }

    fn a_bar_that_has_not_begun_can_be_corrected(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2020-01-01"));
        let tomorrow = today(world).add_days(1).to_string();
        change(&operator, &made, &bar(&tomorrow)).expect(201);
        let corrected = change(&operator, &made, &listing(&tomorrow)).expect(201).json();
        assert_eq!(
            spans(&corrected),
            [format!("2020-01-01..{tomorrow} listed"), format!("{tomorrow}..{tomorrow} barred"), format!("{tomorrow}.. listed")]
        );
    }

    fn every_wrong_registration_is_refused_by_name(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let good = provider(1, "2026-03-01");
        let late = today(world).add_months(12).add_days(1).to_string();
        let long = json!("长".repeat(101));
        let branches = json!(vec!["6-31-"; 101]);
        let table = [
            ("/credit_code", json!("91350100M000100Y44"), 422, "ids.credit_code_check", "credit_code"),
            ("/credit_code", json!("91350100m000100y43"), 422, "ids.credit_code_shape", "credit_code"),
            ("/credit_code", Value::Null, 422, "http.field", "credit_code"),
            ("/name_zh", json!(""), 422, "ids.text_length", "name_zh"),
            ("/name_zh", long.clone(), 422, "ids.text_length", "name_zh"),
            ("/name_zh", json!("示例\0中心"), 422, "ids.text_character", "name_zh"),
            ("/name_en", json!(" Centre"), 422, "ids.text_space", "name_en"),
            ("/name_en", json!(7), 422, "http.field", "name_en"),
            ("/kind", json!("club"), 422, "http.field", "kind"),
            ("/owner", json!("x"), 422, "http.unknown_field", "owner"),
            ("/interval", Value::Null, 422, "http.field", "interval"),
            ("/interval/class", Value::Null, 422, "providers.listing", "interval.class"),
            ("/interval/class", json!("E"), 422, "http.field", "interval.class"),
            ("/interval/flag", Value::Null, 422, "providers.listing", "interval.flag"),
            ("/interval/scope", Value::Null, 422, "providers.listing", "interval.scope"),
            ("/interval/standing", json!("barred"), 422, "providers.barring", "interval.class"),
            ("/interval/until", json!("2027-03-01"), 422, "providers.listing", "interval.until"),
            ("/interval/from", json!("2026-02-29"), 422, "time.no_such_day", "interval.from"),
            ("/interval/from", json!("1.3.2026"), 422, "time.day_shape", "interval.from"),
            ("/interval/from", json!(late), 422, "providers.too_far_ahead", "interval.from"),
            ("/interval/cause", json!(""), 422, "ids.text_length", "interval.cause"),
            ("/interval/cause", long, 422, "ids.text_length", "interval.cause"),
            ("/interval/scope/occupations", json!(["6-31-", "6-3"]), 422, "ids.occupation_prefix_shape", "interval.scope.occupations[1]"),
            ("/interval/scope/occupations", branches, 422, "providers.scope_length", "interval.scope.occupations"),
            ("/interval/scope/types", json!(["training", "training"]), 422, "providers.scope_length", "interval.scope.types"),
            ("/interval/scope/types", json!(["diploma"]), 422, "http.field", "interval.scope.types[0]"),
            ("/interval/scope/level_max", json!(8), 422, "ids.level_range", "interval.scope.level_max"),
            ("/interval/scope/level_min", json!(6), 422, "providers.scope_levels", "interval.scope.level_min"),
        ];
        for (path, value, status, code, field) in table {
            let problem = operator.post_json(PATH, &with(good.clone(), path, value)).problem(status, code);
            assert_eq!(problem["field"], field, "{path} {code}");
            assert_ne!(problem["rule"], "", "{path} {code}");
        }
        operator.post_json(PATH, &with(good.clone(), "/name_en", json!("x".repeat(64 * 1024)))).problem(413, "http.too_large");
        assert_eq!(found(world, ""), [] as [&str; 0], "a refused request leaves nothing behind");
        register(&operator, &good);
        let problem = operator.post_json(PATH, &with(good, "/name_zh", json!("别的名字"))).problem(409, "providers.exists");
        assert_eq!(problem["field"], "credit_code");
    }

    fn every_wrong_change_is_refused_by_name(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-03-01"));
        let late = today(world).add_months(12).add_days(1).to_string();
        let table = [
            (listing("2026-02-28"), 409, "providers.before_last", "from"),
            (bar("2026-02-28"), 409, "providers.before_last", "from"),
            (bar(&late), 422, "providers.too_far_ahead", "from"),
            (with(bar("2026-04-01"), "/until", json!("2026-04-01")), 422, "providers.until", "until"),
            (with(bar("2026-04-01"), "/until", json!("2026-13-01")), 422, "time.no_such_day", "until"),
            (with(bar("2026-04-01"), "/flag", json!("red")), 422, "providers.barring", "flag"),
            (with(bar("2026-04-01"), "/standing", json!("closed")), 422, "http.field", "standing"),
            (with(bar("2026-04-01"), "/cause", json!("a\u{202e}b")), 422, "ids.text_character", "cause"),
            (with(bar("2026-04-01"), "/n", json!(2)), 422, "http.unknown_field", "n"),
        ];
        for (body, status, code, field) in table {
            let problem = change(&operator, &made, &body).problem(status, code);
            assert_eq!(problem["field"], field, "{body}");
        }
        change(&operator, &json!({"id": "prov_0"}), &bar("2026-04-01")).problem(404, "providers.not_found");
        assert_eq!(world.client().get(&format!("{PATH}/{}", code(1))).expect(200).json(), made);
    }

    fn a_repeated_request_with_its_key_gets_the_first_answer(world: &World) {
        let operator = world.signed_in(Role::Operator, None).header("idempotency-key", "k1");
        let made = register(&operator, &provider(1, "2026-03-01"));
        let repeated = operator.post_json(PATH, &provider(1, "2026-03-01")).expect(201);
        assert_eq!(repeated.header("idempotency-replayed"), "true");
        assert_eq!(repeated.json(), made);
        operator.post_json(PATH, &provider(2, "2026-03-01")).problem(409, "http.idempotency_conflict");
        let operator = operator.header("idempotency-key", "k2");
        let changed = change(&operator, &made, &bar("2026-04-01")).expect(201).json();
        assert_eq!(change(&operator, &made, &bar("2026-04-01")).expect(201).json(), changed);
        assert_eq!(found(world, ""), [code(1)]);
    }

    fn answers_may_be_kept_for_a_minute_and_are_not_sent_twice(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-03-01"));
        for path in [PATH.to_owned(), format!("{PATH}/{}", code(1))] {
            let first = world.client().get(&path).expect(200);
            assert_eq!(first.header("cache-control"), "public, max-age=60");
            let held = world.client().header("if-none-match", first.header("etag"));
            let second = held.get(&path).expect(304);
            assert_eq!((second.header("etag"), second.bytes.len()), (first.header("etag"), 0));
            let packed = world.client().header("accept-encoding", "gzip").get(&path).expect(200);
            assert_eq!((packed.header("content-encoding"), packed.header("etag")), ("gzip", format!("W/{}", first.header("etag")).as_str()));
            world.client().header("if-none-match", packed.header("etag")).get(&path).expect(304);
            let cause = path.len().to_string();
            change(&operator, &made, &with(listing("2026-04-01"), "/cause", json!(cause))).expect(201);
            assert_ne!(held.get(&path).expect(200).bytes, first.bytes);
        }
    }
}
