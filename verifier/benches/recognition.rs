//! What recognition costs: the brief answer for an agreement of 50 grants, for one grant, and a decision with every check written out.
//! `cargo bench -p hufu-verifier --bench recognition`.

#[path = "bundle/fifty.rs"]
mod fifty;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

use fifty::fifty_grants;
use verifier::agreement::{Agreement, Life};
use verifier::documents::{AchievementKind, Amount, CourseCode, Digest, LotId, SchemeId};
use verifier::ids::{CertificateNumber, CreditCode, Grade, Level, OccupationCode, RegionCode, TypeOfCertificate};
use verifier::recognition::{Accord, CaseFacts, CertificateFacts, Context, CreditFacts, LotFacts, accepts, evaluate, recognise};
use verifier::time::{Day, Instant};
use verifier::verdict::{Class, Flag, Interval, Provider, ProviderKind, Scope, Standing};

fn agreement(moves: &str) -> Agreement {
    Agreement::read(fifty_grants(moves, "6-25-").as_bytes()).expect("a good agreement")
}

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).expect("a region")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn code() -> CreditCode {
    CreditCode::parse("91310000MA1FL0007C").expect("a code")
}

fn provider() -> Provider {
    let standing = Standing::Listed { class: Class::A, flag: Flag::Green, scope: Scope::default() };
    let interval = |from, until| Interval { from: day(from), until, standing: standing.clone(), cause: "1".into() };
    let timeline = vec![interval("2020-01-01", Some(day("2024-01-01"))), interval("2024-01-01", None)];
    Provider { code: code(), name_zh: "甲".into(), name_en: "A".into(), kind: ProviderKind::School, timeline }
}

fn certificate() -> CaseFacts {
    CaseFacts::Certificate(CertificateFacts {
        number: CertificateNumber::parse("HF3100002026K7Q2M9X4TB4").expect("a number"),
        kind: TypeOfCertificate::SkillLevel,
        origin: region("310000"),
        provider: code(),
        occupation: OccupationCode::parse("6-25-02-05").ok(),
        level: Level::new(3).ok(),
        grade: Some(Grade::Good),
        earned: day("2025-03-01"),
        issued: Instant(1_740_787_200),
    })
}

fn credit(lots: usize) -> CaseFacts {
    let lot = |at: usize| LotFacts {
        id: LotId::parse(&format!("lot_{at}")).expect("an id"),
        scheme: SchemeId::parse("310000:credit").expect("a scheme"),
        amount: Amount::new(200).expect("in range"),
        kind: AchievementKind::Course,
        category: None,
        course: CourseCode::parse("SH-IC-101").ok(),
        occupation: OccupationCode::parse("6-25-02-05").ok(),
        level: Level::new(3).ok(),
        grade: Some(Grade::Good),
        provider: Some(code()),
        earned: day("2025-03-01"),
        expires: Some(day("2030-01-01")),
        basis: Digest::of("x"),
    };
    CaseFacts::Credit(CreditFacts { origin: region("310000"), lots: (0..lots).map(lot).collect() })
}

fn recognition(criterion: &mut Criterion) {
    let (place, provider) = (region("320000"), provider());
    let providers = [&provider];
    let context = Context { providers: &providers, ..Context::new(&place, day("2026-03-01")) };
    for (name, moves, facts) in [
        ("certificate", "certificate", certificate()),
        ("1 lot", "credit", credit(1)),
        ("10 lots", "credit", credit(10)),
        ("100 lots", "credit", credit(100)),
    ] {
        let agreement = agreement(moves);
        let accord = Accord { agreement: &agreement, digest: Digest::of("x"), life: Life::AGREED };
        let last = agreement.grants.last().expect("fifty");
        assert_eq!(agreement.grants.iter().filter(|grant| accepts(&accord, grant, &facts, &context)).count(), 1);
        assert!(accepts(&accord, last, &facts, &context));
        let mut group = criterion.benchmark_group("recognition");
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("all 50 grants, only the last accepts", name), |bencher| {
            bencher.iter(|| black_box(&agreement).grants.iter().position(|grant| accepts(&accord, grant, black_box(&facts), &context)));
        });
        group.bench_function(BenchmarkId::new("the grant that accepts, briefly", name), |bencher| {
            bencher.iter(|| accepts(&accord, black_box(last), black_box(&facts), &context));
        });
        group.bench_function(BenchmarkId::new("its decision, every check written out", name), |bencher| {
            bencher.iter(|| evaluate(&accord, black_box(last), black_box(&facts), &context));
        });
        group.bench_function(BenchmarkId::new("its decision as bytes", name), |bencher| {
            bencher.iter(|| evaluate(&accord, black_box(last), black_box(&facts), &context).to_bytes());
        });
        group.bench_function(BenchmarkId::new("recognise: search, decision, others", name), |bencher| {
            bencher.iter(|| recognise(&[accord], black_box(&facts), &context));
        });
        group.finish();
    }
}

criterion_group!(benches, recognition);
criterion_main!(benches);
