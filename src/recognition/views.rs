//! How answers about recognition look.

mod coverage;
mod listing;

use serde::Serialize;
use utoipa::ToSchema;
use verifier::base64url;
use verifier::documents::{Digest, Names, Waiver};
use verifier::recognition::{CheckName, Decision, GrantRef, Recognition, RecognitionOutcome, check_words};

use super::service::Inputs;
use super::store::WaiverRow;
use crate::error::Fault;

pub use coverage::{CountView, CoverageView};
pub use listing::{BodyView, ListingView, PartyView, RecognisedView};

/// The answer to one question.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognitionAnswer)]
pub struct Answer {
    /// The region that is to recognise.
    #[schema(example = "320000")]
    pub place: String,
    /// The day in question.
    #[schema(example = "2026-11-22")]
    pub day: String,
    /// `own`, `recognised`, `refused`, `undetermined`, or `not-covered` where no agreement is about this.
    #[schema(value_type = String, example = "recognised")]
    pub outcome: RecognitionOutcome,
    /// Digest of the agreement that the decision is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// Id of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cert-ic")]
    pub grant: Option<String>,
    /// What the agreement is called, in `zh` and `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub title: Option<Names>,
    /// The decision, where a grant covers the case.
    #[serde(flatten)]
    pub decided: Option<Decided>,
    /// The other grants that accept it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub others: Vec<GrantRef>,
    /// Whether the decision was kept, now or before.
    #[schema(example = false)]
    pub kept: bool,
}

/// A decision with its words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognitionDecided)]
pub struct Decided {
    /// `sha256:` of the decision's bytes: its name.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub digest: String,
    /// `decision/1` (docs/formats/recognition.md).
    #[schema(value_type = Object)]
    pub decision: serde_json::Value,
    /// base64url of its bytes.
    pub document: String,
    /// What each check asks, in its order.
    pub words: Vec<CheckView>,
}

/// A check in words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognitionCheck)]
pub struct CheckView {
    /// Which.
    #[schema(value_type = String, example = "level")]
    pub check: CheckName,
    /// Whether it is met, or was waived.
    #[schema(example = true)]
    pub ok: bool,
    /// In Chinese.
    #[schema(example = "等级在认可范围内")]
    pub zh: String,
    /// In English.
    #[schema(example = "the level is accepted")]
    pub en: String,
}

/// A decision that was kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognitionKept)]
pub struct Kept {
    /// The decision.
    #[serde(flatten)]
    pub decided: Decided,
    /// What it was made from and does not hold.
    pub inputs: Inputs,
    /// When it was kept, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub at: i64,
    /// Client id of who asked.
    pub by: String,
}

/// A waiver.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Waiver)]
pub struct WaiverView {
    /// Its id.
    #[schema(example = "wvr_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// `sha256:` of the document: the name that decisions use.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub digest: String,
    /// The region that recognises all the same.
    #[schema(example = "320000")]
    pub region: String,
    /// Digest of the agreement.
    pub agreement: String,
    /// Id of the grant.
    #[schema(example = "cert-ic")]
    pub grant: String,
    /// A certificate's number, the digest of a lot's basis, or a provider's code.
    #[schema(example = "HF3200002026K7Q2M9X4TB4")]
    pub case: String,
    /// The checks that are waived.
    #[schema(value_type = Vec<String>, example = json!(["level"]))]
    pub checks: Vec<CheckName>,
    /// In what role it was decided.
    #[schema(example = "skills-office")]
    pub role: String,
    /// Why.
    #[schema(example = "紧缺职业人才引进")]
    pub reason: String,
    /// The first day on which it counts.
    #[schema(example = "2026-03-01")]
    pub from: String,
    /// The first day on which it no longer does.
    #[schema(example = "2026-06-01")]
    pub until: String,
    /// When it was signed, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub at: i64,
    /// Client id of who asked for it.
    pub by: String,
    /// `waiver/1`, a compact JWS.
    pub document: String,
}

impl Answer {
    /// What the engine answered, as of `day`; `title` is that of the agreement.
    ///
    /// # Errors
    /// A fault when the decision cannot be written.
    pub fn of(recognition: Recognition, day: String, title: Option<Names>) -> Result<Answer, Fault> {
        let decision = recognition.decision.as_ref();
        Ok(Answer {
            place: recognition.place.as_str().to_owned(),
            day,
            outcome: recognition.outcome,
            agreement: decision.map(|decision| decision.agreement.to_string()),
            grant: decision.map(|decision| decision.grant.to_string()),
            title,
            decided: decision.map(Decided::of).transpose()?,
            others: recognition.others,
            kept: false,
        })
    }
}

impl Decided {
    pub(super) fn of(decision: &Decision) -> Result<Decided, Fault> {
        let bytes = decision.to_bytes();
        let word = |check| {
            let words = check_words(check);
            CheckView { check: check.check, ok: check.ok, zh: words.zh.to_string(), en: words.en.to_string() }
        };
        Ok(Decided {
            digest: Digest::of_bytes(&bytes).to_string(),
            decision: serde_json::from_slice(&bytes).map_err(Fault::new)?,
            document: base64url::encode(&bytes),
            words: decision.checks.iter().map(word).collect(),
        })
    }
}

impl WaiverView {
    pub(super) fn of(row: WaiverRow) -> Result<WaiverView, Fault> {
        let waiver = Waiver::stored(&row.document).map_err(|e| Fault::text(format!("the stored waiver {}: {e}", row.id)))?;
        Ok(WaiverView {
            id: row.id,
            digest: row.digest,
            region: waiver.region.as_str().to_owned(),
            agreement: waiver.agreement.to_string(),
            grant: waiver.grant.to_string(),
            case: waiver.case,
            checks: waiver.checks,
            role: waiver.role,
            reason: waiver.reason,
            from: waiver.from.to_string(),
            until: waiver.until.to_string(),
            at: waiver.at.0,
            by: row.signed_by,
            document: row.document,
        })
    }
}
