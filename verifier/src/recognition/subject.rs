//! What a condition looks at: a certificate, one lot, or a provider, seen the same way.

use super::{CaseFacts, CertificateFacts, LotFacts, ProviderFacts};
use crate::agreement::Moves;
use crate::documents::{Digest, LotId};
use crate::ids::{CreditCode, Grade, Level, OccupationCode};
use crate::time::Day;

/// One of them.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Certificate(&'a CertificateFacts),
    Lot(&'a LotFacts),
    Provider(&'a ProviderFacts),
}

impl CaseFacts {
    /// Its subjects in order: one, or every lot.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        let one = match self {
            CaseFacts::Certificate(facts) => Some(Subject::Certificate(facts)),
            CaseFacts::Provider(facts) => Some(Subject::Provider(facts)),
            CaseFacts::Credit(_) => None,
        };
        one.into_iter().chain(self.lots().iter().map(Subject::Lot))
    }

    /// Whether something holds for every subject; the rest is not looked at after the first for which it does not.
    pub(super) fn every<'a>(&'a self, mut holds: impl FnMut(Subject<'a>) -> bool) -> bool {
        match self {
            CaseFacts::Certificate(facts) => holds(Subject::Certificate(facts)),
            CaseFacts::Provider(facts) => holds(Subject::Provider(facts)),
            CaseFacts::Credit(facts) => facts.lots.iter().all(|lot| holds(Subject::Lot(lot))),
        }
    }

    pub(super) fn moves(&self) -> Moves {
        match self {
            CaseFacts::Certificate(_) => Moves::Certificate,
            CaseFacts::Credit(_) => Moves::Credit,
            CaseFacts::Provider(_) => Moves::Provider,
        }
    }
}

impl<'a> Subject<'a> {
    pub fn occupation(self) -> Option<&'a OccupationCode> {
        match self {
            Subject::Certificate(facts) => facts.occupation.as_ref(),
            Subject::Lot(lot) => lot.occupation.as_ref(),
            Subject::Provider(facts) => facts.occupation.as_ref(),
        }
    }

    pub fn level(self) -> Option<Level> {
        match self {
            Subject::Certificate(facts) => facts.level,
            Subject::Lot(lot) => lot.level,
            Subject::Provider(facts) => facts.level,
        }
    }

    pub fn grade(self) -> Option<Grade> {
        match self {
            Subject::Certificate(facts) => facts.grade,
            Subject::Lot(lot) => lot.grade,
            Subject::Provider(_) => None,
        }
    }

    pub fn earned(self) -> Option<Day> {
        match self {
            Subject::Certificate(facts) => Some(facts.earned),
            Subject::Lot(lot) => Some(lot.earned),
            Subject::Provider(_) => None,
        }
    }

    pub fn provider(self) -> Option<&'a CreditCode> {
        match self {
            Subject::Certificate(facts) => Some(&facts.provider),
            Subject::Lot(lot) => lot.provider.as_ref(),
            Subject::Provider(facts) => Some(&facts.code),
        }
    }

    pub fn as_lot(self) -> Option<&'a LotFacts> {
        match self {
            Subject::Lot(lot) => Some(lot),
            Subject::Certificate(_) | Subject::Provider(_) => None,
        }
    }

    pub fn lot_id(self) -> Option<&'a LotId> {
        self.as_lot().map(|lot| &lot.id)
    }

    /// Whether a waiver for this case is for this subject: a certificate by its number, a lot by its basis, a provider by its code.
    pub fn is_case(self, case: &str) -> bool {
        match self {
            Subject::Certificate(facts) => facts.number.as_str() == case,
            Subject::Lot(lot) => Digest::parse(case) == Ok(lot.basis),
            Subject::Provider(facts) => facts.code.as_str() == case,
        }
    }
}
