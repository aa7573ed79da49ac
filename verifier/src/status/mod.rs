//! Status lists: one array of two bits a certificate, rendered as W3C Bitstring Status List v1.0 and as IETF Token Status List.
//! Specified in `docs/formats/status.md`.

mod bitstring;
mod gzip;
mod token;

pub use bitstring::{Bitstring, MIN_ENTRIES, Purpose};
pub use gzip::{gunzip, gzip};
pub use token::TokenStatusList;

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The most entries of one list: with two bits each, 4 MiB.
pub const MAX_ENTRIES: u32 = 1 << 24;

coded_error! {
    /// Why a status list or a place in one was refused.
    StatusError {
        /// An index at or above the length.
        Beyond = "status.beyond_list",
        /// More than 2^24 entries, or more bytes than such a list has.
        TooLarge = "status.too_large",
        /// Not multibase `u` (base64url) or not base64url.
        Encoding = "status.encoding",
        /// Not one complete gzip or zlib stream with a right checksum.
        Compression = "status.compression",
        /// Fewer than 131,072 entries (W3C Bitstring Status List v1.0).
        TooShort = "status.too_short",
        /// Entries of a size other than 1, 2, 4 or 8 bits, or other than 2 where ours are read.
        Bits = "status.bits",
    }
}

/// The status of one certificate; the number is its value in the IETF list, where 3 is left to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In force.
    Valid = 0,
    /// Taken back for good.
    Revoked = 1,
    /// Not in force until further notice.
    Suspended = 2,
    /// Gone for good: another number has taken its place.
    Replaced = 3,
}

impl Status {
    /// Whether nothing can follow: a final status never changes again.
    pub const fn is_final(self) -> bool {
        matches!(self, Status::Revoked | Status::Replaced)
    }

    const fn from_bits(bits: u8) -> Status {
        match bits & 3 {
            0 => Status::Valid,
            1 => Status::Revoked,
            2 => Status::Suspended,
            _ => Status::Replaced,
        }
    }
}

/// The status of every index handed out so far, two bits each, in the layout of the IETF list: index 0 in the lowest bits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusArray {
    bytes: Vec<u8>,
    len: u32,
}

impl StatusArray {
    /// A list of `len` valid entries, at most [`MAX_ENTRIES`].
    pub fn with_len(len: u32) -> Result<StatusArray, StatusError> {
        let mut array = StatusArray::default();
        array.grow(len)?;
        Ok(array)
    }

    /// How many indices have been handed out.
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether no index has been handed out.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Makes the list `len` long; new entries are valid, a shorter length changes nothing.
    pub fn grow(&mut self, len: u32) -> Result<(), StatusError> {
        if len > MAX_ENTRIES {
            return Err(StatusError::TooLarge);
        }
        if len > self.len {
            self.len = len;
            self.bytes.resize(len.div_ceil(4) as usize, 0);
        }
        Ok(())
    }

    /// The status of an index; `None` at or above the length.
    pub fn get(&self, index: u32) -> Option<Status> {
        let byte = (index < self.len).then(|| self.bytes.get(index as usize / 4))??;
        Some(Status::from_bits(byte >> (index % 4 * 2)))
    }

    /// Sets the status of an index below the length.
    pub fn set(&mut self, index: u32, status: Status) -> Result<(), StatusError> {
        let inside = index < self.len;
        let byte = self.bytes.get_mut(index as usize / 4).filter(|_| inside).ok_or(StatusError::Beyond)?;
        let shift = index % 4 * 2;
        *byte = *byte & !(3 << shift) | (status as u8) << shift;
        Ok(())
    }

    /// Every status in order.
    pub fn iter(&self) -> impl Iterator<Item = Status> + '_ {
        (0..self.len).filter_map(|index| self.get(index))
    }

    /// The bitstring of one purpose: set where revoked or replaced, or where suspended.
    pub fn bitstring(&self, purpose: Purpose) -> Bitstring {
        let mut bits = Bitstring::with_len(self.len);
        for (index, status) in (0..).zip(self.iter()) {
            let set = match purpose {
                Purpose::Revocation => status.is_final(),
                Purpose::Suspension => status == Status::Suspended,
            };
            if set {
                bits.set(index);
            }
        }
        bits
    }

    /// The list as an IETF Token Status List of two bits an entry.
    pub fn token_list(&self) -> TokenStatusList {
        TokenStatusList::from_two_bits(self.bytes.clone())
    }

    /// Reads back a list of two bits an entry of which `len` indices have been handed out.
    pub fn from_token_list(list: &TokenStatusList, len: u32) -> Result<StatusArray, StatusError> {
        let mut array = StatusArray::with_len(len)?;
        for index in 0..len {
            array.set(index, Status::from_bits(list.two_bits(index)?))?;
        }
        Ok(array)
    }

    /// Joins the two bitstrings of a list of which `len` indices have been handed out. That something was replaced is not in them:
    /// a set revocation bit reads as revoked.
    pub fn from_bitstrings(revocation: &Bitstring, suspension: &Bitstring, len: u32) -> Result<StatusArray, StatusError> {
        let mut array = StatusArray::with_len(len)?;
        for index in 0..len {
            let bit = |list: &Bitstring| list.get(index).ok_or(StatusError::Beyond);
            match (bit(revocation)?, bit(suspension)?) {
                (true, _) => array.set(index, Status::Revoked)?,
                (false, true) => array.set(index, Status::Suspended)?,
                (false, false) => {}
            }
        }
        Ok(array)
    }
}
