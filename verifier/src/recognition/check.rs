//! The checks of a decision: their names, their words, and how each ended.

use crate::documents::{Digest, ValueError};
use crate::ids::word_list;
use crate::json::{FromJson, Members, Value};
use crate::verdict::Names;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

word_list! {
    /// The checks in the order in which they are made.
    CheckName, ValueError::Kind {
        /// Every party has signed.
        Signed = "signed", "各方均已签署", "every party has signed";
        /// The agreement is in force on the day.
        InForce = "in_force", "协议在当日生效", "the agreement is in force on the day";
        /// The grant is from the one region to the other.
        Parties = "parties", "条款适用于这两个地区", "the grant is from the one region to the other";
        /// The grant is about what is asked.
        Moves = "moves", "条款适用于此类对象", "the grant is about what is asked";
        /// Its type is accepted.
        Type = "type", "证书类型在认可范围内", "the type of certificate is accepted";
        /// Its scheme is the one that moves.
        Scheme = "scheme", "学分方案在认可范围内", "the scheme is the one that moves";
        /// What it was minted for is accepted.
        Kind = "kind", "学习成果种类在认可范围内", "the kind of achievement is accepted";
        /// Its category is accepted, and has a counterpart.
        Category = "category", "学分类别在认可范围内", "the category is accepted";
        /// Its course is accepted.
        Course = "course", "课程在认可范围内", "the course is accepted";
        /// Its occupation is accepted.
        Occupation = "occupation", "职业在认可范围内", "the occupation is accepted";
        /// Its rank is accepted.
        Level = "level", "等级在认可范围内", "the level is accepted";
        /// Its grade is high enough.
        Grade = "grade", "成绩达到要求", "the grade is high enough";
        /// It is not too old.
        MaxAgeMonths = "max_age_months", "取得时间在规定月数之内", "it was not earned too long ago";
        /// It was earned within the days.
        Earned = "earned", "取得日期在规定期间内", "it was earned within the days agreed";
        /// Its provider was listed, not barred, not of class D, not flagged red.
        ProviderListed = "provider.listed", "机构在册且可评价", "the provider was listed and in good standing";
        /// Its provider was of a class that is accepted.
        ProviderClass = "provider.class", "机构等级达到要求", "the class of the provider is accepted";
        /// Its provider had a flag that is accepted.
        ProviderFlag = "provider.flag", "机构信用标识达到要求", "the flag of the provider is accepted";
        /// Its provider is of a type that is accepted.
        ProviderType = "provider.type", "机构类型在认可范围内", "the type of provider is accepted";
        /// Its provider is one of those named.
        ProviderCode = "provider.code", "机构在指定名单内", "the provider is one of those named";
        /// The scope of its provider covered it.
        ProviderInScope = "provider.in_scope", "在机构业务范围内", "it lies in the scope of the provider";
        /// It has not expired.
        Unexpired = "unexpired", "学分未过期", "the credit has not expired";
        /// The courses are those of the map, each with its amount.
        AllOf = "all_of", "课程组合与约定一致", "the courses are those agreed, each with its amount";
        /// What it becomes is at least 0.01.
        Amount = "amount", "折算后数额有效", "the amount that it becomes is one that can be booked";
        /// The limit of a calendar year is kept.
        LimitLearnerYear = "limit:learner-year", "未超过每人每年限额", "the limit of a learner and year is kept";
        /// The limit of a region of origin is kept.
        LimitLearnerSource = "limit:learner-source", "未超过每人每来源地限额", "the limit of a learner and region of origin is kept";
    }
}

impl CheckName {
    /// Whether a region may waive it for one case. What is agreed between regions, and how much of what moves, is not its to waive.
    pub const fn is_waivable(self) -> bool {
        use CheckName::{AllOf, Amount, Category, InForce, LimitLearnerSource, LimitLearnerYear, Moves, Parties, Scheme, Signed, Unexpired};
        !matches!(self, Signed | InForce | Parties | Moves | Scheme | Category | Unexpired | AllOf | Amount | LimitLearnerYear | LimitLearnerSource)
    }
}

/// One check: what it wants, what it got, whether they agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which.
    pub check: CheckName,
    /// What the agreement wants.
    pub want: Cow<'static, str>,
    /// What there is, whatever was waived.
    pub got: Cow<'static, str>,
    /// Whether they agree, or the difference was waived.
    pub ok: bool,
    /// The waivers that made it ok, by their digests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Digest>,
}

/// The words of a check. They are not in a decision's bytes.
pub fn check_words(check: &Check) -> Names {
    check.check.words().into()
}

impl FromJson for CheckName {
    fn from_json(value: Value<'_>) -> Option<CheckName> {
        CheckName::parse(&String::from_json(value)?).ok()
    }
}

impl FromJson for Check {
    fn from_json(value: Value<'_>) -> Option<Check> {
        let mut members = Members::of(value)?;
        let check = Check {
            check: members.required("check")?,
            want: members.required::<String>("want")?.into(),
            got: members.required::<String>("got")?.into(),
            ok: members.required("ok")?,
            waived: members.optional("waived")?,
        };
        members.end()?;
        Some(check)
    }
}
