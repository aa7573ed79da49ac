//! Looking at deliveries, and asking for one.

use super::{store, visible};
use crate::access::Caller;
use crate::app::App;
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault};
use crate::webhooks::event::{Event, Kind, hears};
use crate::webhooks::store::{DeliveryRow, Row};
use crate::webhooks::{Delivery, State, WebhookRefusal};

/// Deliveries to an endpoint, the newest event first, before the event `before`, at most `limit`, in one state or in any.
///
/// # Errors
/// `webhooks.not_found`, or a fault.
pub fn deliveries(
    conn: &mut Conn,
    caller: &Caller,
    id: &str,
    state: Option<State>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    let found = store::find(conn, id)?;
    let row = visible(caller, found)?;
    let rows = store::deliveries(conn, &row.id, state.map(State::as_str), before, limit)?;
    Ok(rows.into_iter().map(|(delivery, event)| Delivery::of(delivery, event)).collect())
}

/// The endpoint, to which something is to be sent.
fn enabled(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    // Locked, so that it is not removed before the delivery is there.
    let found = store::lock(conn, id)?;
    let row = visible(caller, found)?;
    if row.disabled.is_none() { Ok(row) } else { Err(WebhookRefusal::Disabled.at("id").into()) }
}

/// Sends an event to an endpoint again, or for the first time where it was not told of it: under the same id, byte for byte.
///
/// # Errors
/// `webhooks.not_found`, `webhooks.no_event`, `webhooks.disabled`, or a fault.
pub fn replay(conn: &mut Conn, app: &App, caller: &Caller, id: &str, event: &str) -> Result<Delivery, Error> {
    let row = enabled(conn, caller, id)?;
    let none = || WebhookRefusal::NoEvent.at("event");
    let event = store::event(conn, event)?.ok_or_else(none)?;
    let now = app.edge.now();
    match store::delivery(conn, &row.id, &event.id)? {
        Some(_) => store::again(conn, &row.id, &event.id, now)?,
        None if event.kind != Kind::Test.as_str() && hears(row.provider_id.as_deref(), event.provider_id.as_deref()) => {
            let mut bulk = Bulk::default();
            bulk.add(DeliveryRow::new(&row.id, &event.id, now));
            bulk.write(conn)?;
        }
        None => return Err(none().into()),
    }
    let delivery = store::delivery(conn, &row.id, &event.id)?.ok_or_else(|| Fault::text("a delivery that was just made is gone"))?;
    Ok(Delivery::of(delivery, event))
}

/// Sends an event of the type `webhook.test` to an endpoint, and to no other.
///
/// # Errors
/// `webhooks.not_found`, `webhooks.disabled`, or a fault.
pub fn test(conn: &mut Conn, app: &App, caller: &Caller, id: &str) -> Result<Delivery, Error> {
    let row = enabled(conn, caller, id)?;
    let mut event = Event::Test { webhook: &row.id }.row(&app.edge)?;
    event.spread_at = Some(event.at);
    let (delivery, mut bulk) = (DeliveryRow::new(&row.id, &event.id, event.at), Bulk::default());
    bulk.add(event.clone());
    bulk.add(delivery.clone());
    bulk.write(conn)?;
    Ok(Delivery::of(delivery, event))
}
