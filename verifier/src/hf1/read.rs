//! What a person may hold up: the text of a QR code, a link, digits or a JWS. Whatever it is, reading it verifies nothing.

use super::{Hf1Error, decode};
use crate::messages;
use alloc::string::{String, ToString};
use core::fmt;

/// The most bytes of text that are looked at.
pub const MAX_INPUT_BYTES: usize = 8 * 1024;

/// Type, kid, one byte of payload and signature make 72 bytes: 175 digits. Fewer are a telephone number or the like.
const MIN_DIGITS: usize = 175;

/// In which form the card came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// HF1 digits.
    Hf1,
    /// A plain JWS.
    Jws,
}

/// A text that looks like a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// In which form it came.
    pub form: Form,
    /// The compact JWS, not yet parsed.
    pub jws: String,
}

/// Why a text does not even look like a card. Unreadable is not verified, and not refuted either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unreadable {
    /// Neither digits nor a JWS, with or without a link before them.
    NotHufu,
    /// More than [`MAX_INPUT_BYTES`].
    TooLong,
    /// Digits, but not of a card.
    Digits(Hf1Error),
}

impl Unreadable {
    /// The stable dotted code.
    pub const fn code(&self) -> &'static str {
        match self {
            Unreadable::NotHufu => "form.not_hufu",
            Unreadable::TooLong => "form.too_long",
            Unreadable::Digits(error) => error.code(),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(messages::english(self.code()))
    }
}

impl core::error::Error for Unreadable {}

/// Finds the card in a text: `https://any.host/any/path#` and digits or a JWS, or these alone, with white space around. The host is
/// ignored: the digits speak for themselves, and a forged QR opens the forger's page.
pub fn read(text: &str) -> Result<Reading, Unreadable> {
    if text.len() > MAX_INPUT_BYTES {
        return Err(Unreadable::TooLong);
    }
    let text = text.trim();
    let body = text.split_once('#').map_or(text, |(_, fragment)| fragment);
    if body.len() >= MIN_DIGITS && body.bytes().all(|c| c.is_ascii_digit()) {
        let jws = decode(body).map_err(Unreadable::Digits)?;
        return Ok(Reading { form: Form::Hf1, jws });
    }
    let compact = body.starts_with("eyJ") && body.bytes().filter(|c| *c == b'.').count() == 2;
    if compact { Ok(Reading { form: Form::Jws, jws: body.to_string() }) } else { Err(Unreadable::NotHufu) }
}
