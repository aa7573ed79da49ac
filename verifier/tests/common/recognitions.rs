//! Cases of recognition: a usual certificate, usual lots, a usual provider, and what is changed of them.

use super::agreements::{region, region_signer};
use serde_json::{Value, json};
use verifier::agreement::{Agreement, Life};
use verifier::documents::{Digest, GrantId, SchemeId, Waiver, WaiverId};
use verifier::recognition::{Accord, CaseFacts, CheckName, Context, Decision, Used, accepts, evaluate};
use verifier::time::{Day, Instant};
use verifier::verdict::Provider;

pub const CERTIFICATE: &str = concat!(
    r#"{"certificate":{"number":"HF3100002026K7Q2M9X4TB4","type":"skill-level","origin":"310000","provider":"91310000MA1FL0007C","#,
    r#""occupation":"6-25-02-05","level":3,"grade":"good","earned":"2025-03-01","issued":1740787200}}"#
);

pub const CREDIT: &str = concat!(
    r#"{"credit":{"origin":"310000","lots":["#,
    r#"{"id":"lot_a","scheme":"310000:credit","amount":200,"kind":"course","category":"core","course":"SH-IC-101","occupation":"6-25-02-05","level":3,"#,
    r#""grade":"good","provider":"91310000MA1FL0007C","earned":"2025-03-01","expires":"2030-03-01","#,
    r#""basis":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},"#,
    r#"{"id":"lot_b","scheme":"310000:credit","amount":199,"kind":"training","category":"elective","course":"SH-IC-102","occupation":"6-25-02-05","#,
    r#""level":4,"grade":"pass","provider":"91310000MA1FL0007C","earned":"2025-06-30","#,
    r#""basis":"sha256:cb8379ac2098aa165029e3938a51da0bcecfc008fd6795f401178647f96c5b34"}]}}"#
);

pub const PROVIDER_CASE: &str = r#"{"provider":{"code":"91310000MA1FL0007C","origin":"310000","occupation":"6-25-02-05","level":4}}"#;

/// A provider listed from 2020 on, of class B, green, for 6-25- and ranks 1 to 5.
pub const PROVIDER: &str = concat!(
    r#"{"code":"91310000MA1FL0007C","name_zh":"甲","name_en":"A","kind":"school","timeline":[{"from":"2020-01-01","#,
    r#""standing":{"listed":{"class":"B","flag":"green","scope":{"occupations":["6-25-"],"level_min":1,"level_max":5,"types":["skill-level"]}}},"cause":"1"}]}"#
);

/// One question, and the checks that fail with what they got.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub agreement: String,
    pub life: Life,
    pub facts: String,
    pub place: String,
    pub day: Day,
    pub providers: Vec<String>,
    pub used: Vec<Used>,
    pub waivers: Vec<Waiver>,
    pub failed: Vec<(String, String)>,
    pub gives: Option<Value>,
}

/// An agreement of the provinces, two districts and Hong Kong, with one grant `g`; `rest` are its members beside id, sides and accept.
pub fn agreement(moves: &str, accept: &str, rest: &str) -> String {
    format!(
        concat!(
            r#"{{"hufu":"agreement/1","id":"urn:hufu:agreement:cases","version":1,"title":{{"zh":"互认","en":"Recognition"}},"#,
            r#""parties":["310000","310101","320000","320506","330000","810000"],"in_force":{{"from":"2026-01-01","through":"2028-12-31"}},"offer_days":30,"#,
            r#""grants":[{{"id":"g","moves":"{moves}","from":["310000","310101"],"to":["310000","320000","320506"],"accept":{accept}{rest}}}]}}"#
        ),
        moves = moves,
        accept = accept,
        rest = rest
    )
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn changed(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} must occur in {text}");
        text.replacen(from, to, 1)
    })
}

fn case(name: &str, agreement: String, facts: String, failed: &[(&str, &str)]) -> Case {
    let failed = failed.iter().map(|(check, got)| ((*check).to_owned(), (*got).to_owned())).collect();
    Case {
        name: name.into(),
        agreement,
        life: Life::AGREED,
        facts,
        place: "320000".into(),
        day: day("2026-03-01"),
        providers: vec![PROVIDER.into()],
        used: vec![],
        waivers: vec![],
        failed,
        gives: None,
    }
}

/// The usual certificate with some changes, under these conditions.
pub fn certificate(name: &str, accept: &str, edits: &[(&str, &str)], failed: &[(&str, &str)]) -> Case {
    case(name, agreement("certificate", accept, ""), changed(CERTIFICATE, edits), failed)
}

/// The usual lots with some changes, under these conditions and other members of the grant.
pub fn credit(name: &str, accept: &str, rest: &str, edits: &[(&str, &str)], failed: &[(&str, &str)]) -> Case {
    case(name, agreement("credit", accept, rest), changed(CREDIT, edits), failed)
}

/// The usual provider as a case.
pub fn provider(name: &str, accept: &str, edits: &[(&str, &str)], failed: &[(&str, &str)]) -> Case {
    case(name, agreement("provider", accept, ""), changed(PROVIDER_CASE, edits), failed)
}

impl Case {
    pub fn on(self, text: &str) -> Case {
        Case { day: day(text), ..self }
    }

    pub fn at(self, place: &str) -> Case {
        Case { place: place.into(), ..self }
    }

    pub fn with_life(self, life: Life) -> Case {
        Case { life, ..self }
    }

    pub fn with_provider(self, edits: &[(&str, &str)]) -> Case {
        Case { providers: vec![changed(PROVIDER, edits)], ..self }
    }

    pub fn without_provider(self) -> Case {
        Case { providers: vec![], ..self }
    }

    pub fn with_agreement(self, edits: &[(&str, &str)]) -> Case {
        Case { agreement: changed(&self.agreement, edits), ..self }
    }

    pub fn with_used(self, scheme: &str, year: i64, source: i64) -> Case {
        let mut used = self.used;
        used.push(Used { scheme: SchemeId::parse(scheme).expect("a scheme"), year, source });
        Case { used, ..self }
    }

    /// A waiver of the place, from January through March 2026, of these checks for this case; then changed.
    pub fn waived(mut self, of: &str, checks: &[CheckName], change: impl FnOnce(&mut Waiver)) -> Case {
        let mut waiver = Waiver {
            id: WaiverId::parse(&format!("wvr_{}", self.waivers.len() + 1)).expect("an id"),
            region: region(&self.place),
            agreement: Digest::of(&self.agreement),
            grant: GrantId::parse("g").expect("an id"),
            case: of.into(),
            checks: checks.to_vec(),
            role: "skills-office".into(),
            reason: "紧缺职业人才引进".into(),
            from: day("2026-01-01"),
            until: day("2026-04-01"),
            at: Instant(1_767_196_800),
        };
        change(&mut waiver);
        self.waivers.push(waiver);
        self
    }

    pub fn giving(self, gives: Value) -> Case {
        Case { gives: Some(gives), ..self }
    }

    /// The decision and the brief answer.
    pub fn decided(&self) -> (Decision, bool) {
        let agreement = Agreement::read(self.agreement.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let accord = Accord { agreement: &agreement, digest: Digest::of(&self.agreement), life: self.life };
        let facts = CaseFacts::read(self.facts.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let providers: Vec<Provider> = self.providers.iter().map(|text| serde_json::from_str(text).expect("a provider")).collect();
        let providers: Vec<&Provider> = providers.iter().collect();
        let signer = region_signer(&self.place);
        let waivers: Vec<_> = self.waivers.iter().map(|own| (Digest::of(&own.sign(&signer).expect("a waiver")), own.clone())).collect();
        let place = region(&self.place);
        let context = Context { place: &place, day: self.day, providers: &providers, used: &self.used, waivers: &waivers };
        let grant = &agreement.grants[0];
        (evaluate(&accord, grant, &facts, &context), accepts(&accord, grant, &facts, &context))
    }

    /// The inputs and the decision as a vector.
    pub fn vector(&self) -> String {
        let (decision, _) = self.decided();
        let bytes = String::from_utf8(decision.to_bytes()).expect("UTF-8");
        let parsed = |text: &String| serde_json::from_str::<Value>(text).expect("JSON");
        let life = json!({ "agreed": self.life.is_agreed, "superseded_from": self.life.superseded_from, "ended_on": self.life.ended_on });
        let used: Vec<Value> = self.used.iter().map(|own| json!({ "scheme": own.scheme, "year": own.year, "source": own.source })).collect();
        let signer = region_signer(&self.place);
        let waivers: Vec<String> = self.waivers.iter().map(|own| own.sign(&signer).expect("a waiver")).collect();
        json!({
            "name": self.name, "agreement": self.agreement, "grant": "g", "life": life, "place": self.place, "day": self.day, "case": parsed(&self.facts),
            "providers": self.providers.iter().map(parsed).collect::<Vec<_>>(), "used": used, "waivers": waivers, "decision": bytes,
        })
        .to_string()
    }
}
