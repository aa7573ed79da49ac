//! A registry with a learner who has credit of two schemes, some of it ended or taken back, and certificates: for the scenes of the account.

use hufu::access::Role;
use serde_json::{Value, json};

use super::{change, order};
use crate::support::issuing::{Body, body, issue, open, person, text, with};
use crate::support::{Backend, Client, World};

const CREDIT: &str = "310000:credit";
const HOURS: &str = "310000:hours";

/// The registry, and what the scenes are told of it.
pub struct Savings {
    world: World,
    body: Body,
    learner: Value,
    certificate: Value,
}

/// A course that a learner took.
fn course(learner: &Value, title: &str, earned_on: &str, credit: &Value) -> Value {
    json!({"learner": learner["id"], "kind": "course", "occupation": "6-31-01-03", "level": 3, "title": title, "earned_on": earned_on, "credits": [credit]})
}

fn define(operator: &Client) {
    let credit = json!({"id": CREDIT, "name": {"zh": "学分", "en": "Credit"}, "unit": {"zh": "分", "en": "credits"}, "kind": "credit",
        "categories": ["core", "elective"], "shelf_months": 84});
    let hours = json!({"id": HOURS, "name": {"zh": "继续教育学时", "en": "Hours of continuing education"}, "unit": {"zh": "学时", "en": "hours"},
        "kind": "hour", "categories": ["professional", "general"], "calendar_years": 1});
    for scheme in [credit, hours] {
        operator.post_json("/v1/schemes", &scheme).expect(201);
    }
}

impl Savings {
    pub fn new() -> Savings {
        let world = World::with(Backend::Sqlite, &[]).expect("SQLite is always there");
        define(&world.signed_in(Role::Operator, None));
        let body = body(&world, 1);
        let (client, provider) = (&body.client, json!({"id": body.id}));
        let learner = open(client, &person());
        let record = |achievement: &Value| client.post_json("/v1/achievements", achievement).expect(201).json();
        let credit = |amount: i64, category: &str| json!({"scheme": CREDIT, "amount": amount, "category": category});
        let hours = |amount: i64| json!({"scheme": HOURS, "amount": amount, "category": "professional"});
        record(&course(&learner, "集成电路制造工艺", "2026-03-18", &credit(200, "core")));
        record(&course(&learner, "工业机器人系统操作与运行维护（面向装备制造业的综合实训）", "2026-09-01", &credit(450, "elective")));
        record(&course(&learner, "电气安全规程", "2026-05-20", &hours(2400)));
        let mistaken = record(&course(&learner, "数控编程", "2026-06-01", &hours(800)));
        let void = format!("/v1/achievements/{}/void", text(&mistaken, "id"));
        client.post_json(&void, &json!({"reason": "recorded by mistake"})).expect(200);
        let credits = json!([{"kind": "certificate", "scheme": CREDIT, "amount": 550, "category": "core"}]);
        let certificate = issue(client, &with(order(&provider), "/credits", credits));
        let revoked = issue(client, &with(order(&provider), "/level", json!(4)));
        change(client, &revoked, "revoke");
        client.get(&format!("/v1/learners/{}", text(&learner, "id"))).expect(200);
        Savings { world, body, learner, certificate }
    }

    pub fn certificate(&self) -> &Value {
        &self.certificate
    }

    /// What the scenes are told. `token` is a body's, which hands over codes.
    pub fn told(&self) -> Value {
        json!({"url": self.world.url, "token": self.body.client.token(), "learner": self.learner["id"], "number": self.certificate["number"]})
    }
}
