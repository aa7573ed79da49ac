//! Webhooks: others' systems are told what happened here, as Standard Webhooks (standardwebhooks.com) has it.
//!
//! An event is one row, written in the transaction of what it tells, and only where somebody listens. A job makes a delivery of it for each endpoint that
//! wants it, and tries that again until it was taken. `docs/webhooks.md` is for who receives, `docs/decisions/webhooks.md` says why it is done so.

mod address;
pub mod api;
mod event;
pub mod rules;
mod send;
mod service;
mod store;
mod views;

pub use address::Networks;
pub use event::{Event, Kind, Listeners, tell};
pub use send::Sender;
pub use service::{add, change, deliver_to, deliveries, due, list, purge, remove, replay, roll, show, test};
pub use views::{Delivery, NewWebhook, State, Wanted, Webhook, WithSecret};

use crate::refusals;

/// Most endpoints of one provider, or of the region.
pub const ENDPOINTS_MAX: i64 = 10;
/// Seconds for which an event that waits for nobody can be sent again: 30 days.
pub const KEPT: i64 = 30 * 86_400;
/// Deliveries to one endpoint that are on their way at a time.
pub const AT_ONCE: i64 = 16;
/// Deliveries to all endpoints that one server has on their way at a time.
pub const ALL_AT_ONCE: usize = 256;

refusals! {
    /// Why something about a webhook is refused.
    pub enum WebhookRefusal {
        NotFound = 404, "webhooks.not_found", "an endpoint is named by its id", "没有该推送地址", "there is no such endpoint";
        NoEvent = 404, "webhooks.no_event", "an event is named by its id, is one that the endpoint may hear of, and is kept for 30 days", "没有该事件，或已超过保存期限", "there is no such event, or not any more";
        Provider = 422, "webhooks.provider", "a provider's client names its own provider or none; an operator a registered one, or none for the region", "机构不符合要求", "the provider is not registered or not this client's";
        Url = 422, "webhooks.url", "https, a host and no user or fragment, at most 500 characters; http only into networks that the setting webhook_networks lists", "推送地址不符合要求", "the address is not possible";
        Address = 422, "webhooks.address", "an endpoint has an address of the public internet, or one in a network that the setting webhook_networks lists", "推送地址不在公共互联网，也不在允许的网络中", "the address is neither public nor in a network that is allowed";
        Events = 422, "webhooks.events", "one or more of the documented types, each once", "事件类型不符合要求", "the types of events are not possible";
        TooMany = 422, "webhooks.too_many", "at most 10 endpoints of one provider or of the region", "推送地址数量已达上限", "there are as many endpoints as there may be";
        Disabled = 409, "webhooks.disabled", "events are sent to an endpoint that is enabled", "该推送地址已停用", "the endpoint is disabled";
    }
}
