//! The use cases of changes.

mod decide;
mod propose;
mod work;

pub use decide::{approve, cancel};
pub use propose::{Source, Wanted, propose};
pub use work::{run, work};

use super::ChangeRefusal;
use super::store::{self, Row};
use super::views::{RefusalView, View};
use crate::access::Caller;
use crate::batches;
use crate::db::Conn;
use crate::error::Error;
use crate::http::page::Page;

/// A change of a provider that the caller may see.
///
/// # Errors
/// `changes.not_found`, which is also the answer about somebody else's; or a fault.
pub fn find(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = store::by_id(conn, id)?.filter(|row| caller.acts_for(&row.provider_id));
    Ok(row.ok_or_else(|| ChangeRefusal::NotFound.at("id"))?)
}

/// How a change stands.
///
/// # Errors
/// As [`find`].
pub fn show(conn: &mut Conn, caller: &Caller, id: &str) -> Result<View, Error> {
    let row = find(conn, caller, id)?;
    view(conn, row)
}

fn view(conn: &mut Conn, row: Row) -> Result<View, Error> {
    let (above, receipt) = (batches::rule(conn, &row.provider_id)?.above, store::document(conn, &row.id, "done")?);
    Ok(View::new(row, above, receipt)?)
}

/// A page of changes, the newest first.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, provider: Option<&str>, after: Option<&str>, limit: i64) -> Result<Page<View>, Error> {
    let page = Page::new(store::page(conn, provider, after, limit)?, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(|row| view(conn, row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// A page of the certificates that could not take the step, by number.
///
/// # Errors
/// As [`find`].
pub fn refusals(conn: &mut Conn, caller: &Caller, id: &str, after: Option<&str>, limit: i64) -> Result<Page<RefusalView>, Error> {
    let row = find(conn, caller, id)?;
    let found = store::refused_after(conn, &row.id, after.unwrap_or_default(), limit)?;
    Ok(Page::new(found, limit, |one| one.number.clone(), RefusalView::of))
}
