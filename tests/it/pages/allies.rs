//! The registry of Shanghai beside that of Jiangsu, whose key it has pinned: for the scenes about a partner's certificates.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::bundle::{Hash, Manifest, PartName};
use verifier::time::Instant;

use super::{fragment, issue, order, registry};
use crate::agreements::{act, file_of, import, signature};
use crate::support::abroad::pin_input;
use crate::support::issuing::{credit_code, listing};
use crate::support::{Backend, Client, World};

/// Days for which the partner of [`Allies::apart`] has been down.
pub const DAYS_DOWN: i64 = 9;
const DAY: i64 = 86_400;

/// Two registries, and a certificate of each.
pub struct Allies {
    pub own: World,
    pub partner: World,
    pub provider: Value,
    certificate: Value,
    pub partner_certificate: Value,
}

impl Allies {
    /// The partner answers.
    pub fn new() -> Allies {
        let (own, operator, provider) = registry(&[("publish_seconds", "0")]);
        let (partner, partner_operator, partner_provider) = jiangsu();
        let (certificate, partner_certificate) = (issue(&operator, &provider), issue(&partner_operator, &partner_provider));
        let fingerprint = partner.client().get("/v1/region").expect(200).json()["fingerprint"].as_str().unwrap().to_owned();
        operator.post_json("/v1/partners", &pin_input(&partner.url, &fingerprint)).expect(201);
        Allies { own, partner, provider, certificate, partner_certificate }
    }

    /// The partner has not been heard for [`DAYS_DOWN`] days, while the own region went on publishing.
    pub fn apart() -> Allies {
        let allies = Allies::new();
        allies.partner.stop();
        allies.own.app.edge.shift(DAYS_DOWN * DAY);
        let state = allies.operator().post_json("/v1/partners/320000/fetch", &json!({"acknowledge": false})).expect(200).json();
        assert_eq!(state["error"]["code"], "partners.unreachable", "{state}");
        allies
    }

    /// Both have signed an agreement, and the own region publishes it: Jiangsu recognises Shanghai's certificates, Shanghai those of Jiangsu from
    /// level 5 upwards.
    pub fn agreed() -> Allies {
        let allies = Allies::new();
        let agreement = json!({
            "hufu": "agreement/1", "id": "urn:hufu:agreement:yrd", "version": 1, "title": {"zh": "长三角互认", "en": "Yangtze River Delta"},
            "parties": ["310000", "320000"], "in_force": {"from": "2026-01-01", "through": "2099-12-31"}, "offer_days": 30,
            "grants": [
                {"id": "to-jiangsu", "moves": "certificate", "from": ["310000"], "to": ["320000"], "accept": {"occupation": ["6-31-"], "provider": {"status_at": "earned"}}},
                {"id": "to-shanghai", "moves": "certificate", "from": ["320000"], "to": ["310000"], "accept": {"level": {"min": 5}}},
            ],
        });
        let signed = |world: &World, code| signature(&agreement, code, &world.app.keys.region_signer(), world.app.edge.now());
        let file = file_of(&agreement, &[signed(&allies.own, "310000"), signed(&allies.partner, "320000")], &[]);
        import(&allies.operator(), &file).expect(200);
        act(&allies.operator(), &agreement, "publication").expect(200);
        allies
    }

    pub fn operator(&self) -> Client {
        self.own.signed_in(Role::Operator, None)
    }

    pub fn certificates(&self) -> [&Value; 2] {
        [&self.certificate, &self.partner_certificate]
    }

    /// What the scenes are told.
    pub fn told(&self) -> Value {
        json!({
            "url": self.own.url, "client": self.operator().credentials(), "issue": order(&self.provider), "days": DAYS_DOWN,
            "own": fragment(&self.certificate), "partner": fragment(&self.partner_certificate), "number": self.partner_certificate["number"],
            "broken": self.broken(),
        })
    }

    /// Manifests that the partner's key signed and that may not follow the one that is held, by what is wrong with them.
    fn broken(&self) -> Value {
        let signer = self.partner.app.keys.region_signer();
        let published = self.own.client().get("/v1/bundle/manifests").expect(200).json();
        let text = published["manifests"]["320000"].as_str().unwrap();
        let held = Manifest::open(text, signer.public()).unwrap();
        let moved = |seconds: i64, seq: u64| {
            let later = |at: Instant| Instant(at.0 + seconds);
            Manifest { seq, iat: later(held.iat), fresh_until: later(held.fresh_until), expires: later(held.expires), ..held.clone() }
        };
        let next = |seconds: i64| Manifest { prev: Some(Hash::of(text.as_bytes())), ..moved(seconds, held.seq + 1) };
        let mut shorter = next(1);
        shorter.parts.retain(|part| !matches!(part.name, PartName::Status(_)));
        let signed = |manifest: Manifest| manifest.sign(&signer).unwrap();
        json!({"equivocation": signed(moved(1, held.seq)), "rollback": signed(next(-3600)), "shrunk": signed(shorter)})
    }
}

/// The registry of 320000, with a listed assessment body, and an operator's client.
fn jiangsu() -> (World, Client, Value) {
    let settings = [
        ("region", "320000"),
        ("region_name_zh", "江苏省"),
        ("region_name_en", "Jiangsu"),
        ("publish_seconds", "0"),
        ("public_url", "https://js.test"),
    ];
    let world = World::with(Backend::Sqlite, &settings).expect("SQLite is always there");
    let operator = world.signed_in(Role::Operator, None);
    let body = json!({
        "credit_code": credit_code(1), "name_zh": "江苏示例职业技能评价中心", "name_en": "Jiangsu Example Assessment Centre", "kind": "social",
        "interval": listing(),
    });
    let provider = operator.post_json("/v1/providers", &body).expect(201).json();
    (world, operator, provider)
}
