//! The use cases of webhooks. Those that change an endpoint run inside the caller's transaction and write their evidence there.

mod again;
mod deliver;

use serde::Serialize;

pub use self::again::{deliveries, replay, test};
pub use self::deliver::{deliver_to, due, purge};
use super::store::{self, ChangeRow, Row};
use super::{ENDPOINTS_MAX, Kind, NewWebhook, Wanted, Webhook, WebhookRefusal, WithSecret, event, rules};
use crate::access::{Caller, Role};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::evidence;

/// What the evidence of a change commits to. The address is not in it: its path may be a secret of its owner.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    at: i64,
    webhook: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    host: &'a str,
    events: &'a str,
    actor: &'a str,
}

fn record(conn: &mut Conn, app: &App, actor: &str, row: &Row, change: &'static str) -> Result<(), Error> {
    let (at, uri) = (app.edge.now(), rules::address(&row.url, true));
    let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let provider = row.provider_id.as_deref();
    let document = Document { hufu: "webhook-change/1", event: change, at, webhook: &row.id, provider, host, events: &row.events, actor };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    let (id, kind, actor) = (app.edge.id("hkc"), change.to_owned(), actor.to_owned());
    let change = ChangeRow { id, webhook_id: row.id.clone(), kind, at, actor, document };
    store::record(conn, &change)?;
    evidence::record(conn, &app.edge, evidence::Kind::WebhookChange, at, &change.id, change.document.as_bytes())
}

/// The endpoint `id`, if the caller may see it; another provider's, or the region's for a provider's client, is not found.
fn visible(caller: &Caller, found: Option<Row>) -> Result<Row, Refusal> {
    let is_theirs = |row: &Row| match &row.provider_id {
        Some(provider) => caller.acts_for(provider),
        None => caller.role != Role::Provider,
    };
    found.filter(is_theirs).ok_or_else(|| WebhookRefusal::NotFound.at("id"))
}

/// Whose endpoint a caller means.
fn owner(conn: &mut Conn, caller: &Caller, named: Option<&str>) -> Result<Option<String>, Error> {
    let refused = || WebhookRefusal::Provider.at("provider");
    if caller.role == Role::Provider {
        let own = caller.provider_id.as_deref().filter(|own| named.is_none_or(|named| named == *own));
        return Ok(Some(own.ok_or_else(refused)?.to_owned()));
    }
    match named {
        Some(id) if !store::provider_exists(conn, id)? => Err(refused().into()),
        named => Ok(named.map(str::to_owned)),
    }
}

fn checked_url(app: &App, url: &str) -> Result<String, Refusal> {
    let uri = rules::address(url, app.webhooks.is_open()).ok_or_else(|| WebhookRefusal::Url.at("url"))?;
    if app.webhooks.allows(&uri) { Ok(url.to_owned()) } else { Err(WebhookRefusal::Address.at("url")) }
}

fn checked_events(asked: &[String]) -> Result<String, Refusal> {
    event::kinds(asked).ok_or_else(|| WebhookRefusal::Events.at("events"))
}

/// A new secret for the endpoint `id`: as it is shown, and sealed.
fn secret(app: &App, id: &str) -> Result<(String, Vec<u8>), Fault> {
    let key = app.edge.random::<32>();
    Ok((rules::secret(&key), app.keys.data().seal(&app.edge, &label(id), &key)?))
}

/// What the sealed secret of an endpoint is called in its associated data.
fn label(id: &str) -> String {
    format!("webhook secret of {id}")
}

/// Adds an endpoint. It hears of what is done in transactions that begin from now on.
///
/// # Errors
/// `webhooks.provider`, `webhooks.url`, `webhooks.address`, `webhooks.events`, `webhooks.too_many`, or a fault.
pub fn add(conn: &mut Conn, app: &App, caller: &Caller, new: &NewWebhook) -> Result<WithSecret, Error> {
    let provider_id = owner(conn, caller, new.provider.as_deref())?;
    let url = checked_url(app, &new.url)?;
    let all = || Kind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    let events = checked_events(&new.events.clone().unwrap_or_else(all))?;
    if store::count(conn, provider_id.as_deref())? >= ENDPOINTS_MAX {
        return Err(WebhookRefusal::TooMany.at("url").into());
    }
    let id = app.edge.id("hook");
    let (shown, secret) = secret(app, &id)?;
    let row = Row { id, provider_id, url, events, secret, old_secret: None, old_until: None, disabled: None, created_at: app.edge.now() };
    store::insert(conn, &row)?;
    record(conn, app, &caller.client_id, &row, "added")?;
    Ok(WithSecret { webhook: Webhook::of(row), secret: shown })
}

/// Changes an endpoint.
///
/// # Errors
/// `webhooks.not_found`, `webhooks.url`, `webhooks.address`, `webhooks.events`, or a fault.
pub fn change(conn: &mut Conn, app: &App, caller: &Caller, id: &str, wanted: &Wanted) -> Result<Webhook, Error> {
    let found = store::lock(conn, id)?;
    let mut row = visible(caller, found)?;
    if let Some(url) = &wanted.url {
        row.url = checked_url(app, url)?;
    }
    if let Some(events) = &wanted.events {
        row.events = checked_events(events)?;
    }
    match wanted.enabled {
        Some(true) => row.disabled = None,
        Some(false) if row.disabled.is_none() => row.disabled = Some("asked".to_owned()),
        _ => {}
    }
    store::update(conn, &row)?;
    record(conn, app, &caller.client_id, &row, "changed")?;
    Ok(Webhook::of(row))
}

/// Gives an endpoint a new secret. The one before signs beside it for a day; one before that no more.
///
/// # Errors
/// `webhooks.not_found`, or a fault.
pub fn roll(conn: &mut Conn, app: &App, caller: &Caller, id: &str) -> Result<WithSecret, Error> {
    let found = store::lock(conn, id)?;
    let row = visible(caller, found)?;
    let (shown, secret) = secret(app, &row.id)?;
    let row = Row { old_secret: Some(row.secret), old_until: Some(app.edge.now() + rules::ROLLED_FOR), secret, ..row };
    store::update(conn, &row)?;
    record(conn, app, &caller.client_id, &row, "rolled")?;
    Ok(WithSecret { webhook: Webhook::of(row), secret: shown })
}

/// Removes an endpoint with all that waits for it.
///
/// # Errors
/// `webhooks.not_found`, or a fault.
pub fn remove(conn: &mut Conn, app: &App, caller: &Caller, id: &str) -> Result<(), Error> {
    let found = store::lock(conn, id)?;
    let row = visible(caller, found)?;
    store::delete(conn, &row.id)?;
    record(conn, app, &caller.client_id, &row, "removed")
}

/// Notes that an endpoint said that it wants no event any more.
fn gone(conn: &mut Conn, app: &App, id: &str) -> Result<(), Error> {
    let Some(row) = store::lock(conn, id)?.filter(|row| row.disabled.is_none()) else { return Ok(()) };
    let row = Row { disabled: Some("gone".to_owned()), ..row };
    store::update(conn, &row)?;
    record(conn, app, id, &row, "disabled")
}

/// Endpoints that the caller may see, after the id `after`, in order, at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn list(conn: &mut Conn, caller: &Caller, after: Option<&str>, limit: i64) -> Result<Vec<Webhook>, Error> {
    let provider = if caller.role == Role::Provider { Some(caller.provider_id.as_deref().unwrap_or_default()) } else { None };
    Ok(store::page(conn, provider, after, limit)?.into_iter().map(Webhook::of).collect())
}

/// One endpoint.
///
/// # Errors
/// `webhooks.not_found`, or a fault.
pub fn show(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Webhook, Error> {
    let found = store::find(conn, id)?;
    Ok(Webhook::of(visible(caller, found)?))
}
