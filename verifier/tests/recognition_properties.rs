//! Laws of recognition: the same bytes again, the brief answer is the long one, no condition opens a door, no splitting of lots pays.

mod common;

use common::cards::Draw;
use common::recognition_cases::all;
use common::recognitions::{CREDIT, Case, agreement, certificate, credit};
use proptest::prelude::*;
use serde_json::{Value, json};
use verifier::agreement::{Agreement, Life};
use verifier::documents::{Amount, Digest};
use verifier::ids::RegionCode;
use verifier::recognition::{Accord, CaseFacts, Context, Decision, Outcome, RecognitionOutcome, accepts, evaluate, failing, recognise};
use verifier::time::Day;

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).expect("a region")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Every condition that a certificate or a lot can meet or fail.
const CONDITIONS: [&str; 12] = [
    r#""occupation":["6-25-"]"#,
    r#""occupation":["4-"]"#,
    r#""level":{"min":3}"#,
    r#""level":{"max":2}"#,
    r#""grade":{"min":"good"}"#,
    r#""max_age_months":12"#,
    r#""max_age_months":11"#,
    r#""earned":{"from":"2025-03-01"}"#,
    r#""earned":{"through":"2025-02-28"}"#,
    r#""provider":{"status_at":"earned"}"#,
    r#""provider":{"status_at":"offered","class":["A"]}"#,
    r#""provider":{"status_at":"earned","in_scope":true,"flag":["green"]}"#,
];

/// Some of the conditions, no member twice.
fn some(draw: &mut Draw) -> Vec<&'static str> {
    let mut chosen: Vec<&str> = Vec::new();
    for condition in CONDITIONS {
        let is_new = !chosen.iter().any(|own| own.split(':').next() == condition.split(':').next());
        if is_new && draw.below(3) == 0 {
            chosen.push(condition);
        }
    }
    chosen
}

/// A usual certificate with facts now and then absent or others.
fn drawn(draw: &mut Draw, conditions: &[&str]) -> Case {
    let accept = format!("{{{}}}", conditions.join(","));
    let edits: Vec<(&str, &str)> = [
        ("\"occupation\":\"6-25-02-05\",", ["\"occupation\":\"6-25-02-05\",", "", "\"occupation\":\"4-04-05-05\","]),
        ("\"level\":3,", ["\"level\":3,", "", "\"level\":1,"]),
        ("\"grade\":\"good\",", ["\"grade\":\"good\",", "", "\"grade\":\"fail\","]),
        ("2025-03-01", ["2025-03-01", "2025-02-28", "2019-06-30"]),
    ]
    .into_iter()
    .map(|(from, to)| (from, to[draw.below(3)]))
    .collect();
    let case = certificate("drawn", &accept, &edits, &[]);
    if draw.below(4) == 0 { case.without_provider() } else { case }
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_the_brief_answer() {
    let mut seen = [0; 3];
    for seed in 0..4_000 {
        let mut draw = Draw(seed);
        let conditions = some(&mut draw);
        let case = drawn(&mut draw, &conditions);
        let (decision, accepted) = case.decided();
        assert_eq!(decision.to_bytes(), case.clone().decided().0.to_bytes());
        assert_eq!(accepted, decision.outcome == Outcome::Recognised, "seed {seed}");
        assert_eq!(decision.checks.iter().all(|check| check.ok), decision.outcome == Outcome::Recognised);
        assert_eq!(Decision::read(&decision.to_bytes()), Ok(decision.clone()));
        seen[decision.outcome as usize] += 1;
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}

#[test]
fn one_more_condition_never_accepts_more() {
    for seed in 0..4_000 {
        let mut draw = Draw(seed);
        let mut conditions = some(&mut draw);
        let mut again = Draw(seed + 1_000_000);
        let with = drawn(&mut again, &conditions).decided();
        let Some(dropped) = conditions.pop() else { continue };
        let without = drawn(&mut Draw(seed + 1_000_000), &conditions).decided();
        assert!(without.1 || !with.1, "seed {seed}: {dropped}");
        let names = |decision: &Decision| decision.checks.iter().map(|check| check.check).collect::<Vec<_>>();
        assert!(names(&without.0).iter().all(|name| names(&with.0).contains(name)), "seed {seed}");
    }
}

/// What credit gives in all, in hundredths.
fn given(case: &Case) -> i64 {
    case.decided().0.gives.iter().map(|given| given.amount.hundredths()).sum()
}

/// The first usual lot, in these parts.
fn parts(amounts: &[i64], ratio: (u32, u32)) -> Case {
    let facts: Value = serde_json::from_str(CREDIT).expect("JSON");
    let lot = |(at, amount): (usize, &i64)| {
        let mut lot = facts["credit"]["lots"][0].clone();
        lot["id"] = json!(format!("lot_{at}"));
        lot["amount"] = json!(amount);
        lot
    };
    let lots: Vec<Value> = amounts.iter().enumerate().map(lot).collect();
    let rest = format!(r#","convert":{{"ratio":[{},{}],"scheme":"320000:credit"}}"#, ratio.0, ratio.1);
    let case = credit("parts", r#"{"scheme":"310000:credit"}"#, &rest, &[], &[]);
    Case { facts: json!({ "credit": { "origin": "310000", "lots": lots } }).to_string(), ..case }
}

proptest! {
    #[test]
    fn splitting_a_lot_never_gains(amounts in prop::collection::vec(1_i64..10_000, 1..6), n in 1_u32..=1_000, d in 1_u32..=1_000) {
        let whole = parts(&[amounts.iter().sum()], (n, d));
        prop_assert!(given(&parts(&amounts, (n, d))) <= given(&whole));
        let exact = amounts.iter().sum::<i64>() * i64::from(n) / i64::from(d);
        let expected = if Amount::new(exact).is_ok() { exact } else { 0 };
        prop_assert_eq!(given(&whole), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = (Agreement::read(&bytes), Decision::read(&bytes), CaseFacts::read(&bytes));
    }
}

/// Three grants `a`, `b`, `c` of one kind in an order.
fn ordered(order: &[(&str, &str)]) -> String {
    let grants: Vec<String> = order
        .iter()
        .map(|(id, accept)| format!(r#"{{"id":"{id}","moves":"certificate","from":["310000"],"to":["320000"],"accept":{accept}}}"#))
        .collect();
    let text = agreement("certificate", "{}", "");
    let head = text.split("\"grants\":[").next().expect("a head");
    format!("{head}\"grants\":[{}]}}", grants.join(","))
}

#[test]
fn the_order_of_grants_changes_no_decision_of_a_named_one() {
    let grants = [("a", r#"{"level":{"min":4}}"#), ("b", "{}"), ("c", r#"{"grade":{"min":"good"}}"#)];
    let turned = [grants[2], grants[0], grants[1]];
    let (place, facts) = (region("320000"), CaseFacts::read(common::recognitions::CERTIFICATE.as_bytes()).expect("facts"));
    let context = Context::new(&place, day("2026-03-01"));
    let decisions = |order: &[(&str, &str)]| {
        let agreement = Agreement::read(ordered(order).as_bytes()).expect("good");
        let accord = Accord { agreement: &agreement, digest: Digest::of("x"), life: Life::AGREED };
        let mut made: Vec<_> =
            agreement.grants.iter().map(|grant| (grant.id.clone(), evaluate(&accord, grant, &facts, &context).to_bytes())).collect();
        made.sort();
        made
    };
    assert_eq!(decisions(&grants), decisions(&turned));
}

#[test]
fn the_first_grant_that_accepts_is_reported_and_the_others_are_listed() {
    let facts = CaseFacts::read(common::recognitions::CERTIFICATE.as_bytes()).expect("facts");
    let (place, own, other) = (region("320000"), region("310000"), region("330000"));
    let text = |order: &[(&str, &str)], id: &str| ordered(order).replace(":cases", id);
    let texts = [
        text(&[("high", r#"{"level":{"min":4}}"#), ("any", "{}"), ("good", r#"{"grade":{"min":"good"}}"#)], ":b"),
        text(&[("more", "{}")], ":a"),
        text(&[("high", r#"{"level":{"min":4},"grade":{"min":"excellent"}}"#), ("higher", r#"{"level":{"min":5}}"#)], ":c"),
        text(&[("unknown", r#"{"provider":{"status_at":"earned"}}"#), ("high", r#"{"level":{"min":4}}"#)], ":d"),
    ];
    let agreements = texts.each_ref().map(|text| Agreement::read(text.as_bytes()).expect("good"));
    let accord = |at: usize| Accord { agreement: &agreements[at], digest: Digest::of(&texts[at]), life: Life::AGREED };
    let ask = |accords: &[Accord<'_>], place: &RegionCode| recognise(accords, &facts, &Context::new(place, day("2026-03-01")));
    let found = ask(&[accord(0), accord(1)], &place);
    assert_eq!(found.outcome, RecognitionOutcome::Recognised);
    assert_eq!(found.decision.expect("one").grant.as_str(), "more");
    assert_eq!(found.others.iter().map(|other| other.grant.as_str()).collect::<Vec<_>>(), ["any", "good"]);
    let refused = ask(&[accord(2)], &place);
    assert_eq!((refused.outcome, refused.decision.expect("one").grant.as_str()), (RecognitionOutcome::Refused, "higher"));
    let unknown = ask(&[accord(2), accord(3)], &place);
    assert_eq!((unknown.outcome, unknown.decision.expect("one").grant.as_str()), (RecognitionOutcome::Undetermined, "unknown"));
    assert_eq!(ask(&[accord(0)], &other).outcome, RecognitionOutcome::NotCovered);
    assert_eq!(ask(&[], &place).outcome, RecognitionOutcome::NotCovered);
    let at_home = ask(&[accord(0)], &own);
    assert_eq!((at_home.outcome, at_home.decision), (RecognitionOutcome::Own, None));
    let proposed = Accord { life: Life { is_agreed: false, ..Life::AGREED }, ..accord(1) };
    assert_eq!(ask(&[proposed], &place).outcome, RecognitionOutcome::Refused);
}

#[test]
fn every_case_of_the_table_is_total_under_every_other_grant() {
    let cases = all();
    let place = region("320000");
    let context = Context::new(&place, day("2026-03-01"));
    for agreement in cases.iter().step_by(5) {
        let read = Agreement::read(agreement.agreement.as_bytes()).expect("good");
        let accord = Accord { agreement: &read, digest: Digest::of("x"), life: agreement.life };
        for case in cases.iter().step_by(3) {
            let facts = CaseFacts::read(case.facts.as_bytes()).expect("facts");
            let decision = evaluate(&accord, &read.grants[0], &facts, &context);
            assert_eq!(accepts(&accord, &read.grants[0], &facts, &context), decision.outcome == Outcome::Recognised);
            assert!(failing(&accord, &read.grants[0], &facts, &context).iter().eq(decision.failed().map(|check| check.check)));
            assert_eq!(Decision::read(&decision.to_bytes()), Ok(decision), "{} under {}", case.name, agreement.name);
        }
    }
}
