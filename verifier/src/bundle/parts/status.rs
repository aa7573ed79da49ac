//! `status/<year>`: all status lists of one year of issue. The lists are laid end to end, so that one coded set holds the revoked entries
//! of thousands of lists in about a byte each.

use super::{latest, parse, rise, sorted, version, write};
use crate::bundle::held::ENTRIES_MAX;
use crate::bundle::rice::RiceSet;
use crate::bundle::{BundleError, BundleRule};
use crate::card::StatusRef;
use crate::ids::CertificateNumber;
use crate::json::from_members;
use crate::status::{MAX_ENTRIES, Status};
use crate::verdict::StatusFact;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// The most entries that a delta may change: where more changed the part comes whole.
const CHANGES_MAX: u64 = 1 << 20;

/// The status lists of one year of issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusPart {
    /// The civil year.
    pub year: u16,
    /// (list, how many of its indices were handed out), by list.
    lists: Vec<(u32, u32)>,
    /// (list, index) of what was revoked, sorted.
    revoked: Vec<(u32, u32)>,
    /// The same of what is suspended.
    suspended: Vec<(u32, u32)>,
    /// The same of what was replaced, with the number of the successor.
    replaced: Vec<(u32, u32, String)>,
}

/// An entry that is not simply in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The list.
    pub list: u32,
    /// The index.
    pub index: u32,
    /// Its status.
    pub status: Status,
    /// Of a replaced certificate, the number of its successor.
    pub successor: Option<String>,
}

/// What a delta says about a status part: lists as long as they are now, and what changed, as coded sets of positions in them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct StatusChange {
    /// (list, how many of its indices were handed out) of lists that grew or are new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<(u32, u32)>,
    /// What is in force again.
    #[serde(skip_serializing_if = "RiceSet::is_empty")]
    pub valid: RiceSet,
    /// What is revoked.
    #[serde(skip_serializing_if = "RiceSet::is_empty")]
    pub revoked: RiceSet,
    /// What is suspended.
    #[serde(skip_serializing_if = "RiceSet::is_empty")]
    pub suspended: RiceSet,
    /// (list, index, number of the successor) of what was replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<(u32, u32, String)>,
}

from_members!(StatusChange { ; lists, valid, revoked, suspended, replaced });

version!(Version = "status/1");

#[derive(Serialize)]
struct Wire {
    hufu: Version,
    year: u16,
    /// (number of the first list, how many indices it and the lists right after it handed out): numbers run on, so one is written for many.
    lists: Vec<(u32, Vec<u32>)>,
    revoked: RiceSet,
    suspended: RiceSet,
    replaced: Vec<(u32, u32, String)>,
}

from_members!(Wire { hufu, year, lists, revoked, suspended, replaced });

impl StatusPart {
    /// An empty part.
    pub const fn new(year: u16) -> StatusPart {
        StatusPart { year, lists: Vec::new(), revoked: Vec::new(), suspended: Vec::new(), replaced: Vec::new() }
    }

    /// The part of `lists`, (list, issued) in any order, and of every entry that is not simply in force, in any order.
    pub fn of(year: u16, lists: Vec<(u32, u32)>, entries: impl IntoIterator<Item = Entry>) -> Result<StatusPart, BundleError> {
        let lists = sorted(lists, Ord::cmp);
        rise(&lists, |a, b| a.0 < b.0)?;
        short_enough(&lists)?;
        let mut part = StatusPart { lists, ..StatusPart::new(year) };
        part.change(entries)?;
        Ok(part)
    }

    /// The lists with how many indices were handed out.
    pub fn lists(&self) -> &[(u32, u32)] {
        &self.lists
    }

    /// Every entry that is final, as (list, index).
    pub fn finals(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.revoked.iter().copied().chain(self.replaced.iter().map(|(list, index, _)| (*list, *index)))
    }

    /// Whether an entry is final.
    pub fn is_final(&self, list: u32, index: u32) -> bool {
        let key = (list, index);
        self.revoked.binary_search(&key).is_ok() || self.replaced.binary_search_by_key(&key, |(list, index, _)| (*list, *index)).is_ok()
    }

    /// How many entries are revoked, suspended, replaced.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.revoked.len(), self.suspended.len(), self.replaced.len())
    }

    /// How many entries are not simply in force.
    pub(crate) fn entry_count(&self) -> usize {
        self.revoked.len() + self.suspended.len() + self.replaced.len()
    }

    /// How many indices of a list were handed out.
    pub fn issued(&self, list: u32) -> Option<u32> {
        let at = self.lists.binary_search_by_key(&list, |(list, _)| *list).ok()?;
        self.lists.get(at).map(|(_, issued)| *issued)
    }

    /// What is known of an entry; `None` where its list is not in this part.
    pub fn fact(&self, place: StatusRef) -> Option<StatusFact> {
        let issued = self.issued(place.list)?;
        Some(if place.index < issued { self.known((place.list, place.index)) } else { StatusFact::Beyond })
    }

    fn known(&self, key: (u32, u32)) -> StatusFact {
        if self.revoked.binary_search(&key).is_ok() {
            return StatusFact::Known(Status::Revoked, None);
        }
        if let Ok(at) = self.replaced.binary_search_by_key(&key, |(list, index, _)| (*list, *index)) {
            return StatusFact::Known(Status::Replaced, self.replaced.get(at).map(|(_, _, number)| number.clone()));
        }
        let status = if self.suspended.binary_search(&key).is_ok() { Status::Suspended } else { Status::Valid };
        StatusFact::Known(status, None)
    }

    /// What a delta must say to give those that hold an older part this one's `lists` and `entries`, each (list, index) as it is here. May name
    /// more than what changed; what is not in this part is left out.
    pub fn change_of(&self, lists: &[u32], entries: &[(u32, u32)]) -> StatusChange {
        let mut places: Vec<(u32, u32)> =
            entries.iter().copied().filter(|(list, index)| self.issued(*list).is_some_and(|end| *index < end)).collect();
        places.sort_unstable();
        places.dedup();
        let are = |status: Status| {
            let of_status: Vec<_> = places.iter().copied().filter(|place| self.status(*place) == status).collect();
            RiceSet::encode(&self.positions(&of_status))
        };
        let named = sorted(lists.to_vec(), Ord::cmp);
        let lists = self.lists.iter().filter(|(list, _)| named.binary_search(list).is_ok()).copied().collect();
        let replaced = self.replaced.iter().filter(|(list, index, _)| places.binary_search(&(*list, *index)).is_ok()).cloned().collect();
        StatusChange { lists, valid: are(Status::Valid), revoked: are(Status::Revoked), suspended: are(Status::Suspended), replaced }
    }

    /// Does what a delta says.
    pub(crate) fn apply(&mut self, change: StatusChange) -> Result<(), BundleError> {
        self.grow(&change.lists)?;
        let sets = [(Status::Valid, change.valid), (Status::Revoked, change.revoked), (Status::Suspended, change.suspended)];
        if sets.iter().map(|(_, set)| u64::from(set.n)).sum::<u64>() > CHANGES_MAX {
            return Err(BundleRule::TooLarge.into());
        }
        let mut entries = Vec::new();
        for (status, set) in sets {
            let positions = set.decode(self.total()).ok_or(BundleRule::DeltaPlace)?;
            entries.extend(self.entries(&positions).into_iter().map(|(list, index)| Entry { list, index, status, successor: None }));
        }
        entries.extend(change.replaced.into_iter().map(|(list, index, successor)| {
            let successor = Some(successor);
            Entry { list, index, status: Status::Replaced, successor }
        }));
        self.change(entries)
    }

    fn status(&self, place: (u32, u32)) -> Status {
        match self.known(place) {
            StatusFact::Known(status, _) => status,
            StatusFact::Beyond | StatusFact::Missing(_) => Status::Valid,
        }
    }

    /// How many indices all lists handed out.
    fn total(&self) -> u64 {
        self.lists.iter().map(|(_, issued)| u64::from(*issued)).sum()
    }

    /// Makes lists as long as is said; they only grow.
    fn grow(&mut self, lists: &[(u32, u32)]) -> Result<(), BundleError> {
        self.lists.extend_from_slice(lists);
        // Of what is said twice about a list, the longer comes last and stays.
        self.lists = latest(sorted(core::mem::take(&mut self.lists), Ord::cmp), |a, b| a.0 == b.0);
        short_enough(&self.lists)
    }

    /// Gives entries another status, the last one where an entry is named twice.
    fn change(&mut self, entries: impl IntoIterator<Item = Entry>) -> Result<(), BundleError> {
        let entries: Vec<Entry> = entries.into_iter().collect();
        let is_outside = |entry: &&Entry| self.issued(entry.list).is_none_or(|issued| entry.index >= issued);
        if let Some(entry) = entries.iter().find(is_outside) {
            return Err(BundleRule::DeltaPlace.about(place(entry.list, entry.index)));
        }
        let entries = latest(sorted(entries, |a, b| (a.list, a.index).cmp(&(b.list, b.index))), |a, b| (a.list, a.index) == (b.list, b.index));
        let stays = |list: u32, index: u32| entries.binary_search_by(|entry| (entry.list, entry.index).cmp(&(list, index))).is_err();
        self.revoked.retain(|(list, index)| stays(*list, *index));
        self.suspended.retain(|(list, index)| stays(*list, *index));
        self.replaced.retain(|(list, index, _)| stays(*list, *index));
        for Entry { list, index, status, successor } in entries {
            match status {
                Status::Valid => {}
                Status::Revoked => self.revoked.push((list, index)),
                Status::Suspended => self.suspended.push((list, index)),
                Status::Replaced => self.replaced.push((list, index, successor.unwrap_or_default())),
            }
        }
        self.revoked = sorted(core::mem::take(&mut self.revoked), Ord::cmp);
        self.suspended = sorted(core::mem::take(&mut self.suspended), Ord::cmp);
        self.replaced = sorted(core::mem::take(&mut self.replaced), Ord::cmp);
        Ok(())
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        let coded = |entries: &[(u32, u32)]| RiceSet::encode(&self.positions(entries));
        let (revoked, suspended) = (coded(&self.revoked), coded(&self.suspended));
        let wire = Wire { hufu: Version::V1, year: self.year, lists: runs(&self.lists), revoked, suspended, replaced: self.replaced.clone() };
        write(&wire)
    }

    /// Reads its text: every entry lies inside its list, has one status, and every successor is a certificate's number.
    pub fn parse(text: &str) -> Result<StatusPart, BundleError> {
        let wire: Wire = parse(text)?;
        rise(&wire.replaced, |a, b| (a.0, a.1) < (b.0, b.1))?;
        let form = || BundleError::from(BundleRule::PartForm);
        let lists = from_runs(&wire.lists).ok_or_else(form)?;
        let mut part = StatusPart { lists, ..StatusPart::new(wire.year) };
        let total = part.total();
        if u64::from(wire.revoked.n) + u64::from(wire.suspended.n) > ENTRIES_MAX as u64 {
            return Err(BundleRule::TooLarge.into());
        }
        part.revoked = part.entries(&wire.revoked.decode(total).ok_or_else(form)?);
        part.suspended = part.entries(&wire.suspended.decode(total).ok_or_else(form)?);
        part.replaced = wire.replaced;
        let inside = |(list, index, number): &(u32, u32, String)| {
            part.issued(*list).is_some_and(|issued| index < &issued) && CertificateNumber::parse(number).is_ok()
        };
        let lengths = short_enough(&part.lists).is_ok();
        let twice = part.suspended.iter().any(|key| part.revoked.binary_search(key).is_ok())
            || part
                .replaced
                .iter()
                .any(|(list, index, _)| [&part.revoked, &part.suspended].iter().any(|s| s.binary_search(&(*list, *index)).is_ok()));
        if lengths && !twice && part.replaced.iter().all(inside) { Ok(part) } else { Err(form()) }
    }

    /// Where entries stand when all lists are laid end to end. Both are sorted, so one walk does.
    fn positions(&self, entries: &[(u32, u32)]) -> Vec<u64> {
        let mut entries = entries.iter().peekable();
        let (mut before, mut positions) = (0_u64, Vec::with_capacity(entries.len()));
        for (list, issued) in &self.lists {
            while let Some((_, index)) = entries.next_if(|entry| entry.0 == *list) {
                positions.push(before + u64::from(*index));
            }
            before += u64::from(*issued);
        }
        positions
    }

    /// The way back.
    fn entries(&self, positions: &[u64]) -> Vec<(u32, u32)> {
        let mut positions = positions.iter().peekable();
        let (mut before, mut entries) = (0_u64, Vec::with_capacity(positions.len()));
        for (list, issued) in &self.lists {
            let end = before + u64::from(*issued);
            while let Some(position) = positions.next_if(|position| **position < end) {
                // Below `issued`, which is 32 bits wide.
                entries.push((*list, (position - before) as u32));
            }
            before = end;
        }
        entries
    }
}

/// No list is longer than a list may be.
fn short_enough(lists: &[(u32, u32)]) -> Result<(), BundleError> {
    if lists.iter().any(|(_, issued)| *issued > MAX_ENTRIES) { Err(BundleRule::TooLarge.into()) } else { Ok(()) }
}

/// Lists with consecutive numbers, drawn together.
fn runs(lists: &[(u32, u32)]) -> Vec<(u32, Vec<u32>)> {
    let chunks = lists.chunk_by(|before, after| before.0.checked_add(1) == Some(after.0));
    chunks.filter_map(|run| Some((run.first()?.0, run.iter().map(|(_, issued)| *issued).collect()))).collect()
}

/// The way back; `None` where runs overlap, touch, are empty, or leave the numbers that there are.
fn from_runs(runs: &[(u32, Vec<u32>)]) -> Option<Vec<(u32, u32)>> {
    let mut lists = Vec::new();
    let mut free_from = 0;
    for (first, issued) in runs {
        if issued.is_empty() || u64::from(*first) < free_from {
            return None;
        }
        for (list, issued) in (u64::from(*first)..).zip(issued) {
            lists.push((u32::try_from(list).ok()?, *issued));
        }
        // A run that began right after this one would have been part of it.
        free_from = u64::from(*first) + issued.len() as u64 + 1;
    }
    Some(lists)
}

/// A place in a list, for people.
pub(crate) fn place(list: u32, index: u32) -> String {
    [list.to_string(), index.to_string()].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn runs_are_maximal_and_one_text_stands_for_given_lists() {
        let lists = vec![(1, 5), (2, 0), (3, 7), (9, 1)];
        assert_eq!(runs(&lists), vec![(1, vec![5, 0, 7]), (9, vec![1])]);
        assert_eq!(from_runs(&runs(&lists)), Some(lists));
        for wrong in [vec![(1, vec![])], vec![(1, vec![5]), (2, vec![0])], vec![(3, vec![5]), (1, vec![0])], vec![(1, vec![1, 2]), (2, vec![3])]] {
            assert_eq!(from_runs(&wrong), None, "{wrong:?}");
        }
        assert_eq!(from_runs(&[(u32::MAX, vec![1])]), Some(vec![(u32::MAX, 1)]));
        assert_eq!(from_runs(&[(u32::MAX, vec![1, 1])]), None);
    }
}
