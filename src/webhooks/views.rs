//! Webhooks as they are written in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{DeliveryRow, EventRow, Row};

/// An endpoint to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where events are sent: https, at most 500 characters.
    #[schema(example = "https://hooks.example/hufu")]
    pub url: String,
    /// Which types; all there are when absent.
    #[schema(example = json!(["certificate.issued", "certificate.status_changed"]))]
    pub events: Option<Vec<String>>,
    /// Id of the provider whose events it hears. A provider's client need not name its own; where an operator names none, the endpoint hears all.
    #[schema(example = "prov_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    pub provider: Option<String>,
}

/// What is to be changed about an endpoint; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = WebhookChange)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Where events are sent.
    #[schema(example = "https://hooks.example/hufu")]
    pub url: Option<String>,
    /// Which types.
    #[schema(example = json!(["certificate.issued"]))]
    pub events: Option<Vec<String>>,
    /// Whether events are sent. What happens while they are not is not kept for the endpoint; what waited before goes on afterwards.
    pub enabled: Option<bool>,
}

/// An endpoint: where events are sent. Never its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Id.
    #[schema(example = "hook_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    pub id: String,
    /// The provider whose events it hears; absent where it hears all of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Where events are sent.
    #[schema(example = "https://hooks.example/hufu")]
    pub url: String,
    /// Which types.
    #[schema(example = json!(["certificate.issued"]))]
    pub events: Vec<String>,
    /// Whether events are sent.
    pub enabled: bool,
    /// Why none are: `asked`, or `gone` where the endpoint answered 410.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "gone")]
    pub disabled: Option<String>,
    /// Unix seconds until which the secret before signs too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1_790_086_400)]
    pub rolled_until: Option<i64>,
    /// Unix seconds.
    #[schema(example = 1_790_000_000)]
    pub created_at: i64,
}

impl Webhook {
    pub(super) fn of(row: Row) -> Webhook {
        Webhook {
            id: row.id,
            provider: row.provider_id,
            url: row.url,
            events: row.events.split(' ').map(str::to_owned).collect(),
            enabled: row.disabled.is_none(),
            disabled: row.disabled,
            rolled_until: row.old_until,
            created_at: row.created_at,
        }
    }
}

/// An endpoint with its new secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookWithSecret)]
pub struct WithSecret {
    /// The endpoint.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// By which the receiver checks signatures. Nobody can show it again; roll it when it is lost.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    pub secret: String,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = DeliveryState)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// To be tried, again or for the first time.
    Waiting,
    /// The endpoint has taken it.
    Done,
    /// It is tried no more, unless somebody asks for it.
    Dead,
}

impl State {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Done => "done",
            State::Dead => "dead",
        }
    }
}

/// An event on its way to an endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct Delivery {
    /// Id of the event, which every try of it has in the header `webhook-id`.
    #[schema(example = "evt_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    pub event: String,
    /// Its type.
    #[serde(rename = "type")]
    #[schema(example = "certificate.issued")]
    pub kind: String,
    /// Unix seconds: when it happened.
    #[schema(example = 1_790_000_000)]
    pub at: i64,
    /// `waiting`, `done` or `dead`.
    #[schema(example = "waiting")]
    pub state: String,
    /// How often it was tried since it was last asked for.
    #[schema(example = 2)]
    pub tries: i64,
    /// Unix seconds: when it is tried next, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
    /// Unix seconds: when it was last tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<i64>,
    /// HTTP status of the last answer; absent where none came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 503)]
    pub status: Option<i64>,
    /// Why the last try failed: `status`, `redirect`, `gone`, `timeout`, `unreachable`, `tls` or `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "status")]
    pub error: Option<String>,
    /// The first 200 characters of what the endpoint said to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl Delivery {
    pub(super) fn of(row: DeliveryRow, event: EventRow) -> Delivery {
        let DeliveryRow { event_id, state, tries, next_at, tried_at, status, error, answer, .. } = row;
        Delivery { event: event_id, kind: event.kind, at: event.at, state, tries, next_at, tried_at, status, error, answer }
    }
}
