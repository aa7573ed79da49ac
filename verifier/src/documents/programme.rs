//! `programme/1`: what credit can be redeemed for. Specified in `docs/formats/programme.md`; its rules are in [`crate::programme`].

use super::{Amount, Category, Digest, DocumentError, DocumentRule, Names, ProgrammeId, ProgrammeKind, Ratio, SchemeId, check_list, document};
use crate::ids::{Level, OccupationCode, Title, TypeOfCertificate};
use crate::json::{FromJson, Members, Value, from_members};
use crate::time::Day;
use alloc::vec::Vec;
use serde::Serialize;

const MINIMA_MAX: usize = 20;
const AGE_MONTHS: core::ops::RangeInclusive<u16> = 1..=1_200;

/// A programme. Members are signed in this order; an absent condition is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Programme {
    /// Its id, the same in all versions.
    pub id: ProgrammeId,
    /// 1, and one more with each later version.
    pub version: u32,
    /// The version before this one; absent in the first and in no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Digest>,
    /// What it is called.
    pub name: Names,
    /// What it leads to.
    pub kind: ProgrammeKind,
    /// The days on which credit can be redeemed for it.
    pub in_force: InForce,
    /// What its amounts are counted in.
    pub scheme: SchemeId,
    /// How much it takes, exactly.
    pub total: Amount,
    /// How much of it must be in some categories; at most 20, which add up to at most the total.
    pub at_least: Vec<Minimum>,
    /// The share of the total that may come from other regions, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transferred_at_most: Option<Ratio>,
    /// The least rank of every credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_min: Option<Level>,
    /// How many calendar months ago a credit may have been earned, 1 to 1,200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_months: Option<u16>,
    /// What is issued for it.
    pub awards: Awards,
}

/// The days on which a document is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// The first.
    pub from: Day,
    /// The last; absent: until further notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Day>,
}

/// The least amount in a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Minimum {
    /// The category.
    pub category: Category,
    /// How much of it.
    pub amount: Amount,
}

/// What the certificate that is issued states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Awards {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: TypeOfCertificate,
    /// Its title.
    pub title: Title,
    /// Its occupation; a skill level has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<OccupationCode>,
    /// Its rank; a skill level has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

from_members!(InForce { from; through });
from_members!(Minimum { category, amount });
document!(Programme, "programme/1", "hufu-programme+jwt" {
    id, version, name, kind, in_force, scheme, total, at_least, awards;
    supersedes, transferred_at_most, level_min, max_age_months
});

impl FromJson for Awards {
    fn from_json(value: Value<'_>) -> Option<Awards> {
        let mut members = Members::of(value)?;
        let (kind, title) = (members.required("type")?, members.required("title")?);
        let (occupation, level) = (members.optional("occupation")?, members.optional("level")?);
        members.end()?;
        Some(Awards { kind, title, occupation, level })
    }
}

impl InForce {
    /// Whether a day is one of them; the last day is.
    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && self.through.is_none_or(|through| day <= through)
    }
}

impl Programme {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        if self.version == 0 {
            return Err(DocumentRule::Member.about("version"));
        }
        if (self.version == 1) != self.supersedes.is_none() {
            return Err(DocumentRule::Supersedes.about("supersedes"));
        }
        if self.in_force.through.is_some_and(|through| through < self.in_force.from) {
            return Err(DocumentRule::Days.about("in_force"));
        }
        check_list("at_least", MINIMA_MAX, &self.at_least, |minimum| minimum.category.as_str())?;
        let minima: i64 = self.at_least.iter().map(|minimum| minimum.amount.hundredths()).sum();
        if minima > self.total.hundredths() {
            return Err(DocumentRule::Minima.about("at_least"));
        }
        let is_incomplete = self.awards.occupation.is_none() || self.awards.level.is_none();
        if self.awards.kind == TypeOfCertificate::SkillLevel && is_incomplete {
            return Err(DocumentRule::Award.about("awards"));
        }
        match self.max_age_months {
            Some(months) if !AGE_MONTHS.contains(&months) => Err(DocumentRule::Member.about("max_age_months")),
            _ => Ok(()),
        }
    }
}
