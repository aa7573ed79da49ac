//! Cursor paging: `?limit=50&after=<cursor>`; the answer's `next` is the cursor of the next page, absent on the last.

use serde::Serialize;
use utoipa::ToSchema;

use super::problem::HttpRefusal;
use crate::error::Refusal;

/// Rows of a page when the caller does not say.
pub const LIMIT_DEFAULT: i64 = 50;
/// Most rows of a page.
pub const LIMIT_MAX: i64 = 200;
/// Longest cursor.
const CURSOR_MAX: usize = 64;

/// Checks `limit`.
///
/// # Errors
/// `http.query` outside 1..=200.
pub fn limit(asked: Option<i64>) -> Result<i64, Refusal> {
    match asked {
        None => Ok(LIMIT_DEFAULT),
        Some(n) if (1..=LIMIT_MAX).contains(&n) => Ok(n),
        Some(n) => Err(HttpRefusal::Query.at("limit").got(n.to_string())),
    }
}

/// Checks `after`: a cursor is the id of the last row of the page before.
///
/// # Errors
/// `http.query` when it has no such shape.
pub fn after(asked: Option<&str>) -> Result<Option<String>, Refusal> {
    match asked {
        None => Ok(None),
        Some(c) if !c.is_empty() && c.len() <= CURSOR_MAX && c.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => Ok(Some(c.to_owned())),
        Some(_) => Err(HttpRefusal::Query.at("after")),
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page made from `rows`, of which one more than `limit` was asked for, so that the last page is known to be the last.
    pub fn new<R>(mut rows: Vec<R>, limit: i64, cursor: impl Fn(&R) -> String, show: impl FnMut(R) -> T) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor) } else { None };
        Page { items: rows.into_iter().map(show).collect(), next }
    }
}
