//! Certificate numbers: opaque names. National shapes differ, so none is ever taken apart.

use super::{IdError, RegionCode, string_id};
use alloc::format;
use alloc::string::{String, ToString};

/// Crockford's 32 characters: no I, L, O or U, so a number survives being read aloud.
const RANDOM_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The 36 characters of ISO 7064 MOD 37-36.
const CHECK_ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// 4 to 40 characters of `0-9A-Z-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateNumber(String);
string_id!(CertificateNumber);

impl CertificateNumber {
    /// Reads a number of any origin; its check character, if it has one, is not looked at.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let fits = (4..=40).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == b'-');
        if fits { Ok(Self(text.to_string())) } else { Err(IdError::CertificateNumberShape) }
    }

    /// Makes a number of our own: `HF`, region, year, ten characters from 50 random bits, and a check character; 23 in all.
    /// The random bits make it unguessable: nobody can list certificates by counting.
    pub fn generate(random: [u8; 16], region: &RegionCode, year: u16) -> Self {
        let mut bits = u128::from_be_bytes(random);
        let mut number = format!("HF{region}{:04}", year.min(9999));
        for _ in 0..10 {
            number.push(character(RANDOM_ALPHABET, (bits & 31) as usize));
            bits >>= 5;
        }
        let check = check_character(&number);
        number.push(check);
        Self(number)
    }

    /// Whether the last character is the [check character](CertificateNumber::check_char) of the others: true of every number of
    /// our own, so a mistyped one is noticed before it is looked up.
    pub fn has_check_char(&self) -> bool {
        let mut characters = self.0.chars();
        characters.next_back().is_some_and(|last| check_character(characters.as_str()) == last)
    }

    /// The ISO 7064 MOD 37-36 check character over this number's letters and digits (hyphens do not count).
    pub fn check_char(&self) -> char {
        check_character(&self.0)
    }
}

/// ISO 7064, hybrid system MOD 37-36.
fn check_character(text: &str) -> char {
    let product = text.chars().filter_map(|c| c.to_digit(36)).fold(36, |product, value| {
        let sum = (product + value) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    character(CHECK_ALPHABET, ((37 - product) % 36) as usize)
}

fn character(alphabet: &[u8], at: usize) -> char {
    alphabet.get(at).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> CertificateNumber {
        let region = RegionCode::parse("310000").expect("a region");
        CertificateNumber::generate([0xa7; 16], &region, 2026)
    }

    #[test]
    fn a_generated_number_has_its_parts_and_its_check() {
        let number = sample();
        assert_eq!(number.as_str().len(), 23);
        assert!(number.as_str().starts_with("HF3100002026"));
        assert!(number.has_check_char());
        assert_eq!(CertificateNumber::parse(number.as_str()), Ok(number));
    }

    #[test]
    fn the_check_follows_the_published_example() {
        // ISO/IEC 7064, MOD 37-36, as used by the Global Release Identifier standard: A12425GABC1234002 has check character M.
        assert_eq!(check_character("A12425GABC1234002"), 'M');
        assert_eq!(check_character("A1-2425G-ABC1234002"), 'M');
    }

    #[test]
    fn one_wrong_character_or_two_swapped_are_noticed() {
        let text = sample().as_str().to_string();
        for at in 0..text.len() {
            for other in RANDOM_ALPHABET.iter().filter(|other| **other != text.as_bytes()[at]) {
                let mut changed = text.clone().into_bytes();
                changed[at] = *other;
                let changed = CertificateNumber::parse(core::str::from_utf8(&changed).expect("ASCII")).expect("the shape holds");
                assert!(!changed.has_check_char());
            }
        }
    }

    #[test]
    fn a_number_is_opaque_but_not_anything() {
        for good in ["Y000123456789012345678", "1234567890123456", "A-1-B"] {
            assert!(CertificateNumber::parse(good).is_ok(), "{good}");
        }
        for wrong in ["ABC", "abcd", "AB CD", "12345678901234567890123456789012345678901", "证书1234"] {
            assert_eq!(CertificateNumber::parse(wrong), Err(IdError::CertificateNumberShape), "{wrong}");
        }
    }
}
