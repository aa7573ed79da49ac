//! What changes while credit is on its way: the agreement, a key, a certificate, a body, an account, a result.

use verifier::documents::SchemeId;
use verifier::ids::Grade;

use super::failing::channel;
use super::*;
use crate::agreements::{end, next};
use crate::support::issuing::{draft, issue, step};

/// Days that the clock of a world is moved by.
fn pass(world: &World, days: i64) {
    world.app.edge.shift(days * 86_400);
}

/// The agreement with what is asked of the body.
fn asking(provider: &Value) -> Value {
    with(terms(), "/grants/0/accept", json!({"scheme": SCHEME, "provider": provider}))
}

/// Jiangsu reads what Shanghai publishes now.
fn fetch(scene: &Scene<'_>) {
    let state = scene.there.signed_in(Role::Operator, None).post_json("/v1/partners/310000/fetch", &json!({"acknowledge": false})).expect(200).json();
    assert!(state.get("error").is_none(), "{state}");
}

/// A certificate of the learner with three credits: itself, and the place of its lot.
fn certified(scene: &mut Scene<'_>) -> (Value, usize) {
    let credits = json!([{"kind": "certificate", "scheme": SCHEME, "amount": 300, "category": "core"}]);
    let certificate = issue(&scene.body.client, &with(draft(), "/credits", credits));
    scene.lots.push(value(scene.here, "SELECT id AS value FROM lots WHERE kind = 'certificate'").unwrap());
    (certificate, scene.lots.len() - 1)
}

both! {
    fn an_agreement_that_was_ended_meanwhile_moves_nothing(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let operator = scene.there.signed_in(Role::Operator, None);
        let today = hufu::providers::service::today(&scene.there.app);
        end(&operator, &scene.agreement, &today.add_days(31).to_string()).expect(200);
        pass(&scene.there, 31);
        put(&world.app);
        assert_eq!((column(world, &id, "reason").unwrap(), scene.left(), scene.arrived()), ("agreement".into(), vec![200, 200], (0, 0, 0)));
        scene.audit();
    }

    fn an_agreement_that_was_superseded_meanwhile_moves_nothing(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let newer = next(&scene.agreement, "2026-01-01");
        let operators = [world, &scene.there].map(|world| world.signed_in(Role::Operator, None));
        for operator in &operators {
            publish(operator, &newer).expect(201);
            act(operator, &newer, "signature").expect(200);
        }
        import(&operators[1], &file(&operators[0], &newer)).expect(200);
        put(&world.app);
        assert_eq!((column(world, &id, "reason").unwrap(), scene.left(), scene.arrived()), ("agreement".into(), vec![200, 200], (0, 0, 0)));
        scene.audit();
    }

    fn a_key_that_was_replaced_meanwhile_moves_nothing_until_it_is_pinned(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let pinned = value(&scene.there, "SELECT key AS value FROM partners").unwrap();
        let other = verifier::base64url::encode(verifier::jws::Signer::from_seed(&[9; 32]).public().as_bytes());
        scene.there.sql(&format!("UPDATE partners SET key = '{other}', pin = 'pin_1'")).unwrap();
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), column(world, &id, "error").unwrap()), ("reserved".into(), "transfer.unknown_key".into()));
        assert_eq!((scene.left(), scene.arrived()), (vec![100, 200], (0, 0, 0)), "nothing came, and nothing came back");
        scene.there.sql(&format!("UPDATE partners SET key = '{pinned}', pin = 'pin_2'")).unwrap();
        pass(world, 1);
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived()), ("settled".into(), (80, 0, 0)));
        scene.audit();
    }

    fn credit_of_a_certificate_that_was_revoked_before_does_not_move(world: &World) {
        let mut scene = Scene::of(world);
        let (certificate, lot) = certified(&mut scene);
        step(&scene.body.client, &certificate, "revoke").expect(200);
        assert_eq!(code(scene.begin(&[(lot, 100)])), "ledger.exceeds_available");
        assert_eq!(scene.left(), [200, 200, 0]);
        scene.audit();
    }

    fn credit_that_moved_stands_when_its_certificate_is_revoked_before_or_after_the_decision(world: &World) {
        let mut scene = Scene::of(world);
        let (certificate, lot) = certified(&mut scene);
        let decided = scene.begin(&[(lot, 100)]).unwrap();
        put(&world.app);
        let waits = scene.begin(&[(lot, 50)]).unwrap();
        step(&scene.body.client, &certificate, "revoke").expect(200);
        assert_eq!(scene.left(), [200, 200, 0], "what is still here is taken back");
        put(&world.app);
        assert_eq!([&decided, &waits].map(|id| column(world, id, "state").unwrap()), ["settled", "settled"]);
        assert_eq!((scene.arrived(), sums(world, text(&scene.learner, "id")).2), ((120, 0, 0), 150));
        scene.audit();
    }

    fn a_body_that_was_barred_meanwhile_counts_by_the_day_that_the_grant_names(world: &World) {
        for (status_at, reason) in [("earned", None), ("offered", Some("checks"))] {
            let fresh = world.another(&[("publish_seconds", "0")]);
            let scene = Scene::by(&fresh, asking(&json!({"class": ["A"], "status_at": status_at})));
            fetch(&scene);
            let id = scene.begin(&[(0, 100)]).unwrap();
            let today = hufu::providers::service::today(&fresh.app).to_string();
            let bar = json!({"standing": "barred", "from": today, "cause": "弄虚作假"});
            let path = format!("/v1/providers/{}/intervals", scene.body.id);
            fresh.signed_in(Role::Operator, None).post_json(&path, &bar).expect(201);
            fetch(&scene);
            put(&fresh.app);
            assert_eq!(column(&fresh, &id, "reason").as_deref(), reason, "{status_at}");
            assert_eq!(scene.arrived().0, if reason.is_none() { 80 } else { 0 });
            scene.audit();
        }
    }

    fn a_lot_that_could_expire_on_the_way_is_not_offered(world: &World) {
        let scene = Scene::of(world);
        let expires = verifier::time::Day::parse(&value(world, "SELECT MIN(expires_on) AS value FROM lots").unwrap()).unwrap();
        let today = hufu::providers::service::today(&world.app);
        let left = (1..4_000).find(|days| today.add_days(*days) == expires).expect("it expires within eleven years");
        pass(world, left - 14);
        assert_eq!(code(scene.begin(&[(0, 100)])), "transfer.expires_too_soon");
        pass(world, -1);
        scene.begin(&[(0, 100)]).unwrap();
        scene.audit();
    }

    fn two_accounts_of_one_learner_that_were_merged_are_one(world: &World) {
        let scene = Scene::of(world);
        let operator = scene.there.signed_in(Role::Operator, None);
        let other = open(&operator, &json!({"name": "欧阳静", "id_type": "passport", "id_number": "E20000001"}));
        scene.begin(&[(0, 200)]).unwrap();
        put(&world.app);
        let merge = json!({"into": other["id"], "reason": "one person"});
        operator.post_json(&format!("/v1/learners/{}/merge", text(&scene.abroad, "id")), &merge).expect(200);
        let id = scene.begin(&[(1, 175)]).unwrap();
        put(&world.app);
        assert_eq!((column(world, &id, "state").unwrap(), column(&scene.there, &id, "learner_id").unwrap()), ("settled".into(), text(&other, "id").to_owned()));
        // What either account got counts under the limit.
        assert_eq!(value(&scene.there, "SELECT CAST(SUM(amount) AS TEXT) AS value FROM lots").unwrap(), "300");
        let offer = offer_of(world, &id);
        let third = changed(&scene, &offer, 1, |offer| {
            offer.lots[0].facts.amount = Amount::new(2).unwrap();
            offer.gives[0].amount = Amount::new(1).unwrap();
        });
        assert_eq!(reason(&give(&scene.there, &third).unwrap()), Some("limits"));
        scene.audit();
    }

    fn what_moved_of_a_result_that_is_evaluated_anew_is_not_minted_again(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let achievement = value(world, "SELECT id AS value FROM achievements ORDER BY id LIMIT 1").unwrap();
        let better = with(with(course(&scene.learner), "/course", json!("C-0")), "/credits/0/amount", json!(300));
        let again = || scene.body.client.post_json(&format!("/v1/achievements/{achievement}/replace"), &json!({"achievement": better}));
        again().problem(409, "ledger.lot_held");
        put(&world.app);
        again().expect(201);
        assert_eq!((column(world, &id, "state").unwrap(), scene.arrived()), ("settled".into(), (80, 0, 0)));
        // Of the three credits that it is now, one is in Jiangsu; two more are of the other course.
        assert_eq!(sums(world, text(&scene.learner, "id")), (400, 0, 100));
        assert_eq!(scene.left(), [0, 200], "the old lot is no longer spent");
        scene.audit();
    }

    fn a_waiver_of_the_destination_counts_for_an_offer(world: &World) {
        let scene = Scene::by(world, with(terms(), "/grants/0/accept/grade", json!({"min": "good"})));
        let id = scene.begin(&[(0, 100)]).unwrap();
        let offer = offer_of(world, &id);
        let worse = |n| changed(&scene, &offer, n, |offer| offer.lots[0].facts.grade = Some(Grade::Pass));
        assert_eq!(reason(&give(&scene.there, &worse(1)).unwrap()), Some("checks"));
        let today = hufu::providers::service::today(&scene.there.app);
        let waiver = json!({"agreement": digest(&scene.agreement), "grant": "credit", "case": offer.lots[0].facts.basis.to_string(), "checks": ["grade"],
            "role": "skills-office", "reason": "紧缺职业人才引进", "from": today.to_string(), "until": today.add_days(30).to_string()});
        let operator = scene.there.signed_in(Role::Operator, None);
        operator.post_json("/v1/waivers", &waiver).expect(201);
        let answer = decision(&give(&scene.there, &worse(2)).unwrap());
        assert_eq!((answer.reason, scene.arrived()), (None, (80, 0, 0)));
        let waived = answer.checks.iter().find(|check| check.check.as_str() == "grade").expect("a check of the grade");
        assert_eq!((waived.ok, waived.waived.len()), (true, 1));
        // It waives nothing else, and nothing of another lot.
        let hours = |offer: &mut Offer| offer.lots[0].facts.scheme = SchemeId::parse("310000:hours").unwrap();
        assert_eq!(reason(&give(&scene.there, &changed(&scene, &offer, 3, hours)).unwrap()), Some("checks"));
        let elsewhere = changed(&scene, &offer, 4, |offer| {
            offer.lots[0].facts.grade = Some(Grade::Pass);
            offer.lots[0].facts.basis = Digest::of("another");
        });
        assert_eq!(reason(&give(&scene.there, &elsewhere).unwrap()), Some("checks"));
        assert_eq!(channel(&scene.there), "open ");
        scene.audit();
    }
}
