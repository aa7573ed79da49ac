//! Who waits at the desk. Requests of one provider are served by one thread at a time: places in its status list are given out in turn, so that two would
//! wait for each other in the database.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What the queue has to know of a request.
pub(super) trait Waiting {
    /// The provider that issues.
    fn provider(&self) -> &str;
    /// What no other request that is served with this one may have too.
    fn alone(&self) -> Option<(&str, &str)>;
}

/// Requests in the order in which they came.
pub(super) struct Queue<T> {
    held: Mutex<Held<T>>,
    changed: Condvar,
}

struct Held<T> {
    waiting: VecDeque<T>,
    served: BTreeSet<String>,
    is_closed: bool,
}

/// The providers of what is being served; they are free again when this is gone.
pub(super) struct Turn<'a, T> {
    queue: &'a Queue<T>,
    providers: BTreeSet<String>,
}

impl<T: Waiting> Queue<T> {
    pub fn new() -> Queue<T> {
        Queue { held: Mutex::new(Held { waiting: VecDeque::new(), served: BTreeSet::new(), is_closed: false }), changed: Condvar::new() }
    }

    pub fn push(&self, request: T) {
        self.held().waiting.push_back(request);
        self.changed.notify_one();
    }

    /// Nobody waits for more; what waits is still taken.
    pub fn close(&self) {
        self.held().is_closed = true;
        self.changed.notify_all();
    }

    /// The first that can be served together now, at most `most`; waits for one. None when the queue is closed and empty.
    pub fn take(&self, most: usize) -> Option<(Vec<T>, Turn<'_, T>)> {
        let mut held = self.held();
        loop {
            let taken = held.pick(most);
            if !taken.is_empty() {
                let providers: BTreeSet<String> = taken.iter().map(|request| request.provider().to_owned()).collect();
                held.served.extend(providers.iter().cloned());
                return Some((taken, Turn { queue: self, providers }));
            }
            if held.is_closed && held.waiting.is_empty() {
                return None;
            }
            held = self.changed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Queue<T> {
    fn held(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Waiting> Held<T> {
    fn pick(&mut self, most: usize) -> Vec<T> {
        let (mut taken, mut left) = (Vec::<T>::new(), VecDeque::new());
        while taken.len() < most
            && let Some(request) = self.waiting.pop_front()
        {
            let is_twin = request.alone().is_some() && taken.iter().any(|other| other.alone() == request.alone());
            if is_twin || self.served.contains(request.provider()) {
                left.push_back(request);
            } else {
                taken.push(request);
            }
        }
        left.append(&mut self.waiting);
        self.waiting = left;
        taken
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        let mut held = self.queue.held();
        held.served.retain(|provider| !self.providers.contains(provider));
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A provider, a key, and a number to tell it from others.
    struct One(&'static str, &'static str, u32);

    impl Waiting for One {
        fn provider(&self) -> &str {
            self.0
        }
        fn alone(&self) -> Option<(&str, &str)> {
            (!self.1.is_empty()).then_some(("client", self.1))
        }
    }

    fn queue(waiting: impl IntoIterator<Item = One>) -> Queue<One> {
        let queue = Queue::new();
        waiting.into_iter().for_each(|one| queue.push(one));
        queue
    }

    fn numbers(taken: &[One]) -> Vec<u32> {
        taken.iter().map(|one| one.2).collect()
    }

    #[test]
    fn a_provider_that_is_served_waits_and_others_go_on() {
        let queue = queue([One("a", "", 1), One("b", "", 2), One("a", "", 3), One("c", "", 4)]);
        let (first, turn) = queue.take(1).unwrap();
        let (second, _other) = queue.take(9).unwrap();
        assert_eq!((numbers(&first), numbers(&second)), (vec![1], vec![2, 4]));
        drop(turn);
        assert_eq!(numbers(&queue.take(9).unwrap().0), [3]);
    }

    #[test]
    fn requests_with_one_key_are_served_one_after_the_other_in_their_order() {
        let queue = queue([One("a", "k", 1), One("a", "k", 2), One("a", "l", 3), One("a", "k", 4)]);
        let served: Vec<Vec<u32>> = (0..3).map(|_| numbers(&queue.take(9).unwrap().0)).collect();
        assert_eq!(served, [vec![1, 3], vec![2], vec![4]]);
    }

    #[test]
    fn no_more_are_taken_than_may_be_and_a_closed_queue_is_emptied_first() {
        let queue = queue((1..=5).map(|n| One("a", "", n)));
        queue.close();
        let served: Vec<Vec<u32>> = std::iter::from_fn(|| queue.take(2).map(|(taken, _)| numbers(&taken))).collect();
        assert_eq!(served, [vec![1, 2], vec![3, 4], vec![5]]);
    }

    #[test]
    fn who_waits_for_a_provider_is_woken_when_it_is_free() {
        let queue = queue([One("a", "", 1), One("a", "", 2)]);
        let (_, turn) = queue.take(1).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| numbers(&queue.take(1).unwrap().0));
            std::thread::sleep(std::time::Duration::from_millis(100));
            drop(turn);
            assert_eq!(waiting.join().unwrap(), [2]);
        });
    }
}
