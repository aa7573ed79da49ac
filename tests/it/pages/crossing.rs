//! Shanghai and Jiangsu, between which credit moves while somebody looks at the account: for the scenes of moving credit.

use hufu::access::Role;
use serde_json::{Value, json};

use crate::achievements::course;
use crate::agreements::digest;
use crate::programmes::lot_of;
use crate::support::issuing::{open, text, with};
use crate::support::server::Jobs;
use crate::support::{Client, World};
use crate::transfers::Scene;

/// Two registries that put transfers by themselves, and two of which the other is down.
pub struct Crossing<'a> {
    scene: Scene<'a>,
    /// Has no account in Jiangsu.
    lonely: Value,
    /// Withdrew before anything arrived.
    hasty: Value,
    /// Of whose credit everything is in Jiangsu.
    gone: (Value, Value),
    _jobs: [Jobs; 2],
}

/// A learner who has a lot of three credits here.
fn learner(scene: &Scene<'_>, number: &str, title: &str) -> (Value, String) {
    let learner = open(&scene.body.client, &person(number));
    let credits = json!([{"scheme": "310000:credit", "amount": 300, "category": "core"}]);
    let lot = lot_of(&scene.body, &with(with(course(&learner), "/title", json!(title)), "/credits", credits));
    (learner, lot)
}

fn person(number: &str) -> Value {
    json!({"name": "欧阳静", "id_type": "passport", "id_number": number})
}

/// Begins to move what a body asks for.
fn begin(scene: &Scene<'_>, learner: &Value, lot: &str) -> String {
    let wanted = json!({"learner": learner["id"], "to": "320000", "agreement": digest(&scene.agreement), "grant": "credit", "lots": [{"lot": lot, "amount": 300}]});
    let moved = scene.body.client.post_json("/v1/transfers", &wanted).expect(201).json();
    text(&moved, "id").to_owned()
}

impl Crossing<'_> {
    /// The other region answers.
    pub fn of(here: &World) -> Crossing<'_> {
        let scene = Scene::of(here);
        let (hasty, lot) = learner(&scene, "E30000001", "工业机器人系统操作与运行维护");
        open(&scene.there.signed_in(Role::Operator, None), &person("E30000001"));
        let id = begin(&scene, &hasty, &lot);
        scene.body.client.send("POST", &format!("/v1/transfers/{id}/withdraw"), None).expect(200);
        let (lonely, _) = learner(&scene, "E30000002", "可编程控制系统设计与调试");
        let (traveller, lot) = learner(&scene, "E30000003", "电机与拖动基础");
        let abroad = open(&scene.there.signed_in(Role::Operator, None), &person("E30000003"));
        begin(&scene, &traveller, &lot);
        crate::transfers::put(&here.app);
        let jobs = [here.jobs(), scene.there.jobs()];
        Crossing { scene, lonely, hasty, gone: (traveller, abroad), _jobs: jobs }
    }

    /// What the scenes are told. Clients are of those who hand over codes.
    pub fn told(&self) -> Value {
        let operator: Client = self.scene.there.signed_in(Role::Operator, None);
        json!({
            "url": self.scene.here.url, "client": self.scene.body.client.credentials(), "learner": self.scene.learner["id"], "lonely": self.lonely["id"],
            "hasty": self.hasty["id"], "traveller": self.gone.0["id"],
            "there": {"url": self.scene.there.url, "client": operator.credentials(), "learner": self.gone.1["id"]},
        })
    }
}

/// The other region is down.
pub struct Apart<'a> {
    scene: Scene<'a>,
    _jobs: Jobs,
}

impl Apart<'_> {
    pub fn of(here: &World) -> Apart<'_> {
        let scene = Scene::of(here);
        scene.there.stop();
        Apart { scene, _jobs: here.jobs() }
    }

    /// What the scenes are told.
    pub fn told(&self) -> Value {
        json!({"url": self.scene.here.url, "client": self.scene.body.client.credentials(), "learner": self.scene.learner["id"]})
    }
}
