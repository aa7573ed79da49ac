//! Writing entries, whole or not at all.

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::{LotRow, MovementRow, Written};
use crate::db::schema::{entries, lot_balances, lots, movements};
use crate::db::{Conn, Kept};
use crate::error::{Error, Fault, is_unique_violation};
use crate::ledger::{EntryKind, Place};
use crate::on_backend;

/// Movements of one statement: far below what either database binds.
const BATCH: usize = 500;

/// Writes entries with their lots, movements and balances.
///
/// # Errors
/// A fault; where another transaction took an id, a part of a basis or a hold meanwhile, one after which this transaction runs again.
pub(in crate::ledger) fn write(conn: &mut Conn, all: &[Written]) -> Result<(), Error> {
    all.iter()
        .try_for_each(|one| write_one(conn, one))
        .map_err(|e| if is_unique_violation(&e) { Fault::overtaken("other postings got in between; try again").into() } else { e.into() })
}

fn write_one(conn: &mut Conn, one: &Written) -> Result<(), DieselError> {
    diesel::insert_into(entries::table).values(&one.entry).execute(conn)?;
    if let Some(lot) = &one.lot {
        insert_lot(conn, lot, &one.movements)?;
    }
    for batch in one.movements.chunks(BATCH) {
        match batch {
            // One statement that stays prepared.
            [only] => diesel::insert_into(movements::table).values(only).execute(conn)?,
            many => on_backend!(conn, c => diesel::insert_into(movements::table).values(many).execute(c))?,
        };
    }
    // Movements stand in order of lots.
    let spends = matches!(one.entry.kind(), Some(EntryKind::Reserve | EntryKind::Redeem));
    let mut others = one.movements.iter().filter(|movement| one.lot.as_ref().is_none_or(|lot| lot.id != movement.lot_id));
    others.try_for_each(|movement| move_balance(conn, movement, spends.then_some(&one.entry.on_day)))
}

/// A new lot begins with what the entry that makes it leaves there.
fn insert_lot(conn: &mut Conn, lot: &LotRow, moved: &[MovementRow]) -> Result<(), DieselError> {
    let here = Place::Lot.to_string();
    let own = || moved.iter().filter(|movement| movement.lot_id == lot.id);
    let come: i64 = own().filter(|movement| movement.to_place == here).map(|movement| movement.amount).sum();
    let gone: i64 = own().filter(|movement| movement.from_place == here).map(|movement| movement.amount).sum();
    diesel::insert_into(lots::table).values(lot).execute(conn)?;
    let balance = (lot_balances::lot_id.eq(&lot.id), lot_balances::available.eq(come - gone), lot_balances::expires_on.eq(&lot.expires_on));
    diesel::insert_into(lot_balances::table).values(balance).execute(conn)?;
    Ok(())
}

/// Brings the balance of a lot to what a movement leaves. What is not available, or on the day no longer spendable, is not found, and the entry fails.
fn move_balance(conn: &mut Conn, movement: &MovementRow, spent_on: Option<&String>) -> Result<(), DieselError> {
    let lot = Place::Lot.to_string();
    let row = lot_balances::table.filter(lot_balances::lot_id.eq(&movement.lot_id));
    let more = lot_balances::available.eq(lot_balances::available + movement.amount);
    let less = lot_balances::available.eq(lot_balances::available - movement.amount);
    let enough = row.filter(lot_balances::available.ge(movement.amount));
    let id = lot_balances::lot_id;
    let changed: Result<String, DieselError> = match (movement.to_place == lot, movement.from_place == lot, spent_on) {
        (true, _, _) => Kept(diesel::update(row).set(more).returning(id)).get_result(conn),
        (false, true, None) => Kept(diesel::update(enough).set(less).returning(id)).get_result(conn),
        (false, true, Some(day)) => {
            let in_time = lot_balances::expires_on.is_null().or(lot_balances::expires_on.gt(day).assume_not_null());
            Kept(diesel::update(enough.filter(in_time)).set(less).returning(id)).get_result(conn)
        }
        (false, false, _) => return Ok(()),
    };
    changed.map(drop)
}
