//! Agreements: what regions recognise of each other. Specified in `docs/formats/agreement.md`; evaluated by [`crate::recognition`].
//!
//! An agreement is one byte string, UTF-8 JSON, that every party signs and that is named by the [`Digest`] of these bytes. It is never
//! canonicalised. Whatever is not understood refuses the whole of it, with the path of the fault: an ignored condition is a wrong grant.

mod accept;
pub mod diff;
mod error;
mod file;
mod life;
pub mod lint;
mod place;
pub mod print;
mod read;
mod rules;
mod signed;

pub use accept::{Accept, Days, LevelRange, MinimumGrade, ProviderTerms, StatusAt};
pub use error::{AgreementError, AgreementRule};
pub use file::FILE_MAX_BYTES;
pub use life::{Life, State};
pub use signed::{NoticeStanding, PartyStanding, RegionKey, RegionKeys, SignedAgreement, Standing};

use crate::documents::{AgreementId, Amount, Category, CourseCode, Digest, GrantId, InForce, Names, SchemeId, ValueError};
use crate::ids::{RegionCode, word_list};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Serialize, Serializer};

/// The most bytes of an agreement.
pub const MAX_BYTES: usize = 256 * 1024;

/// An agreement. Its members in the order in which a draft is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// Its id, the same in all versions.
    pub id: AgreementId,
    /// 1, and one more with each later version.
    pub version: u32,
    /// The version before this one; absent in the first and in no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Digest>,
    /// What it is called.
    pub title: Names,
    /// Who must sign, 2 to 50, in ascending order.
    pub parties: Vec<RegionCode>,
    /// The days on which it is in force, if nothing ends it before.
    pub in_force: InForce,
    /// How many days ahead notice must be given, 1 to 365.
    pub offer_days: u16,
    /// What is recognised, 1 to 500.
    pub grants: Vec<Grant>,
}

/// One thing that is recognised, in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Its id within the agreement.
    pub id: GrantId,
    /// What it is about.
    pub moves: Moves,
    /// Where it comes from: parties in ascending order.
    pub from: Vec<RegionCode>,
    /// Where it is recognised: parties in ascending order. A region is never its own counterpart.
    pub to: Vec<RegionCode>,
    /// What must hold.
    pub accept: Accept,
    /// How credit is converted lot by lot; absent: it stays what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convert: Option<Convert>,
    /// The courses that are exchanged as a whole; empty: none. It goes with `gives`, and never with `convert`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all_of: Vec<CourseAmount>,
    /// What is given for all of these courses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<Given>,
    /// How much may move, in the receiver's units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
}

word_list! {
    /// What a grant is about.
    Moves, ValueError::Kind {
        /// Certificates, which are recognised and not used up.
        Certificate = "certificate", "证书", "Certificate";
        /// Credit, which is in one place at a time.
        Credit = "credit", "学分", "Credit";
        /// Providers, which may work elsewhere.
        Provider = "provider", "评价机构", "Provider";
    }
}

/// How lots are converted: each by itself, rounded down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Convert {
    /// What is given for what.
    pub ratio: Exchange,
    /// What the result is counted in.
    pub scheme: SchemeId,
    /// The category of a lot, and the one that it gets; absent: it keeps its own. A lot of a category that is not here is refused.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_map")]
    pub category: Vec<(Category, Category)>,
}

/// A ratio, `[n, d]` of 1 to 1,000,000 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange(pub(crate) u32, pub(crate) u32);

/// So much of a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CourseAmount {
    /// The course.
    pub course: CourseCode,
    /// How much, exactly.
    pub amount: Amount,
}

/// What is given for a whole set of courses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Given {
    /// What it is counted in.
    pub scheme: SchemeId,
    /// The course that it counts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseCode>,
    /// The category that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// How much.
    pub amount: Amount,
}

/// How much of the receiver's credit a learner may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// What is added up.
    pub per: LimitPer,
    /// The most that it may come to.
    pub amount: Amount,
}

word_list! {
    /// What a limit adds up: credit in the scheme of the result that one learner has received from the region of origin.
    LimitPer, ValueError::Kind {
        /// In the calendar year of the day.
        LearnerYear = "learner-year", "每人每年", "A learner, a calendar year";
        /// In all.
        LearnerSource = "learner-source", "每人每来源地", "A learner, a region of origin";
    }
}

impl Agreement {
    /// Reads the bytes that parties sign.
    ///
    /// # Errors
    /// `agreement...` with the path of the fault.
    pub fn read(bytes: &[u8]) -> Result<Agreement, AgreementError> {
        read::agreement(bytes)
    }

    /// A draft: its content in one line, members in the order of this type. Reading it gives this content again; what was signed is never
    /// written anew.
    pub fn to_text(&self) -> String {
        #[derive(Serialize)]
        struct Draft<'a> {
            hufu: &'static str,
            #[serde(flatten)]
            content: &'a Agreement,
        }
        serde_json::to_string(&Draft { hufu: read::FORMAT, content: self }).unwrap_or_default()
    }

    /// The grant of an id.
    pub fn grant(&self, id: &GrantId) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == *id)
    }
}

impl Exchange {
    /// `n` for `d`, each 1 to 1,000,000.
    pub const fn new(n: u32, d: u32) -> Result<Exchange, ValueError> {
        let fits = n >= 1 && d >= 1 && n <= 1_000_000 && d <= 1_000_000;
        if fits { Ok(Exchange(n, d)) } else { Err(ValueError::Ratio) }
    }

    /// What an amount of hundredths becomes, rounded down.
    pub fn of(self, amount: Amount) -> i64 {
        // At most 10^9 times 10^6.
        amount.hundredths() * i64::from(self.0) / i64::from(self.1)
    }
}

impl Serialize for Exchange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0, self.1).serialize(serializer)
    }
}

fn as_map<S: Serializer>(pairs: &[(Category, Category)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(from, to)| (from, to)))
}
