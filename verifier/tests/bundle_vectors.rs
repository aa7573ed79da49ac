//! The vectors of trust bundles: `tests/vectors/bundle.json` holds files, what is held up, and the verdict or refusal, for any language to
//! run. `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test bundle_vectors` rewrites the file; review the difference.
//!
//! `bundles` has each file, delta and part by its name, in base64url. A case opens `bundle` under `anchor`, then takes the steps of `then`
//! (`update`, `apply` a delta, `add_part`), and then either judges `card` at `now`, which gives the bytes of `verdict`, or the last
//! thing that came is `refused` with a code.

mod common;

use common::bundle_vectors::{Asked, Case, Cases, Step, all, take};
use common::vectors;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use verifier::base64url;
use verifier::bundle::{Anchor, Bundle};
use verifier::ids::RegionCode;
use verifier::jws::PublicKey;
use verifier::messages::{REFUSALS, VERDICTS};
use verifier::time::Instant;
use verifier::verdict::{Outcome, StepResult};

fn line(all: &Cases, case: &Case) -> String {
    let anchor = json!({"region": case.anchor.region, "key": case.anchor.key});
    let text = |value: &str| json!(value).to_string();
    let then: Vec<Value> = case.then.iter().map(|(step, name)| json!({ step.word(): name })).collect();
    let then = if then.is_empty() { String::new() } else { format!(r#","then":{}"#, json!(then)) };
    let asked = match &case.asked {
        Asked::Refused(code) => format!(r#""refused":"{code}""#),
        Asked::Card { text: card, now, .. } => {
            let verdict = serde_json::to_string(&all.verdict(case).expect("a verdict")).expect("JSON");
            format!(r#""card":{},"now":{},"verdict":{}"#, text(card), now.0, text(&verdict))
        }
    };
    format!(r#"{{"name":{},"anchor":{anchor},"bundle":{}{then},{asked}}}"#, text(case.name), text(&case.bundle))
}

fn written() -> String {
    let all = all();
    let bundles: Vec<_> = all.files.iter().map(|(name, bytes)| format!("{}:\"{}\"", json!(name), base64url::encode(bytes))).collect();
    let cases = vectors::lines(all.cases.iter().map(|case| line(&all, case)));
    format!("{{\"bundles\":{{\n{}\n}},\n\"cases\":{cases}}}\n", bundles.join(",\n"))
}

fn file() -> String {
    vectors::file("bundle.json", written)
}

#[test]
fn every_case_gives_the_bytes_of_its_vector() {
    vectors::assert_same(&file(), &written());
}

#[test]
fn every_case_has_the_answer_that_was_decided_for_it() {
    let all = all();
    let differs = |case: &Case| match &case.asked {
        Asked::Refused(code) => {
            let refusal = all.held(case).err().map(|error| error.code());
            (refusal != Some(*code)).then(|| format!("{}: {refusal:?} and not {code}", case.name))
        }
        Asked::Card { decided, .. } => {
            let verdict = all.verdict(case).expect("a verdict");
            let decisive = verdict.steps.iter().find(|step| step.result != StepResult::Ok).map_or("", |step| &step.code);
            ((verdict.outcome, decisive) != *decided).then(|| format!("{}: {:?} {decisive} and not {decided:?}", case.name, verdict.outcome))
        }
    };
    let differences: Vec<_> = all.cases.iter().filter_map(differs).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_file_alone_is_enough_to_run_every_case() {
    let text = file();
    assert!(text.len() < 750_000, "{} bytes", text.len());
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let bytes = |name: &Value| base64url::decode(file["bundles"][name.as_str().expect("a name")].as_str().expect("a file")).expect("base64url");
    for case in file["cases"].as_array().expect("an array") {
        let string = |value: &Value| value.as_str().expect("a string").to_owned();
        let key = PublicKey::parse(&string(&case["anchor"]["key"])).expect("a key");
        let anchor = Anchor { region: RegionCode::parse(&string(&case["anchor"]["region"])).expect("a region"), key };
        let mut held = Bundle::open(&bytes(&case["bundle"]), &anchor);
        for step in case["then"].as_array().into_iter().flatten() {
            let (word, name) = step.as_object().and_then(|step| step.iter().next()).expect("a step");
            let kind = [Step::Update, Step::Apply, Step::AddPart].into_iter().find(|kind| kind.word() == word).expect("a known step");
            held = take(held.expect("only the last is refused"), kind, &bytes(name));
        }
        match case["refused"].as_str() {
            Some(code) => assert_eq!(held.err().map(|error| error.code()), Some(code), "{}", case["name"]),
            None => {
                let now = Instant(case["now"].as_i64().expect("a number"));
                let verdict = held.expect("a bundle").judge(&string(&case["card"]), now);
                assert_eq!(serde_json::to_string(&verdict).expect("JSON"), string(&case["verdict"]), "{}", case["name"]);
            }
        }
    }
}

#[test]
fn no_case_stands_twice_and_every_file_has_its_case() {
    let all = all();
    assert!(all.cases.len() >= 80, "{}", all.cases.len());
    let names: BTreeSet<_> = all.cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), all.cases.len());
    let used: BTreeSet<_> = all.cases.iter().flat_map(|case| case.then.iter().map(|(_, name)| name).chain([&case.bundle])).collect();
    let unused: Vec<_> = all.files.keys().filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn the_cases_reach_every_outcome_every_code_of_a_bundle_and_what_a_bundle_can_say() {
    let all = all();
    let refused: BTreeSet<_> = all.cases.iter().filter_map(|case| if let Asked::Refused(code) = case.asked { Some(code) } else { None }).collect();
    let missed: Vec<_> = REFUSALS.iter().map(|message| message.code).filter(|code| code.starts_with("bundle.") && !refused.contains(code)).collect();
    assert!(missed.is_empty(), "no case is refused with {missed:?}");
    let verdicts: Vec<_> = all.cases.iter().filter_map(|case| all.verdict(case)).collect();
    for outcome in [Outcome::Valid, Outcome::ValidAsOf, Outcome::Invalid, Outcome::Undetermined] {
        assert!(verdicts.iter().any(|verdict| verdict.outcome == outcome), "{outcome:?}");
    }
    let steps = verdicts.iter().flat_map(|verdict| verdict.steps.iter().map(|step| step.code.to_string()));
    let notes = verdicts.iter().flat_map(|verdict| verdict.notes.iter().map(|note| note.code.to_string()));
    let reached: BTreeSet<_> = steps.chain(notes).collect();
    // A bundle looks keys and providers up by the card's own region and code, so it never offers another's.
    let never = ["key.region_mismatch", "issuer.region_unknown", "issuer.region_mismatch", "issuer.provider_mismatch"];
    let missed: Vec<_> = VERDICTS.iter().map(|message| message.code).filter(|code| !reached.contains(*code) && !never.contains(code)).collect();
    assert!(missed.is_empty(), "no case reaches {missed:?}");
}
