//! What grants of credit have besides: scheme, conversion, maps, limits; and what the learner has used.

use super::super::common::cards::Draw;
use super::Scene;
use super::facts::{CATEGORIES, COURSES, SCHEMES};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use verifier::documents::SchemeId;
use verifier::recognition::Used;

const RATIOS: [[i128; 2]; 9] = [[1, 1], [1, 1], [4, 5], [4, 5], [1, 3], [2, 1], [1, 1_000], [1_000_000, 1], [999_999, 1_000_000]];
const AMOUNT_MAX: i128 = 1_000_000_000;

/// The members of a grant, its scheme if it asks for one, and what the learner has used.
pub struct Credits {
    pub members: Vec<String>,
    pub scheme: Option<String>,
    pub used: Vec<Used>,
}

pub fn credits(draw: &mut Draw, scene: &Scene) -> Credits {
    let stated = scene.facts.values("scheme").0.first().and_then(|scheme| scheme.as_str().map(String::from));
    let scheme = stated.filter(|_| !draw.odds(scene.faults)).unwrap_or_else(|| draw.one(&SCHEMES).into());
    let is_map = draw.odds(if scene.facts.values("course").1 { 40 } else { 5 });
    let mut members = vec![];
    let (result, more) = if is_map { map(draw, scene, &mut members) } else { converted(draw, scene, &scheme, &mut members) };
    let used = match result {
        Some(result) if draw.odds(50) => limits(draw, scene, &result, more, &mut members),
        _ => vec![],
    };
    let scheme = (!is_map || draw.odds(60)).then_some(scheme);
    Credits { members, scheme, used }
}

fn amounts(scene: &Scene) -> Vec<i128> {
    scene.facts.subjects.iter().filter_map(|lot| lot.get("amount")?.as_i64()).map(i128::from).collect()
}

/// Lot by lot: the scheme of the result, and how much it comes to.
fn converted(draw: &mut Draw, scene: &Scene, scheme: &str, members: &mut Vec<String>) -> (Option<String>, i128) {
    if draw.odds(35) {
        return (Some(scheme.into()), amounts(scene).iter().sum());
    }
    let range = if draw.odds(15) { RATIOS.len() } else { 6 };
    let (result, [n, d]) = (draw.one(&SCHEMES).to_owned(), RATIOS[draw.below(range)]);
    let mut parts = vec![format!("\"ratio\":[{n},{d}]"), format!("\"scheme\":\"{result}\"")];
    if draw.odds(40) {
        let stated: Vec<String> = scene.facts.values("category").0.iter().filter_map(|own| own.as_str().map(String::from)).collect();
        let fits = !draw.odds(scene.faults);
        let list: Vec<String> = serde_json::from_str(&super::conditions::around(draw, stated, &CATEGORIES, fits)).expect("a list");
        let pairs: Vec<String> = list.iter().map(|own| format!("\"{own}\":\"{}\"", draw.one(&CATEGORIES))).collect();
        parts.push(format!("\"category\":{{{}}}", pairs.join(",")));
    }
    members.push(format!("\"convert\":{{{}}}", draw.shuffled(parts).join(",")));
    (Some(result), amounts(scene).iter().map(|amount| amount * n / d).sum())
}

/// All lots together: what is asked for are their courses and sums, or nearly.
fn map(draw: &mut Draw, scene: &Scene, members: &mut Vec<String>) -> (Option<String>, i128) {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    for lot in &scene.facts.subjects {
        if let (Some(course), Some(amount)) = (lot.get("course").and_then(Value::as_str), lot.get("amount").and_then(Value::as_i64)) {
            *sums.entry(course.into()).or_default() += i128::from(amount);
        }
    }
    if sums.is_empty() || draw.odds(scene.faults) {
        sums.insert(draw.one(&COURSES).into(), 200);
    }
    if draw.odds(scene.faults)
        && let Some(sum) = sums.values_mut().next()
    {
        *sum += [-1, 1][draw.below(2)];
    }
    let wanted: Vec<Value> = sums.iter().map(|(course, sum)| json!({ "course": course, "amount": (*sum).clamp(1, AMOUNT_MAX) as i64 })).collect();
    members.push(format!("\"all_of\":{}", json!(draw.shuffled(wanted))));
    let (count, scheme, is_one) = (1 + draw.below(3), draw.one(&SCHEMES), draw.odds(70));
    let mut more = 0;
    let gives: Vec<Value> = (0..count)
        .map(|_| {
            let amount = 1 + draw.below(9_000);
            more += amount as i128;
            let mut given = json!({ "scheme": if is_one { scheme } else { draw.one(&SCHEMES) }, "amount": amount });
            if draw.odds(50) {
                given["course"] = json!(draw.one(&COURSES));
            }
            if draw.odds(50) {
                given["category"] = json!(draw.one(&CATEGORIES));
            }
            given
        })
        .collect();
    let is_one = gives.iter().all(|given| given["scheme"] == gives[0]["scheme"]);
    let result = is_one.then(|| gives[0]["scheme"].as_str().unwrap_or_default().to_owned());
    members.push(format!("\"gives\":{}", json!(gives)));
    (result, more)
}

/// Limits that are just kept or just not, with what was used in this scheme and others.
fn limits(draw: &mut Draw, scene: &Scene, result: &str, more: i128, members: &mut Vec<String>) -> Vec<Used> {
    let year = [0, -5, 1, 1_999, 60_000][draw.below(5)];
    let source = year + [0, 1, 8_000][draw.below(3)];
    let mut room = |used: i64| {
        let off = if draw.odds(scene.faults) { -1 } else { [0, 0, 1, 5_000][draw.below(4)] };
        (i128::from(used.max(0)) + more + off).clamp(1, AMOUNT_MAX)
    };
    let both =
        [format!("{{\"per\":\"learner-year\",\"amount\":{}}}", room(year)), format!("{{\"amount\":{},\"per\":\"learner-source\"}}", room(source))];
    let kept = draw.shuffled(both.to_vec());
    let kept = &kept[..1 + draw.below(2)];
    members.push(format!("\"limits\":[{}]", kept.join(",")));
    let own = |scheme: &str, year: i64, source: i64| Used { scheme: SchemeId::parse(scheme).expect("a scheme"), year, source };
    let mut used = vec![own("650000:credit", 7, 9)];
    if year != 0 || draw.odds(50) {
        used.push(own(result, year, source));
    }
    draw.shuffled(used)
}
