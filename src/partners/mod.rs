//! Partner regions: whose key is pinned, what their registries publish, and how it is fetched and held.
//!
//! An operator pins a region by its address and the fingerprint of its key, told over another channel. From then on a job fetches that
//! region's own manifest and parts, verifies them with `verifier::bundle`, and only then stores them. Other regions that a partner has
//! pinned are its own affair: trust goes one step. `docs/decisions/partners.md` says why it is done so.

pub mod api;
mod ask;
mod held;
pub mod rules;
pub mod service;
mod state;
mod store;
mod wire;

pub use held::{Bundles, Partners};
pub use service::{contents, peers, post};

use crate::error::Refusal;
use crate::messages::from_verifier;
use crate::refusals;
use verifier::bundle::BundleError;

refusals! {
    /// Why something about a partner is refused, or why asking it failed.
    pub enum PartnerRefusal {
        NotFound = 404, "partners.not_found", "a partner is named by its region code", "没有该合作地区", "there is no such partner";
        Url = 422, "partners.url", "http or https, a host, perhaps a port and a path; no user, query or fragment; at most 200 characters", "合作地区的地址不符合要求", "the address is not possible";
        Fingerprint = 422, "partners.fingerprint", "the operator compares the fingerprint with the partner over another channel", "该地址的登记系统出示的密钥指纹与输入不符", "the registry at this address shows another fingerprint";
        OwnRegion = 422, "partners.own_region", "a region is not its own partner", "该地址是本地区自己的登记系统", "this is the own region";
        TooMany = 422, "partners.too_many", "at most 100 partners", "合作地区数量已达上限", "there are as many partners as there may be";
        Busy = 409, "partners.busy", "a partner is asked by one server at a time", "正在向该合作地区获取数据，请稍后再试", "the partner is being asked right now; try again";
        Unreachable = 422, "partners.unreachable", "the address answers over HTTP", "无法连接该地址", "the address cannot be reached";
        Timeout = 422, "partners.timeout", "an answer takes no longer than the setting partner_timeout, and all of them together four minutes", "对方响应超时", "the answer takes too long";
        Redirect = 422, "partners.redirect", "at most 3 redirects, to the same host and port, never from https to http", "对方重定向到其他主机或次数过多", "the address redirects too often or elsewhere";
        Status = 422, "partners.status", "a published bundle is answered with 200", "对方的回答不是预期的状态", "the address answers with another status";
        NotABundle = 422, "partners.not_a_bundle", "the address is that of a registry that publishes a trust bundle", "对方的回答不是信任包清单", "what the address answers is no trust bundle";
        NoManifest = 422, "partners.no_manifest", "a region publishes its own manifest", "对方没有发布该地区的清单", "the answer lacks the manifest of this region";
        Future = 422, "partners.future", "a manifest is dated at most five minutes ahead of the clock here", "对方清单的时间晚于本机时钟", "the manifest is dated in the future";
    }
}

/// What the verifier refused, as a refusal of the partner's address.
pub(crate) fn refused(error: &BundleError) -> Refusal {
    let refusal = from_verifier("url", error.code());
    match &error.about {
        Some(about) => refusal.got(about.clone()),
        None => refusal,
    }
}
