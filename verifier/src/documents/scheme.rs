//! `scheme/1`: what a region counts credit in, how long it lasts, and what is due each year. Specified in `docs/formats/scheme.md`.

use super::{Amount, Category, DocumentError, DocumentRule, Names, Ratio, SchemeId, SchemeKind, check_list, document};
use crate::json::from_members;
use crate::time::Day;
use alloc::vec::Vec;
use serde::Serialize;

const CATEGORIES_MAX: usize = 20;
const SHELF_MONTHS: core::ops::RangeInclusive<u16> = 1..=1_200;
const CALENDAR_YEARS_MAX: u16 = 100;

/// A scheme. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scheme {
    /// Its name, which begins with the region that defines it.
    pub id: SchemeId,
    /// What it is called.
    pub name: Names,
    /// What one unit is called.
    pub unit: Names,
    /// What is counted.
    pub kind: SchemeKind,
    /// The categories that a credit may be in; at most 20.
    pub categories: Vec<Category>,
    /// For how many calendar months after it was earned a credit can be spent, 1 to 1,200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf_months: Option<u16>,
    /// A credit can be spent to the end of the n-th calendar year after the year in which it was earned, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar_years: Option<u16>,
    /// What a learner has to earn each year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yearly: Option<Yearly>,
}

/// What a learner has to earn in a calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Yearly {
    /// How much in all.
    pub amount: Amount,
    /// The category of which a share is due.
    pub category: Category,
    /// The least share of the amount in that category.
    pub share: Ratio,
}

from_members!(Yearly { amount, category, share });
document!(Scheme, "scheme/1", "hufu-scheme+jwt" { id, name, unit, kind, categories; shelf_months, calendar_years, yearly });

impl Scheme {
    /// The first day on which what was earned on a day can no longer be spent; `None`: never.
    pub fn expires_on(&self, earned: Day) -> Option<Day> {
        let by_year = |years: u16| Day::new(earned.year().saturating_add(i32::from(years)).saturating_add(1), 1, 1).unwrap_or(Day::MAX);
        let by_month = |months: u16| earned.add_months(months.into());
        self.shelf_months.map(by_month).or(self.calendar_years.map(by_year))
    }

    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_list("categories", CATEGORIES_MAX, &self.categories, Category::as_str)?;
        match (self.shelf_months, self.calendar_years) {
            (Some(_), Some(_)) => return Err(DocumentRule::Shelf.into()),
            (Some(months), None) if !SHELF_MONTHS.contains(&months) => return Err(DocumentRule::Member.about("shelf_months")),
            (None, Some(years)) if years > CALENDAR_YEARS_MAX => return Err(DocumentRule::Member.about("calendar_years")),
            _ => {}
        }
        match &self.yearly {
            Some(yearly) if !self.categories.contains(&yearly.category) => Err(DocumentRule::NoSuchCategory.about("yearly")),
            _ => Ok(()),
        }
    }
}
