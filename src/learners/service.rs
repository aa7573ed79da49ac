//! The use cases of accounts. Those that change something run inside the caller's transaction and write their evidence there.

use serde::Serialize;
use verifier::documents::{LearnerId, Merge};
use verifier::ids::{IdDocument, PersonName};
use verifier::time::Instant;

use super::accounts::Accounts;
use super::person::id_hash;
use super::store::{self, Event, Looked};
use super::{LearnerRefusal, Look, State, rules};
use crate::access::{Caller, Role};
use crate::app::App;
use crate::db::{Bulk, Conn};
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::evidence;

pub use super::sign_in::{end_session, make_code, purge, session, start_session};
pub use super::store::Row;

/// What the evidence of an event commits to, but for a merge. Nothing in it is personal.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    learner: &'a str,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    by: &'a str,
}

/// Writes an event with its evidence.
pub(super) fn record(conn: &mut Conn, edge: &Edge, learner: &str, event: &'static str, reason: Option<&str>, by: &str) -> Result<(), Error> {
    let mut bulk = Bulk::default();
    keep(&mut bulk, edge, happened(edge, learner, event, reason, by)?);
    bulk.write(conn)
}

/// Adds that an account was opened.
pub(super) fn opened(bulk: &mut Bulk, edge: &Edge, learner: &str, by: &str) -> Result<(), Fault> {
    keep(bulk, edge, happened(edge, learner, "opened", None, by)?);
    Ok(())
}

fn happened(edge: &Edge, learner: &str, event: &'static str, reason: Option<&str>, by: &str) -> Result<Event, Fault> {
    let at = edge.now();
    let document = Document { hufu: "learner-event/1", event, learner, at, reason, by };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    Ok(Event { id: edge.id("lev"), learner_id: learner.to_owned(), kind: event.to_owned(), at, actor: by.to_owned(), document })
}

fn keep(bulk: &mut Bulk, edge: &Edge, event: Event) {
    evidence::add(bulk, edge, evidence::Kind::Learner, event.at, &event.id, event.document.as_bytes());
    bulk.add(event);
}

/// Keeps that `actor` looked at an account.
///
/// # Errors
/// A fault of the database.
pub fn viewed(conn: &mut Conn, edge: &Edge, learner: &str, actor: &str, look: Look) -> Result<(), Error> {
    let mut bulk = Bulk::default();
    bulk.add(looked(edge, learner, actor, look));
    bulk.write(conn)
}

/// Adds that `actor` saw an account because it is in use.
pub(super) fn seen(bulk: &mut Bulk, edge: &Edge, learner: &str, actor: &str) {
    bulk.add(looked(edge, learner, actor, Look::Opening));
}

fn looked(edge: &Edge, learner: &str, actor: &str, look: Look) -> Looked {
    Looked { id: edge.id("view"), learner_id: learner.to_owned(), at: edge.now(), actor: actor.to_owned(), what: look.as_str().to_owned() }
}

/// Opens an account for a person, or finds the one that the person has; true where it is new. `actor` is the id of the client who asks.
///
/// # Errors
/// `learners.name_differs`, `learners.closed`, or a fault.
pub fn open(conn: &mut Conn, app: &App, actor: &str, id: &IdDocument, name: &PersonName) -> Result<(Row, bool), Error> {
    let mut accounts = Accounts::find(conn, app, std::iter::once(id))?;
    accounts.admit(app, id, name)?;
    let mut bulk = Bulk::default();
    let entered = accounts.enter(app, &mut bulk, actor, id, name)?;
    bulk.write(conn)?;
    Ok(entered)
}

/// The account `id`, or the one into which it was merged.
///
/// # Errors
/// `learners.not_found`, or a fault.
pub fn find(conn: &mut Conn, id: &str) -> Result<Row, Error> {
    let row = store::by_id(conn, id)?.ok_or_else(|| LearnerRefusal::NotFound.at("id"))?;
    store::root(conn, row)
}

/// The account of the person with this document.
///
/// # Errors
/// `learners.not_found`, or a fault.
pub fn by_document(conn: &mut Conn, app: &App, id: &IdDocument) -> Result<Row, Error> {
    let row = store::by_hash(conn, &id_hash(app, id))?.ok_or_else(|| LearnerRefusal::NotFound.at("id_number"))?;
    store::root(conn, row)
}

/// The account `id`, or the one into which it was merged, if `caller` may see it: an operator any, a provider's client the ones that a client
/// of its provider opened or found by the exact document.
///
/// # Errors
/// `learners.not_found`, which is also the answer about one that the caller may not see; or a fault.
pub fn visible(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = find(conn, id)?;
    let may_see = match (caller.role, &caller.provider_id) {
        (Role::Operator, _) => true,
        (Role::Provider, Some(provider)) => {
            let family = store::family(conn, &row.id)?;
            store::is_known_to(conn, &family, provider)?
        }
        (Role::Provider | Role::Partner | Role::Auditor, _) => false,
    };
    if may_see { Ok(row) } else { Err(LearnerRefusal::NotFound.at("id").into()) }
}

/// Closes an account for good and ends its sessions. `by` is the id of the client who asks, or [`super::SELF`].
///
/// # Errors
/// `learners.reason`, `learners.not_found`, `learners.closed`, or a fault.
pub fn close(conn: &mut Conn, edge: &Edge, id: &str, reason: Option<&str>, by: &str) -> Result<Row, Error> {
    reason.map_or(Ok(()), rules::check_reason)?;
    let row = find(conn, id)?;
    rules::in_use(row.state()?).map_err(|refusal| refusal.at("id"))?;
    if !store::close(conn, &row.id, edge.now())? {
        // Somebody closed or merged it since it was read.
        rules::in_use(find(conn, id)?.state()?).map_err(|refusal| refusal.at("id"))?;
        return Err(Fault::unavailable("the account changed meanwhile; try again").into());
    }
    store::end_sessions(conn, &row.id, edge.now())?;
    record(conn, edge, &row.id, "closed", reason, by)?;
    find(conn, id)
}

/// Merges account `id` into `into`, or into the one that goes on for it, and ends its sessions: the answer is the account that goes on. The
/// region signs that both are one person's. `by` is the id of the operator's client.
///
/// # Errors
/// `learners.reason`, `learners.not_found`, `learners.merged`, `learners.closed`, `learners.merge_self`, or a fault.
pub fn merge(conn: &mut Conn, app: &App, id: &str, into: &str, reason: &str, by: &str) -> Result<Row, Error> {
    rules::check_reason(reason)?;
    let named = store::by_id(conn, id)?.ok_or_else(|| LearnerRefusal::NotFound.at("id"))?;
    let goes_on = store::by_id(conn, into)?.ok_or_else(|| LearnerRefusal::NotFound.at("into"))?;
    let goes_on = store::root(conn, goes_on)?;
    // What was read before the locks may be old; what is read under them holds.
    let locked = store::lock(conn, [&named.id, &goes_on.id])?;
    let now_of = |id: &str| locked.iter().find(|row| row.id == id).cloned().ok_or_else(|| Fault::text("an account that was just read is gone"));
    let (from, to) = (now_of(&named.id)?, now_of(&goes_on.id)?);
    if to.state()? == State::Merged {
        // It was merged before its lock was had: another account goes on now.
        return merge(conn, app, id, into, reason, by);
    }
    rules::may_merge((&from.id, from.state()?), (&to.id, to.state()?))?;
    let (event, at) = (app.edge.id("lev"), app.edge.now());
    let document = Merge {
        id: event.clone(),
        region: app.region.code.clone(),
        from: LearnerId::parse(&from.id).map_err(Fault::new)?,
        into: LearnerId::parse(&to.id).map_err(Fault::new)?,
        reason: reason.to_owned(),
        by: by.to_owned(),
        at: Instant(at),
    };
    let document = document.sign(&app.keys.region_signer()).map_err(Fault::new)?;
    store::merge(conn, &from.id, &to.id)?;
    store::end_sessions(conn, &from.id, at)?;
    let mut bulk = Bulk::default();
    keep(&mut bulk, &app.edge, Event { id: event, learner_id: from.id, kind: "merged".to_owned(), at, actor: by.to_owned(), document });
    bulk.write(conn)?;
    Ok(to)
}
