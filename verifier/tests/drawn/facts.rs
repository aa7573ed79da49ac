//! Cases: certificates, lots, providers, each with facts that are now and then not stated.

use super::super::common::cards::Draw;
use serde_json::{Map, Value, json};
use verifier::documents::Digest;
use verifier::time::Day;

pub const PROVIDERS: [&str; 5] = ["91310000MA1FL0007C", "91310101MA1FL0015T", "91320000MA1FL00236", "12310000425000014Y", "52330000MJ1000028R"];
pub const TYPES: [&str; 6] = ["skill-level", "qualification", "training", "hours", "title", "appointment"];
pub const KINDS: [&str; 4] = ["course", "training", "certificate", "award"];
pub const GRADES: [&str; 4] = ["fail", "pass", "good", "excellent"];
pub const CATEGORIES: [&str; 5] = ["core", "elective", "public", "professional", "a1"];
pub const COURSES: [&str; 6] = ["SH-IC-101", "SH-IC-102", "SH-IC-10", "sh-ic-101", "A.1_b", "JS-9"];
pub const OCCUPATIONS: [&str; 6] = ["6-25-02-05", "6-25-02-06", "6-31-01-03", "4-04-05-05", "6-26-02-05", "5-06-25-01"];
pub const SCHEMES: [&str; 3] = ["310000:credit", "310000:hour", "320000:credit"];

/// What a case is about, and each thing that a check looks at.
pub struct Facts {
    /// `certificate`, `credit` or `provider`.
    pub kind: &'static str,
    pub origin: &'static str,
    /// The certificate, the provider, or the lots.
    pub subjects: Vec<Map<String, Value>>,
}

impl Facts {
    /// A case of an origin; what was earned lies about so many months before the day.
    pub fn draw(draw: &mut Draw, origin: &'static str, day: Day, months: i32) -> Facts {
        let kind = ["certificate", "certificate", "credit", "credit", "credit", "provider"][draw.below(6)];
        let earned = day.add_months(-months);
        let subjects = match kind {
            "certificate" => vec![certificate(draw, origin, earned)],
            "provider" => vec![provider(draw, origin)],
            _ => lots(draw, earned, day),
        };
        Facts { kind, origin, subjects }
    }

    /// The case as its reader takes it.
    pub fn value(&self) -> Value {
        match self.kind {
            "credit" => json!({ "credit": { "origin": self.origin, "lots": self.subjects } }),
            kind => json!({ kind: self.subjects[0] }),
        }
    }

    /// What the subjects state as a member, each once, and whether all of them state it.
    pub fn values(&self, member: &str) -> (Vec<Value>, bool) {
        let mut values: Vec<Value> = vec![];
        for value in self.subjects.iter().filter_map(|subject| subject.get(member)) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        (values, !self.subjects.is_empty() && self.subjects.iter().all(|subject| subject.contains_key(member)))
    }

    /// The codes of providers that the subjects name.
    pub fn providers(&self) -> Vec<String> {
        let member = if self.kind == "provider" { "code" } else { "provider" };
        self.values(member).0.iter().filter_map(|code| code.as_str().map(String::from)).collect()
    }

    /// The days on which something was earned.
    pub fn earned(&self) -> Vec<Day> {
        self.values("earned").0.iter().filter_map(|day| Day::parse(day.as_str()?).ok()).collect()
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// Adds what a subject may leave out.
fn with_optional(draw: &mut Draw, subject: &mut Map<String, Value>, members: &[(&str, Value)]) {
    for (member, value) in members {
        if !draw.odds(6) {
            subject.insert((*member).into(), value.clone());
        }
    }
}

fn certificate(draw: &mut Draw, origin: &str, earned: Day) -> Map<String, Value> {
    let earned = draw.near(earned, &[0, 0, 1, -1, 200]);
    let mut own = object(json!({
        "number": format!("HF-{}", draw.below(1_000_000)), "type": draw.one(&TYPES), "origin": origin, "provider": draw.one(&PROVIDERS),
        "earned": earned, "issued": draw.below(4_000_000_000),
    }));
    let optional = [("occupation", json!(draw.one(&OCCUPATIONS))), ("level", json!(draw.below(8))), ("grade", json!(draw.one(&GRADES)))];
    with_optional(draw, &mut own, &optional);
    own
}

fn provider(draw: &mut Draw, origin: &str) -> Map<String, Value> {
    let mut own = object(json!({ "code": draw.one(&PROVIDERS), "origin": origin }));
    let optional = [("occupation", json!(draw.one(&OCCUPATIONS))), ("level", json!(draw.below(8)))];
    with_optional(draw, &mut own, &optional);
    own
}

/// Up to eight lots, mostly few, mostly of one scheme and one provider; now and then two of one achievement.
fn lots(draw: &mut Draw, earned: Day, day: Day) -> Vec<Map<String, Value>> {
    let count = [1, 1, 1, 2, 2, 3, 4, 6, 8][draw.below(9)];
    let count = if draw.odds(3) { 0 } else { count };
    let (scheme, provider, course) = (draw.one(&SCHEMES), draw.one(&PROVIDERS), draw.odds(60));
    let (level, grade, kind) = (draw.below(8), draw.one(&GRADES), draw.one(&KINDS));
    (0..count)
        .map(|at| {
            let scheme = if draw.odds(3) { draw.one(&SCHEMES) } else { scheme };
            let basis = if draw.odds(20) { Digest::of("a") } else { Digest::of(&format!("{}", draw.next())) };
            let amount = match draw.below(20) {
                0 => 1,
                1 => 1_000_000_000,
                2..10 => 1 + draw.below(400),
                _ => 100 * (1 + draw.below(300)),
            };
            let mut lot = object(json!({
                "id": format!("lot_{at}{}", draw.one(&["", "a", "9z"])), "scheme": scheme, "amount": amount, "basis": basis,
                "kind": if draw.odds(25) { draw.one(&KINDS) } else { kind }, "earned": draw.near(earned, &[0, 0, 0, 1, -1, 31, 200]),
            }));
            let optional = [
                ("category", json!(draw.one(&CATEGORIES[..2 + 3 * (at % 2)]))),
                ("occupation", json!(draw.one(&OCCUPATIONS))),
                ("level", json!((level + draw.below(2)).min(7))),
                ("grade", json!(if draw.odds(25) { draw.one(&GRADES) } else { grade })),
                ("provider", json!(if draw.odds(25) { draw.one(&PROVIDERS) } else { provider })),
            ];
            with_optional(draw, &mut lot, &optional);
            if course || draw.odds(30) {
                lot.insert("course".into(), json!(draw.one(&COURSES)));
            }
            if draw.odds(50) {
                let offsets: &[i64] = if draw.odds(4) { &[0, -1, -900] } else { &[1, 2, 900] };
                lot.insert("expires".into(), json!(draw.near(day, offsets)));
            }
            lot
        })
        .collect()
}
