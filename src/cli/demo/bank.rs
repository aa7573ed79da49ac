//! The chapter on the credit bank: credit is minted, expires, is redeemed, and seen by its owner.

use serde_json::{Value, json};
use verifier::verdict::Outcome;

use super::api::{Api, text};
use super::story::{Issued, Story, amiss, expect};
use crate::cli::words as w;
use crate::error::{Error, Fault};
use crate::qr::read_picture;

/// Calendar months for which credit can be spent.
const SHELF: i32 = 84;
/// What a certificate of the roster, the course and the training of long ago mint, in hundredths.
const CERTIFICATE: i64 = 600;
const COURSE: i64 = 400;
const PAST: i64 = 300;

impl Story {
    /// Defines what credit is counted in; its id.
    pub(super) fn define(&self, operator: &Api, region: &str) -> Result<String, Fault> {
        let id = Story::define_scheme(operator, region)?;
        self.teller.step(&w::DEMO_SCHEME, &[&SHELF.to_string()]);
        Ok(id)
    }

    /// The same without a word.
    pub(super) fn define_scheme(operator: &Api, region: &str) -> Result<String, Fault> {
        let id = format!("{region}:credit");
        let scheme = json!({"id": id, "name": {"zh": "培训学分", "en": "Training credit"}, "unit": {"zh": "分", "en": "credits"}, "kind": "credit",
            "categories": ["core", "elective"], "shelf_months": SHELF});
        operator.post("/v1/schemes", &scheme, None, 201)?;
        Ok(id)
    }

    /// What every certificate of the roster declares.
    pub(super) fn declared(scheme: &str) -> Value {
        json!([{"scheme": scheme, "amount": CERTIFICATE, "kind": "certificate", "category": "core"}])
    }

    /// From the account of one person to the certificate that the credit buys.
    pub(super) fn bank(&self, operator: &Api, scheme: &str, shown: &Issued) -> Result<(), Fault> {
        let person = &shown.person;
        let opened = operator.post("/v1/learners", person, None, 200)?;
        let learner = text(&opened, "/id")?;
        let name = shown.holder.name.as_str();
        let owner = self.sign_in(operator, &learner)?;
        let before = balance(&owner, scheme)?;
        expect(before["available"] == CERTIFICATE, "the certificate minted what it declares")?;
        self.teller.step(&w::DEMO_MINTED, &[name, &amount(&before["available"])]);
        self.achieve(operator, scheme, shown, &learner)?;
        let after = balance(&owner, scheme)?;
        expect(after["available"] == CERTIFICATE + COURSE && after["expired"] == PAST, "what is as old as the shelf life can no longer be spent")?;
        self.teller.step(&w::DEMO_EXPIRED, &[&amount(&after["minted"]), &amount(&after["expired"]), &amount(&after["available"])]);
        self.redeem(operator, scheme, shown, &learner)?;
        let left = balance(&owner, scheme)?;
        expect(left["available"] == 0 && left["redeemed"] == CERTIFICATE + COURSE, "what was redeemed is spent")?;
        self.teller.detail(&w::DEMO_LEFT, &[&amount(&left["redeemed"]), &amount(&left["available"])]);
        self.api.get("/account")?;
        self.teller.step(&w::DEMO_ACCOUNT, &[name]);
        self.teller.line(&self.api.url("/account"));
        self.teller.detail(&w::DEMO_CODE, &[&self.code(operator, &learner)?]);
        Ok(())
    }

    /// A course of today, and a training of the day on which the shelf life that ends today began.
    fn achieve(&self, operator: &Api, scheme: &str, shown: &Issued, learner: &str) -> Result<(), Fault> {
        let past = self.today.add_months(-SHELF);
        for (kind, title, category, value, day) in
            [("course", "安全生产实务", "elective", COURSE, self.today), ("training", "岗前培训", "elective", PAST, past)]
        {
            let body = json!({"provider": shown.provider, "learner": learner, "kind": kind, "title": title, "occupation": shown.occupation,
                "earned_on": day.to_string(), "credits": [{"scheme": scheme, "amount": value, "category": category}]});
            operator.post("/v1/achievements", &body, None, 201)?;
        }
        Ok(())
    }

    /// Publishes a programme, asks what to spend, and redeems it for a certificate whose QR verifies.
    fn redeem(&self, operator: &Api, scheme: &str, shown: &Issued, learner: &str) -> Result<(), Fault> {
        let total = CERTIFICATE + COURSE;
        let programme = json!({"name": {"zh": "安全技能提升项目", "en": "Safety skills programme"}, "kind": "non-degree", "scheme": scheme, "total": total,
            "in_force": {"from": self.today.to_string()}, "at_least": [{"category": "core", "amount": CERTIFICATE}],
            "awards": {"type": "skill-level", "title": shown.title, "occupation": shown.occupation, "level": shown.level}});
        let published = operator.post("/v1/programmes", &programme, None, 201)?;
        self.teller.step(&w::DEMO_PROGRAMME, &[&amount(&json!(total)), &amount(&json!(CERTIFICATE))]);
        let path = format!("/v1/programmes/{}", text(&published, "/id")?);
        let proposal = operator.post(&format!("{path}/suggest"), &json!({"learner": learner}), None, 200)?;
        let wanted = json!({"learner": learner, "provider": shown.provider, "programme": published["digest"], "picks": proposal["picks"]});
        let redeemed = operator.post(&format!("{path}/redemptions"), &wanted, Some("demo-redeem"), 201)?;
        let again = operator.post(&format!("{path}/redemptions"), &wanted, Some("demo-redeem"), 201)?;
        expect(redeemed == again, "the same request again has the same answer and spends nothing")?;
        let png = operator.get(&format!("/v1/certificates/{}/qr.png?level=M", text(&redeemed, "/certificate")?))?;
        let scanned = read_picture(&png).map_err(|e| Error::from(e).into_fault())?;
        let [read] = scanned.as_slice() else { return Err(amiss("the picture shows one QR")) };
        self.teller.step(&w::DEMO_AWARD, &[&text(&redeemed, "/number")?]);
        self.teller.outcome(&self.verify(read, Outcome::Valid, "expiry")?);
        Ok(())
    }

    fn code(&self, operator: &Api, learner: &str) -> Result<String, Fault> {
        text(&operator.post(&format!("/v1/learners/{learner}/codes"), &json!({}), None, 201)?, "/code")
    }

    /// The person signs in with a code that was handed over.
    pub(super) fn sign_in(&self, operator: &Api, learner: &str) -> Result<Api, Fault> {
        let session = operator.post("/v1/account/sessions", &json!({"code": self.code(operator, learner)?}), None, 201)?;
        Ok(operator.bearing(text(&session, "/token")?))
    }
}

/// The owner's balance of a scheme.
pub(super) fn balance(owner: &Api, scheme: &str) -> Result<Value, Fault> {
    let balances = owner.get_json("/v1/account/balances")?;
    let own = balances.as_array().and_then(|items| items.iter().find(|item| item["scheme"] == scheme));
    own.cloned().ok_or_else(|| amiss("the account has a balance of the scheme"))
}

/// Hundredths in words.
pub(super) fn amount(hundredths: &Value) -> String {
    let value = hundredths.as_i64().unwrap_or_default();
    format!("{}.{:02}", value / 100, value % 100)
}
