//! Histories of providers: a good listing over the days that count, and beside it what overlaps, ends or bars.

use super::super::common::cards::Draw;
use super::facts::{Facts, OCCUPATIONS, TYPES};
use serde_json::{Value, json};
use verifier::time::Day;

/// The providers of a case, and now and then one that it does not name.
pub fn providers(draw: &mut Draw, facts: &Facts, day: Day, faults: usize) -> Vec<Value> {
    let mut days = facts.earned();
    days.push(day);
    let mut codes = facts.providers();
    if draw.odds(10) && !codes.iter().any(|code| code == "52330000MJ1000028R") {
        codes.push("52330000MJ1000028R".into());
    }
    codes
        .iter()
        .map(|code| {
            let timeline = timeline(draw, facts, &days, faults);
            json!({ "code": code, "name_zh": "甲", "name_en": "A", "kind": draw.one(&["employer", "social", "school"]), "timeline": timeline })
        })
        .collect()
}

fn timeline(draw: &mut Draw, facts: &Facts, days: &[Day], faults: usize) -> Vec<Value> {
    let (first, last) = (days.iter().min().copied().unwrap_or(Day::MIN), days.iter().max().copied().unwrap_or(Day::MAX));
    let any = days[draw.below(days.len())];
    let mut intervals = vec![];
    let from = draw.near(first, &[0, -1, -300]);
    let until = draw.near(last, &[1, 2, 300]);
    if draw.odds(faults) {
        let is_late = draw.odds(50);
        let (from, until) = if is_late { (draw.near(any, &[1, 2]), until.add_days(2)) } else { (from, any) };
        intervals.push(interval(draw, from, Some(until).filter(|until| *until > from), |draw| listed(draw, facts, true)));
    } else {
        let has_end = draw.odds(40);
        intervals.push(interval(draw, from, has_end.then_some(until), |draw| listed(draw, facts, true)));
    }
    for _ in 0..draw.below(3) {
        let (from, until) = beside(draw, any, true);
        intervals.push(interval(draw, from, until, |draw| listed(draw, facts, true)));
    }
    for _ in 0..2 {
        let is_over = !draw.odds(faults);
        let (from, until) = beside(draw, any, !is_over);
        if !is_over {
            intervals.push(interval(draw, from, until, |draw| bad(draw, facts)));
        } else if draw.odds(25) && days.iter().all(|day| *day < from || until.is_some_and(|until| until <= *day)) {
            intervals.push(interval(draw, from, until, |draw| bad(draw, facts)));
        }
    }
    draw.shuffled(intervals)
}

/// An interval that covers a day, from edge to edge of it, or ends before or begins after it.
fn beside(draw: &mut Draw, day: Day, covers: bool) -> (Day, Option<Day>) {
    if covers {
        let until = draw.near(day, &[1, 1, 2, 90]);
        return (draw.near(day, &[0, 0, -1, -90]), draw.odds(70).then_some(until));
    }
    if draw.odds(50) { (draw.near(day, &[-30, -90]), Some(draw.near(day, &[0, -1]))) } else { (draw.near(day, &[1, 2]), None) }
}

fn interval(draw: &mut Draw, from: Day, until: Option<Day>, standing: impl FnOnce(&mut Draw) -> Value) -> Value {
    let cause = draw.one(&["1", "沪人社鉴〔2025〕1 号", "a \"quoted\" \\ cause", ""]);
    let mut value = json!({ "from": from, "standing": standing(draw), "cause": cause });
    if let Some(until) = until {
        value["until"] = json!(until);
    }
    value
}

/// A good listing; its scope covers the case where it must.
fn listed(draw: &mut Draw, facts: &Facts, covers: bool) -> Value {
    let mut scope = json!({});
    if draw.odds(60) {
        scope["occupations"] = json!(if covers { vec!["6-", "4-04-05-", "5-06-25-01"] } else { vec![draw.one(&["4-", "6-25-02-", "6-31-"])] });
        if covers && !facts.values("occupation").1 && !draw.odds(10) {
            scope["occupations"] = json!([]);
        }
    }
    if draw.odds(60) {
        let mut types = if covers { vec![] } else { draw.some(&TYPES, 1) };
        types.extend(facts.values("type").0.iter().filter(|_| covers).filter_map(|own| TYPES.into_iter().find(|known| own == known)));
        scope["types"] = json!(types);
    }
    let ranks: Vec<u64> = facts.values("level").0.iter().filter_map(Value::as_u64).collect();
    let (low, high) = (ranks.iter().min().copied().unwrap_or(0), ranks.iter().max().copied().unwrap_or(7));
    if draw.odds(50) {
        scope["level_min"] = json!(if covers { low } else { high.min(6) + 1 });
    }
    if draw.odds(50) {
        scope["level_max"] = json!(if covers { high } else { low.max(1) - 1 });
    }
    json!({ "listed": { "class": draw.one(&["A", "B", "C"]), "flag": draw.one(&["green", "green", "yellow"]), "scope": scope } })
}

/// A standing with something wrong: a bar, class D, a red flag or both, or a narrow scope.
fn bad(draw: &mut Draw, facts: &Facts) -> Value {
    let mut standing = listed(draw, facts, false);
    let what = draw.below(6);
    match what {
        0 => return json!("barred"),
        1 | 2 => standing["listed"]["class"] = json!("D"),
        3 => standing["listed"]["scope"] = json!({ "occupations": [draw.one(&OCCUPATIONS)] }),
        _ => {}
    }
    if matches!(what, 2 | 4) {
        standing["listed"]["flag"] = json!("red");
    }
    standing
}
