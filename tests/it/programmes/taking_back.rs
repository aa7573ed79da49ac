//! Taking back credit of which some was redeemed, set aside, or evaluated anew; and taking back what was redeemed for.

use hufu::ledger::service::{self, Act};
use hufu::ledger::{End, Pick, Reserve};
use serde_json::{Value, json};

use super::{Scene, assert_audited, redeem, wanted};
use crate::achievements::course;
use crate::ledger::bank::digest;
use crate::support::World;
use crate::support::issuing::{SCHEME, draft, issue, learner_of, replace, step, text, with};

/// Voided, redeemed, held, available of each lot, in order.
fn amounts(thing: &Value) -> Vec<[i64; 4]> {
    let lots = thing["lots"].as_array().unwrap_or_else(|| panic!("{thing} has no lots"));
    lots.iter().map(|lot| ["voided", "redeemed", "held", "available"].map(|name| lot[name].as_i64().unwrap())).collect()
}

/// A certificate of the scene's learner that declares this much core credit.
fn declaring(amount: i64) -> Value {
    with(draft(), "/credits", json!([{"scheme": SCHEME, "amount": amount, "kind": "certificate", "category": "core"}]))
}

/// Redeems so much of the first lot of a thing, and the rest of four credits from the scene's own.
#[track_caller]
fn spend(scene: &Scene, thing: &Value, amount: i64) -> Value {
    let mut picks = vec![json!({"lot": thing["lots"][0]["id"], "amount": amount}), json!({"lot": scene.lots[0], "amount": 400 - amount})];
    picks.retain(|pick| pick["amount"] != 0);
    redeem(&scene.one.client, &scene.programme, &wanted(&scene.programme, &scene.learner, &json!(picks))).expect(201).json()
}

/// Sets some of a lot aside for a transfer, or lets it go back.
fn transfer(world: &World, scene: &Scene, lot: &str, amount: Option<i64>) {
    let act = Act { edge: &world.app.edge, today: hufu::providers::service::today(&world.app), region: &world.app.region.code, is_restoring: false };
    let family = [text(&scene.learner, "id").to_owned()];
    let done = world.app.db.write_now(|conn| match amount {
        Some(amount) => {
            let picks = vec![Pick { lot: lot.to_owned(), amount }];
            let asked = Reserve {
                entry: "ent_there".to_owned(),
                cause: digest(1),
                family: &family,
                picks,
                origin: act.region,
                hold: "tr_1".to_owned(),
                answer_by: act.today,
            };
            service::reserve(conn, &act, &asked)
        }
        None => service::release(conn, &act, &End { entry: "ent_back".to_owned(), cause: digest(2), hold: "tr_1".to_owned() }),
    });
    done.unwrap().posted().unwrap();
}

both! {
    fn revoking_says_of_each_lot_what_was_voided_redeemed_and_held(world: &World) {
        let scene = Scene::of(world);
        let made = issue(&scene.one.client, &declaring(300));
        spend(&scene, &made, 200);
        transfer(world, &scene, text(&made["lots"][0], "id"), Some(30));
        let path = format!("/v1/certificates/{}", text(&made, "id"));
        assert_eq!(amounts(&scene.one.client.get(&path).expect(200).json()), [[0, 200, 30, 70]]);
        let keyed = scene.one.client.header("idempotency-key", "revoked");
        let revoked = step(&keyed, &made, "revoke").expect(200).json();
        assert_eq!((&revoked["status"], amounts(&revoked)), (&json!("revoked"), vec![[70, 200, 30, 0]]));
        transfer(world, &scene, text(&made["lots"][0], "id"), None);
        assert_eq!(amounts(&scene.one.client.get(&path).expect(200).json()), [[100, 200, 0, 0]], "what comes back is voided");
        assert_eq!(step(&keyed, &made, "revoke").expect(200).json(), revoked, "a repeat says what was so then");
        assert_audited(world);
    }

    fn revoking_what_was_redeemed_whole_voids_nothing_and_says_so(world: &World) {
        let scene = Scene::of(world);
        let made = issue(&scene.one.client, &declaring(400));
        let redeemed = spend(&scene, &made, 400);
        assert_eq!(amounts(&step(&scene.one.client, &made, "revoke").expect(200).json()), [[0, 400, 0, 0]]);
        let awarded = scene.one.client.get(&format!("/v1/certificates/{}", text(&redeemed, "certificate"))).expect(200).json();
        assert_eq!(awarded["status"], "issued", "what it was redeemed for is another decision");
        assert_audited(world);
    }

    fn voiding_an_achievement_says_of_each_lot_what_was_voided_redeemed_and_held(world: &World) {
        let scene = Scene::of(world);
        let credits = json!([{"scheme": SCHEME, "amount": 300, "category": "core"}, {"scheme": SCHEME, "amount": 50, "category": "elective"}]);
        let taken = with(with(course(&scene.learner), "/credits", credits), "/course", json!("X"));
        let made = scene.one.client.post_json("/v1/achievements", &taken).expect(201).json();
        spend(&scene, &made, 200);
        transfer(world, &scene, text(&made["lots"][1], "id"), Some(20));
        let path = format!("/v1/achievements/{}", text(&made, "id"));
        let voided = scene.one.client.post_json(&format!("{path}/void"), &json!({"reason": "recorded by mistake"})).expect(200).json();
        assert_eq!((&voided["state"], amounts(&voided)), (&json!("voided"), vec![[100, 200, 0, 0], [30, 0, 20, 0]]));
        assert_eq!(scene.one.client.get(&path).expect(200).json(), voided);
        assert_audited(world);
    }

    fn what_was_redeemed_before_a_re_evaluation_is_still_said(world: &World) {
        let scene = Scene::of(world);
        let first = issue(&scene.one.client, &declaring(300));
        spend(&scene, &first, 200);
        let second = replace(&scene.one.client, &first, &declaring(250)).expect(201).json();
        assert_eq!(amounts(&second), [[200, 0, 0, 50], [100, 200, 0, 0]], "what was spent is not granted again");
        let third = replace(&scene.one.client, &second, &declaring(350)).expect(201).json();
        assert_eq!(amounts(&third), [[200, 0, 0, 150], [100, 200, 0, 0]], "of the second nothing was spent");
        let revoked = step(&scene.one.client, &third, "revoke").expect(200).json();
        assert_eq!(amounts(&revoked), [[350, 0, 0, 0], [100, 200, 0, 0]]);

        let taken = with(course(&scene.learner), "/course", json!("X"));
        let old = scene.one.client.post_json("/v1/achievements", &taken).expect(201).json();
        let rest = json!([{"lot": old["lots"][0]["id"], "amount": 150}, {"lot": scene.lots[1], "amount": 200}, {"lot": scene.lots[2], "amount": 50}]);
        redeem(&scene.one.client, &scene.programme, &wanted(&scene.programme, &scene.learner, &rest)).expect(201);
        let path = |thing: &Value, step: &str| format!("/v1/achievements/{}/{step}", text(thing, "id"));
        let new = scene.one.client.post_json(&path(&old, "replace"), &json!({"achievement": taken})).expect(201).json();
        assert_eq!(amounts(&new), [[150, 0, 0, 50], [50, 150, 0, 0]]);
        let voided = scene.one.client.post_json(&path(&new, "void"), &json!({"reason": "recorded by mistake"})).expect(200).json();
        assert_eq!(amounts(&voided), [[200, 0, 0, 0], [50, 150, 0, 0]]);
        assert_audited(world);
    }

    fn revoking_the_certificate_that_was_redeemed_for_returns_no_credit(world: &World) {
        let scene = Scene::of(world);
        let made = redeem(&scene.one.client, &scene.programme, &scene.wanted()).expect(201).json();
        let me = learner_of(world, &scene.one.client, &scene.learner);
        let mine = || (me.get("/v1/account/lots").expect(200).json(), me.get("/v1/account/balances").expect(200).json());
        let before = mine();
        assert_eq!((&before.1[0]["redeemed"], &before.1[0]["available"]), (&json!(400), &json!(200)));
        let revoked = step(&scene.one.client, &json!({"id": made["certificate"]}), "revoke").expect(200).json();
        assert_eq!((&revoked["status"], revoked.get("lots")), (&json!("revoked"), None));
        assert_eq!(mine(), before);
        assert_eq!(scene.one.client.get(&format!("/v1/redemptions/{}", text(&made, "id"))).expect(200).json(), made);
        let again = redeem(&scene.one.client, &scene.programme, &scene.wanted()).problem(409, "programmes.checks");
        assert_eq!(again["checks"][0]["check"], "available");
        assert_audited(world);
    }
}
