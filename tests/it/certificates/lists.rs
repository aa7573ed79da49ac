//! Lists: every filter, pages that lose and repeat nothing, and what a query may not say.

use hufu::access::Role;
use serde_json::{Value, json};

use crate::support::Client;
use crate::support::issuing::{RESIDENT, body, draft, issue, step, text, with};

const PATH: &str = "/v1/certificates";

fn numbers(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|c| text(c, "number").to_owned()).collect()
}

fn listed(client: &Client, query: &str) -> Vec<String> {
    numbers(&client.get(&format!("{PATH}?{query}")).expect(200).json())
}

/// Walks all pages of `limit` rows, calling `between` after each.
fn walk(client: &Client, limit: usize, mut between: impl FnMut()) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{PATH}?limit={limit}{after}")).expect(200).json();
        assert!(page["items"].as_array().unwrap().len() <= limit);
        seen.extend(numbers(&page));
        between();
        match page.get("next") {
            Some(next) => after = format!("&after={}", next.as_str().unwrap()),
            None => return seen,
        }
    }
}

both! {
    fn each_filter_keeps_what_it_says_and_all_of_them_hold_together(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let a = with(draft(), "/number", json!("NUM-A"));
        let b = with(with(draft(), "/number", json!("NUM-B")), "/occupation", json!("6-31-02-01"));
        let c = with(with(draft(), "/number", json!("NUM-C")), "/level", json!(5));
        let d = with(with(draft(), "/number", json!("NUM-D")), "/assessed_on", json!("2026-01-31"));
        for draft in [a, b, c, d] {
            issue(&one.client, &draft);
        }
        let e = issue(&two.client, &with(with(draft(), "/number", json!("NUM-E")), "/occupation", json!("4-04-05-05")));
        step(&two.client, &e, "suspend").expect(200);
        let auditor = world.signed_in(Role::Auditor, None);
        let provider = format!("provider={}", two.id);
        for (query, wanted) in [
            ("", "ABCDE"),
            (provider.as_str(), "E"),
            ("provider=prov_0", ""),
            ("occupation=6-31-", "ABCD"),
            ("occupation=6-31-02-01", "B"),
            ("occupation=6-", "ABCD"),
            ("occupation=4-04-05-05", "E"),
            ("level=5", "C"),
            ("level=0", ""),
            ("status=issued", "ABCD"),
            ("status=suspended", "E"),
            ("status=revoked", ""),
            ("from=2026-02-01", "ABCE"),
            ("until=2026-10-18", "D"),
            ("from=2026-01-31&until=2026-02-01", "D"),
            ("number=NUM-C", "C"),
            ("number=NUM-Z", ""),
            ("occupation=6-31-&level=3&status=issued&from=2026-10-18&until=2026-10-19", "AB"),
        ] {
            let wanted: Vec<String> = wanted.chars().map(|c| format!("NUM-{c}")).collect();
            assert_eq!(listed(&auditor, query), wanted, "{query}");
        }
        assert_eq!(listed(&one.client, ""), ["NUM-A", "NUM-B", "NUM-C", "NUM-D"], "a provider's client sees its own");
    }

    fn pages_lose_and_repeat_nothing_while_others_are_inserted(world: &World) {
        let body = body(world, 1);
        let before: Vec<String> = (0..7).map(|_| text(&issue(&body.client, &draft()), "number").to_owned()).collect();
        assert_eq!(walk(&body.client, 7, || ()), before, "one full page is the last");
        assert_eq!(walk(&body.client, 3, || ()), before);
        let mut left = 4;
        let seen = walk(&body.client, 2, || {
            if left > 0 {
                left -= 1;
                issue(&body.client, &draft());
            }
        });
        assert_eq!(seen[..7], before, "in order of issue");
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (11, 11));
    }

    fn a_query_that_says_something_else_is_refused(world: &World) {
        let client = body(world, 1).client;
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=ten", ""),
            ("limit=1&limit=2", ""),
            ("after=", "after"),
            ("after=%00", "after"),
            ("after=cert-1", "after"),
            ("after=%27%20OR%201=1", "after"),
            ("level=8", "level"),
            ("level=three", ""),
            ("status=gone", "status"),
            ("from=2026-13-01", "from"),
            ("until=today", "until"),
            ("number=ab", "number"),
            ("number=A%00BC", "number"),
            ("occupation=6-3", "occupation"),
            ("occupation=6-31-%25", "occupation"),
            ("name=x", "name"),
        ] {
            let problem = client.get(&format!("{PATH}?{query}")).problem(400, "http.query");
            assert_eq!(problem["field"].as_str().unwrap_or(""), field, "{query}");
        }
        let operator = world.signed_in(Role::Operator, None);
        assert_eq!(operator.get(&format!("{PATH}?provider=%00")).problem(400, "http.query")["field"], "provider");
        assert_eq!(client.get(&format!("{PATH}?after=zzzz")).expect(200).json(), json!({"items": []}));
        assert_eq!(client.get(&format!("{PATH}?limit=200")).expect(200).json(), json!({"items": []}));
    }

    fn a_person_is_found_by_document_however_it_is_written(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        issue(&body.client, &with(draft(), "/holder/id_number", json!("340199199304179959")));
        let search = |kind: &str, number: &str| body.client.post_json("/v1/certificates:search", &json!({"id_type": kind, "id_number": number}));
        for number in [RESIDENT, "11010519491231002x"] {
            assert_eq!(numbers(&search("resident", number).expect(200).json()), [text(&made, "number")]);
        }
        assert_eq!(search("passport", "E12345678").expect(200).json(), json!({"items": []}));
        assert_eq!(search("resident", "110105194912310021").problem(422, "ids.document_check")["field"], "id_number");
        let auditor = world.signed_in(Role::Auditor, None).post_json("/v1/certificates:search", &json!({"id_type": "resident", "id_number": RESIDENT}));
        assert_eq!(numbers(&auditor.expect(200).json()), [text(&made, "number")]);
    }
}
