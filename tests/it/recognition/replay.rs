//! Decisions that are kept.

use super::*;

fn ours() -> Value {
    with_grants(
        &["310000", "320000"],
        &json!([{"id": "in", "moves": "certificate", "from": ["320000"], "to": ["310000"],
            "accept": {"level": {"min": 3}, "provider": {"status_at": "earned", "class": ["A"], "in_scope": true}}}]),
    )
}

fn keep(client: &Client, case: &Value) -> Answer {
    client.post_json("/v1/recognition:evaluate", &json!({"cases": [case], "keep": true}))
}

/// A kept decision's digest.
#[track_caller]
fn kept(scene: &Scene<'_>, case: &Value) -> String {
    let answer = keep(&scene.operator, case).expect(200).json()["answers"][0].clone();
    assert_eq!(answer["kept"], true, "{answer}");
    text(&answer, "digest").to_owned()
}

/// Replaces words in the bytes of every decision that is kept.
fn tamper(world: &World, from: &str, to: &str) {
    // Every start of the program makes the guards anew.
    unguard(world, "recognition_decisions");
    let changed = match world.backend {
        Backend::Sqlite => format!("CAST(REPLACE(CAST(decision AS TEXT), '{from}', '{to}') AS BLOB)"),
        Backend::Postgres => format!("CONVERT_TO(REPLACE(CONVERT_FROM(decision, 'UTF8'), '{from}', '{to}'), 'UTF8')"),
    };
    world.sql(&format!("UPDATE recognition_decisions SET decision = {changed}")).unwrap();
}

both! {
    fn a_kept_decision_is_the_same_when_it_is_made_again(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        let waiver = json!({"agreement": digest(&ours()), "grant": "in", "case": "HF3200002026K7Q2M9X4TB4", "checks": ["level"], "role": "office",
            "reason": "r", "from": "2026-03-01", "until": "2027-06-01"});
        let waived = scene.operator.post_json("/v1/waivers", &waiver).expect(201).json();
        let (high, low) = (kept(&scene, &foreign("320000", 3)), kept(&scene, &foreign("320000", 2)));
        assert_eq!(kept(&scene, &foreign("320000", 3)), high, "the same decision is kept once");
        let read = world.signed_in(Role::Auditor, None).get(&format!("/v1/recognition/{low}")).expect(200).json();
        assert_eq!((&read["digest"], &read["inputs"]), (&json!(low), &json!({"agreed": true, "used": [], "waivers": [waived["digest"]]})), "{read}");
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
        // Whatever becomes of the agreement and of the body, what was decided stays decided.
        crate::agreements::end(&scene.operator, &ours(), &hufu::providers::service::today(&world.app).add_days(31).to_string()).expect(200);
        scene.operator.delete("/v1/partners/320000").expect(204);
        for digest in [&high, &low] {
            assert_eq!(hufu(world, &["recognition", "replay", digest]).expect(0).out, format!("identical: {digest}\n"));
        }
        let shown = hufu(world, &["recognition", "show", &low]).expect(0).out;
        assert!(shown.contains("320000 -> 310000") && shown.contains("Recognised") && shown.contains("+ level: at least 3 | 2  the level is accepted"), "{shown}");
    }

    fn credit_is_made_again_with_what_was_used_then(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let ours = with_grants(&["310000", "320000"], &json!([{"id": "credit", "moves": "credit", "from": ["320000"], "to": ["310000"],
            "accept": {"scheme": "320000:credit"}, "limits": [{"per": "learner-source", "amount": 500}]}]));
        scene.agree(&ours);
        let case = json!({"agreement": digest(&ours), "grant": "credit", "used": [{"scheme": "320000:credit", "year": 1, "source": 450}],
            "credit": {"origin": "320000", "lots": [{"id": "lot_a", "scheme": "320000:credit", "amount": 51, "kind": "course", "earned": "2026-03-01",
                "basis": "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]}});
        let digest = kept(&scene, &case);
        hufu(world, &["recognition", "replay", &digest]).expect(0);
        unguard(world, "recognition_decisions");
        world.sql("UPDATE recognition_decisions SET document = REPLACE(document, '450', '449')").unwrap();
        assert_eq!(hufu(world, &["recognition", "replay", &digest]).expect(1).out, "differs: checks[7].got\n");
    }

    fn what_is_too_long_to_be_kept_is_answered_all_the_same(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let branches: Vec<String> = (0..100).map(|n| format!("6-31-{:02}-{:02}", n / 10, n % 10)).collect();
        let body = crate::support::issuing::body_with(world, 1, &with(listing(), "/scope/occupations", json!(branches)));
        let ours = with_grants(&["310000", "320000"], &json!([{"id": "credit", "moves": "credit", "from": ["310000"], "to": ["320000"],
            "accept": {"scheme": "310000:credit", "provider": {"status_at": "earned"}}}]));
        scene.agree(&ours);
        let first = verifier::time::Day::parse("2025-03-01").unwrap();
        let lot = |n: i64| json!({"id": format!("lot_{n}"), "scheme": "310000:credit", "amount": 51, "kind": "course", "provider": body.code,
            "earned": first.add_days(n).to_string(), "basis": "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"});
        let case = |lots: i64| json!({"place": "320000", "agreement": digest(&ours), "grant": "credit",
            "credit": {"origin": "310000", "lots": (0..lots).map(lot).collect::<Vec<_>>()}});
        hufu(world, &["recognition", "replay", &kept(&scene, &case(20))]).expect(0);
        assert_eq!(keep(&scene.operator, &case(200)).problem(422, "recognition.too_long")["field"], "cases[0]");
        assert_eq!(answer(&scene.operator, &case(200))["outcome"], "recognised");
    }

    fn tampering_is_found_and_named(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        let digest = kept(&scene, &foreign("320000", 2));
        for (from, to, member) in [
            ("\"refused\"", "\"recognised\"", "outcome"),
            ("\"at least 3\"", "\"at least 2\"", "checks[4].want"),
            ("\"A\"", "\"B\"", "checks[6].ok"),
            ("\"good\"", "\"pass\"", "digest"),
            ("\"in\"", "\"on\"", "grant"),
            ("decision/1", "decision/2", "hufu"),
        ] {
            tamper(world, from, to);
            assert_eq!(hufu(world, &["recognition", "replay", &digest]).expect(1).out, format!("differs: {member}\n"), "{from}");
            tamper(world, to, from);
        }
        hufu(world, &["recognition", "replay", &digest]).expect(0);
        unguard(world, "recognition_decisions");
        world.sql("UPDATE recognition_decisions SET document = REPLACE(document, '\"agreed\":true', '\"agreed\":false')").unwrap();
        assert_eq!(hufu(world, &["recognition", "replay", &digest]).expect(1).out, "differs: checks[0].got\n");
        assert!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong.is_some());
    }

    fn who_may_only_ask_keeps_nothing_and_what_was_not_kept_is_not_found(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        for role in [Role::Auditor, Role::Partner] {
            keep(&world.signed_in(role, None), &foreign("320000", 3)).problem(403, "access.forbidden");
        }
        let (id, secret) = world.add(Role::Operator, None);
        let narrow = world.client().bearer(&world.token(&id, &secret, Some("recognition:read")));
        keep(&narrow, &foreign("320000", 3)).problem(403, "access.forbidden");
        let asked = answer(&narrow, &foreign("320000", 3));
        let path = format!("/v1/recognition/{}", text(&asked, "digest"));
        assert_eq!(scene.operator.get(&path).problem(404, "recognition.no_decision")["field"], "digest");
        scene.operator.get("/v1/recognition/none").problem(404, "recognition.no_decision");
        assert!(hufu(world, &["recognition", "replay", text(&asked, "digest")]).expect(4).err.contains("recognition.no_decision"));
        hufu(world, &["recognition", "show", "none"]).expect(4);
        // Nothing covers it, so there is no decision to keep.
        let own = keep(&scene.operator, &foreign("330000", 3)).expect(200).json();
        assert_eq!((&own["answers"][0]["outcome"], &own["answers"][0]["kept"]), (&json!("not-covered"), &json!(false)));
    }
}
