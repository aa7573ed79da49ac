//! For what, and since when, a grant lets a body of another region work here.

use super::{Accord, CaseFacts, Context, ProviderFacts, accepts};
use crate::agreement::{Accept, Grant, Moves, ProviderTerms};
use crate::documents::{Digest, Waiver};
use crate::ids::{Level, OccupationPrefix, RegionCode};
use crate::time::Day;
use crate::verdict::{Interval, Provider, Scope, Standing};
use alloc::vec::Vec;

/// A body, where it is listed, and the region that is asked.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// The body with its history.
    pub provider: &'a Provider,
    /// The region that lists it.
    pub origin: &'a RegionCode,
    /// The region that is asked.
    pub place: &'a RegionCode,
    /// Waivers of that region.
    pub waivers: &'a [(Digest, Waiver)],
}

/// What a body may do under a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The first day since which it may without a gap.
    pub since: Day,
    /// Its own scope, cut to what the grant takes.
    pub scope: Scope,
}

/// What a body may do on a day under a grant; none where it may not.
pub fn listed(accord: &Accord<'_>, grant: &Grant, candidate: &Candidate<'_>, day: Day) -> Option<Listed> {
    if grant.moves != Moves::Provider || !grant.from.contains(candidate.origin) || !grant.to.contains(candidate.place) {
        return None;
    }
    let general = general(grant);
    let on = |day| scope_on(accord, &general, &grant.accept, candidate, day);
    let scope = on(day)?;
    // Nothing changes but where an interval begins or ends, and where the agreement begins.
    let edges = candidate.provider.timeline.iter().flat_map(|interval| [Some(interval.from), interval.until]).flatten();
    let mut edges: Vec<Day> = edges.chain([accord.agreement.in_force.from]).filter(|edge| *edge <= day).collect();
    edges.sort_unstable();
    let since = edges.into_iter().rev().take_while(|edge| on(*edge).is_some()).last();
    Some(Listed { since: since.unwrap_or(day), scope })
}

/// The grant without what depends on the work in question: that is answered by cutting the scope.
fn general(grant: &Grant) -> Grant {
    let mut general = grant.clone();
    let provider = general.accept.provider.map(|terms| ProviderTerms { in_scope: false, ..terms });
    general.accept = Accept { occupations: Vec::new(), level: None, provider, ..general.accept };
    general
}

fn scope_on(accord: &Accord<'_>, general: &Grant, accept: &Accept, candidate: &Candidate<'_>, day: Day) -> Option<Scope> {
    let Candidate { provider, origin, place, waivers } = *candidate;
    let facts = CaseFacts::Provider(ProviderFacts { code: provider.code.clone(), origin: origin.clone(), occupation: None, level: None });
    let context = Context { place, day, providers: &[provider], used: &[], waivers };
    if !accepts(accord, general, &facts, &context) {
        return None;
    }
    let mut intervals = provider.on(day).map(scope).peekable();
    intervals.peek()?;
    let own = intervals.try_fold(Scope::default(), |all, own| own.and_then(|own| cut(&all, &own)))?;
    let (level_min, level_max) = accept.level.map_or((None, None), |range| (range.min, range.max));
    let taken = Scope {
        occupations: accept.occupations.clone(),
        level_min: level_min.unwrap_or(Level::MIN),
        level_max: level_max.unwrap_or(Level::MAX),
        types: Vec::new(),
    };
    cut(&own, &taken)
}

fn scope(interval: &Interval) -> Option<Scope> {
    match &interval.standing {
        Standing::Listed { scope, .. } => Some(scope.clone()),
        Standing::Barred => None,
    }
}

/// What lies in both; none where nothing does.
fn cut(one: &Scope, other: &Scope) -> Option<Scope> {
    let types = both(&one.types, &other.types, |a, b| (a == b).then_some(*a))?;
    let occupations = both(&one.occupations, &other.occupations, narrower)?;
    let (level_min, level_max) = (one.level_min.max(other.level_min), one.level_max.min(other.level_max));
    (level_min <= level_max).then_some(Scope { occupations, level_min, level_max, types })
}

/// What lies in both lists, of which an empty one holds everything; none where nothing does.
fn both<T: Clone + PartialEq>(one: &[T], other: &[T], meet: impl Fn(&T, &T) -> Option<T>) -> Option<Vec<T>> {
    if one.is_empty() || other.is_empty() {
        return Some([one, other].concat());
    }
    let mut met = Vec::new();
    for found in one.iter().flat_map(|a| other.iter().filter_map(|b| meet(a, b))) {
        if !met.contains(&found) {
            met.push(found);
        }
    }
    (!met.is_empty()).then_some(met)
}

fn narrower(one: &OccupationPrefix, other: &OccupationPrefix) -> Option<OccupationPrefix> {
    let (a, b) = (one.as_str(), other.as_str());
    if a.starts_with(b) { Some(one.clone()) } else { b.starts_with(a).then(|| other.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(occupations: &[&str], min: u8, max: u8) -> Scope {
        let occupations = occupations.iter().map(|text| OccupationPrefix::parse(text).expect("a prefix")).collect();
        Scope { occupations, level_min: Level::new(min).expect("a rank"), level_max: Level::new(max).expect("a rank"), types: Vec::new() }
    }

    #[test]
    fn a_cut_is_what_lies_in_both() {
        let own = scope(&["6-31-", "4-04-05-05"], 1, 5);
        assert_eq!(cut(&own, &scope(&[], 0, 7)), Some(own.clone()));
        assert_eq!(cut(&own, &scope(&["6-"], 3, 7)), Some(scope(&["6-31-"], 3, 5)));
        assert_eq!(cut(&own, &scope(&["6-31-01-", "4-"], 0, 2)), Some(scope(&["6-31-01-", "4-04-05-05"], 1, 2)));
        assert_eq!(cut(&own, &scope(&["6-25-"], 0, 7)), None);
        assert_eq!(cut(&own, &scope(&["6-"], 6, 7)), None);
    }
}
