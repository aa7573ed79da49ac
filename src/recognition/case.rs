//! What is asked about, every member checked by itself.

use verifier::documents::{Digest, GrantId};
use verifier::ids::{CertificateNumber, RegionCode};
use verifier::recognition::{CaseFacts, Used};
use verifier::time::Day;

/// One question.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where it is to be recognised; none: here.
    pub place: Option<RegionCode>,
    /// On which day; none: today.
    pub day: Option<Day>,
    /// What is asked about.
    pub ask: Ask,
}

/// What is asked about, and by which grants.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A certificate of this registry, by any grant.
    Number(CertificateNumber),
    /// A certificate or a provider, by any grant.
    Any(CaseFacts),
    /// Credit, by the grant that is named.
    By(Terms, CaseFacts),
}

/// By what credit is to move.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The agreement.
    pub agreement: Digest,
    /// One of its grants.
    pub grant: GrantId,
    /// What the learner has received from the region of origin.
    pub used: Vec<Used>,
}

/// A question whose facts are known.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where.
    pub place: RegionCode,
    /// When.
    pub day: Day,
    /// What.
    pub facts: CaseFacts,
    /// By what; none: by any grant.
    pub terms: Option<Terms>,
}
