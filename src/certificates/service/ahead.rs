//! Where in status lists the next certificates of a provider go, as far as this server knows. Nobody is sure before the certificates are written: a
//! guess is a condition of that.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::certificates::store::{Guess, LIST_MAX};

/// Most providers that are kept; then all are forgotten.
const PROVIDERS_MAX: usize = 10_000;

/// The next places of providers.
#[derive(Default)]
pub struct Ahead(Mutex<BTreeMap<String, Next>>);

struct Next {
    year: i64,
    list: i64,
    index: i64,
    /// Whether nobody else took places between the last two times; else a guess is as good as lost.
    is_ours: bool,
}

impl Ahead {
    /// So many places for each provider; who asks next gets those behind them. None where one of them is not known or others take its places too.
    pub(super) fn guess(&self, counts: &BTreeMap<&str, i64>, year: i64) -> Option<BTreeMap<String, Guess>> {
        let mut held = self.held();
        let fits = |(provider, count): (&&str, &i64)| {
            held.get(*provider).is_some_and(|next| next.is_ours && next.year == year && next.index + count <= LIST_MAX)
        };
        if !counts.iter().all(fits) {
            return None;
        }
        let mut guessed = BTreeMap::new();
        for (provider, count) in counts {
            let next = held.get_mut(*provider)?;
            guessed.insert((*provider).to_owned(), Guess { list: next.list, first: next.index, count: *count });
            next.index += count;
        }
        Some(guessed)
    }

    /// That a transaction takes these places of a year. Where it is undone, the next guess is wrong and nothing else.
    pub(super) fn saw(&self, taken: &BTreeMap<String, Vec<(i64, i64)>>, year: i64) {
        let mut held = self.held();
        if held.len() >= PROVIDERS_MAX {
            held.clear();
        }
        for (provider, places) in taken {
            let (Some(first), Some(&(list, last))) = (places.first(), places.last()) else { continue };
            let is_ours = held.get(provider).is_none_or(|next| (next.list, next.index) == *first);
            held.insert(provider.clone(), Next { year, list, index: last + 1, is_ours });
        }
    }

    /// That nothing was written at the places that were guessed for this provider.
    pub fn missed(&self, provider: &str) {
        if let Some(next) = self.held().get_mut(provider) {
            next.is_ours = false;
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Next>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(list: i64, indices: std::ops::Range<i64>) -> BTreeMap<String, Vec<(i64, i64)>> {
        BTreeMap::from([("prov_1".to_owned(), indices.map(|index| (list, index)).collect())])
    }

    fn guess(ahead: &Ahead, count: i64, year: i64) -> Option<Vec<(i64, i64)>> {
        Some(ahead.guess(&BTreeMap::from([("prov_1", count)]), year)?.remove("prov_1")?.places())
    }

    #[test]
    fn who_alone_takes_places_knows_the_next_ones() {
        let ahead = Ahead::default();
        assert_eq!(guess(&ahead, 1, 2026), None);
        ahead.saw(&taken(7, 0..2), 2026);
        assert_eq!(guess(&ahead, 2, 2026), Some(vec![(7, 2), (7, 3)]));
        assert_eq!(guess(&ahead, 1, 2026), Some(vec![(7, 4)]));
        assert_eq!(guess(&ahead, 1, 2027), None, "certificates of another year are in other lists");
        assert_eq!(guess(&ahead, LIST_MAX, 2026), None, "the list has no room for so many");
    }

    #[test]
    fn where_others_take_places_too_nobody_guesses_until_they_stop() {
        let ahead = Ahead::default();
        ahead.saw(&taken(7, 0..1), 2026);
        ahead.saw(&taken(7, 4..5), 2026);
        assert_eq!(guess(&ahead, 1, 2026), None);
        ahead.saw(&taken(7, 5..6), 2026);
        assert_eq!(guess(&ahead, 1, 2026), Some(vec![(7, 6)]));
        ahead.missed("prov_1");
        assert_eq!(guess(&ahead, 1, 2026), None);
    }
}
