//! IETF Token Status List: entries of 1, 2, 4 or 8 bits, index 0 in the lowest bits of the first byte, zlib.

use super::{MAX_ENTRIES, StatusError};
use crate::base64url;
use crate::inflate::{Wrapping, inflate};
use alloc::string::String;
use alloc::vec::Vec;
use miniz_oxide::deflate::compress_to_vec_zlib;

/// The value of `status_list`: the size of an entry and the packed entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStatusList {
    bits: u8,
    bytes: Vec<u8>,
}

impl TokenStatusList {
    pub(super) fn from_two_bits(bytes: Vec<u8>) -> TokenStatusList {
        TokenStatusList { bits: 2, bytes }
    }

    /// Reads `bits` and `lst` of a `status_list` claim.
    pub fn parse(bits: u8, lst: &str) -> Result<TokenStatusList, StatusError> {
        if !matches!(bits, 1 | 2 | 4 | 8) {
            return Err(StatusError::Bits);
        }
        let limit = MAX_ENTRIES as usize / 8 * usize::from(bits);
        if lst.len() > limit.saturating_mul(2) {
            return Err(StatusError::TooLarge);
        }
        let stream = base64url::decode(lst).map_err(|_| StatusError::Encoding)?;
        let bytes = inflate(&stream, &[], limit, Wrapping::Zlib).map_err(StatusError::from)?;
        Ok(TokenStatusList { bits, bytes })
    }

    /// The size of an entry: the value of `bits`.
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    /// The packed entries.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The value of `lst`: base64url of the zlib stream.
    pub fn lst(&self) -> String {
        base64url::encode(&compress_to_vec_zlib(&self.bytes, 9))
    }

    /// How many entries fit into the bytes: at least as many as were handed out.
    pub fn capacity(&self) -> u32 {
        (self.bytes.len() * 8 / usize::from(self.bits)) as u32
    }

    /// The value of an entry; `None` beyond the bytes.
    pub fn get(&self, index: u32) -> Option<u8> {
        let bit = u64::from(index) * u64::from(self.bits);
        let byte = self.bytes.get(usize::try_from(bit / 8).ok()?)?;
        Some((byte >> (bit % 8)) & (0xff >> (8 - self.bits)))
    }

    /// The value of an entry of a list of two bits.
    pub(super) fn two_bits(&self, index: u32) -> Result<u8, StatusError> {
        if self.bits != 2 {
            return Err(StatusError::Bits);
        }
        self.get(index).ok_or(StatusError::Beyond)
    }
}
