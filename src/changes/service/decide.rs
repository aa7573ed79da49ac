//! What people decide about a change.

use serde::Serialize;

use super::super::ChangeRefusal;
use super::super::store::{self, Event, Row};
use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::batches;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::evidence;
use crate::learners::rules::is_reason;

/// What the evidence commits to: of one that is done it is the receipt.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    change: &'a str,
    provider: &'a str,
    step: &'a str,
    reason: &'a str,
    /// SHA-256 over the numbers.
    numbers: &'a str,
    certificates: i64,
    done: i64,
    refused: i64,
    at: i64,
    by: &'a str,
}

/// Keeps what was decided, with its evidence.
pub(super) fn say(conn: &mut Conn, app: &App, row: &Row, event: &'static str, by: &str) -> Result<(), Error> {
    let at = app.edge.now();
    let document = Document {
        hufu: "change-event/1",
        event,
        change: &row.id,
        provider: &row.provider_id,
        step: &row.step,
        reason: &row.reason,
        numbers: &row.digest,
        certificates: row.total,
        done: row.done,
        refused: row.refused,
        at,
        by,
    };
    let kept = Event {
        id: app.edge.id("cge"),
        change_id: row.id.clone(),
        kind: event.to_owned(),
        at,
        actor: by.to_owned(),
        document: serde_json::to_string(&document).map_err(Fault::new)?,
    };
    store::insert_event(conn, &kept)?;
    evidence::record(conn, &app.edge, evidence::Kind::ChangeEvent, at, &kept.id, kept.document.as_bytes())
}

fn locked(conn: &mut Conn, caller: &Caller, id: &str, states: &[&str]) -> Result<Row, Error> {
    let id = find(conn, caller, id)?.id;
    let row = store::lock(conn, &id)?.ok_or_else(|| ChangeRefusal::NotFound.at("id"))?;
    if states.contains(&row.state.as_str()) { Ok(row) } else { Err(ChangeRefusal::State.at("id").got(row.state).into()) }
}

/// Has the certificates take the step; `certificates` is how many the one who approves has seen that to be.
///
/// # Errors
/// `changes.not_found`, `changes.state`, `changes.count_differs`, `changes.second_person`, or a fault.
pub fn approve(conn: &mut Conn, app: &App, caller: &Caller, id: &str, certificates: i64) -> Result<Row, Error> {
    let row = locked(conn, caller, id, &["previewed"])?;
    if certificates != row.total {
        return Err(ChangeRefusal::CountDiffers.at("certificates").got(row.total.to_string()).into());
    }
    let above = batches::rule(conn, &row.provider_id)?.above;
    if above.is_some_and(|above| row.total > above) && row.created_by == caller.client_id {
        return Err(ChangeRefusal::SecondPerson.at("id").into());
    }
    let (now, by) = (app.edge.now(), caller.client_id.clone());
    let row = Row { state: "approved".to_owned(), approved_at: Some(now), approved_by: Some(by), chunk: 0, leased_until: 0, ..row };
    store::update(conn, &row)?;
    say(conn, app, &row, "approved", &caller.client_id)?;
    Ok(row)
}

/// Ends a change; what was done stays done.
///
/// # Errors
/// `changes.not_found`, `changes.state`, `changes.reason`, or a fault.
pub fn cancel(conn: &mut Conn, app: &App, caller: &Caller, id: &str, reason: &str) -> Result<Row, Error> {
    if !is_reason(reason) {
        return Err(ChangeRefusal::Reason.at("reason").into());
    }
    let row = locked(conn, caller, id, &["proposed", "previewed", "approved"])?;
    let row = Row { state: "cancelled".to_owned(), finished_at: Some(app.edge.now()), lease: String::new(), leased_until: 0, ..row };
    store::update(conn, &row)?;
    say(conn, app, &Row { reason: reason.to_owned(), ..row.clone() }, "cancelled", &caller.client_id)?;
    Ok(row)
}
