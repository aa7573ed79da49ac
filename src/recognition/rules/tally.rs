//! Counting certificates by what is recognised of them.

use std::collections::BTreeMap;

use verifier::ids::{Level, OccupationCode, RegionCode, TypeOfCertificate};
use verifier::recognition::{Accord, CaseFacts, Context, accepts};

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

/// Counts by place and kind.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<RegionCode, BTreeMap<Kind, Count>>);

impl Tally {
    /// Of these places; a place where nothing is issued to counts nothing.
    pub fn of(places: impl Iterator<Item = RegionCode>) -> Tally {
        Tally(places.map(|place| (place, BTreeMap::new())).collect())
    }

    /// Adds `n` certificates of a kind to every place, `is_recognised` there or not.
    pub fn add(&mut self, kind: &Kind, n: u64, is_recognised: impl Fn(&RegionCode) -> bool) {
        for (place, kinds) in &mut self.0 {
            if !kinds.contains_key(kind) {
                kinds.insert(kind.clone(), Count::default());
            }
            if let Some(count) = kinds.get_mut(kind) {
                count.issued += n;
                count.recognised += if is_recognised(place) { n } else { 0 };
            }
        }
    }

    /// By place, each with its kinds in order.
    pub fn places(&self) -> impl Iterator<Item = (&RegionCode, &BTreeMap<Kind, Count>)> {
        self.0.iter()
    }
}

impl Count {
    /// Of all of these.
    pub fn sum<'a>(counts: impl Iterator<Item = &'a Count>) -> Count {
        counts.fold(Count::default(), |sum, own| Count { issued: sum.issued + own.issued, recognised: sum.recognised + own.recognised })
    }

    /// How many are not recognised.
    pub fn uncovered(self) -> u64 {
        self.issued - self.recognised
    }

    /// The share that is recognised, in hundredths of a percent, rounded down; 0 of nothing.
    pub fn share(self) -> u64 {
        (self.recognised * 10_000).checked_div(self.issued).unwrap_or(0)
    }
}

/// `83.33` of 8333.
pub fn percent(share: u64) -> String {
    format!("{}.{:02}", share / 100, share % 100)
}

/// Whether any grant of any agreement accepts a case.
pub fn is_recognised(accords: &[Accord<'_>], facts: &CaseFacts, context: &Context<'_>) -> bool {
    accords.iter().any(|accord| accord.agreement.grants.iter().any(|grant| accepts(accord, grant, facts, context)))
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
