//! Waivers.

use super::*;

fn ours() -> Value {
    with_grants(
        &["310000", "320000"],
        &json!([
            {"id": "in", "moves": "certificate", "from": ["320000"], "to": ["310000"], "accept": {"level": {"min": 3}, "grade": {"min": "pass"}}},
            {"id": "out", "moves": "certificate", "from": ["310000"], "to": ["320000"], "accept": {"level": {"min": 3}}},
        ]),
    )
}

fn waiver() -> Value {
    json!({"agreement": digest(&ours()), "grant": "in", "case": "HF3200002026K7Q2M9X4TB4", "checks": ["level"], "role": "skills-office",
        "reason": "紧缺职业人才引进", "from": "2026-03-01", "until": "2027-06-01"})
}

both! {
    fn a_waived_check_is_met_for_its_case_and_days_and_nothing_else(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        let low = with(foreign("320000", 2), "/day", json!("2026-11-01"));
        assert_eq!(failed(&answer(&scene.operator, &low)), ("level", "at least 3", "2"));
        let made = scene.operator.post_json("/v1/waivers", &waiver()).expect(201).json();
        let good = answer(&scene.operator, &low);
        assert_eq!(good["outcome"], "recognised");
        let check = good["decision"]["checks"].as_array().unwrap().iter().find(|check| check["check"] == "level").unwrap();
        assert_eq!((&check["got"], &check["waived"]), (&json!("2"), &json!([made["digest"]])));
        for other in [with(low.clone(), "/day", json!("2027-06-01")), with(low.clone(), "/certificate/number", json!("HF3200002026K7Q2M9X4TB5"))] {
            assert_eq!(failed(&answer(&scene.operator, &other)).0, "level", "{other}");
        }
        assert_eq!(failed(&answer(&scene.operator, &with(low, "/certificate/grade", json!("fail")))).0, "grade");
        let signed = verifier::documents::Waiver::open(text(&made, "document"), world.app.keys.region_signer().public()).unwrap();
        assert_eq!((signed.region.as_str(), signed.role.as_str()), ("310000", "skills-office"));
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    }

    fn waivers_are_listed_by_case(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        let one = scene.operator.post_json("/v1/waivers", &waiver()).expect(201).json();
        let two = scene.operator.post_json("/v1/waivers", &with(waiver(), "/case", json!("ANOTHER-1"))).expect(201).json();
        let reader = world.signed_in(Role::Auditor, None);
        assert_eq!(reader.get("/v1/waivers").expect(200).json()["items"], json!([one, two]));
        assert_eq!(reader.get("/v1/waivers?case=ANOTHER-1").expect(200).json(), json!({"items": [two]}));
        assert_eq!(reader.get("/v1/waivers?limit=1").expect(200).json()["next"], one["id"]);
        reader.get("/v1/waivers?case=%00").problem(400, "http.query");
        reader.post_json("/v1/waivers", &waiver()).problem(403, "access.forbidden");
    }

    fn what_a_region_may_not_waive_it_does_not(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        let long = "长".repeat(201);
        for (path, to, status, code, field) in [
            ("/checks", json!(["level", "in_force"]), 422, "document.member", "checks"),
            ("/checks", json!([]), 422, "document.member", "checks"),
            ("/checks", json!(["level", "level"]), 422, "document.twice", "checks"),
            ("/checks", json!(["levels"]), 422, "document.unknown_kind", "checks[0]"),
            ("/grant", json!("out"), 422, "recognition.not_ours", "grant"),
            ("/grant", json!("other"), 404, "recognition.no_grant", "grant"),
            ("/agreement", json!(digest(&agreement(&["310000", "320000"]))), 404, "recognition.no_agreement", "agreement"),
            ("/agreement", json!("sha256:0"), 422, "document.digest_shape", "agreement"),
            ("/until", json!("2026-03-01"), 422, "document.days", "until"),
            ("/role", json!("Skills"), 422, "document.member", "role"),
            ("/reason", json!(long), 422, "document.member", "reason"),
            ("/case", json!("x y"), 422, "document.member", "case"),
        ] {
            let problem = scene.operator.post_json("/v1/waivers", &with(waiver(), path, to)).problem(status, code);
            assert_eq!(problem["field"], field, "{problem}");
        }
        assert_eq!(scene.operator.get("/v1/waivers").expect(200).json(), json!({"items": []}));
    }
}
