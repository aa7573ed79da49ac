//! The use cases of batches. A batch is worked on by whoever holds its lease, a chunk of rows in one transaction, so that it goes on after whatever ended it.

mod check;
mod decide;
mod files;
mod issue;
mod receive;
mod rows;
mod work;

use crate::access::Caller;
use crate::db::Conn;
use crate::error::Error;
use crate::http::page::Page;

use super::store::{self, Row};
use super::views::{ErrorView, View};
use super::{BatchRefusal, Rule};

pub use decide::{approve, cancel, check_again, retry, set_rule};
pub use files::{Wanted, mark, results};
pub use receive::{Upload, receive};
pub use work::{Working, purge, run, work};

/// Rows of a chunk.
const CHUNK: usize = 500;

/// A batch of a provider that the caller may see.
///
/// # Errors
/// `batches.not_found`, which is also the answer about somebody else's; or a fault.
pub fn find(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = store::by_id(conn, id)?.filter(|row| caller.acts_for(&row.provider_id));
    Ok(row.ok_or_else(|| BatchRefusal::NotFound.at("id"))?)
}

/// How a batch stands at an instant.
///
/// # Errors
/// As [`find`].
pub fn show(conn: &mut Conn, caller: &Caller, id: &str, now: i64) -> Result<View, Error> {
    let row = find(conn, caller, id)?;
    view(conn, row, now)
}

fn view(conn: &mut Conn, row: Row, now: i64) -> Result<View, Error> {
    let (above, wrong) = (store::rule(conn, &row.provider_id)?, store::wrong_by_code(conn, &row.id)?);
    View::new(row, above, wrong, now)
}

/// A page of batches, the newest first.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, provider: Option<&str>, after: Option<&str>, limit: i64, now: i64) -> Result<Page<View>, Error> {
    let page = Page::new(store::page(conn, provider, after, limit)?, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(|row| view(conn, row, now)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// A page of what is wrong, by line.
///
/// # Errors
/// As [`find`].
pub fn errors(conn: &mut Conn, caller: &Caller, id: &str, after: Option<(i64, i64)>, limit: i64) -> Result<Page<ErrorView>, Error> {
    let row = find(conn, caller, id)?;
    let found = store::wrong_after(conn, &row.id, after.unwrap_or_default(), limit)?;
    Ok(Page::new(found, limit, |wrong| format!("{}_{}", wrong.line, wrong.n), ErrorView::of))
}

/// Above how many rows a provider wants a second person.
///
/// # Errors
/// A fault.
pub fn rule(conn: &mut Conn, provider: &str) -> Result<Rule, Error> {
    Ok(Rule { above: store::rule(conn, provider)? })
}
