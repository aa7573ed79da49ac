//! What an operator sends to publish a programme, and a body to redeem credit, and how each becomes values that have been checked.

use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::{
    Amount, Awards, Category, Digest, InForce, LotId, Minimum, Programme, ProgrammeId, ProgrammeKind, Ratio, SchemeId, ValueError,
};
use verifier::ids::{IdError, Level, OccupationCode, Title, TypeOfCertificate};
use verifier::time::Day;

use super::{PICKS_MAX, ProgrammeRefusal};
use crate::error::Refusal;
use crate::ledger::api::NamesInput;
use crate::messages::from_verifier;

/// A programme to be published.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProgrammeInput)]
pub struct Input {
    /// Digest of the version whose place it takes, which must be the current one; absent: a new programme.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub supersedes: Option<String>,
    /// What it is called.
    pub name: NamesInput,
    /// `degree` or `non-degree`.
    #[schema(example = "non-degree")]
    pub kind: String,
    /// The days on which credit can be redeemed for it.
    pub in_force: InForceInput,
    /// A scheme of this region.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// How much it takes, exactly, in hundredths.
    #[schema(example = 1200)]
    pub total: i64,
    /// How much of it must be in some categories; at most 20, which add up to at most the total.
    #[serde(default)]
    pub at_least: Vec<MinimumInput>,
    /// The share of the total that may come from other regions.
    #[schema(value_type = Option<Vec<u16>>, example = json!([1, 2]))]
    pub transferred_at_most: Option<(u16, u16)>,
    /// The least rank of every credit, 0 to 7.
    #[schema(example = 3)]
    pub level_min: Option<u8>,
    /// How many calendar months ago a credit may have been earned, 1 to 1,200.
    #[schema(example = 84)]
    pub max_age_months: Option<u16>,
    /// What is issued for it.
    pub awards: AwardsInput,
}

/// The first and the last day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InForceInput {
    /// The first, `YYYY-MM-DD`.
    #[schema(example = "2026-01-01")]
    pub from: String,
    /// The last; absent: until further notice.
    #[schema(example = "2028-12-31")]
    pub through: Option<String>,
}

/// The least amount in a category.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinimumInput {
    /// One of the scheme's categories.
    #[schema(example = "core")]
    pub category: String,
    /// Hundredths.
    #[schema(example = 600)]
    pub amount: i64,
}

/// The certificate that is issued.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardsInput {
    /// `skill-level`, `qualification`, `training`, `hours`, `title` or `appointment`.
    #[serde(rename = "type")]
    #[schema(example = "skill-level")]
    pub kind: String,
    /// Title of the occupation, course or post.
    #[schema(example = "集成电路装调工")]
    pub title: String,
    /// Occupation code; needed for a skill level.
    #[schema(example = "6-31-01-03")]
    pub occupation: Option<String>,
    /// Rank 0 to 7; needed for a skill level.
    #[schema(example = 3)]
    pub level: Option<u8>,
}

impl Input {
    /// The programme under `id`, as version 1. One that supersedes another gets its id and version from that.
    ///
    /// # Errors
    /// The first field that is wrong, with its rule.
    pub fn read(&self, id: ProgrammeId) -> Result<Programme, Refusal> {
        let in_force = InForce {
            from: day("in_force.from", &self.in_force.from)?,
            through: self.in_force.through.as_deref().map(|text| day("in_force.through", text)).transpose()?,
        };
        let ratio = |(n, d): (u16, u16)| Ratio::new(n, d).map_err(value("transferred_at_most"));
        Ok(Programme {
            id,
            version: 1,
            supersedes: self.supersedes.as_deref().map(Digest::parse).transpose().map_err(value("supersedes"))?,
            name: self.name.read("name")?,
            kind: ProgrammeKind::parse(&self.kind).map_err(value("kind"))?,
            in_force,
            scheme: SchemeId::parse(&self.scheme).map_err(value("scheme"))?,
            total: Amount::new(self.total).map_err(value("total"))?,
            at_least: self.at_least.iter().enumerate().map(|(n, minimum)| minimum.read(n)).collect::<Result<_, _>>()?,
            transferred_at_most: self.transferred_at_most.map(ratio).transpose()?,
            level_min: self.level_min.map(Level::new).transpose().map_err(id_of("level_min"))?,
            max_age_months: self.max_age_months,
            awards: self.awards.read()?,
        })
    }
}

impl MinimumInput {
    fn read(&self, n: usize) -> Result<Minimum, Refusal> {
        let path = |field: &str| format!("at_least[{n}].{field}");
        Ok(Minimum {
            category: Category::parse(&self.category).map_err(value(&path("category")))?,
            amount: Amount::new(self.amount).map_err(value(&path("amount")))?,
        })
    }
}

impl AwardsInput {
    fn read(&self) -> Result<Awards, Refusal> {
        Ok(Awards {
            kind: TypeOfCertificate::parse(&self.kind).map_err(id_of("awards.type"))?,
            title: Title::parse(&self.title).map_err(id_of("awards.title"))?,
            occupation: self.occupation.as_deref().map(OccupationCode::parse).transpose().map_err(id_of("awards.occupation"))?,
            level: self.level.map(Level::new).transpose().map_err(id_of("awards.level"))?,
        })
    }
}

/// Credit to be redeemed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedemptionInput {
    /// Id of the learner's account.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub learner: String,
    /// Id of the provider that issues the certificate. An operator must say; a provider's client may leave it out.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: Option<String>,
    /// Digest of the version that the picks were made for; it must be the current one.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub programme: String,
    /// What is spent: 1 to 1,000 lots, each once.
    pub picks: Vec<PickInput>,
}

/// An amount of a lot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LotPickInput)]
pub struct PickInput {
    /// Id of the lot.
    #[schema(example = "lot_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub lot: String,
    /// Hundredths.
    #[schema(example = 200)]
    pub amount: i64,
}

/// A redemption as it is asked for, every field checked by itself.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Id of the programme.
    pub programme: String,
    /// Digest of the version.
    pub version: Digest,
    /// Id of the learner's account.
    pub learner: String,
    /// What is spent; each lot once.
    pub picks: Vec<(LotId, Amount)>,
}

impl RedemptionInput {
    /// What is wanted of programme `id`.
    ///
    /// # Errors
    /// `document.digest_shape`, `document.id_shape`, `document.amount_range`, `programmes.picks`.
    pub fn read(&self, id: String) -> Result<Wanted, Refusal> {
        if !(1..=PICKS_MAX).contains(&self.picks.len()) {
            return Err(ProgrammeRefusal::Picks.at("picks").got(format!("{} picks", self.picks.len())));
        }
        let mut picks: Vec<(LotId, Amount)> = Vec::with_capacity(self.picks.len());
        for (n, pick) in self.picks.iter().enumerate() {
            let lot = LotId::parse(&pick.lot).map_err(value(&format!("picks[{n}].lot")))?;
            if picks.iter().any(|(earlier, _)| *earlier == lot) {
                return Err(ProgrammeRefusal::Picks.at(format!("picks[{n}].lot")));
            }
            picks.push((lot, Amount::new(pick.amount).map_err(value(&format!("picks[{n}].amount")))?));
        }
        let version = Digest::parse(&self.programme).map_err(value("programme"))?;
        Ok(Wanted { programme: id, version, learner: self.learner.clone(), picks })
    }
}

fn value(field: &str) -> impl Fn(ValueError) -> Refusal {
    move |e| from_verifier(field, e.code())
}

fn id_of(field: &str) -> impl Fn(IdError) -> Refusal {
    move |e| from_verifier(field, e.code())
}

fn day(field: &str, text: &str) -> Result<Day, Refusal> {
    Day::parse(text).map_err(|e| from_verifier(field, e.code()))
}
