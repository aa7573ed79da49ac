//! Signatures that were checked before.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use verifier::verdict::SignatureMemo;

/// Signatures that were good: two generations of digests, so that memory is bounded and what is scanned often stays.
#[derive(Default)]
pub struct Memo {
    generations: Mutex<[HashSet<[u8; 32]>; 2]>,
}

/// Digests in one generation: 32 bytes each, about 2 MiB.
const GENERATION: usize = 32_768;

impl SignatureMemo for Memo {
    fn is_known(&self, digest: &[u8; 32]) -> bool {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|g| g.contains(digest))
    }

    fn remember(&self, digest: [u8; 32]) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let [young, old] = &mut *generations;
        if young.len() >= GENERATION {
            *old = std::mem::take(young);
        }
        young.insert(digest);
    }
}
