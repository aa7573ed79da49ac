//! Which styles of a workbook show a number as a date.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::part::{Part, attribute, local};
use crate::error::Error;

/// For each style whether it shows dates, by its index.
pub(super) fn read(mut part: Part<'_>) -> Result<Vec<bool>, Error> {
    let (mut formats, mut styles, mut in_cells) = (BTreeMap::new(), Vec::new(), false);
    while let Some(event) = part.next()? {
        match &event {
            Event::Start(start) => match local(start.name()) {
                "numFmt" => {
                    let (id, code) = (attribute(start, "numFmtId")?, attribute(start, "formatCode")?);
                    formats.insert(id.unwrap_or_default(), is_date(&code.unwrap_or_default()));
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => styles.push(attribute(start, "numFmtId")?.unwrap_or_default()),
                _ => {}
            },
            Event::End(end) if local(end.name()) == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
    Ok(styles.iter().map(|id| formats.get(id).copied().unwrap_or_else(|| is_built_in_date(id))).collect())
}

/// The formats that every spreadsheet knows by number (ECMA-376 18.8.30), those of East Asia among them.
fn is_built_in_date(id: &str) -> bool {
    id.parse().is_ok_and(|id: u32| matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58))
}

/// Whether a format has a place for a year, month, day or hour outside of what it prints as it stands.
fn is_date(code: &str) -> bool {
    let mut characters = code.split(';').next().unwrap_or_default().chars();
    while let Some(c) = characters.next() {
        let end = match c {
            '"' => Some('"'),
            '[' => Some(']'),
            '\\' | '_' | '*' => {
                characters.next();
                None
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' => return true,
            _ => None,
        };
        if let Some(end) = end {
            characters.by_ref().find(|c| *c == end);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers_by_their_format() {
        for date in ["yyyy-mm-dd", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "m/d/yy h:mm", "[DBNum1]yyyy"] {
            assert!(is_date(date), "{date}");
        }
        for number in ["0.00", "General", "\"day\"0", "[Red]0", "@", "#,##0\\d", "0;yyyy"] {
            assert!(!is_date(number), "{number}");
        }
        assert!(is_built_in_date("14") && is_built_in_date("57") && !is_built_in_date("1") && !is_built_in_date("x"));
    }
}
