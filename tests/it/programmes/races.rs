//! Redemptions side by side.

use serde_json::{Value, json};

use super::{Scene, assert_audited, input, lot, other_person, publish, redeem, wanted};
use crate::support::issuing::{open, race, text, with};

both! {
    fn of_sixteen_who_redeem_one_lot_one_does(world: &World) {
        let scene = Scene::of(world);
        let answers = race(16, |n| {
            // Half of them spend the shared lot first, half last.
            let mut picks = vec![json!({"lot": scene.lots[0], "amount": 200}), json!({"lot": scene.lots[1 + n % 2], "amount": 200})];
            picks.rotate_left(n % 2);
            redeem(&scene.one.client, &scene.programme, &wanted(&scene.programme, &scene.learner, &json!(picks)))
        });
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for lost in answers.into_iter().filter(|answer| answer.status != 201) {
            let problem = lost.problem(409, "programmes.checks");
            assert_eq!(text(&problem["checks"][0], "check"), "available");
        }
        assert_eq!(scene.one.client.get("/v1/certificates").expect(200).json()["items"].as_array().map(Vec::len), Some(2));
        assert_audited(world);
    }

    fn sixteen_who_redeem_their_own_all_do(world: &World) {
        let scene = Scene::of(world);
        let people: Vec<(Value, Value)> = (0..16)
            .map(|n| {
                let learner = open(&scene.one.client, &other_person(n));
                let picks = json!([{"lot": lot(&scene.one, &learner, 0, "core"), "amount": 200}, {"lot": lot(&scene.one, &learner, 1, "core"), "amount": 200}]);
                (learner, picks)
            })
            .collect();
        let made = race(16, |n| {
            let (learner, picks) = &people[n];
            redeem(&scene.one.client, &scene.programme, &wanted(&scene.programme, learner, picks)).expect(201).json()
        });
        let mut numbers: Vec<&str> = made.iter().map(|one| text(one, "number")).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 16);
        assert_audited(world);
    }

    fn a_request_sent_sixteen_times_at_once_redeems_once(world: &World) {
        let scene = Scene::of(world);
        let keyed = scene.one.client.header("idempotency-key", "one");
        let answers = race(16, |_| redeem(&keyed, &scene.programme, &scene.wanted()).expect(201).json());
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_audited(world);
    }

    fn a_new_version_comes_before_a_redemption_or_after_it_and_never_between(world: &World) {
        let scene = Scene::of(world);
        let answers = race(2, |n| match n {
            0 => publish(world, &with(input(), "/supersedes", scene.programme["digest"].clone())),
            _ => redeem(&scene.one.client, &scene.programme, &scene.wanted()),
        });
        assert_eq!(answers[0].status, 201);
        assert!(answers[1].status == 201 || answers[1].json()["code"] == "programmes.superseded", "{}", answers[1]);
        assert_audited(world);
    }
}
