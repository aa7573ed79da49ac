//! Waivers of what fails, some of which are for something else after all.

use super::super::common::cards::Draw;
use super::Question;
use serde_json::Value;
use std::collections::BTreeSet;
use verifier::documents::{Digest, GrantId, Waiver, WaiverId};
use verifier::ids::RegionCode;
use verifier::recognition::CheckName;
use verifier::time::Instant;

/// Waivers for a question that has none yet.
pub fn waivers(draw: &mut Draw, question: &Question) -> Vec<(Digest, Waiver)> {
    let decision = question.decided();
    let failed: Vec<CheckName> = decision.failed().map(|check| check.check).filter(|check| check.is_waivable() || draw.odds(15)).collect();
    if !draw.odds(if failed.is_empty() { 4 } else { 60 }) {
        return vec![];
    }
    let mut waivers = vec![];
    for name in names(&question.facts) {
        for checks in checks(draw, &failed) {
            let mut waiver = Waiver {
                id: WaiverId::parse(&format!("wvr_{}", waivers.len())).expect("an id"),
                region: question.place.clone(),
                agreement: Digest::of(&question.agreement),
                grant: decision.grant.clone(),
                case: name.clone(),
                checks,
                role: "skills-office".into(),
                reason: "紧缺职业人才引进".into(),
                from: draw.near(question.day, &[0, 0, -1, -40]),
                until: draw.near(question.day, &[1, 1, 2, 40]),
                at: Instant(1_767_196_800),
            };
            if draw.odds(12) {
                miss(draw, question, &mut waiver);
            }
            waivers.push((Digest::of(&format!("{}", draw.next())), waiver));
        }
    }
    draw.shuffled(waivers)
}

/// What a waiver can name of a case, each once.
fn names(facts: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map(String::from);
    let lots = facts["credit"]["lots"].as_array().into_iter().flatten().filter_map(|lot| text(&lot["basis"]));
    lots.chain(text(&facts["certificate"]["number"])).chain(text(&facts["provider"]["code"])).collect()
}

/// Most of what fails, by one waiver or by two, and something else; now and then even what may not be waived.
fn checks(draw: &mut Draw, failed: &[CheckName]) -> Vec<Vec<CheckName>> {
    let mut first: Vec<CheckName> = failed.iter().copied().filter(|_| !draw.odds(8)).collect();
    let second = if draw.odds(30) { first[draw.below(first.len() + 1)..].to_vec() } else { vec![] };
    let other = CheckName::ALL[draw.below(CheckName::ALL.len())];
    if !failed.contains(&other) && draw.odds(15) {
        first.push(other);
    }
    [first, second].into_iter().filter(|own| !own.is_empty()).map(|own| draw.shuffled(own)).collect()
}

/// Another place, agreement, grant or case, or another day.
fn miss(draw: &mut Draw, question: &Question, waiver: &mut Waiver) {
    match draw.below(6) {
        0 => waiver.region = RegionCode::parse(if question.place.as_str() == "810000" { "310000" } else { "810000" }).expect("a region"),
        1 => waiver.agreement = Digest::of("another"),
        2 => waiver.grant = GrantId::parse("g-5").expect("an id"),
        3 => waiver.case = Digest::of("another").to_string(),
        4 => waiver.from = question.day.add_days(1),
        _ => (waiver.from, waiver.until) = (question.day.add_days(-9), question.day),
    }
}
