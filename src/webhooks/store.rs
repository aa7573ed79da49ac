//! The tables of webhooks.

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use crate::bulk_row;
use crate::db::schema::{providers, webhook_changes as changes, webhook_deliveries as deliveries, webhook_events as events, webhooks};
use crate::db::{self, Conn, is_id};
use crate::error::Error;

/// An endpoint; the columns are explained in the migration.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub id: String,
    pub provider_id: Option<String>,
    pub url: String,
    pub events: String,
    pub secret: Vec<u8>,
    pub old_secret: Option<Vec<u8>>,
    pub old_until: Option<i64>,
    pub disabled: Option<String>,
    pub created_at: i64,
}

/// An event.
#[derive(Clone, Debug, Queryable)]
pub(super) struct EventRow {
    pub id: String,
    pub kind: String,
    pub provider_id: Option<String>,
    pub at: i64,
    pub body: String,
    pub spread_at: Option<i64>,
}
bulk_row!(EventRow => "webhook_events" { id, kind, provider_id, at, body, spread_at });

/// An event on its way to an endpoint.
#[derive(Clone, Debug, Queryable)]
pub(super) struct DeliveryRow {
    pub webhook_id: String,
    pub event_id: String,
    pub state: String,
    pub tries: i64,
    pub next_at: Option<i64>,
    pub tried_at: Option<i64>,
    pub status: Option<i64>,
    pub error: Option<String>,
    pub answer: Option<String>,
}
bulk_row!(DeliveryRow => "webhook_deliveries" { webhook_id, event_id, state, tries, next_at, tried_at, status, error, answer });

impl DeliveryRow {
    /// One that is due at `now`.
    pub fn new(webhook_id: &str, event_id: &str, now: i64) -> DeliveryRow {
        let (webhook_id, event_id, state) = (webhook_id.to_owned(), event_id.to_owned(), "waiting".to_owned());
        DeliveryRow { webhook_id, event_id, state, tries: 0, next_at: Some(now), tried_at: None, status: None, error: None, answer: None }
    }
}

/// What was changed about an endpoint.
#[derive(Debug, Insertable)]
#[diesel(table_name = changes)]
pub(super) struct ChangeRow {
    pub id: String,
    pub webhook_id: String,
    pub kind: String,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

/// Owner and types of every enabled endpoint of these providers and of the region.
pub(super) fn listening(conn: &mut Conn, providers: &[&str]) -> Result<Vec<(Option<String>, String)>, Error> {
    let heard = webhooks::provider_id.is_null().or(webhooks::provider_id.eq_any(providers.iter().map(|id| Some(*id))));
    let enabled = webhooks::table.filter(webhooks::disabled.is_null().and(heard.assume_not_null()));
    Ok(enabled.select((webhooks::provider_id, webhooks::events)).distinct().load(conn)?)
}

pub(super) fn find(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(webhooks::table.find(id).get_result(conn).optional()?)
}

/// The same, which nobody else changes until this transaction ends.
pub(super) fn lock(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    let query = webhooks::table.find(id);
    Ok(match conn {
        // It has one writer.
        Conn::Sqlite(c) => query.get_result(c),
        Conn::Postgres(c) => query.for_update().get_result(c),
    }
    .optional()?)
}

/// Endpoints after the id `after`, of one provider or all, at most `limit`.
pub(super) fn page(conn: &mut Conn, provider: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let after = webhooks::table.filter(webhooks::id.gt(after.unwrap_or(""))).order(webhooks::id).limit(limit);
    Ok(match provider {
        Some(provider) => after.filter(webhooks::provider_id.eq(provider)).load(conn)?,
        None => after.load(conn)?,
    })
}

/// How many endpoints a provider, or the region, has.
pub(super) fn count(conn: &mut Conn, provider: Option<&str>) -> Result<i64, Error> {
    let all = webhooks::table.select(count_star());
    Ok(match provider {
        Some(provider) => all.filter(webhooks::provider_id.eq(provider)).get_result(conn)?,
        None => all.filter(webhooks::provider_id.is_null()).get_result(conn)?,
    })
}

pub(super) fn provider_exists(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    Ok(is_id(id) && diesel::select(exists(providers::table.find(id))).get_result(conn)?)
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(webhooks::table).values(row).execute(conn)?;
    db::bump(conn, "webhooks")
}

pub(super) fn update(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::update(webhooks::table.find(&row.id)).set(row).execute(conn)?;
    db::bump(conn, "webhooks")
}

/// Deletes an endpoint with its deliveries.
pub(super) fn delete(conn: &mut Conn, id: &str) -> Result<(), Error> {
    diesel::delete(deliveries::table.filter(deliveries::webhook_id.eq(id))).execute(conn)?;
    diesel::delete(webhooks::table.find(id)).execute(conn)?;
    db::bump(conn, "webhooks")
}

pub(super) fn record(conn: &mut Conn, change: &ChangeRow) -> Result<(), Error> {
    diesel::insert_into(changes::table).values(change).execute(conn)?;
    Ok(())
}

/// Marks some events whose deliveries are still to be made; nobody else gets them: (id, type, provider).
pub(super) fn take_events(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<(String, String, Option<String>)>, Error> {
    let open = events::table.filter(events::spread_at.is_null());
    let ids: Vec<String> = open.order(events::id).limit(limit).select(events::id).load(conn)?;
    let still = events::table.filter(events::id.eq_any(ids).and(events::spread_at.is_null()));
    let taken = diesel::update(still).set(events::spread_at.eq(now)).returning((events::id, events::kind, events::provider_id));
    Ok(taken.get_results(conn)?)
}

/// Every endpoint that is enabled: (id, owner, types).
pub(super) fn enabled(conn: &mut Conn) -> Result<Vec<(String, Option<String>, String)>, Error> {
    let enabled = webhooks::table.filter(webhooks::disabled.is_null());
    Ok(enabled.select((webhooks::id, webhooks::provider_id, webhooks::events)).load(conn)?)
}

/// The endpoints for which something is due.
pub(super) fn due(conn: &mut Conn, now: i64) -> Result<Vec<String>, Error> {
    let due = deliveries::table.filter(deliveries::webhook_id.eq(webhooks::id).and(deliveries::next_at.le(now)));
    Ok(webhooks::table.filter(webhooks::disabled.is_null().and(exists(due))).select(webhooks::id).load(conn)?)
}

/// Takes the turn to try what is due for an endpoint, until `until`; nobody else has it: (event, how often it was tried with this, body).
pub(super) fn take(conn: &mut Conn, webhook: &str, now: i64, until: i64, limit: i64) -> Result<Vec<(String, i64, String)>, Error> {
    let due = deliveries::webhook_id.eq(webhook).and(deliveries::next_at.le(now));
    let first = deliveries::table.filter(due).order((deliveries::next_at, deliveries::event_id)).limit(limit);
    let ids: Vec<String> = first.select(deliveries::event_id).load(conn)?;
    let still = deliveries::table.filter(due.and(deliveries::event_id.eq_any(ids)));
    let set = (deliveries::next_at.eq(until), deliveries::tries.eq(deliveries::tries + 1), deliveries::tried_at.eq(now));
    let taken: Vec<(String, i64)> = diesel::update(still).set(set).returning((deliveries::event_id, deliveries::tries)).get_results(conn)?;
    let ids: Vec<&str> = taken.iter().map(|(id, _)| id.as_str()).collect();
    let bodies: Vec<(String, String)> = events::table.filter(events::id.eq_any(ids)).select((events::id, events::body)).load(conn)?;
    let body = |id: &str| bodies.iter().find(|(one, _)| one == id).map(|(_, body)| body.clone());
    Ok(taken.into_iter().filter_map(|(id, tries)| body(&id).map(|body| (id, tries, body))).collect())
}

/// Notes what came of a try, unless the turn was lost meanwhile.
pub(super) fn tried(conn: &mut Conn, row: &DeliveryRow) -> Result<(), Error> {
    let same =
        deliveries::table.find((&row.webhook_id, &row.event_id)).filter(deliveries::tries.eq(row.tries).and(deliveries::next_at.is_not_null()));
    let set = (
        deliveries::state.eq(&row.state),
        deliveries::next_at.eq(row.next_at),
        deliveries::status.eq(row.status),
        deliveries::error.eq(&row.error),
        deliveries::answer.eq(&row.answer),
    );
    diesel::update(same).set(set).execute(conn)?;
    Ok(())
}

pub(super) fn event(conn: &mut Conn, id: &str) -> Result<Option<EventRow>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(events::table.find(id).get_result(conn).optional()?)
}

pub(super) fn delivery(conn: &mut Conn, webhook: &str, event: &str) -> Result<Option<DeliveryRow>, Error> {
    Ok(deliveries::table.find((webhook, event)).get_result(conn).optional()?)
}

/// Makes a delivery due, as if it had never been tried.
pub(super) fn again(conn: &mut Conn, webhook: &str, event: &str, now: i64) -> Result<(), Error> {
    let set = (deliveries::state.eq("waiting"), deliveries::next_at.eq(now), deliveries::tries.eq(0));
    diesel::update(deliveries::table.find((webhook, event))).set(set).execute(conn)?;
    Ok(())
}

/// Deliveries to an endpoint, the newest event first, before the event `before`, at most `limit`, in one state or in any.
pub(super) fn deliveries(
    conn: &mut Conn,
    webhook: &str,
    state: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<(DeliveryRow, EventRow)>, Error> {
    let mine = deliveries::table.inner_join(events::table).filter(deliveries::webhook_id.eq(webhook));
    let mut query = mine.order(deliveries::event_id.desc()).limit(limit).into_boxed();
    if let Some(state) = state {
        query = query.filter(deliveries::state.eq(state.to_owned()));
    }
    if let Some(before) = before {
        query = query.filter(deliveries::event_id.lt(before.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Deletes events before `before` that wait for nobody, at most `limit`: how many.
pub(super) fn purge(conn: &mut Conn, before: i64, limit: i64) -> Result<usize, Error> {
    let waits = deliveries::table.filter(deliveries::event_id.eq(events::id).and(deliveries::next_at.is_not_null()));
    let old = events::table.filter(events::at.lt(before).and(events::spread_at.is_not_null()).and(diesel::dsl::not(exists(waits))));
    let ids: Vec<String> = old.order(events::at).limit(limit).select(events::id).load(conn)?;
    diesel::delete(deliveries::table.filter(deliveries::event_id.eq_any(&ids))).execute(conn)?;
    Ok(diesel::delete(events::table.filter(events::id.eq_any(&ids))).execute(conn)?)
}

/// Whether there are events whose deliveries are still to be made.
pub(super) fn is_unspread(conn: &mut Conn) -> Result<bool, Error> {
    Ok(diesel::select(exists(events::table.filter(events::spread_at.is_null()))).get_result(conn)?)
}
