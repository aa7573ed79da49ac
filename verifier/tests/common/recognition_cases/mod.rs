//! The table of recognition: each row decided by hand. A row names the checks that fail and what they got; all others are ok.

mod agreed;
mod credits;
mod providers;
mod waivers;

use super::recognitions::{Case, certificate};

/// Every case.
pub fn all() -> Vec<Case> {
    [conditions(), days(), agreed::cases(), providers::cases(), credits::cases(), waivers::cases()].concat()
}

const NO_LEVEL: &[(&str, &str)] = &[("\"level\":3,", "")];
const NO_OCCUPATION: &[(&str, &str)] = &[("\"occupation\":\"6-25-02-05\",", "")];
const NO_GRADE: &[(&str, &str)] = &[("\"grade\":\"good\",", "")];

#[rustfmt::skip]
fn conditions() -> Vec<Case> {
    let level = |rank: &'static str| [("\"level\":3", rank)];
    let occupation = |code: &'static str| [("6-25-02-05", code)];
    let grade = |grade: &'static str| [("\"good\"", grade)];
    let types = r#"{"type":["skill-level","training"]}"#;
    let branch = r#"{"occupation":["6-25-","4-04-05-05"]}"#;
    let one_to_five = r#"{"level":{"min":1,"max":5}}"#;
    let good = r#"{"grade":{"min":"good"}}"#;
    vec![
        certificate("no condition", "{}", &[], &[]),
        certificate("no condition, a bare certificate", "{}", &[("\"occupation\":\"6-25-02-05\",\"level\":3,\"grade\":\"good\",", "")], &[]),
        certificate("type: the first of the list", types, &[], &[]),
        certificate("type: the last of the list", types, &[("skill-level", "training")], &[]),
        certificate("type: another", types, &[("skill-level", "hours")], &[("type", "hours")]),
        certificate("occupation: in the branch", branch, &[], &[]),
        certificate("occupation: first of the branch", branch, &occupation("6-25-00-00"), &[]),
        certificate("occupation: the whole code", branch, &occupation("4-04-05-05"), &[]),
        certificate("occupation: beside the whole code", branch, &occupation("4-04-05-06"), &[("occupation", "4-04-05-06")]),
        certificate("occupation: another branch", branch, &occupation("6-26-02-05"), &[("occupation", "6-26-02-05")]),
        certificate("occupation: the digits elsewhere", branch, &occupation("5-06-25-01"), &[("occupation", "5-06-25-01")]),
        certificate("occupation: none", branch, NO_OCCUPATION, &[("occupation", "none")]),
        certificate("occupation: the widest branch", r#"{"occupation":["6-"]}"#, &[], &[]),
        certificate("level: the least", one_to_five, &level("\"level\":1"), &[]),
        certificate("level: the highest", one_to_five, &level("\"level\":5"), &[]),
        certificate("level: below", one_to_five, &level("\"level\":0"), &[("level", "0")]),
        certificate("level: above", one_to_five, &level("\"level\":6"), &[("level", "6")]),
        certificate("level: none", one_to_five, NO_LEVEL, &[("level", "none")]),
        certificate("level: senior worker (三级) is rank 3 and enough for rank 3", r#"{"level":{"min":3}}"#, &[], &[]),
        certificate("level: junior worker (五级) is rank 1 and not above rank 3", r#"{"level":{"min":3}}"#, &level("\"level\":1"), &[("level", "1")]),
        certificate("level: senior technician (一级) is rank 5 and above rank 3", r#"{"level":{"min":3}}"#, &level("\"level\":5"), &[]),
        certificate("level: chief technician is above all", r#"{"level":{"min":7}}"#, &level("\"level\":7"), &[]),
        certificate("level: apprentice is below all", r#"{"level":{"max":0}}"#, &level("\"level\":0"), &[]),
        certificate("level: at most", r#"{"level":{"max":2}}"#, &[], &[("level", "3")]),
        certificate("level: one rank only", r#"{"level":{"min":3,"max":3}}"#, &[], &[]),
        certificate("grade: the least", good, &[], &[]),
        certificate("grade: better", good, &grade("\"excellent\""), &[]),
        certificate("grade: worse", good, &grade("\"pass\""), &[("grade", "pass")]),
        certificate("grade: failed", r#"{"grade":{"min":"pass"}}"#, &grade("\"fail\""), &[("grade", "fail")]),
        certificate("grade: failed, where that is the least", r#"{"grade":{"min":"fail"}}"#, &grade("\"fail\""), &[]),
        certificate("grade: none", good, NO_GRADE, &[("grade", "none")]),
        certificate("everything wrong at once", r#"{"type":["training"],"occupation":["4-"],"level":{"min":4},"grade":{"min":"excellent"},"max_age_months":1,"earned":{"from":"2026-01-01"}}"#,
            &[], &[("type", "skill-level"), ("occupation", "6-25-02-05"), ("level", "3"), ("grade", "good"), ("max_age_months", "2025-03-01"), ("earned", "2025-03-01")]),
    ]
}

#[rustfmt::skip]
fn days() -> Vec<Case> {
    let earned = |day: &'static str| [("2025-03-01", day)];
    let age = |months: u16| format!(r#"{{"max_age_months":{months}}}"#);
    let both = r#"{"earned":{"from":"2024-01-01","through":"2025-12-31"}}"#;
    vec![
        certificate("age: to the day", &age(12), &[], &[]),
        certificate("age: a day too old", &age(12), &earned("2025-02-28"), &[("max_age_months", "2025-02-28")]),
        certificate("age: seven years to the day", &age(84), &earned("2019-03-01"), &[]),
        certificate("age: earned in the future is not old", &age(1), &earned("2027-01-01"), &[]),
        certificate("age: a month back from 31 March is the end of February", &age(1), &earned("2026-02-28"), &[]).on("2026-03-31"),
        certificate("age: a month back from 31 March, a day before that", &age(1), &earned("2026-02-27"), &[("max_age_months", "2026-02-27")]).on("2026-03-31"),
        certificate("age: a month back from 31 March of a leap year", &age(1), &earned("2028-02-29"), &[]).on("2028-03-31"),
        certificate("age: a month back from 31 March of a leap year, a day before that", &age(1), &earned("2028-02-28"), &[("max_age_months", "2028-02-28")]).on("2028-03-31"),
        certificate("age: a year back from 29 February", &age(12), &earned("2027-02-28"), &[]).on("2028-02-29"),
        certificate("age: a year back from 28 February", &age(12), &earned("2027-02-27"), &[("max_age_months", "2027-02-27")]).on("2028-02-28"),
        certificate("age: before all calendars", &age(1200), &earned("1926-03-01"), &[]),
        certificate("earned: the first day", both, &earned("2024-01-01"), &[]),
        certificate("earned: the last day", both, &earned("2025-12-31"), &[]),
        certificate("earned: a day early", both, &earned("2023-12-31"), &[("earned", "2023-12-31")]),
        certificate("earned: a day late", both, &earned("2026-01-01"), &[("earned", "2026-01-01")]),
        certificate("earned: from only", r#"{"earned":{"from":"2025-03-01"}}"#, &[], &[]),
        certificate("earned: from only, a day early", r#"{"earned":{"from":"2025-03-02"}}"#, &[], &[("earned", "2025-03-01")]),
        certificate("earned: through only", r#"{"earned":{"through":"2025-03-01"}}"#, &[], &[]),
        certificate("earned: through only, a day late", r#"{"earned":{"through":"2025-02-28"}}"#, &[], &[("earned", "2025-03-01")]),
    ]
}
