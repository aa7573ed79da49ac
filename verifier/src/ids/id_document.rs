//! The documents by which a person is known: their shape, dates and check characters.

use super::region::is_province;
use super::{IdError, string_id};
use crate::time::Day;
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Weights of GB 11643 (ISO 7064 MOD 11-2) for the first seventeen digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder 0 to 10.
const CHECKS: &[u8; 11] = b"10X98765432";

/// What kind of document names the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// Resident identity card of the mainland (GB 11643), 18 characters.
    Resident,
    /// Mainland travel permit of Hong Kong and Macau residents: H or M and eight digits.
    HkMacauPermit,
    /// Mainland travel permit of Taiwan residents: eight digits.
    TaiwanPermit,
    /// Hong Kong identity card: one or two letters, six digits, a check character (brackets accepted).
    HkId,
    /// Macau identity card: eight digits (`N/NNNNNN/N` and `NNNNNNN(N)` accepted).
    MacauId,
    /// Residence permit for Hong Kong, Macau and Taiwan residents (810000, 820000, 830000), or a foreigner's permanent residence
    /// card of 2023 (begins with 9): 18 characters in the form of GB 11643.
    ResidencePermit,
    /// A passport: 5 to 20 of `0-9A-Z`.
    Passport,
}

/// A document number of a known kind, normalised: upper case, no brackets or slashes. Debug output does not show the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct IdDocument {
    kind: IdKind,
    number: String,
}

/// The same two members before they are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    kind: IdKind,
    number: String,
}

/// The last four characters of a document number, all that a certificate shows of it. Debug output does not show them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastFour(String);
string_id!(LastFour);

impl IdDocument {
    /// Reads a number of the given kind; lower case is accepted and raised.
    pub fn parse(kind: IdKind, text: &str) -> Result<Self, IdError> {
        if text.len() > 24 || !text.is_ascii() {
            return Err(IdError::DocumentShape);
        }
        let number = normalise(kind, text.to_ascii_uppercase());
        let bytes = number.as_bytes();
        let shape = |fits: bool| {
            if fits { Ok(()) } else { Err(IdError::DocumentShape) }
        };
        match kind {
            IdKind::Resident => check_resident(bytes)?,
            IdKind::ResidencePermit => check_residence_permit(bytes)?,
            IdKind::HkId => check_hong_kong(bytes)?,
            IdKind::HkMacauPermit => shape(matches!(bytes, [b'H' | b'M', digits @ ..] if are_digits(digits, 8)))?,
            IdKind::TaiwanPermit | IdKind::MacauId => shape(are_digits(bytes, 8))?,
            IdKind::Passport => shape((5..=20).contains(&bytes.len()) && bytes.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()))?,
        }
        Ok(Self { kind, number })
    }

    /// The kind of document.
    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The normalised number.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The last four characters of the normalised number.
    pub fn last_four(&self) -> LastFour {
        LastFour(self.number.get(self.number.len().saturating_sub(4)..).unwrap_or_default().to_string())
    }
}

impl fmt::Debug for IdDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdDocument").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for LastFour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastFour(..)")
    }
}

impl TryFrom<Wire> for IdDocument {
    type Error = IdError;
    fn try_from(wire: Wire) -> Result<Self, IdError> {
        Self::parse(wire.kind, &wire.number)
    }
}

impl LastFour {
    /// Reads four characters of `0-9A-Z`.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let fits = text.len() == 4 && text.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        if fits { Ok(Self(text.to_string())) } else { Err(IdError::LastFourShape) }
    }
}

/// Takes out the brackets and slashes with which Hong Kong and Macau print their numbers, where they stand in their places.
fn normalise(kind: IdKind, number: String) -> String {
    let bytes = number.as_bytes();
    let printed = match kind {
        IdKind::HkId => matches!(bytes, [.., b'(', _, b')']),
        IdKind::MacauId => matches!(bytes, [_, b'/', _, _, _, _, _, _, b'/', _] | [_, _, _, _, _, _, _, b'(', _, b')']),
        _ => false,
    };
    if printed { number.chars().filter(|c| !matches!(c, '(' | ')' | '/')).collect() } else { number }
}

fn are_digits(bytes: &[u8], count: usize) -> bool {
    bytes.len() == count && bytes.iter().all(u8::is_ascii_digit)
}

fn check_resident(number: &[u8]) -> Result<(), IdError> {
    let foreign = matches!(number, [b'8', b'1'..=b'3', ..]);
    check_gb_11643(number, is_province(number) && !foreign)
}

fn check_residence_permit(number: &[u8]) -> Result<(), IdError> {
    check_gb_11643(number, matches!(number, [b'8', b'1'..=b'3', b'0', b'0', b'0', b'0', ..] | [b'9', ..]))
}

/// The form shared by GB 11643 numbers: region, birth date, serial, MOD 11-2 check character.
fn check_gb_11643(number: &[u8], region_known: bool) -> Result<(), IdError> {
    let [digits @ .., check] = number else {
        return Err(IdError::DocumentShape);
    };
    if !are_digits(digits, 17) || !(check.is_ascii_digit() || *check == b'X') {
        return Err(IdError::DocumentShape);
    }
    if !region_known {
        return Err(IdError::DocumentRegion);
    }
    let part = |range| digits.get(range).map_or(0, |digits: &[u8]| digits.iter().fold(0, |sum, c| sum * 10 + u32::from(c - b'0')));
    let year = part(6..10);
    if year < 1900 || Day::new(year as i32, part(10..12), part(12..14)).is_err() {
        return Err(IdError::DocumentBirthDate);
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    if CHECKS.get((sum % 11) as usize) == Some(check) { Ok(()) } else { Err(IdError::DocumentCheck) }
}

/// Letters count 10 to 35 (a missing first letter 36), weights run from 9 to 1, and the sum is a multiple of 11 where A is 10.
fn check_hong_kong(number: &[u8]) -> Result<(), IdError> {
    let (letters, rest) = number.split_at(number.len().saturating_sub(7));
    let [digits @ .., check] = rest else {
        return Err(IdError::DocumentShape);
    };
    let shaped = matches!(letters.len(), 1 | 2) && letters.iter().all(u8::is_ascii_uppercase) && are_digits(digits, 6);
    if !shaped || !(check.is_ascii_digit() || *check == b'A') {
        return Err(IdError::DocumentShape);
    }
    let values = number.iter().rev().map(|c| char::from(*c).to_digit(36).unwrap_or(36)).chain((letters.len() == 1).then_some(36));
    let sum: u32 = values.zip(1..).map(|(value, weight)| value * weight).sum();
    if sum.is_multiple_of(11) { Ok(()) } else { Err(IdError::DocumentCheck) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdKind::*;

    #[test]
    fn real_shapes_are_accepted_and_normalised() {
        for (kind, text, number) in [
            (Resident, "11010519491231002X", "11010519491231002X"),
            (Resident, "11010519491231002x", "11010519491231002X"),
            (Resident, "440524188001010014", ""),
            (HkMacauPermit, "h12345678", "H12345678"),
            (TaiwanPermit, "01234567", "01234567"),
            (HkId, "A123456(3)", "A1234563"),
            (HkId, "AB987654(3)", "AB9876543"),
            (MacauId, "1/234567/8", "12345678"),
            (MacauId, "1234567(8)", "12345678"),
            (ResidencePermit, "810000199408230021", "810000199408230021"),
            (Passport, "e12345678", "E12345678"),
        ] {
            match number {
                // Born in 1880: a valid check character, but nobody to certify.
                "" => assert_eq!(IdDocument::parse(kind, text), Err(IdError::DocumentBirthDate)),
                _ => assert_eq!(IdDocument::parse(kind, text).map(|id| id.number), Ok(number.into()), "{text}"),
            }
        }
    }

    #[test]
    fn a_foreigners_card_begins_with_nine_and_carries_the_same_check() {
        let digits = "91113119900101123";
        let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let number = alloc::format!("{digits}{}", char::from(CHECKS[(sum % 11) as usize]));
        assert!(IdDocument::parse(ResidencePermit, &number).is_ok());
        assert_eq!(IdDocument::parse(Resident, &number), Err(IdError::DocumentRegion));
    }

    #[test]
    fn each_refusal_says_which_rule() {
        use IdError::*;
        for (kind, text, error) in [
            (Resident, "110105194912310021", DocumentCheck),
            (Resident, "11010519491331002X", DocumentBirthDate),
            (Resident, "99010519491231002X", DocumentRegion),
            (Resident, "810000199408230021", DocumentRegion),
            (Resident, "11010519491231002", DocumentShape),
            (Resident, "１1010519491231002X", DocumentShape),
            (ResidencePermit, "11010519491231002X", DocumentRegion),
            (HkId, "A123456(4)", DocumentCheck),
            (HkId, "1123456(3)", DocumentShape),
            (HkId, "ABC123456(3)", DocumentShape),
            (HkId, "3", DocumentShape),
            (MacauId, "1/2345678", DocumentShape),
            (HkMacauPermit, "T12345678", DocumentShape),
            (TaiwanPermit, "0123456", DocumentShape),
            (Passport, "E123", DocumentShape),
            (Passport, "E12345 78", DocumentShape),
        ] {
            assert_eq!(IdDocument::parse(kind, text), Err(error), "{text}");
        }
    }

    #[test]
    fn only_the_last_four_are_ever_shown() {
        let id = IdDocument::parse(Resident, "11010519491231002X").expect("a valid number");
        assert_eq!(id.last_four().as_str(), "002X");
        assert!(!alloc::format!("{id:?}").contains("110105"));
        assert!(!alloc::format!("{:?}", id.last_four()).contains("002X"));
        assert!(LastFour::parse("02X").is_err() && LastFour::parse("002x").is_err());
    }
}
