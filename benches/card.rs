//! What a card costs beside the raw signature: `cargo bench --bench card`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use verifier::card::{Card, Claims};
use verifier::hf1;
use verifier::ids::{
    CertificateNumber, CreditCode, Grade, IdDocument, IdKind, Level, OccupationCode, PersonName, RegionCode, Title, TypeOfCertificate,
};
use verifier::jws::Signer;
use verifier::status::{Status, StatusArray};
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::{
    Class, Facts, Flag, Interval, IssuerKey, NoMemo, Outcome, Presented, Provider, ProviderKind, Region, Scope, Standing, StatusFact, Verdict, judge,
};

const SEED: [u8; 32] = [7; 32];
const NOW: i64 = 1_795_276_800;

fn claims() -> Claims {
    Claims {
        iss: RegionCode::parse("310000").unwrap(),
        prv: CreditCode::parse("91350100M000100Y43").unwrap(),
        num: CertificateNumber::parse("S000031000026000001").unwrap(),
        typ: TypeOfCertificate::SkillLevel,
        nam: PersonName::parse("欧阳静").unwrap(),
        id4: IdDocument::parse(IdKind::Resident, "11010519491231002X").unwrap().last_four(),
        occ: Some(OccupationCode::parse("6-31-01-03").unwrap()),
        ttl: Some(Title::parse("电工").unwrap()),
        lvl: Some(Level::new(3).unwrap()),
        grd: Some(Grade::Good),
        day: Day::parse("2026-10-18").unwrap(),
        iat: Instant(NOW),
        exp: Some(Day::parse("2030-01-01").unwrap()),
        sts: (1, 4711).into(),
    }
}

struct World {
    region: Region,
    key: IssuerKey,
    provider: Provider,
    list: StatusArray,
}

fn world(signer: &Signer) -> World {
    let scope = Scope::default();
    let listed = Standing::Listed { class: Class::A, flag: Flag::Green, scope };
    let interval = Interval { from: Day::parse("2020-01-01").unwrap(), until: None, standing: listed, cause: "listed".to_owned() };
    let claims = claims();
    World {
        region: Region { code: claims.iss.clone(), name_zh: "上海市".to_owned(), name_en: "Shanghai".to_owned(), zone: Zone::CHINA },
        key: IssuerKey {
            public: *signer.public(),
            region: claims.iss.clone(),
            provider: claims.prv.clone(),
            from: Instant(NOW - 1000),
            until: Instant(NOW + 1000),
            revoked: None,
        },
        provider: Provider {
            code: claims.prv,
            name_zh: "某公司".to_owned(),
            name_en: "Some Company".to_owned(),
            kind: ProviderKind::Social,
            timeline: vec![interval],
        },
        list: StatusArray::with_len(1 << 20).unwrap(),
    }
}

/// Everything that an offline verification does: parse, header, JSON, signature, key window, issuer, status bit, expiry, words.
fn verdict(world: &World, text: &str) -> Verdict {
    let presented = Presented::from_text(text);
    let place = presented.card().unwrap().claims().sts;
    let status = StatusFact::Known(world.list.get(place.index).unwrap_or(Status::Valid), None);
    let facts = Facts {
        as_of: Instant(NOW),
        fresh_until: Instant(NOW + 60),
        expires: Instant(NOW + 600),
        region: Some(&world.region),
        key: Some(&world.key),
        provider: Some(&world.provider),
        status,
        missing_part: None,
    };
    judge(&presented, &facts, Instant(NOW + 1), &NoMemo)
}

fn signing(c: &mut Criterion) {
    let (signer, raw, claims) = (Signer::from_seed(&SEED), SigningKey::from_bytes(&SEED), claims());
    let card = Card::sign(&claims, &signer).unwrap();
    let input = card.jws().rsplit_once('.').unwrap().0.as_bytes().to_vec();
    let mut group = c.benchmark_group("sign");
    group.bench_function("raw", |b| b.iter(|| raw.sign(black_box(&input))));
    group.bench_function("card", |b| b.iter(|| Card::sign(black_box(&claims), &signer).unwrap()));
    group.finish();
}

fn verifying(c: &mut Criterion) {
    let (signer, raw) = (Signer::from_seed(&SEED), SigningKey::from_bytes(&SEED).verifying_key());
    let card = Card::sign(&claims(), &signer).unwrap();
    let (input, _) = card.jws().rsplit_once('.').unwrap();
    let signature = Signature::from_bytes(card.signature());
    let world = world(&signer);
    let whole = |text: &str| verdict(&world, text);
    assert_eq!(whole(card.jws()).outcome, Outcome::Valid);
    let mut group = c.benchmark_group("verify");
    group.bench_function("raw", |b| b.iter(|| raw.verify_strict(black_box(input.as_bytes()), &signature).unwrap()));
    group.bench_function("card", |b| b.iter(|| whole(black_box(card.jws()))));
    let digits = hf1::encode(&card);
    group.bench_function("card from QR digits", |b| b.iter(|| whole(black_box(&digits))));
    group.finish();
    c.bench_function("hf1 encode", |b| b.iter(|| hf1::encode(black_box(&card))));
}

/// The ratios that count, from turns of either kind in alternation, so that a machine that slows down slows both.
fn ratios(_: &mut Criterion) {
    let (signer, raw, claims) = (Signer::from_seed(&SEED), SigningKey::from_bytes(&SEED), claims());
    let card = Card::sign(&claims, &signer).unwrap();
    let (input, _) = card.jws().rsplit_once('.').unwrap();
    let (key, signature, world) = (raw.verifying_key(), Signature::from_bytes(card.signature()), world(&signer));
    let sign = || {
        black_box(Card::sign(black_box(&claims), &signer).unwrap());
    };
    let raw_sign = || {
        black_box(raw.sign(black_box(input.as_bytes())));
    };
    let verify = || {
        black_box(verdict(&world, black_box(card.jws())));
    };
    compare("sign", raw_sign, sign);
    compare("verify", || key.verify_strict(black_box(input.as_bytes()), &signature).unwrap(), verify);
}

fn compare(what: &str, floor: impl Fn(), ours: impl Fn()) {
    const TURNS: usize = 301;
    let time = |work: &dyn Fn()| {
        let started = std::time::Instant::now();
        (0..100).for_each(|_| work());
        started.elapsed().as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..TURNS).map(|_| time(&floor) / time(&ours)).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{what}: card at {:.1}% of raw (median of {TURNS} alternating turns; quartiles {:.1}% and {:.1}%)",
        ratios[TURNS / 2] * 100.0,
        ratios[TURNS / 4] * 100.0,
        ratios[TURNS * 3 / 4] * 100.0
    );
}

criterion_group!(benches, signing, verifying, ratios);
criterion_main!(benches);
