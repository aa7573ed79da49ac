//! The edge of the program: the only place that reads the clock and draws random numbers. Everything inside gets both as values.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Clock and random source. Cheap to clone; clones share one clock.
#[derive(Clone)]
pub struct Edge {
    /// Seconds added to the machine's clock; only tests move it.
    shift: Arc<AtomicI64>,
}

impl Default for Edge {
    fn default() -> Edge {
        Edge { shift: Arc::new(AtomicI64::new(0)) }
    }
}

impl Edge {
    /// Now, in unix seconds.
    pub fn now(&self) -> i64 {
        self.now_ms() / 1000
    }

    /// Now, in unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX / 2) + self.shift.load(Ordering::Relaxed) * 1000
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
