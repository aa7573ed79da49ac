//! A learner's lots as the rules of a programme look at them.

use verifier::documents::{Category, CourseCode, Programme, SchemeId};
use verifier::ids::RegionCode;
use verifier::programme::{LotFacts, suggest};
use verifier::time::Day;
use verifier::verdict::Check;

use super::PICKS_MAX;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Unmet};
use crate::ledger;
use crate::ledger::store::LotRow;

/// Most lots that a proposal is made from: of more, those that expire first.
const LOTS_MAX: i64 = 10_000;

/// What a person can spend of a scheme.
///
/// # Errors
/// A fault.
pub(super) fn spendable(conn: &mut Conn, owners: &[String], scheme: &SchemeId, today: Day) -> Result<Vec<LotFacts>, Error> {
    let rows = ledger::service::spendable(conn, owners, scheme.as_str(), today, LOTS_MAX)?;
    rows.iter().map(|(row, available)| Ok(facts(row, *available)?)).collect()
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

/// What the rules look at in a lot of which so much is left.
///
/// # Errors
/// A fault when the row does not hold what this program writes.
pub(super) fn facts(row: &LotRow, available: i64) -> Result<LotFacts, Fault> {
    let damaged = || Fault::text(format!("{} in lots is damaged", row.id));
    let made = row.facts()?;
    Ok(LotFacts {
        id: row.id.clone(),
        scheme: SchemeId::parse(&row.scheme).map_err(|_| damaged())?,
        available,
        category: row.category.as_deref().map(Category::parse).transpose().map_err(|_| damaged())?,
        course: row.course.as_deref().map(CourseCode::parse).transpose().map_err(|_| damaged())?,
        level: made.level,
        earned: made.earned_on,
        expires_on: row.expires()?,
        origin: RegionCode::parse(&row.origin).map_err(|_| damaged())?,
        basis: row.basis.clone(),
    })
}
