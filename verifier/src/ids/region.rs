//! Region codes (GB/T 2260): two digits of province, two of prefecture, two of county.

use super::{IdError, string_id};
use core::fmt;
use core::ops::Deref;

/// Every first pair of digits in use: provinces, municipalities, autonomous regions, Taiwan, Hong Kong, Macau.
const PROVINCES: [u8; 34] =
    [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82];

/// A six-digit GB/T 2260 code. Counties come and go, so only the shape and the province are checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(Digits);
string_id!(RegionCode);

/// Six ASCII digits, held in place: rules of recognition compare region codes more often than anything else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Digits([u8; 6]);

impl Deref for Digits {
    type Target = str;
    fn deref(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl RegionCode {
    /// Reads six digits whose first two name a province.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits: [u8; 6] = text.as_bytes().try_into().map_err(|_| IdError::RegionShape)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(IdError::RegionShape);
        }
        if is_province(&digits) { Ok(Self(Digits(digits))) } else { Err(IdError::RegionProvince) }
    }
}

/// Whether a text of digits begins with the two digits of a province.
pub(super) fn is_province(digits: &[u8]) -> bool {
    matches!(digits, [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] if PROVINCES.contains(&((tens - b'0') * 10 + (ones - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_six_digits_in_a_known_province() {
        for good in ["310000", "320000", "310101", "810000", "820000", "659001"] {
            assert!(RegionCode::parse(good).is_ok(), "{good}");
        }
        for wrong in ["31000", "3100000", "31000a", "３10000", ""] {
            assert_eq!(RegionCode::parse(wrong), Err(IdError::RegionShape), "{wrong}");
        }
        for nowhere in ["000000", "990000", "830000", "160000"] {
            assert_eq!(RegionCode::parse(nowhere), Err(IdError::RegionProvince), "{nowhere}");
        }
    }
}
