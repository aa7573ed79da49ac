//! How receipts look.

use serde::Serialize;
use utoipa::ToSchema;
use verifier::documents::Receipt;

use super::store::{Revocation, Row};
use crate::error::Fault;

/// A receipt.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct View {
    /// Its id.
    #[schema(example = "rcp_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// `issued` or `revoked`.
    #[schema(example = "issued")]
    pub state: String,
    /// Number of the certificate.
    #[schema(example = "HF3200002026K7Q2M9X4TB4")]
    pub number: String,
    /// The region that issued it.
    #[schema(example = "320000")]
    pub origin: String,
    /// Digest of its card.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub card: String,
    /// Digest of the agreement by which it is recognised.
    pub agreement: String,
    /// Id of the grant.
    #[schema(example = "cert-ic")]
    pub grant: String,
    /// Digest of the decision's bytes: GET /v1/recognition/{digest} shows it.
    pub decision: String,
    /// The day of the decision.
    #[schema(example = "2026-11-22")]
    pub day: String,
    /// When it was signed, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub at: i64,
    /// Client id of who asked for it.
    pub by: String,
    /// List and index of its status.
    #[schema(example = json!([12, 0]))]
    pub status: [i64; 2],
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationView>,
    /// `receipt/1`, a compact JWS (docs/formats/recognition.md).
    pub document: String,
}

/// The end of a receipt.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReceiptRevocation)]
pub struct RevocationView {
    /// When, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub at: i64,
    /// Why.
    #[schema(example = "granted by mistake")]
    pub reason: String,
    /// Client id of who asked for it.
    pub by: String,
}

impl View {
    pub(super) fn of(row: Row, revocation: Option<Revocation>) -> Result<View, Fault> {
        let damaged = |e| Fault::text(format!("the stored receipt {}: {e}", row.id));
        let receipt = Receipt::stored(&row.document).map_err(damaged)?;
        let decision = receipt.decision().map_err(damaged)?;
        Ok(View {
            id: row.id,
            state: row.state,
            number: row.number,
            origin: row.origin,
            card: row.card,
            agreement: decision.agreement.to_string(),
            grant: decision.grant.to_string(),
            decision: row.decision,
            day: receipt.day.to_string(),
            at: row.signed_at,
            by: row.signed_by,
            status: [row.status_list, row.status_index],
            revocation: revocation.map(|end| RevocationView { at: end.at, reason: end.reason, by: end.actor }),
            document: row.document,
        })
    }
}
