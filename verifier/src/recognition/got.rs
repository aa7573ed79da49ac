//! What a check got, in words that are part of the format.

use super::engine::{Held, Walk};
use super::provider::{self, Known};
use super::subject::Subject;
use super::want::joined;
use crate::agreement::State;
use crate::documents::decimal;
use crate::verdict::{Class, Flag};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

/// The most lots that a failed check lists.
const LISTED_MAX: usize = 5;

/// A value, or `none`.
pub(super) fn or_none(value: Option<impl Display>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}

/// What all subjects have: of a certificate or a provider the value; of lots how many are good, and the first that are not.
pub(super) fn each<'a, G: Into<Cow<'static, str>>>(
    walk: &Walk<'a>,
    held: impl Fn(&Subject<'a>) -> Held,
    got: impl Fn(&Subject<'a>) -> G,
) -> Cow<'static, str> {
    let got = |subject: &Subject<'a>| got(subject).into();
    let Some(count) = walk.lot_count() else {
        return walk.facts.subjects().next().map_or(Cow::Borrowed(""), |subject| got(&subject));
    };
    let faults: Vec<Subject<'a>> = walk.facts.subjects().filter(|subject| held(subject) != Held::Yes).collect();
    let told: Vec<String> = faults.iter().take(LISTED_MAX).map(|subject| format!("{} {}", or_none(subject.lot_id()), got(subject))).collect();
    let good = format!("{} of {count}", count - faults.len());
    if told.is_empty() { good.into() } else { format!("{good}: {}", told.join(", ")).into() }
}

pub(super) fn in_force(walk: &Walk<'_>, state: State) -> String {
    let life = walk.accord.life;
    match (state, life.superseded_from, life.ended_on) {
        (State::Superseded, Some(from), _) => format!("superseded from {from}"),
        (State::Ended, _, Some(ended)) => format!("ended on {ended}"),
        _ => walk.context.day.to_string(),
    }
}

pub(super) fn listed(known: &Known<'_>) -> Cow<'static, str> {
    standing(known, |provider, day| {
        let bar = provider.on(day).find_map(provider::bar);
        bar.unwrap_or("listed").into()
    })
}

pub(super) fn class(known: &Known<'_>) -> Cow<'static, str> {
    standing(known, |provider, day| joined(distinct(provider.on(day).map(|own| provider::class(own).map_or("barred", Class::as_str)))).into())
}

pub(super) fn flag(known: &Known<'_>) -> Cow<'static, str> {
    standing(known, |provider, day| joined(distinct(provider.on(day).map(|own| provider::flag(own).map_or("barred", Flag::as_str)))).into())
}

pub(super) fn kind(known: &Known<'_>) -> &'static str {
    match known {
        Known::None => "none",
        Known::Unknown => "unknown",
        Known::On(provider, _) => provider.kind.as_str(),
    }
}

pub(super) fn in_scope(known: &Known<'_>, subject: &Subject<'_>) -> Cow<'static, str> {
    standing(known, |provider, day| {
        let bar = provider.on(day).find_map(|interval| provider::out_of_scope(interval, subject));
        bar.unwrap_or("in scope").into()
    })
}

/// What a provider was on the day, unless it is not known or was nothing.
fn standing(known: &Known<'_>, told: impl Fn(&crate::verdict::Provider, crate::time::Day) -> Cow<'static, str>) -> Cow<'static, str> {
    match known {
        Known::None => "none".into(),
        Known::Unknown => "unknown".into(),
        Known::On(provider, day) if provider.on(*day).next().is_none() => "not listed".into(),
        Known::On(provider, day) => told(provider, *day),
    }
}

fn distinct(words: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    words.for_each(|word| {
        if !seen.contains(&word) {
            seen.push(word);
        }
    });
    seen
}

/// The courses by name with the sums of their lots, and last what has no course.
pub(super) fn all_of(walk: &Walk<'_>) -> String {
    let lots = walk.facts.lots();
    if lots.array_windows().any(|[one, other]| one.scheme != other.scheme) {
        return "several schemes".into();
    }
    let mut sums: BTreeMap<(bool, &str), i128> = BTreeMap::new();
    for lot in lots {
        let course = lot.course.as_ref();
        *sums.entry((course.is_none(), course.map_or("none", |course| course.as_str()))).or_default() += i128::from(lot.amount.hundredths());
    }
    if sums.is_empty() { "nothing".into() } else { joined(sums.iter().map(|((_, course), sum)| format!("{course} {}", decimal(*sum)))) }
}

/// What was used already, and what would come to it.
pub(super) fn limit(used: i128, more: i128) -> String {
    format!("{} + {}", decimal(used), decimal(more))
}
