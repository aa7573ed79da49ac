//! What is held about a person here, section by section and page by page, for the person: numbers in full, names of who did what.

use serde_json::{Value, json};

use super::person::Person;
use super::store;
use super::views::Names;
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::http::page::{LIMIT_MAX, Page};

/// The person's accounts: the one that is open, and those that were merged into it.
///
/// # Errors
/// A fault.
pub fn accounts(conn: &mut Conn, app: &App, root: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let rows = store::rows(conn, root, after.unwrap_or(""), LIMIT_MAX + 1)?;
    let mut names = Names::new(app);
    show(
        rows,
        |row| row.id.clone(),
        |row| {
            let Person { name, id } = Person::of(app, &row)?;
            Ok(json!({
                "id": row.id, "name": name, "id_type": row.id_kind, "id_number": id.as_str(), "state": row.state, "opened_at": row.opened_at,
                "opened_by": names.of(conn, &row.opened_by)?, "merged_into": row.merged_into, "closed_at": row.closed_at,
            }))
        },
    )
}

/// What happened to the accounts, with the documents that the evidence commits to.
///
/// # Errors
/// A fault.
pub fn events(conn: &mut Conn, app: &App, root: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let family = store::family(conn, root)?;
    let rows = store::events(conn, &family, after.unwrap_or(""), LIMIT_MAX + 1)?;
    let mut names = Names::new(app);
    show(
        rows,
        |row| row.id.clone(),
        |row| {
            let by = names.of(conn, &row.actor)?;
            Ok(json!({"id": row.id, "account": row.learner_id, "kind": row.kind, "at": row.at, "by": by, "document": row.document}))
        },
    )
}

/// Who looked.
///
/// # Errors
/// A fault.
pub fn looks(conn: &mut Conn, app: &App, root: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let family = store::family(conn, root)?;
    let rows = store::looks(conn, &family, after.unwrap_or(""), LIMIT_MAX + 1)?;
    let mut names = Names::new(app);
    show(rows, |row| row.id.clone(), |row| Ok(json!({"account": row.learner_id, "at": row.at, "what": row.what, "by": names.of(conn, &row.actor)?})))
}

/// One-time codes, without the codes.
///
/// # Errors
/// A fault.
pub fn codes(conn: &mut Conn, app: &App, root: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let family = store::family(conn, root)?;
    let rows = store::codes(conn, &family, &cursor(after), LIMIT_MAX + 1)?;
    let mut names = Names::new(app);
    show(
        rows,
        |row| verifier::base64url::encode(&row.code_hash),
        |row| {
            let by = names.of(conn, &row.made_by)?;
            Ok(json!({"account": row.learner_id, "made_at": row.made_at, "expires_at": row.expires_at, "by": by, "used_at": row.used_at}))
        },
    )
}

/// When the person was signed in, without the tokens.
///
/// # Errors
/// A fault.
pub fn sessions(conn: &mut Conn, _app: &App, root: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let family = store::family(conn, root)?;
    let rows = store::sessions(conn, &family, &cursor(after), LIMIT_MAX + 1)?;
    show(
        rows,
        |row| verifier::base64url::encode(&row.token_hash),
        |row| Ok(json!({"account": row.learner_id, "made_at": row.made_at, "expires_at": row.expires_at, "ended_at": row.ended_at})),
    )
}

/// The bytes of a cursor that this module made.
fn cursor(after: Option<&str>) -> Vec<u8> {
    after.and_then(|text| verifier::base64url::decode(text).ok()).unwrap_or_default()
}

fn show<R>(rows: Vec<R>, cursor: impl Fn(&R) -> String, show: impl FnMut(R) -> Result<Value, Error>) -> Result<Page<Value>, Error> {
    let page = Page::new(rows, LIMIT_MAX, cursor, |row| row);
    Ok(Page { items: page.items.into_iter().map(show).collect::<Result<_, _>>()?, next: page.next })
}
