//! The edge of the program: the only place that reads the clock and draws random numbers. Everything inside gets both as values.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// Clock and random source. Cheap to clone; clones share one clock.
#[derive(Clone, Default)]
pub struct Edge {
    /// Seconds added to the clock; only tests move it.
    shift: Arc<AtomicI64>,
    /// What stands in the place of the machine's clock and random source; only in tests.
    given: Option<Arc<Given>>,
}

/// An instant, and random bytes that follow from a seed.
struct Given {
    at: i64,
    seed: u64,
    drawn: AtomicU64,
}

impl Edge {
    /// A clock that stands at `at`, in unix seconds, until it is moved, and bytes that follow from `seed`: for tests whose runs are to be repeated.
    /// Whoever knows the seed knows every key.
    pub fn repeatable(at: i64, seed: u64) -> Edge {
        let given = Given { at, seed, drawn: AtomicU64::new(0) };
        Edge { shift: Arc::default(), given: Some(Arc::new(given)) }
    }

    /// Now, in unix seconds.
    pub fn now(&self) -> i64 {
        self.now_ms() / 1000
    }

    /// Now, in unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        let machine = || i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX / 2);
        self.given.as_ref().map_or_else(machine, |given| given.at * 1000) + self.shift.load(Ordering::Relaxed) * 1000
    }

    /// Moves this clock by `seconds`, for tests of what time does.
    pub fn shift(&self, seconds: i64) {
        self.shift.fetch_add(seconds, Ordering::Relaxed);
    }

    /// `N` bytes from the operating system's random source.
    ///
    /// # Panics
    /// When the operating system has no random source: nothing here could go on safely.
    #[expect(clippy::expect_used, reason = "stated under Panics")]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        if let Some(given) = &self.given {
            given.fill(&mut bytes);
            return bytes;
        }
        getrandom::fill(&mut bytes).expect("the operating system has a random source");
        bytes
    }

    /// A new id: the prefix, then a UUIDv7 (RFC 9562) in lower-case hex, so that ids sort by time: `cert_0193...`.
    pub fn id(&self, prefix: &str) -> String {
        let ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(ms, &self.random::<10>()).into_uuid();
        format!("{prefix}_{}", uuid.simple())
    }
}

impl Given {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let n = self.drawn.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(n.to_be_bytes()).finalize();
            part.copy_from_slice(&block[..part.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_a_seed_can_be_repeated() {
        let drawn = |seed| {
            let edge = Edge::repeatable(1_800_000_000, seed);
            (edge.random::<70>(), edge.random::<4>(), edge.id("trf"), edge.now())
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let edge = Edge::repeatable(1_800_000_000, 1);
        edge.shift(-60);
        assert_eq!((edge.now(), edge.random::<8>() == edge.random::<8>()), (1_799_999_940, false));
    }
}
