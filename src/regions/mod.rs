//! The one region that this registry serves: its code, names, civil time and epoch.

pub mod api;
mod service;
mod store;

use verifier::ids::RegionCode;
use verifier::time::Zone;

pub use service::{existing, open};

/// The region. Fixed when the registry is created.
#[derive(Clone, Debug)]
pub struct Region {
    /// GB/T 2260, six digits.
    pub code: RegionCode,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Where its civil days begin and end.
    pub zone: Zone,
    /// Rises by one after a restore from backup.
    pub epoch: i64,
}
