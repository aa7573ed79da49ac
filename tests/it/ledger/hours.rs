//! What was earned in a calendar year of what is due in one: what counts, on which days, for whom, and who may ask.

use hufu::access::Role;
use hufu::ledger::rules::Hours;
use hufu::ledger::{Mint, service};
use serde_json::{Value, json};
use verifier::time::Zone;

use super::bank::{Bank, CREDIT, abroad, day, done, end, family, lot_of, mint, picks, redeem, reserve, void};
use crate::support::World;
use crate::support::issuing::{Body, body, learner_of, open, person, text};

/// Ninety hours a year, two thirds of them core.
const YEARLY: &str = "310000:yearly";

/// A bank in which hours are due each year.
fn bank(world: &World) -> Bank<'_> {
    let bank = Bank::of(world);
    let rule = r#","calendar_years":1,"yearly":{"amount":9000,"category":"core","share":[2,3]}"#;
    bank.write("2026-01-01", |conn, act| service::define(conn, act, &super::bank::document(YEARLY, rule)).map(drop));
    bank
}

/// Hours of `lrn_a` from the `basis`th document.
fn of_day(basis: usize, amount: i64, category: &str, earned_on: &str) -> Mint {
    let mut asked = mint(&format!("ent_h{basis}"), "lrn_a", YEARLY, amount, basis);
    asked.facts.category = (!category.is_empty()).then(|| category.to_owned());
    asked.facts.earned_on = day(earned_on);
    asked
}

fn earn(bank: &Bank<'_>, asked: &Mint) -> String {
    lot_of(bank.write("2026-03-01", |conn, act| service::mint(conn, act, asked)))
}

fn hours(bank: &Bank<'_>, learner: &str, year: i32) -> Hours {
    let found = bank.read(|conn| service::hours(conn, &family(learner), year));
    assert_eq!(found.iter().map(|year| year.scheme.id.as_str()).collect::<Vec<_>>(), [YEARLY], "nothing is due of the other schemes");
    found[0].hours
}

/// Earned in all, and in the category.
fn earned(bank: &Bank<'_>, year: i32) -> (i64, i64) {
    let hours = hours(bank, "lrn_a", year);
    (hours.earned, hours.earned_in_category)
}

both! {
    fn what_is_missing_of_a_year_is_said_to_the_hundredth(world: &World) {
        let bank = bank(world);
        for (year, (core, elective, none), missing, missing_in_category) in [
            (2001, (6000, 3000, 0), 0, 0),
            (2002, (5999, 3001, 0), 0, 1),
            (2003, (6000, 2999, 0), 1, 0),
            (2004, (0, 9000, 0), 0, 6000),
            (2005, (6000, 0, 3000), 0, 0),
            (2006, (0, 0, 0), 9000, 6000),
        ] {
            for (n, (amount, category)) in [(core, "core"), (elective, "elective"), (none, "")].into_iter().enumerate().filter(|(_, (n, _))| *n > 0) {
                earn(&bank, &of_day(year * 10 + n, amount, category, &format!("{year}-07-01")));
            }
            let hours = hours(&bank, "lrn_a", i32::try_from(year).unwrap());
            assert_eq!((hours.missing(), hours.missing_in_category()), (missing, missing_in_category), "{year}");
            assert_eq!((hours.due, hours.due_in_category), (9000, 6000));
        }
    }

    fn a_year_is_from_its_first_day_to_its_last_by_the_day_of_the_achievement(world: &World) {
        let bank = bank(world);
        for (basis, on) in ["2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01"].into_iter().enumerate() {
            earn(&bank, &of_day(basis, 1 << basis, "core", on));
        }
        assert_eq!([2023, 2024, 2025, 2026].map(|year| earned(&bank, year).0), [0, 1, 2 + 4, 8]);
    }

    fn what_was_earned_counts_whatever_became_of_it_but_not_what_was_taken_back(world: &World) {
        let (bank, kin) = (bank(world), family("lrn_a"));
        let lots: Vec<String> = (0..5).map(|n| earn(&bank, &of_day(n, 1 << n, "core", "2025-06-01"))).collect();
        assert_eq!(earned(&bank, 2025), (31, 31));
        done(bank.write("2026-03-02", |conn, act| service::redeem(conn, act, &redeem("ent_1", &kin, picks(&[(&lots[0], 1)])))));
        for (lot, amount, hold) in [(&lots[1], 2, "tr_1"), (&lots[2], 4, "tr_2")] {
            let held = reserve(&format!("ent_{hold}").replace("tr_", "tr"), &kin, picks(&[(lot, amount)]), hold);
            done(bank.write("2026-03-02", |conn, act| service::reserve(conn, act, &held)));
        }
        done(bank.write("2026-03-03", |conn, act| service::settle(conn, act, &end("ent_2", "tr_1"), &abroad())));
        assert_eq!(earned(&bank, 2025), (31, 31), "redeemed, gone and held");
        // Half of the last one is spent before it is taken back.
        done(bank.write("2026-03-04", |conn, act| service::redeem(conn, act, &redeem("ent_3", &kin, picks(&[(&lots[4], 8)])))));
        done(bank.write("2026-03-05", |conn, act| service::void(conn, act, &void("ent_4", &lots[4]))));
        assert_eq!(earned(&bank, 2025), (15, 15), "voided");
        bank.write("2027-01-01", |conn, act| service::expire(conn, act, 10));
        assert_eq!(earned(&bank, 2025), (15, 15), "expired");
        assert_eq!(bank.audit().wrong, None);
    }

    fn of_what_is_evaluated_anew_the_last_result_counts_in_full(world: &World) {
        let (bank, kin) = (bank(world), family("lrn_a"));
        let first = earn(&bank, &of_day(1, 1000, "core", "2025-06-01"));
        done(bank.write("2026-03-02", |conn, act| service::redeem(conn, act, &redeem("ent_1", &kin, picks(&[(&first, 400)])))));
        let anew = |entry: &str, amount: i64| Mint { entry: entry.to_owned(), ..of_day(1, amount, "core", "2025-06-01") };
        let second = lot_of(bank.write("2026-03-03", |conn, act| service::revalue(conn, act, &void("ent_2", &first), &anew("ent_3", 1200))));
        assert_eq!(earned(&bank, 2025), (1200, 1200), "what had been spent of the first is part of it");
        let third = lot_of(bank.write("2026-03-04", |conn, act| service::revalue(conn, act, &void("ent_4", &second), &anew("ent_5", 300))));
        assert_eq!(earned(&bank, 2025), (300, 300));
        done(bank.write("2026-03-05", |conn, act| service::void(conn, act, &void("ent_6", &third))));
        assert_eq!(earned(&bank, 2025), (0, 0));
    }

    fn a_person_has_the_hours_of_every_merged_account_and_of_nobody_else(world: &World) {
        let bank = bank(world);
        earn(&bank, &of_day(1, 1000, "core", "2025-06-01"));
        let mut other = of_day(2, 100, "elective", "2025-06-02");
        other.facts.learner = "lrn_b".to_owned();
        earn(&bank, &other);
        earn(&bank, &mint("ent_credit", "lrn_a", CREDIT, 10, 3));
        assert_eq!((earned(&bank, 2025), hours(&bank, "lrn_b", 2025).earned), ((1000, 1000), 100));
        // Lots stay with the account that they came to.
        world.sql("UPDATE learners SET state = 'merged', merged_into = 'lrn_a' WHERE id = 'lrn_b'").unwrap();
        let kin = bank.read(|conn| hufu::learners::store::family(conn, "lrn_a"));
        assert_eq!(bank.read(|conn| service::hours(conn, &kin, 2025))[0].hours.earned, 1100);
    }
}

fn define(world: &World) {
    let scheme = json!({"id": "310000:hours", "name": {"zh": "继续教育学时", "en": "Hours"}, "unit": {"zh": "学时", "en": "hours"}, "kind": "hour",
        "categories": ["professional", "public"], "calendar_years": 1, "yearly": {"amount": 9000, "category": "professional", "share": [2, 3]}});
    world.signed_in(Role::Operator, None).post_json("/v1/schemes", &scheme).expect(201);
}

/// A course of 64 professional hours, taken on a day.
fn course(one: &Body, learner: &Value, earned_on: &str) {
    let credit = json!({"scheme": "310000:hours", "amount": 6400, "category": "professional"});
    let course = json!({"learner": learner["id"], "kind": "course", "title": "电气安全规程", "occupation": "6-31-01-03", "earned_on": earned_on, "credits": [credit]});
    one.client.post_json("/v1/achievements", &course).expect(201);
}

both! {
    fn the_learner_and_a_body_that_may_see_the_account_read_the_same_year(world: &World) {
        define(world);
        let (one, stranger) = (body(world, 1), body(world, 2));
        let learner = open(&one.client, &person());
        course(&one, &learner, "2025-12-31");
        let me = learner_of(world, &one.client, &learner);
        let year = me.get("/v1/account/hours?year=2025").expect(200).json();
        assert_eq!(year, json!({"year": 2025, "schemes": [{
            "scheme": "310000:hours", "earned": 6400, "due": 9000, "missing": 2600, "category": "professional", "earned_in_category": 6400,
            "due_in_category": 6000, "missing_in_category": 0, "met": false,
        }]}));
        let path = format!("/v1/learners/{}/hours?year=2025", text(&learner, "id"));
        let looks = || me.get("/v1/account/views").expect(200).json()["items"].clone();
        assert_ne!(looks()[0]["what"], "hours");
        assert_eq!(one.client.get(&path).expect(200).json(), year);
        assert_eq!((&looks()[0]["what"], &looks()[0]["by"]["name_zh"]), (&json!("hours"), &json!("示例评价中心1")));
        assert_eq!(world.signed_in(Role::Operator, None).get(&path).expect(200).json(), year);
        let before = looks();
        assert_eq!(stranger.client.get(&path).problem(404, "learners.not_found")["field"], "id");
        assert_eq!(looks(), before, "who was refused has seen nothing");
    }

    fn the_year_is_one_from_1949_to_this_one_which_is_meant_when_none_is_named(world: &World) {
        // A year begins in China while it is 16:00 of the day before in Greenwich.
        let new_year = day("2032-01-01").start_in(Zone::CHINA).0;
        world.app.edge.shift(new_year - 120 - world.app.edge.now());
        define(world);
        let one = body(world, 1);
        let learner = open(&one.client, &person());
        let me = learner_of(world, &one.client, &learner);
        assert_eq!(me.get("/v1/account/hours").expect(200).json()["year"], 2031);
        me.get("/v1/account/hours?year=2032").problem(400, "http.query");
        world.app.edge.shift(120);
        assert_eq!(me.get("/v1/account/hours").expect(200).json()["year"], 2032);
        assert_eq!(me.get("/v1/account/hours?year=1949").expect(200).json()["year"], 1949);
        for year in ["2033", "1948", "0", "-1"] {
            let problem = me.get(&format!("/v1/account/hours?year={year}")).problem(400, "http.query");
            assert_eq!((&problem["field"], &problem["got"]), (&json!("year"), &json!(year)));
        }
        for query in ["year=99999999999", "year=2026.0", "year=x", "year=", "years=2026"] {
            me.get(&format!("/v1/account/hours?{query}")).problem(400, "http.query");
        }
        let operator = world.signed_in(Role::Operator, None);
        operator.get(&format!("/v1/learners/{}/hours?year=1948", text(&learner, "id"))).problem(400, "http.query");
    }
}
