//! Looking at every row before one is issued: nothing is written but what is wrong.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::sheet::{Raw, Wrong};
use super::super::store::{self, Row, Wrong as WrongRow};
use super::super::{BatchRefusal, BatchRefusal as No};
use super::rows;
use crate::app::App;
use crate::certificates::{self, Order};
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};

/// What was seen in earlier rows: the number, who was assessed for what, or what is replaced; and in which line.
#[derive(Default)]
pub(super) struct Seen {
    numbers: HashMap<[u8; 16], u32>,
    people: HashMap<[u8; 16], u32>,
    replaced: HashMap<[u8; 16], u32>,
}

/// What came of a chunk.
pub(super) struct Looked {
    pub wrong: Vec<WrongRow>,
    pub faulty: i64,
    /// Rows without errors that take the place of a certificate.
    pub replacing: i64,
}

/// Looks at the rows of chunk `n`.
pub(super) fn look(conn: &mut Conn, app: &App, row: &Row, n: i64, seen: &mut Seen) -> Result<Looked, Error> {
    let (chunk, header) = (store::chunk(conn, &row.id, n)?.ok_or_else(|| Fault::text("rows of a batch are gone"))?, rows::header(row)?);
    let raws = rows::open(app, &chunk)?;
    let mut found: Vec<Vec<Wrong>> = Vec::with_capacity(raws.len());
    let mut orders: Vec<(usize, Order)> = Vec::with_capacity(raws.len());
    for (at, raw) in raws.iter().enumerate() {
        found.push(match rows::order(row, &header, raw) {
            Ok(order) => {
                let twice = seen.twice(app, &order, raw);
                orders.push((at, order));
                twice.iter().map(|refusal| header.wrong(raw, refusal)).collect()
            }
            Err(wrong) => wrong,
        });
    }
    let asked: Vec<&Order> = orders.iter().map(|(_, order)| order).collect();
    let (refused, before) = (certificates::check_all(conn, app, &asked)?, certificates::issued_alike(conn, app, &asked)?);
    let in_place = certificates::may_replace(conn, &asked)?;
    for ((((at, _), refused), before), in_place) in orders.iter().zip(refused).zip(before).zip(in_place) {
        let issued = before.map(|number| BatchRefusal::IssuedAlready.at("holder.id_number").got(number));
        let all: Vec<Refusal> = refused.err().into_iter().chain(issued).chain(in_place.err()).collect();
        if let (Some(found), Some(raw)) = (found.get_mut(*at), raws.get(*at)) {
            // A number that the file has twice is not told again as taken.
            let new = all.iter().map(|refusal| header.wrong(raw, refusal)).filter(|wrong| !found.iter().any(|f| f.field == wrong.field));
            let new: Vec<Wrong> = new.collect();
            found.extend(new);
        }
    }
    let faulty = found.iter().filter(|wrong| !wrong.is_empty()).count();
    let replacing = orders.iter().filter(|(at, order)| order.replaces().is_some() && found.get(*at).is_some_and(Vec::is_empty)).count();
    let wrong = raws.iter().zip(found).flat_map(|(raw, wrong)| rows::wrong(&row.id, "check", raw.line, wrong)).collect();
    Ok(Looked { wrong, faulty: i64::try_from(faulty).map_err(Fault::new)?, replacing: i64::try_from(replacing).map_err(Fault::new)? })
}

impl Seen {
    /// What of an order was in an earlier row.
    fn twice(&mut self, app: &App, order: &Order, raw: &Raw) -> Vec<Refusal> {
        let mut twice = Vec::new();
        if let Some(number) = &order.draft.number {
            let key = app.keys.data().keyed_hash("batch-number", number.as_str().as_bytes());
            twice.extend(earlier(&mut self.numbers, key, raw.line).map(|line| No::NumberTwice.at("number").got(format!("row {line}"))));
        }
        let key = certificates::likeness(app, order);
        twice.extend(earlier(&mut self.people, key, raw.line).map(|line| No::PersonTwice.at("holder.id_number").got(format!("row {line}"))));
        if let Some(old) = order.replaces() {
            let key = app.keys.data().keyed_hash("batch-replaces", old.number.as_str().as_bytes());
            twice.extend(earlier(&mut self.replaced, key, raw.line).map(|line| No::ReplacedTwice.at("replaces").got(format!("row {line}"))));
        }
        twice
    }
}

/// The line in which a key was seen first, if that is not this one.
fn earlier(seen: &mut HashMap<[u8; 16], u32>, key: [u8; 32], line: u32) -> Option<u32> {
    let (key, _) = key.split_first_chunk::<16>()?;
    match seen.entry(*key) {
        Entry::Occupied(first) => Some(*first.get()),
        Entry::Vacant(place) => {
            place.insert(line);
            None
        }
    }
}
