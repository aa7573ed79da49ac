//! Agreements: kept byte for byte, signed by each party, exchanged between registries, ended by notice.

mod command;
mod exchange;
mod files;
mod life;
mod refusals;
mod words;

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::agreement::SignedAgreement;
use verifier::documents::{AgreementSignature, Digest, Notice};
use verifier::ids::RegionCode;
use verifier::jws::Signer;
use verifier::time::{Day, Instant};

use super::support::abroad::{Abroad, pin_input};
use super::support::issuing::text;
use super::support::site::Site;
use super::support::{Answer, Client, World};

/// Version 1 of an agreement between these regions, in force since 2026.
pub fn agreement(parties: &[&str]) -> Value {
    json!({
        "hufu": "agreement/1", "id": "urn:hufu:agreement:yrd", "version": 1, "title": {"zh": "长三角互认", "en": "Mutual recognition"},
        "parties": parties, "in_force": {"from": "2026-01-01", "through": "2099-12-31"}, "offer_days": 30,
        "grants": [{"id": "cert", "moves": "certificate", "from": parties, "to": parties, "accept": {"level": {"min": 3}}}],
    })
}

/// The agreement of Shanghai and Jiangsu.
pub fn ours() -> Value {
    agreement(&["310000", "320000"])
}

pub fn digest(agreement: &Value) -> String {
    Digest::of(&agreement.to_string()).to_string()
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

/// The next version, in force from `from`.
pub fn next(before: &Value, from: &str) -> Value {
    let mut next = before.clone();
    next["version"] = json!(before["version"].as_u64().unwrap() + 1);
    next["supersedes"] = json!(digest(before));
    next["in_force"] = json!({"from": from});
    next
}

pub fn propose(operator: &Client, agreement: &Value) -> Answer {
    operator.post_json("/v1/agreements", &json!({"agreement": agreement.to_string()}))
}

/// Asks for something of an agreement: `signature`, `publication`.
pub fn act(operator: &Client, agreement: &Value, what: &str) -> Answer {
    operator.send("POST", &format!("/v1/agreements/{}/{what}", digest(agreement)), None)
}

pub fn end(operator: &Client, agreement: &Value, effective: &str) -> Answer {
    operator.post_json(&format!("/v1/agreements/{}/notice", digest(agreement)), &json!({"effective": effective}))
}

pub fn read(client: &Client, agreement: &Value) -> Value {
    client.get(&format!("/v1/agreements/{}", digest(agreement))).expect(200).json()
}

/// The file of an agreement, as this registry has it.
pub fn file(client: &Client, agreement: &Value) -> Vec<u8> {
    client.get(&format!("/v1/agreements/{}/file", digest(agreement))).expect(200).bytes
}

pub fn import(client: &Client, file: &[u8]) -> Answer {
    client.post_raw("/v1/agreements:import", "application/json", file)
}

pub fn sent(client: &Client, file: &[u8]) -> Answer {
    client.post_raw("/peer/agreements", "application/json", file)
}

/// What a region says of an agreement: a text under its key.
pub fn signature(agreement: &Value, code: &str, signer: &Signer, at: i64) -> String {
    let signed = AgreementSignature { agreement: Digest::of(&agreement.to_string()), region: region(code), at: Instant(at) };
    signed.sign(signer).unwrap()
}

pub fn notice(agreement: &Value, code: &str, signer: &Signer, at: i64, effective: Day) -> String {
    Notice { agreement: Digest::of(&agreement.to_string()), region: region(code), at: Instant(at), effective }.sign(signer).unwrap()
}

/// A file of these texts.
pub fn file_of(agreement: &Value, signatures: &[String], notices: &[String]) -> Vec<u8> {
    let bytes = agreement.to_string().into_bytes();
    SignedAgreement::gather(bytes, signatures.to_vec(), notices.to_vec(), &|_, _| None).unwrap().to_text().into_bytes()
}

/// A world whose partner is Jiangsu, whose key the test holds.
pub struct Scene<'a> {
    pub world: &'a World,
    pub operator: Client,
    pub abroad: Abroad,
    _site: Site,
}

impl Scene<'_> {
    pub fn of(world: &World) -> Scene<'_> {
        let (operator, site, abroad) = (world.signed_in(Role::Operator, None), Site::start(), Abroad::at(world.app.edge.now()));
        abroad.publish(&site);
        operator.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).expect(201);
        Scene { world, operator, abroad, _site: site }
    }

    pub fn now(&self) -> i64 {
        self.world.app.edge.now()
    }

    pub fn today(&self) -> Day {
        hufu::providers::service::today(&self.world.app)
    }

    /// What the partner signs of an agreement.
    pub fn theirs(&self, agreement: &Value) -> String {
        signature(agreement, "320000", &self.abroad.signer(), self.now())
    }

    /// An agreement that both have signed.
    pub fn agree(&self, agreement: &Value) {
        propose(&self.operator, agreement);
        act(&self.operator, agreement, "signature").expect(200);
        let done = import(&self.operator, &file_of(agreement, &[self.theirs(agreement)], &[])).expect(200).json();
        assert_eq!(done["agreement"]["agreed"], true, "{done}");
    }

    pub fn state(&self, agreement: &Value) -> String {
        text(&read(&self.operator, agreement), "state").to_owned()
    }
}

/// (region, standing) of each party.
pub fn standings(view: &Value) -> Vec<(String, String)> {
    let parties = view["parties"].as_array().unwrap().iter();
    parties.map(|party| (text(party, "region").to_owned(), text(party, "standing").to_owned())).collect()
}

pub fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

/// How many rows of evidence there are of each kind of change to agreements, after an audit.
pub fn evidence(world: &World) -> [i64; 4] {
    use diesel::prelude::*;
    use hufu::db::schema::evidence as rows;
    let count = |kind: &str| world.app.db.read_now(|conn| Ok(rows::table.filter(rows::kind.eq(kind)).count().get_result(conn)?)).unwrap();
    assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    ["agreement", "agreement-signature", "agreement-notice", "agreement-publication"].map(count)
}
