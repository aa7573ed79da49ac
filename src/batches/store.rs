//! Tables of batches: the batch itself, its rows in chunks, what is wrong with them, what people decided.

use diesel::prelude::*;

use crate::bulk_row;
use crate::db::schema::{approval_rules, batch_chunks as chunks, batch_errors as errors, batch_events, batches};
use crate::db::{Conn, is_id};
use crate::error::{Error, is_unique_violation};
use crate::lease::Leased;

/// A batch as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = batches, treat_none_as_null = true, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0017_batches")]
pub struct Row {
    pub id: String,
    pub provider_id: String,
    pub name: String,
    pub digest: String,
    pub header: String,
    pub state: String,
    pub total: i64,
    pub faulty: i64,
    pub issued: i64,
    pub failed: i64,
    pub chunk: i64,
    pub chunks: i64,
    pub places: Option<String>,
    pub created_at: i64,
    pub created_by: String,
    pub validated_at: Option<i64>,
    pub approved_at: Option<i64>,
    pub approved_by: Option<String>,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub lease: String,
    pub leased_until: i64,
    pub trouble: Option<String>,
    pub replacing: i64,
}

/// Rows of a batch as its file held them, sealed.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = chunks)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0017_batches")]
pub struct Chunk {
    pub batch_id: String,
    pub n: i64,
    pub lines: i64,
    pub first: i64,
    pub last: i64,
    pub sealed: Vec<u8>,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = errors)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0017_batches")]
pub struct Wrong {
    pub batch_id: String,
    pub line: i64,
    pub n: i64,
    pub phase: String,
    pub heading: String,
    pub field: String,
    pub code: String,
    pub got: Option<String>,
}

bulk_row!(Wrong => "batch_errors" { batch_id, line, n, phase, heading, field, code, got });

/// What people decided about a batch.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = batch_events)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0017_batches")]
pub struct Event {
    pub id: String,
    pub batch_id: String,
    pub kind: String,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(batches::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes a batch; false where another one of the provider has this digest.
pub(super) fn update(conn: &mut Conn, row: &Row) -> Result<bool, Error> {
    match diesel::update(batches::table.find(&row.id)).set(row).execute(conn) {
        Ok(_) => Ok(true),
        Err(e) if is_unique_violation(&e) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

pub(super) fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(batches::table.find(id).filter(batches::state.ne("receiving")).select(Row::as_select()).get_result(conn).optional()?)
}

/// The batch that this file of the provider is already.
pub(super) fn by_digest(conn: &mut Conn, provider: &str, digest: &str) -> Result<Option<Row>, Error> {
    let same = batches::provider_id.eq(provider).and(batches::digest.eq(digest)).and(batches::state.ne_all(["receiving", "cancelled"]));
    Ok(batches::table.filter(same).select(Row::as_select()).get_result(conn).optional()?)
}

/// How many batches of a provider have not ended, those that are being received counted.
pub(super) fn open_of(conn: &mut Conn, provider: &str) -> Result<i64, Error> {
    let open = batches::provider_id.eq(provider).and(batches::state.ne_all(["done", "cancelled"]));
    Ok(batches::table.filter(open).count().get_result(conn)?)
}

/// Batches after an id, in order; of one provider where it is named.
pub(super) fn page(conn: &mut Conn, provider: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query = batches::table.filter(batches::state.ne("receiving")).into_boxed();
    if let Some(provider) = provider {
        query = query.filter(batches::provider_id.eq(provider.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(batches::id.lt(after.to_owned()));
    }
    Ok(query.order(batches::id.desc()).limit(limit + 1).select(Row::as_select()).load(conn)?)
}

impl Leased for Row {
    fn held(&self) -> (&str, &str, &str) {
        (&self.id, &self.state, &self.lease)
    }

    fn claim(conn: &mut Conn, id: Option<&str>, lease: &str, now: i64, until: i64) -> Result<Option<Row>, Error> {
        let free = || batches::state.eq_any(["uploaded", "approved"]).and(batches::leased_until.le(now));
        let oldest = match id {
            Some(id) => Some(id.to_owned()),
            None => batches::table.filter(free()).order(batches::id).select(batches::id).first(conn).optional()?,
        };
        let Some(id) = oldest else { return Ok(None) };
        let taken = diesel::update(batches::table.filter(batches::id.eq(&id).and(free())))
            .set((batches::lease.eq(lease), batches::leased_until.eq(until)))
            .execute(conn)?;
        if taken == 0 { Ok(None) } else { by_id(conn, &id) }
    }

    fn hold(conn: &mut Conn, id: &str, lease: &str, until: i64) -> Result<Option<Row>, Error> {
        let mine = batches::table.filter(batches::id.eq(id).and(batches::lease.eq(lease)));
        let held = diesel::update(mine).set(batches::leased_until.eq(until)).execute(conn)?;
        if held == 0 { Ok(None) } else { by_id(conn, id) }
    }

    fn keep(&self, conn: &mut Conn) -> Result<(), Error> {
        update(conn, self).map(drop)
    }
}

/// Waits until no other transaction issues rows of a batch, and keeps others waiting until this one ends. On SQLite there is one writer anyway.
pub(super) fn issue_in_turn(conn: &mut Conn) -> Result<(), Error> {
    if let Conn::Postgres(c) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext('hufu/batches'))").execute(c)?;
    }
    Ok(())
}

/// The batch, locked until the transaction ends.
pub(super) fn lock(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    diesel::update(batches::table.find(id)).set(batches::id.eq(id)).execute(conn)?;
    by_id(conn, id)
}

pub(super) fn insert_chunk(conn: &mut Conn, chunk: &Chunk) -> Result<(), Error> {
    diesel::insert_into(chunks::table).values(chunk).execute(conn)?;
    Ok(())
}

pub(super) fn chunk(conn: &mut Conn, batch: &str, n: i64) -> Result<Option<Chunk>, Error> {
    Ok(chunks::table.find((batch, n)).select(Chunk::as_select()).get_result(conn).optional()?)
}

/// The chunks after one, in order, so many.
pub(super) fn chunks_after(conn: &mut Conn, batch: &str, after: i64, limit: i64) -> Result<Vec<Chunk>, Error> {
    let query = chunks::table.filter(chunks::batch_id.eq(batch).and(chunks::n.gt(after)));
    Ok(query.order(chunks::n).limit(limit).select(Chunk::as_select()).load(conn)?)
}

pub(super) fn drop_chunk(conn: &mut Conn, batch: &str, n: i64) -> Result<(), Error> {
    diesel::delete(chunks::table.find((batch, n))).execute(conn)?;
    Ok(())
}

pub(super) fn drop_chunks(conn: &mut Conn, batch: &str) -> Result<(), Error> {
    diesel::delete(chunks::table.filter(chunks::batch_id.eq(batch))).execute(conn)?;
    Ok(())
}

/// Takes away a batch whose upload was not finished.
pub(super) fn forget(conn: &mut Conn, batch: &str) -> Result<(), Error> {
    drop_chunks(conn, batch)?;
    diesel::delete(batches::table.filter(batches::id.eq(batch).and(batches::state.eq("receiving")))).execute(conn)?;
    Ok(())
}

/// Uploads that were begun before an instant and never finished.
pub(super) fn abandoned(conn: &mut Conn, before: i64) -> Result<Vec<String>, Error> {
    let query = batches::table.filter(batches::state.eq("receiving").and(batches::created_at.lt(before)));
    Ok(query.select(batches::id).load(conn)?)
}

/// Batches that ended before an instant and still hold rows.
pub(super) fn ended(conn: &mut Conn, before: i64) -> Result<Vec<String>, Error> {
    let over = batches::state.eq_any(["done", "cancelled"]).and(batches::finished_at.lt(before));
    let holds = diesel::dsl::exists(chunks::table.filter(chunks::batch_id.eq(batches::id)));
    Ok(batches::table.filter(over.and(holds)).select(batches::id).load(conn)?)
}

/// Lines between two, both counted, in which something was found wrong in a phase.
pub(super) fn wrong_lines(conn: &mut Conn, batch: &str, phase: &str, first: i64, last: i64) -> Result<Vec<i64>, Error> {
    let of = errors::batch_id.eq(batch).and(errors::line.between(first, last)).and(errors::phase.eq(phase));
    Ok(errors::table.filter(of).select(errors::line).distinct().load(conn)?)
}

/// What is wrong between two lines, both counted, in order.
pub(super) fn wrong_between(conn: &mut Conn, batch: &str, first: i64, last: i64) -> Result<Vec<Wrong>, Error> {
    let of = errors::batch_id.eq(batch).and(errors::line.between(first, last));
    Ok(errors::table.filter(of).order((errors::line, errors::n)).select(Wrong::as_select()).load(conn)?)
}

/// What is wrong after a line and place, in order.
pub(super) fn wrong_after(conn: &mut Conn, batch: &str, (line, n): (i64, i64), limit: i64) -> Result<Vec<Wrong>, Error> {
    let after = errors::line.gt(line).or(errors::line.eq(line).and(errors::n.gt(n)));
    let query = errors::table.filter(errors::batch_id.eq(batch)).filter(after);
    Ok(query.order((errors::line, errors::n)).limit(limit + 1).select(Wrong::as_select()).load(conn)?)
}

/// Forgets what a phase found wrong.
pub(super) fn clear_wrong(conn: &mut Conn, batch: &str, phase: Option<&str>) -> Result<(), Error> {
    let of = errors::table.filter(errors::batch_id.eq(batch));
    match phase {
        Some(phase) => diesel::delete(of.filter(errors::phase.eq(phase))).execute(conn)?,
        None => diesel::delete(of).execute(conn)?,
    };
    Ok(())
}

/// How many codes there are of each, most first.
pub(super) fn wrong_by_code(conn: &mut Conn, batch: &str) -> Result<Vec<(String, i64)>, Error> {
    let of = errors::table.filter(errors::batch_id.eq(batch)).group_by(errors::code);
    let mut counted: Vec<(String, i64)> = of.select((errors::code, diesel::dsl::count_star())).load(conn)?;
    counted.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    Ok(counted)
}

/// Above how many rows a provider wants a second person.
pub(super) fn rule(conn: &mut Conn, provider: &str) -> Result<Option<i64>, Error> {
    Ok(approval_rules::table.find(provider).select(approval_rules::above).get_result(conn).optional()?)
}

/// Sets or takes away that rule.
pub(super) fn set_rule(conn: &mut Conn, provider: &str, above: Option<i64>, now: i64, by: &str) -> Result<(), Error> {
    diesel::delete(approval_rules::table.find(provider)).execute(conn)?;
    if let Some(above) = above {
        let row = (
            approval_rules::provider_id.eq(provider),
            approval_rules::above.eq(above),
            approval_rules::changed_at.eq(now),
            approval_rules::changed_by.eq(by),
        );
        diesel::insert_into(approval_rules::table).values(row).execute(conn)?;
    }
    Ok(())
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(batch_events::table).values(event).execute(conn)?;
    Ok(())
}
