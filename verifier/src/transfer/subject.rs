//! Whose credit moves, told so that only who knows the person understands it.

use crate::base64url;
use crate::ids::{IdDocument, IdKind};
use crate::json::{FromJson, Value, from_members};
use alloc::string::String;
use core::fmt;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// What is hashed first, so that the commitment is one of nothing else.
const DOMAIN: &[u8] = b"hufu-subject\0";

/// Whose credit it is: a commitment to an id document, and its salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The commitment.
    pub commit: Commitment,
    /// The salt, which the source made once for this destination.
    pub salt: Salt,
}

from_members!(Subject { commit, salt });

/// Defines so many bytes that are written in base64url.
macro_rules! bytes {
    ($(#[$meta:meta])* $name:ident, $length:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $length]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base64url::encode(&self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&base64url::encode(&self.0))
            }
        }

        impl FromJson for $name {
            fn from_json(value: Value<'_>) -> Option<Self> {
                base64url::decode_array(&String::from_json(value)?).ok().map(Self)
            }
        }
    };
}

bytes!(
    /// The SHA-256 of a salt and an id document, 43 characters of base64url.
    Commitment, 32
);
bytes!(
    /// 16 random bytes, 22 characters of base64url.
    Salt, 16
);

impl Subject {
    /// The subject of a person under a salt.
    pub fn of(id: &IdDocument, salt: Salt) -> Subject {
        Subject { commit: commitment(id, salt), salt }
    }

    /// Whether it is this person.
    pub fn is(&self, id: &IdDocument) -> bool {
        commitment(id, self.salt) == self.commit
    }
}

/// `SHA-256("hufu-subject\0" | salt | type of id document | "\0" | normalised number)`.
pub fn commitment(id: &IdDocument, salt: Salt) -> Commitment {
    let hash = Sha256::new().chain_update(DOMAIN).chain_update(salt.0).chain_update(kind(id.kind())).chain_update([0]);
    Commitment(hash.chain_update(id.as_str()).finalize().into())
}

/// The type as requests name it.
const fn kind(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Resident => "resident",
        IdKind::HkMacauPermit => "hk_macau_permit",
        IdKind::TaiwanPermit => "taiwan_permit",
        IdKind::HkId => "hk_id",
        IdKind::MacauId => "macau_id",
        IdKind::ResidencePermit => "residence_permit",
        IdKind::Passport => "passport",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_named_as_in_requests() {
        use IdKind::{HkId, HkMacauPermit, MacauId, Passport, ResidencePermit, Resident, TaiwanPermit};
        for own in [Resident, HkMacauPermit, TaiwanPermit, HkId, MacauId, ResidencePermit, Passport] {
            assert_eq!(serde_json::to_string(&own).expect("a string"), alloc::format!("\"{}\"", kind(own)));
        }
    }

    #[test]
    fn a_subject_is_one_person_under_one_salt() {
        let id = |kind, text| IdDocument::parse(kind, text).expect("a number");
        let (one, other) = (id(IdKind::Resident, "11010519491231002x"), id(IdKind::HkId, "A123456(3)"));
        let subject = Subject::of(&one, Salt([1; 16]));
        assert!(subject.is(&one) && !subject.is(&other));
        assert!(!Subject { salt: Salt([2; 16]), ..subject }.is(&one));
        assert!(!subject.is(&id(IdKind::Passport, "11010519491231002X")), "the type counts");
    }
}
