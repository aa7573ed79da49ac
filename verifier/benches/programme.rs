//! What the rules of a programme cost: proposals from many lots, the check of a proposal, and the longest search among courses.
//! `cargo bench -p hufu-verifier --bench programme`.

use std::hint::black_box;
use std::time::Instant as Clock;

use verifier::documents::{
    Amount, Awards, Category, CourseCode, Digest, InForce, Minimum, Names, Programme, ProgrammeId, ProgrammeKind, Ratio, SchemeId,
};
use verifier::ids::{RegionCode, Title, TypeOfCertificate};
use verifier::programme::{LotFacts, check, suggest};
use verifier::time::Day;

fn main() {
    println!("lots | categories | courses of three bases | proposal | its check | picks");
    for (lots, categories, courses) in [(10_000, 1, 0), (10_000, 20, 0), (10_000, 20, 12), (10_000, 20, 3_333)] {
        row(lots, categories, courses);
    }
    for courses in [12, 40] {
        let (lots, half) = (no_choice(courses), courses as i64 / 2 + 1);
        let programme = programme(&[("a", half), ("b", half)], 2 * half);
        let (ms, answer) = best(|| suggest(black_box(&programme), &own(), &lots, today()));
        let got = answer.expect_err("one short").swap_remove(0).got;
        println!("{courses} courses of three bases, no choice among which is good: {ms:.2} ms: {got}");
    }
}

/// Lots of 1.00 that nearly all are needed, the third one of each course being the one that expires last.
fn row(count: usize, categories: usize, courses: usize) {
    let names: Vec<String> = (0..categories).map(|at| format!("c{at}")).collect();
    let lots: Vec<LotFacts> = (0..count)
        .map(|at| {
            let course = (at < 3 * courses).then(|| format!("C{}", at / 3));
            let days = (at * 7_919 % 3_000) as i64;
            LotFacts {
                course: course.and_then(|text| CourseCode::parse(&text).ok()),
                expires_on: (at % 10 > 0).then(|| today().add_days(1 + days)),
                origin: if at % 4 == 0 { region("310000") } else { own() },
                ..lot(&format!("lot_{at:05}"), 100, &names[at % categories])
            }
        })
        .collect();
    let usable = count - 2 * courses;
    let minima: Vec<_> = names.iter().map(|name| (name.as_str(), (usable * 100 / categories / 3) as i64)).collect();
    let programme = programme(&minima, (usable * 80) as i64);
    let (ms, proposal) = best(|| suggest(black_box(&programme), &own(), &lots, today()).expect("enough lots"));
    let amount = |lot: &LotFacts| proposal.iter().find(|(id, _)| *id == lot.id).map(|(_, amount)| *amount);
    let picks: Vec<_> = lots.iter().filter_map(|lot| Some((lot.clone(), amount(lot)?))).collect();
    let (check_ms, checks) = best(|| check(black_box(&programme), &own(), &picks, today()));
    assert!(checks.iter().all(|check| check.ok));
    println!("{count} | {categories} | {courses} | {ms:.2} ms | {check_ms:.2} ms | {}", picks.len());
}

/// Each course gives 1 of `a`, 1 of `b`, or 1 of neither; besides, there is enough in all.
fn no_choice(courses: usize) -> Vec<LotFacts> {
    let course = |at: usize| {
        ["a", "b", "c"]
            .map(|category| LotFacts { course: CourseCode::parse(&format!("C{at}")).ok(), ..lot(&format!("lot_{at}{category}"), 1, category) })
    };
    (0..courses).flat_map(course).chain([lot("lot_z", 100, "c")]).collect()
}

fn lot(id: &str, available: i64, category: &str) -> LotFacts {
    LotFacts {
        id: id.into(),
        scheme: SchemeId::parse("320000:credit").expect("a scheme"),
        available,
        category: Category::parse(category).ok(),
        course: None,
        level: None,
        earned: today(),
        expires_on: None,
        origin: own(),
        basis: id.into(),
    }
}

fn programme(minima: &[(&str, i64)], total: i64) -> Programme {
    let amount = |hundredths| Amount::new(hundredths).expect("in range");
    let title = || Title::parse("x").expect("a title");
    Programme {
        id: ProgrammeId::parse("prg_0").expect("an id"),
        version: 2,
        supersedes: Some(Digest::of("x")),
        name: Names { zh: title(), en: title() },
        kind: ProgrammeKind::NonDegree,
        in_force: InForce { from: today(), through: None },
        scheme: SchemeId::parse("320000:credit").expect("a scheme"),
        total: amount(total),
        at_least: minima
            .iter()
            .map(|(name, least)| Minimum { category: Category::parse(name).expect("a category"), amount: amount(*least) })
            .collect(),
        transferred_at_most: Ratio::new(1, 3).ok(),
        level_min: None,
        max_age_months: Some(84),
        awards: Awards { kind: TypeOfCertificate::Training, title: title(), occupation: None, level: None },
    }
}

fn own() -> RegionCode {
    region("320000")
}

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).expect("a region")
}

fn today() -> Day {
    Day::new(2026, 3, 1).expect("a day")
}

/// The shortest of five runs, in milliseconds, and what it gave.
fn best<T>(run: impl Fn() -> T) -> (f64, T) {
    let timed = || {
        let start = Clock::now();
        let made = run();
        (start.elapsed().as_secs_f64() * 1e3, made)
    };
    (0..4).fold(timed(), |best, _| {
        let next = timed();
        if next.0 < best.0 { next } else { best }
    })
}
