//! Bytes as decimal digits: 17 for every 7 bytes, most significant first; the last group 3, 5, 8, 10, 13 or 15 for 1 to 6 bytes.

use super::Hf1Error;
use crate::card::MAX_BYTES;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Digits of a group of 0 to 7 bytes.
const DIGITS: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];

/// The most digits read: those of [`MAX_BYTES`] bytes, and no card comes near.
const MAX_DIGITS: usize = MAX_BYTES.div_ceil(7) * 17;

/// Writes bytes as digits.
pub(super) fn from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(7) * 17);
    for group in bytes.chunks(7) {
        let value = group.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let width = DIGITS.get(group.len()).copied().unwrap_or(17);
        // Writing to a string never fails.
        let _ = write!(text, "{value:0width$}");
    }
    text
}

/// Reads digits; a length that no bytes have, a character that is no digit, and a group out of range are refused.
pub(super) fn to_bytes(text: &str) -> Result<Vec<u8>, Hf1Error> {
    if text.len() > MAX_DIGITS {
        return Err(Hf1Error::TooLong);
    }
    let mut bytes = Vec::with_capacity(text.len() / 17 * 7 + 7);
    for group in text.as_bytes().chunks(17) {
        let size = DIGITS.iter().position(|digits| *digits == group.len()).ok_or(Hf1Error::Length)?;
        let mut value = 0u64;
        for digit in group {
            if !digit.is_ascii_digit() {
                return Err(Hf1Error::Length);
            }
            value = value * 10 + u64::from(digit - b'0');
        }
        if value >> (8 * size) != 0 {
            return Err(Hf1Error::Range);
        }
        bytes.extend(value.to_be_bytes().into_iter().skip(8 - size));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_their_digits_and_no_others() {
        assert_eq!(from_bytes(&[0xff; 7]), "72057594037927935");
        assert_eq!(from_bytes(&[0, 1, 2, 3, 4, 5, 6, 7]), "00001108152157446007");
        for length in 0..=30 {
            let bytes: Vec<u8> = (0..length).map(|at| 255 - at as u8).collect();
            assert_eq!(to_bytes(&from_bytes(&bytes)), Ok(bytes));
        }
        for wrong in ["1", "12", "1234", "123456", "12345678901", "12345678901234567a89", "0x1", "１"] {
            assert_eq!(to_bytes(wrong), Err(Hf1Error::Length), "{wrong}");
        }
        for above in ["256", "65536", "16777216", "4294967296", "1099511627776", "281474976710656", "72057594037927936"] {
            assert_eq!(to_bytes(above), Err(Hf1Error::Range), "{above}");
        }
    }
}
