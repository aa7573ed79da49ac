//! Turns at what takes room for as long as somebody takes over it: so many in all, and a share of them each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The turns there are. Cheap to clone.
#[derive(Clone)]
pub struct Turns {
    all: usize,
    share: usize,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

/// A turn, until it is dropped.
pub struct Turn {
    turns: Turns,
    who: String,
}

impl Turns {
    /// So many turns in all, of which each may have a share.
    pub fn new([all, share]: [usize; 2]) -> Turns {
        Turns { all, share, taken: Arc::default() }
    }

    /// A turn for somebody; none where all are taken, or the whole share.
    pub fn take(&self, who: &str) -> Option<Turn> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.values().sum::<usize>() >= self.all || taken.get(who).is_some_and(|own| *own >= self.share) {
            return None;
        }
        *taken.entry(who.to_owned()).or_default() += 1;
        Some(Turn { turns: self.clone(), who: who.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.who) {
            *own -= 1;
        }
        taken.retain(|_, own| *own > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_share_and_all_together_no_more_than_there_are() {
        let turns = Turns::new([3, 2]);
        let (first, second) = (turns.take("a"), turns.take("a"));
        assert!(first.is_some() && second.is_some());
        assert!(turns.take("a").is_none(), "that is the whole share");
        let third = turns.take("b");
        assert!(third.is_some());
        assert!(turns.take("c").is_none(), "and those are all");
        drop(first);
        assert!(turns.take("c").is_some());
        drop((second, third));
        assert!(turns.taken.lock().unwrap().is_empty(), "nothing is kept of who has none");
    }
}
