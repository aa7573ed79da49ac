//! What a learner earned in a calendar year of what is due in one.

use verifier::documents::{Scheme, Yearly};
use verifier::time::Day;

use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::rules::Hours;
use crate::ledger::store;

/// Most schemes that are looked at.
const SCHEMES_MAX: i64 = 1_000;

/// A year of one scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The scheme.
    pub scheme: Scheme,
    /// What it says is due.
    pub yearly: Yearly,
    /// What was earned, and what is due.
    pub hours: Hours,
}

/// What a family earned in a calendar year, for each scheme of which something is due in one. Earned is what stands, whatever became of it:
/// spent, moved to another region or expired. What was taken back was not earned, though some of it had been spent.
///
/// # Errors
/// A fault.
pub fn hours(conn: &mut Conn, family: &[String], year: i32) -> Result<Vec<Year>, Error> {
    let [from, through] = [(1, 1), (12, 31)].map(|(month, day)| Day::new(year, month, day));
    let (from, through) = (from.map_err(Fault::new)?, through.map_err(Fault::new)?);
    let earned = store::earned(conn, family, &from.to_string(), &through.to_string())?;
    let mut all = Vec::new();
    for row in store::schemes(conn, None, SCHEMES_MAX)? {
        let scheme = Scheme::stored(&row.document).map_err(|_| Fault::text(format!("{} in schemes is damaged", row.id)))?;
        let Some(yearly) = scheme.yearly.clone() else { continue };
        let own = earned.iter().filter(|(id, ..)| *id == row.id).map(|(_, category, amount)| (category.clone(), *amount));
        let hours = Hours::of(&yearly, &own.collect::<Vec<_>>());
        all.push(Year { scheme, yearly, hours });
    }
    Ok(all)
}
