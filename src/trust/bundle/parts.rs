//! The parts: the same facts make the same bytes, on every server.

use std::collections::{BTreeMap, BTreeSet};

use verifier::bundle::{AgreementsPart, BundleError, Entry, KeyRow, KeysPart, PartName, ProvidersPart, RevokedPart, StatusPart};
use verifier::time::{Instant, Zone};

use super::facts::{Facts, List};

/// The texts of all parts. `zone` is where civil years begin.
///
/// # Errors
/// What the format refuses: more entries than a list may have.
pub(super) fn texts(facts: &Facts, zone: Zone) -> Result<BTreeMap<PartName, String>, BundleError> {
    let rows = &facts.rows;
    let mut texts = BTreeMap::from([
        (PartName::Providers, ProvidersPart::new(rows.providers.clone()).to_text()),
        (PartName::Revoked, RevokedPart::new(rows.revoked.clone()).to_text()),
    ]);
    if !facts.agreements.is_empty() {
        texts.insert(PartName::Agreements, AgreementsPart::new(facts.agreements.clone()).to_text());
    }
    let mut by_year: BTreeMap<u16, Vec<KeyRow>> = BTreeMap::new();
    for key in &rows.keys {
        for year in years(key, zone) {
            by_year.entry(year).or_default().push(key.clone());
        }
    }
    let years = status_years(&facts.lists, by_year.keys().copied());
    texts.extend(by_year.into_iter().map(|(year, keys)| (PartName::Keys(year), KeysPart::new(year, keys).to_text())));
    for year in years {
        texts.insert(PartName::Status(year), status(&facts.lists, year)?.to_text());
    }
    Ok(texts)
}

/// The civil years that a key's window touches.
fn years(key: &KeyRow, zone: Zone) -> impl Iterator<Item = u16> {
    let year = |at: Instant| u16::try_from(at.day_in(zone).year()).unwrap_or(0);
    (year(key.from)..=year(key.until.plus_seconds(-1))).filter(|year| PartName::parse(&PartName::Status(*year).to_string()).is_some())
}

/// The years that have a status part. A list without a year may hold a card of any year in which somebody had a key.
fn status_years(lists: &[List], key_years: impl Iterator<Item = u16>) -> BTreeSet<u16> {
    let mut years: BTreeSet<u16> = lists.iter().map(|list| list.year).collect();
    if years.remove(&0) {
        years.extend(key_years);
    }
    years
}

fn status(lists: &[List], year: u16) -> Result<StatusPart, BundleError> {
    let own = || lists.iter().filter(move |list| list.year == year || list.year == 0);
    let entries = own().flat_map(|list| list.entries.iter().cloned()).collect::<Vec<Entry>>();
    StatusPart::of(year, own().map(|list| (list.id, list.issued)).collect(), entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::ids::CreditCode;
    use verifier::time::Day;

    fn key(from: &str, until: &str) -> KeyRow {
        let at = |day: &str| Day::parse(day).expect("a day").start_in(Zone::CHINA);
        KeyRow { x: "x".to_owned(), provider: CreditCode::parse("91350100M000100Y43").expect("a code"), from: at(from), until: at(until) }
    }

    #[test]
    fn a_key_stands_in_every_civil_year_that_its_window_touches() {
        let touched = |from, until| years(&key(from, until), Zone::CHINA).collect::<Vec<_>>();
        assert_eq!(touched("2026-01-01", "2027-01-01"), [2026]);
        assert_eq!(touched("2026-12-31", "2027-01-02"), [2026, 2027]);
        let utc: Vec<u16> = years(&key("2026-01-01", "2027-01-01"), Zone::UTC).collect();
        assert_eq!(utc, [2025, 2026], "the year begins where the region is");
    }
}
