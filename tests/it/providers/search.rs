//! Lists of providers: what is asked for is found, nothing else, a page at a time.

use hufu::access::Role;
use serde_json::{Value, json};

use super::{PATH, bar, change, code, found, provider, register, today, with};
use crate::support::{World, percent};

/// Registers providers with these names (Chinese, English) and kinds, numbered from 1.
fn register_all(world: &World, rows: &[(&str, &str, &str)]) -> Vec<Value> {
    let operator = world.signed_in(Role::Operator, None);
    let body = |(n, (zh, en, kind)): (usize, &(&str, &str, &str))| {
        let body = with(provider(n as u32 + 1, "2026-01-01"), "/name_zh", json!(zh));
        with(with(body, "/name_en", json!(en)), "/kind", json!(kind))
    };
    rows.iter().enumerate().map(|row| register(&operator, &body(row))).collect()
}

fn codes(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|n| code(*n)).collect()
}

both! {
    fn a_text_is_found_in_names_and_codes_and_means_itself(world: &World) {
        register_all(world, &[
            ("上海一百%技能中心", "Shanghai 100% Skills", "social"),
            ("上海下划_线学校", "Under_score School", "school"),
            ("反斜\\杠公司", "Back\\slash Ltd", "employer"),
            ("École 中心", "Élysée Centre 100x", "social"),
        ]);
        let code_3 = code(3);
        let table: &[(&str, &[u32])] = &[
            ("上海", &[1, 2]),
            ("%", &[1]),
            ("100%", &[1]),
            ("_", &[2]),
            ("r_s", &[2]),
            ("\\", &[3]),
            ("\\s", &[3]),
            ("'", &[]),
            ("\"", &[]),
            ("shanghai", &[1]),
            ("SCHOOL", &[2]),
            ("Élysée", &[4]),
            ("École", &[4]),
            (&code_3, &[3]),
            (&code_3[8..].to_lowercase(), &[3]),
            ("没有", &[]),
        ];
        for (q, numbers) in table {
            assert_eq!(found(world, &format!("q={}", percent(q))), codes(numbers), "{q}");
        }
        assert_eq!(found(world, "kind=school"), codes(&[2]));
        assert_eq!(found(world, "kind=social&q=100"), codes(&[1, 4]));
    }

    fn class_and_occupation_are_those_of_the_day(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let scope = |n, occupations: Value| with(provider(n, "2026-01-01"), "/interval/scope/occupations", occupations);
        let first = register(&operator, &scope(1, json!(["6-31-"])));
        register(&operator, &scope(2, json!(["6-31-01-03", "4-04-05-05"])));
        register(&operator, &with(scope(3, json!([])), "/interval/class", json!("B")));
        let fourth = register(&operator, &scope(4, json!(["6-25-02-"])));
        let demoted = with(with(scope(1, json!(["6-25-"]))["interval"].clone(), "/class", json!("C")), "/from", json!("2026-06-01"));
        change(&operator, &first, &demoted).expect(201);
        change(&operator, &fourth, &bar("2026-07-01")).expect(201);
        let table: &[(&str, &[u32])] = &[
            ("listed_on=2025-12-31", &[]),
            ("listed_on=2026-01-01", &[1, 2, 3, 4]),
            ("listed_on=2026-07-01", &[1, 2, 3]),
            ("listed_on=2026-05-31&class=A", &[1, 2, 4]),
            ("listed_on=2026-06-01&class=A", &[2, 4]),
            ("listed_on=2026-06-01&class=C", &[1]),
            ("class=A", &[2]),
            ("listed_on=2026-02-01&occupation=6-31-01-03", &[1, 2, 3]),
            ("listed_on=2026-02-01&occupation=6-31-01-", &[1, 2, 3]),
            ("listed_on=2026-02-01&occupation=6-31-01-04", &[1, 3]),
            ("listed_on=2026-02-01&occupation=6-", &[1, 2, 3, 4]),
            ("listed_on=2026-02-01&occupation=6-25-02-05", &[3, 4]),
            ("listed_on=2026-02-01&occupation=5-", &[3]),
            ("occupation=6-31-01-04", &[3]),
            ("occupation=6-25-", &[1, 3]),
            ("occupation=4-&class=A", &[2]),
        ];
        for (query, numbers) in table {
            assert_eq!(found(world, query), codes(numbers), "{query}");
        }
    }

    fn a_list_shows_what_each_provider_is_on_the_day(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-01-01"));
        let tomorrow = today(world).add_days(1).to_string();
        change(&operator, &made, &bar(&tomorrow)).expect(201);
        let item = |query: &str| world.client().get(&format!("{PATH}{query}")).expect(200).json()["items"][0].clone();
        let now = item("");
        assert_eq!(now["interval"]["standing"], "listed");
        assert_eq!(now["interval"]["until"], json!(tomorrow));
        assert_eq!(now["timeline"], Value::Null);
        world.app.edge.shift(86_400);
        assert_eq!(item("")["interval"]["standing"], "barred");
        world.app.edge.shift(4 * 366 * 86_400);
        assert_eq!(item("").get("interval"), None, "after its bar it is not listed");
    }

    fn pages_follow_one_another_and_miss_nobody(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        for n in 1..=5 {
            register(&operator, &provider(n, "2026-01-01"));
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = world.client().get(&format!("{PATH}?limit=2{after}")).expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|p| p["credit_code"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen, codes(&[1, 2, 3, 4, 5]));
    }

    fn every_wrong_query_is_refused_by_name(world: &World) {
        let long = format!("q={}", "a".repeat(65));
        let table = [
            (long.as_str(), "q"), ("q=", "q"), ("q=a%00b", "q"), ("q=%0A", "q"), ("kind=club", "kind"), ("class=E", "class"), ("class=a", "class"),
            ("listed_on=2026-02-30", "listed_on"), ("listed_on=", "listed_on"), ("occupation=6-3", "occupation"), ("occupation=%25", "occupation"),
            ("limit=0", "limit"), ("limit=201", "limit"), ("after=%27", "after"), ("after=", "after"), ("name=x", "name"),
        ];
        for (query, field) in table {
            let problem = world.client().get(&format!("{PATH}?{query}")).problem(400, "http.query");
            assert_eq!(problem["field"], field, "{query}");
        }
        assert_eq!(found(world, &format!("q={}", percent(&"沪".repeat(64)))), [] as [&str; 0]);
    }
}
