//! Why a text is not a card.

use crate::ids::IdError;
use crate::json::Fault;
use crate::jws::JwsError;
use crate::messages;
use crate::time::TimeError;
use core::fmt;

/// A refusal: a stable code and, where one claim is to blame, its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardError {
    code: &'static str,
    claim: Option<&'static str>,
}

impl CardError {
    pub(super) const HEADER_TEMPLATE: CardError = CardError::new("card.header_template");
    pub(super) const PAYLOAD_JSON: CardError = CardError::new("card.json");
    pub(super) const NUL: CardError = CardError::new("card.nul");
    pub(super) const SKILL_LEVEL_INCOMPLETE: CardError = CardError::new("card.skill_level_incomplete");
    pub(super) const ISSUED_OUT_OF_RANGE: CardError = CardError::of("iat", "card.issued_out_of_range");
    pub(super) const ASSESSED_AFTER_ISSUE: CardError = CardError::of("day", "card.assessed_after_issue");
    pub(super) const EXPIRES_TOO_EARLY: CardError = CardError::of("exp", "card.expires_too_early");

    const fn new(code: &'static str) -> CardError {
        CardError { code, claim: None }
    }

    const fn of(claim: &'static str, code: &'static str) -> CardError {
        CardError { code, claim: Some(claim) }
    }

    pub(super) fn payload(fault: Fault) -> CardError {
        match fault {
            Fault::Utf8 => CardError::new("card.utf8"),
            Fault::Syntax => CardError::PAYLOAD_JSON,
            Fault::Duplicate(_) => CardError::new("card.duplicate_claim"),
            Fault::Unknown(_) => CardError::new("card.unknown_claim"),
            Fault::Missing(claim) => CardError::of(claim, "card.missing_claim"),
            Fault::Type => CardError::new("card.claim_type"),
        }
    }

    /// Turns a claim's own refusal into the card's.
    pub(super) fn in_claim<E: Into<ClaimError>>(claim: &'static str) -> impl FnOnce(E) -> CardError {
        move |error| CardError::of(claim, error.into().0)
    }

    /// The stable dotted code: `jws...`, `card...`, or the code of the rule that a claim breaks (`ids...`, `time...`).
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The claim to blame, if it is one.
    pub const fn claim(&self) -> Option<&'static str> {
        self.claim
    }
}

/// The code of a rule about one claim.
pub(super) struct ClaimError(&'static str);

impl From<IdError> for ClaimError {
    fn from(error: IdError) -> ClaimError {
        ClaimError(error.code())
    }
}

impl From<TimeError> for ClaimError {
    fn from(error: TimeError) -> ClaimError {
        ClaimError(error.code())
    }
}

impl From<JwsError> for CardError {
    fn from(error: JwsError) -> CardError {
        CardError::new(error.code())
    }
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.claim {
            Some(claim) => write!(f, "{claim}: {}", messages::english(self.code)),
            None => f.write_str(messages::english(self.code)),
        }
    }
}

impl core::error::Error for CardError {}
