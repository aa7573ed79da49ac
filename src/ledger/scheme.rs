//! What the ledger needs to know of a scheme: its id, its categories and when its credit expires.

use serde::Deserialize;
use verifier::ids::RegionCode;
use verifier::jws::Compact;
use verifier::time::Day;

use super::LedgerRefusal;

/// Longest document, in bytes.
const DOCUMENT_MAX: usize = 16_384;
/// Longest shelf life: a hundred years.
const MONTHS_MAX: i32 = 1_200;

/// What a scheme counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Credits.
    Credit,
    /// Hours of study.
    Hour,
}

/// When credit of a scheme ceases to be spendable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// This many calendar months after the day on which it was earned.
    Months(i32),
    /// At the end of the n-th calendar year after the year in which it was earned.
    CalendarYears(i32),
}

impl Expiry {
    /// The first day on which credit earned on `earned` is no longer spendable; none: never.
    pub fn expires_on(self, earned: Day) -> Option<Day> {
        match self {
            Expiry::Never => None,
            Expiry::Months(months) => Some(earned.add_months(months)),
            Expiry::CalendarYears(years) => Some(Day::new(earned.year() + years + 1, 1, 1).unwrap_or(Day::MAX)),
        }
    }
}

/// A scheme of credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// `310000:credit`
    pub id: String,
    /// What it counts.
    pub kind: Measure,
    /// The categories of its credit.
    pub categories: Vec<String>,
    /// When its credit expires.
    pub expiry: Expiry,
}

/// The members of the document that the ledger reads.
#[derive(Deserialize)]
struct Wire {
    hufu: String,
    id: String,
    kind: Measure,
    categories: Vec<String>,
    shelf_months: Option<i32>,
    calendar_years: Option<i32>,
}

impl Scheme {
    /// Reads the document, a compact JWS that this region signed.
    ///
    /// # Errors
    /// `ledger.scheme`
    pub fn of(document: &str) -> Result<Scheme, LedgerRefusal> {
        let compact = Compact::split(document, DOCUMENT_MAX).map_err(|_| LedgerRefusal::Scheme)?;
        let wire: Wire = serde_json::from_slice(&compact.payload).map_err(|_| LedgerRefusal::Scheme)?;
        let in_range = |n: &i32| (1..=MONTHS_MAX).contains(n);
        let expiry = match (wire.shelf_months.filter(in_range), wire.calendar_years.filter(in_range)) {
            (None, None) if wire.shelf_months.is_none() && wire.calendar_years.is_none() => Expiry::Never,
            (Some(months), None) if wire.calendar_years.is_none() => Expiry::Months(months),
            (None, Some(years)) if wire.shelf_months.is_none() => Expiry::CalendarYears(years),
            _ => return Err(LedgerRefusal::Scheme),
        };
        if wire.hufu != "scheme/1" || !is_id(&wire.id) {
            return Err(LedgerRefusal::Scheme);
        }
        Ok(Scheme { id: wire.id, kind: wire.kind, categories: wire.categories, expiry })
    }
}

/// Whether a text can name a scheme: a region and 1 to 32 of `0-9a-zA-Z-_.`. What is none is not looked for.
pub(super) fn is_id(text: &str) -> bool {
    let word = |name: &str| (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    text.split_once(':').is_some_and(|(region, name)| RegionCode::parse(region).is_ok() && word(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::jws::{Signer, sign_compact};

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn shelf_life_is_counted_to_the_day() {
        for (expiry, earned, expires) in [
            (Expiry::Never, "2026-03-01", None),
            (Expiry::Months(84), "2026-03-01", Some("2033-03-01")),
            (Expiry::Months(84), "2024-02-29", Some("2031-02-28")),
            (Expiry::Months(96), "2024-02-29", Some("2032-02-29")),
            (Expiry::Months(1), "2026-01-31", Some("2026-02-28")),
            (Expiry::Months(84), "9998-01-01", Some("9999-12-31")),
            (Expiry::CalendarYears(1), "2026-01-01", Some("2028-01-01")),
            (Expiry::CalendarYears(1), "2026-12-31", Some("2028-01-01")),
            (Expiry::CalendarYears(1), "9999-12-31", Some("9999-12-31")),
        ] {
            assert_eq!(expiry.expires_on(day(earned)), expires.map(day), "{expiry:?} {earned}");
        }
    }

    #[test]
    fn a_document_says_one_rule_of_expiry_or_none() {
        let of = |rule: &str| {
            let payload = format!(r#"{{"hufu":"scheme/1","id":"310000:credit","kind":"credit","categories":["core"]{rule}}}"#);
            Scheme::of(&sign_compact(r#"{"alg":"EdDSA"}"#, payload.as_bytes(), &Signer::from_seed(&[1; 32]))).map(|scheme| scheme.expiry)
        };
        assert_eq!(of(""), Ok(Expiry::Never));
        assert_eq!(of(r#","shelf_months":84"#), Ok(Expiry::Months(84)));
        assert_eq!(of(r#","calendar_years":1"#), Ok(Expiry::CalendarYears(1)));
        for wrong in [r#","shelf_months":84,"calendar_years":1"#, r#","shelf_months":0"#, r#","shelf_months":84,"calendar_years":0"#] {
            assert_eq!(of(wrong), Err(LedgerRefusal::Scheme), "{wrong}");
        }
        assert_eq!(Scheme::of("a.b"), Err(LedgerRefusal::Scheme));
    }

    #[test]
    fn a_scheme_is_named_by_its_region_and_a_word() {
        assert!(is_id("310000:credit") && is_id("810000:CPD_hours.2"));
        for wrong in ["credit", "31000:credit", "310000:", "310000:a b", "310000:credit\0", "310000:学分"] {
            assert!(!is_id(wrong), "{wrong}");
        }
    }
}
