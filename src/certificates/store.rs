//! The tables of certificates and status lists.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};

use crate::bulk_row;
use crate::db::schema::{certificate_events, certificates, revisions, status_lists};
use crate::db::{self, Column, Condition, Conn, Kept, is_id};
use crate::error::{Error, Fault};

/// Most indices in one status list; then the provider gets another list.
pub const LIST_MAX: i64 = 1 << 20;

/// A certificate as it is stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = certificates)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0005_certificates")]
pub struct Row {
    pub id: String,
    pub number: String,
    pub provider_id: String,
    pub kid: String,
    pub kind: String,
    pub occupation: Option<String>,
    pub title: Option<String>,
    pub level: Option<i64>,
    pub grade: Option<String>,
    pub assessed_on: String,
    pub issued_at: i64,
    pub valid_until: Option<String>,
    pub status: String,
    pub status_list: i64,
    pub status_index: i64,
    pub replaces: Option<String>,
    pub replaced_by: Option<String>,
    pub id_kind: String,
    pub id_sealed: Vec<u8>,
    pub id_hash: Vec<u8>,
    pub name_hash: Vec<u8>,
    pub extra: String,
    pub card: String,
    pub batch_id: Option<String>,
    pub batch_line: Option<i64>,
}

/// What happened to a certificate after it was issued.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = certificate_events, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0005_certificates")]
pub struct Event {
    pub id: String,
    pub certificate_id: String,
    pub kind: String,
    pub at: i64,
    pub reason: String,
    pub actor: String,
    pub document: String,
}

/// What a list is filtered by. All that are present must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Provider id.
    pub provider: Option<String>,
    /// Occupation code or the beginning of one.
    pub occupation: Option<String>,
    /// Rank.
    pub level: Option<i64>,
    /// State.
    pub status: Option<&'static str>,
    /// Assessed on or after.
    pub from: Option<String>,
    /// Assessed before.
    pub until: Option<String>,
    /// Exact number.
    pub number: Option<String>,
    /// Keyed hashes of the holder's ids, any of which.
    pub id_hashes: Option<Vec<Vec<u8>>>,
    /// Batch.
    pub batch: Option<String>,
    /// Exact numbers, any of which.
    pub numbers: Option<Vec<String>>,
}

bulk_row!(Row => "certificates" {
    id, number, provider_id, kid, kind, occupation, title, level, grade, assessed_on, issued_at, valid_until, status, status_list, status_index,
    replaces, replaced_by, id_kind, id_sealed, id_hash, name_hash, extra, card, batch_id, batch_line,
});

/// Which of these numbers are taken.
pub(super) fn taken(conn: &mut Conn, numbers: &[&str]) -> Result<BTreeSet<String>, Error> {
    if numbers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let taken: Vec<String> = certificates::table.filter(certificates::number.eq_any(numbers)).select(certificates::number).load(conn)?;
    Ok(taken.into_iter().collect())
}

/// The certificates of a batch after a line, in order.
pub(super) fn of_batch(conn: &mut Conn, batch: &str, after: i64, limit: i64) -> Result<Vec<Row>, Error> {
    let of = certificates::batch_id.eq(batch).and(certificates::batch_line.gt(after));
    Ok(certificates::table.filter(of).order(certificates::batch_line).limit(limit).select(Row::as_select()).load(conn)?)
}

/// What a certificate in force says of a person.
#[derive(Queryable, Selectable)]
#[diesel(table_name = certificates)]
pub(super) struct Said {
    pub id_hash: Vec<u8>,
    pub number: String,
    pub kind: String,
    pub occupation: Option<String>,
    pub title: Option<String>,
    pub level: Option<i64>,
    pub assessed_on: String,
}

/// What is said of these people, in certificates that are not revoked and not replaced.
pub(super) fn said_of(conn: &mut Conn, id_hashes: &[Vec<u8>]) -> Result<Vec<Said>, Error> {
    let of = certificates::id_hash.eq_any(id_hashes).and(certificates::status.eq_any(["issued", "suspended"]));
    Ok(certificates::table.filter(of).select(Said::as_select()).load(conn)?)
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(certificate_events::table).values(event).execute(conn)?;
    Ok(())
}

/// One certificate by id.
///
/// # Errors
/// A fault of the database.
pub fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(certificates::table.find(id).select(Row::as_select()).get_result(conn).optional()?)
}

/// These certificates, in order of issue.
pub(super) fn by_ids(conn: &mut Conn, ids: &[String]) -> Result<Vec<Row>, Error> {
    Ok(certificates::table.filter(certificates::id.eq_any(ids)).order(certificates::id).select(Row::as_select()).load(conn)?)
}

/// One certificate by number.
///
/// # Errors
/// A fault of the database.
pub fn by_number(conn: &mut Conn, number: &str) -> Result<Option<Row>, Error> {
    Ok(certificates::table.filter(certificates::number.eq(number)).select(Row::as_select()).get_result(conn).optional()?)
}

/// These certificates by number.
pub(super) fn numbered(conn: &mut Conn, numbers: &[&str]) -> Result<Vec<Row>, Error> {
    Ok(certificates::table.filter(certificates::number.eq_any(numbers)).select(Row::as_select()).load(conn)?)
}

/// The same, which nobody else changes until the transaction ends. Rows are locked in one order, so that nobody waits in a circle.
pub(super) fn keep_numbered(conn: &mut Conn, numbers: &[&str]) -> Result<Vec<Row>, Error> {
    let query = certificates::table.filter(certificates::number.eq_any(numbers)).order(certificates::id);
    Ok(match conn {
        Conn::Postgres(c) => query.for_update().select(Row::as_select()).load(c)?,
        Conn::Sqlite(c) => query.select(Row::as_select()).load(c)?,
    })
}

/// One certificate by number and the keyed hash of its holder's folded name: one query, so that a wrong name and a wrong number cost the same.
///
/// # Errors
/// A fault of the database.
pub fn by_number_and_name(conn: &mut Conn, number: &str, name_hash: &[u8]) -> Result<Option<Row>, Error> {
    let both = certificates::table.filter(certificates::number.eq(number).and(certificates::name_hash.eq(name_hash)));
    Ok(both.select(Row::as_select()).get_result(conn).optional()?)
}

/// The events of a certificate, oldest first.
pub(super) fn events(conn: &mut Conn, certificate: &str) -> Result<Vec<Event>, Error> {
    let mine = certificate_events::table.filter(certificate_events::certificate_id.eq(certificate));
    Ok(mine.order(certificate_events::id).select(Event::as_select()).load(conn)?)
}

/// One row more than `limit`, after `after`, in order of issue.
pub(super) fn page(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query = filtered(filter);
    if let Some(after) = after {
        query = query.filter(certificates::id.gt(after.to_owned()));
    }
    Ok(query.order(certificates::id).limit(limit + 1).select(Row::as_select()).load(conn)?)
}

/// Id and number of those in one of these states, in order of issue, at most `limit`.
pub(super) fn named(conn: &mut Conn, filter: &Filter, states: &[&str], limit: i64) -> Result<Vec<(String, String)>, Error> {
    let query = filtered(filter).filter(certificates::status.eq_any(states.iter().map(|state| (*state).to_owned()).collect::<Vec<_>>()));
    Ok(query.order(certificates::id).limit(limit).select((certificates::id, certificates::number)).load(conn)?)
}

fn filtered<'a>(filter: &Filter) -> certificates::BoxedQuery<'a, <Conn as diesel::Connection>::Backend> {
    let mut query = certificates::table.into_boxed();
    if let Some(provider) = &filter.provider {
        query = query.filter(certificates::provider_id.eq(provider.clone()));
    }
    if let Some(prefix) = &filter.occupation {
        // Digits and hyphens only, so there is nothing to escape.
        query = query.filter(certificates::occupation.like(format!("{prefix}%")));
    }
    if let Some(level) = filter.level {
        query = query.filter(certificates::level.eq(level));
    }
    if let Some(status) = filter.status {
        query = query.filter(certificates::status.eq(status));
    }
    if let Some(from) = &filter.from {
        query = query.filter(certificates::assessed_on.ge(from.clone()));
    }
    if let Some(until) = &filter.until {
        query = query.filter(certificates::assessed_on.lt(until.clone()));
    }
    if let Some(number) = &filter.number {
        query = query.filter(certificates::number.eq(number.clone()));
    }
    if let Some(hashes) = &filter.id_hashes {
        query = query.filter(certificates::id_hash.eq_any(hashes.clone()));
    }
    if let Some(batch) = &filter.batch {
        query = query.filter(certificates::batch_id.eq(batch.clone()));
    }
    if let Some(numbers) = &filter.numbers {
        query = query.filter(certificates::number.eq_any(numbers.clone()));
    }
    query
}

/// Takes the next indices for each of these providers, as [`take_indices`] does. Rows are locked in one order, so that nobody waits in a circle.
pub(super) fn take_all(conn: &mut Conn, wanted: &BTreeMap<&str, i64>, year: i64, now: i64) -> Result<BTreeMap<String, Vec<(i64, i64)>>, Error> {
    let mut taken = BTreeMap::new();
    if let Conn::Postgres(c) = conn
        && wanted.len() > 1
    {
        let (providers, counts): (Vec<&str>, Vec<i64>) = wanted.iter().unzip();
        let asked = diesel::sql_query(TAKE_ALL).bind::<Array<Text>, _>(providers).bind::<Array<BigInt>, _>(counts);
        for Taken { provider_id, id, first, n } in Kept(asked.bind::<BigInt, _>(year).bind::<BigInt, _>(LIST_MAX)).load(c)? {
            taken.insert(provider_id, (first..first + n).map(|index| (id, index)).collect());
        }
    }
    for (provider, count) in wanted {
        if !taken.contains_key(*provider) {
            taken.insert((*provider).to_owned(), take_indices(conn, provider, year, now, *count)?);
        }
    }
    Ok(taken)
}

/// What `take_indices` asks for one provider, for many at once: a round trip for all of them.
const TAKE_ALL: &str = "UPDATE status_lists AS s SET next_index = s.next_index + wanted.n FROM \
    (SELECT open.id, asked.n FROM unnest($1, $2) AS asked (provider_id, n) JOIN \
        (SELECT id, provider_id FROM status_lists WHERE id IN \
            (SELECT MAX(id) FROM status_lists WHERE provider_id = ANY($1) AND year = $3 AND next_index < $4 GROUP BY provider_id) \
        ORDER BY id FOR UPDATE) AS open USING (provider_id)) AS wanted \
    WHERE s.id = wanted.id AND s.next_index + wanted.n <= $4 RETURNING s.provider_id, s.id, s.next_index - wanted.n AS first, wanted.n";

/// Places that are thought to be next, contiguous in a list.
pub(super) struct Guess {
    pub list: i64,
    pub first: i64,
    pub count: i64,
}

impl Guess {
    /// List and index of each.
    pub fn places(&self) -> Vec<(i64, i64)> {
        (self.first..self.first + self.count).map(|index| (self.list, index)).collect()
    }
}

/// That these are the next places of different lists; they are then taken.
pub(super) fn taken_from(mut guesses: Vec<Guess>) -> Condition {
    guesses.sort_unstable_by_key(|guess| guess.list);
    let column = |of: fn(&Guess) -> i64| Column::Number(guesses.iter().map(|guess| Some(of(guess))).collect());
    Condition {
        with: if guesses.len() == 1 { TAKE_ONE } else { TAKE_MANY },
        so: "(SELECT COUNT(*) FROM taken WHERE so) = cardinality({0})",
        values: vec![column(|guess| guess.list), column(|guess| guess.first), column(|guess| guess.count)],
    }
}

const TAKE_ONE: &str = "taken AS (UPDATE status_lists SET next_index = next_index + ({2})[1] WHERE id = ({0})[1] \
    RETURNING next_index - ({2})[1] = ({1})[1] AS so)";

/// Rows are locked in one order, so that nobody waits in a circle.
const TAKE_MANY: &str = "taken AS (UPDATE status_lists AS s SET next_index = s.next_index + guess.n FROM \
    (SELECT id, first, n FROM unnest({0}, {1}, {2}) AS asked (id, first, n) JOIN \
        (SELECT id FROM status_lists WHERE id = ANY({0}) ORDER BY id FOR UPDATE) AS open USING (id)) AS guess \
    WHERE s.id = guess.id RETURNING s.next_index - guess.n = guess.first AS so)";

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Text)]
    provider_id: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Takes the next `count` indices of the list that is open for certificates which this provider issues in this civil year, or opens one. The row stays
/// locked until the transaction ends, so indices are dense.
fn take_indices(conn: &mut Conn, provider: &str, year: i64, now: i64, count: i64) -> Result<Vec<(i64, i64)>, Error> {
    if let Some((list, first)) = next_indices(conn, provider, year, count)? {
        return Ok((first..first + count).map(|index| (list, index)).collect());
    }
    if count > 1 {
        // The list has no room for all of them, or there is none.
        let mut taken = take_indices(conn, provider, year, now, count / 2)?;
        taken.extend(take_indices(conn, provider, year, now, count - count / 2)?);
        return Ok(taken);
    }
    new_list(conn, provider, year, now)?;
    // None when another transaction filled the new list while this one waited for its lock.
    let taken = next_indices(conn, provider, year, 1)?;
    Ok(vec![taken.ok_or_else(|| Fault::overtaken("the status list filled up meanwhile; try again"))?])
}

fn next_indices(conn: &mut Conn, provider: &str, year: i64, count: i64) -> Result<Option<(i64, i64)>, Error> {
    let lists = diesel::alias!(status_lists as open);
    let (id, next) = (lists.field(status_lists::id), lists.field(status_lists::next_index));
    let mine = lists.field(status_lists::provider_id).eq(provider).and(lists.field(status_lists::year).eq(year));
    let newest = lists.filter(mine.and(next.lt(LIST_MAX))).select(diesel::dsl::max(id)).single_value();
    let room = status_lists::table.filter(status_lists::id.nullable().eq(newest).and((status_lists::next_index + count).le(LIST_MAX)));
    let taken = diesel::update(room).set(status_lists::next_index.eq(status_lists::next_index + count));
    let taken: Option<(i64, i64)> = Kept(taken.returning((status_lists::id, status_lists::next_index))).get_result(conn).optional()?;
    Ok(taken.map(|(list, next)| (list, next - count)))
}

/// The newest list of a provider and year that has room.
fn open_list(conn: &mut Conn, provider: &str, year: i64) -> Result<Option<i64>, Error> {
    let mine = status_lists::provider_id.eq(provider).and(status_lists::year.eq(year));
    let open = status_lists::table.filter(mine.and(status_lists::next_index.lt(LIST_MAX)));
    Ok(open.select(status_lists::id).order(status_lists::id.desc()).first(conn).optional()?)
}

/// List numbers come from a counter row, whose lock keeps two openings apart.
fn new_list(conn: &mut Conn, provider: &str, year: i64, now: i64) -> Result<(), Error> {
    let counter = revisions::table.find("status_list");
    let id: i64 = diesel::update(counter).set(revisions::n.eq(revisions::n + 1)).returning(revisions::n).get_result(conn)?;
    // While this waited for the counter, another transaction may have opened the list.
    if open_list(conn, provider, year)?.is_some() {
        return Ok(());
    }
    let row = (
        status_lists::id.eq(id),
        status_lists::provider_id.eq(provider),
        status_lists::year.eq(year),
        status_lists::next_index.eq(0),
        status_lists::version.eq(0),
        status_lists::changed_at.eq(now),
    );
    diesel::insert_into(status_lists::table).values(row).execute(conn)?;
    // Running servers hold the lists in memory; a list that they do not know answers nothing.
    db::bump(conn, "status")
}

/// Moves a certificate from one state to another; false when it was no longer in the first.
pub(super) fn set_status(conn: &mut Conn, row: &Row, to: &str, replaced_by: Option<&str>, now: i64) -> Result<bool, Error> {
    let same = certificates::table.filter(certificates::id.eq(&row.id).and(certificates::status.eq(&row.status)));
    let changed = diesel::update(same).set((certificates::status.eq(to), certificates::replaced_by.eq(replaced_by))).execute(conn)?;
    let list = status_lists::table.find(row.status_list);
    diesel::update(list).set((status_lists::version.eq(status_lists::version + 1), status_lists::changed_at.eq(now))).execute(conn)?;
    Ok(changed == 1)
}
