//! The tables of the ledger: rows, looking them up, and writing an entry.

mod audit;
mod read;
mod write;

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;
use verifier::ids::{Grade, Level, OccupationCode, Title};
use verifier::time::Day;

use super::{EntryKind, Facts, LotKind, Place};
use crate::db::schema::{entries, learners, lot_balances, lots, movements, schemes};
use crate::db::{Conn, is_id};
use crate::error::{Error, Fault, is_unique_violation};
pub(super) use audit::{BalanceRow, all_entries, all_lots, counts, first_minted_twice, trial_balance};
pub use audit::{Counts, TrialRow};
pub use read::{LeftRow, PostingRow, SumRow};
pub(super) use read::{account_postings, by_expiry, earned, left, page, postings, spendable, spent_of_basis, sums, sums_by_scheme, to_expire};
pub(super) use write::{add, write};

/// A scheme as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = schemes, treat_none_as_default_value = false)]
pub struct SchemeRow {
    /// `310000:credit`
    pub id: String,
    /// Compact JWS.
    pub document: String,
    /// Unix seconds.
    pub defined_at: i64,
}

/// A lot as it is stored. Its JSON, in this order of members, is part of what an entry's content commits to.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = lots)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0009_ledger")]
pub struct LotRow {
    pub id: String,
    pub learner_id: String,
    pub scheme: String,
    pub amount: i64,
    pub kind: String,
    pub category: Option<String>,
    pub course: Option<String>,
    pub title: Option<String>,
    pub occupation: Option<String>,
    pub level: Option<i64>,
    pub grade: Option<String>,
    pub provider_id: Option<String>,
    pub earned_on: String,
    pub expires_on: Option<String>,
    pub origin: String,
    pub basis: String,
    pub part: i64,
    pub revision: i64,
    pub replaces: Option<String>,
    pub minted_at: i64,
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = entries)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0009_ledger")]
pub struct EntryRow {
    pub id: String,
    pub kind: String,
    pub subject: Option<String>,
    pub cause: String,
    pub on_day: String,
    pub at: i64,
    pub content: Vec<u8>,
}

/// A movement as it is stored. Its JSON is part of what an entry's content commits to.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = movements)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0009_ledger")]
pub struct MovementRow {
    pub entry_id: String,
    pub n: i64,
    pub lot_id: String,
    pub from_place: String,
    pub to_place: String,
    pub amount: i64,
}

/// An entry with all that it writes.
#[derive(Clone, Debug)]
pub struct Written {
    /// The entry.
    pub entry: EntryRow,
    /// Its movements, in order.
    pub movements: Vec<MovementRow>,
    /// The lot that it makes.
    pub lot: Option<LotRow>,
}

impl LotRow {
    /// The facts that were given when it was made.
    ///
    /// # Errors
    /// A fault when the row does not hold what this program writes.
    pub fn facts(&self) -> Result<Facts, Fault> {
        let damaged = || Fault::text(format!("{} in lots is damaged", self.id));
        let level = self.level.map(|rank| u8::try_from(rank).ok().and_then(|rank| Level::new(rank).ok()).ok_or_else(damaged)).transpose()?;
        Ok(Facts {
            learner: self.learner_id.clone(),
            scheme: self.scheme.clone(),
            kind: LotKind::parse(&self.kind).ok_or_else(damaged)?,
            category: self.category.clone(),
            course: self.course.clone(),
            title: self.title.as_deref().map(Title::parse).transpose().map_err(|_| damaged())?,
            occupation: self.occupation.as_deref().map(OccupationCode::parse).transpose().map_err(|_| damaged())?,
            level,
            grade: self.grade.as_deref().map(Grade::parse).transpose().map_err(|_| damaged())?,
            provider: self.provider_id.clone(),
            earned_on: Day::parse(&self.earned_on).map_err(|_| damaged())?,
            basis: self.basis.clone(),
            part: u32::try_from(self.part).map_err(|_| damaged())?,
        })
    }

    /// The first day on which it is no longer spendable.
    ///
    /// # Errors
    /// A fault when the row does not hold what this program writes.
    pub fn expires(&self) -> Result<Option<Day>, Fault> {
        let day = self.expires_on.as_deref().map(Day::parse).transpose();
        day.map_err(|_| Fault::text(format!("expires_on of {} in lots is damaged", self.id)))
    }
}

impl EntryRow {
    /// What it does; none where the row does not hold what this program writes.
    pub fn kind(&self) -> Option<EntryKind> {
        EntryKind::parse(&self.kind)
    }
}

impl MovementRow {
    /// From where and to where; none where the row does not hold what this program writes.
    pub fn places(&self) -> Option<(Place, Place)> {
        Some((Place::parse(&self.from_place)?, Place::parse(&self.to_place)?))
    }
}

pub(super) fn scheme(conn: &mut Conn, id: &str) -> Result<Option<SchemeRow>, Error> {
    Ok(schemes::table.find(id).select(SchemeRow::as_select()).get_result(conn).optional()?)
}

pub(super) fn schemes_named(conn: &mut Conn, ids: &[&str]) -> Result<Vec<SchemeRow>, Error> {
    Ok(schemes::table.filter(schemes::id.eq_any(ids)).select(SchemeRow::as_select()).load(conn)?)
}

/// Schemes after the id `after`, by id.
pub(super) fn schemes(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<SchemeRow>, Error> {
    let rest = schemes::table.filter(schemes::id.gt(after.unwrap_or("").to_owned()));
    Ok(rest.order(schemes::id).limit(limit).select(SchemeRow::as_select()).load(conn)?)
}

pub(super) fn insert_scheme(conn: &mut Conn, row: &SchemeRow) -> Result<(), Error> {
    match diesel::insert_into(schemes::table).values(row).execute(conn) {
        Ok(_) => Ok(()),
        Err(e) if is_unique_violation(&e) => Err(Fault::unavailable("somebody defined this scheme meanwhile; try again").into()),
        Err(e) => Err(e.into()),
    }
}

/// The state of an account.
pub(super) fn learner_state(conn: &mut Conn, id: &str) -> Result<Option<String>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(learners::table.find(id).select(learners::state).get_result(conn).optional()?)
}

/// The state of an account, which then stays until this transaction ends.
pub(super) fn keep_learner(conn: &mut Conn, id: &str) -> Result<Option<String>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    let query = learners::table.find(id).select(learners::state);
    Ok(match conn {
        // It has one writer.
        Conn::Sqlite(c) => query.get_result(c).optional()?,
        Conn::Postgres(c) => query.for_share().get_result(c).optional()?,
    })
}

pub(super) fn entry(conn: &mut Conn, id: &str) -> Result<Option<EntryRow>, Error> {
    Ok(entries::table.find(id).select(EntryRow::as_select()).get_result(conn).optional()?)
}

/// The entry of this kind about a lot or hold.
pub(super) fn about(conn: &mut Conn, subject: &str, kind: EntryKind) -> Result<Option<EntryRow>, Error> {
    let one = entries::table.filter(entries::subject.eq(subject).and(entries::kind.eq(kind.as_str())));
    Ok(one.select(EntryRow::as_select()).get_result(conn).optional()?)
}

/// The lots among these that were voided.
pub(super) fn voided(conn: &mut Conn, lots: &[String]) -> Result<Vec<String>, Error> {
    let void = entries::table.filter(entries::subject.eq_any(lots).and(entries::kind.eq(EntryKind::Void.as_str())));
    Ok(void.select(entries::subject.assume_not_null()).load(conn)?)
}

/// The movements of an entry, in order.
pub(super) fn movements_of(conn: &mut Conn, entry: &str) -> Result<Vec<MovementRow>, Error> {
    let own = movements::table.filter(movements::entry_id.eq(entry));
    Ok(own.order(movements::n).select(MovementRow::as_select()).load(conn)?)
}

pub(super) fn lot(conn: &mut Conn, id: &str) -> Result<Option<LotRow>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(lots::table.find(id).select(LotRow::as_select()).get_result(conn).optional()?)
}

/// The lots of these ids that there are, by id.
pub(super) fn lots_named(conn: &mut Conn, ids: &[String]) -> Result<Vec<LotRow>, Error> {
    let ids: Vec<&String> = ids.iter().filter(|id| is_id(id)).collect();
    Ok(lots::table.filter(lots::id.eq_any(ids)).order(lots::id).select(LotRow::as_select()).load(conn)?)
}

/// What was minted for each scheme and part of a basis, the last of each first.
pub(super) fn all_of_basis(conn: &mut Conn, basis: &str) -> Result<Vec<LotRow>, Error> {
    let all = lots::table.filter(lots::basis.eq(basis)).order((lots::part, lots::scheme, lots::revision.desc()));
    Ok(all.select(LotRow::as_select()).load(conn)?)
}

/// What was minted last for a part of a basis.
pub(super) fn latest(conn: &mut Conn, facts: &Facts) -> Result<Option<LotRow>, Error> {
    let same = lots::scheme.eq(&facts.scheme).and(lots::basis.eq(&facts.basis)).and(lots::part.eq(i64::from(facts.part)));
    Ok(lots::table.filter(same).order(lots::revision.desc()).select(LotRow::as_select()).get_result(conn).optional()?)
}

/// What is available of each lot. Nobody else changes it until this transaction ends; rows are taken in order of id, so nobody waits in a circle.
pub(super) fn lock(conn: &mut Conn, ids: &[String]) -> Result<BTreeMap<String, i64>, Error> {
    let rows = lot_balances::table.filter(lot_balances::lot_id.eq_any(ids)).order(lot_balances::lot_id);
    let query = rows.select((lot_balances::lot_id, lot_balances::available));
    let found: Vec<(String, i64)> = match conn {
        Conn::Sqlite(c) => query.load(c)?,
        Conn::Postgres(c) => query.for_no_key_update().load(c)?,
    };
    Ok(found.into_iter().collect())
}
