//! Providers as they are written in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::ids::{CreditCode, IdError, Level, OccupationPrefix, Title, TypeOfCertificate};
use verifier::time::Day;
use verifier::verdict::{Class, Flag, Interval, ProviderKind, Scope, Standing};

use super::service::{IntervalRow, Provider, Row};
use super::{Change, OCCUPATIONS_MAX, ProviderRefusal, Registration, from_word};
use crate::error::{Fault, Refusal};
use crate::messages::from_verifier;

/// A provider to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProvider {
    /// Unified social credit code (GB 32100).
    #[schema(example = "91350100M000100Y43")]
    credit_code: String,
    /// Name in Chinese, 1 to 100 characters.
    #[schema(example = "上海示例职业技能评价中心")]
    name_zh: String,
    /// Name in English, 1 to 100 characters.
    #[schema(example = "Shanghai Example Skills Assessment Centre")]
    name_en: String,
    /// `employer`, `social` or `school`.
    #[schema(value_type = String, example = "social")]
    kind: ProviderKind,
    /// Where its timeline begins.
    interval: ChangeBody,
}

/// What a provider becomes from a day on. A listing needs class, flag and scope; a bar has none of them.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewInterval)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// `listed` (also when absent) or `barred`.
    #[serde(default)]
    standing: StandingWord,
    /// `A`, `B`, `C` or `D`; D may not issue.
    #[schema(value_type = Option<String>, example = "A")]
    class: Option<Class>,
    /// `green`, `yellow` or `red`; red may not issue.
    #[schema(value_type = Option<String>, example = "green")]
    flag: Option<Flag>,
    /// What it may issue.
    scope: Option<ScopeBody>,
    /// The first day, at most a year ahead and no earlier than that of the interval before.
    #[schema(example = "2026-03-01")]
    from: String,
    /// The first day after a bar; three calendar years after `from` when absent. A listing has none.
    until: Option<String>,
    /// The decision behind it, 1 to 100 characters.
    #[schema(example = "沪人社职〔2026〕12 号")]
    cause: String,
}

/// What a provider is in an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StandingWord {
    /// Listed: may issue what its scope says.
    #[default]
    Listed,
    /// On the bar list (黑名单): may not issue.
    Barred,
}

/// What a provider may issue. An absent member, or an empty list, is no condition.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Scope)]
#[serde(deny_unknown_fields)]
pub struct ScopeBody {
    /// Branches of the occupational classification (`6-`, `6-31-`, `6-31-01-`) or full codes, at most 100.
    #[serde(default)]
    #[schema(example = json!(["6-31-"]))]
    occupations: Vec<String>,
    /// The lowest rank, 0 to 7.
    #[serde(default)]
    #[schema(example = 1)]
    level_min: u8,
    /// The highest rank, 0 to 7.
    #[serde(default = "highest")]
    #[schema(example = 5)]
    level_max: u8,
    /// Types of certificate, each once.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["skill-level"]))]
    types: Vec<TypeOfCertificate>,
}

fn highest() -> u8 {
    verifier::ids::Level::MAX.rank()
}

impl NewProvider {
    /// Checks every field.
    pub(super) fn read(&self) -> Result<Registration, Refusal> {
        let credit_code = CreditCode::parse(&self.credit_code).map_err(at("credit_code"))?;
        let name_zh = Title::parse(&self.name_zh).map_err(at("name_zh"))?;
        let name_en = Title::parse(&self.name_en).map_err(at("name_en"))?;
        let first = self.interval.read().map_err(|refusal| refusal.within("interval"))?;
        Ok(Registration { credit_code, name_zh, name_en, kind: self.kind, first })
    }
}

impl ChangeBody {
    /// Checks every field.
    pub(super) fn read(&self) -> Result<Change, Refusal> {
        let day = |field: &str, text: &str| Day::parse(text).map_err(|e| from_verifier(field, e.code()));
        Ok(Change {
            standing: self.standing()?,
            from: day("from", &self.from)?,
            until: self.until.as_deref().map(|text| day("until", text)).transpose()?,
            cause: Title::parse(&self.cause).map_err(at("cause"))?,
        })
    }

    fn standing(&self) -> Result<Standing, Refusal> {
        match self.standing {
            StandingWord::Listed => {
                let lacks = |field: &str| ProviderRefusal::Listing.at(field).got("missing");
                let class = self.class.ok_or_else(|| lacks("class"))?;
                let flag = self.flag.ok_or_else(|| lacks("flag"))?;
                let scope = self.scope.as_ref().ok_or_else(|| lacks("scope"))?.read().map_err(|refusal| refusal.within("scope"))?;
                Ok(Standing::Listed { class, flag, scope })
            }
            StandingWord::Barred => {
                let stray = [("class", self.class.is_some()), ("flag", self.flag.is_some()), ("scope", self.scope.is_some())];
                match stray.iter().find(|(_, there)| *there) {
                    Some((field, _)) => Err(ProviderRefusal::Barring.at(*field)),
                    None => Ok(Standing::Barred),
                }
            }
        }
    }
}

impl ScopeBody {
    fn read(&self) -> Result<Scope, Refusal> {
        if self.occupations.len() > OCCUPATIONS_MAX {
            return Err(ProviderRefusal::ScopeLength.at("occupations").got(self.occupations.len().to_string()));
        }
        if self.types.iter().enumerate().any(|(n, typ)| self.types.iter().take(n).any(|earlier| earlier == typ)) {
            return Err(ProviderRefusal::ScopeLength.at("types"));
        }
        let branch = |(n, text): (usize, &String)| OccupationPrefix::parse(text).map_err(|e| from_verifier(format!("occupations[{n}]"), e.code()));
        let occupations = self.occupations.iter().enumerate().map(branch).collect::<Result<Vec<_>, _>>()?;
        let level_min = Level::new(self.level_min).map_err(at("level_min"))?;
        let level_max = Level::new(self.level_max).map_err(at("level_max"))?;
        if level_min > level_max {
            return Err(ProviderRefusal::ScopeLevels.at("level_min").got(format!("{} above {}", self.level_min, self.level_max)));
        }
        Ok(Scope { occupations, level_min, level_max, types: self.types.clone() })
    }

    fn of(scope: &Scope) -> ScopeBody {
        let occupations = scope.occupations.iter().map(ToString::to_string).collect();
        ScopeBody { occupations, level_min: scope.level_min.rank(), level_max: scope.level_max.rank(), types: scope.types.clone() }
    }
}

/// An error of the verifier as a refusal of `field`.
fn at(field: &'static str) -> impl Fn(IdError) -> Refusal {
    move |e| from_verifier(field, e.code())
}

/// An interval of a timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interval)]
pub struct IntervalShown {
    /// 1, 2, 3 in the order in which they were decided.
    #[schema(example = 1)]
    n: i64,
    /// The first day.
    #[schema(example = "2026-03-01")]
    from: String,
    /// The first day after it; absent until further notice. The same as `from` when another decision of that day took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2029-03-01")]
    until: Option<String>,
    /// `listed` or `barred`.
    standing: StandingWord,
    /// Class of a listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "A")]
    class: Option<Class>,
    /// Flag of a listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "green")]
    flag: Option<Flag>,
    /// Scope of a listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ScopeBody>,
    /// The decision behind it.
    #[schema(example = "沪人社职〔2026〕12 号")]
    cause: String,
    /// When it was recorded, unix seconds.
    #[schema(example = 1_790_000_000)]
    recorded_at: i64,
}

impl IntervalShown {
    fn of(row: &IntervalRow) -> Result<IntervalShown, Fault> {
        let Interval { from, until, standing, cause } = row.interval()?;
        let (standing, class, flag, scope) = match &standing {
            Standing::Barred => (StandingWord::Barred, None, None, None),
            Standing::Listed { class, flag, scope } => (StandingWord::Listed, Some(*class), Some(*flag), Some(ScopeBody::of(scope))),
        };
        let (from, until) = (from.to_string(), until.map(|until| until.to_string()));
        Ok(IntervalShown { n: row.n, from, until, standing, class, flag, scope, cause, recorded_at: row.recorded_at })
    }
}

/// A body that issues, apart from its timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// Id.
    #[schema(example = "prov_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    id: String,
    /// Unified social credit code.
    #[schema(example = "91350100M000100Y43")]
    credit_code: String,
    /// Name in Chinese.
    #[schema(example = "上海示例职业技能评价中心")]
    name_zh: String,
    /// Name in English.
    #[schema(example = "Shanghai Example Skills Assessment Centre")]
    name_en: String,
    /// `employer`, `social` or `school`.
    #[schema(value_type = String, example = "social")]
    kind: ProviderKind,
    /// When it was registered, unix seconds.
    #[schema(example = 1_790_000_000)]
    created_at: i64,
}

impl Registered {
    fn of(row: Row) -> Result<Registered, Fault> {
        let Row { id, credit_code, name_zh, name_en, kind, created_at, .. } = row;
        Ok(Registered { id, credit_code, name_zh, name_en, kind: from_word(&kind)?, created_at })
    }
}

/// A provider with its whole timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Provider)]
pub struct Shown {
    #[serde(flatten)]
    provider: Registered,
    /// Every interval, the first to the last. On a day that none covers the provider is not listed.
    timeline: Vec<IntervalShown>,
}

impl Shown {
    /// As an answer shows it.
    pub(super) fn of(provider: Provider) -> Result<Shown, Fault> {
        let timeline = provider.history.iter().map(IntervalShown::of).collect::<Result<Vec<_>, _>>()?;
        Ok(Shown { provider: Registered::of(provider.row)?, timeline })
    }
}

/// A provider in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedProvider)]
pub struct Listed {
    #[serde(flatten)]
    provider: Registered,
    /// What it is on the day asked about (today when none is named); absent when it is not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<IntervalShown>,
}

impl Listed {
    /// As an answer shows it.
    pub(super) fn of((row, interval): (Row, Option<IntervalRow>)) -> Result<Listed, Fault> {
        Ok(Listed { interval: interval.as_ref().map(IntervalShown::of).transpose()?, provider: Registered::of(row)? })
    }

    /// The cursor of this row.
    pub(super) fn id(&self) -> &str {
        &self.provider.id
    }
}
