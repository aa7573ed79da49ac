//! Why an agreement was refused, and where in it.

use super::place::Place;
use crate::messages;
use alloc::string::{String, ToString};
use core::fmt;

coded_error! {
    /// The rule that an agreement, or the file around it, breaks.
    AgreementRule {
        /// Longer than the limit.
        TooLong = "agreement.too_long",
        /// Arrays and objects nested more than eight deep.
        TooDeep = "agreement.too_deep",
        /// Not one JSON object in UTF-8.
        Json = "agreement.json",
        /// A member occurs twice.
        Duplicate = "agreement.duplicate",
        /// A member that is not in the format.
        Unknown = "agreement.unknown",
        /// A required member is absent.
        Missing = "agreement.missing",
        /// A value of the wrong JSON type.
        Type = "agreement.type",
        /// A number that is not whole, or out of its range.
        Number = "agreement.number",
        /// A text without the shape that belongs here.
        Value = "agreement.value",
        /// A list longer than its limit.
        TooMany = "agreement.too_many",
        /// A list, or an object of conditions, with nothing in it.
        Empty = "agreement.empty",
        /// Not in ascending order, or one twice.
        Order = "agreement.order",
        /// The same thing twice in a list that has no order.
        Twice = "agreement.twice",
        /// A region that is no party.
        NotAParty = "agreement.not_a_party",
        /// A last day before the first.
        Days = "agreement.days",
        /// A least rank above the highest.
        Range = "agreement.range",
        /// A first version that supersedes something, or a later one that supersedes nothing.
        Supersedes = "agreement.supersedes",
        /// An occupation that another of the list covers.
        Overlap = "agreement.overlap",
        /// A member without meaning for what the grant moves.
        Moves = "agreement.moves",
        /// Limits on what is given in several schemes.
        Units = "agreement.units",
        /// Two copies that are not of the same agreement.
        Digest = "agreement.digest",
        /// A notice shorter than the agreement allows.
        NoticeTooShort = "agreement.notice_too_short",
    }
}

/// A refusal: a stable code and the path of the fault, such as `grants[3].accept.level.min`; empty for the text as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementError {
    code: &'static str,
    path: String,
}

impl AgreementError {
    pub(super) const fn new(code: &'static str, path: String) -> AgreementError {
        AgreementError { code, path }
    }

    /// The stable dotted code: `agreement...`, and in a file also `document...` or `jws...` of what it gathers.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The JSON path of what is to blame.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl AgreementRule {
    pub(super) fn at(self, place: &Place<'_>) -> AgreementError {
        AgreementError::new(self.code(), place.to_string())
    }
}

impl fmt::Display for AgreementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(messages::english(self.code))
    }
}

impl core::error::Error for AgreementError {}
