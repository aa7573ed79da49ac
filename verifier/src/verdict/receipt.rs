//! The one function that answers "does this receipt stand?". Specified in `docs/formats/recognition.md`.
//!
//! As with certificates, nothing is valid by default: each step must say `ok` by itself.

mod again;

use super::judge::fold;
use super::steps::{CLOCK_TOLERANCE_SECONDS, Finding};
use super::{Names, Note, Outcome, Region, StatusFact, StepResult};
use crate::base64url;
use crate::documents::{Digest, Document, DocumentError, DocumentRule, MAX_BYTES, Receipt};
use crate::jws::{Header, JwsError, PublicKey};
use crate::messages;
use crate::recognition::Accord;
use crate::status::Status;
use crate::time::{Day, Instant};
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// The answer about a receipt. Members are written in this order, so the same inputs give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptVerdict {
    /// The answer in one word.
    pub outcome: Outcome,
    /// The instant up to which the facts are known.
    pub as_of: Instant,
    /// What the receipt says; absent when it cannot be read or its signature is not the region's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptSays>,
    /// Every step in order, each with its own result.
    pub steps: Vec<ReceiptStep>,
    /// What a reader should know besides: old facts, a wrong clock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// What a receipt says. Nothing of it is about a person, and nothing about whether the certificate is still in force: that its card says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptSays {
    /// Its id.
    pub id: String,
    /// The region that recognises.
    pub region: String,
    /// Its name, where the facts have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Names>,
    /// The certificate's number.
    pub number: String,
    /// The region that issued it.
    pub origin: String,
    /// The digest of its card.
    pub card: Digest,
    /// The agreement by which it is recognised.
    pub agreement: Digest,
    /// The grant.
    pub grant: String,
    /// The day of the decision.
    pub day: Day,
    /// When it was signed.
    pub at: Instant,
}

/// One step and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptStep {
    /// Which step.
    pub step: ReceiptStepName,
    /// How it ended.
    pub result: StepResult,
    /// The stable dotted code of the reason.
    pub code: Cow<'static, str>,
    /// The reason in Chinese.
    pub zh: Cow<'static, str>,
    /// The reason in English.
    pub en: Cow<'static, str>,
    /// What the reason is about: a member, a check, a digest, the name of a missing part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The steps in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptStepName {
    /// It can be read, and the decision inside recognises the certificate.
    Form,
    /// The signature is that of the region's key.
    Signature,
    /// The decision is the one to which the agreement leads.
    Decision,
    /// It has not been revoked.
    Status,
}

/// The facts about one receipt. What is absent was not supplied; it is never taken for good.
#[derive(Debug, Clone)]
pub struct ReceiptFacts<'a> {
    /// Up to when the facts are known.
    pub as_of: Instant,
    /// From here on the facts are old, and an answer says so.
    pub fresh_until: Instant,
    /// From here on nothing that may have changed is known.
    pub expires: Instant,
    /// The region that the receipt names.
    pub region: Option<&'a Region>,
    /// That region's key.
    pub key: Option<PublicKey>,
    /// The agreement that the decision names.
    pub accord: Option<Accord<'a>>,
    /// The status of the receipt's entry.
    pub status: StatusFact,
}

/// A text that calls itself a receipt.
#[derive(Debug)]
pub struct PresentedReceipt<'t> {
    text: &'t str,
    read: Result<Receipt, DocumentError>,
}

impl<'t> PresentedReceipt<'t> {
    /// Reads a text whose header says that it is a receipt; `None` for any other.
    pub fn from_text(text: &'t str) -> Option<PresentedReceipt<'t>> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let header = base64url::decode(text.split_once('.')?.0).ok()?;
        Header::parse(&header).ok().filter(|header| header.typ.as_deref() == Some(Receipt::TYP))?;
        Some(PresentedReceipt { text, read: Receipt::stored(text) })
    }

    /// The receipt, to gather facts about. Its signature is not verified yet.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.read.as_ref().ok()
    }
}

/// Judges a receipt by the facts at hand at the instant `now`. Never fails: whatever cannot be said is `undetermined`.
pub fn judge_receipt(presented: &PresentedReceipt<'_>, facts: &ReceiptFacts<'_>, now: Instant) -> ReceiptVerdict {
    // As with certificates, a clock that stands before the facts is wrong.
    let clock_is_behind = now < facts.as_of;
    let now = now.max(facts.as_of);
    let findings = match &presented.read {
        Ok(receipt) => findings_on(presented.text, receipt, facts, now),
        Err(error) => stopped(Finding::failed(error.code()).about(error.about())),
    };
    let [form, signature, ..] = &findings;
    let is_forged = [form, signature].iter().any(|finding| finding.result == StepResult::Failed);
    let receipt = presented.receipt().filter(|_| !is_forged).and_then(|receipt| ReceiptSays::of(receipt, facts));
    let outcome = fold(findings.iter().map(|finding| finding.result), STEPS.len(), now < facts.fresh_until);
    let steps = STEPS.into_iter().zip(findings).map(|(step, finding)| in_words(step, finding)).collect();
    ReceiptVerdict { outcome, as_of: facts.as_of, receipt, steps, notes: Note::of_age(clock_is_behind, now, facts.fresh_until, facts.expires) }
}

const STEPS: [ReceiptStepName; 4] = [ReceiptStepName::Form, ReceiptStepName::Signature, ReceiptStepName::Decision, ReceiptStepName::Status];

/// A form that is not good leaves nothing to look at.
fn stopped(form: Finding) -> [Finding; 4] {
    let rest = || Finding::unchecked("step.form_not_ok");
    [form, rest(), rest(), rest()]
}

fn findings_on(text: &str, receipt: &Receipt, facts: &ReceiptFacts<'_>, now: Instant) -> [Finding; 4] {
    let form = Finding::ok("receipt.form_ok");
    // What nobody is known to have signed is not worth judging.
    let unsigned = |form, signature| {
        let rest = || Finding::unchecked("step.signature_not_ok");
        [form, signature, rest(), rest()]
    };
    let Some(key) = facts.key.filter(|_| facts.region.is_some_and(|region| region.code == receipt.region)) else {
        return unsigned(form, Finding::unchecked("receipt.region_unknown").about(Some(&receipt.region)));
    };
    let signature = match Receipt::open(text, &key) {
        Ok(_) if receipt.at > now.plus_seconds(CLOCK_TOLERANCE_SECONDS) => Finding::unchecked("receipt.signed_in_future").about(Some(receipt.at)),
        Ok(_) => Finding::ok("receipt.signature_ok"),
        Err(error) if error.code() == JwsError::Signature.code() => return unsigned(form, Finding::failed("receipt.signature_wrong")),
        Err(error) if error.code() == DocumentRule::Key.code() => return unsigned(form, Finding::unchecked("receipt.key_unknown")),
        Err(error) => return stopped(Finding::failed(error.code()).about(error.about())),
    };
    [form, signature, decision(receipt, facts), status(facts, now)]
}

/// The decision again, from the agreement. What became of the agreement later takes nothing back.
fn decision(receipt: &Receipt, facts: &ReceiptFacts<'_>) -> Finding {
    // It was read when the receipt was.
    let Ok(decision) = receipt.decision() else { return Finding::failed("receipt.decision_differs") };
    match facts.accord.filter(|accord| accord.digest == decision.agreement) {
        None => Finding::unchecked("receipt.agreement_unknown").about(Some(decision.agreement)),
        Some(accord) if !accord.life.is_agreed => Finding::unchecked("receipt.agreement_not_signed").about(Some(decision.agreement)),
        Some(accord) => match again::differs(&decision, &accord) {
            None => Finding::ok("receipt.decision_ok"),
            Some(member) => Finding::failed("receipt.decision_differs").about(Some(member)),
        },
    }
}

/// The entry of the region's status list. A revocation is final; all else may have changed since the facts expired.
fn status(facts: &ReceiptFacts<'_>, now: Instant) -> Finding {
    match &facts.status {
        StatusFact::Known(status, _) if *status != Status::Valid => Finding::failed("receipt.revoked"),
        _ if now >= facts.expires => Finding::unchecked("facts.expired"),
        StatusFact::Known(..) => Finding::ok("receipt.status_ok"),
        StatusFact::Beyond => Finding::unchecked("receipt.newer_than_facts"),
        StatusFact::Missing(part) => Finding::unchecked("receipt.status_missing").about(Some(part)),
    }
}

fn in_words(step: ReceiptStepName, finding: Finding) -> ReceiptStep {
    let (zh, en) = messages::find(finding.code).map_or(("", ""), |message| (message.zh, message.en));
    ReceiptStep { step, result: finding.result, code: finding.code.into(), zh: zh.into(), en: en.into(), detail: finding.detail }
}

impl ReceiptSays {
    fn of(receipt: &Receipt, facts: &ReceiptFacts<'_>) -> Option<ReceiptSays> {
        let decision = receipt.decision().ok()?;
        let name = |region: &Region| Names { zh: region.name_zh.clone().into(), en: region.name_en.clone().into() };
        Some(ReceiptSays {
            id: receipt.id.to_string(),
            region: receipt.region.to_string(),
            name: facts.region.filter(|region| region.code == receipt.region).map(name),
            number: receipt.number.to_string(),
            origin: receipt.origin.to_string(),
            card: receipt.card,
            agreement: decision.agreement,
            grant: decision.grant.to_string(),
            day: receipt.day,
            at: receipt.at,
        })
    }
}
