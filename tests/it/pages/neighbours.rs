//! The registry of Shanghai, and what Jiangsu and Zhejiang recognise of it by one agreement: for the scenes about coverage and bodies elsewhere.

use serde_json::{Value, json};

use super::allies::Allies;
use super::order;
use crate::agreements::{act, file_of, import, signature};
use crate::support::World;
use crate::support::abroad::{Abroad, pin_input};
use crate::support::issuing::{issue, with};
use crate::support::site::Site;

/// A registry with two partners, one of which has a registry of its own.
pub struct Neighbours {
    allies: Allies,
    _zhejiang: Site,
}

/// Of certificates and of bodies.
fn agreement() -> Value {
    let grants = json!([
        {"id": "senior", "moves": "certificate", "from": ["310000"], "to": ["320000"], "accept": {"type": ["skill-level"], "level": {"min": 3}}},
        {"id": "technician", "moves": "certificate", "from": ["310000"], "to": ["330000"], "accept": {"level": {"min": 4}, "grade": {"min": "good"}}},
        {"id": "bodies-out", "moves": "provider", "from": ["310000"], "to": ["320000"],
            "accept": {"occupation": ["6-31-01-"], "level": {"min": 3}, "provider": {"status_at": "offered", "flag": ["green"]}}},
        {"id": "bodies-in", "moves": "provider", "from": ["320000"], "to": ["310000"], "accept": {"provider": {"status_at": "offered", "class": ["A"]}}},
    ]);
    json!({"hufu": "agreement/1", "id": "urn:hufu:agreement:yrd", "version": 1, "title": {"zh": "长三角互认", "en": "Yangtze River Delta"},
        "parties": ["310000", "320000", "330000"], "in_force": {"from": "2026-01-01", "through": "2099-12-31"}, "offer_days": 30, "grants": grants})
}

impl Neighbours {
    pub fn new() -> Neighbours {
        let (allies, zhejiang) = (Allies::new(), Site::start());
        let (operator, now) = (allies.operator(), allies.own.app.edge.now());
        let abroad = Abroad { code: "330000", seed: [33; 32], ..Abroad::at(now) };
        abroad.publish(&zhejiang);
        operator.post_json("/v1/partners", &pin_input(&zhejiang.url, &abroad.fingerprint())).expect(201);
        let agreement = agreement();
        let signed = |world: &World, code| signature(&agreement, code, &world.app.keys.region_signer(), now);
        let signatures = [signed(&allies.own, "310000"), signed(&allies.partner, "320000"), signature(&agreement, "330000", &abroad.signer(), now)];
        import(&operator, &file_of(&agreement, &signatures, &[])).expect(200);
        act(&operator, &agreement, "publication").expect(200);
        let order = order(&allies.provider);
        // With the one that is there: 13 of level 3, 7 of level 4, two of which are not good enough for Zhejiang, 6 of level 2, and of level 5 few.
        for (level, grade, count) in [(3, "good", 12), (4, "good", 5), (4, "pass", 2), (2, "good", 6), (5, "good", 3)] {
            for _ in 0..count {
                issue(&operator, &with(with(order.clone(), "/level", json!(level)), "/grade", json!(grade)));
            }
        }
        let other = with(with(order, "/occupation", json!("6-31-07-02")), "/title", json!("工业机器人系统操作员"));
        for _ in 0..5 {
            issue(&operator, &other);
        }
        Neighbours { allies, _zhejiang: zhejiang }
    }

    /// What the scenes are told.
    pub fn told(&self) -> Value {
        json!({"url": self.allies.own.url})
    }
}
