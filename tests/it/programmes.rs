//! Programmes: published version by version, proposals, and redemptions of which all is done or nothing.

mod bad_input;
mod bounds;
mod publishing;
mod races;
mod redeeming;
mod taking_back;

use hufu::access::Role;
use serde_json::{Value, json};

use crate::achievements::course;
use crate::support::issuing::{Body, SCHEME, body, define_scheme, draft, issue, open, person, text, with};
use crate::support::{Answer, Client, World};

/// Four credits, half of them core, of level 3 and at most seven years old, for a skill level.
pub fn input() -> Value {
    json!({
        "name": {"zh": "集成电路装调高级工", "en": "Senior worker in chip assembly"}, "kind": "non-degree", "in_force": {"from": "2026-01-01"},
        "scheme": SCHEME, "total": 400, "at_least": [{"category": "core", "amount": 200}], "transferred_at_most": [1, 2], "level_min": 3,
        "max_age_months": 84,
        "awards": {"type": "skill-level", "title": "集成电路装调工", "occupation": "6-31-01-03", "level": 3},
    })
}

pub fn publish(world: &World, input: &Value) -> Answer {
    world.signed_in(Role::Operator, None).post_json("/v1/programmes", input)
}

pub fn suggest(client: &Client, programme: &Value, learner: &Value) -> Answer {
    client.post_json(&format!("/v1/programmes/{}/suggest", text(programme, "id")), &json!({"learner": learner["id"]}))
}

/// What is sent to redeem picks.
pub fn wanted(programme: &Value, learner: &Value, picks: &Value) -> Value {
    json!({"learner": learner["id"], "programme": programme["digest"], "picks": picks})
}

pub fn redeem(client: &Client, programme: &Value, wanted: &Value) -> Answer {
    client.post_json(&format!("/v1/programmes/{}/redemptions", text(programme, "id")), wanted)
}

/// Records the `n`th course, of two credits in a category, and gives its lot.
#[track_caller]
pub fn lot(body: &Body, learner: &Value, n: usize, category: &str) -> String {
    let one = with(with(course(learner), "/course", json!(format!("C-{n}"))), "/credits/0/category", json!(category));
    lot_of(body, &one)
}

/// Records an achievement and gives its lot.
#[track_caller]
pub fn lot_of(body: &Body, achievement: &Value) -> String {
    let made = body.client.post_json("/v1/achievements", achievement).expect(201).json();
    text(&made["lots"][0], "id").to_owned()
}

/// A body that has a key, a learner with two core and one elective lot of two credits each, and a programme.
pub struct Scene {
    pub one: Body,
    pub learner: Value,
    pub lots: Vec<String>,
    pub programme: Value,
}

impl Scene {
    pub fn of(world: &World) -> Scene {
        define_scheme(world);
        let one = body(world, 1);
        issue(&one.client, &draft());
        let learner = open(&one.client, &person());
        let lots = ["core", "core", "elective"].iter().enumerate().map(|(n, category)| lot(&one, &learner, n, category)).collect();
        let programme = publish(world, &input()).expect(201).json();
        Scene { one, learner, lots, programme }
    }

    /// Picks of the first lots: two credits of each.
    pub fn picks(&self) -> Value {
        json!([{"lot": self.lots[0], "amount": 200}, {"lot": self.lots[2], "amount": 200}])
    }

    pub fn wanted(&self) -> Value {
        wanted(&self.programme, &self.learner, &self.picks())
    }
}

/// The n-th person but the usual one.
pub fn other_person(n: usize) -> Value {
    json!({"name": "张三", "id_type": "passport", "id_number": format!("E{n:08}")})
}

#[track_caller]
pub fn assert_audited(world: &World) {
    assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
}
