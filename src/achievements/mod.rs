//! Achievements without a certificate: courses, trainings, awards. Each is a document that the region signs, and mints the credit that it
//! states. A result that is evaluated anew replaces its document and revalues its credit under the same basis.

pub mod api;
mod draft;
pub mod rules;
mod service;
pub mod store;
mod views;

pub use draft::{CreditInput, Draft, Input};
pub use service::{held, list, read, record, replace, void};
pub use views::View;

use crate::refusals;

refusals! {
    /// Why something about an achievement is refused.
    pub enum AchievementRefusal {
        NotFound = 404, "achievements.not_found", "an achievement is named by its id, by a body whose own it is", "没有该学习成果", "there is no such achievement";
        Provider = 422, "achievements.provider", "an operator names the provider; a provider's client records its own", "须指明机构", "the provider is missing or not this client's";
        Kind = 422, "achievements.kind", "an achievement is a course, a training or an award; a certificate is issued", "成果类型须为课程、培训或奖项", "the kind is no course, training or award";
        EarnedInFuture = 422, "achievements.earned_in_future", "earned_on is not after today in the region", "取得日期不能晚于今天", "the day of the achievement is in the future";
        EarnedTooEarly = 422, "achievements.earned_too_early", "earned_on is not before 1949-10-01", "取得日期过早", "the day of the achievement is too early";
        NoCredits = 422, "achievements.no_credits", "an achievement states 1 to 20 credits, each scheme and category once", "须列明 1 至 20 项学分，同一制度同一类别只列一次", "it states no credit, too many, or one twice";
        Competition = 422, "achievements.competition", "an award names its competition, and nothing else does", "奖项须写明竞赛名称，其他成果不得填写", "the competition is missing, or stands where there is none";
        OtherLearner = 422, "achievements.other_learner", "a re-evaluation is of the same learner and provider", "重新评价须为同一学员、同一机构", "the learner or the provider is another one";
        OtherCredits = 422, "achievements.other_credits", "a re-evaluation states the same schemes and categories in the same order", "重新评价的学分制度与类别须与原成果一致", "the schemes or categories are not those of the record";
        Ended = 409, "achievements.ended", "a record is replaced or voided once", "该成果已被更正或作废", "the record has been replaced or voided";
        Reason = 422, "achievements.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
    }
}
