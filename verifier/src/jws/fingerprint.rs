//! A key's fingerprint as people read it out to each other.

use super::{KeyError, PublicKey};
use crate::base64url;
use alloc::string::String;
use core::fmt;

/// The first 16 bytes of a key's RFC 7638 thumbprint, written as eight groups of five decimal digits: two bytes a group, big-endian,
/// 00000 to 65535. Digits are read alike in every language; 128 bits leave no second key to be found.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

/// Groups of digits.
const GROUPS: usize = 8;
/// Digits of a group.
const DIGITS: usize = 5;
/// Characters of a whole thumbprint in base64url.
const THUMBPRINT: usize = 43;

impl Fingerprint {
    /// The fingerprint of a key.
    pub fn of(key: &PublicKey) -> Fingerprint {
        Fingerprint::of_thumbprint(&key.thumbprint)
    }

    fn of_thumbprint(thumbprint: &[u8; 32]) -> Fingerprint {
        let [low, ..] = thumbprint.as_chunks::<16>().0 else { return Fingerprint([0; 16]) };
        Fingerprint(*low)
    }

    /// Reads forty digits, with spaces or hyphens anywhere between them, or a whole thumbprint in base64url.
    pub fn parse(text: &str) -> Result<Fingerprint, KeyError> {
        let text = text.trim();
        if text.len() == THUMBPRINT
            && let Ok(thumbprint) = base64url::decode_array(text)
        {
            return Ok(Fingerprint::of_thumbprint(&thumbprint));
        }
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).take(GROUPS * DIGITS + 1).collect();
        if digits.len() != GROUPS * DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(KeyError::Fingerprint);
        }
        let mut bytes = [0; 16];
        for (group, pair) in digits.as_bytes().chunks(DIGITS).zip(bytes.as_chunks_mut::<2>().0) {
            let number = group.iter().fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'));
            *pair = u16::try_from(number).map_err(|_| KeyError::Fingerprint)?.to_be_bytes();
        }
        Ok(Fingerprint(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, pair) in self.0.as_chunks::<2>().0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{:05}", u16::from_be_bytes(*pair))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jws::Signer;
    use alloc::string::ToString;

    #[test]
    fn what_is_read_out_is_what_is_typed_in() {
        let key = *Signer::from_seed(&[7; 32]).public();
        let ours = Fingerprint::of(&key);
        let text = ours.to_string();
        assert_eq!(text.len(), 47);
        for typed in [text.clone(), text.replace(' ', ""), text.replace(' ', "-"), alloc::format!(" {text} "), key.thumbprint()] {
            assert_eq!(Fingerprint::parse(&typed), Ok(ours), "{typed}");
        }
        for wrong in ["", "12345", &text[1..], &alloc::format!("{text}0"), &text.replace(' ', "x"), "99999 ".repeat(8).trim()] {
            assert_eq!(Fingerprint::parse(wrong), Err(KeyError::Fingerprint), "{wrong}");
        }
    }
}
