//! What a condition looks at: a certificate, one lot, or a provider, seen the same way.

use super::{CaseFacts, CertificateFacts, LotFacts, ProviderFacts};
use crate::agreement::Moves;
use crate::documents::{Digest, LotId};
use crate::ids::{CreditCode, Grade, Level, OccupationCode};
use crate::time::Day;

/// One of them, with what they have in common.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub what: What<'a>,
    pub occupation: Option<&'a OccupationCode>,
    pub level: Option<Level>,
    pub grade: Option<Grade>,
    pub earned: Option<Day>,
    pub provider: Option<&'a CreditCode>,
}

#[derive(Clone, Copy)]
pub(super) enum What<'a> {
    Certificate(&'a CertificateFacts),
    Lot(&'a LotFacts),
    Provider(&'a ProviderFacts),
}

impl CaseFacts {
    /// Its subjects in order: one, or every lot.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        let one = match self {
            CaseFacts::Certificate(facts) => Some(Subject::certificate(facts)),
            CaseFacts::Provider(facts) => Some(Subject::of_provider(facts)),
            CaseFacts::Credit(_) => None,
        };
        one.into_iter().chain(self.lots().iter().map(Subject::lot))
    }

    /// Whether something holds for every subject; the rest is not looked at after the first for which it does not.
    pub(super) fn every<'a>(&'a self, mut holds: impl FnMut(Subject<'a>) -> bool) -> bool {
        match self {
            CaseFacts::Certificate(facts) => holds(Subject::certificate(facts)),
            CaseFacts::Provider(facts) => holds(Subject::of_provider(facts)),
            CaseFacts::Credit(facts) => facts.lots.iter().all(|lot| holds(Subject::lot(lot))),
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
    fn certificate(facts: &'a CertificateFacts) -> Subject<'a> {
        Subject {
            what: What::Certificate(facts),
            occupation: facts.occupation.as_ref(),
            level: facts.level,
            grade: facts.grade,
            earned: Some(facts.earned),
            provider: Some(&facts.provider),
        }
    }

    fn lot(facts: &'a LotFacts) -> Subject<'a> {
        Subject {
            what: What::Lot(facts),
            occupation: facts.occupation.as_ref(),
            level: facts.level,
            grade: facts.grade,
            earned: Some(facts.earned),
            provider: facts.provider.as_ref(),
        }
    }

    fn of_provider(facts: &'a ProviderFacts) -> Subject<'a> {
        Subject {
            what: What::Provider(facts),
            occupation: facts.occupation.as_ref(),
            level: facts.level,
            grade: None,
            earned: None,
            provider: Some(&facts.code),
        }
    }

    pub fn as_lot(&self) -> Option<&'a LotFacts> {
        match self.what {
            What::Lot(lot) => Some(lot),
            What::Certificate(_) | What::Provider(_) => None,
        }
    }

    pub fn lot_id(&self) -> Option<&'a LotId> {
        self.as_lot().map(|lot| &lot.id)
    }

    /// Whether a waiver for this case is for this subject: a certificate by its number, a lot by its basis, a provider by its code.
    pub fn is_case(&self, case: &str) -> bool {
        match self.what {
            What::Certificate(facts) => facts.number.as_str() == case,
            What::Lot(lot) => Digest::parse(case) == Ok(lot.basis),
            What::Provider(facts) => facts.code.as_str() == case,
        }
    }
}
