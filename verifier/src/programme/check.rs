//! Whether picks of lots are what a programme takes.

use super::{LotFacts, Terms, transferable};
use crate::documents::{Programme, decimal};
use crate::ids::RegionCode;
use crate::time::Day;
use crate::verdict::Check;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The most lots that a failed check lists.
const LISTED_MAX: usize = 5;

type Pick = (LotFacts, i64);

/// Every check of a programme of `region` over picks of `(lot, hundredths)`, in this order: `scheme`, `in_force`, `available`, `lot_once`,
/// `unexpired`, `max_age_months`, `level_min`, `course_once`, `at_least:<category>` for each minimum, `transferred_at_most`, `total`. A
/// condition that the programme does not state wants `any`. The picks are good when every check is `ok`.
pub fn check(programme: &Programme, region: &RegionCode, picks: &[Pick], today: Day) -> Vec<Check> {
    let terms = Terms { programme, today };
    let mut lots = BTreeSet::new();
    let mut bases = BTreeMap::new();
    let any = || String::from("any");
    let mut checks = Vec::from([
        each("scheme", programme.scheme.to_string(), picks, |lot, _| (!terms.is_of_scheme(lot)).then(|| lot.scheme.to_string())),
        in_force(programme, today),
        each("available", "0.01 to what is available".into(), picks, |lot, amount| {
            (amount < 1 || amount > lot.available).then(|| format!("{} of {}", decimal(amount.into()), decimal(lot.available.into())))
        }),
        each("lot_once", "each lot once".into(), picks, |lot, _| (!lots.insert(&lot.id)).then(String::new)),
        each("unexpired", format!("after {today}"), picks, |lot, _| (!terms.is_unexpired(lot)).then(|| written(lot.expires_on))),
        each("max_age_months", terms.oldest().map_or_else(any, |day| format!("from {day}")), picks, |lot, _| {
            (!terms.is_fresh(lot)).then(|| lot.earned.to_string())
        }),
        each("level_min", programme.level_min.map_or_else(any, |level| level.rank().to_string()), picks, |lot, _| {
            (!terms.has_level(lot)).then(|| written(lot.level.map(|level| level.rank())))
        }),
        each("course_once", "each course from one basis".into(), picks, |lot, _| {
            let course = lot.course.as_ref()?;
            (*bases.entry(course).or_insert(&lot.basis) != &lot.basis).then(|| course.to_string())
        }),
    ]);
    for minimum in &programme.at_least {
        let got = sum(picks, |lot| lot.category.as_ref() == Some(&minimum.category));
        let want = minimum.amount.hundredths().into();
        checks.push(amounts(&format!("at_least:{}", minimum.category), want, got, got >= want));
    }
    let (most, transferred) = (transferable(programme).into(), sum(picks, |lot| lot.origin != *region));
    checks.push(amounts("transferred_at_most", most, transferred, transferred <= most));
    let (total, got) = (programme.total.hundredths().into(), sum(picks, |_| true));
    checks.push(amounts("total", total, got, got == total));
    checks
}

/// Whether the programme is in force.
pub(super) fn in_force(programme: &Programme, today: Day) -> Check {
    let days = programme.in_force;
    let want = days.through.map_or_else(|| format!("from {}", days.from), |through| format!("{} to {through}", days.from));
    Check { check: "in_force".into(), want, got: today.to_string(), ok: days.covers(today) }
}

/// One check of two amounts.
pub(super) fn amounts(check: &str, want: i128, got: i128, ok: bool) -> Check {
    Check { check: check.into(), want: decimal(want), got: decimal(got), ok }
}

/// One check of every lot; `fault` says what is wrong with one. What it got is how many are good, and the first that are not.
fn each<'a>(check: &str, want: String, picks: &'a [Pick], mut fault: impl FnMut(&'a LotFacts, i64) -> Option<String>) -> Check {
    let faults: Vec<String> =
        picks.iter().filter_map(|(lot, amount)| fault(lot, *amount).map(|what| format!("{} {what}", lot.id).trim_end().into())).collect();
    let count = format!("{} of {}", picks.len() - faults.len(), picks.len());
    let listed = faults.get(..LISTED_MAX).unwrap_or(&faults);
    let got = if listed.is_empty() { count } else { format!("{count}: {}", listed.join(", ")) };
    Check { check: check.into(), want, got, ok: faults.is_empty() }
}

/// Sums never overflow: no memory holds enough picks of 64 bits for that.
fn sum(picks: &[Pick], counts: impl Fn(&LotFacts) -> bool) -> i128 {
    picks.iter().filter(|(lot, _)| counts(lot)).map(|(_, amount)| i128::from(*amount)).sum()
}

fn written(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}
