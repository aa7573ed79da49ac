//! Counting certificates by what is recognised of them.

use std::collections::BTreeMap;

use verifier::ids::{Level, OccupationCode, RegionCode, TypeOfCertificate, Words};
use verifier::recognition::{Accord, CaseFacts, CheckName, Context, accepts, recognise};
use verifier::verdict::Names;

const NOT_COVERED: Words = Words { zh: "没有互认协议涉及此类证书", en: "no agreement is about this" };

/// Certificates that are told apart.
pub type Kind = (TypeOfCertificate, Option<OccupationCode>, Option<Level>);

/// How many were issued, and how many of them are recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Issued, neither revoked nor replaced.
    pub issued: u64,
    /// Recognised of these.
    pub recognised: u64,
}

/// Certificates of a kind at a place.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// How many.
    pub count: Count,
    /// Why how many are not recognised.
    why: BTreeMap<Why, u64>,
}

/// Why a certificate is not recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// No grant is about it.
    NotCovered,
    /// The grant that is nearest to it asks this, before anything else that is not met.
    Fails(CheckName),
}

/// Counts by place and kind.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<RegionCode, BTreeMap<Kind, Cell>>);

impl Tally {
    /// Of these places; a place where nothing is issued to counts nothing.
    pub fn of(places: impl Iterator<Item = RegionCode>) -> Tally {
        Tally(places.map(|place| (place, BTreeMap::new())).collect())
    }

    /// Adds `n` certificates of a kind to every place; `refused` says why they are not recognised there, if they are not.
    pub fn add(&mut self, kind: &Kind, n: u64, refused: impl Fn(&RegionCode) -> Option<Why>) {
        for (place, kinds) in &mut self.0 {
            if !kinds.contains_key(kind) {
                kinds.insert(kind.clone(), Cell::default());
            }
            if let Some(cell) = kinds.get_mut(kind) {
                cell.count.issued += n;
                match refused(place) {
                    None => cell.count.recognised += n,
                    Some(why) => *cell.why.entry(why).or_default() += n,
                }
            }
        }
    }

    /// By place, each with its kinds in order.
    pub fn places(&self) -> impl Iterator<Item = (&RegionCode, &BTreeMap<Kind, Cell>)> {
        self.0.iter()
    }
}

impl Cell {
    /// Why most of those that are not recognised are not; of reasons that are as frequent the first.
    pub fn mostly(&self) -> Option<Why> {
        self.why.iter().rev().max_by_key(|(_, n)| **n).map(|(why, _)| *why)
    }
}

impl Why {
    /// In one word.
    pub const fn code(self) -> &'static str {
        match self {
            Why::NotCovered => "not-covered",
            Why::Fails(check) => check.as_str(),
        }
    }

    /// What the check asks, or that nothing is about it.
    pub fn words(self) -> Names {
        match self {
            Why::NotCovered => NOT_COVERED.into(),
            Why::Fails(check) => check.words().into(),
        }
    }
}

impl Count {
    /// How many are not recognised.
    pub fn uncovered(self) -> u64 {
        self.issued - self.recognised
    }

    /// The share that is recognised, in hundredths of a percent, rounded down; 0 of nothing.
    pub fn share(self) -> u64 {
        share(self.recognised, self.issued)
    }
}

/// The share of a part in hundredths of a percent, rounded down; 0 of nothing.
pub fn share(part: u64, whole: u64) -> u64 {
    (part * 10_000).checked_div(whole).unwrap_or(0)
}

/// `83.33` of 8333.
pub fn percent(share: u64) -> String {
    format!("{}.{:02}", share / 100, share % 100)
}

/// Why no grant of any agreement accepts a case; none where one does.
pub fn refused_by(accords: &[Accord<'_>], facts: &CaseFacts, context: &Context<'_>) -> Option<Why> {
    if accords.iter().any(|accord| accord.agreement.grants.iter().any(|grant| accepts(accord, grant, facts, context))) {
        return None;
    }
    let nearest = recognise(accords, facts, context).decision;
    Some(nearest.as_ref().and_then(|decision| decision.failed().next()).map_or(Why::NotCovered, |check| Why::Fails(check.check)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact_and_rounded_down() {
        for (recognised, issued, share, text) in
            [(0, 0, 0, "0.00"), (5, 6, 8333, "83.33"), (2, 3, 6666, "66.66"), (7, 7, 10_000, "100.00"), (1, 20_000, 0, "0.00")]
        {
            let count = Count { issued, recognised };
            assert_eq!((count.share(), percent(count.share()).as_str()), (share, text));
        }
    }
}
