//! What a body sends to have an achievement recorded, and how it becomes a draft in which every field has been checked.

use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::{AchievementKind, Amount, Category, CourseCode, Credit, SchemeId};
use verifier::ids::{Grade, Level, OccupationCode, Title};
use verifier::time::Day;

use super::AchievementRefusal;
use crate::error::Refusal;
use crate::messages::from_verifier;

/// An achievement to be recorded.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AchievementInput)]
pub struct Input {
    /// Id of the provider. An operator must say; a provider's client may leave it out.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: Option<String>,
    /// Id of the learner's account.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub learner: String,
    /// `course`, `training` or `award`.
    #[schema(example = "course")]
    pub kind: String,
    /// Code of the course, 1 to 40 of `0-9A-Za-z.-_`.
    #[schema(example = "SH-IC-101")]
    pub course: Option<String>,
    /// Title of the course, training or award: 1 to 100 characters.
    #[schema(example = "集成电路制造工艺")]
    pub title: String,
    /// How long it took, in hundredths of an hour.
    #[schema(example = 4800)]
    pub hours: Option<i64>,
    /// The competition, for an award.
    #[schema(example = "上海市职业技能大赛 区域技术能手")]
    pub competition: Option<String>,
    /// Occupation code.
    #[schema(example = "6-31-01-03")]
    pub occupation: Option<String>,
    /// Rank 0 to 7.
    #[schema(example = 3)]
    pub level: Option<u8>,
    /// `fail`, `pass`, `good` or `excellent`.
    #[schema(example = "good")]
    pub grade: Option<String>,
    /// Day of the achievement, `YYYY-MM-DD`.
    #[schema(example = "2026-10-18")]
    pub earned_on: String,
    /// The credit that it mints, 1 to 20 entries.
    pub credits: Vec<CreditInput>,
}

/// Credit to be minted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AchievementCreditInput)]
pub struct CreditInput {
    /// A scheme of this region.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// Hundredths of a credit or hour, 1 to 1,000,000,000.
    #[schema(example = 200)]
    pub amount: i64,
    /// One of the scheme's categories.
    #[schema(example = "core")]
    pub category: Option<String>,
}

/// An achievement to be recorded, every field checked by itself.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Id of the learner's account.
    pub learner: String,
    /// What it is.
    pub kind: AchievementKind,
    /// Course code.
    pub course: Option<CourseCode>,
    /// Title.
    pub title: Title,
    /// Hundredths of an hour.
    pub hours: Option<Amount>,
    /// Competition.
    pub competition: Option<Title>,
    /// Occupation.
    pub occupation: Option<OccupationCode>,
    /// Rank.
    pub level: Option<Level>,
    /// Grade.
    pub grade: Option<Grade>,
    /// Day.
    pub earned_on: Day,
    /// What it mints.
    pub credits: Vec<Credit>,
}

const CREDITS_MAX: usize = 20;

impl Draft {
    /// Checks `input`, field by field, in the order in which it is documented. `at` is the path of the object within the body.
    ///
    /// # Errors
    /// The first field that is wrong, with its rule.
    pub fn parse(input: &Input, at: &str) -> Result<Draft, Refusal> {
        let path = |field: &str| format!("{at}{field}");
        let id = |field: &str, e: verifier::ids::IdError| from_verifier(path(field), e.code());
        let value = |field: &str, e: verifier::documents::ValueError| from_verifier(path(field), e.code());
        let kind = AchievementKind::parse(&input.kind).ok().filter(|kind| *kind != AchievementKind::Certificate);
        let draft = Draft {
            learner: input.learner.clone(),
            kind: kind.ok_or_else(|| AchievementRefusal::Kind.at(path("kind")))?,
            course: input.course.as_deref().map(CourseCode::parse).transpose().map_err(|e| value("course", e))?,
            title: Title::parse(&input.title).map_err(|e| id("title", e))?,
            hours: input.hours.map(Amount::new).transpose().map_err(|e| value("hours", e))?,
            competition: input.competition.as_deref().map(Title::parse).transpose().map_err(|e| id("competition", e))?,
            occupation: input.occupation.as_deref().map(OccupationCode::parse).transpose().map_err(|e| id("occupation", e))?,
            level: input.level.map(Level::new).transpose().map_err(|e| id("level", e))?,
            grade: input.grade.as_deref().map(Grade::parse).transpose().map_err(|e| id("grade", e))?,
            earned_on: Day::parse(&input.earned_on).map_err(|e| from_verifier(path("earned_on"), e.code()))?,
            credits: credits(&input.credits, &path)?,
        };
        if draft.competition.is_some() != (draft.kind == AchievementKind::Award) {
            return Err(AchievementRefusal::Competition.at(path("competition")));
        }
        Ok(draft)
    }
}

fn credits(inputs: &[CreditInput], path: &dyn Fn(&str) -> String) -> Result<Vec<Credit>, Refusal> {
    if !(1..=CREDITS_MAX).contains(&inputs.len()) {
        return Err(AchievementRefusal::NoCredits.at(path("credits")).got(format!("{} entries", inputs.len())));
    }
    let mut credits: Vec<Credit> = Vec::with_capacity(inputs.len());
    for (n, input) in inputs.iter().enumerate() {
        let value = |field: &str, e: verifier::documents::ValueError| from_verifier(path(&format!("credits[{n}].{field}")), e.code());
        let credit = Credit {
            scheme: SchemeId::parse(&input.scheme).map_err(|e| value("scheme", e))?,
            amount: Amount::new(input.amount).map_err(|e| value("amount", e))?,
            category: input.category.as_deref().map(Category::parse).transpose().map_err(|e| value("category", e))?,
        };
        if credits.iter().any(|earlier| (&earlier.scheme, &earlier.category) == (&credit.scheme, &credit.category)) {
            return Err(AchievementRefusal::NoCredits.at(path(&format!("credits[{n}]"))));
        }
        credits.push(credit);
    }
    Ok(credits)
}
