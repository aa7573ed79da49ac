//! Credit: what it is, what it becomes, how much of it may move.

use super::super::recognitions::{Case, credit};
use serde_json::json;

const SCHEME: &str = r#"{"scheme":"310000:credit"}"#;
const FOUR_FIFTHS: &str = r#","convert":{"ratio":[4,5],"scheme":"320000:credit"}"#;
const MAP: &str = concat!(
    r#","all_of":[{"course":"SH-IC-101","amount":200},{"course":"SH-IC-102","amount":199}],"#,
    r#""gives":[{"scheme":"320000:credit","course":"JS-IC-210","category":"core","amount":350}]"#
);
const LIMITS: &str = concat!(
    r#","convert":{"ratio":[4,5],"scheme":"320000:credit"},"#,
    r#""limits":[{"per":"learner-source","amount":6000},{"per":"learner-year","amount":2000}]"#
);

fn map(category: &str) -> String {
    format!(r#","convert":{{"ratio":[1,1],"scheme":"320000:credit","category":{category}}}"#)
}

pub fn cases() -> Vec<Case> {
    [kinds(), amounts(), maps(), limits()].concat()
}

#[rustfmt::skip]
fn kinds() -> Vec<Case> {
    let with = |name, conditions: &str, edits: &[(&str, &str)], failed: &[(&str, &str)]| {
        credit(name, &format!(r#"{{"scheme":"310000:credit",{conditions}}}"#), "", edits, failed)
    };
    let elective = map(r#"{"core":"elective","elective":"elective"}"#);
    let core_only = map(r#"{"core":"elective"}"#);
    let no_category = [("\"category\":\"core\",", ""), ("\"category\":\"elective\",", "")];
    vec![
        credit("credit as it is", SCHEME, "", &[], &[]).giving(json!([
            {"lot":"lot_a","scheme":"310000:credit","category":"core","course":"SH-IC-101","amount":200,"expires":"2030-03-01"},
            {"lot":"lot_b","scheme":"310000:credit","category":"elective","course":"SH-IC-102","amount":199}])),
        credit("scheme: another", r#"{"scheme":"310000:hour"}"#, "", &[], &[("scheme", "0 of 2: lot_a 310000:credit, lot_b 310000:credit")]),
        credit("scheme: one lot of another", SCHEME, "", &[("310000:credit", "310000:hour")], &[("scheme", "1 of 2: lot_a 310000:hour")]),
        with("kind: both in the list", r#""kind":["training","course"]"#, &[], &[]),
        with("kind: one not in the list", r#""kind":["course"]"#, &[], &[("kind", "1 of 2: lot_b training")]),
        with("category: both in the list", r#""category":["core","elective"]"#, &[], &[]),
        with("category: one not in the list", r#""category":["core"]"#, &[], &[("category", "1 of 2: lot_b elective")]),
        with("category: none, where one is asked for", r#""category":["core","elective"]"#, &no_category[..1], &[("category", "1 of 2: lot_a none")]),
        credit("category: mapped", SCHEME, &elective, &[], &[]).giving(json!([
            {"lot":"lot_a","scheme":"320000:credit","category":"elective","course":"SH-IC-101","amount":200,"expires":"2030-03-01"},
            {"lot":"lot_b","scheme":"320000:credit","category":"elective","course":"SH-IC-102","amount":199}])),
        credit("category: not in the map", SCHEME, &core_only, &[], &[("category", "1 of 2: lot_b elective")]),
        credit("category: none is none after", SCHEME, &core_only, &no_category, &[]).giving(json!([
            {"lot":"lot_a","scheme":"320000:credit","course":"SH-IC-101","amount":200,"expires":"2030-03-01"},
            {"lot":"lot_b","scheme":"320000:credit","course":"SH-IC-102","amount":199}])),
        credit("category: accepted, but not in the map", r#"{"scheme":"310000:credit","category":["core","elective"]}"#, &core_only, &[], &[("category", "1 of 2: lot_b elective")]),
        with("course: both in the list", r#""course":["SH-IC-101","SH-IC-102"]"#, &[], &[]),
        with("course: one not in the list", r#""course":["SH-IC-101"]"#, &[], &[("course", "1 of 2: lot_b SH-IC-102")]),
        with("course: none", r#""course":["SH-IC-101","SH-IC-102"]"#, &[("\"course\":\"SH-IC-101\",", "")], &[("course", "1 of 2: lot_a none")]),
        with("course: the case of letters counts", r#""course":["sh-ic-101","SH-IC-102"]"#, &[], &[("course", "1 of 2: lot_a SH-IC-101")]),
        with("level: of every lot", r#""level":{"min":4}"#, &[], &[("level", "1 of 2: lot_a 3")]),
        with("grade: of every lot", r#""grade":{"min":"good"}"#, &[], &[("grade", "1 of 2: lot_b pass")]),
        with("age: of every lot", r#""max_age_months":9"#, &[], &[("max_age_months", "1 of 2: lot_a 2025-03-01")]),
        with("earned: of every lot", r#""earned":{"through":"2025-06-29"}"#, &[], &[("earned", "1 of 2: lot_b 2025-06-30")]),
        with("occupation: of every lot", r#""occupation":["6-25-02-05"]"#, &[("6-25-02-05", "6-25-02-06")], &[("occupation", "1 of 2: lot_a 6-25-02-06")]),
        credit("expires tomorrow", SCHEME, "", &[("2030-03-01", "2026-03-02")], &[]),
        credit("expires today", SCHEME, "", &[("2030-03-01", "2026-03-01")], &[("unexpired", "1 of 2: lot_a 2026-03-01")]),
        credit("expired long ago", SCHEME, "", &[("2030-03-01", "2020-03-01")], &[("unexpired", "1 of 2: lot_a 2020-03-01")]),
    ]
}

#[rustfmt::skip]
fn amounts() -> Vec<Case> {
    let ratio = |ratio: &str| format!(r#","convert":{{"ratio":{ratio},"scheme":"320000:credit"}}"#);
    let none = CREDIT_LOTS.as_slice();
    let most = [("\"amount\":200", "\"amount\":1000000000")];
    vec![
        credit("converted by four fifths, each lot rounded down", SCHEME, FOUR_FIFTHS, &[], &[]).giving(json!([
            {"lot":"lot_a","scheme":"320000:credit","category":"core","course":"SH-IC-101","amount":160,"expires":"2030-03-01"},
            {"lot":"lot_b","scheme":"320000:credit","category":"elective","course":"SH-IC-102","amount":159}])),
        credit("converted upwards", SCHEME, &ratio("[3,2]"), &[], &[]).giving(json!([
            {"lot":"lot_a","scheme":"320000:credit","category":"core","course":"SH-IC-101","amount":300,"expires":"2030-03-01"},
            {"lot":"lot_b","scheme":"320000:credit","category":"elective","course":"SH-IC-102","amount":298}])),
        credit("converted to 0.01", SCHEME, &ratio("[1,199]"), &[], &[]),
        credit("converted to nothing", SCHEME, &ratio("[1,200]"), &[], &[("amount", "1 of 2: lot_b 0.00")]),
        credit("both converted to nothing", SCHEME, &ratio("[1,1000000]"), &[], &[("amount", "0 of 2: lot_a 0.00, lot_b 0.00")]),
        credit("converted to the largest amount", SCHEME, &ratio("[1,1]"), &most, &[]),
        credit("converted above the largest amount", SCHEME, &ratio("[1000000,1]"), &most, &[("amount", "1 of 2: lot_a 10000000000000.00")]),
        credit("no lot at all", SCHEME, FOUR_FIFTHS, none, &[("amount", "0 of 0")]),
    ]
}

/// Takes both lots out.
static CREDIT_LOTS: std::sync::LazyLock<Vec<(&'static str, &'static str)>> = std::sync::LazyLock::new(|| {
    let lots = super::super::recognitions::CREDIT.split_once("\"lots\":[").expect("lots").1;
    vec![(lots.strip_suffix("]}}").expect("the end"), "")]
});

#[rustfmt::skip]
fn maps() -> Vec<Case> {
    let map = |name, edits: &[(&str, &str)], failed: &[(&str, &str)]| credit(name, "{}", MAP, edits, failed);
    let given = json!([{"scheme":"320000:credit","course":"JS-IC-210","category":"core","amount":350,"expires":"2030-03-01"}]);
    vec![
        map("map: complete", &[], &[]).giving(given),
        map("map: the result expires with its earliest source", &[("\"earned\":\"2025-06-30\"", "\"earned\":\"2025-06-30\",\"expires\":\"2027-01-01\"")], &[])
            .giving(json!([{"scheme":"320000:credit","course":"JS-IC-210","category":"core","amount":350,"expires":"2027-01-01"}])),
        map("map: no source expires", &[("\"expires\":\"2030-03-01\",", "")], &[])
            .giving(json!([{"scheme":"320000:credit","course":"JS-IC-210","category":"core","amount":350}])),
        map("map: two lots of one course add up", &[("SH-IC-101", "SH-IC-102"), ("\"amount\":200", "\"amount\":1"), ("\"amount\":199", "\"amount\":198")], &[("all_of", "SH-IC-102 1.99")]),
        map("map: a course missing", &[("SH-IC-101", "SH-IC-102")], &[("all_of", "SH-IC-102 3.99")]),
        map("map: too little of a course", &[("\"amount\":200", "\"amount\":199")], &[("all_of", "SH-IC-101 1.99, SH-IC-102 1.99")]),
        map("map: too much of a course", &[("\"amount\":199", "\"amount\":200")], &[("all_of", "SH-IC-101 2.00, SH-IC-102 2.00")]),
        map("map: another course", &[("SH-IC-102", "SH-IC-999")], &[("all_of", "SH-IC-101 2.00, SH-IC-999 1.99")]),
        map("map: a lot without course", &[("\"course\":\"SH-IC-101\",", "")], &[("all_of", "SH-IC-102 1.99, none 2.00")]),
        map("map: lots of several schemes", &[("310000:credit", "310000:hour")], &[("all_of", "several schemes")]),
        map("map: no lot at all", &CREDIT_LOTS, &[("all_of", "nothing")]),
        map("map: expired", &[("2030-03-01", "2026-03-01")], &[("unexpired", "1 of 2: lot_a 2026-03-01")]),
        credit("map: a condition fails", r#"{"grade":{"min":"good"}}"#, MAP, &[], &[("grade", "1 of 2: lot_b pass")]),
        credit("map: several results", "{}", &MAP.replace("\"amount\":350}", "\"amount\":350},{\"scheme\":\"320000:hour\",\"amount\":4800}"), &[], &[]).giving(json!([
            {"scheme":"320000:credit","course":"JS-IC-210","category":"core","amount":350,"expires":"2030-03-01"}, {"scheme":"320000:hour","amount":4800,"expires":"2030-03-01"}])),
        credit("map: within a limit", "{}", &format!(r#"{MAP},"limits":[{{"per":"learner-year","amount":350}}]"#), &[], &[]),
        credit("map: above a limit", "{}", &format!(r#"{MAP},"limits":[{{"per":"learner-year","amount":350}}]"#), &[], &[("limit:learner-year", "0.01 + 3.50")]).with_used("320000:credit", 1, 1),
    ]
}

#[rustfmt::skip]
fn limits() -> Vec<Case> {
    let with = |name, failed: &[(&str, &str)]| credit(name, SCHEME, LIMITS, &[], failed);
    let same = r#","limits":[{"per":"learner-year","amount":399}]"#;
    vec![
        with("limits: nothing used", &[]),
        with("limits: used up to the edge of the year", &[]).with_used("320000:credit", 1681, 1681),
        with("limits: above the edge of the year", &[("limit:learner-year", "16.82 + 3.19")]).with_used("320000:credit", 1682, 1682),
        with("limits: used up to the edge in all", &[]).with_used("320000:credit", 0, 5681),
        with("limits: above the edge in all", &[("limit:learner-source", "56.82 + 3.19")]).with_used("320000:credit", 0, 5682),
        with("limits: above both", &[("limit:learner-year", "20.00 + 3.19"), ("limit:learner-source", "60.00 + 3.19")]).with_used("320000:credit", 2000, 6000),
        with("limits: used in another scheme", &[]).with_used("320000:hour", 9999, 9999),
        with("limits: another scheme first", &[("limit:learner-year", "20.00 + 3.19")]).with_used("320000:hour", 0, 0).with_used("320000:credit", 2000, 2000),
        with("limits: below nothing is nothing", &[]).with_used("320000:credit", -9999, -9999),
        credit("limits: in the scheme itself, where nothing is converted", SCHEME, same, &[], &[]),
        credit("limits: in the scheme itself, above", SCHEME, same, &[], &[("limit:learner-year", "0.01 + 3.99")]).with_used("310000:credit", 1, 1),
        credit("limits: count the receiver's units", SCHEME, r#","convert":{"ratio":[1,2],"scheme":"320000:credit"},"limits":[{"per":"learner-year","amount":199}]"#, &[], &[]),
    ]
}
