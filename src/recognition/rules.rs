//! Pure parts of recognition: which cases a waiver may name, and where two decisions differ.

pub mod figure;
pub mod tally;

use std::collections::BTreeSet;

use serde_json::Value;
use verifier::ids::RegionCode;
use verifier::recognition::{Accord, CaseFacts, Outcome, RecognitionOutcome};

/// The other parties of a region's agreements, in ascending order.
pub fn others(accords: &[Accord<'_>], own: &RegionCode) -> Vec<RegionCode> {
    let ours = accords.iter().map(|accord| &accord.agreement.parties).filter(|parties| parties.contains(own));
    let others: BTreeSet<&RegionCode> = ours.flatten().filter(|party| *party != own).collect();
    others.into_iter().cloned().collect()
}

/// What a waiver calls the subjects of a case: a certificate's number, the basis of each lot, a provider's code.
pub fn subjects(facts: &CaseFacts) -> Vec<String> {
    match facts {
        CaseFacts::Certificate(facts) => vec![facts.number.as_str().to_owned()],
        CaseFacts::Provider(facts) => vec![facts.code.as_str().to_owned()],
        CaseFacts::Credit(facts) => facts.lots.iter().map(|lot| lot.basis.to_string()).collect(),
    }
}

/// The path of the first member in which two texts differ, such as `checks[4].got`; none where they say the same.
pub fn difference(one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let missing = || b.keys().find(|name| !a.contains_key(*name)).cloned();
            let differs = |(name, value): (&String, &Value)| match b.get(name) {
                None => Some(name.clone()),
                Some(other) => difference(value, other).map(|path| join(name, &path)),
            };
            a.iter().find_map(differs).or_else(missing)
        }
        (Value::Array(a), Value::Array(b)) => {
            let differs = |(n, (one, other))| difference(one, other).map(|path| join(&format!("[{n}]"), &path));
            let longer = || (a.len() != b.len()).then(|| format!("[{}]", a.len().min(b.len())));
            a.iter().zip(b).enumerate().find_map(differs).or_else(longer)
        }
        _ => (one != other).then(String::new),
    }
}

fn join(parent: &str, path: &str) -> String {
    if path.is_empty() || path.starts_with('[') { format!("{parent}{path}") } else { format!("{parent}.{path}") }
}

/// The answer about a grant that was named.
pub fn outcome(outcome: Outcome) -> RecognitionOutcome {
    match outcome {
        Outcome::Recognised => RecognitionOutcome::Recognised,
        Outcome::Refused => RecognitionOutcome::Refused,
        Outcome::Undetermined => RecognitionOutcome::Undetermined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_difference_is_named_by_its_path() {
        let one = json!({"a": {"b": [1, {"c": 2}]}, "d": 3});
        assert_eq!(difference(&one, &one), None);
        for (other, path) in [
            (json!({"a": {"b": [1, {"c": 3}]}, "d": 3}), "a.b[1].c"),
            (json!({"a": {"b": [1]}, "d": 3}), "a.b[1]"),
            (json!({"a": {"b": [1, {"c": 2}, 4]}, "d": 3}), "a.b[2]"),
            (json!({"a": {"b": [1, {"c": 2}]}}), "d"),
            (json!({"a": {"b": [1, {"c": 2}]}, "d": 3, "e": 4}), "e"),
            (json!({"a": 1, "d": 3}), "a"),
        ] {
            assert_eq!(difference(&one, &other).as_deref(), Some(path));
        }
    }
}
