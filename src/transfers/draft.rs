//! What a request says is to move, every field checked by itself.

use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::{Amount, Digest, GrantId, LotId, ValueError};
use verifier::ids::RegionCode;
use verifier::transfer::LOTS_MAX;

use super::{TransferRefusal, Wanted};
use crate::error::Refusal;
use crate::messages::from_verifier;

/// What is to move, by an agreement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferInput)]
pub struct Input {
    /// Id of the learner's account. Left out under `/v1/account`, where it is the one who is signed in.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    learner: Option<String>,
    /// The region that is to book it.
    #[schema(example = "320000")]
    to: String,
    /// Digest of the agreement.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    agreement: String,
    /// Id of the grant.
    #[schema(example = "credit-sh-js")]
    grant: String,
    /// 1 to 100 lots, each once.
    lots: Vec<LotInput>,
}

/// An amount of a lot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferLotInput)]
pub struct LotInput {
    /// Id of the lot.
    #[schema(example = "lot_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    lot: String,
    /// Hundredths.
    #[schema(example = 200)]
    amount: i64,
}

impl Input {
    /// What is wanted; of `own`, where a learner is signed in.
    ///
    /// # Errors
    /// `transfers.learner`, `transfers.lots`, `ids.region_*`, `document.*`.
    pub fn read(&self, own: Option<&str>) -> Result<Wanted, Refusal> {
        let learner = match (self.learner.as_deref(), own) {
            (Some(learner), None) | (None, Some(learner)) => learner.to_owned(),
            (None, None) | (Some(_), Some(_)) => return Err(TransferRefusal::Learner.at("learner")),
        };
        if !(1..=LOTS_MAX).contains(&self.lots.len()) {
            return Err(TransferRefusal::Lots.at("lots").got(format!("{} lots", self.lots.len())));
        }
        let mut lots: Vec<(LotId, Amount)> = Vec::with_capacity(self.lots.len());
        for (n, asked) in self.lots.iter().enumerate() {
            let lot = LotId::parse(&asked.lot).map_err(value(&format!("lots[{n}].lot")))?;
            if lots.iter().any(|(earlier, _)| *earlier == lot) {
                return Err(TransferRefusal::Lots.at(format!("lots[{n}].lot")));
            }
            lots.push((lot, Amount::new(asked.amount).map_err(value(&format!("lots[{n}].amount")))?));
        }
        Ok(Wanted {
            learner,
            to: RegionCode::parse(&self.to).map_err(|e| from_verifier("to", e.code()))?,
            agreement: Digest::parse(&self.agreement).map_err(value("agreement"))?,
            grant: GrantId::parse(&self.grant).map_err(value("grant"))?,
            lots,
        })
    }
}

fn value(field: &str) -> impl Fn(ValueError) -> Refusal {
    move |e| from_verifier(field, e.code())
}
