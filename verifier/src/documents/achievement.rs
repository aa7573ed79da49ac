//! `achievement/1`: what a learner has achieved, and the credit it mints. Specified in `docs/formats/achievement.md`.

use super::{
    AchievementId, AchievementKind, Amount, Category, CourseCode, Digest, DocumentError, DocumentRule, LearnerId, SchemeId, check_at, check_list,
    document,
};
use crate::ids::{CreditCode, Grade, Level, OccupationCode, RegionCode, Title};
use crate::json::from_members;
use crate::time::{Day, Instant, Zone};
use alloc::vec::Vec;
use serde::Serialize;

const CREDITS_MAX: usize = 20;

/// An achievement. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Achievement {
    /// Its id.
    pub id: AchievementId,
    /// The region in which it was achieved, which signs.
    pub region: RegionCode,
    /// Who achieved it.
    pub learner: LearnerId,
    /// The body at which it was achieved.
    pub provider: CreditCode,
    /// What was achieved.
    pub kind: AchievementKind,
    /// The course, by its code in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseCode>,
    /// What it is called.
    pub title: Title,
    /// How long it took, in hundredths of an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// The competition in which an award was won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub competition: Option<Title>,
    /// The occupation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<OccupationCode>,
    /// The rank it is at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How well it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The day on which it was achieved.
    pub earned: Day,
    /// What it mints; at most 20. The place in this list is the `part` of a lot.
    pub credits: Vec<Credit>,
    /// When it was signed.
    pub at: Instant,
    /// The document that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Digest>,
}

/// An amount of credit that an achievement mints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// What it is counted in: a scheme of the achievement's region.
    pub scheme: SchemeId,
    /// How much.
    pub amount: Amount,
    /// The category it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
}

from_members!(Credit { scheme, amount; category });
document!(Achievement, "achievement/1", "hufu-achievement+jwt" {
    id, region, learner, provider, kind, title, earned, credits, at;
    course, hours, competition, occupation, level, grade, replaces
});

impl Achievement {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_list("credits", CREDITS_MAX, &self.credits, |credit| (credit.scheme.as_str(), credit.category.as_ref().map(Category::as_str)))?;
        if self.credits.iter().any(|credit| credit.scheme.region() != self.region.as_str()) {
            return Err(DocumentRule::OtherRegion.about("credits"));
        }
        check_at(self.at)?;
        // The region's zone is not in the document: the earliest zone on Earth gives the latest possible day of signing.
        let latest = self.at.plus_seconds(14 * 3_600).day_in(Zone::UTC);
        if self.earned > latest { Err(DocumentRule::EarnedAfterSigning.about("earned")) } else { Ok(()) }
    }
}
