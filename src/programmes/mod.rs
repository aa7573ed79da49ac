//! Programmes: what credit can be redeemed for. Each version is a document that the region signs; a redemption spends lots on the current one and
//! issues the certificate that it awards, in one transaction, and is signed itself.

pub mod api;
mod draft;
mod lots;
mod service;
pub mod store;
mod views;

pub use draft::{Input, PickInput, RedemptionInput, Wanted};
pub use service::{held, history, list, mine, publish, redeem, redemption, suggest, withdraw};
pub use views::{History, Proposal, RedemptionView, View};

use crate::refusals;

/// Most lots of one redemption, so that request and document keep within 128 KiB.
pub const PICKS_MAX: usize = 1_000;

refusals! {
    /// Why something about a programme is refused.
    pub enum ProgrammeRefusal {
        NotFound = 404, "programmes.not_found", "a programme is named by its id, a version by its digest", "没有该兑换方案", "there is no such programme";
        Withdrawn = 409, "programmes.withdrawn", "a programme is withdrawn once, and then takes no redemption and no new version", "该兑换方案已撤回", "the programme was withdrawn";
        Superseded = 409, "programmes.superseded", "a redemption and a new version name the current version by its digest", "该版本已被新版本取代", "another version is current";
        Picks = 422, "programmes.picks", "a redemption picks 1 to 1,000 lots, each once", "须选取 1 至 1000 个学分批，每批只列一次", "it picks no lot, too many, or one twice";
        Checks = 409, "programmes.checks", "the picks pass every check of the programme", "所选学分不符合兑换方案的要求", "the picks do not pass every check of the programme";
        Reason = 422, "programmes.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
        NoRedemption = 404, "programmes.no_redemption", "a redemption is named by its id, by the body that issued its certificate", "没有该兑换记录", "there is no such redemption";
    }
}
