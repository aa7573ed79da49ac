//! What a person gets of what is held: certificates, and everything, in full, and nothing of anybody else.

use std::collections::BTreeSet;

use hufu::access::Role;
use serde_json::{Value, json};

use super::{hong_kong, passport};
use crate::support::issuing::{RESIDENT, body, draft, issue, learner_of, lines, open, person, step, text, with};
use crate::support::{Backend, Client};

/// A certificate for a person.
fn certificate(client: &Client, person: &Value) -> Value {
    issue(client, &with(draft(), "/holder", person.clone()))
}

fn export(client: &Client) -> Value {
    let answer = client.get("/v1/account/export").expect(200);
    assert_eq!(answer.header("content-disposition"), r#"attachment; filename="hufu-account.json""#);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"));
    answer.json()
}

both! {
    fn the_own_certificates_are_those_of_every_document_of_the_person(world: &World) {
        let (one, two, operator) = (body(world, 1), body(world, 2), world.signed_in(Role::Operator, None));
        let (a, b) = (open(&one.client, &person()), open(&one.client, &passport("欧阳静")));
        let made = [certificate(&one.client, &person()), certificate(&two.client, &passport("欧阳静"))];
        certificate(&one.client, &hong_kong("张三"));
        step(&one.client, &made[0], "suspend").expect(200);
        let numbers = |client: &Client| {
            let page = client.get("/v1/account/certificates").expect(200).json();
            page["items"].as_array().unwrap().iter().map(|c| text(c, "number").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&learner_of(world, &one.client, &a)), [text(&made[0], "number")]);
        operator.post_json(&format!("/v1/learners/{}/merge", text(&a, "id")), &json!({"into": b["id"], "reason": "one person"})).expect(200);
        let me = learner_of(world, &one.client, &b);
        assert_eq!(numbers(&me), [text(&made[0], "number"), text(&made[1], "number")]);
        let page = me.get("/v1/account/certificates?limit=1").expect(200).json();
        let first = &page["items"][0];
        assert_eq!((&first["status"], &first["title"], &first["level"]), (&json!("suspended"), &json!("电工"), &json!(3)));
        assert_eq!(first["qr_text"], made[0]["qr_text"]);
        let rest = me.get(&format!("/v1/account/certificates?limit=1&after={}", text(&page, "next"))).expect(200).json();
        assert_eq!((rest["items"][0]["number"].clone(), rest.get("next")), (made[1]["number"].clone(), None));
        me.get("/v1/account/certificates?limit=201").problem(400, "http.query");
    }

    fn the_code_of_a_certificate_is_drawn_for_its_person_and_nobody_else(world: &World) {
        let one = body(world, 1);
        let (a, b) = (open(&one.client, &person()), open(&one.client, &hong_kong("张三")));
        let made = certificate(&one.client, &person());
        let path = format!("/v1/account/certificates/{}/qr.svg", text(&made, "id"));
        let me = learner_of(world, &one.client, &a);
        assert_eq!(me.get("/v1/account/certificates").expect(200).json()["items"][0]["id"], made["id"]);
        let drawn = me.get(&path).expect(200);
        assert_eq!((drawn.header("content-type"), drawn.header("cache-control")), ("image/svg+xml", "no-store"));
        assert_eq!(drawn.text(), one.client.get(&format!("/v1/certificates/{}/qr.svg", text(&made, "id"))).expect(200).text());
        learner_of(world, &one.client, &b).get(&path).problem(404, "certificates.not_found");
        me.get("/v1/account/certificates/cert_1/qr.svg").problem(404, "certificates.not_found");
        me.get(&format!("{path}?level=H")).problem(400, "http.query");
        for nobody in [&world.client(), &one.client] {
            nobody.get(&path).problem(401, "access.unauthenticated");
        }
    }

    fn an_export_holds_everything_of_the_person_and_nothing_of_others(world: &World) {
        let (one, two, operator) = (body(world, 1), body(world, 2), world.signed_in(Role::Operator, None));
        let (a, b) = (open(&one.client, &person()), open(&two.client, &passport("欧阳静")));
        let other = open(&one.client, &hong_kong("张三"));
        let mine = [certificate(&one.client, &person()), certificate(&two.client, &passport("欧阳静"))];
        let foreign = certificate(&one.client, &hong_kong("张三"));
        step(&one.client, &mine[0], "suspend").expect(200);
        learner_of(world, &one.client, &other);
        learner_of(world, &one.client, &a);
        operator.post_json(&format!("/v1/learners/{}/merge", text(&a, "id")), &json!({"into": b["id"], "reason": "one person"})).expect(200);
        let all = export(&learner_of(world, &two.client, &b));
        let rows = |name: &str| all[name].as_array().unwrap_or_else(|| panic!("no {name} in {all}"));
        let of = |name: &str, member: &str| rows(name).iter().map(|row| row[member].clone()).collect::<Vec<_>>();
        assert_eq!(of("accounts", "id"), [a["id"].clone(), b["id"].clone()]);
        assert_eq!(of("accounts", "id_number"), [json!(RESIDENT), json!("E12345678")]);
        assert_eq!(of("accounts", "merged_into"), [b["id"].clone(), Value::Null]);
        assert_eq!(of("account_events", "kind"), [json!("opened"), json!("opened"), json!("code"), json!("merged"), json!("code")]);
        assert_eq!((rows("account_codes").len(), rows("account_sessions").len()), (2, 2));
        assert_eq!(of("account_views", "what"), [json!("opening"), json!("opening"), json!("code"), json!("code")]);
        assert_eq!(of("certificates", "number"), [mine[0]["number"].clone(), mine[1]["number"].clone()]);
        assert_eq!(of("certificates", "card"), [mine[0]["card"].clone(), mine[1]["card"].clone()]);
        assert_eq!(rows("certificates")[0]["holder"]["id_number"], RESIDENT);
        assert_eq!(rows("certificates")[0]["events"][0]["kind"], "suspended");
        let text_of_all = all.to_string();
        for strange in [text(&other, "id"), "张三", "A1234563", text(&foreign, "number"), text(&foreign, "id"), "hufl_"] {
            assert!(!text_of_all.contains(strange), "{strange} is in {all}");
        }
    }

    fn an_export_is_whole_however_many_rows_there_are(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        let me = learner_of(world, &one.client, &made);
        let id = text(&made, "id");
        let rows: Vec<String> = (0..450).map(|n| format!("('view_a{n:04}', '{id}', {n}, 'client_x', 'account')")).collect();
        world.sql(&format!("INSERT INTO learner_views (id, learner_id, at, actor, what) VALUES {}", rows.join(","))).unwrap();
        let bytes = if world.backend == Backend::Sqlite { "BLOB" } else { "BYTEA" };
        let codes: Vec<String> = (0..205).map(|n| format!("(CAST('{n:04}' AS {bytes}), '{id}', {n}, {n}, 'client_x')")).collect();
        world.sql(&format!("INSERT INTO learner_codes (code_hash, learner_id, made_at, expires_at, made_by) VALUES {}", codes.join(","))).unwrap();
        let all = export(&me);
        let distinct = |name: &str, member: &str| all[name].as_array().unwrap().iter().map(|r| r[member].as_i64().unwrap()).collect::<BTreeSet<_>>().len();
        assert!(distinct("account_views", "at") > 450);
        assert_eq!((all["account_views"].as_array().unwrap().len(), all["account_codes"].as_array().unwrap().len()), (452, 206));
        assert_eq!(distinct("account_codes", "made_at"), 206);
    }

    fn every_table_that_names_a_person_has_a_section(world: &World) {
        let found = lines(world, match world.backend {
            Backend::Sqlite => "SELECT DISTINCT m.name AS line FROM sqlite_master m JOIN pragma_table_info(m.name) p ON p.name IN ('learner_id', 'id_hash') WHERE m.type = 'table'",
            Backend::Postgres => "SELECT DISTINCT CAST(table_name AS TEXT) AS line FROM information_schema.columns WHERE table_schema = current_schema() AND column_name IN ('learner_id', 'id_hash')",
        });
        let people = ["achievements", "certificates", "learner_codes", "learner_events", "learner_sessions", "learner_views", "learners", "lots", "redemptions"];
        let exported = people.into_iter().chain(["subject_commits", "transfers"]);
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), exported.collect::<BTreeSet<_>>(), "say in src/http/export.rs what is exported of it");
    }
}
