//! The ledger of the credit bank. Credit comes in lots that never change; an entry moves amounts of lots from one place to another; what is
//! left of a lot, and where the rest went, follows from its movements. Amounts are whole hundredths of a credit or hour. See docs/ledger.md.

pub mod api;
mod place;
pub mod rules;
pub mod service;
pub mod store;
mod views;

use serde::Serialize;
use verifier::ids::{Grade, Level, OccupationCode, RegionCode, Title};
use verifier::time::Day;

use crate::error::Refusal;
use crate::refusals;
pub use place::Place;
pub use views::{LotView, held};

/// The largest amount of one posting and of one lot: ten million credits, in hundredths.
pub const AMOUNT_MAX: i64 = 1_000_000_000;
/// Most lots of one entry.
pub const LOTS_MAX: usize = 1_000;

refusals! {
    /// Why the ledger refuses. The postings' reasons stand in order of precedence: of several, the first is the answer. Between
    /// `ledger.exists_with_different_place` and `ledger.cause` stands the answer that the entry exists as it was asked for.
    pub enum LedgerRefusal {
        Restoring = 503, "ledger.restoring", "after a restore nothing is booked until every other region has said what it holds", "登记系统正从备份恢复，暂停记账", "the registry was restored from a backup and books nothing until every other region has said what it holds";
        EntryId = 422, "ledger.entry_id", "an entry is named ent_ and 1 to 60 of 0-9a-zA-Z", "分录编号格式不正确", "this is no id of an entry";
        DifferentKind = 409, "ledger.exists_with_different_kind", "an id names one entry", "该分录编号已用于另一种分录", "the id names an entry of another kind";
        DifferentCause = 409, "ledger.exists_with_different_cause", "an id names one entry", "该分录编号已用于另一依据", "the id names an entry with another cause";
        DifferentLot = 409, "ledger.exists_with_different_lot", "an id names one entry", "该分录编号已用于另一学分批", "the id names an entry about another lot";
        DifferentAmount = 409, "ledger.exists_with_different_amount", "an id names one entry", "该分录编号已用于另一数额", "the id names an entry of another amount";
        DifferentPlace = 409, "ledger.exists_with_different_place", "an id names one entry", "该分录编号已用于另一去向", "the id names an entry to or from another place";
        Cause = 422, "ledger.cause", "a cause and a basis are sha256: and 64 digits of lower-case hex", "依据摘要格式不正确", "a cause or basis is no digest";
        Place = 422, "ledger.place", "a hold is 1 to 60 of 0-9a-zA-Z_, a peer another region, a programme a digest", "去向格式不正确", "this is no hold, peer or programme";
        NoLots = 422, "ledger.no_lots", "an entry moves at least one lot", "未列出学分批", "no lot is named";
        TooManyLots = 422, "ledger.too_many_lots", "an entry moves at most 1,000 lots", "一次最多 1000 个学分批", "more than 1,000 lots are named";
        LotTwice = 422, "ledger.lot_twice", "an entry names each lot once", "同一学分批重复列出", "a lot is named twice";
        AmountZero = 422, "ledger.amount_zero", "an amount is above zero", "数额不能为零", "an amount is zero";
        AmountNegative = 422, "ledger.amount_negative", "an amount is above zero", "数额不能为负", "an amount is negative";
        AmountTooLarge = 422, "ledger.amount_too_large", "an amount is at most 1000000000 hundredths", "数额过大", "an amount is too large";
        NoScheme = 404, "ledger.no_scheme", "a scheme is defined before it is used", "没有该学分制度", "there is no such scheme";
        NoCategory = 422, "ledger.no_category", "a category is one of its scheme's", "该学分制度没有此类别", "the scheme has no such category";
        NoLearner = 404, "ledger.no_learner", "credit belongs to a learner with an account", "没有该学员账户", "there is no such learner";
        LearnerClosed = 409, "ledger.learner_closed", "a closed or merged account neither gains nor spends", "该学员账户已关闭或已合并", "the learner's account is closed or merged";
        NoLot = 404, "ledger.no_lot", "a lot is named by its id", "没有该学分批", "there is no such lot";
        OtherLearner = 403, "ledger.other_learner", "credit is spent by its learner", "学分批属于另一学员", "the lot belongs to another learner";
        OtherRegion = 422, "ledger.other_region", "credit moves from its region, and otherwise only back there", "只有本地区产生的学分可以转出", "the lot came from another region and moves no further";
        OtherBasis = 422, "ledger.other_basis", "a re-evaluation has the scheme, basis and part of what it replaces", "重新评价的依据不符", "the lot has another scheme, basis or part";
        AlreadyMinted = 409, "ledger.already_minted", "one mint for each scheme, basis and part", "该依据已产生过学分", "this part of the basis has been minted already";
        AlreadyVoided = 409, "ledger.already_voided", "a lot is voided once", "该学分批已作废", "the lot has been voided already";
        HoldExists = 409, "ledger.hold_exists", "a hold is made once", "该冻结已存在", "there is such a hold already";
        NoHold = 404, "ledger.no_hold", "what is settled or released was reserved", "没有该冻结", "there is no such hold";
        HoldSettled = 409, "ledger.hold_settled", "a hold ends once", "该冻结已结清", "the hold has been settled";
        HoldReleased = 409, "ledger.hold_released", "a hold ends once", "该冻结已解除", "the hold has been released";
        HoldNotOut = 409, "ledger.hold_not_out", "what comes back from a region had gone there", "该冻结并未转出至该地区", "the hold was not settled to that region";
        HoldReturned = 409, "ledger.hold_returned", "what has gone comes back once", "该冻结已退回", "what was held has come back already";
        LotHeld = 409, "ledger.lot_held", "a lot is re-evaluated when nothing of it is held", "学分批尚有冻结部分", "some of the lot is held";
        LotExpired = 409, "ledger.lot_expired", "expired credit is not spent", "学分已过期", "the lot has expired";
        ExpiresBeforeAnswer = 409, "ledger.expires_before_answer", "a lot that is offered outlasts the day of the answer", "学分在答复日前过期", "the lot expires before the answer is due";
        ExceedsAvailable = 409, "ledger.exceeds_available", "what is spent is available", "可用学分不足", "the amount exceeds what is available";
        Scheme = 422, "ledger.scheme", "a scheme is a document scheme/1", "学分制度文件不符合要求", "the document is no scheme";
        SchemeRegion = 422, "ledger.scheme_region", "a scheme is named after the region that defines it", "学分制度编号须以本地区代码开头", "the scheme is named after another region";
        SchemeExists = 409, "ledger.scheme_exists", "a scheme is defined once", "该学分制度已定义", "the scheme is defined already, with other terms";
    }
}

macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub enum $name { $($(#[$each])* #[serde(rename = $word)] $variant,)+ }
        impl $name {
            /// Every member.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// As the row has it.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $word,)+ } }
            /// Reads [`Self::as_str`].
            pub fn parse(text: &str) -> Option<$name> { $name::ALL.iter().copied().find(|member| member.as_str() == text) }
        }
    };
}

words! {
    /// What an entry does.
    pub enum EntryKind {
        /// New credit.
        Mint = "mint",
        /// What is available of a lot is taken back.
        Void = "void",
        /// Amounts are set aside for a transfer.
        Reserve = "reserve",
        /// What was set aside has gone.
        Settle = "settle",
        /// What was set aside comes back.
        Release = "release",
        /// Amounts are spent on a programme.
        Redeem = "redeem",
        /// What was not spent in time is booked as expired.
        Expire = "expire",
        /// Credit from another region.
        Receive = "receive",
        /// What had gone to another region comes back.
        Return = "return",
    }
}

words! {
    /// What credit was earned by.
    pub enum LotKind {
        /// A course.
        Course = "course",
        /// A training.
        Training = "training",
        /// A certificate.
        Certificate = "certificate",
        /// An award.
        Award = "award",
    }
}

/// What a lot is, besides its amount: all that a programme or an agreement may ask about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Id of the learner.
    pub learner: String,
    /// Id of the scheme.
    pub scheme: String,
    /// What it was earned by.
    pub kind: LotKind,
    /// One of the scheme's categories.
    pub category: Option<String>,
    /// Course code.
    pub course: Option<String>,
    /// What people call it.
    pub title: Option<Title>,
    /// Occupation.
    pub occupation: Option<OccupationCode>,
    /// Rank.
    pub level: Option<Level>,
    /// Grade.
    pub grade: Option<Grade>,
    /// Id of the provider, where it is one of this region.
    pub provider: Option<String>,
    /// Day of the achievement.
    pub earned_on: Day,
    /// Digest of the document behind it; of received credit, of the offer.
    pub basis: String,
    /// Which credit of that document, from 0.
    pub part: u32,
}

/// New credit of this region.
#[derive(Clone, Debug)]
pub struct Mint {
    /// Id of the entry.
    pub entry: String,
    /// Digest of the document that grants it.
    pub cause: String,
    /// Hundredths.
    pub amount: i64,
    /// What it is.
    pub facts: Facts,
}

/// Credit that another region has let go.
#[derive(Clone, Debug)]
pub struct Receive {
    /// Entry, cause (the offer), amount and facts.
    pub credit: Mint,
    /// The other region.
    pub peer: RegionCode,
    /// The first day on which it is no longer spendable.
    pub expires_on: Option<Day>,
}

/// Taking back what is available of a lot.
#[derive(Clone, Debug)]
pub struct Void {
    /// Id of the entry.
    pub entry: String,
    /// Digest of the document that takes it back.
    pub cause: String,
    /// The lot.
    pub lot: String,
}

/// An amount of a lot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pick {
    /// Id of the lot.
    pub lot: String,
    /// Hundredths.
    pub amount: i64,
}

/// Setting amounts aside for a transfer.
#[derive(Clone, Debug)]
pub struct Reserve<'a> {
    /// Id of the entry.
    pub entry: String,
    /// Digest of the document that offers them.
    pub cause: String,
    /// The learner, then every account that was merged into this one.
    pub family: &'a [String],
    /// What is set aside.
    pub picks: Vec<Pick>,
    /// The region that minted all of it: this one, or the one to which it goes back.
    pub origin: &'a RegionCode,
    /// Id of the transfer.
    pub hold: String,
    /// The day on which the answer is due: every lot is still spendable then.
    pub answer_by: Day,
}

/// Where a hold goes.
#[derive(Clone, Debug)]
pub enum Destination {
    /// To another region.
    Out(RegionCode),
    /// To a programme, by its digest.
    Redeemed(String),
}

/// The end of a hold, whole, or its coming back.
#[derive(Clone, Debug)]
pub struct End {
    /// Id of the entry.
    pub entry: String,
    /// Digest of the decision.
    pub cause: String,
    /// Id of the transfer.
    pub hold: String,
}

/// Spending amounts on a programme.
#[derive(Clone, Debug)]
pub struct Redeem<'a> {
    /// Id of the entry.
    pub entry: String,
    /// Digest of the redemption.
    pub cause: String,
    /// The learner, then every account that was merged into this one.
    pub family: &'a [String],
    /// What is spent.
    pub picks: Vec<Pick>,
    /// Digest of the programme.
    pub programme: String,
}

/// The answer to a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is booked.
    Posted(Posted),
    /// It was booked before, exactly as it is asked for; nothing changed.
    Exists(Posted),
    /// It is not booked; nothing changed.
    Refused(Refused),
}

impl Outcome {
    /// What was booked, now or before.
    ///
    /// # Errors
    /// The refusal, for the caller of an API.
    pub fn posted(self) -> Result<Posted, Refusal> {
        match self {
            Outcome::Posted(posted) | Outcome::Exists(posted) => Ok(posted),
            Outcome::Refused(Refused { why, lot }) => Err(lot.into_iter().fold(why.into(), Refusal::got)),
        }
    }
}

/// What an entry did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Hundredths: minted, received, voided, set aside, ended or spent.
    pub amount: i64,
    /// The lot that was made or voided.
    pub lot: Option<String>,
    /// Hundredths that a voiding could not take back, because they are held, have gone or are spent. Of a re-evaluation: what had gone or was spent
    /// under the earlier ones, which the new lot lacks.
    pub kept: i64,
}

/// Why nothing is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The first reason in order of precedence.
    pub why: LedgerRefusal,
    /// The lot at fault; of `ledger.already_minted`, the lot that is there.
    pub lot: Option<String>,
}

impl From<LedgerRefusal> for Refused {
    fn from(why: LedgerRefusal) -> Refused {
        Refused { why, lot: None }
    }
}
