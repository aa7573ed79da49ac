//! Cases of receipts: a usual one of Jiangsu for a certificate of Shanghai, and what is changed of it or of the facts.

use super::documents::{header, kind};
use super::recognitions::{self, certificate};
use super::signer;
use serde_json::{Value, json};
use verifier::agreement::{Agreement, Life};
use verifier::base64url;
use verifier::card::StatusRef;
use verifier::documents::{Digest, Receipt, ReceiptId};
use verifier::ids::RegionCode;
use verifier::jws::{PublicKey, Signer, sign_compact};
use verifier::recognition::{Accord, CaseFacts, Check, CheckName, Decision};
use verifier::status::Status;
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::{Outcome, PresentedReceipt, ReceiptFacts, ReceiptVerdict, Region, StatusFact, judge_receipt};

/// When the usual receipt was signed: noon of its day, in China.
pub const AT: Instant = Instant(1_772_337_600);
/// When it is judged: a day later, by facts of that morning.
pub const NOW: Instant = Instant(AT.0 + 86_400);

const ACCEPT: &str = r#"{"level":{"min":3},"provider":{"status_at":"earned","in_scope":true}}"#;
const OK: [&str; 4] = ["receipt.form_ok", "receipt.signature_ok", "receipt.decision_ok", "receipt.status_ok"];
const UNSIGNED: [&str; 2] = ["step.signature_not_ok"; 2];
const UNREAD: [&str; 3] = ["step.form_not_ok"; 3];

/// One question, and its answer by hand.
#[derive(Clone)]
pub struct Case {
    pub name: &'static str,
    pub text: String,
    /// The agreement at hand, and what became of it.
    pub agreement: Option<(String, Life)>,
    pub region: Option<&'static str>,
    pub key: Option<PublicKey>,
    pub status: StatusFact,
    pub now: Instant,
    pub outcome: Outcome,
    pub codes: [&'static str; 4],
}

/// The usual decision.
fn decision() -> Decision {
    certificate("usual", ACCEPT, &[], &[]).decided().0
}

fn receipt(decision: &Decision) -> Receipt {
    let CaseFacts::Certificate(facts) = &decision.case else { panic!("a certificate") };
    Receipt {
        id: ReceiptId::parse("rcp_01").expect("an id"),
        region: decision.to.clone(),
        number: facts.number.clone(),
        origin: facts.origin.clone(),
        card: Digest::of("card"),
        decision: base64url::encode(&decision.to_bytes()),
        day: decision.day,
        at: AT,
        status: StatusRef { list: 2026, index: 12 }.into(),
    }
}

fn signed(decision: &Decision) -> String {
    receipt(decision).sign(&signer()).expect("a receipt")
}

/// The same, whatever is wrong with it.
fn forced(receipt: &Receipt, header: &str, change: (&str, &str)) -> String {
    let content = serde_json::to_string(receipt).expect("JSON");
    let payload = format!(r#"{{"hufu":"receipt/1",{}"#, content.trim_start_matches('{'));
    assert!(payload.contains(change.0), "{} must occur", change.0);
    sign_compact(header, payload.replacen(change.0, change.1, 1).as_bytes(), &signer())
}

fn agreement() -> String {
    recognitions::agreement("certificate", ACCEPT, "")
}

pub fn good(name: &'static str) -> Case {
    Case {
        name,
        text: signed(&decision()),
        agreement: Some((agreement(), Life::AGREED)),
        region: Some("320000"),
        key: Some(*signer().public()),
        status: StatusFact::Known(Status::Valid, None),
        now: NOW,
        outcome: Outcome::Valid,
        codes: OK,
    }
}

impl Case {
    fn is(self, outcome: Outcome, codes: [&'static str; 4]) -> Case {
        Case { outcome, codes, ..self }
    }

    fn with_last(self, outcome: Outcome, code: &'static str) -> Case {
        self.is(outcome, [OK[0], OK[1], OK[2], code])
    }

    fn with_signature(self, outcome: Outcome, code: &'static str) -> Case {
        self.is(outcome, [OK[0], code, UNSIGNED[0], UNSIGNED[1]])
    }

    fn with_decision(self, outcome: Outcome, code: &'static str) -> Case {
        self.is(outcome, [OK[0], OK[1], code, OK[3]])
    }

    fn with_form(self, code: &'static str) -> Case {
        self.is(Outcome::Invalid, [code, UNREAD[0], UNREAD[1], UNREAD[2]])
    }

    fn by_life(self, life: Life) -> Case {
        Case { agreement: Some((agreement(), life)), ..self }
    }

    pub fn judged(&self) -> ReceiptVerdict {
        let region = self.region.map(region);
        let read = self.agreement.as_ref().map(|(text, life)| (Agreement::read(text.as_bytes()).expect("good"), Digest::of(text), *life));
        let facts = ReceiptFacts {
            as_of: Instant(NOW.0 - 3_600),
            fresh_until: Instant(NOW.0 + 82_800),
            expires: Instant(NOW.0 + 90 * 86_400),
            region: region.as_ref(),
            key: self.key,
            accord: read.as_ref().map(|(agreement, digest, life)| Accord { agreement, digest: *digest, life: *life }),
            status: self.status.clone(),
        };
        judge_receipt(&PresentedReceipt::from_text(&self.text).expect("a receipt"), &facts, self.now)
    }

    /// The inputs and the verdict as a vector.
    pub fn vector(&self) -> String {
        let status = match &self.status {
            StatusFact::Known(status, _) => json!({ "known": *status as u8 }),
            StatusFact::Beyond => json!("beyond"),
            StatusFact::Missing(part) => json!({ "missing": part }),
        };
        let life = |life: &Life| json!({ "agreed": life.is_agreed, "superseded_from": life.superseded_from, "ended_on": life.ended_on });
        let inputs = json!({
            "name": self.name, "receipt": self.text, "agreement": self.agreement.as_ref().map(|(text, _)| text),
            "life": self.agreement.as_ref().map_or(Value::Null, |(_, own)| life(own)), "region": self.region.map(region),
            "key": self.key, "status": status, "as_of": NOW.0 - 3_600, "fresh_until": NOW.0 + 82_800, "expires": NOW.0 + 90 * 86_400, "now": self.now,
        });
        // Last and as it is: its bytes count.
        let verdict = serde_json::to_string(&self.judged()).expect("JSON");
        format!(r#"{},"verdict":{verdict}}}"#, inputs.to_string().strip_suffix('}').expect("an object"))
    }
}

fn region(code: &str) -> Region {
    Region { code: RegionCode::parse(code).expect("a region"), name_zh: "江苏省".into(), name_en: "Jiangsu".into(), zone: Zone::CHINA }
}

/// The usual receipt whose decision was changed after it was made.
fn bent(name: &'static str, change: impl FnOnce(&mut Decision)) -> Case {
    let mut decision = decision();
    change(&mut decision);
    Case { text: signed(&decision), ..good(name) }.with_decision(Outcome::Invalid, "receipt.decision_differs")
}

fn check(decision: &mut Decision, name: CheckName) -> &mut Check {
    decision.checks.iter_mut().find(|check| check.check == name).expect("a check")
}

/// Every case.
pub fn all() -> Vec<Case> {
    use Outcome::{Invalid, Undetermined, Valid, ValidAsOf};
    let days = |n: i64| Instant(NOW.0 + n * 86_400);
    let day = |text: &str| Some(Day::parse(text).expect("a day"));
    let other = Signer::from_seed(&[8; 32]);
    let plain = |header: &str| forced(&receipt(&decision()), header, ("rcp_01", "rcp_01"));
    let refused = certificate("refused", r#"{"level":{"min":4}}"#, &[], &[]).decided().0;
    let waived = certificate("waived", r#"{"level":{"min":4}}"#, &[], &[]).waived("HF3100002026K7Q2M9X4TB4", &[CheckName::Level], |_| {});
    let typ = kind("receipt").typ;
    let mut cases = vec![
        good("good"),
        Case { now: days(1), ..good("facts are no longer fresh") }.is(ValidAsOf, OK),
        Case { now: days(-30), ..good("the clock stands before the facts") },
        Case { status: StatusFact::Known(Status::Revoked, None), ..good("revoked") }.with_last(Invalid, "receipt.revoked"),
        Case { status: StatusFact::Known(Status::Suspended, None), ..good("an entry of another state") }.with_last(Invalid, "receipt.revoked"),
        Case { now: days(90), status: StatusFact::Known(Status::Revoked, None), ..good("revoked, facts expired") }
            .with_last(Invalid, "receipt.revoked"),
        Case { now: days(90), ..good("facts expired") }.with_last(Undetermined, "facts.expired"),
        Case { status: StatusFact::Beyond, ..good("newer than the list") }.with_last(Undetermined, "receipt.newer_than_facts"),
        Case { status: StatusFact::Missing("320000/status/2026".into()), ..good("no list") }.with_last(Undetermined, "receipt.status_missing"),
        Case { region: None, key: None, ..good("an unknown region") }.with_signature(Undetermined, "receipt.region_unknown"),
        Case { region: Some("330000"), ..good("facts about another region") }.with_signature(Undetermined, "receipt.region_unknown"),
        Case { key: None, ..good("no key") }.with_signature(Undetermined, "receipt.region_unknown"),
        Case { key: Some(*other.public()), ..good("another key") }.with_signature(Undetermined, "receipt.key_unknown"),
        Case { text: format!("{}{}", plain(&header(typ)).rsplit_once('.').expect("a JWS").0, signature()), ..good("another signature") }
            .with_signature(Invalid, "receipt.signature_wrong"),
        Case { text: plain(&format!(r#"{{"alg":"EdDSA","typ":"{typ}"}}"#)), ..good("a header that names no key") }.with_form("document.header"),
        Case { text: forced(&receipt(&decision()), &header(typ), (r#""id":"#, r#""x":1,"id":"#)), ..good("an unknown member") }
            .with_form("document.unknown"),
        Case { text: forced(&receipt(&refused), &header(typ), ("rcp_01", "rcp_01")), ..good("a decision that refuses") }.with_form("document.member"),
        Case { text: format!("{}.", plain(&header(typ))), ..good("four pieces") }.with_form("jws.parts"),
        Case { agreement: None, ..good("no agreement") }.with_decision(Undetermined, "receipt.agreement_unknown"),
        Case { agreement: Some((recognitions::agreement("certificate", "{}", ""), Life::AGREED)), ..good("another agreement") }
            .with_decision(Undetermined, "receipt.agreement_unknown"),
        good("a party has not signed").by_life(Life { is_agreed: false, ..Life::AGREED }).with_decision(Undetermined, "receipt.agreement_not_signed"),
        good("ended since").by_life(Life { ended_on: day("2026-03-02"), ..Life::AGREED }),
        good("superseded, even from before").by_life(Life { superseded_from: day("2026-02-01"), ..Life::AGREED }),
        Case { text: signed(&waived.decided().0), agreement: Some((waived.agreement.clone(), Life::AGREED)), ..good("a check was waived") }
            .is(Valid, OK),
    ];
    let late = Receipt { at: Instant(NOW.0 + 301), ..receipt(&decision()) };
    let late = late.sign(&signer()).expect("a receipt");
    cases.push(Case { text: late, ..good("signed in the future") }.is(Undetermined, [OK[0], "receipt.signed_in_future", OK[2], OK[3]]));
    cases.extend([
        bent("a grant that there is not", |decision| decision.grant = verifier::documents::GrantId::parse("other").expect("an id")),
        bent("another version", |decision| decision.version = 2),
        bent("a check left out", |decision| decision.checks.retain(|check| check.check != CheckName::Level)),
        bent("another want", |decision| check(decision, CheckName::Level).want = "at least 1".into()),
        bent("a case that the grant does not accept", |decision| {
            if let CaseFacts::Certificate(facts) = &mut decision.case {
                facts.level = Some(verifier::ids::Level::new(2).expect("a level"));
            }
        }),
        bent("a provider that was not listed", |decision| decision.provider.iter_mut().for_each(|on| on.intervals.clear())),
        bent("a day on which the agreement was not in force", |decision| decision.day = Day::parse("2029-01-01").expect("a day")),
        bent("what was not waived", |decision| check(decision, CheckName::Level).waived.push(Digest::of("w"))),
        bent("what may not be waived", |decision| {
            check(decision, CheckName::InForce).waived.push(Digest::of("w"));
            decision.day = Day::parse("2029-01-01").expect("a day");
        }),
    ]);
    cases
}

fn signature() -> String {
    format!(".{}", base64url::encode(&[7; 64]))
}
