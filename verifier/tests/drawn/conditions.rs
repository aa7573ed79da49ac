//! Conditions of a grant, each drawn around what the case states, so that it holds with or without room, or fails by as little.

use super::super::common::cards::Draw;
use super::Scene;
use super::facts::{CATEGORIES, COURSES, GRADES, KINDS, OCCUPATIONS, PROVIDERS, TYPES};
use serde_json::{Value, json};
use verifier::time::Day;

/// The members of `accept` that a grant of this kind can have, without its scheme.
pub fn accept(draw: &mut Draw, scene: &Scene, moves: &str) -> Vec<String> {
    let mut members = vec![];
    let lists: &[(&str, &[&str])] = match moves {
        "certificate" => &[("type", &TYPES)],
        "credit" => &[("kind", &KINDS), ("category", &CATEGORIES), ("course", &COURSES)],
        _ => &[],
    };
    for (member, pool) in lists {
        members.extend(list(draw, scene, member, pool));
    }
    members.extend(occupation(draw, scene));
    members.extend(level(draw, scene));
    if moves != "provider" {
        members.extend(grade(draw, scene));
        members.extend(age(draw, scene));
        members.extend(earned(draw, scene));
    }
    members.extend(provider(draw, scene, moves));
    members
}

/// Whether this condition is asked for, and whether it fits: what is not stated is seldom asked for where everything is to fit.
fn asked(draw: &mut Draw, scene: &Scene, member: &str) -> Option<bool> {
    let fits = !draw.odds(scene.faults);
    let is_asked = draw.odds(35) && (!fits || scene.facts.values(member).1 || draw.odds(3));
    is_asked.then_some(fits)
}

/// Some values in any order: those of the case with others, or others.
pub fn around(draw: &mut Draw, stated: Vec<String>, pool: &[&str], fits: bool) -> String {
    let others = draw.some(pool, 1).into_iter().map(String::from);
    let mut values = if fits { stated } else { vec![] };
    for other in others.take(if fits { draw.below(3) } else { 2 }) {
        if !values.contains(&other) {
            values.push(other);
        }
    }
    if values.is_empty() {
        values.push(draw.one(pool).into());
    }
    json!(draw.shuffled(values)).to_string()
}

fn texts(values: Vec<Value>) -> Vec<String> {
    values.iter().filter_map(|value| value.as_str().map(String::from)).collect()
}

fn list(draw: &mut Draw, scene: &Scene, member: &str, pool: &[&str]) -> Option<String> {
    let fits = asked(draw, scene, member)?;
    let values = around(draw, texts(scene.facts.values(member).0), pool, fits);
    Some(format!("\"{member}\":{values}"))
}

/// Codes cut after one of their hyphens or whole, none within another.
fn occupation(draw: &mut Draw, scene: &Scene) -> Option<String> {
    let fits = asked(draw, scene, "occupation")?;
    let mut codes = if fits { texts(scene.facts.values("occupation").0) } else { vec![] };
    for _ in 0..1 + draw.below(2) {
        codes.push(draw.one(&OCCUPATIONS).into());
    }
    let mut kept: Vec<String> = vec![];
    for code in codes {
        let cut = code[..[2, 5, 8, 10][draw.below(4)]].to_owned();
        if !kept.iter().any(|own| code.starts_with(own.as_str())) {
            kept.retain(|own| !own.starts_with(&cut));
            kept.push(cut);
        }
    }
    Some(format!("\"occupation\":{}", json!(draw.shuffled(kept))))
}

fn level(draw: &mut Draw, scene: &Scene) -> Option<String> {
    let fits = asked(draw, scene, "level")?;
    let ranks: Vec<u64> = scene.facts.values("level").0.iter().filter_map(Value::as_u64).collect();
    let (low, high) = (ranks.iter().min().copied().unwrap_or(2), ranks.iter().max().copied().unwrap_or(5));
    let (min, max) = if fits { (low - low.min(draw.below(2) as u64), (high + draw.below(2) as u64).min(7)) } else { ((low + 1).min(7), 7) };
    Some(match draw.below(3) {
        0 => format!("\"level\":{{\"min\":{min}}}"),
        1 if fits => format!("\"level\":{{\"max\":{max}}}"),
        1 => format!("\"level\":{{\"max\":{}}}", high - high.min(1)),
        _ => format!("\"level\":{{\"max\":{max},\"min\":{min}}}"),
    })
}

fn grade(draw: &mut Draw, scene: &Scene) -> Option<String> {
    let fits = asked(draw, scene, "grade")?;
    let stated = texts(scene.facts.values("grade").0);
    let least = GRADES.iter().position(|grade| stated.iter().any(|own| own == grade)).unwrap_or(1);
    let at = if fits { least - least.min(draw.below(2)) } else { (least + 1).min(3) };
    Some(format!("\"grade\":{{\"min\":\"{}\"}}", GRADES[at]))
}

/// To the day, or some months off.
fn age(draw: &mut Draw, scene: &Scene) -> Option<String> {
    let fits = asked(draw, scene, "earned")?;
    let mut months = scene.months.max(1);
    while fits && months < 1_200 && scene.facts.earned().iter().any(|earned| *earned < scene.day.add_months(-months)) {
        months += 1;
    }
    let months = if fits { months } else { months - i32::from(months > 1 && draw.odds(50)) };
    Some(format!("\"max_age_months\":{}", months.clamp(1, 1_200)))
}

fn earned(draw: &mut Draw, scene: &Scene) -> Option<String> {
    let fits = asked(draw, scene, "earned")?;
    let days = scene.facts.earned();
    let (first, last) = (days.iter().min().copied().unwrap_or(scene.day), days.iter().max().copied().unwrap_or(scene.day));
    let off: &[i64] = if fits { &[0, 0, 1, 400] } else { &[-1, -1, -2, 400] };
    let from = first.add_days(-off[draw.below(4)]);
    let through = last.add_days(off[draw.below(4)]);
    Some(match draw.below(3) {
        0 => format!("\"earned\":{{\"from\":\"{from}\"}}"),
        1 => format!("\"earned\":{{\"through\":\"{through}\"}}"),
        _ => format!("\"earned\":{{\"from\":\"{from}\",\"through\":\"{}\"}}", through.max(from)),
    })
}

fn provider(draw: &mut Draw, scene: &Scene, moves: &str) -> Option<String> {
    let all_name_one = scene.facts.values(if scene.facts.kind == "provider" { "code" } else { "provider" }).1;
    if !draw.odds(70) || !(all_name_one || draw.odds(10)) {
        return None;
    }
    let is_offered = moves == "provider" || draw.odds(40);
    let mut members = vec![format!("\"status_at\":\"{}\"", if is_offered { "offered" } else { "earned" })];
    let days = if is_offered { vec![scene.day] } else { scene.facts.earned() };
    let named = scene.facts.providers();
    let known: Vec<&Value> = scene.providers.iter().filter(|own| named.iter().any(|code| own["code"] == **code)).collect();
    let standings = |member: &str| -> Vec<String> {
        let covering =
            known.iter().flat_map(|own| own["timeline"].as_array().into_iter().flatten()).filter(|own| days.iter().any(|day| covers(own, *day)));
        let mut found: Vec<String> = covering.filter_map(|own| own["standing"]["listed"][member].as_str().map(String::from)).collect();
        found.sort();
        found.dedup();
        found
    };
    for (member, pool) in [("class", &["A", "B", "C", "D"][..]), ("flag", &["green", "yellow", "red"])] {
        if draw.odds(30) {
            let fits = !draw.odds(scene.faults);
            members.push(format!("\"{member}\":{}", around(draw, standings(member), pool, fits)));
        }
    }
    let kinds: std::collections::BTreeSet<String> = known.iter().filter_map(|own| own["kind"].as_str().map(String::from)).collect();
    for (member, stated, pool) in [("type", kinds.into_iter().collect(), &["employer", "social", "school"][..]), ("code", named.clone(), &PROVIDERS)]
    {
        if draw.odds(30) {
            let fits = !draw.odds(scene.faults);
            members.push(format!("\"{member}\":{}", around(draw, stated, pool, fits)));
        }
    }
    if draw.odds(40) {
        members.push("\"in_scope\":true".into());
    }
    Some(format!("\"provider\":{{{}}}", draw.shuffled(members).join(",")))
}

fn covers(interval: &Value, day: Day) -> bool {
    let is_before = |text: &Value| text.as_str().is_some_and(|own| *own <= *day.to_string());
    is_before(&interval["from"]) && !is_before(&interval["until"])
}
