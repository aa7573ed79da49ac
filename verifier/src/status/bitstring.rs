//! W3C Bitstring Status List v1.0: one bit an entry, the leftmost bit of the first byte is index 0.

use super::{MAX_ENTRIES, StatusError, gunzip, gzip};
use crate::base64url;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The fewest entries of a list, 16 KiB: a short list would tell who looks up whom.
pub const MIN_ENTRIES: u32 = 131_072;

/// What a set bit means (`statusPurpose`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Gone for good: revoked or replaced.
    Revocation,
    /// Not in force until further notice.
    Suspension,
}

impl Purpose {
    /// The value of `statusPurpose`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Suspension => "suspension",
        }
    }
}

/// A bitstring of at least [`MIN_ENTRIES`] bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitstring {
    bytes: Vec<u8>,
}

impl Bitstring {
    /// All bits clear; `len` is rounded up to whole bytes and to the minimum.
    pub fn with_len(len: u32) -> Bitstring {
        Bitstring { bytes: vec![0; len.clamp(MIN_ENTRIES, MAX_ENTRIES).div_ceil(8) as usize] }
    }

    /// How many entries there are.
    pub fn len(&self) -> u32 {
        // The bytes are at most MAX_ENTRIES / 8.
        self.bytes.len() as u32 * 8
    }

    /// Never: a list has at least [`MIN_ENTRIES`].
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bit of an entry; `None` at or above the length.
    pub fn get(&self, index: u32) -> Option<bool> {
        self.bytes.get(index as usize / 8).map(|byte| byte & mask(index) != 0)
    }

    /// Sets the bit of an entry inside the list.
    pub(super) fn set(&mut self, index: u32) {
        if let Some(byte) = self.bytes.get_mut(index as usize / 8) {
            *byte |= mask(index);
        }
    }

    /// The first entry that is set here and clear, or absent, in a newer list. For revocations that is an alarm: they never un-happen.
    pub fn first_undone(&self, newer: &Bitstring) -> Option<u32> {
        let newer_bytes = newer.bytes.iter().copied().chain(core::iter::repeat(0));
        let (at, undone) = self.bytes.iter().zip(newer_bytes).map(|(old, new)| old & !new).enumerate().find(|(_, undone)| *undone != 0)?;
        // The bytes are at most MAX_ENTRIES / 8.
        Some(at as u32 * 8 + undone.leading_zeros())
    }

    /// The gzip stream (RFC 1952), the same bytes for the same list.
    pub fn to_gzip(&self) -> Vec<u8> {
        gzip(&self.bytes)
    }

    /// Reads a gzip stream.
    pub fn from_gzip(stream: &[u8]) -> Result<Bitstring, StatusError> {
        let bytes = gunzip(stream, MAX_ENTRIES as usize / 8)?;
        if bytes.len() < MIN_ENTRIES as usize / 8 { Err(StatusError::TooShort) } else { Ok(Bitstring { bytes }) }
    }

    /// The value of `encodedList`: multibase `u` and base64url of the gzip stream.
    pub fn encoded_list(&self) -> String {
        let mut text = String::from("u");
        base64url::encode_onto(&self.to_gzip(), &mut text);
        text
    }

    /// Reads the value of `encodedList`.
    pub fn parse(encoded_list: &str) -> Result<Bitstring, StatusError> {
        let text = encoded_list.strip_prefix('u').ok_or(StatusError::Encoding)?;
        if text.len() > MAX_ENTRIES as usize / 4 {
            return Err(StatusError::TooLarge);
        }
        Bitstring::from_gzip(&base64url::decode(text).map_err(|_| StatusError::Encoding)?)
    }
}

const fn mask(index: u32) -> u8 {
    0x80 >> (index % 8)
}
