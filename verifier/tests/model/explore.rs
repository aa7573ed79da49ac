//! Breadth first through all that can happen.

use super::fair::{Manner, end};
use super::steps::next;
use super::{Design, World};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use verifier::transfer::TransferOutcome::{Accepted, Rejected};

/// What was found.
pub struct Found {
    /// How many states there are.
    pub states: usize,
    /// How many steps between them.
    pub steps: usize,
    /// Whether that is all there is.
    pub is_all: bool,
}

/// A history that ends where it must not.
#[derive(Debug)]
pub struct Violation {
    pub what: String,
    pub history: Vec<&'static str>,
}

/// Every state that can be reached, or the nearest of them when there are more than `most`. Of a state only its hash is kept, and the step that led
/// to it.
pub fn explore(first: World, design: Design, is_checked_for_ends: bool, most: usize) -> Result<Found, Violation> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut seen: HashMap<u64, (u64, &'static str)> = HashMap::new();
    let start = hasher.hash_one(&first);
    seen.insert(start, (start, "start"));
    let mut queue = VecDeque::from([(start, first)]);
    let mut steps = 0;
    while let Some((own, world)) = queue.pop_front() {
        if seen.len() > most {
            return Ok(Found { states: seen.len(), steps, is_all: false });
        }
        let violated = |what: &str| Violation { what: format!("{what}: {world:?}"), history: history(&seen, own) };
        world.check(design).map_err(violated)?;
        if is_checked_for_ends {
            for manner in [Manner::Puts(Accepted), Manner::Puts(Rejected), Manner::Cancels] {
                let ended = end(&world, design, manner).map_err(violated)?;
                ended.check(design).map_err(violated)?;
                if !ended.is_final() {
                    return Err(violated("it does not come to an end"));
                }
            }
        }
        for (name, reached) in next(&world, design).map_err(violated)? {
            steps += 1;
            let reached = reached.forget();
            let hash = hasher.hash_one(&reached);
            if let Entry::Vacant(unseen) = seen.entry(hash) {
                unseen.insert((own, name));
                queue.push_back((hash, reached));
            }
        }
    }
    Ok(Found { states: seen.len(), steps, is_all: true })
}

fn history(seen: &HashMap<u64, (u64, &'static str)>, mut at: u64) -> Vec<&'static str> {
    let mut steps = Vec::new();
    while let Some((before, step)) = seen.get(&at) {
        steps.push(*step);
        if *before == at {
            break;
        }
        at = *before;
    }
    steps.reverse();
    steps
}
