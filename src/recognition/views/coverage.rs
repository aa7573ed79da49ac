//! How much is recognised elsewhere: exactly, or as everybody is told.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use verifier::ids::{Level, OccupationCode, RegionCode, TypeOfCertificate};
use verifier::verdict::Names;

use crate::recognition::rules::figure::Figure;
use crate::recognition::rules::tally::{Cell, Kind, Tally, share};

/// How much of what this region issued is recognised at the other parties of its agreements.
///
/// Everybody is told of certificates in steps of five: a count is rounded down to a multiple of 5, and 1 to 4 are `<5`. Sums and shares are made from
/// what is told and from nothing else; a sum of small counts alone is `<10` of two of them, and so on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Coverage)]
pub struct CoverageView {
    /// This region.
    #[schema(example = "310000")]
    pub region: String,
    /// The day on which it was counted, and in question.
    #[schema(example = "2026-11-22")]
    pub day: String,
    /// Each other party.
    pub places: Vec<CoveragePlace>,
}

/// How much of it is recognised at one place.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoveragePlace {
    /// The place.
    #[schema(example = "320000")]
    pub to: String,
    /// What it is called, in `zh` and `en`, where its bundle is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub name: Option<Names>,
    /// In all.
    #[serde(flatten)]
    pub sum: CountView,
    /// By kind, those first of which most are not recognised.
    pub kinds: Vec<KindView>,
}

/// Certificates that are neither revoked nor replaced.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = CoverageCount)]
pub struct CountView {
    /// How many were issued.
    pub issued: Figure,
    /// How many of them are recognised.
    pub recognised: Figure,
    /// How many are not.
    pub uncovered: Figure,
    /// The share that is recognised, in hundredths of a percent, rounded down: of those two, `<5` that are not counted as 5. Absent where too few are
    /// recognised to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 8333)]
    pub percent_hundredths: Option<u64>,
}

/// Certificates of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageKind)]
pub struct KindView {
    /// What they certify.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "skill-level")]
    pub kind: TypeOfCertificate,
    /// Occupation code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "6-31-01-03")]
    pub occupation: Option<OccupationCode>,
    /// Rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u8>, example = 3)]
    pub level: Option<Level>,
    /// How many.
    #[serde(flatten)]
    pub count: CountView,
    /// Why most of those that are not recognised are not; absent where fewer than 5 are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<WhyView>,
}

/// Why certificates are not recognised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageWhy)]
pub struct WhyView {
    /// The first check that fails by the grant that is nearest to them; `not-covered` where no grant is about them.
    #[schema(example = "level")]
    pub code: String,
    /// What the check asks, in `zh` and `en`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub words: Names,
}

impl CoverageView {
    /// Each count told as `figure` says, and each place called by its `name`.
    pub(in crate::recognition) fn of(
        region: &RegionCode,
        day: String,
        tally: &Tally,
        name: impl Fn(&RegionCode) -> Option<Names>,
        figure: fn(u64) -> Figure,
    ) -> CoverageView {
        let place = |(to, kinds): (&RegionCode, &BTreeMap<Kind, Cell>)| {
            let mut rows: Vec<KindView> = kinds.iter().map(|(kind, cell)| KindView::of(kind, cell, figure)).collect();
            // By what is told: an order by what was counted would tell more.
            rows.sort_by_key(|row| Reverse(row.count.uncovered));
            CoveragePlace { to: to.to_string(), name: name(to), sum: CountView::sum(&rows), kinds: rows }
        };
        CoverageView { region: region.to_string(), day, places: tally.places().map(place).collect() }
    }
}

impl KindView {
    fn of((kind, occupation, level): &Kind, cell: &Cell, figure: fn(u64) -> Figure) -> KindView {
        let count = CountView::told([cell.count.issued, cell.count.recognised, cell.count.uncovered()].map(figure));
        // Of fewer than that are told nothing more is said.
        let why = cell.mostly().filter(|_| count.uncovered.least() > 0).map(|why| WhyView { code: why.code().to_owned(), words: why.words() });
        KindView { kind: *kind, occupation: occupation.clone(), level: *level, count, why }
    }
}

impl CountView {
    fn sum(rows: &[KindView]) -> CountView {
        let sum = |of: fn(&CountView) -> Figure| Figure::sum(rows.iter().map(|row| of(&row.count)));
        CountView::told([sum(|own| own.issued), sum(|own| own.recognised), sum(|own| own.uncovered)])
    }

    fn told([issued, recognised, uncovered]: [Figure; 3]) -> CountView {
        let percent_hundredths = match recognised {
            Figure::Below(_) => None,
            Figure::Of(part) => Some(share(part, part + uncovered.most())),
        };
        CountView { issued, recognised, uncovered, percent_hundredths }
    }
}
