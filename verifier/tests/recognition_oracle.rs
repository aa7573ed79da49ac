//! Recognition decided a second time, by `tests/oracle/oracle.py`, which was written from the pages alone: ten thousand questions, byte for
//! byte. Where there is no Python the test says so and is skipped, unless `CI` is set.

mod common;
mod drawn;

use drawn::Question;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use verifier::recognition::{CheckName, Decision, Outcome};

const QUESTIONS: u64 = 10_000;
const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/oracle/run.py");
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/recognition.json");

/// What a check can get beside facts of the case.
const WORDS: [&str; 18] = [
    "not every party",
    "ended on",
    "superseded from",
    "none",
    "unknown",
    "not listed",
    "barred",
    "class D",
    "red flag",
    "B, A",
    "type out of scope",
    "occupation out of scope",
    "level out of scope",
    "0 of 0",
    "0 of 6: lot_0",
    "nothing",
    "several schemes",
    "0.00 + ",
];

/// How often a check was ok, was not, was waived, and lacked a fact.
type Table = BTreeMap<CheckName, [usize; 4]>;

fn count(table: &mut Table, decision: &Decision) {
    for check in &decision.checks {
        let row = table.entry(check.check).or_default();
        row[usize::from(!check.ok)] += 1;
        row[2] += usize::from(!check.waived.is_empty());
        row[3] += usize::from(!check.ok && decision.outcome == Outcome::Undetermined);
    }
}

#[test]
fn the_questions_reach_every_check_and_every_outcome() {
    let (mut table, mut outcomes, mut words) = (Table::new(), BTreeMap::new(), BTreeMap::new());
    for seed in 0..QUESTIONS {
        let decision = Question::of(seed).decided();
        count(&mut table, &decision);
        *outcomes.entry(format!("{:?}", decision.outcome)).or_insert(0) += 1;
        for word in WORDS {
            *words.entry(word).or_insert(0) += usize::from(decision.checks.iter().any(|check| check.got.contains(word)));
        }
    }
    println!("{:24}{:>8}{:>8}{:>8}{:>8}", "check", "ok", "not ok", "waived", "lacking");
    for (check, [ok, failed, waived, lacking]) in &table {
        println!("{:24}{ok:>8}{failed:>8}{waived:>8}{lacking:>8}", check.as_str());
    }
    println!("{words:?}\n{outcomes:?}");
    assert!(outcomes.len() == 3 && outcomes.values().all(|count| *count > 500), "{outcomes:?}");
    assert!(words.values().all(|count| *count > 0), "{words:?}");
    let lacks = ["provider.listed", "provider.class", "provider.flag", "provider.type", "provider.in_scope"];
    for check in CheckName::ALL {
        let [ok, failed, waived, lacking] = table.get(check).copied().unwrap_or_default();
        assert!(ok > 0 && failed > 0, "{check}: {ok} ok, {failed} not");
        assert_eq!(waived > 0, check.is_waivable(), "{check}: {waived} waived");
        assert_eq!(lacking > 0, lacks.contains(&check.as_str()), "{check}: {lacking} lack a fact");
    }
}

/// What the oracle says of a file, or nothing where there is no Python.
fn compared(file: &str) -> Option<(bool, String)> {
    match Command::new("python3").env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1").args([ORACLE, file]).output() {
        Ok(ran) => Some((ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "CI is set and there is no python3: {error}");
            eprintln!("skipped: there is no python3 ({error})");
            None
        }
    }
}

#[test]
fn the_oracle_decides_ten_thousand_questions_alike() {
    let lines: Vec<String> = (0..QUESTIONS)
        .map(|seed| {
            let question = Question::of(seed);
            question.line(&format!("seed {seed}"), &question.decided())
        })
        .collect();
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/recognition-oracle.ndjson");
    fs::write(file, lines.join("\n")).expect("a file");
    if let Some((well, words)) = compared(file) {
        assert!(well && words.contains("10000 of 10000 decisions agree"), "{words}");
    }
}

#[test]
fn the_oracle_decides_every_vector_alike_and_notices_a_change() {
    let Some((well, words)) = compared(VECTORS) else { return };
    assert!(well, "{words}");
    let text = fs::read_to_string(VECTORS).expect("vectors");
    let changed = text.replacen("2 of 2", "1 of 2", 1);
    assert_ne!(changed, text);
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/recognition-changed.json");
    fs::write(file, changed).expect("a file");
    let refused = compared(file);
    assert!(refused.as_ref().is_some_and(|(well, words)| !well && words.contains("1 of 2")), "{refused:?}");
}
