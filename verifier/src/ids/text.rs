//! Names of people and titles of occupations: any script, nothing that hides, reorders or breaks a line.

use super::{IdError, string_id};
use alloc::string::{String, ToString};
use core::fmt;

/// The longest name or title, in characters.
const MAX_CHARACTERS: usize = 100;

/// A person's name, 1 to 100 characters of any script; digits and symbols are refused. Debug output does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);
string_id!(PersonName);

/// A title, such as that of an occupation: 1 to 100 characters of any script, digits and punctuation allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Title(String);
string_id!(Title);

impl PersonName {
    /// Reads a name as it stands: nothing is normalised, since a name on paper is what its owner's document says.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        check(text)?;
        if text.chars().all(occurs_in_names) { Ok(Self(text.to_string())) } else { Err(IdError::NameCharacter) }
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(..)")
    }
}

impl Title {
    /// Reads a title as it stands.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        check(text)?;
        Ok(Self(text.to_string()))
    }
}

/// The rules that names and titles share.
fn check(text: &str) -> Result<(), IdError> {
    // A character is at most four bytes: a longer text is refused before it is walked.
    if text.is_empty() || text.len() > 4 * MAX_CHARACTERS || text.chars().count() > MAX_CHARACTERS {
        return Err(IdError::TextLength);
    }
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(IdError::TextSpace);
    }
    if text.chars().all(is_printable) { Ok(()) } else { Err(IdError::TextCharacter) }
}

/// False for controls, line breaks, invisible and bidirectional formatting, spaces other than U+0020, surrogate-like leftovers,
/// private use, noncharacters, and the planes 4 to 16, where no script lives.
fn is_printable(c: char) -> bool {
    let hidden = c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}');
    let code = u32::from(c);
    !hidden && code < 0x4_0000 && code & 0xfffe != 0xfffe
}

/// False for ASCII digits and marks that no name has, for symbols, dingbats, emoji, and full-width digits and marks.
fn occurs_in_names(c: char) -> bool {
    match c {
        'A'..='Z' | 'a'..='z' | ' ' | '-' | '\'' | '.' | ',' | '/' | '(' | ')' | '·' => true,
        '\0'..='\u{bf}' | '×' | '÷' => false,
        // Punctuation and symbols: only the apostrophe, the bullet and the hyphenation point stand in names.
        '\u{2010}'..='\u{2bff}' => matches!(c, '\u{2010}' | '\u{2019}' | '\u{2022}' | '\u{2027}'),
        '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{ff01}'..='\u{ff20}' | '\u{1f000}'..='\u{1faff}' => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_in_use_are_accepted() {
        let rare = ["𠮷野", "\u{2ebf0}", "\u{2ceb0}", "\u{30000}\u{31350}\u{323b0}", "〇", "㛃", "\u{9fff}"];
        let usual =
            ["张三", "阿卜杜拉·买买提", "ئابدۇللا مەمەت", "O’Neill", "Anne-Marie d'Arc", "Nguyễn Văn Ánh", "བསྟན་འཛིན", "ᠪᠠᠲᠤ", "MOHD BIN/ALI", "ꀊꆿ"];
        for name in rare.into_iter().chain(usual) {
            assert_eq!(PersonName::parse(name).map(|name| name.to_string()), Ok(name.into()));
        }
        assert!(PersonName::parse(&"𠮷".repeat(100)).is_ok());
    }

    #[test]
    fn what_hides_reorders_or_breaks_is_refused() {
        use IdError::*;
        for (name, error) in [
            ("", TextLength),
            (" 张三", TextSpace),
            ("张三 ", TextSpace),
            ("张\0三", TextCharacter),
            ("张\n三", TextCharacter),
            ("张\u{202e}三", TextCharacter),
            ("张\u{2067}三", TextCharacter),
            ("张\u{200b}三", TextCharacter),
            ("张\u{3000}三", TextCharacter),
            ("张\u{a0}三", TextCharacter),
            ("张\u{e000}", TextCharacter),
            ("张\u{f0000}", TextCharacter),
            ("张\u{e0041}", TextCharacter),
            ("张\u{1fffe}", TextCharacter),
            ("张\u{feff}", TextCharacter),
            ("张3", NameCharacter),
            ("<b>", NameCharacter),
            ("张。", NameCharacter),
            ("张😀", NameCharacter),
            ("张☭", NameCharacter),
        ] {
            assert_eq!(PersonName::parse(name), Err(error), "{name:?}");
        }
        assert_eq!(PersonName::parse(&"三".repeat(101)), Err(TextLength));
        assert_eq!(alloc::format!("{:?}", PersonName::parse("张三")), "Ok(PersonName(..))");
    }

    #[test]
    fn a_title_may_hold_digits_and_marks() {
        assert!(Title::parse("电工（高压）1 级").is_ok());
        assert_eq!(Title::parse("电工\u{202d}"), Err(IdError::TextCharacter));
    }
}
