//! Whether sums of lots can meet a programme, and what is still to be met.
//!
//! With no two lots of one course, sums decide. Let a category have a minimum `m`, and lots that sum to `own` and, those of other regions
//! included, to `all`; let `share` be what may be transferred. A choice of amounts exists if and only if
//! 1. each category has enough: `all >= m`;
//! 2. what own lots lack may be transferred: the sum of `max(0, m - own)` over the categories is at most `share`;
//! 3. there is enough in all: `min(all, own + share)`, of all lots, is at least the total;
//! 4. the minima add up to at most the total.
//!
//! Each is necessary. Together they suffice: cover each minimum with own lots first and with transferred ones for the rest, which 1 and 2
//! allow; then add own lots, and transferred ones up to the share, one hundredth at a time: by 3 and 4 the total is reached on the way.

use super::check::amounts;
use super::{LotFacts, transferable};
use crate::documents::{Category, Programme};
use crate::verdict::Check;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

/// What is still to be met, in hundredths.
pub(super) struct Need<'a> {
    total: i64,
    transferable: i64,
    minima: Vec<(&'a Category, i64)>,
}

/// A lot of which at most `amount` can be of use.
pub(super) struct Lot<'a> {
    pub facts: &'a LotFacts,
    pub amount: i64,
    /// The place of its category among the minima.
    minimum: Option<usize>,
    is_own: bool,
}

/// Amounts of several lots: place 0 is of all of them, and one place further each of those in a category with a minimum.
#[derive(Clone)]
pub(super) struct Sums {
    own: Vec<i64>,
    all: Vec<i64>,
}

impl<'a> Need<'a> {
    pub fn of(programme: &'a Programme) -> Need<'a> {
        let minima = programme.at_least.iter().map(|minimum| (&minimum.category, minimum.amount.hundredths()));
        Need { total: programme.total.hundredths(), transferable: transferable(programme), minima: minima.collect() }
    }

    /// A lot as it counts here. No lot gives more than the total, so sums stay small.
    pub fn lot(&self, facts: &'a LotFacts, is_own: bool) -> Lot<'a> {
        let minimum = self.minima.iter().position(|(category, _)| facts.category.as_ref() == Some(category));
        Lot { facts, amount: facts.available.min(self.total), minimum, is_own }
    }

    pub fn no_lots(&self) -> Sums {
        let zeros = vec![0; self.minima.len() + 1];
        Sums { own: zeros.clone(), all: zeros }
    }

    /// Whether lots of these sums can meet it.
    pub fn is_met_by(&self, sums: &Sums) -> bool {
        let enough = self.minima.iter().zip(sums.all.iter().skip(1)).all(|((_, least), all)| all >= least);
        enough && self.lacking(sums) <= self.transferable && self.minima() <= self.total && self.most(sums) >= self.total
    }

    /// The checks that lots of these sums cannot meet, with the most, or least, that they can come to.
    pub fn unmet_by(&self, sums: &Sums) -> Vec<Check> {
        let minima = self
            .minima
            .iter()
            .zip(sums.all.iter().skip(1))
            .map(|((category, least), all)| (format!("at_least:{category}"), *least, *all, all >= least));
        let lacking = self.lacking(sums);
        let transferred = ("transferred_at_most".into(), self.transferable, lacking, lacking <= self.transferable);
        let total = if self.minima() > self.total { self.minima() } else { self.most(sums).min(self.total) };
        let rest = [transferred, ("total".into(), self.total, total, total == self.total)];
        minima.chain(rest).filter(|(.., ok)| !ok).map(|(check, want, got, ok)| amounts(&check, want.into(), got.into(), ok)).collect()
    }

    /// Takes as much of a lot as leaves the rest to be met by the lots after it, whose sums are `after`.
    pub fn take(&mut self, lot: &Lot<'_>, after: &Sums) -> i64 {
        let minimum = lot.minimum.and_then(|at| self.minima.get(at)).map_or(0, |(_, least)| *least);
        // Of what no minimum claims, and of its own one, everything may be from this lot.
        let mut amount = lot.amount.min(minimum + self.total - self.minima());
        if !lot.is_own {
            // What may be transferred is first for the categories in which own lots are too few.
            let own = lot.minimum.and_then(|at| after.own.get(at + 1)).copied().unwrap_or_default();
            amount = amount.min((minimum - own).max(0) + self.transferable - self.lacking(after));
            self.transferable -= amount;
        }
        self.total -= amount;
        if let Some((_, least)) = lot.minimum.and_then(|at| self.minima.get_mut(at)) {
            *least = (*least - amount).max(0);
        }
        amount
    }

    fn minima(&self) -> i64 {
        self.minima.iter().map(|(_, least)| least).sum()
    }

    /// What own lots lack of the minima, and so must be transferred.
    fn lacking(&self, sums: &Sums) -> i64 {
        self.minima.iter().zip(sums.own.iter().skip(1)).map(|((_, least), own)| (least - own).max(0)).sum()
    }

    /// The most that lots can come to within the share that may be transferred.
    fn most(&self, sums: &Sums) -> i64 {
        let [own, all] = [&sums.own, &sums.all].map(|sums| sums.first().copied().unwrap_or_default());
        all.min(own + self.transferable)
    }
}

impl Sums {
    pub fn add(&mut self, lot: &Lot<'_>) {
        self.change(lot, lot.amount);
    }

    pub fn remove(&mut self, lot: &Lot<'_>) {
        self.change(lot, -lot.amount);
    }

    fn change(&mut self, lot: &Lot<'_>, amount: i64) {
        for at in [Some(0), lot.minimum.map(|at| at + 1)].into_iter().flatten() {
            for sum in [Some(&mut self.all), lot.is_own.then_some(&mut self.own)].into_iter().flatten().filter_map(|sums| sums.get_mut(at)) {
                *sum += amount;
            }
        }
    }

    /// Puts one part of the sums in the place of another.
    pub fn exchange(&mut self, gone: &Sums, come: &Sums) {
        self.each_with(gone, |sum, gone| *sum -= gone);
        self.each_with(come, |sum, come| *sum += come);
    }

    /// The larger of either, place by place.
    pub fn raise_to(&mut self, other: &Sums) {
        self.each_with(other, |sum, other| *sum = (*sum).max(other));
    }

    fn each_with(&mut self, other: &Sums, change: impl Fn(&mut i64, i64)) {
        let pairs = self.own.iter_mut().zip(&other.own).chain(self.all.iter_mut().zip(&other.all));
        pairs.for_each(|(sum, other)| change(sum, *other));
    }
}
