//! What the world reads to verify without asking: DIDs, keys, status lists; and the registry's own snapshot of the same facts,
//! from which it answers online.

pub mod api;
mod did;
mod published;
mod snapshot;
mod store;

pub use did::Did;
pub use snapshot::{List, Snapshot, Trust};

use crate::refusals;

refusals! {
    /// Why something published is not there.
    pub enum TrustRefusal {
        NoProvider = 404, "trust.no_provider", "a DID document is named by the provider's id", "没有该机构", "there is no such provider";
        NoList = 404, "trust.no_list", "a status list is named by its number and a purpose", "没有该状态列表", "there is no such status list";
    }
}
