//! The rules of a programme: what each check says, and `tests/vectors/programme.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test programme` rewrites the file; review the difference.

mod common;

use common::documents::kind;
use common::programmes::{Changed, category, day, expiring, from_elsewhere, lot, of_course, own, today, usual};
use common::vectors::{assert_same, file, lines};
use serde_json::json;
use verifier::documents::{Amount, InForce, Minimum, Programme, Ratio, SchemeId};
use verifier::ids::Level;
use verifier::programme::{LotFacts, check, suggest};
use verifier::time::Day;
use verifier::verdict::Check;

type Picks = Vec<(LotFacts, i64)>;

/// Picks that pass every check of the usual programme: 7.00 core, 5.00 elective from elsewhere.
fn good() -> Picks {
    vec![(lot("lot_a", 700, "core"), 700), (from_elsewhere(lot("lot_b", 900, "elective")), 500)]
}

/// The good picks, one of them changed.
fn changed(at: usize, change: impl FnOnce(&mut (LotFacts, i64))) -> Picks {
    let mut picks = good();
    change(&mut picks[at]);
    picks
}

fn amount(hundredths: i64) -> Amount {
    Amount::new(hundredths).expect("in range")
}

fn without_conditions() -> Programme {
    Programme { at_least: Vec::new(), transferred_at_most: None, level_min: None, max_age_months: None, ..usual() }
}

/// A name, the programme, the picks, the day, and the checks that fail, each with what it got.
type Case = (&'static str, Programme, Picks, Day, Vec<(&'static str, &'static str)>);

fn conditions() -> Vec<Case> {
    let on = |day_of| (usual(), good(), day(day_of));
    let at = |text: &str| (usual(), changed(0, |(lot, _)| lot.expires_on = Some(day(text))), today());
    let earned = |text: &str| (usual(), changed(1, |(lot, _)| lot.earned = day(text)), today());
    let level = |level| (usual(), changed(1, |(lot, _)| lot.level = level), today());
    let case = |name, (programme, picks, day), failed| (name, programme, picks, day, failed);
    let hours = changed(0, |(lot, _)| lot.scheme = SchemeId::parse("320000:hour").expect("a scheme"));
    vec![
        case("good", on("2026-03-01"), vec![]),
        case("another scheme", (usual(), hours, today()), vec![("scheme", "1 of 2: lot_a 320000:hour")]),
        case("the day before it is in force", on("2025-12-31"), vec![("in_force", "2025-12-31")]),
        case("the first day in force", on("2026-01-01"), vec![]),
        case("the last day in force", on("2028-12-31"), vec![]),
        case("the day after the last", on("2029-01-01"), vec![("in_force", "2029-01-01")]),
        case("expires tomorrow", at("2026-03-02"), vec![]),
        case("expires today", at("2026-03-01"), vec![("unexpired", "1 of 2: lot_a 2026-03-01")]),
        case("earned 84 months ago to the day", earned("2019-03-01"), vec![]),
        case("earned a day earlier", earned("2019-02-28"), vec![("max_age_months", "1 of 2: lot_b 2019-02-28")]),
        case("a higher rank", level(Some(Level::MAX)), vec![]),
        case("a rank too low", level(Level::new(2).ok()), vec![("level_min", "1 of 2: lot_b 2")]),
        case("no rank", level(None), vec![("level_min", "1 of 2: lot_b none")]),
    ]
}

fn sums() -> Vec<Case> {
    let case = |name, programme, picks, failed| (name, programme, picks, today(), failed);
    let of = |at: usize, hundredths| changed(at, |(_, amount)| *amount = hundredths);
    let again = |amounts: [i64; 2]| {
        let [first, second] = good().try_into().expect("two");
        vec![(first.0.clone(), amounts[0]), second, (first.0, amounts[1])]
    };
    let share = |n, d| Programme { transferred_at_most: Ratio::new(n, d).ok(), ..usual() };
    let elective = |hundredths| Minimum { category: category("elective"), amount: amount(hundredths) };
    let both = |hundredths| Programme { at_least: [usual().at_least, vec![elective(hundredths)]].concat(), ..usual() };
    let course = |basis: &str| {
        let [first, second] = good().try_into().expect("two");
        let second = (of_course(second.0, "SH-IC-101").with(|lot| lot.basis = basis.into()), second.1);
        vec![(of_course(first.0, "SH-IC-101"), first.1), second]
    };
    vec![
        case("nothing", usual(), vec![], vec![("at_least:core", "0.00"), ("total", "0.00")]),
        case("no conditions", without_conditions(), vec![(lot("lot_a", 1200, ""), 1200)], vec![]),
        case(
            "an amount of nothing",
            without_conditions(),
            vec![(lot("lot_a", 1200, ""), 1200), (lot("lot_b", 1, ""), 0)],
            vec![("available", "1 of 2: lot_b 0.00 of 0.01")],
        ),
        case("more than is available", usual(), changed(0, |(lot, _)| lot.available = 699), vec![("available", "1 of 2: lot_a 7.00 of 6.99")]),
        case("too little in all", usual(), of(0, 699), vec![("total", "11.99")]),
        case("too much in all", usual(), of(1, 501), vec![("total", "12.01")]),
        case("the least of a category", both(500), good(), vec![]),
        case("too little of a category", both(501), good(), vec![("at_least:elective", "5.00")]),
        case("as much from elsewhere as may be", share(5, 12), good(), vec![]),
        case("a share that is rounded down", share(4_166, 10_000), good(), vec![("transferred_at_most", "5.00")]),
        case("nothing from elsewhere allowed", share(0, 1), good(), vec![("transferred_at_most", "5.00")]),
        case("a lot twice", usual(), again([300, 400]), vec![("lot_once", "2 of 3: lot_a")]),
        case("a course from two bases", usual(), course("sha256:other"), vec![("course_once", "1 of 2: lot_b SH-IC-101")]),
        case("two parts of one course", usual(), course("sha256:lot_a"), vec![]),
        case(
            "amounts at the ends",
            usual(),
            vec![(lot("lot_a", i64::MAX, "core"), i64::MAX), (lot("lot_b", i64::MAX, "core"), i64::MAX), (lot("lot_c", i64::MIN, ""), i64::MIN)],
            vec![("available", "2 of 3: lot_c -92233720368547758.08 of -92233720368547758.08"), ("total", "92233720368547758.06")],
        ),
        case(
            "everything wrong with more lots than are listed",
            usual(),
            (1..=7).map(|at| (expiring(lot(&format!("lot_{at}"), 0, "core"), "2020-01-01"), 200)).collect(),
            vec![
                ("available", "0 of 7: lot_1 2.00 of 0.00, lot_2 2.00 of 0.00, lot_3 2.00 of 0.00, lot_4 2.00 of 0.00, lot_5 2.00 of 0.00"),
                ("unexpired", "0 of 7: lot_1 2020-01-01, lot_2 2020-01-01, lot_3 2020-01-01, lot_4 2020-01-01, lot_5 2020-01-01"),
                ("total", "14.00"),
            ],
        ),
    ]
}

fn cases() -> Vec<Case> {
    [conditions(), sums()].concat()
}

#[test]
fn every_check_is_listed_in_order_and_those_that_fail_say_what_they_got() {
    for (name, programme, picks, today, failed) in cases() {
        let checks = check(&programme, &own(), &picks, today);
        let mut names = vec!["scheme", "in_force", "available", "lot_once", "unexpired", "max_age_months", "level_min", "course_once"];
        let minima: Vec<String> = programme.at_least.iter().map(|minimum| format!("at_least:{}", minimum.category)).collect();
        names.extend(minima.iter().map(String::as_str).chain(["transferred_at_most", "total"]));
        assert_eq!(checks.iter().map(|check| check.check.as_str()).collect::<Vec<_>>(), names, "{name}");
        let got: Vec<_> = checks.iter().filter(|check| !check.ok).map(|check| (check.check.as_str(), check.got.as_str())).collect();
        assert_eq!(got, failed, "{name}");
    }
}

#[test]
fn every_check_says_what_it_wants_and_one_without_a_condition_wants_anything() {
    let wants = |programme: &Programme| check(programme, &own(), &good(), today()).into_iter().map(|check| check.want).collect::<Vec<_>>();
    let common = ["0.01 to what is available", "each lot once", "after 2026-03-01"];
    assert_eq!(
        wants(&usual()),
        [
            &["320000:credit", "2026-01-01 to 2028-12-31"],
            &common[..],
            &["from 2019-03-01", "3", "each course from one basis", "6.00", "6.00", "12.00"]
        ]
        .concat()
    );
    let open = Programme { in_force: InForce { through: None, ..usual().in_force }, ..without_conditions() };
    assert_eq!(
        wants(&open),
        [&["320000:credit", "from 2026-01-01"], &common[..], &["any", "any", "each course from one basis", "12.00", "12.00"]].concat()
    );
}

/// The proposal, or the checks that cannot be met: name, want, got.
type Answer = Result<Vec<(&'static str, i64)>, Vec<(&'static str, &'static str, &'static str)>>;

/// A name, the programme, the lots, and the answer.
type Proposal = (&'static str, Programme, Vec<LotFacts>, Answer);

fn core(id: &str, available: i64) -> LotFacts {
    lot(id, available, "core")
}

fn free(id: &str, available: i64) -> LotFacts {
    lot(id, available, "")
}

fn away(id: &str, available: i64) -> LotFacts {
    from_elsewhere(core(id, available))
}

fn x(lot: LotFacts) -> LotFacts {
    of_course(lot, "X")
}

fn met() -> Vec<Proposal> {
    vec![
        ("exactly enough", usual(), vec![core("lot_a", 600), free("lot_b", 600)], Ok(vec![("lot_a", 600), ("lot_b", 600)])),
        (
            "what expires first, then by id, then what never does",
            usual(),
            vec![
                core("lot_z", 900),
                core("lot_c", 200),
                expiring(core("lot_b", 300), "2027-01-01"),
                expiring(core("lot_a", 300), "2027-01-01"),
                expiring(core("lot_y", 100), "2026-03-02"),
            ],
            Ok(vec![("lot_y", 100), ("lot_a", 300), ("lot_b", 300), ("lot_c", 200), ("lot_z", 300)]),
        ),
        (
            "less of what expires first, to leave room for a minimum",
            usual(),
            vec![expiring(free("lot_a", 1200), "2026-04-01"), core("lot_b", 700)],
            Ok(vec![("lot_a", 600), ("lot_b", 600)]),
        ),
        (
            "less of what comes from elsewhere, to leave the share for a category that lacks it",
            usual(),
            vec![expiring(from_elsewhere(free("lot_a", 600)), "2026-04-01"), core("lot_b", 400), away("lot_c", 200), free("lot_d", 900)],
            Ok(vec![("lot_a", 400), ("lot_b", 400), ("lot_c", 200), ("lot_d", 200)]),
        ),
        (
            "lots that fail by themselves are passed over",
            usual(),
            vec![
                expiring(core("lot_a", 900), "2026-03-01"),
                core("lot_b", 900).with(|lot| lot.level = None),
                core("lot_c", 900).with(|lot| lot.earned = day("2019-02-28")),
                core("lot_d", 0),
                core("lot_e", -5),
                core("lot_f", i64::MAX),
            ],
            Ok(vec![("lot_f", 1200)]),
        ),
        (
            "of one course the basis that expires first",
            usual(),
            vec![x(core("lot_a", 1200)), x(expiring(core("lot_b", 1200), "2027-01-01"))],
            Ok(vec![("lot_b", 1200)]),
        ),
        (
            "of one course the basis that suffices",
            usual(),
            vec![x(core("lot_a", 1200)), x(expiring(core("lot_b", 1199), "2027-01-01"))],
            Ok(vec![("lot_a", 1200)]),
        ),
        ("a category wholly from elsewhere", usual(), vec![away("lot_a", 900), free("lot_b", 600)], Ok(vec![("lot_a", 600), ("lot_b", 600)])),
    ]
}

fn not_met() -> Vec<Proposal> {
    let ended = Programme { in_force: InForce { from: day("2025-01-01"), through: Some(day("2026-02-28")) }, ..usual() };
    vec![
        ("nothing at all", usual(), vec![], Err(vec![("at_least:core", "6.00", "0.00"), ("total", "12.00", "0.00")])),
        ("a category short", usual(), vec![core("lot_a", 599), free("lot_b", 900)], Err(vec![("at_least:core", "6.00", "5.99")])),
        (
            "a share too small for the category",
            Programme { transferred_at_most: Ratio::new(1, 3).ok(), ..usual() },
            vec![away("lot_a", 900), free("lot_b", 900)],
            Err(vec![("transferred_at_most", "4.00", "6.00")]),
        ),
        ("a share too small for the total", usual(), vec![core("lot_a", 599), away("lot_b", 900)], Err(vec![("total", "12.00", "11.99")])),
        ("no longer in force", ended, vec![core("lot_a", 1200)], Err(vec![("in_force", "2025-01-01 to 2026-02-28", "2026-03-01")])),
        (
            "either basis of a course meets a check that the other does not",
            usual(),
            vec![x(core("lot_a", 600)), x(expiring(free("lot_b", 1200), "2027-01-01"))],
            Err(vec![("course_once", "each course from one basis", "no choice of bases meets the rest"), ("at_least:core", "6.00", "0.00")]),
        ),
    ]
}

fn proposals() -> Vec<Proposal> {
    [met(), not_met()].concat()
}

fn told(checks: &[Check]) -> Vec<(&str, &str, &str)> {
    assert!(checks.iter().all(|check| !check.ok));
    checks.iter().map(|check| (&*check.check, &*check.want, &*check.got)).collect()
}

#[test]
fn a_proposal_takes_what_expires_first_or_says_what_is_missing() {
    for (name, programme, lots, expected) in proposals() {
        match (suggest(&programme, &own(), &lots, today()), expected) {
            (Ok(picks), Ok(expected)) => assert_eq!(picks.iter().map(|(id, n)| (id.as_str(), *n)).collect::<Vec<_>>(), expected, "{name}"),
            (Err(checks), Err(expected)) => assert_eq!(told(&checks), expected, "{name}"),
            (got, expected) => panic!("{name}: {got:?} and not {expected:?}"),
        }
    }
}

fn made() -> String {
    let payload = |programme: &Programme| serde_json::to_value(programme).expect("JSON");
    let checked = cases().into_iter().map(|(name, programme, picks, today, _)| {
        let checks = check(&programme, &own(), &picks, today);
        json!({ "name": name, "programme": payload(&programme), "region": own(), "picks": picks, "today": today, "checks": checks }).to_string()
    });
    let suggested = proposals().into_iter().map(|(name, programme, lots, _)| {
        let (picks, checks) = match suggest(&programme, &own(), &lots, today()) {
            Ok(picks) => (json!(picks), json!(null)),
            Err(checks) => (json!(null), json!(checks)),
        };
        json!({ "name": name, "programme": payload(&programme), "region": own(), "lots": lots, "today": today(), "picks": picks, "checks": checks })
            .to_string()
    });
    format!("{{\"check\":{},\n\"suggest\":{}}}\n", lines(checked), lines(suggested))
}

#[test]
fn the_vectors_are_what_the_code_makes() {
    assert_same(&file("programme.json", made), &made());
    assert!(kind("programme").example.contains(r#""total":1200"#));
}
