//! What a check wants, in words that are part of the format.

use crate::agreement::{Accept, CourseAmount, Days, Grant, LevelRange};
use crate::documents::{Category, InForce};
use alloc::format;
use alloc::string::String;
use core::fmt::{Display, Write};

/// How long a list commonly is.
const LENGTH: usize = 32;

/// `A, B`.
pub(super) fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut all = String::with_capacity(LENGTH);
    join(&mut all, items);
    all
}

fn join<T: Display>(all: &mut String, items: impl IntoIterator<Item = T>) {
    let mut between = "";
    for item in items {
        all.push_str(between);
        between = ", ";
        // A String takes whatever is written to it.
        let _ = write!(all, "{item}");
    }
}

pub(super) fn in_force(days: InForce) -> String {
    match days.through {
        Some(through) => format!("{} to {through}", days.from),
        None => format!("from {}", days.from),
    }
}

pub(super) fn parties(grant: &Grant) -> String {
    let mut all = String::with_capacity(2 * LENGTH);
    join(&mut all, &grant.from);
    all.push_str(" to ");
    join(&mut all, &grant.to);
    all
}

/// The categories that are accepted and have a counterpart; `none` first where a lot without category is good.
pub(super) fn category(accept: &Accept, grant: &Grant) -> String {
    let counterparts = grant.convert.as_ref().map(|convert| convert.category.as_slice()).unwrap_or_default();
    if accept.categories.is_empty() {
        return joined(["none"].into_iter().chain(counterparts.iter().map(|(from, _)| from.as_str())));
    }
    let has_counterpart = |category: &Category| counterparts.is_empty() || counterparts.iter().any(|(from, _)| from == category);
    joined(accept.categories.iter().filter(|category| has_counterpart(category)))
}

pub(super) fn level(range: LevelRange) -> String {
    match (range.min, range.max) {
        (Some(min), Some(max)) => format!("{} to {}", min.rank(), max.rank()),
        (Some(min), None) => format!("at least {}", min.rank()),
        (None, Some(max)) => format!("at most {}", max.rank()),
        (None, None) => "any".into(),
    }
}

pub(super) fn days(days: Days) -> String {
    match (days.from, days.through) {
        (Some(from), Some(through)) => format!("{from} to {through}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(through)) => format!("through {through}"),
        (None, None) => "any".into(),
    }
}

pub(super) fn all_of(courses: &[CourseAmount]) -> String {
    joined(courses.iter().map(|own| format!("{} {}", own.course, own.amount)))
}
