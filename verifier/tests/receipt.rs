//! The judgement of a receipt, and `tests/vectors/receipt.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test receipt` rewrites the file; review the difference.

mod common;

use common::receipts::{Case, NOW, all, good};
use common::signer;
use common::vectors::{assert_same, file, lines};
use serde_json::Value;
use std::collections::BTreeSet;
use verifier::messages::RECEIPTS;
use verifier::time::Instant;
use verifier::verdict::{Outcome, PresentedReceipt, StepResult};

#[test]
fn every_row_is_judged_as_it_was_by_hand() {
    for case in all() {
        let verdict = case.judged();
        let codes: Vec<&str> = verdict.steps.iter().map(|step| step.code.as_ref()).collect();
        assert_eq!((verdict.outcome, codes), (case.outcome, case.codes.to_vec()), "{}", case.name);
        let is_forged = verdict.steps.iter().take(2).any(|step| step.result == StepResult::Failed);
        assert_eq!(verdict.receipt.is_none(), is_forged, "{}: a forgery is not shown", case.name);
        for step in &verdict.steps {
            assert!(!step.zh.is_empty() && !step.en.is_empty(), "{}: {}", case.name, step.code);
        }
    }
}

#[test]
fn nothing_is_valid_by_default_and_every_code_occurs() {
    let mut seen = BTreeSet::new();
    for case in all() {
        let verdict = case.judged();
        let all_ok = verdict.steps.len() == 4 && verdict.steps.iter().all(|step| step.result == StepResult::Ok);
        assert_eq!(matches!(verdict.outcome, Outcome::Valid | Outcome::ValidAsOf), all_ok, "{}", case.name);
        seen.extend(verdict.steps.into_iter().map(|step| step.code.into_owned()));
    }
    for message in RECEIPTS {
        assert!(seen.contains(message.code), "{} occurs in no row", message.code);
    }
    let names: BTreeSet<&str> = all().iter().map(|case| case.name).collect();
    assert_eq!(names.len(), all().len());
}

#[test]
fn no_byte_of_a_receipt_can_be_changed() {
    let case = good("changed");
    for at in (0..case.text.len()).step_by(23) {
        let mut bytes = case.text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = Case { text: String::from_utf8(bytes).expect("ASCII"), ..case.clone() };
        if PresentedReceipt::from_text(&changed.text).is_some() {
            assert!(matches!(changed.judged().outcome, Outcome::Invalid | Outcome::Undetermined), "byte {at}");
        }
    }
}

#[test]
fn only_what_calls_itself_a_receipt_is_read_as_one() {
    let text = good("read").text;
    assert!(PresentedReceipt::from_text(&text).is_some_and(|presented| presented.receipt().is_some()));
    let waiver = verifier::jws::sign_compact(r#"{"alg":"EdDSA","kid":"x","typ":"hufu-waiver+jwt"}"#, b"{}", &signer());
    let long = format!("{}{}", text, "A".repeat(verifier::documents::MAX_BYTES));
    for other in ["", ".", "1234", "https://skills.example/v#1234", text.split('.').next().expect("a header"), &waiver, &long] {
        assert!(PresentedReceipt::from_text(other).is_none(), "{}", &other[..other.len().min(40)]);
    }
}

#[test]
fn time_alone_never_makes_a_receipt_better() {
    let case = good("later");
    let rank = |outcome| [Outcome::Valid, Outcome::ValidAsOf, Outcome::Undetermined].iter().position(|own| *own == outcome);
    let days = (0..120).map(|day| Case { now: Instant(NOW.0 + day * 86_400), ..case.clone() }.judged().outcome);
    let ranks: Vec<_> = days.map(rank).collect();
    assert!(ranks.is_sorted() && ranks.first() != ranks.last(), "{ranks:?}");
}

fn made() -> String {
    format!("{}\n", lines(all().iter().map(Case::vector)))
}

#[test]
fn the_vectors_are_what_the_code_makes() {
    let text = file("receipt.json", made);
    assert_same(&text, &made());
    let vectors: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(vectors.len(), all().len());
}
