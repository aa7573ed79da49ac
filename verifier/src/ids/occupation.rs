//! Occupation codes of the national occupational classification, such as `6-31-01-03`.

use super::{IdError, string_id};
use alloc::string::{String, ToString};

/// A full occupation code: one digit 1 to 8 and three pairs of digits, joined by hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OccupationCode(String);
string_id!(OccupationCode);

/// A branch of the classification: a full code, or a code cut after a hyphen (`6-`, `6-25-`, `6-25-02-`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OccupationPrefix(String);
string_id!(OccupationPrefix);

impl OccupationCode {
    /// Reads exactly `N-NN-NN-NN`.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.len() == 10 && follows_pattern(text) { Ok(Self(text.to_string())) } else { Err(IdError::OccupationShape) }
    }
}

impl OccupationPrefix {
    /// Reads a full code or one cut right after a hyphen, so that `6-2` never matches both `6-21` and `6-25` by accident.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let whole = matches!(text.len(), 2 | 5 | 8 | 10) && follows_pattern(text);
        if whole { Ok(Self(text.to_string())) } else { Err(IdError::OccupationPrefixShape) }
    }

    /// Whether the occupation lies in this branch.
    pub fn covers(&self, code: &OccupationCode) -> bool {
        // Never longer than a code; and the first digit mostly tells, so it is not worth a call to compare.
        self.0.bytes().zip(code.as_str().bytes()).all(|(own, other)| own == other)
    }
}

/// Whether each character of `text` fits its place in `N-NN-NN-NN`.
fn follows_pattern(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, c)| match at {
        0 => (b'1'..=b'8').contains(&c),
        1 | 4 | 7 => c == b'-',
        _ => c.is_ascii_digit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_four_groups() {
        assert!(OccupationCode::parse("6-31-01-03").is_ok());
        for wrong in ["6-31-01", "6-31-01-3", "9-31-01-03", "0-31-01-03", "6-31-01-03-", "6_31_01_03", "6-31-01-0３", ""] {
            assert_eq!(OccupationCode::parse(wrong), Err(IdError::OccupationShape), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_covers_its_branch_and_ends_at_a_group() {
        let code = OccupationCode::parse("6-25-02-05").expect("a code");
        for (prefix, covered) in [("6-", true), ("6-25-", true), ("6-25-02-05", true), ("6-31-", false), ("4-04-05-05", false)] {
            assert_eq!(OccupationPrefix::parse(prefix).map(|prefix| prefix.covers(&code)), Ok(covered), "{prefix}");
        }
        for wrong in ["", "6", "6-2", "6-25", "6-25-0", "6-25-02-05-", "9-"] {
            assert_eq!(OccupationPrefix::parse(wrong), Err(IdError::OccupationPrefixShape), "{wrong}");
        }
    }
}
