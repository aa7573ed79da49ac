//! Where a body is recognised, and which bodies of other regions are recognised here.

use serde::Serialize;
use utoipa::ToSchema;
use verifier::documents::Names;
use verifier::ids::RegionCode;
use verifier::recognition::{Accord, Candidate, listed};
use verifier::time::Day;
use verifier::verdict::{self, Class, Flag, Provider, ProviderKind, Scope, Standing};

/// Where a body is recognised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderRecognition)]
pub struct ListingView {
    /// Credit code of the body.
    #[schema(example = "91310000MA1FL0007C")]
    pub provider: String,
    /// The region that lists it.
    #[schema(example = "310000")]
    pub region: String,
    /// The day in question.
    #[schema(example = "2026-11-22")]
    pub day: String,
    /// Each place that was asked.
    pub places: Vec<PlaceView>,
}

/// Whether a place recognises a body.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderRecognitionPlace)]
pub struct PlaceView {
    /// The region that is to recognise.
    #[schema(example = "320000")]
    pub place: String,
    /// What it is called, in `zh` and `en`, where its bundle is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub name: Option<verdict::Names>,
    /// Whether it does, by any grant.
    #[schema(example = true)]
    pub recognised: bool,
    /// The grants by which it does.
    pub by: Vec<ByView>,
}

/// A grant by which a body is recognised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderRecognitionGrant)]
pub struct ByView {
    /// Digest of the agreement.
    pub agreement: String,
    /// What it is called, in `zh` and `en`.
    #[schema(value_type = Object)]
    pub title: Names,
    /// Id of the grant.
    #[schema(example = "bodies")]
    pub grant: String,
    /// The first day since which it is recognised without a gap.
    #[schema(example = "2026-01-01")]
    pub since: String,
    /// For what: its own scope, cut to what the grant takes. An empty list is no condition.
    #[schema(value_type = Object)]
    pub scope: Scope,
}

/// The bodies of other regions that are recognised here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognisedProviders)]
pub struct RecognisedView {
    /// The day in question.
    #[schema(example = "2026-11-22")]
    pub day: String,
    /// The other parties of this region's agreements.
    pub regions: Vec<PartyView>,
    /// The bodies, by region and credit code.
    pub items: Vec<BodyView>,
    /// Cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A party of an agreement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognisedProvidersRegion)]
pub struct PartyView {
    /// Its code.
    #[schema(example = "320000")]
    pub region: String,
    /// What it is called, in `zh` and `en`, where its bundle is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub name: Option<verdict::Names>,
}

/// A body of another region that is recognised here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecognisedProvider)]
pub struct BodyView {
    /// The region that lists it.
    #[schema(example = "320000")]
    pub region: String,
    /// Unified social credit code.
    #[schema(example = "91310000MA1FL0007C")]
    pub credit_code: String,
    /// Chinese name.
    #[schema(example = "江苏示例职业技能评价中心")]
    pub name_zh: String,
    /// English name.
    #[schema(example = "Jiangsu Example Assessment Centre")]
    pub name_en: String,
    /// `employer`, `social` or `school`.
    #[schema(value_type = String, example = "social")]
    pub kind: ProviderKind,
    /// Its class there.
    #[schema(value_type = String, example = "A")]
    pub class: Class,
    /// Its flag there.
    #[schema(value_type = String, example = "green")]
    pub flag: Flag,
    /// The grants by which it is recognised here.
    pub by: Vec<ByView>,
}

/// The grants by which a place recognises a body on a day.
fn by(accords: &[Accord<'_>], candidate: &Candidate<'_>, day: Day) -> Vec<ByView> {
    let grants = accords.iter().flat_map(|accord| accord.agreement.grants.iter().map(move |grant| (accord, grant)));
    let view = |(accord, grant): (&Accord<'_>, &verifier::agreement::Grant)| {
        let listed = listed(accord, grant, candidate, day)?;
        Some(ByView {
            agreement: accord.digest.to_string(),
            title: accord.agreement.title.clone(),
            grant: grant.id.to_string(),
            since: listed.since.to_string(),
            scope: listed.scope,
        })
    };
    grants.filter_map(view).collect()
}

impl ListingView {
    /// Of a body at each of `places`. The place of `candidate` does not matter.
    pub fn of(
        accords: &[Accord<'_>],
        candidate: &Candidate<'_>,
        places: &[RegionCode],
        day: Day,
        name: impl Fn(&RegionCode) -> Option<verdict::Names>,
    ) -> ListingView {
        let at = |place: &RegionCode| {
            let by = by(accords, &Candidate { place, ..*candidate }, day);
            PlaceView { place: place.to_string(), name: name(place), recognised: !by.is_empty(), by }
        };
        let (provider, region) = (candidate.provider.code.to_string(), candidate.origin.to_string());
        ListingView { provider, region, day: day.to_string(), places: places.iter().map(at).collect() }
    }
}

impl BodyView {
    /// A body as the place of `candidate` recognises it; none where it does not.
    pub(in crate::recognition) fn of(accords: &[Accord<'_>], candidate: &Candidate<'_>, day: Day) -> Option<BodyView> {
        let by = by(accords, candidate, day);
        let Provider { code, name_zh, name_en, kind, .. } = candidate.provider;
        let (class, flag) = candidate.provider.on(day).find_map(|interval| match &interval.standing {
            Standing::Listed { class, flag, .. } => Some((*class, *flag)),
            Standing::Barred => None,
        })?;
        let (region, credit_code) = (candidate.origin.to_string(), code.to_string());
        let view = BodyView { region, credit_code, name_zh: name_zh.clone(), name_en: name_en.clone(), kind: *kind, class, flag, by };
        (!view.by.is_empty()).then_some(view)
    }
}
