//! The vectors of verdicts: `tests/vectors/verdict.json` holds every case with its answer, for any language to run.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test verdict` rewrites the file; review the difference.

mod common;

use common::cases::{all, card, link};
use common::decided::DECIDED;
use common::signer;
use common::vectors;
use common::world::World;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeSet;
use verifier::messages::VERDICTS;
use verifier::time::Instant;
use verifier::verdict::{NoMemo, Outcome, Presented, SignatureMemo, StepResult, Verdict, judge};

/// One vector, in the order in which it is written.
#[derive(Serialize, Deserialize)]
struct Vector {
    name: String,
    text: String,
    now: Instant,
    facts: World,
    verdict: Verdict,
}

fn judged(text: &str, world: &World, now: Instant) -> Verdict {
    judge(&Presented::from_text(text), &world.facts(), now, &NoMemo)
}

/// Every case with its answer, one a line.
fn written() -> String {
    let vectors = all().into_iter().map(|case| {
        let verdict = judged(&case.text, &case.world, case.now);
        let vector = Vector { name: case.name.into(), text: case.text, now: case.now, facts: case.world, verdict };
        serde_json::to_string(&vector).expect("JSON")
    });
    vectors::lines(vectors) + "\n"
}

fn stored() -> Vec<Vector> {
    serde_json::from_str(&file()).expect("vectors")
}

/// The text of the file.
fn file() -> String {
    vectors::file("verdict.json", written)
}

#[test]
fn every_case_gives_the_bytes_of_its_vector() {
    vectors::assert_same(&file(), &written());
}

#[test]
fn every_case_has_the_answer_that_was_decided_for_it() {
    let vectors = stored();
    assert_eq!(vectors.len(), DECIDED.len());
    for (vector, (name, outcome, code)) in vectors.iter().zip(DECIDED) {
        let decisive = vector.verdict.steps.iter().find(|step| step.result != StepResult::Ok).map_or("", |step| &step.code);
        assert_eq!((vector.name.as_str(), vector.verdict.outcome, decisive), (*name, *outcome, *code));
    }
}

#[test]
fn a_vector_read_from_the_file_is_judged_to_the_same_bytes() {
    let file = file();
    for vector in stored() {
        let verdict = judged(&vector.text, &vector.facts, vector.now);
        assert_eq!(verdict, vector.verdict, "{}", vector.name);
        let bytes = serde_json::to_string(&verdict).expect("JSON");
        assert!(file.contains(&format!("\"verdict\":{bytes}}}")), "{}", vector.name);
    }
}

#[test]
fn the_vectors_reach_every_outcome_and_every_code_of_a_verdict() {
    let vectors = stored();
    assert!(vectors.len() >= 30);
    for outcome in [Outcome::Valid, Outcome::ValidAsOf, Outcome::Invalid, Outcome::Undetermined] {
        assert!(vectors.iter().any(|vector| vector.verdict.outcome == outcome), "{outcome:?}");
    }
    let steps = vectors.iter().flat_map(|vector| vector.verdict.steps.iter().map(|step| step.code.to_string()));
    let notes = vectors.iter().flat_map(|vector| vector.verdict.notes.iter().map(|note| note.code.to_string()));
    let reached: BTreeSet<_> = steps.chain(notes).collect();
    let missed: Vec<_> = VERDICTS.iter().map(|message| message.code).filter(|code| !reached.contains(*code)).collect();
    assert!(missed.is_empty(), "no vector reaches {missed:?}");
}

#[test]
fn only_six_steps_that_are_ok_make_a_green_answer() {
    for vector in stored() {
        let all_ok = vector.verdict.steps.len() == 6 && vector.verdict.steps.iter().all(|step| step.result == StepResult::Ok);
        let green = matches!(vector.verdict.outcome, Outcome::Valid | Outcome::ValidAsOf);
        assert_eq!(green, all_ok, "{}", vector.name);
        let failed = vector.verdict.steps.iter().any(|step| step.result == StepResult::Failed);
        assert_eq!(vector.verdict.outcome == Outcome::Invalid, failed, "{}", vector.name);
    }
}

#[test]
fn a_card_that_its_issuer_did_not_sign_is_not_shown() {
    for vector in stored() {
        let forged = vector.verdict.steps.iter().any(|step| step.code == "signature.wrong");
        let readable = Presented::from_text(&vector.text).card().is_some();
        assert_eq!(vector.verdict.certificate.is_some(), readable && !forged, "{}", vector.name);
    }
}

/// Remembers in memory, and counts.
#[derive(Default)]
struct Memo(RefCell<BTreeSet<[u8; 32]>>);

impl SignatureMemo for Memo {
    fn is_known(&self, digest: &[u8; 32]) -> bool {
        self.0.borrow().contains(digest)
    }
    fn remember(&self, digest: [u8; 32]) {
        self.0.borrow_mut().insert(digest);
    }
}

#[test]
fn a_memo_changes_no_answer_and_remembers_good_signatures_only() {
    let memo = Memo::default();
    let judge_with = |text: &str, world: &World| judge(&Presented::from_text(text), &world.facts(), world.as_of, &memo);
    let world = World::good();
    let text = link(&card());
    let first = judge_with(&text, &world);
    assert_eq!((memo.0.borrow().len(), judge_with(&text, &world)), (1, first));
    for case in all() {
        assert_eq!(judge_with(&case.text, &case.world), judged(&case.text, &case.world, case.world.as_of), "{}", case.name);
    }
    // Another key with the same card is another digest: the memo does not vouch for it.
    let (input, _) = card().jws().rsplit_once('.').map(|(input, signature)| (input.to_owned(), signature.to_owned())).expect("three parts");
    let forged = format!("{input}.{}", verifier::base64url::encode(&signer().sign(b"something else")));
    assert_eq!(judge_with(&forged, &world).outcome, Outcome::Invalid);
}
