//! What people decide about a batch: that it is issued, by whom, or that it is not.

use serde::Serialize;

use super::super::store::{self, Event, Row};
use super::super::{BatchRefusal, Rule};
use super::find;
use super::issue::Places;
use crate::access::{Caller, Role};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::evidence;
use crate::learners::rules::is_reason;

/// What the evidence commits to.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    batch: &'a str,
    provider: &'a str,
    /// SHA-256 of the file.
    file: &'a str,
    rows: i64,
    faulty: i64,
    issued: i64,
    failed: i64,
    at: i64,
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// What is said of a batch.
pub(super) struct Said<'a> {
    pub event: &'static str,
    pub by: &'a str,
    pub reason: Option<&'a str>,
}

/// Keeps what was decided, with its evidence.
pub(super) fn say(conn: &mut Conn, app: &App, row: &Row, said: Said<'_>) -> Result<(), Error> {
    let (at, Said { event, by, reason }) = (app.edge.now(), said);
    let document = Document {
        hufu: "batch-event/1",
        event,
        batch: &row.id,
        provider: &row.provider_id,
        file: &row.digest,
        rows: row.total,
        faulty: row.faulty,
        issued: row.issued,
        failed: row.failed,
        at,
        by,
        reason,
    };
    let kept = Event {
        id: app.edge.id("bev"),
        batch_id: row.id.clone(),
        kind: event.to_owned(),
        at,
        actor: by.to_owned(),
        document: serde_json::to_string(&document).map_err(Fault::new)?,
    };
    store::insert_event(conn, &kept)?;
    evidence::record(conn, &app.edge, evidence::Kind::BatchEvent, at, &kept.id, kept.document.as_bytes())
}

/// A batch that nobody else changes until the transaction ends, in one of these states.
fn locked(conn: &mut Conn, caller: &Caller, id: &str, states: &[&str]) -> Result<Row, Error> {
    let id = find(conn, caller, id)?.id;
    let row = store::lock(conn, &id)?.ok_or_else(|| BatchRefusal::NotFound.at("id"))?;
    if states.contains(&row.state.as_str()) { Ok(row) } else { Err(BatchRefusal::State.at("id").got(row.state).into()) }
}

/// Has the rows in which nothing is wrong issued; `rows` is how many the one who approves has seen that to be.
///
/// # Errors
/// `batches.not_found`, `batches.state`, `batches.rows_differ`, `batches.nothing_valid`, `batches.second_person`, or a fault.
pub fn approve(conn: &mut Conn, app: &App, caller: &Caller, id: &str, rows: i64) -> Result<Row, Error> {
    let row = locked(conn, caller, id, &["validated"])?;
    let valid = row.total - row.faulty;
    if valid == 0 {
        return Err(BatchRefusal::NothingValid.at("id").into());
    }
    if rows != valid {
        return Err(BatchRefusal::RowsDiffer.at("rows").got(format!("{valid} rows can be issued")).into());
    }
    let above = store::rule(conn, &row.provider_id)?;
    if above.is_some_and(|above| valid > above) && row.created_by == caller.client_id {
        return Err(BatchRefusal::SecondPerson.at("id").into());
    }
    let now = app.edge.now();
    let places = Places::keep(conn, app, &row.provider_id, valid)?;
    let by = caller.client_id.clone();
    let row = Row {
        state: "approved".to_owned(),
        approved_at: Some(now),
        approved_by: Some(by),
        places: Some(places),
        chunk: 0,
        started_at: None,
        leased_until: 0,
        ..row
    };
    store::update(conn, &row)?;
    say(conn, app, &row, Said { event: "approved", by: &caller.client_id, reason: None })?;
    Ok(row)
}

/// Ends a batch; what is issued of it stays, its other rows are forgotten.
///
/// # Errors
/// `batches.not_found`, `batches.state`, `batches.reason`, or a fault.
pub fn cancel(conn: &mut Conn, app: &App, caller: &Caller, id: &str, reason: &str) -> Result<Row, Error> {
    if !is_reason(reason) {
        return Err(BatchRefusal::Reason.at("reason").into());
    }
    let row = locked(conn, caller, id, &["uploaded", "validated", "approved"])?;
    let row = Row { state: "cancelled".to_owned(), finished_at: Some(app.edge.now()), lease: String::new(), leased_until: 0, trouble: None, ..row };
    store::update(conn, &row)?;
    store::drop_chunks(conn, &row.id)?;
    say(conn, app, &row, Said { event: "cancelled", by: &caller.client_id, reason: Some(reason) })?;
    Ok(row)
}

/// Has the rows looked at again, as things are today.
///
/// # Errors
/// `batches.not_found`, `batches.state`, or a fault.
pub fn check_again(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = locked(conn, caller, id, &["validated"])?;
    let row = Row { state: "uploaded".to_owned(), chunk: 0, validated_at: None, ..row };
    store::update(conn, &row)?;
    Ok(row)
}

/// Tries the rows again that were refused when they were to be issued. They are approved already.
///
/// # Errors
/// `batches.not_found`, `batches.state`, `batches.nothing_valid`, or a fault.
pub fn retry(conn: &mut Conn, app: &App, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = locked(conn, caller, id, &["done"])?;
    if row.failed == 0 {
        return Err(BatchRefusal::NothingValid.at("id").into());
    }
    store::clear_wrong(conn, &row.id, Some("issue"))?;
    let row = Row { state: "approved".to_owned(), chunk: 0, failed: 0, finished_at: None, started_at: Some(app.edge.now()), ..row };
    store::update(conn, &row)?;
    Ok(row)
}

/// Says above how many rows a second client must approve what the first has uploaded; none: never. Only an operator makes it laxer.
///
/// # Errors
/// `batches.rule`, or a fault.
pub fn set_rule(conn: &mut Conn, app: &App, caller: &Caller, provider: &str, rule: Rule) -> Result<Rule, Error> {
    let before = store::rule(conn, provider)?;
    let is_laxer = match (before, rule.above) {
        (Some(before), Some(above)) => above > before,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if rule.above.is_some_and(|above| above < 0) || (is_laxer && caller.role != Role::Operator) {
        return Err(BatchRefusal::Rule.at("above").into());
    }
    store::set_rule(conn, provider, rule.above, app.edge.now(), &caller.client_id)?;
    Ok(rule)
}
