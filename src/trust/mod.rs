//! What the world reads to verify without asking: the trust bundle, DIDs, keys, status lists; and the registry's own snapshot of the same facts,
//! from which it answers online.

pub mod api;
pub mod bundle;
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
        NoPart = 404, "trust.no_part", "a part is named by its SHA-256; it is kept for two days after the last manifest that names it", "没有该信任包分片", "there is no such part of the bundle";
        NoDelta = 404, "trust.no_delta", "a delta starts from a manifest of this region", "没有从该清单开始的增量", "there is no delta from this manifest";
        DeltaTooOld = 410, "trust.delta_too_old", "a delta spans at most 30 days", "该清单过旧，请下载完整信任包", "this manifest is too old for a delta; fetch the whole file";
    }
}
