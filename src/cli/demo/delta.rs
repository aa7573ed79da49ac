//! The chapter on mutual recognition: five registries, an agreement of four, one that goes one way, and what they make of a certificate.

use serde_json::{Value, json};
use verifier::bundle::{Anchor, Bundle};
use verifier::documents::Digest;
use verifier::ids::RegionCode;
use verifier::jws::PublicKey;
use verifier::time::Instant;
use verifier::verdict::{NoMemo, Presented, Recognition, Verdict};

use super::api::{Api, text};
use super::story::{Issued, Story, amiss, expect};
use crate::cli::words as w;
use crate::edge::Edge;
use crate::error::Fault;

/// The regions beside the one that the story begins in.
pub(super) const OTHERS: [(&str, &str, &str); 4] =
    [("320000", "江苏省", "Jiangsu"), ("330000", "浙江省", "Zhejiang"), ("340000", "安徽省", "Anhui"), ("810000", "香港特别行政区", "Hong Kong")];
const SHANGHAI: &str = "310000";
const HONG_KONG: &str = "810000";
const DELTA: [&str; 4] = [SHANGHAI, "320000", "330000", "340000"];
/// The highest rank there is.
const RANK_MAX: u8 = 7;

/// Another registry of the story, and its operator's client.
pub(super) struct Member {
    pub code: &'static str,
    pub api: Api,
    pub client: String,
    pub secret: String,
}

impl Story {
    /// From the pinned keys to the coverage.
    pub(super) fn delta(&self, own: &Api, shown: &Issued) -> Result<(), Fault> {
        let mut operators = vec![(SHANGHAI, own.clone())];
        for member in &self.members {
            operators.push((member.code, member.api.signed_in(&member.client, &member.secret)?));
        }
        let codes: Vec<&str> = operators.iter().map(|(code, _)| *code).collect();
        self.teller.step(&w::DEMO_DELTA, &[&codes.join(", ")]);
        pin(&operators)?;
        let (delta, hong_kong) = agreements(shown.level);
        let digest = agree(&operators, &delta)?;
        agree(&operators, &hong_kong)?;
        self.teller.step(&w::DEMO_AGREED, &[&digest]);
        let said = DELTA.map(|place| Ok((place, self.recognition(own, &shown.qr_text, place)?)));
        let said: Vec<(&str, Recognition)> = said.into_iter().collect::<Result<_, Fault>>()?;
        self.places(own, shown, &said)?;
        self.one_way(&operators, shown)?;
        self.coverage(&operators)
    }

    /// What each place makes of it: by the registry, and by its bundle with no network.
    fn places(&self, own: &Api, shown: &Issued, said: &[(&str, Recognition)]) -> Result<(), Fault> {
        self.teller.step(&w::DEMO_PLACES, &[&shown.number]);
        said.iter().for_each(|(place, recognition)| self.told(place, recognition));
        let codes: Vec<&str> = said.iter().map(|(_, recognition)| &*recognition.code).collect();
        let wanted = ["recognition.own", "recognition.recognised", "recognition.recognised", "recognition.refused"];
        expect(codes == wanted, "three regions recognise the certificate and the fourth does not")?;
        let (bundle, now) = (self.bundle(own)?, Instant(Edge::default().now()));
        for (place, recognition) in said {
            let place = RegionCode::parse(place).map_err(Fault::new)?;
            let offline = bundle.judge_for(&Presented::from_text(&shown.qr_text), &place, now, &NoMemo).recognition;
            expect(offline.as_ref() == Some(recognition), "the bundle says the same offline")?;
        }
        self.teller.detail(&w::DEMO_OFFLINE, &[]);
        self.teller.link(&shown.qr_text, &w::DEMO_PAGE);
        Ok(())
    }

    pub(super) fn bundle(&self, own: &Api) -> Result<Bundle, Fault> {
        let region = own.get_json("/v1/region")?;
        let key = PublicKey::parse(&text(&region, "/key")?).map_err(|e| Fault::text(e.to_string()))?;
        let anchor = Anchor { region: RegionCode::parse(SHANGHAI).map_err(Fault::new)?, key };
        Bundle::open(&own.get("/v1/bundle")?, &anchor).map_err(Fault::new)
    }

    /// Hong Kong's certificate in Shanghai, and Shanghai's in Hong Kong.
    fn one_way(&self, operators: &[(&str, Api)], shown: &Issued) -> Result<(), Fault> {
        let (own, hong_kong) = (of(operators, SHANGHAI)?, of(operators, HONG_KONG)?);
        let body = json!({"credit_code": "91350100M000100Y43", "name_zh": "香港示例评核机构", "name_en": "Hong Kong Example Assessment Body", "kind": "social",
            "interval": {"standing": "listed", "class": "A", "flag": "green", "from": "2020-01-01", "cause": "listed", "scope": {}}});
        let provider = text(&hong_kong.post("/v1/providers", &body, None, 201)?, "/id")?;
        let order = json!({"provider": provider, "type": "skill-level", "occupation": shown.occupation, "title": shown.title, "level": shown.level, "grade": "good",
            "assessed_on": self.today.to_string(), "holder": shown.person});
        let theirs = text(&hong_kong.post("/v1/certificates", &order, None, 201)?, "/qr_text")?;
        own.post(&format!("/v1/partners/{HONG_KONG}/fetch"), &json!({"acknowledge": false}), None, 200)?;
        self.teller.step(&w::DEMO_HONG_KONG, &[]);
        for (qr, place, code) in [(&theirs, SHANGHAI, "recognition.recognised"), (&shown.qr_text, HONG_KONG, "recognition.not_covered")] {
            let recognition = self.recognition(own, qr, place)?;
            self.told(place, &recognition);
            expect(recognition.code == code, "recognition goes one way")?;
        }
        Ok(())
    }

    /// The matrix of who recognises how much of whose.
    fn coverage(&self, operators: &[(&str, Api)]) -> Result<(), Fault> {
        self.teller.step(&w::DEMO_COVERAGE, &[]);
        for (from, api) in operators {
            let counted = api.get_json("/v1/coverage")?;
            let places = counted["places"].as_array().cloned().unwrap_or_default();
            let cells: Vec<String> = places
                .iter()
                .map(|place| format!("{} {}/{}", place["to"].as_str().unwrap_or_default(), place["recognised"], place["issued"]).replace('"', ""))
                .collect();
            self.teller.line(&format!("{from} -> {}", cells.join(", ")));
        }
        Ok(())
    }

    fn recognition(&self, own: &Api, presented: &str, place: &str) -> Result<Recognition, Fault> {
        let answer = own.post("/v1/verify", &json!({"text": presented, "place": place}), None, 200)?;
        let verdict: Verdict = serde_json::from_value(answer).map_err(Fault::new)?;
        verdict.recognition.ok_or_else(|| amiss("the verdict says something of recognition"))
    }

    fn told(&self, place: &str, recognition: &Recognition) {
        let lang = self.teller.lang;
        let title = recognition.title.as_ref().map_or("", |title| lang.pick(&title.zh, &title.en));
        let clause = recognition.grant.iter().map(|grant| format!(" · {title} · {grant}"));
        let failed = recognition.checks.iter().filter(|check| !check.ok).map(|c| format!(" · {}: {} / {}", c.check, c.want, c.got));
        let more: String = clause.chain(failed).collect();
        self.teller.line(&format!("{place}: {}{more}", lang.pick(&recognition.zh, &recognition.en)));
    }
}

fn of<'a>(operators: &'a [(&str, Api)], code: &str) -> Result<&'a Api, Fault> {
    operators.iter().find(|(own, _)| *own == code).map(|(_, api)| api).ok_or_else(|| amiss("every region has a registry"))
}

/// Each pins every other.
fn pin(operators: &[(&str, Api)]) -> Result<(), Fault> {
    for (own, api) in operators {
        for (_, other) in operators.iter().filter(|(code, _)| code != own) {
            let fingerprint = text(&other.get_json("/v1/region")?, "/fingerprint")?;
            api.post("/v1/partners", &json!({"url": other.url(""), "fingerprint": fingerprint}), None, 201)?;
        }
    }
    Ok(())
}

/// The agreement of the delta, by which three regions take every certificate of a listed body and the fourth only those above `level`; and that by which
/// Shanghai takes Hong Kong's.
fn agreements(level: u8) -> (Value, Value) {
    let [shanghai, jiangsu, zhejiang, anhui] = DELTA;
    let most = json!([shanghai, jiangsu, zhejiang]);
    let delta = json!([
        {"id": "listed-bodies", "moves": "certificate", "from": DELTA, "to": most, "accept": {"provider": {"status_at": "earned", "in_scope": true}}},
        {"id": "senior-to-anhui", "moves": "certificate", "from": most, "to": [anhui], "accept": {"level": {"min": (level + 1).min(RANK_MAX)}}},
    ]);
    let one_way = json!([{"id": "to-shanghai", "moves": "certificate", "from": [HONG_KONG], "to": [shanghai],
        "accept": {"type": ["skill-level"], "provider": {"status_at": "offered"}}}]);
    (
        head("yangtze-delta", "长三角技能等级互认协议", "Yangtze delta agreement on skill levels", &DELTA, delta),
        head("hong-kong-shanghai", "沪港单向认可安排", "Hong Kong to Shanghai", &[shanghai, HONG_KONG], one_way),
    )
}

/// The first version of an agreement.
pub(super) fn head(id: &str, zh: &str, en: &str, parties: &[&str], grants: Value) -> Value {
    json!({"hufu": "agreement/1", "id": format!("urn:hufu:agreement:{id}"), "version": 1, "title": {"zh": zh, "en": en}, "parties": parties,
        "in_force": {"from": "2026-01-01"}, "offer_days": 30, "grants": grants})
}

/// Every party signs the same bytes: the file goes round, and comes back to the first, which publishes it. Its digest.
pub(super) fn agree(operators: &[(&str, Api)], agreement: &Value) -> Result<String, Fault> {
    let (own, bytes) = (of(operators, SHANGHAI)?, agreement.to_string());
    let digest = Digest::of(&bytes).to_string();
    let path = format!("/v1/agreements/{digest}");
    own.post("/v1/agreements", &json!({"agreement": bytes}), None, 201)?;
    own.post(&format!("{path}/signature"), &json!({}), None, 200)?;
    let parties = agreement["parties"].as_array().cloned().unwrap_or_default();
    for code in parties.iter().filter_map(Value::as_str).filter(|code| *code != SHANGHAI) {
        let api = of(operators, code)?;
        let import = |to: &Api, from: &Api| to.post("/v1/agreements:import", &from.get_json(&format!("{path}/file"))?, None, 200);
        import(api, own)?;
        api.post(&format!("{path}/signature"), &json!({}), None, 200)?;
        import(own, api)?;
    }
    let published = own.post(&format!("{path}/publication"), &json!({}), None, 200)?;
    expect(published["agreed"] == true, "every party has signed the same bytes")?;
    for code in parties.iter().filter_map(Value::as_str).filter(|code| *code != SHANGHAI) {
        of(operators, code)?.post("/v1/agreements:import", &own.get_json(&format!("{path}/file"))?, None, 200)?;
    }
    Ok(digest)
}
