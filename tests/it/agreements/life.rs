//! From the first draft to the last day.

use super::*;

const DAY: i64 = 86_400;

both! {
    fn an_agreement_is_kept_byte_for_byte_and_signed_once(world: &World) {
        let scene = Scene::of(world);
        let made = propose(&scene.operator, &ours()).expect(201).json();
        assert_eq!((text(&made, "digest"), text(&made, "state")), (digest(&ours()).as_str(), "proposed"));
        assert_eq!(standings(&made), pairs(&[("310000", "missing"), ("320000", "missing")]));
        propose(&scene.operator, &ours()).expect(200);
        let signed = act(&scene.operator, &ours(), "signature").expect(200).json();
        assert_eq!(standings(&signed), pairs(&[("310000", "signed"), ("320000", "missing")]));
        assert_eq!(act(&scene.operator, &ours(), "signature").expect(200).json(), signed, "a repeat changes nothing");
        assert_eq!(evidence(world), [1, 1, 0, 0]);
        let opened = SignedAgreement::open(&file(&scene.operator, &ours()), &|_, _| None).unwrap();
        assert_eq!(opened.bytes(), ours().to_string().as_bytes());
        let listed = scene.operator.get("/v1/agreements?limit=1").expect(200).json();
        assert_eq!((&listed["items"][0]["digest"], listed["items"][0].get("terms"), listed.get("next")), (&json!(digest(&ours())), None, None));
    }

    fn the_last_signature_makes_it_agreed_and_its_days_put_it_in_force(world: &World) {
        let scene = Scene::of(world);
        scene.agree(&ours());
        assert_eq!(scene.state(&ours()), "in-force");
        let mut later = agreement(&["310000", "320000"]);
        later["id"] = json!("urn:hufu:agreement:later");
        later["in_force"] = json!({"from": scene.today().add_days(5).to_string(), "through": scene.today().add_days(8).to_string()});
        scene.agree(&later);
        assert_eq!(scene.state(&later), "not-yet");
        world.app.edge.shift(6 * DAY);
        let scene = Scene { operator: world.signed_in(Role::Operator, None), ..scene };
        assert_eq!(scene.state(&later), "in-force");
        world.app.edge.shift(6 * DAY);
        let scene = Scene { operator: world.signed_in(Role::Operator, None), ..scene };
        assert_eq!(scene.state(&later), "over");
        assert_eq!(evidence(world), [2, 4, 0, 0]);
    }

    fn an_agreed_newer_version_takes_its_place_on_its_first_day_and_a_proposed_one_does_not(world: &World) {
        let scene = Scene::of(world);
        scene.agree(&ours());
        let newer = next(&ours(), &scene.today().add_days(-1).to_string());
        propose(&scene.operator, &newer).expect(201);
        assert_eq!(scene.state(&ours()), "in-force");
        scene.agree(&newer);
        let old = read(&scene.operator, &ours());
        assert_eq!((text(&old, "state"), text(&old["superseded"], "by")), ("superseded", digest(&newer).as_str()));
        assert_eq!(scene.state(&newer), "in-force");
        let newest = next(&newer, &scene.today().add_days(9).to_string());
        scene.agree(&newest);
        assert_eq!((scene.state(&newer), scene.state(&newest)), ("in-force".to_owned(), "not-yet".to_owned()));
        assert_eq!(text(&read(&scene.operator, &ours())["superseded"], "by"), digest(&newer), "the first to take its place");
    }

    fn notice_ends_it_on_its_day_and_not_before(world: &World) {
        let scene = Scene::of(world);
        scene.agree(&ours());
        let effective = scene.today().add_days(31).to_string();
        let told = end(&scene.operator, &ours(), &effective).expect(200).json();
        assert_eq!((text(&told, "ended_on"), text(&told, "state")), (effective.as_str(), "in-force"));
        assert_eq!((text(&told["notices"][0], "region"), text(&told["notices"][0], "standing")), ("310000", "signed"));
        end(&scene.operator, &ours(), &effective).expect(200);
        end(&scene.operator, &ours(), &scene.today().add_days(40).to_string()).problem(409, "agreements.notice_given");
        assert_eq!(evidence(world), [1, 2, 1, 0]);
        world.app.edge.shift(30 * DAY);
        let scene = Scene { operator: world.signed_in(Role::Operator, None), ..scene };
        assert_eq!(scene.state(&ours()), "in-force");
        world.app.edge.shift(DAY);
        let scene = Scene { operator: world.signed_in(Role::Operator, None), ..scene };
        assert_eq!(scene.state(&ours()), "ended");
    }

    fn a_partners_notice_counts_as_the_own_one(world: &World) {
        let scene = Scene::of(world);
        scene.agree(&ours());
        let effective = scene.today().add_days(60);
        let given = notice(&ours(), "320000", &scene.abroad.signer(), scene.now(), effective);
        let done = import(&scene.operator, &file_of(&ours(), &[scene.theirs(&ours())], &[given])).expect(200).json();
        assert_eq!((&done["notices"], &done["signatures"]), (&json!(["320000"]), &json!([])), "{done}");
        assert_eq!(text(&done["agreement"], "ended_on"), effective.to_string());
        let sooner = scene.today().add_days(45).to_string();
        assert_eq!(text(&end(&scene.operator, &ours(), &sooner).expect(200).json(), "ended_on"), sooner, "the earliest counts");
        SignedAgreement::open(&file(&scene.operator, &ours()), &|_, _| None).unwrap();
    }

    fn what_every_party_has_signed_is_published_once(world: &World) {
        let scene = Scene::of(world);
        propose(&scene.operator, &ours()).expect(201);
        act(&scene.operator, &ours(), "publication").problem(409, "agreements.not_agreed");
        scene.agree(&ours());
        let published = act(&scene.operator, &ours(), "publication").expect(200).json();
        assert!(published["published_at"].as_i64().unwrap() >= scene.now() - 60, "{published}");
        act(&scene.operator, &ours(), "publication").expect(200);
        assert_eq!(evidence(world), [1, 2, 0, 1]);
    }

    fn a_partner_that_is_unpinned_has_not_signed_any_more(world: &World) {
        let scene = Scene::of(world);
        scene.agree(&ours());
        scene.operator.delete("/v1/partners/320000").expect(204);
        let view = read(&scene.operator, &ours());
        assert_eq!((text(&view, "state"), standings(&view)), ("proposed", pairs(&[("310000", "signed"), ("320000", "unknown-key")])));
    }

    fn auditors_and_partners_read_and_change_nothing(world: &World) {
        let scene = Scene::of(world);
        propose(&scene.operator, &ours()).expect(201);
        for role in [Role::Auditor, Role::Partner] {
            let reader = world.signed_in(role, None);
            assert_eq!(read(&reader, &ours()), read(&scene.operator, &ours()));
            propose(&reader, &ours()).problem(403, "access.forbidden");
            act(&reader, &ours(), "signature").problem(403, "access.forbidden");
        }
        world.client().get("/v1/agreements").problem(401, "access.unauthenticated");
    }
}
