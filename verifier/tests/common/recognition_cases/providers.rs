//! What a provider was, and when.

use super::super::recognitions::{Case, PROVIDER, certificate, credit, provider};

const LISTED: &str = r#"{"provider":{"status_at":"earned"}}"#;
const OFFERED: &str = r#"{"provider":{"status_at":"offered"}}"#;
const CLASS_A: &str = r#"{"provider":{"status_at":"earned","class":["A","B"]}}"#;
const GREEN: &str = r#"{"provider":{"status_at":"earned","flag":["green"]}}"#;
const SCOPE: &str = r#"{"provider":{"status_at":"earned","in_scope":true}}"#;
const ALL: &str =
    r#"{"provider":{"status_at":"earned","class":["A"],"flag":["green"],"type":["employer"],"code":["91310000MA1FL0007C"],"in_scope":true}}"#;

/// The timeline with its end, and what follows.
fn then(until: &'static str, next: &'static str) -> [(&'static str, String); 2] {
    [
        ("\"from\":\"2020-01-01\",", format!("\"from\":\"2020-01-01\",\"until\":\"{until}\",")),
        ("\"cause\":\"1\"}]", format!("\"cause\":\"1\"}}{next}]")),
    ]
}

fn edited(case: Case, edits: &[(&'static str, String)]) -> Case {
    let edits: Vec<(&str, &str)> = edits.iter().map(|(from, to)| (*from, to.as_str())).collect();
    case.with_provider(&edits)
}

fn barred(from: &str) -> String {
    format!(r#",{{"from":"{from}","standing":"barred","cause":"2"}}"#)
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    let cert = |name, accept, failed| certificate(name, accept, &[], failed);
    let bar = |from: &str| [("\"cause\":\"1\"}]", format!("\"cause\":\"1\"}}{}]", barred(from)))];
    let class = |class: &'static str| [("\"class\":\"B\"", class)];
    let flag = |flag: &'static str| [("\"flag\":\"green\"", flag)];
    let two = |next: &'static str| [("\"cause\":\"1\"}]", format!("\"cause\":\"1\"}},{next}]"))];
    let class_a = r#"{"from":"2024-01-01","standing":{"listed":{"class":"A","flag":"green","scope":{}}},"cause":"2"}"#;
    let class_c = r#"{"from":"2024-01-01","standing":{"listed":{"class":"C","flag":"yellow","scope":{"occupations":["4-"]}}},"cause":"2"}"#;
    vec![
        cert("provider: listed on the day earned", LISTED, &[]),
        cert("provider: unknown", LISTED, &[("provider.listed", "unknown")]).without_provider(),
        cert("provider: unknown, and a rank too low", r#"{"level":{"min":4},"provider":{"status_at":"earned"}}"#, &[("level", "3"), ("provider.listed", "unknown")]).without_provider(),
        cert("provider: unknown, every condition", ALL, &[("provider.listed", "unknown"), ("provider.class", "unknown"), ("provider.flag", "unknown"), ("provider.type", "unknown"), ("provider.in_scope", "unknown")]).without_provider(),
        cert("provider: another is known", LISTED, &[("provider.listed", "unknown")]).with_provider(&[("91310000MA1FL0007C", "91350100M000100Y43")]),
        cert("provider: listed from the day earned", LISTED, &[]).with_provider(&[("2020-01-01", "2025-03-01")]),
        cert("provider: listed from the day after", LISTED, &[("provider.listed", "not listed")]).with_provider(&[("2020-01-01", "2025-03-02")]),
        edited(cert("provider: listed until the day earned", LISTED, &[("provider.listed", "not listed")]), &then("2025-03-01", "")),
        edited(cert("provider: listed until the day after", LISTED, &[]), &then("2025-03-02", "")),
        edited(cert("provider: listed when earned, not when offered", LISTED, &[]), &then("2026-01-01", "")),
        edited(cert("provider: not listed when offered", OFFERED, &[("provider.listed", "not listed")]), &then("2026-01-01", "")),
        edited(cert("provider: barred from the day after", LISTED, &[]), &bar("2025-03-02")),
        edited(cert("provider: barred from the day earned, though listed too", LISTED, &[("provider.listed", "barred")]), &bar("2025-03-01")),
        edited(cert("provider: barred when offered, good when earned", LISTED, &[]), &bar("2026-01-01")),
        edited(cert("provider: good when earned, barred when offered", OFFERED, &[("provider.listed", "barred")]), &bar("2026-01-01")),
        cert("provider: a bar that is over", LISTED, &[]).with_provider(&[(r#"[{"from":"2020-01-01","#, r#"[{"from":"2019-01-01","until":"2022-01-01","standing":"barred","cause":"0"},{"from":"2020-01-01","#)]),
        cert("provider: a bar that is not over", LISTED, &[("provider.listed", "barred")]).with_provider(&[(r#"[{"from":"2020-01-01","#, r#"[{"from":"2023-01-01","until":"2026-01-01","standing":"barred","cause":"0"},{"from":"2020-01-01","#)]),
        cert("provider: class D is no good standing", LISTED, &[("provider.listed", "class D")]).with_provider(&class("\"class\":\"D\"")),
        cert("provider: flagged red is no good standing", LISTED, &[("provider.listed", "red flag")]).with_provider(&flag("\"flag\":\"red\"")),
        cert("provider: flagged yellow is good standing", LISTED, &[]).with_provider(&flag("\"flag\":\"yellow\"")),
        cert("provider: class in the list", CLASS_A, &[]),
        cert("provider: class not in the list", CLASS_A, &[("provider.class", "C")]).with_provider(&class("\"class\":\"C\"")),
        edited(cert("provider: two classes at once, both in the list", CLASS_A, &[]), &two(class_a)),
        edited(cert("provider: two classes at once, one not in the list", CLASS_A, &[("provider.class", "B, C")]), &two(class_c)),
        edited(cert("provider: class of a barred one", CLASS_A, &[("provider.listed", "barred"), ("provider.class", "B, barred")]), &bar("2025-01-01")),
        cert("provider: class of one not listed", CLASS_A, &[("provider.listed", "not listed"), ("provider.class", "not listed")]).with_provider(&[("2020-01-01", "2026-01-01")]),
        cert("provider: flag in the list", GREEN, &[]),
        cert("provider: flag not in the list", GREEN, &[("provider.flag", "yellow")]).with_provider(&flag("\"flag\":\"yellow\"")),
        edited(cert("provider: two flags at once, one not in the list", GREEN, &[("provider.flag", "green, yellow")]), &two(class_c)),
        cert("provider: type in the list", r#"{"provider":{"status_at":"earned","type":["social","school"]}}"#, &[]),
        cert("provider: type not in the list", r#"{"provider":{"status_at":"earned","type":["employer"]}}"#, &[("provider.type", "school")]),
        cert("enterprise to enterprise: named", r#"{"provider":{"status_at":"earned","type":["employer"],"code":["91310000MA1FL0007C"]}}"#, &[]).with_provider(&[("school", "employer")]),
        cert("enterprise to enterprise: another", r#"{"provider":{"status_at":"earned","code":["91350100M000100Y43"]}}"#, &[("provider.code", "91310000MA1FL0007C")]),
        cert("scope: covered", SCOPE, &[]),
        certificate("scope: another type", SCOPE, &[("skill-level", "training")], &[("provider.in_scope", "type out of scope")]),
        certificate("scope: another occupation", SCOPE, &[("6-25-02-05", "4-04-05-05")], &[("provider.in_scope", "occupation out of scope")]),
        certificate("scope: no occupation", SCOPE, &[("\"occupation\":\"6-25-02-05\",", "")], &[("provider.in_scope", "occupation out of scope")]),
        certificate("scope: a rank above", SCOPE, &[("\"level\":3", "\"level\":6")], &[("provider.in_scope", "level out of scope")]),
        certificate("scope: no rank is no fault", SCOPE, &[("\"level\":3,", "")], &[]),
        edited(cert("scope: of two at once each must cover it", SCOPE, &[("provider.in_scope", "occupation out of scope")]), &two(class_c)),
        edited(cert("scope: barred", SCOPE, &[("provider.listed", "barred"), ("provider.in_scope", "barred")]), &bar("2025-01-01")),
        cert("every condition of a provider", ALL, &[("provider.class", "B"), ("provider.type", "school")]),
        provider("a provider that works elsewhere", r#"{"provider":{"status_at":"offered","class":["B"],"flag":["green"],"in_scope":true}}"#, &[], &[]),
        provider("a provider that works elsewhere, out of scope", r#"{"provider":{"status_at":"offered","in_scope":true}}"#, &[("\"level\":4", "\"level\":6")], &[("provider.in_scope", "level out of scope")]),
        provider("a provider that nobody knows", OFFERED, &[], &[("provider.listed", "unknown")]).without_provider(),
        credit("scope: credit has no type of certificate", r#"{"scheme":"310000:credit","provider":{"status_at":"earned","in_scope":true}}"#, "", &[], &[]),
        credit("provider: a lot without one", r#"{"scheme":"310000:credit","provider":{"status_at":"earned"}}"#, "", &[("\"provider\":\"91310000MA1FL0007C\",", "")], &[("provider.listed", "1 of 2: lot_a none")]),
        credit("provider: one lot of an unknown one", r#"{"scheme":"310000:credit","provider":{"status_at":"earned"}}"#, "", &[("91310000MA1FL0007C", "91350100M000100Y43")], &[("provider.listed", "1 of 2: lot_a unknown")]),
        credit("provider: one lot of an unknown one, one of none", r#"{"scheme":"310000:credit","provider":{"status_at":"earned"}}"#, "",
            &[("91310000MA1FL0007C", "91350100M000100Y43"), ("\"provider\":\"91310000MA1FL0007C\",", "")], &[("provider.listed", "0 of 2: lot_a unknown, lot_b none")]),
        Case { providers: vec![PROVIDER.replace("2020-01-01", "2025-06-01")], ..credit("provider: each lot on its own day", r#"{"scheme":"310000:credit","provider":{"status_at":"earned"}}"#, "", &[], &[("provider.listed", "1 of 2: lot_a not listed")]) },
    ]
}
