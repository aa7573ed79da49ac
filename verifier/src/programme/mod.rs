//! What credit can be redeemed for: the rules of a [`Programme`] over lots of credit, and which lots to take. Specified in
//! `docs/formats/programme.md`. Pure: amounts, days and a region come in; the same inputs give the same answer, byte for byte.

mod check;
mod courses;
mod need;
mod suggest;

pub use check::check;
pub use suggest::suggest;

use crate::documents::{Category, CourseCode, Programme, SchemeId};
use crate::ids::{Level, RegionCode};
use crate::time::Day;
use alloc::string::String;
use serde::Serialize;

/// What the rules look at in a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotFacts {
    /// Its id.
    pub id: String,
    /// What it is counted in.
    pub scheme: SchemeId,
    /// How much of it can be spent, in hundredths.
    pub available: i64,
    /// The category it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The course it was earned in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseCode>,
    /// The rank at which it was earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The day on which it was earned.
    pub earned: Day,
    /// The first day on which it can no longer be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Day>,
    /// The region that minted it: another than the programme's for what was transferred.
    pub origin: RegionCode,
    /// The achievement that it was minted for: the digest of the first document about it.
    pub basis: String,
}

/// What a programme asks of every single lot on a day.
struct Terms<'a> {
    programme: &'a Programme,
    today: Day,
}

impl Terms<'_> {
    fn is_of_scheme(&self, lot: &LotFacts) -> bool {
        lot.scheme == self.programme.scheme
    }

    fn is_unexpired(&self, lot: &LotFacts) -> bool {
        lot.expires_on.is_none_or(|day| self.today < day)
    }

    /// The earliest day on which a lot may have been earned.
    fn oldest(&self) -> Option<Day> {
        self.programme.max_age_months.map(|months| self.today.add_months(-i32::from(months)))
    }

    fn is_fresh(&self, lot: &LotFacts) -> bool {
        self.oldest().is_none_or(|oldest| lot.earned >= oldest)
    }

    /// A lot without a rank has none that would be enough.
    fn has_level(&self, lot: &LotFacts) -> bool {
        self.programme.level_min.is_none_or(|least| lot.level.is_some_and(|level| level >= least))
    }
}

/// How much of the total may come from other regions, in hundredths.
fn transferable(programme: &Programme) -> i64 {
    programme.transferred_at_most.map_or(programme.total.hundredths(), |share| share.of(programme.total))
}
