//! What is refused, with what it is about.

use super::*;

/// (what is wrong, the change, the code, the field)
type Wrong = (&'static str, fn(&mut Value), &'static str, &'static str);

const WRONG: [Wrong; 8] = [
    ("a level that is none", |a| a["grants"][0]["accept"]["level"]["min"] = json!(8), "agreement.number", "agreement.grants[0].accept.level.min"),
    ("an unknown member", |a| a["grants"][0]["note"] = json!("x"), "agreement.unknown", "agreement.grants[0].note"),
    ("a float", |a| a["offer_days"] = json!(30.5), "agreement.number", "agreement.offer_days"),
    ("a party that is none", |a| a["grants"][0]["to"] = json!(["350000"]), "agreement.not_a_party", "agreement.grants[0].to[0]"),
    ("no grants", |a| a["grants"] = json!([]), "agreement.empty", "agreement.grants"),
    ("a first version that supersedes", |a| a["supersedes"] = json!(digest(&ours())), "agreement.supersedes", "agreement.supersedes"),
    ("days that end before they begin", |a| a["in_force"]["through"] = json!("2025-01-01"), "agreement.days", "agreement.in_force.through"),
    ("another format", |a| a["hufu"] = json!("agreement/2"), "agreement.value", "agreement.hufu"),
];

both! {
    fn a_draft_with_a_fault_is_refused_with_its_path(world: &World) {
        let scene = Scene::of(world);
        for (what, change, code, field) in WRONG {
            let mut draft = ours();
            change(&mut draft);
            let problem = propose(&scene.operator, &draft).problem(422, code);
            assert_eq!(problem["field"], field, "{what}: {problem}");
        }
        scene.operator.post_json("/v1/agreements", &json!({"agreement": "x".repeat(256 * 1024 + 1)})).problem(422, "agreement.too_long");
        scene.operator.post_json("/v1/agreements", &json!({"agreement": "x".repeat(1024 * 1024)})).problem(413, "http.too_large");
        assert_eq!(evidence(world), [0, 0, 0, 0]);
    }

    fn a_version_has_one_text_and_follows_the_one_before_it(world: &World) {
        let scene = Scene::of(world);
        let second = next(&ours(), "2027-01-01");
        let problem = propose(&scene.operator, &second).problem(422, "agreements.supersedes");
        assert_eq!(problem["field"], "agreement.supersedes");
        propose(&scene.operator, &ours()).expect(201);
        let mut other = ours();
        other["offer_days"] = json!(31);
        let problem = propose(&scene.operator, &other).problem(409, "agreements.version_taken");
        assert_eq!((&problem["field"], &problem["got"]), (&json!("agreement.version"), &json!(digest(&ours()))));
        for change in [("version", json!(3)), ("id", json!("urn:hufu:agreement:another"))] {
            let mut wrong = second.clone();
            wrong[change.0] = change.1;
            propose(&scene.operator, &wrong).problem(422, "agreements.supersedes");
        }
        propose(&scene.operator, &second).expect(201);
        assert_eq!(evidence(world), [2, 0, 0, 0]);
    }

    fn what_is_not_here_or_not_ours_is_not_signed_and_not_ended(world: &World) {
        let scene = Scene::of(world);
        for name in ["none".to_owned(), digest(&ours()), digest(&ours()).to_uppercase()] {
            scene.operator.get(&format!("/v1/agreements/{name}")).problem(404, "agreements.not_found");
            scene.operator.get(&format!("/v1/agreements/{name}/file")).problem(404, "agreements.not_found");
            scene.operator.send("POST", &format!("/v1/agreements/{name}/signature"), None).problem(404, "agreements.not_found");
        }
        let foreign = agreement(&["320000", "330000"]);
        propose(&scene.operator, &foreign).expect(201);
        for what in ["signature", "publication"] {
            act(&scene.operator, &foreign, what).problem(422, "agreements.not_a_party");
        }
        end(&scene.operator, &foreign, "2030-01-01").problem(422, "agreements.not_a_party");
    }

    fn a_notice_that_is_too_short_is_refused_with_the_earliest_day(world: &World) {
        let scene = Scene::of(world);
        propose(&scene.operator, &ours()).expect(201);
        end(&scene.operator, &ours(), "2030-01-01").problem(409, "agreements.not_agreed");
        scene.agree(&ours());
        let problem = end(&scene.operator, &ours(), &scene.today().add_days(29).to_string()).problem(422, "agreement.notice_too_short");
        assert_eq!(problem["got"], format!("earliest {}", scene.today().add_days(30)));
        end(&scene.operator, &ours(), "soon").problem(422, "time.day_shape");
        let short = notice(&ours(), "320000", &scene.abroad.signer(), scene.now(), scene.today().add_days(29));
        let done = import(&scene.operator, &file_of(&ours(), &[], &[short])).expect(200).json();
        assert_eq!(done["refused"][0]["code"], "agreement.notice_too_short", "{done}");
        assert_eq!((&done["refused"][0]["region"], &done["refused"][0]["field"]), (&json!("320000"), &json!("notices[0]")));
        assert_eq!(evidence(world), [1, 2, 0, 0]);
    }

    fn a_signature_that_is_not_good_is_not_taken_and_its_party_is_named(world: &World) {
        let scene = Scene::of(world);
        let mut other = ours();
        other["offer_days"] = json!(31);
        let (theirs, stranger) = (scene.abroad.signer(), Signer::from_seed(&[9; 32]));
        let good = scene.theirs(&ours());
        let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, scene.theirs(&other).rsplit_once('.').unwrap().1);
        for (signature, code) in [
            (signature(&other, "320000", &theirs, scene.now()), "agreements.other_bytes"),
            (signature(&ours(), "320000", &stranger, scene.now()), "agreements.unknown_key"),
            (forged, "agreements.wrong_signature"),
        ] {
            let done = import(&scene.operator, &file_of(&ours(), std::slice::from_ref(&signature), &[])).expect(200).json();
            assert_eq!((&done["refused"][0]["code"], &done["refused"][0]["region"]), (&json!(code), &json!("320000")), "{done}");
            assert_eq!((&done["signatures"], &done["agreement"]["agreed"]), (&json!([]), &json!(false)));
            let problem = sent(&world.client(), &file_of(&ours(), &[signature], &[])).problem(403, "agreements.stranger");
            assert_eq!(problem["field"], "signatures");
        }
        assert_eq!(evidence(world), [1, 0, 0, 0]);
    }

    fn a_file_that_is_none_is_refused_with_its_path(world: &World) {
        let scene = Scene::of(world);
        let good: Value = serde_json::from_slice(&file_of(&ours(), &[scene.theirs(&ours())], &[])).unwrap();
        let with = |name: &str, value: Value| {
            let mut file = good.clone();
            file[name] = value;
            file.to_string().into_bytes()
        };
        let foreign = signature(&ours(), "330000", &Signer::from_seed(&[7; 32]), 1);
        for (file, code, field) in [
            (with("note", json!(1)), "agreement.unknown", "note"),
            (with("agreement", json!("***")), "agreement.value", "agreement"),
            (with("signatures", json!([foreign])), "agreement.not_a_party", "signatures[0]"),
            (with("signatures", json!([good["signatures"][0], good["signatures"][0]])), "agreement.order", "signatures[1]"),
            (with("signatures", json!(["x"])), "jws.parts", "signatures[0]"),
        ] {
            for answer in [import(&scene.operator, &file), sent(&world.client(), &file)] {
                assert_eq!(answer.problem(422, code)["field"], field);
            }
        }
        let large = with("note", json!("x".repeat(512 * 1024)));
        import(&scene.operator, &large).problem(413, "http.too_large");
        sent(&world.client(), &large).problem(413, "http.too_large");
        assert_eq!(evidence(world), [0, 0, 0, 0]);
    }

    fn nobody_but_a_pinned_partner_and_party_begins_an_exchange(world: &World) {
        let scene = Scene::of(world);
        let foreign = agreement(&["320000", "330000"]);
        sent(&world.client(), &file_of(&foreign, &[scene.theirs(&foreign)], &[])).problem(422, "agreements.not_a_party");
        sent(&world.client(), &file_of(&ours(), &[], &[])).problem(403, "agreements.stranger");
        let own = signature(&ours(), "310000", &world.app.keys.region_signer(), scene.now());
        sent(&world.client(), &file_of(&ours(), &[own], &[])).problem(403, "agreements.stranger");
        let third = agreement(&["310000", "330000"]);
        let theirs = signature(&third, "330000", &Signer::from_seed(&[7; 32]), scene.now());
        sent(&world.client(), &file_of(&third, &[theirs], &[])).problem(403, "agreements.stranger");
        assert_eq!(evidence(world), [0, 0, 0, 0], "nothing of a stranger's is kept");
        let answer = sent(&world.client(), &file_of(&ours(), &[scene.theirs(&ours())], &[])).expect(200);
        assert_eq!(SignedAgreement::open(&answer.bytes, &|_, _| None).unwrap().digest().to_string(), digest(&ours()));
        assert_eq!(evidence(world), [1, 1, 0, 0]);
        assert_eq!(standings(&read(&scene.operator, &ours())), pairs(&[("310000", "missing"), ("320000", "signed")]), "nothing is signed unasked");
    }

    fn a_stranger_asks_only_so_often(world: &World) with [("public_per_minute", "3")] {
        let file = file_of(&ours(), &[], &[]);
        let answers: Vec<u16> = (0..5).map(|_| sent(&world.client(), &file).status).collect();
        assert_eq!(answers.last(), Some(&429), "{answers:?}");
    }
}
