//! Laws of a timeline, what the evidence says of it, and what it allows to be issued.

use std::cell::Cell;

use hufu::access::Role;
use hufu::db::Conn;
use hufu::error::Error;
use hufu::evidence;
use hufu::providers::service::{self, Act, IntervalRow};
use hufu::providers::{Change, store};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use verifier::ids::{Level, OccupationCode, Title, TypeOfCertificate};
use verifier::time::Day;
use verifier::verdict::{Class, Flag, Interval, Scope, Standing};

use super::{PATH, bar, change, code, listing, provider, register, with};
use crate::support::World;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A change on the `from`th day after `base`, and how many days pass before it is asked for.
fn changes() -> impl Strategy<Value = Vec<(Change, i64)>> {
    let classes = prop_oneof![Just(Class::A), Just(Class::B), Just(Class::D)];
    let change = (any::<bool>(), classes, -200_i64..700, proptest::option::of(-5_i64..400), 0_i64..200);
    let change = change.prop_map(|(barred, class, from, lasts, passed)| {
        let from = day("2026-01-01").add_days(from);
        let standing = if barred { Standing::Barred } else { Standing::Listed { class, flag: Flag::Green, scope: Scope::default() } };
        let until = lasts.map(|days| from.add_days(days)).filter(|_| barred);
        (Change { standing, from, until, cause: Title::parse("检查").unwrap() }, passed)
    });
    proptest::collection::vec(change, 1..10)
}

/// All that must never change of an interval.
fn fixed(row: &IntervalRow) -> (&str, i64, &str, &str, &str, i64, &str) {
    (&row.id, row.n, &row.from_day, &row.standing, &row.cause, row.recorded_at, &row.document)
}

/// What may happen to the history by one change that was asked for on `today`.
fn check(before: &[IntervalRow], after: &[IntervalRow], accepted: bool, today: Day) {
    assert_eq!(after.len(), before.len() + usize::from(accepted));
    for (old, new) in before.iter().zip(after) {
        assert_eq!(fixed(old), fixed(new));
        let closed = old.until_day.is_none() && accepted;
        let corrected = accepted && new.until_day.as_ref() == Some(&new.from_day) && day(&old.from_day) >= today;
        assert!(old.until_day == new.until_day || closed || corrected, "{old:?} became {new:?} on {today}");
    }
    let intervals: Vec<Interval> = after.iter().map(|row| row.interval().unwrap()).collect();
    for (n, one) in intervals.iter().enumerate() {
        assert!(one.until.is_none_or(|until| one.from <= until), "{one:?}");
        for other in &intervals[n + 1..] {
            let empty = one.until == Some(one.from) || other.until == Some(other.from);
            let apart = one.until.is_some_and(|until| until <= other.from);
            assert!(empty || apart, "{one:?} overlaps {other:?}");
        }
    }
}

/// A listing of everything, to begin a timeline with.
fn registered(world: &World, n: u32) -> String {
    let made = register(&world.signed_in(Role::Operator, None), &provider(n, "2025-12-01"));
    made["id"].as_str().unwrap().to_owned()
}

/// Runs one change in a transaction of its own, and tells whether it was accepted.
fn attempt(world: &World, id: &str, change: &Change, today: Day) -> bool {
    let act = Act { edge: &world.app.edge, today, actor: "client_test" };
    match world.app.db.write_now(|conn| service::change(conn, &act, id, change)) {
        Ok(_) => true,
        Err(Error::Refusal(_)) => false,
        Err(Error::Fault(fault)) => panic!("{fault}"),
    }
}

fn history(world: &World, id: &str) -> Vec<IntervalRow> {
    world.app.db.read_now(|conn| store::history(conn, id)).unwrap()
}

/// The code of the refusal of issuing, or `ok`.
fn issue(conn: &mut Conn, id: &str, on: &str, typ: TypeOfCertificate, occupation: &str, level: Option<u8>) -> (String, u16, String) {
    let occupation = OccupationCode::parse(occupation).ok();
    let level = level.map(|rank| Level::new(rank).unwrap());
    let row = store::find(conn, id).unwrap().unwrap();
    match service::may_issue(conn, &row, day(on), typ, occupation.as_ref(), level) {
        Ok(()) => ("ok".to_owned(), 0, String::new()),
        Err(Error::Refusal(r)) => (r.reason.code.to_owned(), r.reason.status, r.got.unwrap_or_default()),
        Err(Error::Fault(fault)) => panic!("{fault}"),
    }
}

both! {
    fn intervals_never_overlap_and_history_only_closes(world: &World) {
        let (next, accepted, refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
        let done = runner.run(&changes(), |changes| {
            next.set(next.get() + 1);
            let (id, mut today) = (registered(world, next.get()), day("2026-01-01"));
            for (change, passed) in changes {
                today = today.add_days(passed);
                let before = history(world, &id);
                let done = attempt(world, &id, &change, today);
                check(&before, &history(world, &id), done, today);
                let counter = if done { &accepted } else { &refused };
                counter.set(counter.get() + 1);
            }
            Ok(())
        });
        done.unwrap_or_else(|e| panic!("{e}"));
        assert!(accepted.get() > 20 && refused.get() > 20, "the changes were of both kinds: {accepted:?}, {refused:?}");
    }

    fn changes_at_once_happen_one_after_the_other(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-01-01"));
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let ask = |n: u32| {
                let (operator, made) = (&operator, &made);
                scope.spawn(move || change(operator, made, &listing(&format!("2026-{:02}-01", 2 + n % 8))).status)
            };
            let asked: Vec<_> = (0..16).map(ask).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|status| [201, 409].contains(status)), "{answers:?}");
        let rows = history(world, made["id"].as_str().unwrap());
        assert_eq!(rows.len(), 1 + answers.iter().filter(|status| **status == 201).count());
        assert_eq!(rows.iter().map(|row| row.n).collect::<Vec<_>>(), (1..=rows.len() as i64).collect::<Vec<_>>());
        check(&rows, &rows, false, day("2026-01-01"));
    }

    fn the_evidence_commits_to_every_interval(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-01-01"));
        change(&operator, &made, &bar("2026-04-01")).expect(201);
        let rows = history(world, made["id"].as_str().unwrap());
        let log = world.app.db.read_now(|conn| evidence::page(conn, 0, 1000)).unwrap();
        let of_intervals: Vec<_> = log.iter().filter(|entry| entry.kind == "provider-interval").collect();
        assert_eq!(of_intervals.iter().map(|e| &e.subject).collect::<Vec<_>>(), rows.iter().map(|row| &row.id).collect::<Vec<_>>());
        for (entry, row) in of_intervals.into_iter().zip(&rows) {
            assert_eq!(entry.commitment, evidence::commitment(&entry.salt, row.document.as_bytes()));
            let document: Value = serde_json::from_str(&row.document).unwrap();
            assert_eq!((&document["provider"], &document["n"], &document["at"]), (&json!(code(1)), &json!(row.n), &json!(row.recorded_at)));
            let interval: Interval = serde_json::from_value(document["interval"].clone()).unwrap();
            let opened = if row.n == 1 { Interval { until: None, ..row.interval().unwrap() } } else { row.interval().unwrap() };
            assert_eq!(interval, opened, "the document says what was decided, before a later decision ended it");
        }
    }

    fn the_snapshot_has_every_provider_with_its_timeline(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let made: Vec<Value> = (1..=2).map(|n| register(&operator, &provider(n, "2026-01-01"))).collect();
        change(&operator, &made[0], &bar("2026-04-01")).expect(201);
        world.app.db.read_now(|conn| {
            let all = store::all(conn)?;
            let ids: Vec<_> = all.iter().map(|(row, timeline)| (row.credit_code.clone(), timeline.len())).collect();
            assert_eq!(ids, [(code(1), 2), (code(2), 1)]);
            for (row, timeline) in &all {
                assert_eq!(timeline, &store::timeline(conn, &row.id)?);
            }
            Ok(())
        }).unwrap();
    }

    fn what_may_be_issued_follows_from_the_day(world: &World) {
        use TypeOfCertificate::{SkillLevel, Title, Training};
        let operator = world.signed_in(Role::Operator, None);
        let made = register(&operator, &provider(1, "2026-01-01"));
        let next = |path: &str, value: &str, from: &str| with(listing(from), path, json!(value));
        change(&operator, &made, &next("/class", "D", "2026-02-01")).expect(201);
        change(&operator, &made, &next("/flag", "red", "2026-03-01")).expect(201);
        change(&operator, &made, &next("/flag", "yellow", "2026-04-01")).expect(201);
        change(&operator, &made, &bar("2026-05-01")).expect(201);
        let (inside, outside) = ("6-31-01-03", "6-25-01-01");
        let table = [
            ("2025-12-31", SkillLevel, inside, Some(3), "providers.not_listed", 403, "2025-12-31"),
            ("2026-01-01", SkillLevel, inside, Some(3), "ok", 0, ""),
            ("2026-01-31", Training, inside, None, "ok", 0, ""),
            ("2026-01-31", Title, inside, None, "providers.scope", 422, "title; the scope is skill-level, training"),
            ("2026-01-31", SkillLevel, outside, Some(3), "providers.scope", 422, "6-25-01-01; the scope is 6-31-, 4-04-05-05"),
            ("2026-01-31", Training, "", None, "providers.scope", 422, "none; the scope is 6-31-, 4-04-05-05"),
            ("2026-01-31", SkillLevel, inside, Some(6), "providers.scope", 422, "6; the scope is 1 to 5"),
            ("2026-01-31", SkillLevel, inside, Some(0), "providers.scope", 422, "0; the scope is 1 to 5"),
            ("2026-02-01", SkillLevel, inside, Some(3), "providers.class", 403, "2026-02-01; so since 2026-02-01"),
            ("2026-03-31", SkillLevel, inside, Some(3), "providers.flag", 403, "2026-03-31; so since 2026-03-01"),
            ("2026-04-30", SkillLevel, inside, Some(3), "ok", 0, ""),
            ("2026-05-01", SkillLevel, inside, Some(3), "providers.barred", 403, "2026-05-01; so since 2026-05-01"),
            ("2029-04-30", SkillLevel, inside, Some(3), "providers.barred", 403, "2029-04-30; so since 2026-05-01"),
            ("2029-05-01", SkillLevel, inside, Some(3), "providers.not_listed", 403, "2029-05-01"),
        ];
        world.app.db.read_now(|conn| {
            for (on, typ, occupation, level, code, status, got) in table {
                let answer = issue(conn, made["id"].as_str().unwrap(), on, typ, occupation, level);
                assert_eq!(answer, (code.to_owned(), status, got.to_owned()), "{on} {typ} {occupation} {level:?}");
            }
            Ok(())
        }).unwrap();
        assert_eq!(world.client().get(&format!("{PATH}/{}", code(1))).expect(200).json()["timeline"].as_array().unwrap().len(), 5);
    }
}
