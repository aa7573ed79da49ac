//! From a proposal to a certificate, and what stands in the way.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::documents::Redemption;

use super::{Scene, assert_audited, input, lot, lot_of, other_person, publish, redeem, suggest, wanted};
use crate::achievements::course;
use crate::support::World;
use crate::support::issuing::{body, learner_of, open, replace, stock, text, verdict, with};

/// The names of the checks that a problem or a proposal lists, with what each got.
fn listed(checks: &Value) -> Vec<(String, String)> {
    let list = checks.as_array().unwrap_or_else(|| panic!("{checks} is no list"));
    assert!(list.iter().all(|check| !text(check, "want").is_empty()));
    list.iter().map(|check| (text(check, "check").to_owned(), text(check, "got").to_owned())).collect()
}

/// Available and redeemed of each of the learner's lots.
fn amounts(world: &World, scene: &Scene) -> Vec<(i64, i64)> {
    let lots = learner_of(world, &scene.one.client, &scene.learner).get("/v1/account/lots").expect(200).json();
    lots["items"].as_array().unwrap().iter().map(|lot| (lot["available"].as_i64().unwrap(), lot["redeemed"].as_i64().unwrap())).collect()
}

both! {
    fn what_is_proposed_is_redeemed_for_a_certificate_whose_card_verifies(world: &World) {
        let scene = Scene::of(world);
        let proposal = suggest(&scene.one.client, &scene.programme, &scene.learner).expect(200).json();
        assert_eq!((&proposal["programme"], proposal.get("missing")), (&scene.programme, None));
        let made = redeem(&scene.one.client, &scene.programme, &wanted(&scene.programme, &scene.learner, &proposal["picks"])).expect(201).json();
        assert_eq!(amounts(world, &scene).iter().map(|(_, redeemed)| redeemed).sum::<i64>(), 400);
        let document = Redemption::open(text(&made, "document"), world.app.keys.region_signer().public()).expect("signed by the region");
        assert_eq!((document.certificate.as_str(), document.programme.to_string()), (text(&made, "number"), text(&scene.programme, "digest").to_owned()));
        assert_eq!((&made["picks"], &made["learner"]), (&proposal["picks"], &scene.learner["id"]));
        let certificate = scene.one.client.get(&format!("/v1/certificates/{}", text(&made, "certificate"))).expect(200).json();
        assert_eq!((&certificate["basis"], &certificate["number"], &certificate["provider"]), (&made["digest"], &made["number"], &json!(scene.one.id)));
        assert_eq!((&certificate["title"], &certificate["level"], &certificate["holder"]["name"]), (&json!("集成电路装调工"), &json!(3), &json!("欧阳静")));
        assert_eq!(verdict(&world.client(), text(&certificate, "card"))["outcome"], "valid");
        assert_eq!(scene.one.client.get(&format!("/v1/redemptions/{}", text(&made, "id"))).expect(200).json(), made);
        let learner = learner_of(world, &scene.one.client, &scene.learner);
        assert_eq!(learner.get("/v1/account/export").expect(200).json()["redemptions"], json!([made]));
        let postings = learner.get(&format!("/v1/account/lots/{}/postings", text(&made["picks"][0], "lot"))).expect(200).json();
        let last = &postings.as_array().unwrap()[1];
        assert_eq!((&last["entry"], &last["cause"], &last["kind"]), (&made["entry"], &made["digest"], &json!("redeem")));
        assert_eq!(last["to"], format!("redeemed:{}", text(&scene.programme, "digest")));
        assert_audited(world);
    }

    fn what_a_certificate_was_issued_for_goes_over_to_the_one_in_its_place(world: &World) {
        let scene = Scene::of(world);
        let made = redeem(&scene.one.client, &scene.programme, &scene.wanted()).expect(201).json();
        let old = json!({"id": made["certificate"]});
        let corrected = replace(&scene.one.client, &old, &crate::support::issuing::draft()).expect(201).json();
        assert_eq!((&corrected["basis"], &corrected["replaces"]), (&made["digest"], &made["certificate"]));
        assert_audited(world);
    }

    fn a_repeated_redemption_gets_the_first_answer_even_after_the_programme_was_superseded(world: &World) {
        let scene = Scene::of(world);
        let keyed = scene.one.client.header("idempotency-key", "one");
        let first = redeem(&keyed, &scene.programme, &scene.wanted()).expect(201);
        publish(world, &with(input(), "/supersedes", scene.programme["digest"].clone())).expect(201);
        let before = stock(world);
        let again = redeem(&keyed, &scene.programme, &scene.wanted()).expect(201);
        assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", first.json()));
        assert_eq!(stock(world), before);
        redeem(&keyed, &scene.programme, &with(scene.wanted(), "/picks/0/amount", json!(100))).problem(409, "http.idempotency_conflict");
        assert_audited(world);
    }

    fn every_check_that_is_not_met_is_listed_and_nothing_is_changed(world: &World) {
        let scene = Scene::of(world);
        let (one, learner) = (&scene.one, &scene.learner);
        let low = lot_of(one, &with(with(course(learner), "/course", json!("LOW")), "/level", json!(2)));
        let twin = lot(one, learner, 0, "core");
        let short = json!({"id": "310000:short", "name": {"zh": "短", "en": "Short"}, "unit": {"zh": "分", "en": "credit"}, "kind": "credit",
            "categories": ["core"], "shelf_months": 1});
        world.signed_in(Role::Operator, None).post_json("/v1/schemes", &short).expect(201);
        let old = with(with(course(learner), "/credits/0/scheme", json!("310000:short")), "/earned_on", json!("2025-01-02"));
        let expired = lot_of(one, &with(old, "/course", json!("OLD")));
        let (stored, held) = (stock(world), amounts(world, &scene));
        let [first, second, elective] = [0, 1, 2].map(|n| scene.lots[n].as_str());
        for (picks, failed) in [
            (vec![(first, 200)], vec![("total", "2.00".to_owned())]),
            (vec![(elective, 200)], vec![("at_least:core", "0.00".to_owned()), ("total", "2.00".to_owned())]),
            (vec![(first, 300), (elective, 100)], vec![("available", format!("1 of 2: {first} 3.00 of 2.00"))]),
            (vec![(first, 200), (low.as_str(), 200)], vec![("level_min", format!("1 of 2: {low} 2"))]),
            (vec![(first, 200), (twin.as_str(), 200)], vec![("course_once", format!("1 of 2: {twin} C-0"))]),
            (vec![(first, 200), (second, 200), (elective, 200)], vec![("total", "6.00".to_owned())]),
            (
                vec![(first, 200), (expired.as_str(), 200)],
                vec![("scheme", format!("1 of 2: {expired} 310000:short")), ("unexpired", format!("1 of 2: {expired} 2025-02-02"))],
            ),
        ] {
            let picks: Vec<Value> = picks.into_iter().map(|(lot, amount)| json!({"lot": lot, "amount": amount})).collect();
            let problem = redeem(&one.client, &scene.programme, &wanted(&scene.programme, learner, &json!(picks))).problem(409, "programmes.checks");
            let failed: Vec<(String, String)> = failed.into_iter().map(|(check, got)| (check.to_owned(), got)).collect();
            assert_eq!(listed(&problem["checks"]), failed);
            assert_eq!((stock(world).0[..2].to_vec(), amounts(world, &scene)), (stored.0[..2].to_vec(), held.clone()));
        }
        assert_audited(world);
    }

    fn what_is_missing_is_said_to_the_body_and_to_the_learner_who_sees_that_somebody_asked(world: &World) {
        let scene = Scene::of(world);
        let far = publish(world, &with(with(input(), "/total", json!(100_000)), "/in_force/from", json!("2026-01-02"))).expect(201).json();
        let later = publish(world, &with(input(), "/in_force/from", json!("2099-01-01"))).expect(201).json();
        let asked = suggest(&scene.one.client, &far, &scene.learner).expect(200).json();
        assert_eq!((listed(&asked["missing"]), asked.get("picks")), (vec![("total".to_owned(), "6.00".to_owned())], None));
        let learner = learner_of(world, &scene.one.client, &scene.learner);
        let mine = learner.get("/v1/account/programmes").expect(200).json();
        let items = mine["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| &item["programme"]["id"]).collect::<Vec<_>>(), [&scene.programme["id"], &far["id"], &later["id"]]);
        assert_eq!(items[0]["picks"].as_array().map(Vec::len), Some(2));
        assert_eq!(items[1], asked);
        assert_eq!(text(&items[2]["missing"][0], "check"), "in_force");
        assert_eq!(learner.get("/v1/account/programmes?limit=51").problem(400, "http.query")["field"], "limit");
        let looks = learner.get("/v1/account/views").expect(200).json();
        assert!(looks["items"].as_array().unwrap().iter().any(|look| look["what"] == "credit"));
        assert_audited(world);
    }

    fn a_programme_that_was_superseded_since_the_proposal_takes_nothing(world: &World) {
        let scene = Scene::of(world);
        let newer = publish(world, &with(input(), "/supersedes", scene.programme["digest"].clone())).expect(201).json();
        let before = stock(world);
        assert_eq!(redeem(&scene.one.client, &scene.programme, &scene.wanted()).problem(409, "programmes.superseded")["field"], "programme");
        let other = publish(world, &input()).expect(201).json();
        let mixed = wanted(&other, &scene.learner, &scene.picks());
        assert_eq!(redeem(&scene.one.client, &scene.programme, &mixed).problem(404, "programmes.not_found")["field"], "programme");
        assert_eq!(before.0[0], stock(world).0[0]);
        redeem(&scene.one.client, &newer, &wanted(&newer, &scene.learner, &scene.picks())).expect(201);
        assert_audited(world);
    }

    fn credit_is_spent_by_its_learner_and_a_closed_account_spends_nothing(world: &World) {
        let scene = Scene::of(world);
        let other = open(&scene.one.client, &other_person(1));
        let theirs = lot(&scene.one, &other, 9, "core");
        let before = stock(world);
        let mixed = with(scene.wanted(), "/picks/1/lot", json!(theirs));
        assert_eq!(redeem(&scene.one.client, &scene.programme, &mixed).problem(404, "ledger.no_lot")["field"], "picks[1].lot");
        let stranger = body(world, 2);
        assert_eq!(redeem(&stranger.client, &scene.programme, &scene.wanted()).problem(404, "learners.not_found")["field"], "learner");
        suggest(&stranger.client, &scene.programme, &scene.learner).problem(404, "learners.not_found");
        assert_eq!(stock(world).0[0], before.0[0]);
        let path = format!("/v1/learners/{}/close", text(&scene.learner, "id"));
        world.signed_in(Role::Operator, None).post_json(&path, &json!({"reason": "asked for"})).expect(200);
        assert_eq!(redeem(&scene.one.client, &scene.programme, &scene.wanted()).problem(409, "learners.closed")["field"], "learner");
        suggest(&scene.one.client, &scene.programme, &scene.learner).problem(409, "learners.closed");
        assert_audited(world);
    }

    fn credit_of_an_account_that_was_merged_is_spent_by_the_one_that_goes_on(world: &World) {
        let scene = Scene::of(world);
        let newer = open(&scene.one.client, &json!({"name": "欧阳静", "id_type": "passport", "id_number": "E87654321"}));
        let path = format!("/v1/learners/{}/merge", text(&scene.learner, "id"));
        world.signed_in(Role::Operator, None).post_json(&path, &json!({"into": newer["id"], "reason": "one person"})).expect(200);
        let proposal = suggest(&scene.one.client, &scene.programme, &newer).expect(200).json();
        assert_eq!(proposal["picks"].as_array().map(Vec::len), Some(2), "{proposal}");
        let made = redeem(&scene.one.client, &scene.programme, &scene.wanted()).expect(201).json();
        assert_eq!(made["learner"], newer["id"]);
        assert_audited(world);
    }

    fn only_a_body_in_good_standing_issues_and_only_its_own_redemptions_are_seen(world: &World) {
        let scene = Scene::of(world);
        let operator = world.signed_in(Role::Operator, None);
        assert_eq!(redeem(&operator, &scene.programme, &scene.wanted()).problem(422, "certificates.provider")["field"], "provider");
        let today = hufu::providers::service::today(&world.app).to_string();
        let bar = json!({"standing": "barred", "from": today, "cause": "伪造成绩"});
        operator.post_json(&format!("/v1/providers/{}/intervals", scene.one.id), &bar).expect(201);
        let before = stock(world);
        redeem(&scene.one.client, &scene.programme, &scene.wanted()).problem(403, "providers.barred");
        assert_eq!((stock(world), amounts(world, &scene)[0]), (before, (200, 0)));
        let two = body(world, 2);
        let made = redeem(&operator, &scene.programme, &with(scene.wanted(), "/provider", json!(two.id))).expect(201).json();
        let path = format!("/v1/redemptions/{}", text(&made, "id"));
        assert_eq!(two.client.get(&path).expect(200).json(), made);
        assert_eq!(operator.get(&path).expect(200).json(), made);
        scene.one.client.get(&path).problem(404, "programmes.no_redemption");
        two.client.get("/v1/redemptions/red_0").problem(404, "programmes.no_redemption");
        assert_audited(world);
    }

    fn each_bad_field_of_a_redemption_is_named_with_its_rule(world: &World) {
        let scene = Scene::of(world);
        let before = stock(world);
        let many: Vec<Value> = (0..1_001).map(|n| json!({"lot": format!("lot_{n}"), "amount": 1})).collect();
        let twice = json!([scene.picks()[0], scene.picks()[0]]);
        for (path, value, status, code, field) in [
            ("/picks", json!([]), 422, "programmes.picks", "picks"),
            ("/picks", json!(many), 422, "programmes.picks", "picks"),
            ("/picks", twice, 422, "programmes.picks", "picks[1].lot"),
            ("/picks/0/amount", json!(0), 422, "document.amount_range", "picks[0].amount"),
            ("/picks/0/amount", json!(i64::MAX), 422, "document.amount_range", "picks[0].amount"),
            ("/picks/0/amount", json!(2.5), 422, "http.field", "picks[0].amount"),
            ("/picks/1/lot", json!("lot_\u{0}"), 422, "document.id_shape", "picks[1].lot"),
            ("/picks/1/lot", json!("lot_0"), 404, "ledger.no_lot", "picks[1].lot"),
            ("/programme", json!("sha256:0"), 422, "document.digest_shape", "programme"),
            ("/programme", json!(format!("sha256:{:064x}", 1)), 404, "programmes.not_found", "programme"),
            ("/learner", json!("\u{0}"), 404, "learners.not_found", "learner"),
            ("/extra", json!(1), 422, "http.unknown_field", "extra"),
        ] {
            let problem = redeem(&scene.one.client, &scene.programme, &with(scene.wanted(), path, value.clone())).problem(status, code);
            assert_eq!(problem["field"], field, "{path} {value}: {problem}");
        }
        redeem(&scene.one.client, &json!({"id": "prg_0"}), &scene.wanted()).problem(404, "programmes.not_found");
        assert_eq!(stock(world), before);
        assert_audited(world);
    }
}
