//! Agreements of one to five grants: one that is asked about, drawn around the case, and others beside it.

use super::super::common::cards::Draw;
use super::conditions::accept;
use super::credits::credits;
use super::{REGIONS, Scene};
use serde_json::json;
use verifier::recognition::Used;

/// The text, which of its grants is asked about, and what the learner has used.
pub fn agreement(draw: &mut Draw, scene: &Scene) -> (String, usize, Vec<Used>) {
    let mut parties = draw.some(&REGIONS, 2);
    for side in [scene.origin, scene.place] {
        if !parties.contains(&side) && !draw.odds(scene.faults) {
            parties.push(side);
        }
    }
    parties.sort_unstable();
    let count = 1 + draw.below(5);
    let asked = draw.below(count);
    let (mut grants, mut used) = (vec![], vec![]);
    for at in 0..count {
        let (text, own) = grant(draw, scene, &parties, &format!("g-{at}"));
        grants.push(text);
        if at == asked {
            used = own;
        }
    }
    let version = 1 + draw.below(3);
    let mut members = vec![
        "\"hufu\":\"agreement/1\"".to_owned(),
        "\"id\":\"urn:hufu:agreement:drawn\"".to_owned(),
        format!("\"version\":{version}"),
        "\"title\":{\"zh\":\"互认\",\"en\":\"Recognition\"}".to_owned(),
        format!("\"parties\":{}", json!(parties)),
        format!("\"in_force\":{}", in_force(draw, scene)),
        "\"offer_days\":30".to_owned(),
        format!("\"grants\":[{}]", grants.join(",")),
    ];
    if version > 1 {
        members.push(format!("\"supersedes\":\"sha256:{}\"", "0".repeat(64)));
    }
    let space = draw.one(&["", " ", "\n  "]);
    (format!("{{{}}}", draw.shuffled(members).join(&format!(",{space}"))), asked, used)
}

/// Days about the day: it is the first, the last, or just outside.
fn in_force(draw: &mut Draw, scene: &Scene) -> String {
    let (is_early, is_late) = (draw.odds(scene.faults), draw.odds(scene.faults));
    let from = draw.near(scene.day, if is_early { &[1, 2] } else { &[0, -1, -500] });
    let through = draw.near(scene.day, if is_late { &[-1, -2] } else { &[0, 1, 500] });
    if draw.odds(40) && !is_late {
        return format!("{{\"from\":\"{from}\"}}");
    }
    let from = if is_late && !is_early { from.min(through) } else { from };
    format!("{{\"through\":\"{}\",\"from\":\"{from}\"}}", through.max(from))
}

fn grant(draw: &mut Draw, scene: &Scene, parties: &[&str], id: &str) -> (String, Vec<Used>) {
    let moves = if draw.odds(2) { draw.one(&["certificate", "credit", "provider"]) } else { scene.facts.kind };
    let from = side(draw, scene, parties, scene.origin);
    let to = side(draw, scene, parties, scene.place);
    let mut conditions = accept(draw, scene, moves);
    let mut members = vec![format!("\"id\":\"{id}\""), format!("\"moves\":\"{moves}\""), format!("\"from\":{from}"), format!("\"to\":{to}")];
    let mut used = vec![];
    if moves == "credit" {
        let credits = credits(draw, scene);
        conditions.extend(credits.scheme.map(|scheme| format!("\"scheme\":\"{scheme}\"")));
        members.extend(credits.members);
        used = credits.used;
    }
    members.push(format!("\"accept\":{{{}}}", draw.shuffled(conditions).join(",")));
    (format!("{{{}}}", draw.shuffled(members).join(",")), used)
}

/// Some parties, among them the one of the case unless something is wrong or it is no party.
fn side(draw: &mut Draw, scene: &Scene, parties: &[&str], own: &str) -> String {
    let mut kept = draw.some(parties, 1);
    if let Some(party) = parties.iter().find(|party| **party == own)
        && !kept.contains(party)
        && !draw.odds(scene.faults)
    {
        kept.push(party);
    }
    kept.sort_unstable();
    json!(kept).to_string()
}
