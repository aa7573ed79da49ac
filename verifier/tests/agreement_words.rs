//! Agreements in words: what is odd about one, what a newer version changes, and the whole of it as numbered clauses.

mod common;

use common::agreements::{EXAMPLE, example};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use verifier::agreement::Agreement;
use verifier::agreement::diff::{What, diff};
use verifier::agreement::lint::{Scopes, lint};
use verifier::agreement::print::Printed;
use verifier::documents::Digest;
use verifier::ids::{Level, OccupationPrefix, RegionCode};
use verifier::verdict::Scope;

const SHANGHAI: &str = "310000";
const JIANGSU: &str = "320000";

fn agreement(grants: Value) -> Agreement {
    let text = json!({
        "hufu": "agreement/1", "id": "urn:hufu:agreement:a", "version": 1, "title": {"zh": "互认", "en": "Mutual"}, "parties": [SHANGHAI, JIANGSU, "330000"],
        "in_force": {"from": "2026-01-01", "through": "2028-12-31"}, "offer_days": 30, "grants": grants,
    });
    Agreement::read(text.to_string().as_bytes()).expect("a good agreement")
}

/// A grant about certificates both ways, with these conditions.
fn certificate(id: &str, accept: Value) -> Value {
    json!({"id": id, "moves": "certificate", "from": [SHANGHAI, JIANGSU], "to": [SHANGHAI, JIANGSU], "accept": accept})
}

/// A grant about credit that is converted one way.
fn credit(id: &str, from: &str, to: &str, ratio: [u32; 2]) -> Value {
    let (own, other) = (format!("{from}:credit"), format!("{to}:credit"));
    json!({"id": id, "moves": "credit", "from": [from], "to": [to], "accept": {"scheme": own}, "convert": {"ratio": ratio, "scheme": other}})
}

fn with(mut value: Value, path: &str, new: Value) -> Value {
    let (parent, name) = path.rsplit_once('/').expect("a path");
    value.pointer_mut(parent).expect("a member")[name] = new;
    value
}

/// (code, grant, other) of each finding.
fn codes(grants: Value, scopes: &Scopes) -> Vec<(&'static str, String, Option<String>)> {
    lint(&agreement(grants), scopes).into_iter().map(|found| (found.code, found.grant, found.other)).collect()
}

fn codes_alone(grants: Value) -> Vec<&'static str> {
    codes(grants, &BTreeMap::new()).into_iter().map(|(code, ..)| code).collect()
}

/// There and back without loss, so that nothing is odd about it.
fn fair() -> Value {
    json!([credit("there", SHANGHAI, JIANGSU, [1, 1]), credit("back", JIANGSU, SHANGHAI, [1, 1]), certificate("both", json!({}))])
}

#[test]
fn nothing_is_odd_about_a_fair_agreement() {
    assert_eq!(codes_alone(fair()), Vec::<&str>::new());
}

#[test]
fn what_can_never_fire_is_found() {
    let alone = with(certificate("a", json!({})), "/to", json!([SHANGHAI]));
    let own = with(alone.clone(), "/from", json!([SHANGHAI]));
    assert_eq!(codes_alone(json!([own])), ["lint.no_pair"]);
    for (accept, code) in [
        (json!({"earned": {"from": "2029-01-01"}}), "lint.earned_too_late"),
        (json!({"earned": {"through": "2024-12-31"}, "max_age_months": 12}), "lint.too_old"),
    ] {
        assert_eq!(codes_alone(json!([certificate("a", accept)])), [code]);
    }
    for accept in [json!({"earned": {"from": "2028-12-31"}}), json!({"earned": {"through": "2025-01-01"}, "max_age_months": 12})] {
        assert_eq!(codes_alone(json!([certificate("a", accept)])), Vec::<&str>::new(), "its last day, and its first");
    }
    let set = json!({"id": "set", "moves": "credit", "from": [SHANGHAI], "to": [JIANGSU], "accept": {"course": ["A"]},
        "all_of": [{"course": "A", "amount": 100}, {"course": "B", "amount": 100}], "gives": [{"scheme": "320000:credit", "amount": 300}],
        "limits": [{"per": "learner-year", "amount": 299}]});
    assert_eq!(codes_alone(json!([set])), ["lint.course_refused", "lint.limit_too_low", "lint.one_way"]);
    let mapped = with(
        with(credit("a", SHANGHAI, JIANGSU, [1, 1]), "/accept/category", json!(["core", "other"])),
        "/convert/category",
        json!({"core": "core"}),
    );
    assert_eq!(codes_alone(json!([mapped, credit("back", JIANGSU, SHANGHAI, [1, 1])])), ["lint.category_unmapped"]);
    let foreign =
        with(with(credit("a", SHANGHAI, JIANGSU, [1, 1]), "/accept/scheme", json!("330000:credit")), "/convert/scheme", json!("310000:credit"));
    assert_eq!(codes_alone(json!([foreign])), ["lint.scheme_origin", "lint.scheme_receiver", "lint.one_way"]);
}

#[test]
fn a_limit_that_is_never_reached_is_found() {
    let limited = |year: u32| {
        let limits = json!([{"per": "learner-year", "amount": year}, {"per": "learner-source", "amount": 600}]);
        json!([with(credit("there", SHANGHAI, JIANGSU, [1, 1]), "/limits", limits), credit("back", JIANGSU, SHANGHAI, [1, 1])])
    };
    assert_eq!(codes_alone(limited(600)), ["lint.limit_idle"]);
    assert_eq!(codes_alone(limited(599)), Vec::<&str>::new());
}

#[test]
fn a_grant_that_another_covers_is_found() {
    let wide =
        json!({"occupation": ["6-25-"], "level": {"min": 2}, "grade": {"min": "pass"}, "provider": {"status_at": "earned", "class": ["A", "B"]}});
    let narrow = json!({"type": ["skill-level"], "occupation": ["6-25-02-05"], "level": {"min": 3, "max": 5}, "grade": {"min": "good"},
        "max_age_months": 12, "provider": {"status_at": "earned", "class": ["A"], "in_scope": true}});
    let of = |first: Value, second: Value| codes(json!([certificate("one", first), certificate("two", second)]), &BTreeMap::new());
    let covers = |grant: &str, other: &str| vec![("lint.covered", grant.to_owned(), Some(other.to_owned()))];
    assert_eq!(of(wide.clone(), narrow.clone()), covers("two", "one"));
    assert_eq!(of(narrow.clone(), wide.clone()), covers("one", "two"));
    assert_eq!(of(wide.clone(), wide.clone()), covers("two", "one"), "of two that say the same, the later");
    for (path, value) in [
        ("/occupation", json!(["6-31-"])),
        ("/level", json!({"min": 1})),
        ("/grade", json!({"min": "fail"})),
        ("/provider", json!({"status_at": "offered", "class": ["A"]})),
        ("/provider/class", json!(["A", "C"])),
        ("/provider/class", Value::Null),
    ] {
        let mut wider = with(narrow.clone(), path, value.clone());
        if value.is_null() {
            wider["provider"].as_object_mut().expect("terms").remove("class");
        }
        assert_eq!(of(wide.clone(), wider), vec![], "{path} {value}");
    }
    assert_eq!(of(json!({"level": {"min": 0}}), json!({})), covers("one", "two"), "a level is asked for");
}

#[test]
fn what_is_recognised_one_way_only_is_found_with_its_pairs() {
    let three = json!([{"id": "a", "moves": "certificate", "from": [SHANGHAI, JIANGSU], "to": [SHANGHAI, JIANGSU, "330000"], "accept": {}}]);
    let found = lint(&agreement(three), &BTreeMap::new());
    assert_eq!(found.len(), 1);
    assert!(found[0].words.en.ends_with("310000 → 330000, 320000 → 330000"), "{:?}", found[0]);
    let kinds =
        json!([credit("a", SHANGHAI, JIANGSU, [1, 1]), {"id": "b", "moves": "certificate", "from": [JIANGSU], "to": [SHANGHAI], "accept": {}}]);
    assert_eq!(codes_alone(kinds), ["lint.one_way", "lint.one_way"], "a certificate is no counterpart of credit");
}

#[test]
fn a_round_trip_that_loses_more_than_a_tenth_is_found() {
    let there_and_back =
        |one: [u32; 2], other: [u32; 2]| codes_alone(json!([credit("a", SHANGHAI, JIANGSU, one), credit("b", JIANGSU, SHANGHAI, other)]));
    assert_eq!(there_and_back([4, 5], [1, 1]), ["lint.round_trip"]);
    assert_eq!(there_and_back([4, 5], [5, 4]), Vec::<&str>::new());
    assert_eq!(there_and_back([9, 10], [1, 1]), Vec::<&str>::new(), "nine tenths are enough");
    // 1.00 becomes 0.01 and is lost, though 10.00 would come back whole but for rounding.
    assert_eq!(there_and_back([1, 60], [60, 1]), ["lint.round_trip"]);
    let found = lint(&agreement(json!([credit("a", SHANGHAI, JIANGSU, [4, 5]), credit("b", JIANGSU, SHANGHAI, [1, 1])])), &BTreeMap::new());
    assert_eq!(found[0].words.en, "of 1.00 that comes back by grant b only 0.80 is left");
}

#[test]
fn occupations_and_levels_that_nobody_may_assess_are_found_where_scopes_are_known() {
    let scope = |occupation: &str, min: u8, max: u8| Scope {
        occupations: vec![OccupationPrefix::parse(occupation).expect("a prefix")],
        level_min: Level::new(min).expect("a level"),
        level_max: Level::new(max).expect("a level"),
        types: Vec::new(),
    };
    let known = |scopes: Vec<Scope>| BTreeMap::from([(RegionCode::parse(SHANGHAI).expect("a region"), scopes)]);
    let asked = json!([certificate("a", json!({"occupation": ["6-25-"], "level": {"min": 4}}))]);
    let found = |scopes: &Scopes| codes(asked.clone(), scopes).into_iter().map(|(code, ..)| code).collect::<Vec<_>>();
    assert_eq!(found(&known(vec![scope("6-31-", 0, 7)])), ["lint.occupation_unissued"]);
    assert_eq!(found(&known(vec![scope("6-25-02-", 0, 3), scope("6-31-", 0, 7)])), ["lint.level_unissued"]);
    assert_eq!(found(&known(vec![scope("6-25-02-", 4, 4)])), Vec::<&str>::new());
    assert_eq!(found(&known(vec![scope("6-", 0, 7)])), Vec::<&str>::new());
    assert_eq!(found(&known(vec![Scope::default()])), Vec::<&str>::new(), "a scope without occupations has them all");
    assert_eq!(found(&known(Vec::new())), ["lint.occupation_unissued"]);
    assert_eq!(found(&BTreeMap::new()), Vec::<&str>::new(), "nothing is known");
}

fn changes(before: Value, after: Value) -> Vec<(What, String, String)> {
    diff(&agreement(before), &agreement(after)).into_iter().map(|one| (one.what, one.article, one.member)).collect()
}

#[test]
fn a_newer_version_is_told_member_by_member() {
    let before = json!([certificate("a", json!({"level": {"min": 3}, "grade": {"min": "pass"}})), certificate("b", json!({}))]);
    let after = json!([certificate("a", json!({"level": {"min": 4}, "max_age_months": 12})), certificate("c", json!({}))]);
    let found = diff(&agreement(before.clone()), &agreement(after.clone()));
    assert_eq!(found[0].words.en, "Grant a: certificate, level: from Level three (senior worker) upwards -> from Level two (technician) upwards");
    assert_eq!(found[0].words.zh, "条款 a：证书，等级：三级（高级工）及以上 → 二级（技师）及以上");
    assert_eq!(found[1].words.en, "Grant a: certificate, age: no such condition -> earned at most 12 months before");
    let of = |what, article: &str, member: &str| (what, article.to_owned(), member.to_owned());
    assert_eq!(
        changes(before.clone(), after),
        [
            of(What::Changed, "grants.a", "accept.level"),
            of(What::Added, "grants.a", "accept.max_age_months"),
            of(What::Removed, "grants.a", "accept.grade"),
            of(What::Added, "grants.c", ""),
            of(What::Removed, "grants.b", ""),
        ]
    );
    assert_eq!(changes(before.clone(), before.clone()), []);
    let turned = json!([before[1], before[0]]);
    assert_eq!(changes(before, turned), [of(What::Changed, "grants", "order")]);
}

#[test]
fn every_member_of_the_example_that_changes_is_told() {
    let before = example();
    for (from, to, article, member) in [
        ("\"Mutual", "\"Full mutual", "title", "title"),
        ("\"offer_days\": 30", "\"offer_days\": 31", "term", "offer_days"),
        ("\"2028-12-31\"", "\"2029-12-31\"", "term", "in_force"),
        ("\"340000\", \"810000\"]", "\"340000\", \"350000\", \"810000\"]", "parties", "parties"),
        ("\"ratio\": [4, 5]", "\"ratio\": [3, 5]", "grants.credit-sh-js", "convert"),
        ("{\"core\": \"elective\"}", "{\"core\": \"core\"}", "grants.credit-sh-js", "convert.category"),
        ("\"amount\": 2000", "\"amount\": 2001", "grants.credit-sh-js", "limits"),
        ("\"amount\": 350", "\"amount\": 351", "grants.map-sh-js-ic", "gives"),
        ("\"SH-IC-102\", \"amount\": 200", "\"SH-IC-102\", \"amount\": 201", "grants.map-sh-js-ic", "all_of"),
        ("\"flag\": [\"green\"]", "\"flag\": [\"green\", \"yellow\"]", "grants.bodies", "accept.provider.flag"),
        ("\"type\": [\"employer\"]", "\"type\": [\"school\"]", "grants.cert-hk", "accept.provider.type"),
        (", \"in_scope\": true", "", "grants.cert-ic", "accept.provider.in_scope"),
        ("\"max_age_months\": 84", "\"max_age_months\": 85", "grants.credit-sh-js", "accept.max_age_months"),
        ("\"2028-06-30\"", "\"2028-06-29\"", "grants.credit-sh-js", "accept.earned"),
    ] {
        let text = EXAMPLE.replacen(from, to, 1);
        assert_ne!(text, EXAMPLE, "{from}");
        let after = Agreement::read(text.as_bytes()).expect("a good agreement");
        let found: Vec<_> = diff(&before, &after).into_iter().map(|one| (one.article, one.member)).collect();
        assert_eq!(found, [(article.to_owned(), member.to_owned())], "{from} -> {to}");
    }
}

#[test]
fn the_whole_of_it_stands_in_numbered_clauses() {
    let printed = Printed::of(&example(), &Digest::of(EXAMPLE));
    let english = printed.to_text(|said| &said.en);
    for line in [
        "Mutual recognition of skills in the Yangtze delta",
        "1. Parties",
        "   1.1 The parties, by region code: 310000, 320000, 330000, 340000, 810000",
        "   2.1 In force: 2026-01-01 through 2028-12-31",
        "4. Grant credit-sh-js: credit",
        "   4.7 Occupation, with all within it: 6-25-, 4-04-05-05",
        "   4.14 Conversion: 4 for 5, lot by lot, rounded down, in 320000:credit",
        "   4.16 Limits: at most 20.00: a learner, a calendar year, at most 60.00: a learner, a region of origin",
    ] {
        assert!(english.lines().any(|own| own == line), "{line}\n{english}");
    }
    let chinese = printed.to_text(|said| &said.zh);
    for line in ["2. 期限与终止", "   2.2 终止通知：任何一方可提前至少 30 天通知终止", "   3.6 等级：五级（初级工）至一级（高级技师）"]
    {
        assert!(chinese.lines().any(|own| own == line), "{line}\n{chinese}");
    }
    assert_eq!(english.lines().count(), chinese.lines().count());
    assert!(english.contains(&Digest::of(EXAMPLE).to_string()));
}

#[test]
fn many_grants_with_long_lists_are_held_against_each_other() {
    let courses = |n: usize| (0..200).map(|at| if at == 199 { format!("x{n}") } else { format!("{at}") }).collect::<Vec<_>>();
    let grant = |n: usize| with(credit(&format!("g{n}"), SHANGHAI, JIANGSU, [1, 1]), "/accept/course", json!(courses(n)));
    let grants = json!((0..80).map(grant).collect::<Vec<_>>());
    let found = codes_alone(grants);
    assert_eq!(found, vec!["lint.one_way"; 80], "none covers another");
}
