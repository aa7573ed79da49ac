//! The credit bank over HTTP, asked for what it must refuse: one line an event, with status, code and field, and nothing is changed.

use hufu::access::Role;
use serde_json::{Value, json};

use super::{Scene, assert_audited, input, lot_of, other_person, publish, wanted};
use crate::achievements::course;
use crate::support::issuing::{Body, SCHEME, body, body_with, code, draft, listing, open, person, rows, scheme, text, with};
use crate::support::{Client, World};

/// All that a request to the credit bank could change.
const TABLES: [&str; 21] = [
    "schemes",
    "lots",
    "lot_balances",
    "entries",
    "movements",
    "achievements",
    "achievement_events",
    "certificates",
    "certificate_events",
    "status_lists",
    "programmes",
    "programme_versions",
    "programme_events",
    "redemptions",
    "learners",
    "learner_events",
    "learner_codes",
    "learner_sessions",
    "evidence",
    "keys",
    "idempotency",
];

/// What is sent, and what must come back.
struct Event {
    client: Client,
    path: String,
    body: String,
    wanted: (u16, &'static str, &'static str),
}

fn event(client: &Client, path: impl Into<String>, body: impl ToString, wanted: (u16, &'static str, &'static str)) -> Event {
    Event { client: client.clone(), path: path.into(), body: body.to_string(), wanted }
}

#[track_caller]
fn refused(world: &World, events: Vec<Event>) {
    let before = rows(world, &TABLES);
    for Event { client, path, body, wanted } in events {
        let client = client.header("idempotency-key", "the-same-for-all");
        let answer = client.post_raw(&path, "application/json", body.as_bytes());
        let problem = if answer.status == 200 || answer.status == 201 { json!({}) } else { answer.json() };
        let got = (answer.status, problem["code"].as_str().unwrap_or(""), problem["field"].as_str().unwrap_or(""));
        assert_eq!(got, wanted, "{path} {body}: {answer}");
        assert_eq!(rows(world, &TABLES), before, "{path} {body}");
    }
    assert_audited(world);
}

/// A certificate that declares a credit.
fn declaring() -> Value {
    with(draft(), "/credits", json!([{"scheme": SCHEME, "amount": 200, "kind": "certificate", "category": "core"}]))
}

/// What JSON can say in the place of an amount; the first ones are amounts but for their size.
const SIZES: [&str; 5] = ["0", "-1", "1000000001", "9223372036854775807", "-9223372036854775808"];
const SHAPES: [&str; 12] = [
    "-0",
    "2.005",
    "2.00",
    "200.0",
    "1e3",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "\"200\"",
    "\"2.00\"",
    "true",
    "[200]",
];

fn programme_path(scene: &Scene, what: &str) -> String {
    format!("/v1/programmes/{}/{what}", text(&scene.programme, "id"))
}

fn close(world: &World, learner: &Value) {
    let path = format!("/v1/learners/{}/close", text(learner, "id"));
    world.signed_in(Role::Operator, None).post_json(&path, &json!({"reason": "asked for"})).expect(200);
}

both! {
    fn an_amount_is_a_whole_number_of_hundredths_within_its_limits(world: &World) {
        let scene = Scene::of(world);
        let (one, operator) = (&scene.one.client, world.signed_in(Role::Operator, None));
        let (spend, replaced) = (programme_path(&scene, "redemptions"), json!({"achievement": course(&scene.learner)}));
        let made = one.post_json("/v1/achievements", &with(course(&scene.learner), "/course", json!("X"))).expect(201).json();
        let anew = format!("/v1/achievements/{}/replace", text(&made, "id"));
        let mut events = Vec::new();
        for (client, path, body, member, code, field) in [
            (one, "/v1/achievements", course(&scene.learner), "amount", "document.amount_range", "credits[0].amount"),
            (one, "/v1/achievements", course(&scene.learner), "hours", "document.amount_range", "hours"),
            (one, anew.as_str(), replaced, "amount", "document.amount_range", "achievement.credits[0].amount"),
            (one, "/v1/certificates", declaring(), "amount", "certificates.credits", "credits[0].amount"),
            (one, spend.as_str(), scene.wanted(), "amount", "document.amount_range", "picks[0].amount"),
            (&operator, "/v1/programmes", input(), "total", "document.amount_range", "total"),
            (&operator, "/v1/programmes", input(), "amount", "document.amount_range", "at_least[0].amount"),
        ] {
            let (text, name) = (body.to_string(), format!("\"{member}\":"));
            let (before, rest) = text.split_once(&name).unwrap();
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let with = |value: &str| format!("{before}{name}{value}{after}");
            events.extend(SIZES.iter().map(|size| event(client, path, with(size), (422, code, field))));
            events.extend(SHAPES.iter().map(|shape| event(client, path, with(shape), (422, "http.field", field))));
            for no_json in ["1e400", "0x10", "200.", "+200", "0200", "NaN"] {
                events.push(event(client, path, with(no_json), (400, "http.malformed", "")));
            }
        }
        refused(world, events);
    }

    fn every_object_has_the_members_that_are_documented_each_once(world: &World) {
        let scene = Scene::of(world);
        let (one, operator) = (&scene.one.client, world.signed_in(Role::Operator, None));
        let reason = json!({"reason": "recorded by mistake"});
        let achievement = course(&scene.learner);
        let made = one.post_json("/v1/achievements", &with(achievement.clone(), "/course", json!("X"))).expect(201).json();
        let issued = one.post_json("/v1/certificates", &draft()).expect(201).json();
        let (of, certificate) = (format!("/v1/achievements/{}", text(&made, "id")), format!("/v1/certificates/{}", text(&issued, "id")));
        let (spend, propose) = (programme_path(&scene, "redemptions"), programme_path(&scene, "suggest"));
        let mut events = Vec::new();
        for (client, path, body, object, member, field) in [
            (one, "/v1/achievements".to_owned(), achievement.clone(), "", "kind", ""),
            (one, "/v1/achievements".to_owned(), achievement.clone(), "/credits/0", "scheme", "credits[0]."),
            (one, format!("{of}/replace"), json!({"achievement": achievement}), "", "achievement", ""),
            (one, format!("{of}/replace"), json!({"achievement": achievement}), "/achievement", "title", "achievement."),
            (one, format!("{of}/void"), reason.clone(), "", "reason", ""),
            (one, "/v1/certificates".to_owned(), declaring(), "/credits/0", "amount", "credits[0]."),
            (one, format!("{certificate}/revoke"), reason.clone(), "", "reason", ""),
            (one, spend.clone(), scene.wanted(), "", "picks", ""),
            (one, spend, scene.wanted(), "/picks/1", "lot", "picks[1]."),
            (one, propose, json!({"learner": scene.learner["id"]}), "", "learner", ""),
            (&operator, "/v1/programmes".to_owned(), input(), "", "scheme", ""),
            (&operator, "/v1/programmes".to_owned(), input(), "/at_least/0", "category", "at_least[0]."),
            (&operator, programme_path(&scene, "withdraw"), reason, "", "reason", ""),
            (&operator, "/v1/schemes".to_owned(), scheme(), "/name", "zh", "name."),
        ] {
            let (owned, value) = (|name: &str| -> &'static str { format!("{field}{name}").leak() }, body.pointer(object).unwrap()[member].clone());
            let twice = with(body.clone(), &format!("{object}/{member}"), json!("HERE")).to_string();
            let twice = twice.replacen(&format!("\"{member}\":\"HERE\""), &format!("\"{member}\":{value},\"{member}\":{value}"), 1);
            events.push(event(client, path.as_str(), twice, (400, "http.malformed", owned(member))));
            events.push(event(client, path.as_str(), with(body.clone(), &format!("{object}/extra"), json!(1)), (422, "http.unknown_field", owned("extra"))));
            events.push(event(client, path.as_str(), with(body, &format!("{object}/{member}"), Value::Null), (422, "http.field", owned(member))));
        }
        refused(world, events);
    }

    fn credit_is_of_a_scheme_a_category_and_an_account_that_are_there(world: &World) {
        let scene = Scene::of(world);
        let (one, two) = (&scene.one.client, body(world, 2));
        let bare = with(with(scheme(), "/id", json!("310000:bare")), "/categories", json!([]));
        world.signed_in(Role::Operator, None).post_json("/v1/schemes", &bare).expect(201);
        let (recorded, declared) = (course(&scene.learner), declaring());
        let tomorrow = hufu::providers::service::today(&world.app).add_days(1).to_string();
        let twice = json!([recorded["credits"][0], recorded["credits"][0]]);
        refused(world, vec![
            event(one, "/v1/achievements", with(recorded.clone(), "/credits/0/scheme", json!("310000:other")), (404, "ledger.no_scheme", "credits[0]")),
            event(one, "/v1/achievements", with(recorded.clone(), "/credits/0/scheme", json!("320000:credit")), (422, "document.other_region", "credits")),
            event(one, "/v1/achievements", with(recorded.clone(), "/credits/0/scheme", json!("310000:bare")), (422, "ledger.no_category", "credits[0]")),
            event(one, "/v1/achievements", with(recorded.clone(), "/credits/0/category", json!("major")), (422, "ledger.no_category", "credits[0]")),
            event(one, "/v1/achievements", with(recorded.clone(), "/credits/0/category", json!("Core")), (422, "document.category_shape", "credits[0].category")),
            event(one, "/v1/achievements", with(recorded.clone(), "/credits", twice), (422, "achievements.no_credits", "credits[1]")),
            event(one, "/v1/achievements", with(recorded.clone(), "/earned_on", json!(tomorrow)), (422, "achievements.earned_in_future", "earned_on")),
            event(one, "/v1/achievements", with(recorded.clone(), "/learner", json!("lrn_0")), (404, "learners.not_found", "learner")),
            event(&two.client, "/v1/achievements", recorded, (404, "learners.not_found", "learner")),
            event(one, "/v1/certificates", with(declared.clone(), "/credits/0/scheme", json!("310000:other")), (404, "ledger.no_scheme", "credits[0]")),
            event(one, "/v1/certificates", with(declared.clone(), "/credits/0/scheme", json!("320000:credit")), (404, "ledger.no_scheme", "credits[0]")),
            event(one, "/v1/certificates", with(declared.clone(), "/credits/0/scheme", json!("310000:bare")), (422, "ledger.no_category", "credits[0]")),
            event(one, "/v1/certificates", with(declared, "/credits/0/category", json!("major")), (422, "ledger.no_category", "credits[0]")),
            event(&two.client, programme_path(&scene, "suggest"), json!({"learner": scene.learner["id"]}), (404, "learners.not_found", "learner")),
            event(&two.client, programme_path(&scene, "redemptions"), scene.wanted(), (404, "learners.not_found", "learner")),
        ]);
    }

    fn what_is_redeemed_is_the_learners_own_in_time_and_for_the_current_version(world: &World) {
        let scene = Scene::of(world);
        let (one, operator) = (&scene.one.client, world.signed_in(Role::Operator, None));
        let short = with(with(scheme(), "/id", json!("310000:short")), "/shelf_months", json!(1));
        operator.post_json("/v1/schemes", &short).expect(201);
        let of_short = publish(world, &with(input(), "/scheme", json!("310000:short"))).expect(201).json();
        let lot_of_short = |earned: &str, code: &str| {
            let course = with(with(course(&scene.learner), "/credits/0/scheme", json!("310000:short")), "/earned_on", json!(earned));
            lot_of(&scene.one, &with(course, "/course", json!(code)))
        };
        let (today, other) = (hufu::providers::service::today(&world.app), open(one, &other_person(1)));
        let fresh = lot_of_short(&today.to_string(), "FRESH");
        let stale = lot_of_short("2026-01-31", "STALE");
        let theirs = lot_of(&scene.one, &course(&other));
        let (withdrawn, superseded) = (publish(world, &input()).expect(201).json(), publish(world, &input()).expect(201).json());
        let proposed = one.post_json(&format!("/v1/programmes/{}/suggest", text(&withdrawn, "id")), &json!({"learner": scene.learner["id"]}));
        let picks = proposed.expect(200).json()["picks"].clone();
        operator.post_json(&format!("/v1/programmes/{}/withdraw", text(&withdrawn, "id")), &json!({"reason": "abolished"})).expect(200);
        publish(world, &with(input(), "/supersedes", superseded["digest"].clone())).expect(201);
        let path = |programme: &Value, what: &str| format!("/v1/programmes/{}/{what}", text(programme, "id"));
        let two_of = |first: &str, second: &str| json!([{"lot": first, "amount": 200}, {"lot": second, "amount": 200}]);
        let spend = |programme: &Value, picks: &Value, wanted: (u16, &'static str, &'static str)| {
            event(one, path(programme, "redemptions"), super::wanted(programme, &scene.learner, picks), wanted)
        };
        refused(world, vec![
            spend(&of_short, &two_of(&fresh, &stale), (409, "programmes.checks", "picks")),
            spend(&of_short, &two_of(&fresh, &scene.lots[0]), (409, "programmes.checks", "picks")),
            spend(&scene.programme, &two_of(&scene.lots[0], &theirs), (404, "ledger.no_lot", "picks[1].lot")),
            spend(&scene.programme, &two_of(&scene.lots[0], "lot_0"), (404, "ledger.no_lot", "picks[1].lot")),
            spend(&scene.programme, &two_of(&scene.lots[0], &scene.lots[0]), (422, "programmes.picks", "picks[1].lot")),
            spend(&withdrawn, &picks, (409, "programmes.withdrawn", "id")),
            spend(&superseded, &picks, (409, "programmes.superseded", "programme")),
            event(one, path(&withdrawn, "suggest"), json!({"learner": scene.learner["id"]}), (409, "programmes.withdrawn", "id")),
            event(one, path(&withdrawn, "redemptions"), wanted(&scene.programme, &scene.learner, &picks), (409, "programmes.withdrawn", "id")),
            event(one, path(&scene.programme, "redemptions"), wanted(&superseded, &scene.learner, &picks), (404, "programmes.not_found", "programme")),
            event(one, "/v1/programmes/prg_0/redemptions", wanted(&scene.programme, &scene.learner, &picks), (404, "programmes.not_found", "id")),
        ]);
    }

    fn a_closed_account_gains_spends_and_signs_in_no_more(world: &World) {
        let scene = Scene::of(world);
        let one = &scene.one.client;
        let (made, key) = (one.post_json("/v1/achievements", &with(course(&scene.learner), "/course", json!("X"))).expect(201).json(), code(one, &scene.learner));
        close(world, &scene.learner);
        let id = text(&scene.learner, "id");
        let replaced = json!({"achievement": course(&scene.learner)});
        refused(world, vec![
            event(one, "/v1/achievements", course(&scene.learner), (409, "ledger.learner_closed", "credits[0]")),
            event(one, format!("/v1/achievements/{}/replace", text(&made, "id")), replaced, (409, "ledger.learner_closed", "credits[0]")),
            event(one, "/v1/certificates", declaring(), (409, "learners.closed", "holder.id_number")),
            event(one, programme_path(&scene, "suggest"), json!({"learner": id}), (409, "learners.closed", "learner")),
            event(one, programme_path(&scene, "redemptions"), scene.wanted(), (409, "learners.closed", "learner")),
            event(one, format!("/v1/learners/{id}/codes"), "", (409, "learners.closed", "id")),
            event(&world.signed_in(Role::Operator, None), format!("/v1/learners/{id}/close"), json!({"reason": "again"}), (409, "learners.closed", "id")),
            event(one, "/v1/learners", person(), (409, "learners.closed", "id_number")),
            event(&world.client(), "/v1/account/sessions", json!({"code": key}), (409, "learners.closed", "code")),
        ]);
    }

    fn a_barred_body_neither_records_nor_issues_nor_redeems(world: &World) {
        let scene = Scene::of(world);
        let Body { id, client: one, .. } = &scene.one;
        let made = one.post_json("/v1/achievements", &with(course(&scene.learner), "/course", json!("X"))).expect(201).json();
        let bar = json!({"standing": "barred", "from": hufu::providers::service::today(&world.app).to_string(), "cause": "伪造成绩"});
        let operator = world.signed_in(Role::Operator, None);
        operator.post_json(&format!("/v1/providers/{id}/intervals"), &bar).expect(201);
        let replaced = json!({"achievement": course(&scene.learner)});
        refused(world, vec![
            event(one, "/v1/achievements", course(&scene.learner), (403, "providers.barred", "")),
            event(&operator, "/v1/achievements", with(course(&scene.learner), "/provider", json!(id)), (403, "providers.barred", "")),
            event(one, format!("/v1/achievements/{}/replace", text(&made, "id")), replaced, (403, "providers.barred", "")),
            event(one, "/v1/certificates", declaring(), (403, "providers.barred", "")),
            event(one, programme_path(&scene, "redemptions"), scene.wanted(), (403, "providers.barred", "")),
        ]);
        // It still looks after what it recorded.
        one.post_json(&format!("/v1/achievements/{}/void", text(&made, "id")), &json!({"reason": "recorded by mistake"})).expect(200);
        let outside = with(listing(), "/scope/occupations", json!(["4-04-05-05"]));
        let narrow = body_with(world, 3, &outside);
        open(&narrow.client, &person());
        refused(world, vec![
            event(&narrow.client, "/v1/achievements", course(&scene.learner), (422, "providers.scope", "occupation")),
            event(&narrow.client, programme_path(&scene, "redemptions"), scene.wanted(), (422, "providers.scope", "occupation")),
        ]);
    }
}
