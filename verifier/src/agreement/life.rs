//! Whether an agreement is in force on a day.

use super::{SignedAgreement, Standing};
use crate::documents::InForce;
use crate::time::Day;

/// What happens to an agreement beside its own days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Every party has signed.
    pub is_agreed: bool,
    /// The first day of a newer version that is agreed, if there is one: from here on that one counts.
    pub superseded_from: Option<Day>,
    /// The day on which notice takes effect, if it was given: this day is no longer in force.
    pub ended_on: Option<Day>,
}

/// What an agreement is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not every party has signed.
    Proposed,
    /// Agreed; its first day is still to come.
    NotYet,
    /// In force.
    InForce,
    /// A newer version counts.
    Superseded,
    /// A party has ended it.
    Ended,
    /// Its last day is past.
    Lapsed,
}

impl Life {
    /// Of an agreement among others that may or may not have to do with it. A newer version is one of the same id with a higher version
    /// that is agreed and that every party of this one has signed: nobody loses an agreement to a text that others signed.
    pub fn of<'a>(signed: &SignedAgreement, others: impl Iterator<Item = &'a SignedAgreement>) -> Life {
        let own = signed.agreement();
        let supersedes = |other: &&SignedAgreement| {
            let newer = other.agreement();
            newer.id == own.id && newer.version > own.version && other.is_agreed() && own.parties.iter().all(|party| newer.parties.contains(party))
        };
        let given = signed.notices().iter().filter(|notice| notice.standing == Standing::Signed);
        Life {
            is_agreed: signed.is_agreed(),
            superseded_from: others.filter(supersedes).map(|newer| newer.agreement().in_force.from).min(),
            ended_on: given.map(|notice| notice.notice.effective).min(),
        }
    }

    /// Agreed, and neither superseded nor ended.
    pub const AGREED: Life = Life { is_agreed: true, superseded_from: None, ended_on: None };

    /// What an agreement of these days and this life is on a day.
    pub fn state(&self, in_force: InForce, day: Day) -> State {
        if !self.is_agreed {
            State::Proposed
        } else if day < in_force.from {
            State::NotYet
        } else if self.ended_on.is_some_and(|ended| ended <= day) {
            State::Ended
        } else if self.superseded_from.is_some_and(|from| from <= day) {
            State::Superseded
        } else if in_force.covers(day) {
            State::InForce
        } else {
            State::Lapsed
        }
    }
}
