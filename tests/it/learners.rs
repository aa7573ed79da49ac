//! Accounts of learners: one a person, seen by whom they concern, and every look is seen by the person.

mod closing;
mod export;
mod merging;
mod sign_in;

use hufu::access::Role;
use serde_json::{Value, json};

use super::crash::operator;
use super::support::issuing::{
    RESIDENT, RESIDENT_SECRET, assert_nowhere, body, code, learner, learner_of, lines, open, person, race, sign_in, text, with,
};
use super::support::{Client, World};

/// Another document: of the same person, or of another.
fn passport(name: &str) -> Value {
    json!({"name": name, "id_type": "passport", "id_number": "E12345678"})
}

fn hong_kong(name: &str) -> Value {
    json!({"name": name, "id_type": "hk_id", "id_number": "A123456(3)"})
}

/// The account as `client` reads it by its id.
fn read(client: &Client, account: &Value) -> Value {
    client.get(&format!("/v1/learners/{}", text(account, "id"))).expect(200).json()
}

/// The document without the name, as a query has it.
fn document(person: &Value) -> Value {
    with(person.clone(), "/name", Value::Null)
}

/// Kinds of the events that are kept, in order.
fn events(world: &World) -> Vec<String> {
    lines(world, "SELECT kind AS line FROM learner_events ORDER BY id")
}

/// No row of evidence is wrong.
#[track_caller]
fn assert_audited(world: &World) {
    assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
}

both! {
    fn one_person_has_one_account_however_many_bodies_open_it(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let made = one.client.post_json("/v1/learners", &person()).expect(201).json();
        assert!(text(&made, "id").starts_with("lrn_"));
        assert_eq!((&made["name"], &made["id_type"], &made["id_last4"], &made["state"]), (&json!("欧阳静"), &json!("resident"), &json!("002X"), &json!("open")));
        for again in [&one.client, &two.client, &world.signed_in(Role::Operator, None)] {
            assert_eq!(again.post_json("/v1/learners", &person()).expect(200).json(), made);
        }
        let spelled = with(with(person(), "/name", json!("欧阳 静")), "/id_number", json!("11010519491231002x"));
        assert_eq!(two.client.post_json("/v1/learners", &spelled).expect(200).json(), made, "one name, one number, written in other ways");
        assert_ne!(open(&one.client, &passport("欧阳静"))["id"], made["id"]);
        assert_eq!(events(world), ["opened", "opened"]);
        assert_audited(world);
    }

    fn of_sixteen_who_open_one_account_at_once_one_opens_it(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let answers = race(16, |i| [&one, &two][i % 2].client.post_json("/v1/learners", &person()));
        assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
        assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 15, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        let ids: std::collections::BTreeSet<String> = answers.iter().map(|a| text(&a.json(), "id").to_owned()).collect();
        assert_eq!((ids.len(), events(world)), (1, vec!["opened".to_owned()]));
        assert_audited(world);
    }

    fn another_name_is_refused_and_the_stored_one_is_not_shown(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        open(&one.client, &person());
        let refused = two.client.post_json("/v1/learners", &with(person(), "/name", json!("张三")));
        assert!(!refused.text().contains("欧阳"), "{refused}");
        assert_eq!(refused.problem(409, "learners.name_differs")["field"], "name");
        assert_eq!(lines(world, "SELECT what AS line FROM learner_views"), ["opening"], "who was refused has seen nothing");
    }

    fn a_repeated_opening_gets_the_first_answer(world: &World) {
        let one = body(world, 1);
        let keyed = one.client.header("idempotency-key", "row-1");
        let first = keyed.post_json("/v1/learners", &person()).expect(201);
        let again = keyed.post_json("/v1/learners", &person()).expect(201);
        assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", first.json()));
        keyed.post_json("/v1/learners", &passport("欧阳静")).problem(409, "http.idempotency_conflict");
        assert_eq!(events(world), ["opened"]);
    }

    fn what_is_no_person_is_refused_with_its_field(world: &World) {
        let client = body(world, 1).client;
        for (path, to, code, field) in [
            ("/name", json!("张3"), "ids.name_character", "name"),
            ("/name", json!(""), "ids.text_length", "name"),
            ("/name", Value::Null, "http.field", "name"),
            ("/id_type", json!("licence"), "http.field", "id_type"),
            ("/id_number", json!("110105194912310021"), "ids.document_check", "id_number"),
            ("/id_number", json!("1".repeat(100)), "ids.document_shape", "id_number"),
            ("/more", json!(1), "http.unknown_field", "more"),
        ] {
            assert_eq!(client.post_json("/v1/learners", &with(person(), path, to)).problem(422, code)["field"], field);
        }
        client.post_json("/v1/learners:query", &with(document(&person()), "/id_number", json!("1"))).problem(422, "ids.document_shape");
        client.post_json("/v1/learners:query", &document(&person())).problem(404, "learners.not_found");
        for id in ["lrn_1", "%00", "a%00b", "%27", "%E6%B2%AA", &"a".repeat(65)] {
            client.get(&format!("/v1/learners/{id}")).problem(404, "learners.not_found");
            client.send("POST", &format!("/v1/learners/{id}/codes"), None).problem(404, "learners.not_found");
        }
        assert_eq!(events(world), Vec::<String>::new());
    }

    fn an_account_is_seen_by_who_opened_it_or_gave_the_exact_document(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let made = open(&one.client, &person());
        let path = format!("/v1/learners/{}", text(&made, "id"));
        let colleague = world.signed_in(Role::Provider, Some(&one.id));
        for client in [&one.client, &colleague, &world.signed_in(Role::Operator, None)] {
            assert_eq!(read(client, &made), made);
        }
        two.client.get(&path).problem(404, "learners.not_found");
        two.client.send("POST", &format!("{path}/codes"), None).problem(404, "learners.not_found");
        for role in [Role::Auditor, Role::Partner] {
            world.signed_in(role, None).get(&path).problem(403, "access.forbidden");
        }
        for act in ["close", "merge"] {
            one.client.post_json(&format!("{path}/{act}"), &json!({"reason": "r", "into": "lrn_1"})).problem(403, "access.forbidden");
        }
        two.client.post_json("/v1/learners:query", &document(&passport("x"))).problem(404, "learners.not_found");
        two.client.get(&path).problem(404, "learners.not_found");
        assert_eq!(two.client.post_json("/v1/learners:query", &document(&person())).expect(200).json(), made);
        assert_eq!(read(&two.client, &made), made);
    }

    fn the_learner_sees_who_looked_when_and_at_what(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let made = open(&one.client, &person());
        let me = learner_of(world, &one.client, &made);
        world.app.edge.shift(60);
        two.client.post_json("/v1/learners:query", &document(&person())).expect(200);
        world.app.edge.shift(60);
        read(&world.signed_in(Role::Operator, None), &made);
        let seen = me.get("/v1/account/views").expect(200).json();
        let seen = seen["items"].as_array().unwrap();
        let short: Vec<(&str, &Value)> = seen.iter().map(|look| (text(look, "what"), &look["by"])).collect();
        let provider = |n: u32| json!({"kind": "provider", "name_zh": format!("示例评价中心{n}"), "name_en": format!("Example Centre {n}")});
        let region = &world.app.region;
        let operator = json!({"kind": "operator", "name_zh": region.name_zh, "name_en": region.name_en});
        assert_eq!(short, [("account", &operator), ("query", &provider(2)), ("code", &provider(1)), ("opening", &provider(1))]);
        let at: Vec<i64> = seen.iter().map(|look| look["at"].as_i64().unwrap()).collect();
        assert!(at[0] >= at[1] + 60 && at[1] >= at[2] + 60, "{at:?}");
        let mine = me.get("/v1/account").expect(200).json();
        assert_eq!((&mine["id"], &mine["id_last4"], &mine["opened_at"], &mine["opened_by"]), (&made["id"], &json!("002X"), &made["opened_at"], &provider(1)));
        let first = me.get("/v1/account/views?limit=3").expect(200).json();
        let rest = me.get(&format!("/v1/account/views?limit=3&after={}", text(&first, "next"))).expect(200).json();
        assert_eq!([first["items"].as_array().unwrap().as_slice(), rest["items"].as_array().unwrap()].concat(), *seen);
        assert!(rest.get("next").is_none());
        me.get("/v1/account/views?limit=0").problem(400, "http.query");
        me.get("/v1/account/views?after=%27").problem(400, "http.query");
    }

    fn looking_at_one_account_shows_nothing_to_another_person(world: &World) {
        let one = body(world, 1);
        let (mine, other) = (open(&one.client, &person()), open(&one.client, &passport("张三")));
        let me = learner_of(world, &one.client, &mine);
        let before = me.get("/v1/account/views").expect(200).json();
        read(&one.client, &other);
        assert_eq!(me.get("/v1/account/views").expect(200).json(), before);
    }

    fn no_answer_and_no_row_holds_the_plain_number_or_a_code(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        let code = code(&one.client, &made);
        let session = sign_in(&world.client(), &code).expect(201).json();
        let me = world.client().bearer(text(&session, "token"));
        for answer in [
            one.client.post_json("/v1/learners", &person()),
            one.client.post_json("/v1/learners", &with(person(), "/name", json!("张三"))),
            one.client.post_json("/v1/learners", &with(person(), "/id_number", json!("110105194912310021"))),
            one.client.post_json("/v1/learners:query", &document(&person())),
            one.client.get(&format!("/v1/learners/{}", text(&made, "id"))),
            me.get("/v1/account"),
            me.get("/v1/account/views"),
            me.get("/v1/account/certificates"),
            world.client().get("/metrics"),
        ] {
            assert!(!answer.to_string().contains(RESIDENT_SECRET), "{answer}");
        }
        for plain in [RESIDENT, RESIDENT_SECRET, "欧阳静", &code, &code.replace('-', ""), text(&session, "token")] {
            assert_nowhere(world, plain);
        }
    }

    fn the_log_of_an_account_holds_nothing_personal_and_no_secret(process: &Process) with [("log", "debug")] {
        let client = process.client().bearer(&operator(process));
        let made = open(&client, &person());
        let code = code(&client, &made);
        let token = text(&sign_in(&process.client(), &code).expect(201).json(), "token").to_owned();
        sign_in(&process.client(), &code).expect(422);
        client.post_json("/v1/learners:query", &document(&person())).expect(200);
        client.post_json("/v1/learners", &with(person(), "/name", json!("张三"))).expect(409);
        read(&client, &made);
        let me = process.client().bearer(&token);
        me.get("/v1/account/export").expect(200);
        me.send("POST", "/v1/account/close", None).expect(200);
        process.terminate();
        let log = process.log();
        assert!(log.contains("/v1/account/export") && log.contains("/v1/learners/{id}"), "{log}");
        for personal in ["欧阳", "张三", RESIDENT, &RESIDENT[6..14], &code, &code.replace('-', ""), &token, text(&made, "id")] {
            assert!(!log.contains(personal), "{personal} is in the log:\n{log}");
        }
    }

    fn a_learner_has_a_rate_limit_of_its_own(world: &World) with [("client_per_minute", "3")] {
        let me = learner(world, &world.signed_in(Role::Operator, None));
        (0..3).for_each(|_| drop(me.get("/v1/account").expect(200)));
        me.get("/v1/account").problem(429, "http.rate_limited");
    }
}
