//! Providers: the bodies that issue, and what each may issue on which day. What a provider is today stands nowhere; it follows from
//! its timeline of dated intervals, which never overlap and whose past is never rewritten. A day without an interval is a day on
//! which the provider was not listed.

pub mod api;
mod body;
mod rules;
pub mod service;
pub mod store;

use serde::Serialize;
use serde::de::DeserializeOwned;
use verifier::ids::{CreditCode, OccupationPrefix, Title};
use verifier::time::Day;
use verifier::verdict::{Class, ProviderKind, Standing};

use crate::error::Fault;
use crate::refusals;

/// Most branches of the occupational classification in one scope.
pub const OCCUPATIONS_MAX: usize = 100;
/// Calendar months that a bar lasts unless it says otherwise.
pub const BAR_MONTHS: i32 = 36;
/// Calendar months by which an interval may begin in the future.
pub const AHEAD_MONTHS: i32 = 12;

refusals! {
    /// Why a provider is refused, in order of precedence.
    pub enum ProviderRefusal {
        NotFound = 404, "providers.not_found", "a provider is named by its id or its credit code", "没有该机构", "there is no such provider";
        Exists = 409, "providers.exists", "one provider a credit code", "该统一社会信用代码已登记", "a provider with this credit code is registered already";
        Listing = 422, "providers.listing", "a listed interval has class, flag and scope, and ends only by the next one", "在册区间须写明等级、标识和业务范围，且不写终止日", "a listed interval states class, flag and scope, and no until";
        Barring = 422, "providers.barring", "a barred interval has neither class nor flag nor scope", "黑名单区间不得写明等级、标识或业务范围", "a barred interval states neither class nor flag nor scope";
        ScopeLength = 422, "providers.scope_length", "a scope has at most 100 occupations and each type once", "业务范围过长或有重复", "the scope is too long or repeats itself";
        ScopeLevels = 422, "providers.scope_levels", "level_min is at most level_max", "最低等级高于最高等级", "the lowest level is above the highest";
        Until = 422, "providers.until", "until is later than from", "终止日须晚于起始日", "the interval ends no later than it begins";
        TooFarAhead = 422, "providers.too_far_ahead", "an interval begins at most one year ahead", "起始日不得晚于一年之后", "the interval begins more than a year ahead";
        BeforeLast = 409, "providers.before_last", "an interval begins no earlier than the one before it", "起始日早于上一区间，历史不得改写", "the interval begins before the last one: history is not rewritten";
        BarStands = 409, "providers.bar_stands", "an interval with an end keeps it once it has begun", "黑名单期未满，起始日不得早于其终止日", "the bar stands until its end: nothing begins inside it";
        NotListed = 403, "providers.not_listed", "a provider issues only while it is listed", "机构当日不在册", "the provider is not listed on that day";
        Barred = 403, "providers.barred", "a barred provider issues nothing", "机构当日在黑名单期内", "the provider is barred on that day";
        Class = 403, "providers.class", "class D issues nothing", "机构当日为 D 级，不得发证", "the provider is graded D on that day and may not issue";
        Flag = 403, "providers.flag", "a red flag issues nothing", "机构当日被亮红牌，不得发证", "the provider is flagged red on that day and may not issue";
        Scope = 422, "providers.scope", "a certificate lies in its provider's scope on the day", "超出机构当日业务范围", "the certificate is outside the scope of the provider on that day";
    }
}

/// A body that asks to be registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// GB 32100; nobody else may have it.
    pub credit_code: CreditCode,
    /// Name in Chinese.
    pub name_zh: Title,
    /// Name in English.
    pub name_en: Title,
    /// What it is.
    pub kind: ProviderKind,
    /// Where its timeline begins.
    pub first: Change,
}

/// What a provider becomes from a day on.
#[derive(Clone, Debug)]
pub struct Change {
    /// Listed or barred.
    pub standing: Standing,
    /// The first day.
    pub from: Day,
    /// The first day after a bar, where it is not to last three years.
    pub until: Option<Day>,
    /// The decision behind it.
    pub cause: Title,
}

/// What a search asks for. Every condition that is there must hold; class and occupation hold on `day`.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Part of a name or of the credit code; ASCII letters match in either case.
    pub q: Option<String>,
    /// What it is.
    pub kind: Option<ProviderKind>,
    /// Only providers listed on `day`.
    pub listed: bool,
    /// Listed with this class.
    pub class: Option<Class>,
    /// Listed with a scope that has this branch, one inside it or one around it.
    pub occupation: Option<OccupationPrefix>,
    /// The day in question.
    pub day: Day,
}

/// The word that serde writes for a member of a closed list (`A`, `green`, `employer`), as the database keeps it.
fn word(member: &impl Serialize) -> Result<String, Fault> {
    match serde_json::to_value(member).map_err(Fault::new)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(Fault::text(format!("{other} is not a word"))),
    }
}

/// The member that a word names.
fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(Fault::new)
}
