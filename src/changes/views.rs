//! How a change looks in an answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::store::{Refused, Row};
use crate::error::Fault;
use crate::messages;

/// A change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CertificateChange)]
pub struct View {
    /// Id.
    #[schema(example = "chg_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Id of the provider.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: String,
    /// `suspend`, `reinstate` or `revoke`.
    #[schema(example = "revoke")]
    pub step: String,
    /// Why.
    #[schema(example = "records of the assessment were forged")]
    pub reason: String,
    /// Which certificates: the batch, the filter, or how many numbers.
    pub source: Value,
    /// `proposed` (what it would do is counted), `previewed`, `approved`, `done`, `done_with_refusals` or `cancelled`.
    #[schema(example = "previewed")]
    pub state: String,
    /// Certificates that could take the step when it was proposed.
    #[schema(example = 1_203)]
    pub certificates: i64,
    /// The first of their numbers.
    #[schema(example = json!(["S000031000026000001"]))]
    pub sample: Vec<String>,
    /// SHA-256 over all their numbers, a line each, in order of issue.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub digest: String,
    /// What a revocation does to credit, scheme by scheme.
    pub effect: Vec<Effect>,
    /// Certificates that have taken the step.
    #[schema(example = 0)]
    pub done: i64,
    /// Certificates that could not take it any more.
    #[schema(example = 0)]
    pub refused: i64,
    /// Whether somebody else than who proposed it must approve.
    pub second_person: bool,
    /// When it was proposed, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub created_at: i64,
    /// Client id of who proposed it.
    pub created_by: String,
    /// Client id of who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<i64>,
    /// What came of it, the document that the evidence commits to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Value>,
}

/// What becomes of the credit of one scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CertificateChangeEffect)]
pub struct Effect {
    /// Scheme.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// Lots.
    #[schema(example = 1_203)]
    pub lots: i64,
    /// Hundredths that are not spent, and are taken back.
    #[schema(example = 240_600)]
    pub available: i64,
    /// Hundredths that were spent on programmes, which is noted.
    #[schema(example = 0)]
    pub redeemed: i64,
    /// Hundredths that are on their way to other regions or have gone there.
    #[schema(example = 0)]
    pub away: i64,
}

/// A certificate that could not take the step.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CertificateChangeRefusal)]
pub struct RefusalView {
    /// Its number.
    #[schema(example = "S000031000026000001")]
    pub number: String,
    /// The code.
    #[schema(example = "certificates.final")]
    pub code: String,
    /// What it means, in Chinese.
    pub zh: String,
    /// What it means, in English.
    pub en: String,
}

impl View {
    /// The view of a change; `above` is the provider's rule, `receipt` what came of it.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn new(row: Row, above: Option<i64>, receipt: Option<String>) -> Result<View, Fault> {
        let state = if row.state == "done" && row.refused > 0 { "done_with_refusals" } else { &row.state };
        Ok(View {
            state: state.to_owned(),
            source: serde_json::from_str(&row.source).map_err(Fault::new)?,
            sample: serde_json::from_str(&row.sample).map_err(Fault::new)?,
            effect: serde_json::from_str(&row.effect).map_err(Fault::new)?,
            receipt: receipt.map(|text| serde_json::from_str(&text)).transpose().map_err(Fault::new)?,
            second_person: above.is_some_and(|above| row.total > above),
            id: row.id,
            provider: row.provider_id,
            step: row.step,
            reason: row.reason,
            certificates: row.total,
            digest: row.digest,
            done: row.done,
            refused: row.refused,
            created_at: row.created_at,
            created_by: row.created_by,
            approved_by: row.approved_by,
            finished_at: row.finished_at,
        })
    }

    /// Whether what it would do is counted, or will be.
    pub fn is_counting(&self) -> bool {
        self.state == "proposed"
    }

    /// Whether the certificates take the step, or will.
    pub fn is_being_done(&self) -> bool {
        self.state == "approved"
    }
}

impl RefusalView {
    /// The view of what is kept.
    pub fn of(refused: Refused) -> RefusalView {
        let reason = messages::of(&refused.code);
        let (zh, en) = reason.map_or_else(|| (refused.code.clone(), refused.code.clone()), |reason| (reason.zh.to_owned(), reason.en.to_owned()));
        RefusalView { number: refused.number, code: refused.code, zh, en }
    }
}
