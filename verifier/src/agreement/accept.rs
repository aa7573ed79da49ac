//! The conditions of a grant. Each is optional; one that is there must hold.

use crate::documents::{AchievementKind, Category, CourseCode, SchemeId, ValueError};
use crate::ids::{CreditCode, Grade, Level, OccupationPrefix, TypeOfCertificate, word_list};
use crate::time::Day;
use crate::verdict::{Class, Flag, ProviderKind};
use alloc::vec::Vec;
use serde::Serialize;

/// The conditions of a grant. An empty list, or `None`, is no condition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Accept {
    /// Types of certificate.
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TypeOfCertificate>,
    /// What credit is counted in; always there for credit that is converted lot by lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<SchemeId>,
    /// What credit was minted for.
    #[serde(rename = "kind", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<AchievementKind>,
    /// Categories of credit.
    #[serde(rename = "category", skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// Courses of credit.
    #[serde(rename = "course", skip_serializing_if = "Vec::is_empty")]
    pub courses: Vec<CourseCode>,
    /// Branches of the classification, none within another.
    #[serde(rename = "occupation", skip_serializing_if = "Vec::is_empty")]
    pub occupations: Vec<OccupationPrefix>,
    /// Ranks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelRange>,
    /// The least grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<MinimumGrade>,
    /// How many calendar months ago it may have been earned, 1 to 1,200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_months: Option<u16>,
    /// The days on which it may have been earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earned: Option<Days>,
    /// What its provider must have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderTerms>,
}

/// Ranks from the least to the highest, both included; at least one is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LevelRange {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Level>,
    /// The highest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Level>,
}

/// The least grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MinimumGrade {
    /// It.
    pub min: Grade,
}

/// Days from the first to the last, both included; at least one is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Days {
    /// The first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Day>,
}

/// What a provider must have been: listed in any case, and whatever else is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderTerms {
    /// The day that counts.
    pub status_at: StatusAt,
    /// Its grades.
    #[serde(rename = "class", skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Class>,
    /// Its flags.
    #[serde(rename = "flag", skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// What kinds of provider.
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ProviderKind>,
    /// Which providers: enterprise to enterprise.
    #[serde(rename = "code", skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CreditCode>,
    /// Its scope covers what is recognised.
    #[serde(skip_serializing_if = "is_false")]
    pub in_scope: bool,
}

word_list! {
    /// On which day a provider is looked at.
    StatusAt, ValueError::Kind {
        /// The day on which it was earned.
        Earned = "earned", "取得之日", "The day of earning";
        /// The day on which it is offered, or asked about.
        Offered = "offered", "提交之日", "The day of the offer";
    }
}

impl LevelRange {
    /// Whether a rank lies in it.
    pub fn covers(&self, level: Level) -> bool {
        self.min.is_none_or(|min| min <= level) && self.max.is_none_or(|max| level <= max)
    }
}

impl Days {
    /// Whether a day is one of them.
    pub fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.through.is_none_or(|through| day <= through)
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
