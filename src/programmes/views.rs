//! How programmes, proposals and redemptions look in an answer. Amounts are hundredths.

use serde::Serialize;
use utoipa::ToSchema;
use verifier::documents::{Programme, Redemption};

use super::store::{Redeemed, Version};
use crate::app::App;
use crate::error::{Fault, Unmet};

/// A version of a programme.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Programme)]
pub struct View {
    /// Id of the programme, the same in all versions.
    #[schema(example = "prg_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// 1, and one more with each later version.
    #[schema(example = 1)]
    pub version: i64,
    /// `sha256:` of the document: what a redemption names.
    pub digest: String,
    /// When it was published, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub published_at: i64,
    /// What the document says, member by member.
    #[schema(value_type = Object)]
    pub terms: Programme,
    /// `programme/1` as the region signed it: a compact JWS.
    pub document: String,
}

/// A programme with its versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProgrammeHistory)]
pub struct History {
    /// Id.
    #[schema(example = "prg_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// `open` or `withdrawn`.
    #[schema(example = "open")]
    pub state: String,
    /// Its versions, the current one first; up to 200.
    pub versions: Vec<View>,
}

/// An amount of a lot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LotPick)]
pub struct PickView {
    /// Id of the lot.
    #[schema(example = "lot_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub lot: String,
    /// Hundredths.
    #[schema(example = 200)]
    pub amount: i64,
}

/// What a learner could redeem for a programme: picks that pass every check, or the checks that cannot be met.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProgrammeProposal)]
pub struct Proposal {
    /// The current version.
    pub programme: View,
    /// Which lots to redeem, those that expire first first; absent when it cannot be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picks: Option<Vec<PickView>>,
    /// What is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Unmet>,
}

/// A redemption.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Redemption)]
pub struct RedemptionView {
    /// Id in this registry.
    #[schema(example = "red_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Id of the programme.
    #[schema(example = "prg_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub programme: String,
    /// Digest of its version.
    pub version: String,
    /// Id of the learner's account.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub learner: String,
    /// Id of the provider that issued the certificate.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: String,
    /// Id of the certificate.
    #[schema(example = "cert_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub certificate: String,
    /// Its number.
    #[schema(example = "HF3100002026K7Q2M9X4TB4")]
    pub number: String,
    /// What was spent.
    pub picks: Vec<PickView>,
    /// Id of the ledger's entry.
    #[schema(example = "ent_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub entry: String,
    /// When, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub redeemed_at: i64,
    /// `sha256:` of the document: the entry's cause and the certificate's basis.
    pub digest: String,
    /// `redemption/1` as the region signed it: a compact JWS.
    pub document: String,
}

impl View {
    /// The view of a row.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn of(app: &App, row: Version) -> Result<View, Fault> {
        let terms = open(app, &row)?;
        Ok(View { id: row.programme_id, version: row.version, digest: row.digest, published_at: row.published_at, terms, document: row.document })
    }
}

/// The document of a version.
pub(super) fn open(app: &App, row: &Version) -> Result<Programme, Fault> {
    let broken = |e| Fault::text(format!("stored document of {}: {e}", row.id));
    Programme::open(&row.document, app.keys.region_signer().public()).map_err(broken)
}

impl Proposal {
    /// The answer for a version: picks, or what is missing.
    pub(super) fn new(programme: View, found: Result<Vec<(String, i64)>, Vec<Unmet>>) -> Proposal {
        match found {
            Ok(picks) => {
                let picks = picks.into_iter().map(|(lot, amount)| PickView { lot, amount }).collect();
                Proposal { programme, picks: Some(picks), missing: Vec::new() }
            }
            Err(missing) => Proposal { programme, picks: None, missing },
        }
    }
}

impl RedemptionView {
    /// The view of a row.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn of(app: &App, row: Redeemed) -> Result<RedemptionView, Fault> {
        let broken = |e| Fault::text(format!("stored document of {}: {e}", row.id));
        let document = Redemption::open(&row.document, app.keys.region_signer().public()).map_err(broken)?;
        let pick = |(lot, amount): &(verifier::documents::LotId, verifier::documents::Amount)| PickView {
            lot: lot.to_string(),
            amount: amount.hundredths(),
        };
        Ok(RedemptionView {
            number: document.certificate.as_str().to_owned(),
            picks: document.picks.iter().map(pick).collect(),
            id: row.id,
            programme: row.programme_id,
            version: row.programme,
            learner: row.learner_id,
            provider: row.provider_id,
            certificate: row.certificate_id,
            entry: row.entry_id,
            redeemed_at: row.redeemed_at,
            digest: row.digest,
            document: row.document,
        })
    }
}
