//! HF1: a card as the decimal digits of a QR code. Specified in `docs/formats/hf1.md`.
//!
//! Bytes: 1 type, 6 kid, payload, 64 signature. The header is a template, so the decoder rebuilds the very JWS that was signed.

mod deflate;
mod digits;
mod read;

pub use read::{Form, MAX_INPUT_BYTES, Reading, Unreadable, read};

use crate::base64url;
use crate::card::{Card, MAX_BYTES, header_json};
use crate::inflate::{InflateError, Wrapping, inflate};
use crate::jws::ShortKid;
use alloc::string::String;
use alloc::vec::Vec;

/// What type 2 begins with, as if it had already been inflated. It never changes: another dictionary is another type.
pub const DICTIONARY: &[u8] = include_bytes!("dictionary.bin");

/// The SHA-256 of [`DICTIONARY`], in hexadecimal.
pub const DICTIONARY_SHA256: &str = "1d2c79062c780edc533556698edf8eff6d48b619145a8619b46785477065724d";

const KID_BYTES: usize = 6;
const SIGNATURE_BYTES: usize = 64;

coded_error! {
    /// Why digits are not a card in HF1.
    Hf1Error {
        /// No digits, a character that is no digit, or a number of digits that no number of bytes has.
        Length = "hf1.length",
        /// A group of digits above what its bytes can hold.
        Range = "hf1.range",
        /// Fewer bytes than type, kid, payload and signature take.
        TooShort = "hf1.too_short",
        /// More digits than the largest card has.
        TooLong = "hf1.too_long",
        /// A type this version does not know.
        UnknownType = "hf1.unknown_type",
        /// The payload is not one complete DEFLATE stream.
        Compression = "hf1.compression",
        /// The payload inflates to more than 2,048 bytes.
        TooLarge = "hf1.too_large",
    }
}

impl Hf1Error {
    /// Whether these are the digits of a card of a known type that was made wrongly or tampered with; otherwise they may be
    /// anything: another code, a part of one, or a newer version.
    pub const fn is_malformed_card(self) -> bool {
        matches!(self, Hf1Error::Compression | Hf1Error::TooLarge)
    }
}

/// How the payload is written. 0x10 to 0x1f are reserved for SM2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// As it is.
    Verbatim = 1,
    /// Raw DEFLATE with [`DICTIONARY`].
    Deflated = 2,
}

/// The digits of a card, of the type that gives fewer.
pub fn encode(card: &Card) -> String {
    let (verbatim, deflated) = (encode_as(card, Type::Verbatim), encode_as(card, Type::Deflated));
    if deflated.len() < verbatim.len() { deflated } else { verbatim }
}

/// The digits of a card, of a given type.
pub fn encode_as(card: &Card, kind: Type) -> String {
    let payload = card.payload();
    let mut bytes = Vec::with_capacity(1 + KID_BYTES + payload.len() + SIGNATURE_BYTES);
    bytes.push(kind as u8);
    bytes.extend_from_slice(&card.kid().0);
    match kind {
        Type::Verbatim => bytes.extend_from_slice(&payload),
        Type::Deflated => bytes.extend_from_slice(&deflate::deflate(&payload, DICTIONARY)),
    }
    bytes.extend_from_slice(card.signature());
    digits::from_bytes(&bytes)
}

/// Rebuilds the JWS that was signed. Neither its claims nor its signature have been looked at.
pub fn decode(text: &str) -> Result<String, Hf1Error> {
    let bytes = digits::to_bytes(text)?;
    let (&kind, rest) = bytes.split_first().ok_or(Hf1Error::TooShort)?;
    let (kid, rest) = rest.split_first_chunk::<KID_BYTES>().ok_or(Hf1Error::TooShort)?;
    let (body, signature) = rest.split_last_chunk::<SIGNATURE_BYTES>().ok_or(Hf1Error::TooShort)?;
    if body.is_empty() {
        return Err(Hf1Error::TooShort);
    }
    let payload = match kind {
        1 => body.to_vec(),
        2 => inflate(body, DICTIONARY, MAX_BYTES, Wrapping::Raw)?,
        _ => return Err(Hf1Error::UnknownType),
    };
    let mut jws = base64url::encode(header_json(ShortKid(*kid)).as_bytes());
    for part in [&payload[..], signature] {
        jws.push('.');
        base64url::encode_onto(part, &mut jws);
    }
    Ok(jws)
}

impl From<InflateError> for Hf1Error {
    fn from(error: InflateError) -> Hf1Error {
        match error {
            InflateError::Malformed => Hf1Error::Compression,
            InflateError::TooLarge => Hf1Error::TooLarge,
        }
    }
}
