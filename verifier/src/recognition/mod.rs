//! Whether a grant of an agreement accepts a case, and why. Specified in `docs/formats/recognition.md`.
//!
//! Pure and total: the same inputs give the same [`Decision`], byte for byte, anywhere and years later. [`accepts`] answers from the same
//! checks without writing anything.

mod check;
mod decision;
mod engine;
mod facts;
mod got;
mod listing;
mod provider;
mod recognise;
mod subject;
mod want;

pub use check::{Check, CheckName, check_words};
pub use decision::{Booking, DECISION_MAX_BYTES, Decision, Outcome, ProviderOn};
pub use engine::{Failing, accepts, evaluate, failing};
pub use facts::{CaseFacts, CertificateFacts, CreditFacts, LotFacts, ProviderFacts};
pub use listing::{Candidate, Listed, listed};
pub(crate) use recognise::find;
pub use recognise::{GrantRef, Recognition, RecognitionOutcome, recognise};

use crate::agreement::{Agreement, Grant, Life};
use crate::documents::{Digest, SchemeId, Waiver};
use crate::ids::{CreditCode, RegionCode};
use crate::time::Day;
use crate::verdict::Provider;

/// An agreement as somebody has it: what it says, its name, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Accord<'a> {
    /// What it says.
    pub agreement: &'a Agreement,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Whether it was agreed, superseded, ended.
    pub life: Life,
}

/// Where and when it is asked, and what is known there.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The region that is to recognise.
    pub place: &'a RegionCode,
    /// The day of the offer or of the question.
    pub day: Day,
    /// The providers of the case with their histories. One that is not here is unknown, which is never taken for good.
    pub providers: &'a [&'a Provider],
    /// What the learner has received from the region of origin; a scheme that is not here counts as nothing.
    pub used: &'a [Used],
    /// Waivers of the place with their digests, each opened with its key.
    pub waivers: &'a [(Digest, Waiver)],
}

/// What a learner has received from one region of origin in a scheme, in hundredths; below nothing counts as nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The scheme.
    pub scheme: SchemeId,
    /// In the calendar year of the day.
    pub year: i64,
    /// In all.
    pub source: i64,
}

impl<'a> Context<'a> {
    /// Of a place on a day: nothing else is known.
    pub const fn new(place: &'a RegionCode, day: Day) -> Context<'a> {
        Context { place, day, providers: &[], used: &[], waivers: &[] }
    }

    fn provider(&self, code: &CreditCode) -> Option<&'a Provider> {
        self.providers.iter().copied().find(|provider| provider.code == *code)
    }
}

impl Waiver {
    /// Whether it is for this grant, here and on this day.
    fn applies(&self, accord: &Accord<'_>, grant: &Grant, context: &Context<'_>) -> bool {
        let in_time = self.from <= context.day && context.day < self.until;
        in_time && self.region == *context.place && self.agreement == accord.digest && self.grant == grant.id
    }
}
