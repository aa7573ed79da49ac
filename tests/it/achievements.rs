//! Achievements without a certificate: signed, minted once, evaluated anew, taken back.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::documents::Achievement;

use super::support::issuing::{Body, SCHEME, body, define_scheme, learner_of, open, person, race, text, with};
use super::support::{Answer, Client, World};

/// A course of two credits that a learner took.
pub fn course(learner: &Value) -> Value {
    json!({"learner": learner["id"], "kind": "course", "course": "SH-IC-101", "title": "集成电路制造工艺", "hours": 4800, "occupation": "6-31-01-03",
        "level": 3, "grade": "good", "earned_on": "2026-10-18", "credits": [{"scheme": SCHEME, "amount": 200, "category": "core"}]})
}

fn record(client: &Client, achievement: &Value) -> Answer {
    client.post_json("/v1/achievements", achievement)
}

fn replace(client: &Client, old: &Value, achievement: &Value) -> Answer {
    client.post_json(&format!("/v1/achievements/{}/replace", text(old, "id")), &json!({"achievement": achievement}))
}

fn void(client: &Client, achievement: &Value) -> Answer {
    client.post_json(&format!("/v1/achievements/{}/void", text(achievement, "id")), &json!({"reason": "recorded by mistake"}))
}

/// A body, its learner, and the scheme.
fn begin(world: &World) -> (Body, Value) {
    define_scheme(world);
    let one = body(world, 1);
    let learner = open(&one.client, &person());
    (one, learner)
}

/// Available and voided of each lot, in order.
fn amounts(achievement: &Value) -> Vec<(i64, i64)> {
    let lots = achievement["lots"].as_array().unwrap();
    lots.iter().map(|lot| (lot["available"].as_i64().unwrap(), lot["voided"].as_i64().unwrap())).collect()
}

#[track_caller]
fn assert_audited(world: &World) {
    assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
}

both! {
    fn an_achievement_is_signed_and_mints_what_it_states(world: &World) {
        let (one, learner) = begin(world);
        let made = record(&one.client, &course(&learner)).expect(201).json();
        let document = Achievement::open(text(&made, "document"), world.app.keys.region_signer().public()).expect("signed by the region");
        assert_eq!((document.learner.as_str(), document.provider.as_str(), document.title.as_str()), (text(&learner, "id"), &*one.code, "集成电路制造工艺"));
        assert_eq!(made["digest"], verifier::documents::digest(text(&made, "document")));
        assert_eq!((&made["state"], amounts(&made)), (&json!("recorded"), vec![(200, 0)]));
        assert_eq!(made["lots"][0]["expires_on"], "2033-10-18");
        assert_eq!(one.client.get(&format!("/v1/achievements/{}", text(&made, "id"))).expect(200).json(), made);
        let listed = one.client.get(&format!("/v1/achievements?learner={}", text(&learner, "id"))).expect(200).json();
        assert_eq!(listed["items"], json!([made]));
        assert_audited(world);
    }

    fn a_repeated_record_mints_once(world: &World) {
        let (one, learner) = begin(world);
        let keyed = one.client.header("idempotency-key", "row-1");
        let answers = race(8, |_| record(&keyed, &course(&learner)).expect(201).json());
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(one.client.get("/v1/achievements").expect(200).json()["items"].as_array().unwrap().len(), 1);
        assert_audited(world);
    }

    fn a_result_that_is_evaluated_anew_takes_the_place_of_the_old_one(world: &World) {
        let (one, learner) = begin(world);
        let first = record(&one.client, &course(&learner)).expect(201).json();
        let better = with(with(course(&learner), "/grade", json!("excellent")), "/credits/0/amount", json!(300));
        let second = replace(&one.client, &first, &better).expect(201).json();
        assert_eq!((&second["replaces"], amounts(&second)), (&first["id"], vec![(300, 0)]));
        let before = one.client.get(&format!("/v1/achievements/{}", text(&first, "id"))).expect(200).json();
        assert_eq!(before["state"], "replaced");
        replace(&one.client, &first, &better).problem(409, "achievements.ended");
        let third = replace(&one.client, &second, &course(&learner)).expect(201).json();
        assert_eq!(amounts(&third), [(200, 0)]);
        let document = Achievement::open(text(&third, "document"), world.app.keys.region_signer().public()).unwrap();
        assert_eq!(document.replaces.map(|digest| digest.to_string()).as_deref(), second["digest"].as_str());
        assert_audited(world);
    }

    fn of_eight_who_replace_one_record_one_does(world: &World) {
        let (one, learner) = begin(world);
        let first = record(&one.client, &course(&learner)).expect(201).json();
        let answers = race(8, |n| replace(&one.client, &first, &with(course(&learner), "/credits/0/amount", json!(100 + n))));
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 7);
        assert_audited(world);
    }

    fn what_is_voided_takes_its_credit_along_and_stays_voided(world: &World) {
        let (one, learner) = begin(world);
        let made = record(&one.client, &course(&learner)).expect(201).json();
        let gone = void(&one.client, &made).expect(200).json();
        assert_eq!((&gone["state"], amounts(&gone)), (&json!("voided"), vec![(0, 200)]));
        void(&one.client, &made).problem(409, "achievements.ended");
        replace(&one.client, &made, &course(&learner)).problem(409, "achievements.ended");
        assert_audited(world);
    }

    fn a_re_evaluation_states_the_same_schemes_categories_learner_and_body(world: &World) {
        let (one, learner) = begin(world);
        let two = body(world, 2);
        let first = record(&one.client, &course(&learner)).expect(201).json();
        let other = open(&one.client, &json!({"name": "张三", "id_type": "passport", "id_number": "E12345678"}));
        replace(&one.client, &first, &with(course(&learner), "/credits/0/category", json!("elective"))).problem(422, "achievements.other_credits");
        replace(&one.client, &first, &course(&other)).problem(422, "achievements.other_learner");
        replace(&two.client, &first, &course(&learner)).problem(404, "achievements.not_found");
        let operator = world.signed_in(Role::Operator, None);
        replace(&operator, &first, &with(course(&learner), "/provider", json!(two.id))).problem(422, "achievements.other_learner");
        assert_eq!(one.client.get(&format!("/v1/achievements/{}", text(&first, "id"))).expect(200).json(), first, "nothing was half done");
        assert_audited(world);
    }

    fn each_bad_field_is_named_with_its_rule_and_nothing_is_recorded(world: &World) {
        let (one, learner) = begin(world);
        let good = course(&learner);
        let many: Vec<Value> = (0..21).map(|n| json!({"scheme": format!("310000:s{n}"), "amount": 1})).collect();
        for (path, value, status, code, field) in [
            ("/kind", json!("certificate"), 422, "achievements.kind", "kind"),
            ("/kind", json!("award"), 422, "achievements.competition", "competition"),
            ("/competition", json!("大赛"), 422, "achievements.competition", "competition"),
            ("/course", json!("a b"), 422, "document.course_shape", "course"),
            ("/title", json!(""), 422, "ids.text_length", "title"),
            ("/hours", json!(0), 422, "document.amount_range", "hours"),
            ("/level", json!(8), 422, "ids.level_range", "level"),
            ("/grade", json!("superb"), 422, "ids.unknown_grade", "grade"),
            ("/earned_on", json!("2026-02-30"), 422, "time.no_such_day", "earned_on"),
            ("/earned_on", json!("2999-01-01"), 422, "achievements.earned_in_future", "earned_on"),
            ("/earned_on", json!("1949-09-30"), 422, "achievements.earned_too_early", "earned_on"),
            ("/earned_on", json!("2024-12-31"), 403, "providers.not_listed", ""),
            ("/occupation", json!("1-01-01-01"), 422, "providers.scope", ""),
            ("/credits", json!([]), 422, "achievements.no_credits", "credits"),
            ("/credits", json!(many), 422, "achievements.no_credits", "credits"),
            ("/credits/0/amount", json!(0), 422, "document.amount_range", "credits[0].amount"),
            ("/credits/0/amount", json!(-1), 422, "document.amount_range", "credits[0].amount"),
            ("/credits/0/amount", json!(1_000_000_001), 422, "document.amount_range", "credits[0].amount"),
            ("/credits/0/amount", json!(i64::MAX), 422, "document.amount_range", "credits[0].amount"),
            ("/credits/0/amount", json!(2.5), 422, "http.field", "credits[0].amount"),
            ("/credits/0/scheme", json!("credit"), 422, "document.scheme_shape", "credits[0].scheme"),
            ("/credits/0/scheme", json!("310000:other"), 404, "ledger.no_scheme", "credits[0]"),
            ("/credits/0/scheme", json!("320000:credit"), 422, "document.other_region", "credits"),
            ("/credits/0/category", json!("major"), 422, "ledger.no_category", "credits[0]"),
            ("/learner", json!("lrn_0"), 404, "learners.not_found", "learner"),
            ("/learner", json!("\u{0}"), 404, "learners.not_found", "learner"),
            ("/extra", json!(1), 422, "http.unknown_field", "extra"),
        ] {
            let answer = record(&one.client, &with(good.clone(), path, value.clone()));
            let problem = answer.problem(status, code);
            if !field.is_empty() {
                assert_eq!(problem["field"], field, "{path} {value}: {problem}");
            }
        }
        let twice = json!([{"scheme": SCHEME, "amount": 1, "category": "core"}, {"scheme": SCHEME, "amount": 2, "category": "core"}]);
        assert_eq!(record(&one.client, &with(good, "/credits", twice)).problem(422, "achievements.no_credits")["field"], "credits[1]");
        assert_eq!(one.client.get("/v1/achievements").expect(200).json()["items"], json!([]));
        assert_audited(world);
    }

    fn a_body_records_for_those_whose_account_it_knows(world: &World) {
        let (one, learner) = begin(world);
        let two = body(world, 2);
        assert_eq!(record(&two.client, &course(&learner)).problem(404, "learners.not_found")["field"], "learner");
        open(&two.client, &person());
        record(&two.client, &course(&learner)).expect(201);
        record(&one.client, &course(&learner)).expect(201);
    }

    fn a_body_sees_and_touches_only_its_own(world: &World) {
        let (one, learner) = begin(world);
        let two = body(world, 2);
        let made = record(&one.client, &course(&learner)).expect(201).json();
        two.client.get(&format!("/v1/achievements/{}", text(&made, "id"))).problem(404, "achievements.not_found");
        void(&two.client, &made).problem(404, "achievements.not_found");
        assert_eq!(two.client.get("/v1/achievements").expect(200).json()["items"], json!([]));
        two.client.get(&format!("/v1/achievements?provider={}", one.id)).problem(403, "access.forbidden");
        record(&two.client, &with(course(&learner), "/provider", json!(one.id))).problem(422, "achievements.provider");
        let operator = world.signed_in(Role::Operator, None);
        record(&operator, &course(&learner)).problem(422, "achievements.provider");
        record(&operator, &with(course(&learner), "/provider", json!(one.id))).expect(201);
        world.signed_in(Role::Partner, None).get("/v1/achievements").problem(403, "access.forbidden");
    }

    fn what_was_recorded_is_neither_changed_nor_deleted(world: &World) {
        let (one, learner) = begin(world);
        let made = record(&one.client, &course(&learner)).expect(201).json();
        void(&one.client, &made).expect(200);
        for (sql, words) in [
            ("UPDATE achievements SET earned_on = '2026-01-01'", "a signed achievement and its end do not change"),
            ("UPDATE achievements SET state = 'recorded'", "a signed achievement and its end do not change"),
            ("DELETE FROM achievements", "achievements are never deleted"),
            ("UPDATE achievement_events SET at = 0", "achievement_events is append-only"),
            ("DELETE FROM achievement_events", "achievement_events is append-only"),
        ] {
            let answer = world.sql(sql).expect_err(sql);
            assert!(answer.contains(words), "{sql}: {answer}");
        }
    }

    fn the_learner_sees_and_takes_along_what_was_recorded(world: &World) {
        let (one, learner) = begin(world);
        let made = record(&one.client, &course(&learner)).expect(201).json();
        let me = learner_of(world, &one.client, &learner);
        assert_eq!(me.get("/v1/account/lots").expect(200).json()["items"], made["lots"]);
        assert_eq!(me.get("/v1/account/lots?as_of=2020-01-01").expect(200).json()["items"], json!([]), "nothing had been minted on that day");
        me.get("/v1/account/lots?as_of=2999-01-01").problem(400, "http.query");
        me.get("/v1/account/lots?scheme=credit").problem(400, "http.query");
        let all = me.get("/v1/account/export").expect(200).json();
        assert_eq!((&all["achievements"], &all["credit"][0]["lot"]), (&json!([made]), &made["lots"][0]));
        assert_eq!((&all["credit"][0]["facts"]["course"], &all["credit"][0]["postings"][0]["kind"]), (&json!("SH-IC-101"), &json!("mint")));
    }
}
