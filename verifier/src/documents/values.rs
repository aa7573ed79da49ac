//! The values that documents hold, each made by `parse` or `new` and then known to be good.

use super::ValueError;
use crate::bundle::Hash;
use crate::ids::{RegionCode, Title, word_list};
use crate::json::{FromJson, Value, from_members};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Serialize, Serializer};

/// Defines a text of one shape: `fits` says whether a text has it.
macro_rules! name {
    ($(#[$meta:meta])* $name:ident, $error:ident, $fits:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads a text of this shape.
            pub fn parse(text: &str) -> Result<Self, ValueError> {
                if $fits(text) { Ok(Self(text.to_string())) } else { Err(ValueError::$error) }
            }

            /// The text, as it is written in documents.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromJson for $name {
            fn from_json(value: Value<'_>) -> Option<Self> {
                Self::parse(&String::from_json(value)?).ok()
            }
        }
    };
}

name!(
    /// A person with an account: `lrn_` and 1 to 40 of `0-9a-z`.
    LearnerId, Id, |text: &str| is_id("lrn_", text)
);
name!(
    /// Credit minted at once: `lot_` and 1 to 40 of `0-9a-z`.
    LotId, Id, |text: &str| is_id("lot_", text)
);
name!(
    /// An achievement: `ach_` and 1 to 40 of `0-9a-z`.
    AchievementId, Id, |text: &str| is_id("ach_", text)
);
name!(
    /// A redemption: `red_` and 1 to 40 of `0-9a-z`.
    RedemptionId, Id, |text: &str| is_id("red_", text)
);
name!(
    /// A programme, the same in all its versions: `prg_` and 1 to 40 of `0-9a-z`.
    ProgrammeId, Id, |text: &str| is_id("prg_", text)
);
name!(
    /// A waiver: `wvr_` and 1 to 40 of `0-9a-z`.
    WaiverId, Id, |text: &str| is_id("wvr_", text)
);
name!(
    /// A receipt: `rcp_` and 1 to 40 of `0-9a-z`.
    ReceiptId, Id, |text: &str| is_id("rcp_", text)
);
name!(
    /// A transfer of credit, named by the region that offers it: `trf_` and 1 to 40 of `0-9a-z`.
    TransferId, Id, |text: &str| is_id("trf_", text)
);
name!(
    /// An agreement, the same in all its versions: `urn:hufu:agreement:` and 1 to 60 of `0-9a-z-`.
    AgreementId, Agreement, |text: &str| text.strip_prefix("urn:hufu:agreement:").is_some_and(|name| is_word(60, name))
);
name!(
    /// A grant within its agreement: 1 to 40 of `0-9a-z-`.
    GrantId, Grant, |text: &str| is_word(40, text)
);
name!(
    /// What credit is counted in: `310000:credit`, the region that defines it and 1 to 20 of `0-9a-z-`.
    SchemeId, Scheme, |text: &str| text.split_once(':').is_some_and(|(region, name)| RegionCode::parse(region).is_ok() && is_word(20, name))
);
name!(
    /// A category of credit within a scheme: 1 to 40 of `0-9a-z-`.
    Category, Category, |text: &str| is_word(40, text)
);
name!(
    /// What a course is called in its catalogue: 1 to 40 of `0-9A-Za-z.-_`.
    CourseCode, Course, |text: &str| is_of(40, text, |c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_'))
);

fn is_of(limit: usize, text: &str, fits: impl Fn(u8) -> bool) -> bool {
    (1..=limit).contains(&text.len()) && text.bytes().all(fits)
}

fn is_word(limit: usize, text: &str) -> bool {
    is_of(limit, text, |c| c.is_ascii_digit() || c.is_ascii_lowercase() || c == b'-')
}

/// Whether a text is a prefix and 1 to 40 of `0-9a-z`.
fn is_id(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| is_of(40, rest, |c| c.is_ascii_digit() || c.is_ascii_lowercase()))
}

impl SchemeId {
    /// The code of the region that defines the scheme.
    pub fn region(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

/// An amount of credit or of time, in hundredths of a credit or hour: 1 to 1,000,000,000. Printed `12.00`, written as a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    /// The largest amount.
    pub const MAX: Amount = Amount(1_000_000_000);

    /// An amount of so many hundredths.
    pub const fn new(hundredths: i64) -> Result<Amount, ValueError> {
        if hundredths >= 1 && hundredths <= Amount::MAX.0 { Ok(Amount(hundredths)) } else { Err(ValueError::Amount) }
    }

    /// The hundredths.
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal(self.0.into()))
    }
}

impl FromJson for Amount {
    fn from_json(value: Value<'_>) -> Option<Amount> {
        Amount::new(i64::from_json(value)?).ok()
    }
}

/// Hundredths with two digits after the point: `12.00`.
pub(crate) fn decimal(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// A share of at most the whole, `[n, d]` with `n` at most `d` and `d` 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio(u16, u16);

impl Ratio {
    /// `n` of `d` parts.
    pub const fn new(n: u16, d: u16) -> Result<Ratio, ValueError> {
        if n <= d && d >= 1 && d <= 10_000 { Ok(Ratio(n, d)) } else { Err(ValueError::Ratio) }
    }

    /// This share of an amount, in hundredths, rounded down.
    pub fn of(self, amount: Amount) -> i64 {
        // At most 10^9 times 10^4.
        amount.0 * i64::from(self.0) / i64::from(self.1)
    }

    /// This share of an amount, in hundredths, rounded up: the least that makes up the share.
    pub fn least_of(self, amount: Amount) -> i64 {
        // At most 10^9 times 10^4, and 10^4.
        (amount.0 * i64::from(self.0) + i64::from(self.1) - 1) / i64::from(self.1)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0, self.1).serialize(serializer)
    }
}

impl FromJson for Ratio {
    fn from_json(value: Value<'_>) -> Option<Ratio> {
        let (n, d) = <(u16, u16)>::from_json(value)?;
        Ratio::new(n, d).ok()
    }
}

/// The same thing in two languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Names {
    /// In Chinese.
    pub zh: Title,
    /// In English.
    pub en: Title,
}
from_members!(Names { zh, en });

/// The name of a document by its content: the SHA-256 digest of its text as it was signed, written `sha256:<64 digits of hex>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(Hash);

impl Digest {
    /// The digest of a text.
    pub fn of(text: &str) -> Digest {
        Digest(Hash::of(text.as_bytes()))
    }

    /// The digest of some bytes.
    pub fn of_bytes(bytes: &[u8]) -> Digest {
        Digest(Hash::of(bytes))
    }

    /// Reads `sha256:` and 64 digits of lower-case hex.
    pub fn parse(text: &str) -> Result<Digest, ValueError> {
        text.strip_prefix("sha256:").and_then(Hash::parse).map(Digest).ok_or(ValueError::Digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.fmt(f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromJson for Digest {
    fn from_json(value: Value<'_>) -> Option<Digest> {
        Digest::parse(&String::from_json(value)?).ok()
    }
}

word_list! {
    /// What was achieved.
    AchievementKind, ValueError::Kind {
        /// A course.
        Course = "course", "课程", "Course";
        /// A training.
        Training = "training", "培训", "Training";
        /// A certificate of another body.
        Certificate = "certificate", "证书", "Certificate";
        /// A prize or place in a competition.
        Award = "award", "奖项", "Award";
    }
}

word_list! {
    /// What a scheme counts.
    SchemeKind, ValueError::Kind {
        /// Credits.
        Credit = "credit", "学分", "Credit";
        /// Hours.
        Hour = "hour", "学时", "Hour";
    }
}

word_list! {
    /// What a programme leads to.
    ProgrammeKind, ValueError::Kind {
        /// A degree or a certificate of schooling.
        Degree = "degree", "学历教育", "Degree programme";
        /// Anything else.
        NonDegree = "non-degree", "非学历教育", "Non-degree programme";
    }
}
