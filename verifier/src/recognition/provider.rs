//! What a provider was on a day, as the conditions ask it.

use super::engine::{Held, Walk};
use super::subject::Subject;
use crate::agreement::{ProviderTerms, StatusAt};
use crate::time::Day;
use crate::verdict::{Class, Flag, Interval, IssueRequest, Provider, Standing};

/// A provider as far as it is known.
pub(super) enum Known<'a> {
    /// The subject names none.
    None,
    /// Named, but not supplied; or there is no day to look at.
    Unknown,
    /// Supplied, with the day that counts.
    On(&'a Provider, Day),
}

impl<'a> Known<'a> {
    pub fn of(walk: &Walk<'a>, terms: &ProviderTerms, subject: &Subject<'a>) -> Known<'a> {
        let Some(code) = subject.provider() else { return Known::None };
        let day = match terms.status_at {
            StatusAt::Earned => subject.earned(),
            StatusAt::Offered => Some(walk.context.day),
        };
        match (walk.context.provider(code), day) {
            (Some(provider), Some(day)) => Known::On(provider, day),
            _ => Known::Unknown,
        }
    }

    /// Whether there is an interval on the day, and all of them are good: where several overlap each must allow it.
    pub fn every(&self, fits: impl Fn(&Interval) -> bool) -> Held {
        match self {
            Known::None => Held::No,
            Known::Unknown => Held::Unknown,
            Known::On(provider, day) => {
                let mut intervals = provider.on(*day).peekable();
                Held::from(intervals.peek().is_some() && intervals.all(fits))
            }
        }
    }

    /// Whether a fact that has no days is good.
    pub fn is(&self, fits: impl Fn(&Provider) -> bool) -> Held {
        match self {
            Known::None => Held::No,
            Known::Unknown => Held::Unknown,
            Known::On(provider, _) => Held::from(fits(provider)),
        }
    }
}

/// Why an interval is no good standing.
pub(super) fn bar(interval: &Interval) -> Option<&'static str> {
    match &interval.standing {
        Standing::Barred => Some("barred"),
        Standing::Listed { class: Class::D, .. } => Some("class D"),
        Standing::Listed { flag: Flag::Red, .. } => Some("red flag"),
        Standing::Listed { .. } => None,
    }
}

/// Why an interval does not cover a subject.
pub(super) fn out_of_scope(interval: &Interval, subject: &Subject<'_>) -> Option<&'static str> {
    use crate::verdict::IssueBar::{LevelOutOfScope, OccupationOutOfScope, TypeOutOfScope};
    let Standing::Listed { scope, .. } = &interval.standing else { return Some("barred") };
    let covered = match *subject {
        Subject::Certificate(facts) => scope.covers(&IssueRequest { typ: facts.kind, occupation: facts.occupation.as_ref(), level: facts.level }),
        Subject::Lot(_) | Subject::Provider(_) => scope.covers_subject(subject.occupation(), subject.level()),
    };
    match covered {
        Err(TypeOutOfScope) => Some("type out of scope"),
        Err(OccupationOutOfScope) => Some("occupation out of scope"),
        Err(LevelOutOfScope) => Some("level out of scope"),
        Err(_) => Some("barred"),
        Ok(()) => None,
    }
}

/// The class of an interval, if it is listed.
pub(super) fn class(interval: &Interval) -> Option<Class> {
    match &interval.standing {
        Standing::Listed { class, .. } => Some(*class),
        Standing::Barred => None,
    }
}

/// The flag of an interval, if it is listed.
pub(super) fn flag(interval: &Interval) -> Option<Flag> {
    match &interval.standing {
        Standing::Listed { flag, .. } => Some(*flag),
        Standing::Barred => None,
    }
}
