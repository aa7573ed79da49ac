//! Pure decisions: when two names are one, how codes and tokens look, and which account may go into which.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use verifier::base64url;

use super::{LearnerRefusal, State};
use crate::error::Refusal;

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 60 bits.
const CODE_LENGTH: usize = 12;
/// Longest text that is read as a code, in bytes.
const CODE_TEXT_MAX: usize = 64;
/// How a learner's token begins, so that scanners find one that leaked, and no other token is taken for one.
const TOKEN_PREFIX: &str = "hufl_";
/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// A name as it is compared: compatibility forms folded (NFKC), lower case, without spaces, dots and hyphens between its parts.
pub fn fold_name(name: &str) -> String {
    const BETWEEN: [char; 8] = ['·', '•', '・', '‧', '.', '-', '\'', '’'];
    name.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace() && !BETWEEN.contains(c)).collect()
}

/// The characters of a code made of 60 of these 64 random bits.
pub(super) fn code(random: [u8; 8]) -> String {
    let bits = u64::from_be_bytes(random);
    (0..CODE_LENGTH).map(|n| char::from(ALPHABET[((bits >> (5 * n)) & 31) as usize])).collect()
}

/// A code as it is handed over: three groups of four.
pub(super) fn in_groups(code: &str) -> String {
    let characters: Vec<char> = code.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect()).collect::<Vec<String>>().join("-")
}

/// The code that a person typed: either case, hyphens and spaces anywhere, O for 0, I and L for 1. None where it cannot be one.
pub(super) fn read_code(text: &str) -> Option<String> {
    if text.len() > CODE_TEXT_MAX {
        return None;
    }
    let digit = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let code: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).map(digit).collect();
    let fits = code.len() == CODE_LENGTH && code.bytes().all(|b| ALPHABET.contains(&b));
    fits.then_some(code)
}

/// The text of a token made of 256 random bits.
pub(super) fn token(random: &[u8; 32]) -> String {
    format!("{TOKEN_PREFIX}{}", base64url::encode(random))
}

/// What is stored of a token, if the text is one. 256 random bits cannot be guessed, so SHA-256 is enough.
pub(super) fn token_hash(text: &str) -> Option<[u8; 32]> {
    base64url::decode_array::<32>(text.strip_prefix(TOKEN_PREFIX)?).ok()?;
    Some(Sha256::digest(text.as_bytes()).into())
}

/// Whether `reason` may be kept.
///
/// # Errors
/// `learners.reason`.
pub(super) fn check_reason(reason: &str) -> Result<(), Refusal> {
    if is_reason(reason) { Ok(()) } else { Err(LearnerRefusal::Reason.at("reason")) }
}

/// Whether a text is a reason: one line of 1 to 200 characters.
pub fn is_reason(text: &str) -> bool {
    (1..=REASON_MAX).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control)
}

/// Whether an account in this state may be used.
///
/// # Errors
/// `learners.closed`, `learners.merged`.
pub fn in_use(state: State) -> Result<(), LearnerRefusal> {
    match state {
        State::Open => Ok(()),
        State::Closed => Err(LearnerRefusal::Closed),
        State::Merged => Err(LearnerRefusal::Merged),
    }
}

/// Whether account `from` may go into `into`, each an id with its state. `into` is where the named account has gone by now, so that a chain
/// never closes: it would have to lead back to `from` itself.
///
/// # Errors
/// `learners.closed`, `learners.merged`, `learners.merge_self`.
pub(super) fn may_merge(from: (&str, State), into: (&str, State)) -> Result<(), Refusal> {
    in_use(from.1).map_err(|refusal| refusal.at("id"))?;
    if from.0 == into.0 {
        return Err(LearnerRefusal::MergeSelf.at("into"));
    }
    in_use(into.1).map_err(|refusal| refusal.at("into"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_written_in_other_ways_fold_to_one() {
        for (a, b) in [("阿卜杜拉·买买提", "阿卜杜拉・买买提"), ("Mary  Jones", "MARY JONES"), ("Ｏ’Neil", "O'neil"), ("欧阳 静", "欧阳静")]
        {
            assert_eq!(fold_name(a), fold_name(b));
        }
        assert_ne!(fold_name("张三"), fold_name("张三丰"));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let made = code([0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc]);
        let shown = in_groups(&made);
        assert_eq!((made.len(), shown.len(), shown.matches('-').count()), (12, 14, 2));
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), made.clone(), shown.replace('0', "o").replace('1', "l")] {
            assert_eq!(read_code(&typed), Some(made.clone()), "{typed}");
        }
        for wrong in ["", "0000-0000-000", "0000-0000-00000", "0000-0000-000U", "0000-0000-000é", "0000_0000_0000", &"-".repeat(65)] {
            assert_eq!(read_code(wrong), None, "{wrong}");
        }
        assert_ne!(code([0; 8]), code([0, 0, 0, 0, 0, 0, 0, 1]));
    }

    #[test]
    fn only_a_whole_token_has_a_hash() {
        let text = token(&[9; 32]);
        assert_eq!((text.len(), &text[..5]), (48, "hufl_"));
        assert!(token_hash(&text).is_some());
        for wrong in ["", "hufl_", &text[..47], &text.replace("hufl_", "hufu_"), &text[5..], &format!("{text}A"), &format!(" {text}")] {
            assert_eq!(token_hash(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_open_accounts_merge_and_never_into_themselves() {
        use State::{Closed, Merged, Open};
        let codes = |from, into| may_merge(from, into).err().map(|refusal| (refusal.reason.code, refusal.field));
        let refused = |code, field: &str| Some((code, field.to_owned()));
        assert_eq!(codes(("a", Open), ("b", Open)), None);
        assert_eq!(codes(("a", Closed), ("b", Open)), refused("learners.closed", "id"));
        assert_eq!(codes(("a", Merged), ("b", Open)), refused("learners.merged", "id"));
        assert_eq!(codes(("a", Open), ("a", Open)), refused("learners.merge_self", "into"));
        assert_eq!(codes(("a", Open), ("b", Closed)), refused("learners.closed", "into"));
    }
}
