//! Deltas: whatever happened, what a verifier makes from the bundle it holds is byte for byte what is served.

use serde_json::{Value, json};
use verifier::bundle::Bundle;

use super::{Body, again, anchor, body, body_with, bundle, draft, issue, kid, listing, operator, replace, step, today, with};
use crate::support::World;

/// A sequence that looks random and is the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides as u64) as usize
    }
}

/// What was made so far.
struct History {
    bodies: Vec<Body>,
    made: Vec<(usize, Value)>,
    dice: Dice,
}

impl History {
    /// Does one thing; what the registry refuses changes nothing.
    fn happen(&mut self, world: &World) {
        let dice = &mut self.dice;
        let (n, at) = (dice.roll(self.bodies.len()), dice.roll(self.made.len()));
        let (owner, some) = self.made[at].clone();
        let (client, own) = (again(world, &self.bodies[n]), again(world, &self.bodies[owner]));
        match dice.roll(16) {
            0..=4 => self.keep(n, &client.post_json("/v1/certificates", &draft())),
            5 | 6 => drop(step(&own, &some, "suspend")),
            7 | 8 => drop(step(&own, &some, "reinstate")),
            9 => drop(step(&own, &some, "revoke")),
            10 => self.keep(owner, &replace(&own, &some, &draft())),
            11 => {
                let number = u32::try_from(self.bodies.len()).unwrap() + 1;
                let first = with(listing(), "/from", json!(today(world)));
                self.bodies.push(body_with(world, number, &first));
            }
            12 => {
                let bar = json!({"standing": "barred", "from": today(world), "cause": "违规"});
                operator(world).post_json(&format!("/v1/providers/{}/intervals", self.bodies[n].id), &bar);
            }
            13 => {
                let reason = ["compromise", "superseded", "ceased"][dice.roll(3)];
                operator(world).post_json(&format!("/v1/keys/{}/revoke", kid(world, &self.bodies[owner])), &json!({"reason": reason}));
            }
            14 => {
                let now = world.app.edge.now();
                let window = json!({"from_at": now, "until_at": now + 86_400 * (1 + dice.roll(40) as i64)});
                client.post_json(&format!("/v1/providers/{}/keys", self.bodies[n].id), &window);
            }
            _ => world.app.edge.shift(3600 * (1 + dice.roll(80) as i64)),
        }
    }

    fn keep(&mut self, owner: usize, answer: &crate::support::Answer) {
        if answer.status == 201 {
            self.made.push((owner, answer.json()));
        }
    }
}

#[track_caller]
fn follow(world: &World, held: &Bundle, served: &[u8]) {
    let (from, now) = (held.own().unwrap(), world.app.edge.now());
    let answer = world.client().header("accept-encoding", "gzip").get(&format!("/v1/bundle/deltas/{}", from.seq));
    if now - from.iat.0 > 30 * 86_400 {
        answer.problem(410, "trust.delta_too_old");
        return;
    }
    let next = held.apply(&answer.expect(200).bytes).unwrap_or_else(|e| panic!("from {}: {}: {e}", from.seq, e.code()));
    assert!(next.to_json() == served, "from {}", from.seq);
}

both! {
    fn a_held_bundle_and_a_delta_make_the_served_bundle(world: &World) with [("publish_seconds", "0")] {
        crate::bundle::years::to_new_year(world, -10 * 86_400);
        let bodies = vec![body(world, 1), body(world, 2)];
        let made = vec![(0, issue(&again(world, &bodies[0]), &draft()))];
        let mut history = History { bodies, made, dice: Dice(20_261_122) };
        let mut held = vec![bundle(world)];
        for round in 0..40 {
            for _ in 0..history.dice.roll(4) {
                history.happen(world);
            }
            let served = world.client().get("/v1/bundle").expect(200).bytes;
            let (last, some) = (held.len() - 1, history.dice.roll(held.len()));
            follow(world, &held[last], &served);
            follow(world, &held[some], &served);
            let next = Bundle::open(&served, &anchor(world)).unwrap_or_else(|e| panic!("round {round}: {e}"));
            held.push(next);
        }
        let (first, last) = (held[0].own().unwrap(), held[held.len() - 1].own().unwrap());
        assert!(last.parts.len() > first.parts.len(), "a year began");
        assert!(history.made.len() > 10 && history.bodies.len() > 3);
    }

    fn a_delta_to_the_same_manifest_changes_nothing(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let held = bundle(world);
        follow(world, &held, &held.to_json());
    }

    fn a_delta_says_only_what_may_have_changed(world: &World) with [("publish_seconds", "0")] {
        let bodies: Vec<Body> = (1..=9).map(|n| body(world, n)).collect();
        let made: Vec<Value> = bodies.iter().map(|body| issue(&body.client, &draft())).collect();
        let before = bundle(world);
        world.app.edge.shift(1000);
        issue(&again(world, &bodies[2]), &draft());
        world.app.edge.shift(1000);
        let held = bundle(world);
        step(&again(world, &bodies[4]), &made[4], "suspend").expect(200);
        let seq = held.own().unwrap().seq;
        let delta = world.client().get(&format!("/v1/bundle/deltas/{seq}")).expect(200).json();
        assert_eq!(delta["changes"].as_array().unwrap().len(), 1);
        let status = delta["changes"][0]["status"].as_object().unwrap();
        assert_eq!((status.len(), &status["suspended"]["n"]), (1, &json!(1)));
        assert!(delta.get("manifest").is_none(), "the manifest comes as a step");
        let served = world.client().get("/v1/bundle").expect(200).bytes;
        follow(world, &held, &served);
        follow(world, &before, &served);
    }
}
