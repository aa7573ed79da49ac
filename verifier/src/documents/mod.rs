//! The signed documents of the credit bank: compact JWS of one region's key. Specified in `docs/formats/`, one page each.
//!
//! All are read the same strict way: at most [`MAX_BYTES`]; the header byte for byte the template of this key and this `typ`; the signature;
//! no unknown, duplicate or missing member; every value by its own rule; and what is written again must be what was read, so that one
//! content has one text under one key. A document is named by its [`digest`].

mod achievement;
mod agreement_signature;
mod error;
mod merge;
mod notice;
mod programme;
mod receipt;
mod redemption;
mod scheme;
mod values;
mod waiver;

pub use achievement::{Achievement, Credit};
pub use agreement_signature::AgreementSignature;
pub use error::{DocumentError, DocumentRule, ValueError};
pub use merge::Merge;
pub use notice::Notice;
pub use programme::{Awards, InForce, Minimum, Programme};
pub use receipt::Receipt;
pub use redemption::Redemption;
pub use scheme::{Scheme, Yearly};
pub(crate) use values::decimal;
pub use values::{
    AchievementId, AchievementKind, AgreementId, Amount, Category, CourseCode, Digest, GrantId, LearnerId, LotId, Names, ProgrammeId, ProgrammeKind,
    Ratio, ReceiptId, RedemptionId, SchemeId, SchemeKind, TransferId, WaiverId,
};
pub use waiver::Waiver;

use crate::json::{self, Fault, Members};
use crate::jws::{Compact, Header, JwsError, PublicKey, Signer, sign_compact};
use crate::time::{Day, Instant, Zone};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// The most bytes of a document's text.
pub const MAX_BYTES: usize = 128 * 1024;

/// The name of a document by its content, `sha256:` and the hex of the SHA-256 of its text as it was signed.
pub fn digest(text: &str) -> String {
    Digest::of(text).to_string()
}

/// A kind of document: what it is called, its members, and the rules that take more than one of them. [`document!`] gives all but the rules.
pub(crate) trait Document: Serialize + Sized {
    /// The value of the member `hufu`, such as `scheme/1`.
    const FORMAT: &'static str;
    /// The `typ` of its header.
    const TYP: &'static str;
    /// The most bytes of its text.
    const MAX_BYTES: usize;
    const REQUIRED: &'static [&'static str];
    const OPTIONAL: &'static [&'static str];

    /// Takes the members; refuses with the name of the first whose value is not good.
    fn take(members: &mut Members<'_>) -> Result<Self, &'static str>;

    /// The rules that take more than one value.
    fn check(&self) -> Result<(), DocumentError>;
}

/// Makes a type a document: `format`, `typ`, and its members, those that must be there and those that may be absent. Its fields are
/// written in the order of the struct. The type has a method `keeps_rules`, its own rules. Its text is at most [`MAX_BYTES`], if no other limit is given.
macro_rules! document {
    ($type:ident, $format:literal, $typ:literal { $($members:tt)* }) => {
        $crate::documents::document!($type, $format, $typ, $crate::documents::MAX_BYTES, { $($members)* });
    };
    ($type:ident, $format:literal, $typ:literal, $limit:expr, { $($required:ident),*; $($optional:ident),* }) => {
        impl $crate::documents::Document for $type {
            const FORMAT: &'static str = $format;
            const TYP: &'static str = $typ;
            const MAX_BYTES: usize = $limit;
            const REQUIRED: &'static [&'static str] = &["hufu", $(stringify!($required)),*];
            const OPTIONAL: &'static [&'static str] = &[$(stringify!($optional)),*];

            fn take(members: &mut $crate::json::Members<'_>) -> Result<Self, &'static str> {
                $(let $required = members.required(stringify!($required)).ok_or(stringify!($required))?;)*
                $(let $optional = members.optional(stringify!($optional)).ok_or(stringify!($optional))?;)*
                Ok(Self { $($required,)* $($optional,)* })
            }

            fn check(&self) -> Result<(), $crate::documents::DocumentError> {
                self.keeps_rules()
            }
        }

        impl $type {
            /// Signs. The same content under the same key always gives the same text.
            ///
            /// # Errors
            /// The codes with which [`Self::open`] would refuse the text.
            pub fn sign(&self, signer: &$crate::jws::Signer) -> Result<alloc::string::String, $crate::documents::DocumentError> {
                $crate::documents::sign(self, signer)
            }

            /// Reads a text that must be signed by `key`.
            ///
            /// # Errors
            /// `jws...` where it is not a signed text of this kind, `document...` where its content is not good.
            pub fn open(text: &str, key: &$crate::jws::PublicKey) -> Result<Self, $crate::documents::DocumentError> {
                $crate::documents::open(text, key)
            }

            /// Reads a text without its signature: for what the reader itself signed and kept.
            ///
            /// # Errors
            /// As [`Self::open`], but for the header and the signature.
            pub fn stored(text: &str) -> Result<Self, $crate::documents::DocumentError> {
                let compact = $crate::jws::Compact::split(text, <Self as $crate::documents::Document>::MAX_BYTES)?;
                $crate::documents::content(&compact.payload)
            }
        }
    };
}
pub(crate) use document;

pub(crate) fn sign<T: Document>(document: &T, signer: &Signer) -> Result<String, DocumentError> {
    document.check()?;
    let text = sign_compact(&header::<T>(signer.public()), &payload(document)?, signer);
    if text.len() > T::MAX_BYTES { Err(JwsError::TooLong.into()) } else { Ok(text) }
}

pub(crate) fn open<T: Document>(text: &str, key: &PublicKey) -> Result<T, DocumentError> {
    let compact = Compact::split(text, T::MAX_BYTES)?;
    is_signed::<T>(&compact, key)?;
    content(&compact.payload)
}

/// Refuses a text whose header or signature are not those of the key for this kind of document.
pub(crate) fn is_signed<T: Document>(compact: &Compact<'_>, key: &PublicKey) -> Result<(), DocumentError> {
    if compact.header != header::<T>(key).as_bytes() {
        return Err(unexpected_header::<T>(&compact.header, key));
    }
    if compact.is_signed_by(key) { Ok(()) } else { Err(JwsError::Signature.into()) }
}

/// The content of a payload that is written as it must be.
pub(crate) fn content<T: Document>(bytes: &[u8]) -> Result<T, DocumentError> {
    let document: T = read(bytes)?;
    document.check()?;
    if payload(&document)? == bytes { Ok(document) } else { Err(DocumentRule::Form.into()) }
}

fn header<T: Document>(key: &PublicKey) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{}"}}"#, key.thumbprint(), T::TYP)
}

fn unexpected_header<T: Document>(bytes: &[u8], key: &PublicKey) -> DocumentError {
    match Header::parse(bytes) {
        Err(error) => error.into(),
        Ok(header) if header.typ.as_deref() != Some(T::TYP) => JwsError::Typ.into(),
        Ok(header) if header.kid.as_ref().is_some_and(|kid| *kid != key.thumbprint()) => DocumentRule::Key.into(),
        Ok(_) => DocumentRule::Header.into(),
    }
}

/// The bytes that are signed: the format, then the members in the order of the type.
pub(crate) fn payload<T: Document>(document: &T) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Signed<'a, T> {
        hufu: &'static str,
        #[serde(flatten)]
        content: &'a T,
    }
    serde_json::to_vec(&Signed { hufu: T::FORMAT, content: document }).map_err(|_| DocumentRule::Form.into())
}

fn read<T: Document>(payload: &[u8]) -> Result<T, DocumentError> {
    match json::explain(payload, T::REQUIRED, T::OPTIONAL) {
        Fault::Utf8 | Fault::Syntax => Err(DocumentRule::Json.into()),
        Fault::Duplicate(name) => Err(DocumentRule::Duplicate.about(name)),
        Fault::Unknown(name) => Err(DocumentRule::Unknown.about(name)),
        Fault::Missing(name) => Err(DocumentRule::Missing.about(name)),
        // The members are the right ones; their values tell.
        Fault::Type => {
            let mut members = json::tree(payload).and_then(Members::of).ok_or(DocumentRule::Json)?;
            if members.required::<String>("hufu").as_deref() != Some(T::FORMAT) {
                return Err(DocumentRule::Member.about("hufu"));
            }
            T::take(&mut members).map_err(|name| DocumentRule::Member.about(name))
        }
    }
}

/// Refuses a list longer than `limit`, or one in which two elements have the same key.
pub(crate) fn check_list<'a, T, K: Ord>(name: &str, limit: usize, list: &'a [T], key: impl Fn(&'a T) -> K) -> Result<(), DocumentError> {
    if list.len() > limit {
        return Err(DocumentRule::TooMany.about(name));
    }
    let mut keys: Vec<K> = list.iter().map(key).collect();
    keys.sort_unstable();
    if keys.array_windows().any(|[first, second]| first == second) { Err(DocumentRule::Twice.about(name)) } else { Ok(()) }
}

/// Refuses an instant of signing outside the years 1970 to 9999.
fn check_at(at: Instant) -> Result<(), DocumentError> {
    check_instant("at", at)
}

/// Refuses an instant outside the years 1970 to 9999.
pub(crate) fn check_instant(name: &str, at: Instant) -> Result<(), DocumentError> {
    let fits = at >= Instant(0) && at < Day::MAX.start_in(Zone::UTC);
    if fits { Ok(()) } else { Err(DocumentRule::Member.about(name)) }
}
