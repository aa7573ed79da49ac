//! Why a document, or a value in one, was refused.

use crate::jws::JwsError;
use crate::messages;
use alloc::string::{String, ToString};
use core::fmt;

coded_error! {
    /// Why a text or number is not a value that documents hold.
    ValueError {
        /// An id is not its prefix and 1 to 40 of `0-9a-z`.
        Id = "document.id_shape",
        /// A scheme is not a region code, a colon, and 1 to 20 of `0-9a-z-`.
        Scheme = "document.scheme_shape",
        /// A category is not 1 to 40 of `0-9a-z-`.
        Category = "document.category_shape",
        /// A course code is not 1 to 40 of `0-9A-Za-z.-_`.
        Course = "document.course_shape",
        /// A digest is not `sha256:` and 64 digits of lower-case hex.
        Digest = "document.digest_shape",
        /// An agreement is not `urn:hufu:agreement:` and 1 to 60 of `0-9a-z-`.
        Agreement = "document.agreement_id_shape",
        /// A grant is not 1 to 40 of `0-9a-z-`.
        Grant = "document.grant_id_shape",
        /// An amount outside 1 to 1,000,000,000 hundredths.
        Amount = "document.amount_range",
        /// A ratio above one, or with a denominator outside 1 to 10,000.
        Ratio = "document.ratio_range",
        /// No such kind of achievement, programme or scheme.
        Kind = "document.unknown_kind",
    }
}

coded_error! {
    /// The rule that a document breaks.
    DocumentRule {
        /// The content is not one JSON object in UTF-8.
        Json = "document.json",
        /// A member occurs twice.
        Duplicate = "document.duplicate",
        /// A member that is not in the format.
        Unknown = "document.unknown",
        /// A required member is absent.
        Missing = "document.missing",
        /// A value of the wrong type, or outside its own rule.
        Member = "document.member",
        /// Not the bytes in which this content is written.
        Form = "document.form",
        /// The header is not the fixed one.
        Header = "document.header",
        /// The header names another key.
        Key = "document.key",
        /// The same thing twice in a list.
        Twice = "document.twice",
        /// A list longer than its limit.
        TooMany = "document.too_many",
        /// A shelf life in months and one in calendar years.
        Shelf = "document.shelf",
        /// A category that the scheme does not list.
        NoSuchCategory = "document.no_such_category",
        /// A credit in the scheme of another region.
        OtherRegion = "document.other_region",
        /// Earned after it was signed.
        EarnedAfterSigning = "document.earned_after_signing",
        /// Minima that add up to more than the total.
        Minima = "document.minima",
        /// In force through a day before the first.
        Days = "document.days",
        /// A first version that supersedes something, or a later one that supersedes nothing.
        Supersedes = "document.supersedes",
        /// A skill level without an occupation or a rank.
        Award = "document.award",
    }
}

/// A refusal: a stable code and, where one member is to blame, its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    code: &'static str,
    about: Option<String>,
}

impl DocumentError {
    pub(crate) fn new(code: &'static str, about: Option<&str>) -> DocumentError {
        DocumentError { code, about: about.map(String::from) }
    }

    /// The stable dotted code: `document...`, `transfer...` or `jws...`.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The member to blame, if it is one.
    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }
}

impl DocumentRule {
    pub(crate) fn about(self, member: impl ToString) -> DocumentError {
        DocumentError { code: self.code(), about: Some(member.to_string()) }
    }
}

impl From<DocumentRule> for DocumentError {
    fn from(rule: DocumentRule) -> DocumentError {
        DocumentError { code: rule.code(), about: None }
    }
}

impl From<JwsError> for DocumentError {
    fn from(error: JwsError) -> DocumentError {
        DocumentError { code: error.code(), about: None }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            Some(member) => write!(f, "{member}: {}", messages::english(self.code)),
            None => f.write_str(messages::english(self.code)),
        }
    }
}

impl core::error::Error for DocumentError {}
