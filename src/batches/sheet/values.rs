//! What is made of a cell's text before it is believed: each step documented in docs/formats/batch.md.

use verifier::time::Day;

/// Characters without width that copying leaves behind.
fn has_no_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A full-width letter, digit or mark as its ASCII one; a dash of any length as a hyphen.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}

/// Names, titles, standards: without space around, without characters that have no width, without the apostrophe that protects a first character.
pub(super) fn text(text: &str) -> String {
    let text: String = text.chars().filter(|c| !has_no_width(*c)).collect();
    let text = text.trim();
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']));
    guarded.map_or(text, str::trim).to_owned()
}

/// Codes, numbers, dates: half-width, without any space, without the apostrophe by which a spreadsheet keeps digits as text.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().filter(|c| !has_no_width(*c) && !c.is_whitespace()).map(half_width).collect();
    text.trim_start_matches('\'').to_owned()
}

/// Headers and words of closed lists, for comparing: in addition small letters, and no marks but the dot.
pub(super) fn folded(text: &str) -> String {
    let plain = code(text).to_lowercase();
    plain.chars().filter(|c| c.is_alphanumeric() || *c == '.').collect()
}

/// Whether a spreadsheet has rounded this number: it has an exponent, or more than 15 digits that count.
pub(super) fn is_rounded(number: &str) -> bool {
    let digits = number.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
    number.contains(['e', 'E']) || digits > 15
}

/// Whether a text is what a spreadsheet shows for a long number: `1.23E+17`.
pub(super) fn is_exponent(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    text.to_ascii_uppercase().split_once("E+").is_some_and(|(number, exponent)| digits(&number.replacen('.', "", 1)) && digits(exponent))
}

/// A day in one of the documented spellings.
pub(super) fn day(text: &str) -> Option<Day> {
    // A spreadsheet shows a day as an instant: midnight is no part of it.
    let text = text.trim();
    let (date, time) = text.split_once(|c: char| c == 'T' || c.is_whitespace()).unwrap_or((text, ""));
    let date = if time.chars().all(|c| matches!(c, '0' | ':' | '.')) { code(date) } else { code(text) };
    let date = date.replace(['年', '月', '/', '.'], "-");
    let date = date.strip_suffix(['日', '号']).unwrap_or(&date);
    let number = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        let fits = lengths.contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
        if fits { part.parse::<u32>().ok() } else { None }
    };
    let parts: Vec<&str> = date.split('-').collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] => (number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?),
        [all] => {
            let all = number(all, 8..=8)?;
            (all / 10_000, all / 100 % 100, all % 100)
        }
        _ => return None,
    };
    Day::new(i32::try_from(year).ok()?, month, day).ok()
}

/// The day of a spreadsheet's serial number, its time of day left out. Workbooks count from 1900, with a 29 February 1900 that never was, or from 1904.
pub(super) fn serial_day(serial: &str, epoch_1904: bool) -> Option<Day> {
    const LAST: i64 = 2_958_465;
    let whole: i64 = serial.split('.').next()?.parse().ok()?;
    let first = |year, month, day| Day::new(year, month, day).ok();
    match (epoch_1904, whole) {
        (true, 0..=LAST) => Some(first(1904, 1, 1)?.add_days(whole)),
        (false, 1..=59) => Some(first(1899, 12, 31)?.add_days(whole)),
        (false, 61..=LAST) => Some(first(1899, 12, 30)?.add_days(whole)),
        _ => None,
    }
}

/// Hundredths of a credit from `3`, `3.5` or `3.50`.
pub(super) fn hundredths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole, 12) || !digits(part, 2) {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_every_documented_spelling_and_in_no_other() {
        for good in [
            "2026-01-02",
            "2026/1/2",
            "2026.1.2",
            "2026.01.02",
            "2026年1月2日",
            "2026年01月02号",
            "20260102",
            "２０２６－０１－０２",
            "'2026-1-2",
            " 2026-01-02 00:00:00",
            "2026-01-02T00:00:00.000",
            "2026 年 1 月 2 日",
        ] {
            assert_eq!(day(good).map(|d| d.to_string()).as_deref(), Some("2026-01-02"), "{good}");
        }
        for wrong in [
            "2026-13-01",
            "2026-02-30",
            "26-01-02",
            "2026-01",
            "02/01/2026",
            "2026-01-02 08:30",
            "46024",
            "",
            "2026-1-2-3",
            "+2026-1-2",
            "二〇二六年一月二日",
        ] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn serial_numbers_follow_both_calendars_of_spreadsheets() {
        for (serial, epoch_1904, expected) in [
            ("1", false, Some("1900-01-01")),
            ("59", false, Some("1900-02-28")),
            ("60", false, None),
            ("61", false, Some("1900-03-01")),
            ("46024", false, Some("2026-01-02")),
            ("46024.75", false, Some("2026-01-02")),
            ("2958465", false, Some("9999-12-31")),
            ("2958466", false, None),
            ("0", false, None),
            ("-1", false, None),
            ("0", true, Some("1904-01-01")),
            ("44562", true, Some("2026-01-02")),
        ] {
            assert_eq!(serial_day(serial, epoch_1904).map(|d| d.to_string()).as_deref(), expected, "{serial} {epoch_1904}");
        }
    }

    #[test]
    fn amounts_are_exact_and_have_two_places_at_most() {
        for (text, expected) in [("3", 300), ("3.5", 350), ("3.50", 350), ("0.01", 1), ("007.10", 710), ("999999999999.99", 99_999_999_999_999)] {
            assert_eq!(hundredths(text), Some(expected), "{text}");
        }
        for wrong in ["", ".5", "3.", "3.505", "-3", "+3", "1,000", "3,5", "1e2", "9999999999999", "三"] {
            assert_eq!(hundredths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rounded_numbers_are_told_from_exact_ones() {
        for rounded in ["110105194912310020", "1234567890123456", "1.1E17", "0.30000000000000004"] {
            assert!(is_rounded(rounded), "{rounded}");
        }
        for exact in ["123456789012345", "0.000000000000001", "-3.5", "0"] {
            assert!(!is_rounded(exact), "{exact}");
        }
        assert!(is_exponent("1.23E+17") && is_exponent("1e+5") && !is_exponent("E+5") && !is_exponent("1E5") && !is_exponent("AE+5"));
    }

    #[test]
    fn names_keep_what_they_hold_and_lose_what_surrounds_them() {
        for (given, expected) in [
            ("\u{feff} 张三\u{3000}", "张三"),
            ("\u{a0}欧阳\u{200b}静 ", "欧阳静"),
            ("'t Hooft", "'t Hooft"),
            ("''t Hooft", "'t Hooft"),
            ("'=x", "=x"),
            ("Ａ", "Ａ"),
            ("Mary Ann", "Mary Ann"),
            (" ", ""),
        ] {
            assert_eq!(text(given), expected, "{given:?}");
        }
        assert_eq!(code("'１１０１０５\u{a0}１９４９ 1231\u{200b}００２ｘ"), "11010519491231002x");
        assert_eq!(code("６－３１—01-03"), "6-31-01-03");
        assert_eq!(folded(" 职业（工种） * "), folded("职业/工种"));
        assert_eq!(folded("ID_Number"), "idnumber");
    }
}
