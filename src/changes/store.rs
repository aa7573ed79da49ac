//! Tables of changes.

use diesel::prelude::*;

use crate::bulk_row;
use crate::db::schema::{change_chunks as chunks, change_events as events, change_refusals as refusals, changes};
use crate::db::{Conn, is_id};
use crate::error::Error;
use crate::lease::Leased;

/// A change as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = changes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Row {
    pub id: String,
    pub provider_id: String,
    pub step: String,
    pub reason: String,
    pub source: String,
    pub state: String,
    pub total: i64,
    pub done: i64,
    pub refused: i64,
    pub chunk: i64,
    pub chunks: i64,
    pub sample: String,
    pub digest: String,
    pub effect: String,
    pub created_at: i64,
    pub created_by: String,
    pub approved_at: Option<i64>,
    pub approved_by: Option<String>,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub lease: String,
    pub leased_until: i64,
}

/// The certificates of a chunk.
pub(super) struct Chunk {
    pub change_id: String,
    pub n: i64,
    pub ids: String,
}

bulk_row!(Chunk => "change_chunks" { change_id, n, ids });

/// A certificate that could not take the step.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = refusals)]
pub struct Refused {
    pub change_id: String,
    pub number: String,
    pub code: String,
}

bulk_row!(Refused => "change_refusals" { change_id, number, code });

/// What people decided, or what came of it.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = events)]
pub struct Event {
    pub id: String,
    pub change_id: String,
    pub kind: String,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(changes::table).values(row).execute(conn)?;
    Ok(())
}

pub(super) fn update(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::update(changes::table.find(&row.id)).set(row).execute(conn)?;
    Ok(())
}

pub(super) fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(changes::table.find(id).select(Row::as_select()).get_result(conn).optional()?)
}

/// Changes after an id, the newest first; of one provider where it is named.
pub(super) fn page(conn: &mut Conn, provider: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query = changes::table.into_boxed();
    if let Some(provider) = provider {
        query = query.filter(changes::provider_id.eq(provider.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(changes::id.lt(after.to_owned()));
    }
    Ok(query.order(changes::id.desc()).limit(limit + 1).select(Row::as_select()).load(conn)?)
}

impl Leased for Row {
    fn held(&self) -> (&str, &str, &str) {
        (&self.id, &self.state, &self.lease)
    }

    fn claim(conn: &mut Conn, id: Option<&str>, lease: &str, now: i64, until: i64) -> Result<Option<Row>, Error> {
        let free = || changes::state.eq_any(["proposed", "approved"]).and(changes::leased_until.le(now));
        let oldest = match id {
            Some(id) => Some(id.to_owned()),
            None => changes::table.filter(free()).order(changes::id).select(changes::id).first(conn).optional()?,
        };
        let Some(id) = oldest else { return Ok(None) };
        let taken = diesel::update(changes::table.filter(changes::id.eq(&id).and(free())))
            .set((changes::lease.eq(lease), changes::leased_until.eq(until)))
            .execute(conn)?;
        if taken == 0 { Ok(None) } else { by_id(conn, &id) }
    }

    fn hold(conn: &mut Conn, id: &str, lease: &str, until: i64) -> Result<Option<Row>, Error> {
        let mine = changes::table.filter(changes::id.eq(id).and(changes::lease.eq(lease)));
        let held = diesel::update(mine).set(changes::leased_until.eq(until)).execute(conn)?;
        if held == 0 { Ok(None) } else { by_id(conn, id) }
    }

    fn keep(&self, conn: &mut Conn) -> Result<(), Error> {
        update(conn, self)
    }
}

/// The change, locked until the transaction ends.
pub(super) fn lock(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    diesel::update(changes::table.find(id)).set(changes::id.eq(id)).execute(conn)?;
    by_id(conn, id)
}

/// The ids of a chunk, as JSON.
pub(super) fn chunk(conn: &mut Conn, change: &str, n: i64) -> Result<Option<String>, Error> {
    Ok(chunks::table.find((change, n)).select(chunks::ids).get_result(conn).optional()?)
}

/// Refusals after a number, in order.
pub(super) fn refused_after(conn: &mut Conn, change: &str, after: &str, limit: i64) -> Result<Vec<Refused>, Error> {
    let of = refusals::change_id.eq(change).and(refusals::number.gt(after));
    Ok(refusals::table.filter(of).order(refusals::number).limit(limit + 1).select(Refused::as_select()).load(conn)?)
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(events::table).values(event).execute(conn)?;
    Ok(())
}

/// The document of the last event of a kind.
pub(super) fn document(conn: &mut Conn, change: &str, kind: &str) -> Result<Option<String>, Error> {
    let of = events::change_id.eq(change).and(events::kind.eq(kind));
    Ok(events::table.filter(of).order(events::id.desc()).select(events::document).first(conn).optional()?)
}
