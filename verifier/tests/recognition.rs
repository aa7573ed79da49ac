//! The table of recognition, and `tests/vectors/recognition.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test recognition` rewrites the file; review the difference.

mod common;

use common::recognition_cases::all;
use common::recognitions::{CREDIT, Case, agreement};
use common::signer;
use common::vectors::{assert_same, file, lines};
use serde_json::Value;
use std::collections::BTreeSet;
use verifier::agreement::{Agreement, Life};
use verifier::documents::{Digest, Waiver, WaiverId};
use verifier::ids::RegionCode;
use verifier::recognition::{Accord, CaseFacts, Check, CheckName, Context, Decision, LotFacts, Outcome, check_words, evaluate};
use verifier::time::{Day, Instant};

#[test]
fn every_row_is_decided_as_it_was_by_hand() {
    let rows = all();
    assert!(rows.len() >= 120, "{}", rows.len());
    for case in &rows {
        let (decision, accepted) = case.decided();
        let failed: Vec<_> = decision.failed().map(|check| (check.check.to_string(), check.got.to_string())).collect();
        assert_eq!(failed, case.failed, "{}", case.name);
        assert_eq!(decision.outcome, outcome(case), "{}", case.name);
        assert_eq!(accepted, failed.is_empty(), "{}: the brief answer", case.name);
        if let Some(gives) = &case.gives {
            assert_eq!(&serde_json::to_value(&decision.gives).expect("JSON"), gives, "{}", case.name);
        }
    }
}

/// A case is undetermined where nothing failed but for what is unknown.
fn outcome(case: &Case) -> Outcome {
    let is_unknown = |got: &str| got == "unknown" || (got.contains(" unknown") && !got.contains("none"));
    match &*case.failed {
        [] => Outcome::Recognised,
        failed if failed.iter().all(|(_, got)| is_unknown(got)) => Outcome::Undetermined,
        _ => Outcome::Refused,
    }
}

#[test]
fn every_check_holds_somewhere_and_fails_somewhere() {
    let (mut held, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for check in all().iter().flat_map(|case| case.decided().0.checks) {
        if check.ok {
            held.insert(check.check)
        } else {
            failed.insert(check.check)
        };
    }
    for check in CheckName::ALL {
        assert!(held.contains(check) && failed.contains(check), "{check}");
    }
}

#[test]
fn every_name_occurs_once() {
    let names: BTreeSet<String> = all().into_iter().map(|case| case.name).collect();
    assert_eq!(names.len(), all().len());
}

#[test]
fn a_decision_is_read_back_and_no_byte_of_it_can_be_moved() {
    for case in all() {
        let decision = case.decided().0;
        let bytes = decision.to_bytes();
        assert_eq!(Decision::read(&bytes), Ok(decision), "{}", case.name);
        assert!(Decision::read(&[&bytes[..], b" "].concat()).is_err_and(|error| error.code() == "document.form"), "{}", case.name);
    }
}

#[test]
fn a_decision_that_contradicts_itself_is_refused() {
    let case = |name: &str| all().into_iter().find(|case| case.name == name).expect("a case").decided().0;
    let text = |decision: &Decision| String::from_utf8(decision.to_bytes()).expect("UTF-8");
    let good = text(&case("credit as it is"));
    for (from, to, code, about) in [
        ("\"outcome\":\"recognised\"", "\"outcome\":\"refused\"", "document.member", Some("outcome")),
        ("\"ok\":true", "\"ok\":false", "document.member", Some("outcome")),
        ("\"ok\":true", "\"ok\":1", "document.member", Some("checks")),
        ("\"check\":\"in_force\"", "\"check\":\"signed\"", "document.member", Some("checks")),
        ("\"check\":\"in_force\"", "\"check\":\"weather\"", "document.member", Some("checks")),
        ("\"from\":\"310000\"", "\"from\":\"330000\"", "document.member", Some("from")),
        ("\"day\":\"2026-03-01\",", "", "document.missing", Some("day")),
        ("\"case\":{", "\"note\":1,\"case\":{", "document.unknown", Some("note")),
        ("\"case\":{", "\"case\": {", "document.form", None),
        ("decision/1", "decision/2", "document.member", Some("hufu")),
        ("\"amount\":200", "\"amount\":200.0", "document.member", Some("case")),
    ] {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from} must occur");
        let error = Decision::read(changed.as_bytes()).expect_err("must be refused");
        assert_eq!((error.code(), error.about()), (code, about), "{from} {to}");
    }
    let without = &good[..good.find(",\"gives\"").expect("gives")];
    assert_eq!(Decision::read(format!("{without}}}").as_bytes()).map_err(|error| error.about().map(String::from)), Err(Some("gives".into())));
}

#[test]
fn what_may_not_be_waived_is_not_even_by_a_waiver_that_says_so() {
    let agreement = Agreement::read(agreement("credit", r#"{"scheme":"310000:hour"}"#, "").as_bytes()).expect("good");
    let accord = Accord { agreement: &agreement, digest: Digest::of("x"), life: Life { is_agreed: false, ..Life::AGREED } };
    let facts = CaseFacts::read(CREDIT.replace("2030-03-01", "2026-03-01").as_bytes()).expect("facts");
    let place = RegionCode::parse("320000").expect("a region");
    let day = Day::parse("2026-03-01").expect("a day");
    let waiver = |lot: &LotFacts| Waiver {
        id: WaiverId::parse("wvr_1").expect("an id"),
        region: place.clone(),
        agreement: accord.digest,
        grant: agreement.grants[0].id.clone(),
        case: lot.basis.to_string(),
        checks: CheckName::ALL.to_vec(),
        role: "skills-office".into(),
        reason: "x".into(),
        from: day,
        until: day.add_days(1),
        at: Instant(0),
    };
    let waivers: Vec<_> = facts.lots().iter().map(|lot| (Digest::of("w"), waiver(lot))).collect();
    let decision = evaluate(&accord, &agreement.grants[0], &facts, &Context { waivers: &waivers, ..Context::new(&place, day) });
    let failed: Vec<_> = decision.failed().map(|check| check.check.as_str()).collect();
    assert_eq!(failed, ["signed", "scheme", "unexpired"]);
    assert!(waivers.iter().all(|(_, waiver)| waiver.sign(&signer()).is_err()), "and it cannot be signed");
}

#[test]
fn every_check_has_words_in_both_languages() {
    for name in CheckName::ALL {
        let check = Check { check: *name, want: "".into(), got: "".into(), ok: true, waived: vec![] };
        let words = check_words(&check);
        assert!(words.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && words.en.is_ascii(), "{name}");
    }
    assert!(CheckName::ALL.is_sorted());
}

fn made() -> String {
    format!("{}\n", lines(all().iter().map(Case::vector)))
}

#[test]
fn the_vectors_are_what_the_code_makes() {
    let text = file("recognition.json", made);
    assert_same(&text, &made());
    let vectors: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(vectors.len(), all().len());
}
