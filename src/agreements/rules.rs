//! Pure decisions about agreements: which words a standing has, which refusal it is, and whose agreement it is.

use verifier::agreement::{Agreement, AgreementError, Standing, State};

use super::AgreementRefusal;
use crate::error::Refusal;
use crate::messages::from_verifier;

/// What the verifier refused in an agreement or a file, with its path.
pub fn refused(error: &AgreementError) -> Refusal {
    from_verifier(error.path(), error.code())
}

/// Why what a party said does not count; none where it does, or where it said nothing.
pub fn fault(standing: Standing, field: &str) -> Option<Refusal> {
    let refusal = match standing {
        Standing::Signed | Standing::Missing => return None,
        Standing::OtherBytes => AgreementRefusal::OtherBytes,
        Standing::UnknownKey => AgreementRefusal::UnknownKey,
        Standing::WrongSignature => AgreementRefusal::WrongSignature,
        Standing::RevokedKey => AgreementRefusal::RevokedKey,
        Standing::TooShort => return Some(from_verifier(field, "agreement.notice_too_short")),
    };
    Some(refusal.at(field))
}

/// A standing as answers write it.
pub fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Signed => "signed",
        Standing::Missing => "missing",
        Standing::OtherBytes => "other-bytes",
        Standing::UnknownKey => "unknown-key",
        Standing::WrongSignature => "wrong-signature",
        Standing::RevokedKey => "revoked-key",
        Standing::TooShort => "too-short",
    }
}

/// A state as answers write it.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Proposed => "proposed",
        State::NotYet => "not-yet",
        State::InForce => "in-force",
        State::Superseded => "superseded",
        State::Ended => "ended",
        State::Lapsed => "over",
    }
}

/// Whether `next` follows the version of this id and number.
pub fn follows(next: &Agreement, urn: &str, version: i64) -> bool {
    next.id.as_str() == urn && i64::from(next.version) == version + 1
}
