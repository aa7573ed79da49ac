//! Learners: persons with an account. One person has one account, however many bodies open it, found by the keyed hash of the id document.
//!
//! A body opens the account and hands over a one-time code; with the code the person signs in and sees what is held, and who looked.
//! `docs/decisions/learners.md` says why it is done so.

mod accounts;
pub mod api;
mod export;
mod person;
pub mod rules;
pub mod service;
mod sign_in;
pub mod store;
mod views;

pub use accounts::Accounts;
pub use export::{accounts, codes, events, looks, sessions};
pub use person::{Person, id_hash, kind_word, open_id, seal_id};
pub use views::{View, Who};

use crate::refusals;

/// Who acts, where it is the learner in person.
pub const SELF: &str = "learner";
/// Seconds for which a one-time code is good.
pub const CODE_LIFETIME: i64 = 24 * 3600;
/// Seconds for which a learner stays signed in.
pub const SESSION_LIFETIME: i64 = 30 * 60;
/// Seconds for which codes and sessions are kept after their end: 30 days.
pub const KEPT: i64 = 30 * 86_400;

refusals! {
    /// Why something about a learner's account is refused, in order of precedence.
    pub enum LearnerRefusal {
        NotFound = 404, "learners.not_found", "an account is seen by the operator and by bodies that opened it or gave the exact document", "没有该账户", "there is no such account";
        NameDiffers = 409, "learners.name_differs", "one name a document; letter case, spaces and dots do not count", "该证件已以另一姓名开户，请核对姓名", "the account of this document has another name";
        Closed = 409, "learners.closed", "closed is final", "该账户已注销", "the account is closed";
        Merged = 409, "learners.merged", "an account is merged once", "该账户已并入另一账户", "the account was merged into another already";
        MergeSelf = 422, "learners.merge_self", "an account is merged into another one, which was not merged into it", "不能并入其自身", "an account cannot be merged into itself";
        Reason = 422, "learners.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
        Code = 422, "learners.code", "a one-time code is good once, for 24 hours", "验证码无效，请向机构重新领取", "the code is wrong, used or too old";
    }
}

/// State of an account. Closed and merged are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In use.
    Open,
    /// Ended by the person or the operator.
    Closed,
    /// Ended: another account goes on for it.
    Merged,
}

impl State {
    /// As the row has it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Closed => "closed",
            State::Merged => "merged",
        }
    }

    /// Reads [`State::as_str`].
    pub fn parse(text: &str) -> Option<State> {
        [State::Open, State::Closed, State::Merged].into_iter().find(|state| state.as_str() == text)
    }
}

/// What somebody looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Opened the account, or asked for that when it was open already.
    Opening,
    /// Found it by the exact document.
    Query,
    /// Read it by its id.
    Account,
    /// Made a one-time code for it.
    Code,
    /// Asked what its credit can be redeemed for.
    Credit,
    /// Asked what was earned in a year of what is due in one.
    Hours,
}

impl Look {
    /// As the row has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Look::Opening => "opening",
            Look::Query => "query",
            Look::Account => "account",
            Look::Code => "code",
            Look::Credit => "credit",
            Look::Hours => "hours",
        }
    }
}

/// A learner who is signed in. The account is open, and was not merged.
#[derive(Clone, Debug)]
pub struct Learner {
    /// `lrn_...`
    pub id: String,
    /// Names the session.
    session: [u8; 32],
}
