//! What is asked about: facts only, nothing about persons.

use crate::card::Claims;
use crate::documents::{AchievementKind, Amount, Category, CourseCode, Digest, DocumentError, DocumentRule, LotId, SchemeId};
use crate::ids::{CertificateNumber, CreditCode, Grade, Level, OccupationCode, RegionCode, TypeOfCertificate};
use crate::json::{self, FromJson, Members, Value, from_members};
use crate::time::{Day, Instant};
use alloc::vec::Vec;
use serde::Serialize;

/// A certificate, credit on offer, or a provider. Written `{"certificate":{...}}`, `{"credit":{...}}` or `{"provider":{...}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseFacts {
    /// A certificate.
    Certificate(CertificateFacts),
    /// Credit that one learner offers at once.
    Credit(CreditFacts),
    /// A provider that wants to work elsewhere.
    Provider(ProviderFacts),
}

/// What the rules look at in a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateFacts {
    /// Its number.
    pub number: CertificateNumber,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: TypeOfCertificate,
    /// The region whose registry issued it.
    pub origin: RegionCode,
    /// Who assessed.
    pub provider: CreditCode,
    /// The occupation assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<OccupationCode>,
    /// The rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How well it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The day of the assessment.
    pub earned: Day,
    /// When it was signed.
    pub issued: Instant,
}

/// Lots of one learner, all minted by one region and offered at once; no lot twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditFacts {
    /// The region that minted them.
    pub origin: RegionCode,
    /// The lots.
    pub lots: Vec<LotFacts>,
}

/// What the rules look at in a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotFacts {
    /// Its id.
    pub id: LotId,
    /// What it is counted in.
    pub scheme: SchemeId,
    /// How much of it is offered.
    pub amount: Amount,
    /// What it was minted for.
    pub kind: AchievementKind,
    /// The category it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The course it was earned in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseCode>,
    /// The occupation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<OccupationCode>,
    /// The rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How well it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// Who assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<CreditCode>,
    /// The day on which it was earned.
    pub earned: Day,
    /// The first day on which it can no longer be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
    /// The achievement that it was minted for, by its digest.
    pub basis: Digest,
}

/// What the rules look at in a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderFacts {
    /// Its code.
    pub code: CreditCode,
    /// The region that lists it.
    pub origin: RegionCode,
    /// The occupation that it wants to assess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<OccupationCode>,
    /// The rank that it wants to assess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

from_members!(CreditFacts { origin, lots });
from_members!(LotFacts { id, scheme, amount, kind, earned, basis; category, course, occupation, level, grade, provider, expires });
from_members!(ProviderFacts { code, origin; occupation, level });

impl FromJson for CertificateFacts {
    fn from_json(value: Value<'_>) -> Option<CertificateFacts> {
        let mut members = Members::of(value)?;
        let facts = CertificateFacts {
            number: members.required("number")?,
            kind: members.required("type")?,
            origin: members.required("origin")?,
            provider: members.required("provider")?,
            occupation: members.optional("occupation")?,
            level: members.optional("level")?,
            grade: members.optional("grade")?,
            earned: members.required("earned")?,
            issued: members.required("issued")?,
        };
        members.end()?;
        Some(facts)
    }
}

impl FromJson for CaseFacts {
    fn from_json(value: Value<'_>) -> Option<CaseFacts> {
        let Value::Object(mut members) = value else { return None };
        let (name, value) = members.pop().filter(|_| members.is_empty())?;
        match &*name {
            "certificate" => FromJson::from_json(value).map(CaseFacts::Certificate),
            "credit" => FromJson::from_json(value).map(CaseFacts::Credit),
            "provider" => FromJson::from_json(value).map(CaseFacts::Provider),
            _ => None,
        }
    }
}

impl From<&Claims> for CertificateFacts {
    fn from(claims: &Claims) -> CertificateFacts {
        CertificateFacts {
            number: claims.num.clone(),
            kind: claims.typ,
            origin: claims.iss.clone(),
            provider: claims.prv.clone(),
            occupation: claims.occ.clone(),
            level: claims.lvl,
            grade: claims.grd,
            earned: claims.day,
            issued: claims.iat,
        }
    }
}

impl CaseFacts {
    /// Reads facts as a decision shows them; members may come in any order.
    ///
    /// # Errors
    /// `document.json`, or `document.member` where a member is absent, unknown, twice or not good.
    pub fn read(bytes: &[u8]) -> Result<CaseFacts, DocumentError> {
        let value = json::tree(bytes).ok_or(DocumentRule::Json)?;
        CaseFacts::from_json(value).ok_or_else(|| DocumentRule::Member.about("case"))
    }

    /// Where it comes from.
    pub fn origin(&self) -> &RegionCode {
        match self {
            CaseFacts::Certificate(facts) => &facts.origin,
            CaseFacts::Credit(facts) => &facts.origin,
            CaseFacts::Provider(facts) => &facts.origin,
        }
    }

    /// The lots, if it is credit.
    pub fn lots(&self) -> &[LotFacts] {
        match self {
            CaseFacts::Credit(facts) => &facts.lots,
            CaseFacts::Certificate(_) | CaseFacts::Provider(_) => &[],
        }
    }
}
