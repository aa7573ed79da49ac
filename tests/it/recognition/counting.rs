//! How much is recognised elsewhere, and would be. The numbers are counted by hand.

use super::*;
use crate::support::issuing::{SCHEME, define_scheme, replace};

fn ours() -> Value {
    with_grants(
        &["310000", "320000", "330000"],
        &json!([
            {"id": "senior", "moves": "certificate", "from": ["310000"], "to": ["320000"], "accept": {"type": ["skill-level"], "level": {"min": 3}}},
            {"id": "technician", "moves": "certificate", "from": ["310000"], "to": ["330000"],
                "accept": {"level": {"min": 4}, "earned": {"from": "2026-01-01"}, "provider": {"status_at": "earned", "in_scope": true}}},
            {"id": "again", "moves": "certificate", "from": ["310000"], "to": ["330000"], "accept": {"level": {"min": 4}, "grade": {"min": "excellent"}}},
        ]),
    )
}

/// Eight certificates that stand: four of level 3, two of level 4, one of level 2, a training without a level; one more is revoked, one replaced.
fn issue_eight(world: &World) {
    let one = body(world, 1);
    let level = |level: u8| with(draft(), "/level", json!(level));
    for _ in 0..3 {
        issue(&one.client, &level(3));
    }
    issue(&one.client, &level(4));
    issue(&one.client, &with(level(4), "/assessed_on", json!("2025-11-30")));
    issue(&one.client, &with(level(2), "/assessed_on", json!("2026-02-28")));
    issue(&one.client, &with(with(draft(), "/type", json!("training")), "/level", Value::Null));
    step(&one.client, &issue(&one.client, &level(3)), "revoke").expect(200);
    replace(&one.client, &issue(&one.client, &level(2)), &level(3)).expect(201);
}

/// A count as it is answered.
fn count(issued: u64, recognised: u64, percent: u64) -> Value {
    json!({"issued": issued, "recognised": recognised, "uncovered": issued - recognised, "percent_hundredths": percent})
}

fn kind(kind: &str, level: Option<u8>, of: Value) -> Value {
    let mut row = of;
    row["type"] = json!(kind);
    row["occupation"] = json!("6-31-01-03");
    if let Some(level) = level {
        row["level"] = json!(level);
    }
    row
}

/// A count with why most of what is not recognised is not.
fn why(of: Value, code: &str) -> Value {
    let words = if code == "not-covered" { ("没有互认协议涉及此类证书", "no agreement is about this") } else { words_of(code) };
    with(of, "/why", json!({"code": code, "zh": words.0, "en": words.1}))
}

fn words_of(check: &str) -> (&'static str, &'static str) {
    let words = verifier::recognition::CheckName::parse(check).unwrap().words();
    (words.zh, words.en)
}

both! {
    fn coverage_is_what_a_count_by_hand_comes_to(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        issue_eight(world);
        scene.agree(&ours());
        let mut js = count(8, 6, 7500);
        js["to"] = json!("320000");
        js["name"] = json!({"zh": "江苏省", "en": "Jiangsu"});
        js["kinds"] = json!([kind("skill-level", Some(2), why(count(1, 0, 0), "level")), kind("training", None, why(count(1, 0, 0), "type")),
            kind("skill-level", Some(3), count(4, 4, 10_000)), kind("skill-level", Some(4), count(2, 2, 10_000))]);
        // One of level 4 was earned too early for the one grant, and is not good enough for the other.
        let mut zj = count(8, 1, 1250);
        zj["to"] = json!("330000");
        zj["name"] = json!({"zh": "浙江省", "en": "Zhejiang"});
        zj["kinds"] = json!([kind("skill-level", Some(3), why(count(4, 0, 0), "level")), kind("skill-level", Some(2), why(count(1, 0, 0), "level")),
            kind("skill-level", Some(4), why(count(2, 1, 5000), "earned")), kind("training", None, why(count(1, 0, 0), "level"))]);
        let json: Value = serde_json::from_str(&hufu(world, &["coverage", "--json"]).expect(0).out).unwrap();
        assert_eq!(json, json!({"region": "310000", "day": scene.today(), "places": [js, zj]}));
        let printed = hufu(world, &["coverage"]).expect(0).out;
        assert!(printed.starts_with("to\ttype\toccupation\tlevel\tissued\trecognised\tpercent\n320000\t*\t*\t*\t8\t6\t75.00\n"), "{printed}");
        assert!(printed.contains("330000\tskill-level\t6-31-01-03\t4\t2\t1\t50.00\n") && !printed.contains("320000\tskill-level\t6-31-01-03\t3"), "{printed}");
    }

    fn everybody_is_told_of_no_group_of_fewer_than_five(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        assert_eq!(world.client().get("/v1/coverage").expect(200).json(), json!({"region": "310000", "day": scene.today(), "places": []}));
        issue_eight(world);
        let two = body(world, 2);
        for _ in 0..6 {
            issue(&two.client, &with(with(draft(), "/level", json!(2)), "/assessed_on", json!("2026-02-28")));
        }
        // Jiangsu takes level 3 upwards of one type; nothing goes to Zhejiang.
        let grants = json!([{"id": "senior", "moves": "certificate", "from": ["310000"], "to": ["320000"], "accept": {"type": ["skill-level"], "level": {"min": 3}}}]);
        scene.agree(&with_grants(&["310000", "320000", "330000"], &grants));
        world.app.edge.shift(200);
        assert_eq!(world.client().get("/v1/coverage").expect(200).json()["places"], json!([]), "it is counted once in five minutes");
        world.app.edge.shift(300);
        let answer = world.client().get("/v1/coverage").expect(200);
        let told = |issued: Value, recognised: Value, uncovered: Value| json!({"issued": issued, "recognised": recognised, "uncovered": uncovered});
        let places = answer.json()["places"].clone();
        // Seven of level 2 are told as five. Of four and two that are recognised, and of the one training, it is told that they are few.
        let few = || json!("<5");
        let none = |of: Value| with(of, "/percent_hundredths", json!(0));
        let level_2 = |code| kind("skill-level", Some(2), why(none(told(json!(5), json!(0), json!(5))), code));
        let jiangsu = json!([level_2("level"), kind("training", None, none(told(few(), json!(0), few()))),
            kind("skill-level", Some(3), told(few(), few(), json!(0))), kind("skill-level", Some(4), told(few(), few(), json!(0)))]);
        assert_eq!(places[0]["kinds"], jiangsu);
        let few_of = |name: &str, level| kind(name, level, none(told(few(), json!(0), few())));
        let zhejiang = json!([level_2("not-covered"), few_of("skill-level", Some(3)), few_of("skill-level", Some(4)), few_of("training", None)]);
        assert_eq!(places[1]["kinds"], zhejiang);
        // In all what follows from that.
        let sum = |of: &Value| ["issued", "recognised", "uncovered", "percent_hundredths"].map(|member| of[member].clone());
        assert_eq!(sum(&places[0]), [json!(5), json!("<10"), json!(5), Value::Null]);
        assert_eq!(sum(&places[1]), [json!(5), json!(0), json!(5), json!(0)]);
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        world.client().header("if-none-match", answer.header("etag")).get("/v1/coverage").expect(304);
    }

    fn a_dry_run_says_what_an_agreement_would_do_before_anybody_has_signed(world: &World) {
        issue_eight(world);
        define_scheme(world);
        let two = body(world, 2);
        for (amount, course) in [(200, "SH-1"), (200, "SH-1"), (200, "SH-2"), (99, "SH-2")] {
            let credit = json!([{"scheme": SCHEME, "amount": amount, "kind": "course", "course": course}]);
            issue(&two.client, &with(with(draft(), "/credits", credit), "/assessed_on", json!("2025-01-02")));
        }
        let mut agreement = ours();
        let grants = agreement["grants"].as_array_mut().unwrap();
        grants.pop();
        grants.push(json!({"id": "credit", "moves": "credit", "from": ["310000"], "to": ["320000", "330000"], "accept": {"scheme": SCHEME},
            "convert": {"ratio": [4, 5], "scheme": "320000:credit"}, "limits": [{"per": "learner-year", "amount": 400}]}));
        grants.push(json!({"id": "map", "moves": "credit", "from": ["310000"], "to": ["330000"], "accept": {"scheme": SCHEME, "course": ["SH-1", "SH-2"]},
            "all_of": [{"course": "SH-1", "amount": 150}, {"course": "SH-2", "amount": 140}],
            "gives": [{"scheme": "330000:credit", "course": "ZJ-9", "amount": 333}]}));
        grants.push(json!({"id": "bodies", "moves": "provider", "from": ["310000"], "to": ["320000"], "accept": {}}));
        let file = world.folder().join("draft.json");
        std::fs::write(&file, agreement.to_string()).unwrap();
        let ran = hufu(world, &["agreement", "dry-run", file.to_str().unwrap()]).expect(0);
        let today = hufu::providers::service::today(&world.app);
        // Of the lots 2.00 becomes 1.60 twice, the third would be too much, and 0.99 becomes 0.79; the map is there twice.
        let lots = |to: &str| format!("credit\t{to}\t4\t3\t75.00\t{SCHEME} 4.99\t320000:credit 3.99\tlimit:learner-year 1");
        let rows = [
            today.to_string(),
            "grant\tto\tcases\trecognised\tpercent\tbefore\tafter\trefused by".to_owned(),
            "senior\t320000\t12\t10\t83.33\t-\t-\tlevel 2, type 1".to_owned(),
            "technician\t330000\t12\t1\t8.33\t-\t-\tlevel 10, earned 5".to_owned(),
            lots("320000"),
            lots("330000"),
            format!("map\t330000\t4\t4\t100.00\t{SCHEME} 5.80\t330000:credit 6.66\t-"),
        ];
        assert_eq!(ran.out, rows.join("\n") + "\n");
        let later = with(agreement, "/in_force", json!({"from": today.add_days(9).to_string()}));
        std::fs::write(&file, later.to_string()).unwrap();
        let ran = hufu(world, &["agreement", "dry-run", file.to_str().unwrap()]).expect(0);
        assert!(ran.out.starts_with(&today.add_days(9).to_string()), "{ran:?}");
        std::fs::write(&file, "{}").unwrap();
        assert!(hufu(world, &["agreement", "dry-run", file.to_str().unwrap()]).expect(4).err.contains("agreement.missing"));
        std::fs::write(&file, agreement_of_others()).unwrap();
        assert!(hufu(world, &["agreement", "dry-run", file.to_str().unwrap()]).expect(4).err.contains("agreements.not_a_party"));
        hufu(world, &["agreement", "dry-run", "/nowhere"]).expect(5);
    }
}

fn agreement_of_others() -> String {
    agreement(&["320000", "330000"]).to_string()
}
