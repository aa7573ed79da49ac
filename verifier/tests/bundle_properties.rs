//! Laws of trust bundles, for any facts and any history: facts read back, deltas make what files make, and no step un-revokes anything.

mod common;

use common::bundles::{RegionFacts, anchor, file, key_row};
use common::world::DAY;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use verifier::bundle::{Bundle, Change, Delta, Entry, Hash, PartName, RevokedRow, StatusPart};
use verifier::card::StatusRef;
use verifier::jws::Signer;
use verifier::status::Status;
use verifier::time::Instant;
use verifier::verdict::KeyRevocationReason::{self, Ceased, Compromise, Superseded};
use verifier::verdict::StatusFact;

const YEAR: u16 = 2026;

/// The lists of a year with their lengths, and the status of each entry that is not simply in force.
#[derive(Debug, Clone, Default)]
struct Lists {
    issued: BTreeMap<u32, u32>,
    entries: BTreeMap<(u32, u32), Status>,
}

impl Lists {
    fn set(&mut self, list: u32, index: u32, status: Status) {
        let length = self.issued.entry(list).or_default();
        *length = (*length).max(index + 1);
        self.entries.insert((list, index), status);
        self.entries.retain(|_, status| *status != Status::Valid);
    }

    fn onto(&self, facts: RegionFacts) -> RegionFacts {
        let entry = |(&(list, index), &status): (&(u32, u32), &Status)| {
            let successor = (status == Status::Replaced).then(|| format!("HF-{list}-{index}"));
            Entry { list, index, status, successor }
        };
        let lists = self.issued.iter().map(|(list, issued)| (*list, *issued)).collect();
        RegionFacts { lists: [(YEAR, lists)].into(), entries: [(YEAR, self.entries.iter().map(entry).collect())].into(), ..facts }
    }
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Valid), Just(Status::Revoked), Just(Status::Suspended), Just(Status::Replaced)]
}

/// A list, an index and the status that it gets.
fn event() -> impl Strategy<Value = (u32, u32, Status)> {
    (prop_oneof![0_u32..6, Just(2026), Just(u32::MAX)], prop_oneof![0_u32..40, 0_u32..100_000], status())
}

fn lists() -> impl Strategy<Value = Lists> {
    (btree_map(0_u32..9, 0_u32..3_000, 0..6), vec(event(), 0..60)).prop_map(|(issued, events)| {
        let mut lists = Lists { issued, ..Lists::default() };
        events.iter().for_each(|(list, index, status)| lists.set(*list, *index, *status));
        lists
    })
}

fn key_revocation() -> impl Strategy<Value = (u8, i64, KeyRevocationReason)> {
    (0_u8..4, 0_i64..4, prop_oneof![Just(Compromise), Just(Superseded), Just(Ceased)])
}

fn row((seed, at, reason): &(u8, i64, KeyRevocationReason)) -> RevokedRow {
    RevokedRow { kid: Signer::from_seed(&[*seed; 32]).public().thumbprint(), at: Instant(*at), reason: *reason }
}

fn opened(facts: &RegionFacts) -> Bundle {
    Bundle::open(&file(&[facts]), &anchor()).expect("a good bundle")
}

fn part(bundle: &Bundle) -> &StatusPart {
    bundle.regions().next().and_then(|region| region.status(YEAR)).expect("the lists of the year")
}

fn finals(bundle: &Bundle) -> BTreeSet<(u32, u32)> {
    part(bundle).finals().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_facts_come_back_out_of_their_file(lists in lists(), seeds in proptest::collection::btree_set(any::<u8>(), 0..8)) {
        let rows = seeds.iter().map(|seed| key_row(Signer::from_seed(&[*seed; 32]).public())).collect();
        let facts = lists.onto(RegionFacts { keys: [(YEAR, rows)].into(), ..RegionFacts::good() });
        let bundle = opened(&facts);
        let region = bundle.regions().next().expect("a region");
        prop_assert_eq!(region.key_count(), seeds.len());
        prop_assert_eq!(region.providers(), facts.providers.as_slice());
        for (list, issued) in &lists.issued {
            let known = |index| region.status(YEAR).expect("the year").fact(StatusRef { list: *list, index });
            prop_assert_eq!(known(*issued), Some(StatusFact::Beyond));
            for index in (0..*issued).filter(|index| *index < 50 || lists.entries.contains_key(&(*list, *index))) {
                let status = lists.entries.get(&(*list, index)).copied().unwrap_or(Status::Valid);
                let successor = (status == Status::Replaced).then(|| format!("HF-{list}-{index}"));
                prop_assert_eq!(known(index), Some(StatusFact::Known(status, successor)));
            }
        }
        for (name, text) in facts.parts() {
            prop_assert_eq!(region.text(name), Some(text.as_str()));
        }
        prop_assert_eq!(Bundle::open(&bundle.to_file(), &anchor()).expect("what it wrote").to_json(), bundle.to_json());
    }

    #[test]
    fn a_history_of_deltas_ends_in_the_bytes_of_the_last_file(first in lists(), days in vec(vec(event(), 0..12), 1..6), short: bool) {
        let mut lists = first;
        let mut facts = lists.onto(RegionFacts::good());
        let mut held = opened(&facts);
        for day in days {
            let mut touched = Vec::new();
            for (list, index, status) in day {
                // What is final stays as it is.
                if lists.entries.get(&(list, index)).is_none_or(|held| !held.is_final()) {
                    lists.set(list, index, status);
                    touched.push((list, index));
                }
            }
            let next = lists.onto(facts.next());
            let made = StatusPart::parse(&next.parts()[&PartName::Status(YEAR)]).expect("a status part");
            let grown: Vec<u32> = touched.iter().map(|(list, _)| *list).collect();
            let mut change = Change::of(PartName::Status(YEAR));
            change.status = Some(made.change_of(&grown, &touched));
            let from = facts.manifest();
            let delta = Delta::new(facts.seq, short.then_some(&from), &next.manifest_text(), vec![change]).expect("a good manifest");
            held = held.apply(&delta.to_json()).expect("a good delta");
            prop_assert_eq!(held.to_json(), opened(&next).to_json());
            facts = next;
        }
    }

    #[test]
    fn no_sequence_of_accepted_updates_takes_anything_back(
        first in lists(),
        revoked in vec(key_revocation(), 0..3),
        steps in vec((-1_i64..4, 0_u64..2, vec(event(), 0..6), vec(key_revocation(), 0..2), 0_u8..6), 1..12),
    ) {
        let rows = |of: &[(u8, i64, KeyRevocationReason)]| {
            let by_key: BTreeMap<u8, RevokedRow> = of.iter().map(|event| (event.0, row(event))).collect();
            by_key.into_values().collect::<Vec<_>>()
        };
        let mut lists = first;
        let start = lists.onto(RegionFacts { revoked: rows(&revoked), ..RegionFacts::good() });
        let mut held = opened(&start);
        let (mut seen, mut known, mut compromised) = (finals(&held), revoked, BTreeSet::new());
        for (days, epochs, events, keys, mood) in steps {
            // Facts as they may come from anybody who has the region's key: some go on from what is held, some forget a part of it.
            let (mut other, mut told) = (lists.clone(), known.clone());
            match mood {
                0 => { other.entries.pop_first(); }
                1 => { other.issued.values_mut().for_each(|issued| *issued = issued.saturating_sub(1)); }
                2 => { told.pop(); }
                _ => {}
            }
            events.iter().for_each(|(list, index, status)| other.set(*list, *index, *status));
            told.extend(keys);
            let issued = other.issued.clone();
            other.entries.retain(|(list, index), _| issued.get(list).is_some_and(|end| index < end));
            let own = held.own().expect("a manifest");
            let (epoch, seq) = (own.epoch + epochs, (own.seq as i64 + days).max(1) as u64);
            let iat = own.iat.plus_seconds(days * DAY);
            let base = RegionFacts { epoch, seq, iat, prev: None, revoked: rows(&told), ..start.clone() };
            let before = own.place();
            if let Ok(next) = held.update(&file(&[&other.onto(base)])) {
                let now = finals(&next);
                prop_assert!(seen.is_subset(&now), "un-revoked {:?}", seen.difference(&now).collect::<Vec<_>>());
                prop_assert!(next.own().expect("a manifest").place() >= before);
                let revoked = &rows(&told);
                prop_assert!(compromised.iter().all(|kid| revoked.iter().any(|row| row.kid == *kid && row.reason == Compromise)));
                compromised.extend(revoked.iter().filter(|row| row.reason == Compromise).map(|row| row.kid.clone()));
                for (list, length) in part(&held).lists() {
                    prop_assert!(part(&next).issued(*list) >= Some(*length));
                }
                (held, lists, seen, known) = (next, other, now, told);
            }
        }
    }

    #[test]
    fn a_digest_is_written_in_one_way(bytes: [u8; 32], at in 0_usize..64, to in "[^0-9a-f]") {
        let text = Hash::of(&bytes).to_string();
        prop_assert_eq!(Hash::parse(&text), Some(Hash::of(&bytes)));
        let mut wrong = text;
        wrong.replace_range(at..=at, &to);
        prop_assert_eq!(Hash::parse(&wrong), None);
    }
}
