//! How a certificate looks in an answer. The id number is never in it; the card, which has its last four characters, is.

use serde::Serialize;
use utoipa::ToSchema;

use super::draft::{Credit, Extra};
use super::store::{Event, Row};
use crate::error::Fault;
use crate::ledger::LotView;

/// A certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub struct View {
    /// Id in this registry.
    #[schema(example = "cert_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Number, opaque.
    #[schema(example = "S000031000026000001")]
    pub number: String,
    /// Id of the provider.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: String,
    /// What it certifies.
    #[serde(rename = "type")]
    #[schema(example = "skill-level")]
    pub kind: String,
    /// Whose it is, the id masked.
    pub holder: HolderView,
    /// Occupation code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Rank 0..7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
    /// Grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Day of the assessment.
    #[schema(example = "2026-10-18")]
    pub assessed_on: String,
    /// When it was issued, unix seconds.
    #[schema(example = 1795276800)]
    pub issued_at: i64,
    /// First day on which it is no longer valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// `issued`, `suspended`, `revoked` or `replaced`.
    #[schema(example = "issued")]
    pub status: String,
    /// Where its status is published.
    pub status_entry: StatusEntry,
    /// Id of the certificate it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Number of its successor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The standard that was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// SHA-256 of the assessment's records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<String>,
    /// Credits it declares.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// Digest of the redemption that it was issued for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// The credit that it minted, as it stands today: each lot is followed by those of earlier evaluations of which something has gone or was
    /// spent. Not in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<LotView>,
    /// The certificate of record: a compact JWS.
    pub card: String,
    /// What its QR says.
    pub qr_text: String,
    /// What happened since it was issued, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventView>,
}

/// The holder, as far as an answer shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolderView {
    /// Name.
    #[schema(example = "欧阳静")]
    pub name: String,
    /// Kind of the id document.
    #[schema(example = "resident")]
    pub id_type: String,
    /// Its last four characters.
    #[schema(example = "002X")]
    pub id_last4: String,
}

/// A place in a status list.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusEntry {
    /// Number of the list.
    #[schema(example = 1)]
    pub list: i64,
    /// Index in it.
    #[schema(example = 0)]
    pub index: i64,
}

/// A change of state.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// `suspended`, `reinstated`, `revoked` or `replaced`.
    #[schema(example = "suspended")]
    pub kind: String,
    /// When, unix seconds.
    pub at: i64,
    /// Why.
    #[schema(example = "records under review")]
    pub reason: String,
    /// Client id of who did it.
    pub by: String,
}

/// A certificate as its own holder sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnCertificate)]
pub struct Mine {
    /// Id in this registry.
    #[schema(example = "cert_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Number, opaque.
    #[schema(example = "S000031000026000001")]
    pub number: String,
    /// What it certifies.
    #[serde(rename = "type")]
    #[schema(example = "skill-level")]
    pub kind: String,
    /// Id of the provider.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: String,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "电工")]
    pub title: Option<String>,
    /// Rank 0..7.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    pub level: Option<i64>,
    /// Grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "good")]
    pub grade: Option<String>,
    /// Day of the assessment.
    #[schema(example = "2026-10-18")]
    pub assessed_on: String,
    /// First day on which it is no longer valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2030-01-01")]
    pub valid_until: Option<String>,
    /// `issued`, `suspended`, `revoked` or `replaced`.
    #[schema(example = "issued")]
    pub status: String,
    /// What its QR says: the address at which anybody verifies it.
    pub qr_text: String,
}

impl Mine {
    /// The holder's view of a certificate.
    pub fn of(view: View) -> Mine {
        let View { id, number, kind, provider, title, level, grade, assessed_on, valid_until, status, qr_text, .. } = view;
        Mine { id, number, kind, provider, title, level, grade, assessed_on, valid_until, status, qr_text }
    }
}

/// A page of certificates, without their events.
pub type Answer = crate::http::page::Page<View>;

impl View {
    /// The view of `row` with its `events`; `prefix` is what stands before the digits of a QR.
    ///
    /// # Errors
    /// A fault when the stored card or JSON cannot be read: the row was changed outside this program.
    pub fn new(row: Row, events: Vec<Event>, prefix: &str) -> Result<View, Fault> {
        let card = verifier::card::Card::parse(&row.card).map_err(|e| Fault::text(format!("stored card of {}: {e}", row.id)))?;
        let extra: Extra = serde_json::from_str(&row.extra).map_err(Fault::new)?;
        let claims = card.claims();
        Ok(View {
            holder: HolderView { name: claims.nam.as_str().to_owned(), id_type: row.id_kind, id_last4: claims.id4.as_str().to_owned() },
            qr_text: format!("{prefix}{}", verifier::hf1::encode(&card)),
            id: row.id,
            number: row.number,
            provider: row.provider_id,
            kind: row.kind,
            occupation: row.occupation,
            title: row.title,
            level: row.level,
            grade: row.grade,
            assessed_on: row.assessed_on,
            issued_at: row.issued_at,
            valid_until: row.valid_until,
            status: row.status,
            status_entry: StatusEntry { list: row.status_list, index: row.status_index },
            replaces: row.replaces,
            replaced_by: row.replaced_by,
            standard: extra.standard,
            evidence_digest: extra.evidence_digest,
            credits: extra.credits,
            basis: extra.basis,
            lots: Vec::new(),
            card: row.card,
            events: events.into_iter().map(|e| EventView { kind: e.kind, at: e.at, reason: e.reason, by: e.actor }).collect(),
        })
    }
}
