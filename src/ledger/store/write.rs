//! Writing entries, whole or not at all.

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::{EntryRow, LotRow, MovementRow, Written};
use crate::bulk_row;
use crate::db::schema::lot_balances;
use crate::db::{Bulk, Conn, Kept};
use crate::error::Error;
use crate::ledger::{EntryKind, Place};

bulk_row!(EntryRow => "entries" { id, kind, subject, cause, on_day, at, content });
bulk_row!(MovementRow => "movements" { entry_id, n, lot_id, from_place, to_place, amount });
bulk_row!(LotRow => "lots" {
    id, learner_id, scheme, amount, kind, category, course, title, occupation, level, grade, provider_id, earned_on, expires_on, origin, basis, part,
    revision, replaces, minted_at,
});
bulk_row!(BalanceRow => "lot_balances" { lot_id, available, expires_on });

/// What is available of a lot.
struct BalanceRow {
    lot_id: String,
    available: i64,
    expires_on: Option<String>,
}

/// Writes entries with their lots, movements and balances.
///
/// # Errors
/// A fault; where another transaction took an id, a part of a basis or a hold meanwhile, one after which this transaction runs again.
pub(in crate::ledger) fn write(conn: &mut Conn, all: &[Written]) -> Result<(), Error> {
    let mut bulk = Bulk::default();
    all.iter().for_each(|one| add(&mut bulk, one));
    bulk.write(conn)?;
    for one in all {
        // Movements stand in order of lots.
        let spends = matches!(one.entry.kind(), Some(EntryKind::Reserve | EntryKind::Redeem));
        let mut others = one.movements.iter().filter(|movement| one.lot.as_ref().is_none_or(|lot| lot.id != movement.lot_id));
        others.try_for_each(|movement| move_balance(conn, movement, spends.then_some(&one.entry.on_day)))?;
    }
    Ok(())
}

/// Adds an entry with its movements and the lot that it makes, which begins with what the entry leaves there. What it moves of other lots is not in it.
pub(in crate::ledger) fn add(bulk: &mut Bulk, one: &Written) {
    bulk.add(one.entry.clone());
    if let Some(lot) = &one.lot {
        let here = Place::Lot.to_string();
        let own = || one.movements.iter().filter(|movement| movement.lot_id == lot.id);
        let come: i64 = own().filter(|movement| movement.to_place == here).map(|movement| movement.amount).sum();
        let gone: i64 = own().filter(|movement| movement.from_place == here).map(|movement| movement.amount).sum();
        bulk.add(lot.clone());
        bulk.add(BalanceRow { lot_id: lot.id.clone(), available: come - gone, expires_on: lot.expires_on.clone() });
    }
    one.movements.iter().cloned().for_each(|movement| bulk.add(movement));
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
