//! A learner's lots as the rules of a programme look at them.

use verifier::documents::{Category, CourseCode, Programme, SchemeId};
use verifier::ids::{Level, RegionCode};
use verifier::programme::{LotFacts, suggest};
use verifier::time::Day;
use verifier::verdict::Check;

use super::PICKS_MAX;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Unmet};
use crate::ledger;
use crate::ledger::store::LeftRow;

/// Most lots that a proposal is made from: of more, those that expire first.
const LOTS_MAX: i64 = 10_000;

/// What a person can spend of a scheme.
///
/// # Errors
/// A fault.
pub(super) fn spendable(conn: &mut Conn, owners: &[String], scheme: &SchemeId, today: Day) -> Result<Vec<LotFacts>, Error> {
    let rows = ledger::service::spendable(conn, owners, scheme.as_str(), today, LOTS_MAX)?;
    rows.into_iter().map(|row| Ok(facts(row)?)).collect()
}

/// A choice of lots that passes every check, or the checks that cannot be met.
pub(super) fn propose(app: &App, programme: &Programme, lots: &[LotFacts], today: Day) -> Result<Vec<(String, i64)>, Vec<Unmet>> {
    let picks = suggest(programme, &app.region.code, lots, today).map_err(Unmet::of)?;
    if picks.len() <= PICKS_MAX {
        return Ok(picks);
    }
    let (want, got) = (format!("at most {PICKS_MAX}"), picks.len().to_string());
    Err(Unmet::of(vec![Check { check: "lots".to_owned(), want, got, ok: false }]))
}

/// What the rules look at in a lot.
///
/// # Errors
/// A fault when the row does not hold what this program writes.
pub(super) fn facts(row: LeftRow) -> Result<LotFacts, Fault> {
    let damaged = || Fault::text(format!("{} in lots is damaged", row.id));
    let level = row.level.map(|rank| u8::try_from(rank).ok().and_then(|rank| Level::new(rank).ok()).ok_or_else(damaged)).transpose()?;
    Ok(LotFacts {
        scheme: SchemeId::parse(&row.scheme).map_err(|_| damaged())?,
        available: row.available,
        category: row.category.as_deref().map(Category::parse).transpose().map_err(|_| damaged())?,
        course: row.course.as_deref().map(CourseCode::parse).transpose().map_err(|_| damaged())?,
        level,
        earned: Day::parse(&row.earned_on).map_err(|_| damaged())?,
        expires_on: row.expires_on.as_deref().map(Day::parse).transpose().map_err(|_| damaged())?,
        origin: RegionCode::parse(&row.origin).map_err(|_| damaged())?,
        basis: row.basis,
        id: row.id,
    })
}
