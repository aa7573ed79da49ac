//! Walking the whole ledger, in bounded pages.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{EntryRow, LotRow, MovementRow};
use crate::db::Conn;
use crate::db::schema::{entries, lot_balances, lots, movements};
use crate::error::Error;
use crate::on_backend;

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Entries.
    pub entries: i64,
    /// Lots.
    pub lots: i64,
}

/// What went to and came from a place, of one scheme.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct TrialRow {
    /// Id of the scheme.
    #[diesel(sql_type = Text)]
    pub scheme: String,
    /// A place; all holds together are `hold`.
    #[diesel(sql_type = Text)]
    pub place: String,
    /// Hundredths that went there.
    #[diesel(sql_type = BigInt)]
    pub debit: i64,
    /// Hundredths that came from there.
    #[diesel(sql_type = BigInt)]
    pub credit: i64,
}

/// Holds are as many as transfers, so they count as one place.
const TRIAL: &str = "SELECT scheme, place, CAST(SUM(debit) AS BIGINT) AS debit, CAST(SUM(credit) AS BIGINT) AS credit FROM (\
    SELECT l.scheme AS scheme, CASE WHEN m.to_place LIKE 'hold:%' THEN 'hold' ELSE m.to_place END AS place, m.amount AS debit, 0 AS credit \
    FROM movements m JOIN lots l ON l.id = m.lot_id UNION ALL \
    SELECT l.scheme, CASE WHEN m.from_place LIKE 'hold:%' THEN 'hold' ELSE m.from_place END, 0, m.amount \
    FROM movements m JOIN lots l ON l.id = m.lot_id) AS legs GROUP BY scheme, place ORDER BY scheme, place";

pub(in crate::ledger) fn trial_balance(conn: &mut Conn) -> Result<Vec<TrialRow>, Error> {
    Ok(on_backend!(conn, c => diesel::sql_query(TRIAL).load(c))?)
}

pub(in crate::ledger) fn counts(conn: &mut Conn) -> Result<Counts, Error> {
    Ok(Counts { entries: entries::table.count().get_result(conn)?, lots: lots::table.count().get_result(conn)? })
}

/// Entries after the id `after`, by id, each with its movements.
pub(in crate::ledger) fn all_entries(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<(EntryRow, Vec<MovementRow>)>, Error> {
    let rest = entries::table.filter(entries::id.gt(after)).order(entries::id).limit(limit);
    let page: Vec<EntryRow> = rest.select(EntryRow::as_select()).load(conn)?;
    let ids: Vec<&String> = page.iter().map(|entry| &entry.id).collect();
    let moved = movements::table.filter(movements::entry_id.eq_any(&ids)).order((movements::entry_id, movements::n));
    let mut moved = moved.select(MovementRow::as_select()).load::<MovementRow>(conn)?.into_iter().peekable();
    let mut all = Vec::new();
    for entry in page {
        let own = std::iter::from_fn(|| moved.next_if(|movement| movement.entry_id == entry.id)).collect();
        all.push((entry, own));
    }
    Ok(all)
}

/// What is available, and the day on which it expires.
pub(in crate::ledger) type BalanceRow = (i64, Option<String>);

/// A lot, its balance if it has one, and its movements.
pub(in crate::ledger) type Whole = (LotRow, Option<BalanceRow>, Vec<MovementRow>);

/// Lots after the id `after`, by id.
pub(in crate::ledger) fn all_lots(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Whole>, Error> {
    let balance = (lot_balances::available, lot_balances::expires_on).nullable();
    let rest = lots::table.left_join(lot_balances::table).filter(lots::id.gt(after)).order(lots::id).limit(limit);
    let page: Vec<(LotRow, Option<BalanceRow>)> = rest.select((LotRow::as_select(), balance)).load(conn)?;
    let ids: Vec<&String> = page.iter().map(|(lot, _)| &lot.id).collect();
    let moved = movements::table.filter(movements::lot_id.eq_any(&ids)).order((movements::lot_id, movements::entry_id, movements::n));
    let mut moved = moved.select(MovementRow::as_select()).load::<MovementRow>(conn)?.into_iter().peekable();
    let mut all = Vec::new();
    for (lot, balance) in page {
        let own = std::iter::from_fn(|| moved.next_if(|movement| movement.lot_id == lot.id)).collect();
        all.push((lot, balance, own));
    }
    Ok(all)
}

/// The first lot that another one shares its scheme, basis, part and revision with.
pub(in crate::ledger) fn first_minted_twice(conn: &mut Conn) -> Result<Option<String>, Error> {
    let group = (lots::scheme, lots::basis, lots::part, lots::revision);
    let twice = lots::table.group_by(group).having(sql::<diesel::sql_types::Bool>("COUNT(*) > 1"));
    let first: Option<Option<String>> =
        twice.select(sql::<diesel::sql_types::Nullable<Text>>("MAX(id)")).order(sql::<Text>("MAX(id)")).first(conn).optional()?;
    Ok(first.flatten())
}
