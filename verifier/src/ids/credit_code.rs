//! Unified social credit codes (GB 32100-2015), which name every body in China.

use super::{IdError, string_id};
use alloc::string::{String, ToString};

/// The 31 characters of GB 32100 in the order of their values; I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of GB 11714 for the eight characters of an organization code.
const ORGANIZATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A unified social credit code: 18 characters, of which the last is a check over all and the last but one over characters 9 to 16.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);
string_id!(CreditCode);

impl CreditCode {
    /// Reads 18 upper-case characters and checks both check characters.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let code: &[u8; 18] = text.as_bytes().try_into().map_err(|_| IdError::CreditCodeShape)?;
        let [body @ .., check] = code;
        let mut sum = 0;
        let mut weight = 1;
        for character in body {
            sum += value(*character)? * weight;
            weight = weight * 3 % 31;
        }
        let expected = (31 - sum % 31) % 31;
        if value(*check)? != expected {
            return Err(IdError::CreditCodeCheck);
        }
        if organization_check(body) != code.get(16).copied() {
            return Err(IdError::CreditCodeOrganizationCheck);
        }
        Ok(Self(text.to_string()))
    }
}

/// The value of a character, 0 to 30.
fn value(character: u8) -> Result<u32, IdError> {
    ALPHABET.iter().position(|known| *known == character).map(|at| at as u32).ok_or(IdError::CreditCodeShape)
}

/// The GB 11714 check character of the organization code that begins at the ninth character.
fn organization_check(body: &[u8]) -> Option<u8> {
    let sum = body
        .get(8..16)?
        .iter()
        .zip(ORGANIZATION_WEIGHTS)
        .try_fold(0, |sum, (character, weight)| Some(sum + char::from(*character).to_digit(36)? * weight))?;
    Some(match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_codes_are_accepted() {
        for code in ["91350100M000100Y43", "91330100799655058B", "914403001922038216", "9144030071526726XG", "91110000802100433B"] {
            assert_eq!(CreditCode::parse(code).map(|code| code.to_string()), Ok(code.into()));
        }
    }

    #[test]
    fn a_code_with_any_one_character_changed_is_refused() {
        let code = "9144030071526726XG";
        for at in 0..18 {
            for other in ALPHABET.iter().filter(|other| **other != code.as_bytes()[at]) {
                let mut changed = code.as_bytes().to_vec();
                changed[at] = *other;
                assert!(CreditCode::parse(core::str::from_utf8(&changed).expect("ASCII")).is_err());
            }
        }
    }

    #[test]
    fn each_refusal_says_which_rule() {
        let refused = |code: &str| CreditCode::parse(code).map_err(|error| error.code());
        assert_eq!(refused("91350100M000100Y4"), Err("ids.credit_code_shape"));
        assert_eq!(refused("91350100m000100y43"), Err("ids.credit_code_shape"));
        assert_eq!(refused("9135010OM000100Y43"), Err("ids.credit_code_shape"));
        assert_eq!(refused("91350100M000100Y44"), Err("ids.credit_code_check"));
        // One of the 31 last characters satisfies the outer check; then the organization's own check still refuses.
        let outer_holds = ALPHABET.iter().map(|last| refused(&alloc::format!("91350100M000101Y4{}", char::from(*last))));
        let refusals: alloc::vec::Vec<_> = outer_holds.filter(|refusal| *refusal != Err("ids.credit_code_check")).collect();
        assert_eq!(refusals, [Err("ids.credit_code_organization_check")]);
        assert_eq!(refused("第91350100M0001Y4"), Err("ids.credit_code_shape"));
    }
}
