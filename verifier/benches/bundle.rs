//! What a trust bundle costs: its size as certificates grow, how long it takes to open, what a day's delta weighs, and a judgement by it
//! beside the raw signature. `cargo bench -p hufu-verifier --bench bundle`;
//! with `-- judge` the last of these alone; with
//! `-- files FOLDER` it writes the files for `node benches/browser.mjs FOLDER`.

#[path = "bundle/fifty.rs"]
mod fifty;
#[path = "bundle/registry.rs"]
mod registry;

use std::hint::black_box;
use std::time::{Duration, Instant as Clock};

use fifty::fifty_grants;
use registry::{Registry, Shape};
use verifier::bundle::Bundle;
use verifier::ids::RegionCode;
use verifier::status::gzip;
use verifier::time::Instant;
use verifier::verdict::{NoMemo, Outcome, Presented, RecognitionOutcome};

/// Judgements, or signatures, in one turn.
const TURN: u32 = 200;
const TURNS: u32 = 101;

/// Certificates and years of issue.
const SHAPES: [(u32, u16); 5] = [(1_000_000, 1), (1_000_000, 10), (10_000_000, 1), (10_000_000, 10), (100_000_000, 10)];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().skip_while(|argument| !matches!(argument.as_str(), "judge" | "files")).map(String::as_str).collect::<Vec<_>>()[..] {
        ["judge", ..] => return judgement(),
        ["files", folder, ..] => return files(std::path::Path::new(folder)),
        _ => {}
    }
    println!(
        "certificates | years | revoked | file gz | file | keys | providers | status | this year only gz | opens in | day's delta gz | applied in"
    );
    for (certificates, years) in SHAPES {
        row(&Shape { certificates, years, providers: 2_000 });
    }
    judgement();
}

/// Writes the files and what a browser needs besides, for benches/browser.mjs.
fn files(folder: &std::path::Path) {
    for (certificates, years) in SHAPES {
        let registry = Registry::of(&Shape { certificates, years, providers: 2_000 });
        let path = folder.join(format!("{certificates}-{years}"));
        std::fs::write(path.with_extension("bundle"), registry.file_of_recent_keys()).expect("a folder to write to");
        let anchor = registry.anchor();
        let beside = [anchor.region.as_str().to_owned(), anchor.key.jwk().x, registry.card().1, registry.now().to_string()].join("\n");
        std::fs::write(path.with_extension("txt"), beside).expect("a folder to write to");
    }
}

fn row(shape: &Shape) {
    let registry = Registry::of(shape);
    let file = registry.file_of_recent_keys();
    let bundle = Bundle::open(&file, &registry.anchor()).expect("a good bundle");
    let (opened, _) = best(|| Bundle::open(black_box(&file), &registry.anchor()).expect("a good bundle"));
    let text = |kind: &str| -> usize {
        let parts = bundle.regions().flat_map(|held| held.part_names().filter(|name| name.to_string().starts_with(kind)).map(|name| held.text(name)));
        parts.flatten().map(|text| gzip(text.as_bytes()).len()).sum()
    };
    let recent = gzip(&bundle.contents().since(registry.last_year()).to_json()).len();
    let (next, delta) = registry.tomorrow();
    let packed = gzip(&delta);
    let (applied, after) = best(|| bundle.apply(black_box(&packed)).expect("a good delta"));
    assert_eq!(after.to_json(), Bundle::open(&next.file_of_recent_keys(), &next.anchor()).expect("a good bundle").to_json());
    println!(
        "{} | {} | {} | {} | {} | {} | {} | {} | {} | {:.1} ms | {} | {:.1} ms",
        shape.certificates,
        shape.years,
        registry.revoked(),
        file.len(),
        bundle.to_json().len(),
        text("keys"),
        text("providers"),
        text("status"),
        recent,
        ms(opened),
        packed.len(),
        ms(applied)
    );
}

/// A raw verification and a judgement, of the card's text, of its QR's digits, and with what a place says to it by an agreement of 50 grants, take
/// turns, so that all see the same machine. Of each the median turn counts: the machine has other work too.
fn judgement() {
    let registry = Registry::of(&Shape { certificates: 10_000_000, years: 1, providers: 2_000 }).with(&fifty_grants("certificate", "6-31-"));
    let bundle = Bundle::open(&registry.file_of_recent_keys(), &registry.anchor()).expect("a good bundle");
    let (card, link) = registry.card();
    let now = Instant(registry.now());
    let key = registry.card_key();
    let signing_input = card.jws().rsplit_once('.').expect("a JWS").0.as_bytes();
    let judged = |text: &str| assert_eq!(black_box(bundle.judge(black_box(text), now)).outcome, Outcome::Valid);
    let place = RegionCode::parse("320000").expect("a region");
    let recognised = |text: &str| {
        let verdict = black_box(bundle.judge_for(&Presented::from_text(black_box(text)), &place, now, &NoMemo));
        assert!(verdict.recognition.is_some_and(|answer| answer.outcome == RecognitionOutcome::Recognised));
    };
    let mut turns: [Vec<Duration>; 4] = Default::default();
    for _ in 0..TURNS {
        turns[0].push(turn(|| assert!(key.verify(black_box(signing_input), black_box(card.signature())))));
        turns[1].push(turn(|| judged(card.jws())));
        turns[2].push(turn(|| judged(&link)));
        turns[3].push(turn(|| recognised(card.jws())));
    }
    let [raw, text, digits, placed] = turns.map(|mut turns| {
        turns.sort_unstable();
        turns[turns.len() / 2].as_secs_f64() * 1e6 / f64::from(TURN)
    });
    println!("verify_strict: {raw:.2} us");
    println!("judged by the bundle from the card's text: {text:.2} us; {:.1} % of raw", 100.0 * raw / text);
    println!("judged by the bundle from the QR's digits: {digits:.2} us; {:.1} % of raw", 100.0 * raw / digits);
    println!("judged from the card's text for another region: {placed:.2} us; {:+.1} %", 100.0 * (placed / text - 1.0));
}

fn turn(mut run: impl FnMut()) -> Duration {
    let start = Clock::now();
    for _ in 0..TURN {
        run();
    }
    start.elapsed()
}

fn best<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut shortest = Duration::MAX;
    loop {
        let mut last = None;
        for _ in 0..5 {
            let start = Clock::now();
            let made = run();
            shortest = shortest.min(start.elapsed());
            last = Some(made);
        }
        if let Some(made) = last {
            return (shortest, made);
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
