//! What the world reads to verify without asking: DIDs, keys, status lists; and the registry's own snapshot of the same facts.

mod did;

pub use did::Did;
