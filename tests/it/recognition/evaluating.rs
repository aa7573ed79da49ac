//! Asking.

use super::*;

/// Shanghai with three others: two take level 3 by one grant, the third asks for more.
fn four() -> Value {
    with_grants(
        &["310000", "320000", "330000", "340000"],
        &json!([
            {"id": "senior", "moves": "certificate", "from": ["310000"], "to": ["320000", "330000"],
                "accept": {"type": ["skill-level"], "level": {"min": 3}, "provider": {"status_at": "earned", "in_scope": true}}},
            {"id": "technician", "moves": "certificate", "from": ["310000"], "to": ["340000"], "accept": {"level": {"min": 4}}},
            {"id": "any", "moves": "certificate", "from": ["310000"], "to": ["330000"], "accept": {}},
        ]),
    )
}

/// A lot of Shanghai.
fn lot(id: &str, amount: i64) -> Value {
    json!({"id": id, "scheme": "310000:credit", "amount": amount, "kind": "course", "course": "SH-IC-101", "earned": "2026-03-01",
        "basis": "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
}

both! {
    fn one_certificate_is_recognised_in_three_places_of_four_and_refused_in_the_last(world: &World) {
        let scene = Scene::of(world, &["320000", "330000", "340000"]);
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let at = |place: &str| json!({"place": place, "certificate": {"number": made["number"]}});
        let nowhere = ask(&body.client, &json!([at("320000")])).expect(200).json();
        assert_eq!(nowhere["answers"][0]["outcome"], "not-covered");
        scene.agree(&four());
        let all = ask(&body.client, &json!([at("310000"), at("320000"), at("330000"), at("340000")])).expect(200).json();
        let of = |n: usize| &all["answers"][n];
        assert_eq!([of(0), of(1), of(2), of(3)].map(|answer| text(answer, "outcome")), ["own", "recognised", "recognised", "refused"]);
        assert_eq!((&of(1)["grant"], &of(1)["agreement"], &of(1)["title"]["en"]), (&json!("senior"), &json!(digest(&four())), &json!("Mutual recognition")));
        assert_eq!(of(2)["others"], json!([{"agreement": digest(&four()), "grant": "any"}]));
        assert_eq!(failed(of(3)), ("level", "at least 4", "3"));
        assert!(of(0).get("decision").is_none(), "{}", of(0));
        let bytes = verifier::base64url::decode(text(of(1), "document")).unwrap();
        let decision = verifier::recognition::Decision::read(&bytes).unwrap();
        assert_eq!((decision.to.as_str(), decision.day.to_string(), &of(1)["kept"]), ("320000", scene.today(), &json!(false)));
        assert_eq!(of(1)["decision"], serde_json::from_slice::<Value>(&bytes).unwrap());
        assert_eq!(of(1)["digest"], verifier::documents::Digest::of_bytes(&bytes).to_string());
        let words = of(3)["words"].as_array().unwrap();
        assert_eq!(words.last().unwrap(), &json!({"check": "level", "ok": false, "zh": "等级在认可范围内", "en": "the level is accepted"}));
        assert_eq!(of(1)["decision"]["provider"][0]["code"], body.code.as_str());
        // Every other party takes the same answer, and so do those who may read.
        for role in [Role::Auditor, Role::Partner] {
            assert_eq!(answer(&world.signed_in(role, None), &at("320000")), *of(1));
        }
    }

    fn the_agreement_counts_from_when_it_is_agreed_to_when_it_ends(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let ours = agreement(&["310000", "320000"]);
        propose(&scene.operator, &ours).expect(201);
        act(&scene.operator, &ours, "signature").expect(200);
        assert_eq!(answer(&scene.operator, &foreign("320000", 3))["outcome"], "not-covered", "it is only proposed");
        let theirs = signature(&ours, "320000", &scene.partners[0].0.signer(), world.app.edge.now());
        import(&scene.operator, &file_of(&ours, &[theirs], &[])).expect(200);
        assert_eq!(answer(&scene.operator, &foreign("320000", 3))["outcome"], "recognised");
        let before = with(foreign("320000", 3), "/day", json!("2025-12-31"));
        assert_eq!(failed(&answer(&scene.operator, &before)), ("in_force", "2026-01-01 to 2099-12-31", "2025-12-31"));
        let last = hufu::providers::service::today(&world.app).add_days(40).to_string();
        crate::agreements::end(&scene.operator, &ours, &last).expect(200);
        assert_eq!(failed(&answer(&scene.operator, &with(foreign("320000", 3), "/day", json!(last)))).2, format!("ended on {last}"));
        scene.operator.delete("/v1/partners/320000").expect(204);
        assert_eq!(answer(&scene.operator, &foreign("320000", 3))["outcome"], "not-covered", "its key is pinned no more");
    }

    fn hong_kong_sends_and_does_not_receive(world: &World) {
        let scene = Scene::of(world, &["810000"]);
        let grant = json!([{"id": "hk", "moves": "certificate", "from": ["810000"], "to": ["310000"],
            "accept": {"provider": {"status_at": "offered", "type": ["social"], "code": [THEIRS]}}}]);
        scene.agree(&with_grants(&["310000", "810000"], &grant));
        assert_eq!(answer(&scene.operator, &foreign("810000", 3))["outcome"], "recognised");
        let other = with(foreign("810000", 3), "/certificate/provider", json!(crate::support::issuing::credit_code(9)));
        let unknown = answer(&scene.operator, &other);
        assert_eq!(unknown["outcome"], "refused", "it is not the body that is named: {unknown}");
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        assert_eq!(answer(&body.client, &json!({"place": "810000", "certificate": {"number": made["number"]}}))["outcome"], "not-covered");
    }

    fn a_body_that_nobody_told_us_about_is_never_taken_for_good(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let grant = json!([{"id": "listed", "moves": "certificate", "from": ["320000"], "to": ["310000"], "accept": {"provider": {"status_at": "earned"}}}]);
        scene.agree(&with_grants(&["310000", "320000"], &grant));
        assert_eq!(answer(&scene.operator, &foreign("320000", 3))["outcome"], "recognised");
        let other = with(foreign("320000", 3), "/certificate/provider", json!(crate::support::issuing::credit_code(9)));
        let unknown = answer(&scene.operator, &other);
        assert_eq!((text(&unknown, "outcome"), failed(&unknown).2), ("undetermined", "unknown"));
        // What is held of a partner says nothing after its time.
        world.app.edge.shift(verifier::bundle::EXPIRES_SECONDS + 86_400);
        let operator = world.signed_in(Role::Operator, None);
        assert_eq!(answer(&operator, &foreign("320000", 3))["outcome"], "undetermined");
    }

    fn own_bodies_are_looked_at_as_they_stand_now(world: &World) {
        let scene = Scene::of(world, &["320000", "330000", "340000"]);
        scene.agree(&four());
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let case = json!({"place": "320000", "certificate": {"number": made["number"]}});
        assert_eq!(answer(&scene.operator, &case)["outcome"], "recognised");
        let barred = json!({"standing": "barred", "from": scene.today(), "cause": "处罚"});
        scene.operator.post_json(&format!("/v1/providers/{}/intervals", body.id), &barred).expect(201);
        assert_eq!(answer(&scene.operator, &case)["outcome"], "recognised", "it was in order when it assessed");
        let later = json!({"place": "320000", "certificate": {"number": "HF3100002026K7Q2M9X4TB4", "type": "skill-level", "origin": "310000",
            "provider": body.code, "occupation": "6-31-01-03", "level": 3, "earned": scene.today(), "issued": 1_792_281_600}});
        let refused = answer(&scene.operator, &later);
        let listed = refused["decision"]["checks"].as_array().unwrap().iter().find(|check| check["check"] == "provider.listed").unwrap();
        assert_eq!((text(&refused, "outcome"), &listed["got"]), ("refused", &json!("barred")));
    }

    fn credit_moves_by_the_grant_that_is_named_and_within_its_limits(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let ours = with_grants(&["310000", "320000"], &json!([{"id": "credit", "moves": "credit", "from": ["310000"], "to": ["320000"],
            "accept": {"scheme": "310000:credit", "kind": ["course"]}, "convert": {"ratio": [4, 5], "scheme": "320000:credit"},
            "limits": [{"per": "learner-year", "amount": 500}]}]));
        scene.agree(&ours);
        let case = |used: i64| json!({"place": "320000", "agreement": digest(&ours), "grant": "credit",
            "credit": {"origin": "310000", "lots": [lot("lot_a", 200), lot("lot_b", 199)]}, "used": [{"scheme": "320000:credit", "year": used, "source": used}]});
        let good = answer(&scene.operator, &case(181));
        assert_eq!((text(&good, "outcome"), &good["decision"]["gives"][1]["amount"]), ("recognised", &json!(159)), "{good}");
        assert_eq!(failed(&answer(&scene.operator, &case(182))), ("limit:learner-year", "at most 5.00", "1.82 + 3.19"));
        let none = with(case(0), "/agreement", json!(digest(&four())));
        assert_eq!(ask(&scene.operator, &json!([none])).problem(404, "recognition.no_agreement")["field"], "cases[0].agreement");
        let none = with(case(0), "/grant", json!("other"));
        assert_eq!(ask(&scene.operator, &json!([none])).problem(404, "recognition.no_grant")["field"], "cases[0].grant");
    }

    fn a_body_sees_its_own_certificates_and_what_is_not_in_force_is_not_asked_about(world: &World) {
        let (one, other) = (body(world, 1), body(world, 2));
        let made = issue(&one.client, &draft());
        let cases = json!([{"certificate": {"number": made["number"]}}]);
        assert_eq!(ask(&other.client, &cases).problem(404, "recognition.no_certificate")["field"], "cases[0].certificate.number");
        let none = json!([{"certificate": {"number": made["number"]}}, {"certificate": {"number": "NONE-SUCH"}}]);
        assert_eq!(ask(&one.client, &none).problem(404, "recognition.no_certificate")["field"], "cases[1].certificate.number");
        step(&one.client, &made, "suspend").expect(200);
        assert_eq!(ask(&one.client, &cases).problem(409, "recognition.not_in_force")["got"], "suspended");
        step(&one.client, &made, "reinstate").expect(200);
        ask(&one.client, &cases).expect(200);
        world.client().post_json("/v1/recognition:evaluate", &json!({"cases": cases})).problem(401, "access.unauthenticated");
    }

    fn what_is_no_question_is_refused_with_its_path(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let credit = |lots: Value| json!({"credit": {"origin": "310000", "lots": lots}, "agreement": digest(&four()), "grant": "g"});
        let wrong = [
            (json!([]), "recognition.cases", "cases"),
            (json!(vec![foreign("320000", 3); 101]), "recognition.cases", "cases"),
            (json!([{}]), "recognition.case", "cases[0]"),
            (json!([with(foreign("320000", 3), "/provider", json!({"code": THEIRS, "origin": "320000"}))]), "recognition.case", "cases[0]"),
            (json!([with(foreign("320000", 3), "/grant", json!("g"))]), "recognition.case", "cases[0].grant"),
            (json!([with(credit(json!([lot("lot_a", 1)])), "/grant", Value::Null)]), "recognition.case", "cases[0].grant"),
            (json!([with(foreign("320000", 3), "/certificate/earned", Value::Null)]), "recognition.case", "cases[0].certificate.earned"),
            (json!([with(foreign("320000", 3), "/certificate/level", json!(8))]), "ids.level_range", "cases[0].certificate.level"),
            (json!([with(foreign("320000", 3), "/certificate/name", json!("x"))]), "http.unknown_field", "cases[0].certificate.name"),
            (json!([with(foreign("320000", 3), "/place", json!("3"))]), "ids.region", "cases[0].place"),
            (json!([credit(json!([]))]), "recognition.lots", "cases[0].credit.lots"),
            (json!([credit(json!([lot("lot_a", 1), lot("lot_a", 2)]))]), "recognition.lots", "cases[0].credit.lots[1].id"),
            (json!([credit(json!([lot("lot_a", 0)]))]), "document.amount_range", "cases[0].credit.lots[0].amount"),
            (json!([credit(Value::Array((0..201).map(|n| lot(&format!("lot_{n}"), 1)).collect()))]), "recognition.lots", "cases[0].credit.lots"),
        ];
        for (cases, code, field) in wrong {
            let problem = ask(&operator, &cases).expect(422).json();
            assert_eq!(problem["field"], field, "{problem}");
            assert!(text(&problem, "code").starts_with(code), "{problem}");
        }
    }
}
