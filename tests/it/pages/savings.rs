//! A registry with a learner who has credit of two schemes, some of it ended or taken back, and certificates: for the scenes of the account.

use hufu::access::Role;
use hufu::providers::service::today;
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
    second: Value,
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
        "kind": "hour", "categories": ["professional", "public"], "calendar_years": 1,
        "yearly": {"amount": 9000, "category": "professional", "share": [2, 3]}});
    for scheme in [credit, hours] {
        operator.post_json("/v1/schemes", &scheme).expect(201);
    }
}

/// A programme of `total` credits, from a day on.
fn programme(zh: &str, en: &str, kind: &str, total: i64, from: &str) -> Value {
    json!({"name": {"zh": zh, "en": en}, "kind": kind, "in_force": {"from": from}, "scheme": CREDIT, "total": total,
        "at_least": [{"category": "core", "amount": total * 3 / 5}, {"category": "elective", "amount": total / 5}],
        "transferred_at_most": [1, 3], "level_min": 3, "max_age_months": 84,
        "awards": {"type": "skill-level", "title": "电工", "occupation": "6-31-01-03", "level": 3}})
}

/// What credit can be redeemed for: one programme within reach of either learner, one for which there is too little, one that has not begun.
fn publish(operator: &Client) -> Value {
    let short = programme("电工三级学分兑换", "Electrician level three", "non-degree", 1000, "2026-01-01");
    let long = programme("机电一体化技术专科课程学分认定", "Mechatronics, recognised courses of a college degree", "degree", 3000, "2026-01-01");
    let later = programme("工业互联网运维培训", "Upkeep of industrial networks", "non-degree", 200, "2099-01-01");
    let [first, ..] = [short, long, later].map(|input| operator.post_json("/v1/programmes", &input).expect(201).json());
    first
}

/// A learner with a year of hours that is done and one that is not, credit that was redeemed, and a result that was evaluated anew.
fn second(world: &World, one: &Body, programme: &Value) -> Value {
    let (two, year) = (body(world, 2), today(&world.app).year());
    let learner = open(&one.client, &json!({"name": "欧阳静", "id_type": "passport", "id_number": "E20000001"}));
    open(&two.client, &json!({"name": "欧阳静", "id_type": "passport", "id_number": "E20000001"}));
    let record = |by: &Body, title: &str, earned_on: &str, credit: Value| {
        by.client.post_json("/v1/achievements", &course(&learner, title, earned_on, &credit)).expect(201).json()
    };
    let hours = |amount: i64, category: &str| json!({"scheme": HOURS, "amount": amount, "category": category});
    let credit = |amount: i64, category: &str| json!({"scheme": CREDIT, "amount": amount, "category": category});
    for n in 1..=12 {
        record(one, &format!("智能制造系列讲座第{n}讲"), "2026-02-01", credit(50, "elective"));
    }
    record(&two, "电气设备预防性试验", &format!("{}-12-31", year - 1), hours(5999, "professional"));
    record(&two, "职业道德与安全生产", &format!("{}-12-31", year - 1), hours(3000, "public"));
    record(one, "新型电力系统运行技术", &format!("{year}-01-01"), hours(6000, "professional"));
    let few = record(&two, "人工智能通识", &format!("{year}-01-01"), hours(2000, "public"));
    let better = course(&learner, "人工智能通识", &format!("{year}-01-01"), &hours(3000, "public"));
    two.client.post_json(&format!("/v1/achievements/{}/replace", text(&few, "id")), &json!({"achievement": better})).expect(201);
    let [core, elective] = [("可编程控制系统设计与调试", 700, "core"), ("电机与拖动基础", 500, "elective")]
        .map(|(title, amount, category)| record(one, title, "2026-03-01", credit(amount, category))["lots"][0]["id"].clone());
    let picks = json!([{"lot": core, "amount": 700}, {"lot": elective, "amount": 300}]);
    let wanted = json!({"learner": learner["id"], "programme": programme["digest"], "picks": picks});
    one.client.post_json(&format!("/v1/programmes/{}/redemptions", text(programme, "id")), &wanted).expect(201);
    learner
}

impl Savings {
    pub fn new() -> Savings {
        let world = World::with(Backend::Sqlite, &[]).expect("SQLite is always there");
        let operator = world.signed_in(Role::Operator, None);
        define(&operator);
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
        let second = second(&world, &body, &publish(&operator));
        Savings { world, body, learner, second, certificate }
    }

    pub fn certificate(&self) -> &Value {
        &self.certificate
    }

    /// What the scenes are told. `client` is a body's, which hands over codes.
    pub fn told(&self) -> Value {
        json!({"url": self.world.url, "client": self.body.client.credentials(), "learner": self.learner["id"], "number": self.certificate["number"],
            "second": self.second["id"], "year": today(&self.world.app).year()})
    }
}
