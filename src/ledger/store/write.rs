//! Writing entries, whole or not at all.

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::{LotRow, MovementRow, Written};
use crate::db::Conn;
use crate::db::schema::{entries, lot_balances, lots, movements};
use crate::error::{Error, is_unique_violation};
use crate::ledger::{EntryKind, Place};
use crate::on_backend;

/// Movements of one statement: far below what either database binds.
const BATCH: usize = 500;

/// Writes entries with their lots, movements and balances. False, and nothing is written, where another transaction took an id, a part of a basis or
/// a hold meanwhile.
pub(in crate::ledger) fn write(conn: &mut Conn, all: &[Written]) -> Result<bool, Error> {
    // A savepoint: after a violation PostgreSQL goes on only from before it.
    let done = conn.transaction(|conn| all.iter().try_for_each(|one| write_one(conn, one)));
    match done {
        Ok(()) => Ok(true),
        Err(e) if is_unique_violation(&e) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

fn write_one(conn: &mut Conn, one: &Written) -> Result<(), DieselError> {
    diesel::insert_into(entries::table).values(&one.entry).execute(conn)?;
    if let Some(lot) = &one.lot {
        insert_lot(conn, lot)?;
    }
    for batch in one.movements.chunks(BATCH) {
        on_backend!(conn, c => diesel::insert_into(movements::table).values(batch).execute(c))?;
    }
    // Movements stand in order of lots.
    let spends = matches!(one.entry.kind(), Some(EntryKind::Reserve | EntryKind::Redeem));
    one.movements.iter().try_for_each(|movement| move_balance(conn, movement, spends.then_some(&one.entry.on_day)))
}

fn insert_lot(conn: &mut Conn, lot: &LotRow) -> Result<(), DieselError> {
    diesel::insert_into(lots::table).values(lot).execute(conn)?;
    let balance = (lot_balances::lot_id.eq(&lot.id), lot_balances::available.eq(0), lot_balances::expires_on.eq(&lot.expires_on));
    diesel::insert_into(lot_balances::table).values(balance).execute(conn)?;
    Ok(())
}

/// Brings the balance of a lot to what a movement leaves. What is not available, or on the day no longer spendable, is not found, and the entry fails.
fn move_balance(conn: &mut Conn, movement: &MovementRow, spent_on: Option<&String>) -> Result<(), DieselError> {
    let lot = Place::Lot.to_string();
    let row = lot_balances::table.filter(lot_balances::lot_id.eq(&movement.lot_id));
    let changed = if movement.to_place == lot {
        diesel::update(row).set(lot_balances::available.eq(lot_balances::available + movement.amount)).execute(conn)?
    } else if movement.from_place == lot {
        let enough = row.filter(lot_balances::available.ge(movement.amount));
        let less = lot_balances::available.eq(lot_balances::available - movement.amount);
        match spent_on {
            None => diesel::update(enough).set(less).execute(conn)?,
            Some(day) => {
                let in_time = lot_balances::expires_on.is_null().or(lot_balances::expires_on.gt(day).assume_not_null());
                diesel::update(enough.filter(in_time)).set(less).execute(conn)?
            }
        }
    } else {
        1
    };
    if changed == 1 { Ok(()) } else { Err(DieselError::NotFound) }
}
