//! What this process has committed, and what of it others may hold in memory.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    /// Whether the transaction that runs on this thread raised a revision.
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

/// Says that the transaction that runs on this thread raised a revision.
pub(super) fn raised() {
    RAISED.set(true);
}

/// Counts from zero, for as long as the process runs.
#[derive(Default)]
pub(super) struct Counts {
    commits: AtomicU64,
    changes: AtomicU64,
}

impl Counts {
    /// Counts a transaction, or several that share a commit, that ran on this thread, before whoever asked for it hears of it.
    pub(super) fn ended(&self) {
        self.commits.fetch_add(1, Ordering::Release);
        if RAISED.take() {
            self.changes.fetch_add(1, Ordering::Release);
        }
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}
