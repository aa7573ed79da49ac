//! Issuing the rows of a chunk, in one transaction with the batch's own count: each once, whatever happens.

use serde::{Deserialize, Serialize};

use super::super::BatchRefusal;
use super::super::sheet::{Header, Raw};
use super::super::store::{self, Row};
use super::rows;
use crate::app::App;
use crate::certificates::{self, Order};
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::providers::service::today;

/// Places in status lists that were kept for a batch, in order: they are contiguous in each list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Places {
    /// The year in whose lists they are.
    year: i64,
    /// List, first index, how many.
    ranges: Vec<(i64, i64, i64)>,
}

impl Places {
    /// Keeps so many for a provider.
    pub fn keep(conn: &mut Conn, app: &App, provider: &str, count: i64) -> Result<String, Error> {
        let year = i64::from(today(app).year());
        let mut ranges: Vec<(i64, i64, i64)> = Vec::new();
        for (list, index) in certificates::keep_places(conn, provider, year, app.edge.now(), count)? {
            match ranges.last_mut() {
                Some((last, first, many)) if *last == list && *first + *many == index => *many += 1,
                _ => ranges.push((list, index, 1)),
            }
        }
        Ok(serde_json::to_string(&Places { year, ranges }).map_err(Fault::new)?)
    }

    /// `count` of them after the first `used`; none where a new year has begun, whose certificates are in other lists.
    fn after(&self, year: i64, used: i64, count: usize) -> Option<Vec<(i64, i64)>> {
        let (mut places, mut skipped) = (Vec::with_capacity(count), used);
        for (list, first, many) in &self.ranges {
            let from = first + skipped.min(*many);
            skipped -= skipped.min(*many);
            places.extend((from..first + many).take(count - places.len()).map(|index| (*list, index)));
        }
        (self.year == year && places.len() == count).then_some(places)
    }
}

/// The rows of a chunk, read before the transaction that issues them.
pub(super) struct Prepared {
    header: Header,
    /// Rows that may be issued, and their orders.
    orders: Vec<(Raw, Order)>,
    /// Rows that were refused when they were looked at.
    faulty: Vec<Raw>,
}

/// Reads chunk `n`; none where all its rows are issued.
pub(super) fn prepare(conn: &mut Conn, app: &App, row: &Row, n: i64) -> Result<Option<Prepared>, Error> {
    let Some(chunk) = store::chunk(conn, &row.id, n)? else { return Ok(None) };
    let wrong = store::wrong_lines(conn, &row.id, "check", chunk.first, chunk.last)?;
    let mut prepared = Prepared { header: rows::header(row)?, orders: Vec::new(), faulty: Vec::new() };
    for raw in rows::open(app, &chunk)? {
        match rows::order(row, &prepared.header, &raw) {
            Ok(order) if !wrong.contains(&i64::from(raw.line)) => prepared.orders.push((raw, order)),
            _ => prepared.faulty.push(raw),
        }
    }
    Ok(Some(prepared))
}

/// Issues chunk `n` of a batch that is held: the batch as it is then. A row that is refused is kept with its reason, and takes nothing of the others.
pub(super) fn issue(conn: &mut Conn, app: &App, mut row: Row, n: i64, prepared: &Option<Prepared>) -> Result<Row, Error> {
    row.chunk = n + 1;
    row.trouble = None;
    let Some(Prepared { header, orders, faulty }) = prepared else { return Ok(row) };
    // Two files with the same people may both have been looked at before either was issued.
    store::issue_in_turn(conn)?;
    let done = issued(conn, app, &mut row, orders)?;
    let (mut left, mut bulk) = (faulty.clone(), Bulk::default());
    for ((raw, _), done) in orders.iter().zip(done) {
        let Err(refusal) = done else { continue };
        for wrong in rows::wrong(&row.id, "issue", raw.line, vec![header.wrong(raw, &refusal)]) {
            bulk.add(wrong);
        }
        row.failed += 1;
        left.push(raw.clone());
    }
    bulk.write(conn)?;
    store::drop_chunk(conn, &row.id, n)?;
    if !left.is_empty() {
        left.sort_by_key(|raw| raw.line);
        store::insert_chunk(conn, &rows::seal(app, &row.id, n, &left)?)?;
    }
    Ok(row)
}

/// Issues what is ordered, and counts it: of each order why it was refused, if it was. New ones come first, those in the place of others after them.
fn issued(conn: &mut Conn, app: &App, row: &mut Row, orders: &[(Raw, Order)]) -> Result<Vec<Result<(), Refusal>>, Error> {
    let all: Vec<&Order> = orders.iter().map(|(_, order)| order).collect();
    let before = certificates::issued_alike(conn, app, &all)?;
    let due = |replaces: bool| {
        let all = all.iter().zip(&before).filter(|(order, before)| before.is_none() && order.replaces().is_some() == replaces);
        all.map(|(order, _)| *order).collect::<Vec<_>>()
    };
    let kept: Option<Places> = row.places.as_deref().map(serde_json::from_str).transpose().map_err(Fault::new)?;
    let year = i64::from(today(app).year());
    let places = |used: i64, count: usize| kept.as_ref().and_then(|kept| kept.after(year, used, count));
    let (new, replacing, mut bulk) = (due(false), due(true), Bulk::default());
    let new = certificates::issue_at(conn, &mut bulk, app, &new, places(row.issued, new.len()))?;
    bulk.write(conn)?;
    row.issued += count(&new)?;
    let replaced = certificates::replace_at(conn, app, &replacing, places(row.issued, replacing.len()))?;
    row.issued += count(&replaced)?;
    let (mut new, mut replaced) = (new.into_iter(), replaced.into_iter());
    let answers = all.iter().zip(before).map(|(order, before)| match before {
        Some(number) => Ok(Err(BatchRefusal::IssuedAlready.at("holder.id_number").got(number))),
        None if order.replaces().is_some() => replaced.next().ok_or_else(unanswered),
        None => new.next().map(|issued| issued.map(drop)).ok_or_else(unanswered),
    });
    answers.collect()
}

fn count<T>(done: &[Result<T, Refusal>]) -> Result<i64, Fault> {
    i64::try_from(done.iter().filter(|done| done.is_ok()).count()).map_err(Fault::new)
}

fn unanswered() -> Error {
    Fault::text("an order without an answer").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_out_in_order_across_lists_and_only_in_their_year() {
        let places = Places { year: 2026, ranges: vec![(7, 1_048_574, 2), (9, 0, 3)] };
        assert_eq!(places.after(2026, 0, 2), Some(vec![(7, 1_048_574), (7, 1_048_575)]));
        assert_eq!(places.after(2026, 1, 3), Some(vec![(7, 1_048_575), (9, 0), (9, 1)]));
        assert_eq!((places.after(2026, 3, 3), places.after(2027, 0, 1)), (None, None));
    }
}
