//! What is sent to ask about recognition and to waive checks, and how each becomes values that have been checked.

use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::{AchievementKind, Amount, Category, CourseCode, Digest, GrantId, LotId, SchemeId, ValueError, Waiver, WaiverId};
use verifier::ids::{CertificateNumber, CreditCode, Grade, IdError, Level, OccupationCode, RegionCode, TypeOfCertificate};
use verifier::recognition::{CaseFacts, CertificateFacts, CheckName, CreditFacts, LotFacts, ProviderFacts, Used};
use verifier::time::{Day, Instant};

use super::{Ask, Asked, CASES_MAX, LOTS_MAX, RecognitionRefusal, Terms, USED_MAX};
use crate::error::Refusal;
use crate::messages::from_verifier;

/// Questions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecognitionInput)]
pub struct Input {
    /// 1 to 100 of them.
    pub cases: Vec<CaseInput>,
    /// Whether the decisions are kept, to be evaluated again one day; needs `recognition:write`.
    #[serde(default)]
    pub keep: bool,
}

/// One question: exactly one of `certificate`, `credit` and `provider`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecognitionCaseInput)]
pub struct CaseInput {
    /// The region that is to recognise; absent: this one.
    #[schema(example = "320000")]
    place: Option<String>,
    /// The day in question, `YYYY-MM-DD`; absent: today.
    #[schema(example = "2026-11-22")]
    day: Option<String>,
    /// A certificate.
    certificate: Option<CertificateInput>,
    /// Credit that one learner offers at once.
    credit: Option<CreditInput>,
    /// A body that wants to work there.
    provider: Option<ProviderInput>,
    /// With credit: digest of the agreement.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    agreement: Option<String>,
    /// With credit: id of the grant.
    #[schema(example = "credit-sh-js")]
    grant: Option<String>,
    /// With credit: what the learner has received from the region of origin; at most 20 schemes, each once.
    #[serde(default)]
    used: Vec<UsedInput>,
}

/// A certificate of this registry by `number` alone, or the facts of any.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateFactsInput)]
struct CertificateInput {
    /// As printed.
    #[schema(example = "S000031000026000001")]
    number: String,
    /// What it certifies.
    #[serde(rename = "type")]
    #[schema(example = "skill-level")]
    kind: Option<String>,
    /// The region whose registry issued it.
    #[schema(example = "310000")]
    origin: Option<String>,
    /// Credit code of the body that assessed.
    #[schema(example = "91310000MA1FL0007C")]
    provider: Option<String>,
    /// Occupation code.
    #[schema(example = "6-31-01-03")]
    occupation: Option<String>,
    /// Rank 0 to 7.
    #[schema(example = 3)]
    level: Option<u8>,
    /// Grade.
    #[schema(example = "good")]
    grade: Option<String>,
    /// Day of the assessment.
    #[schema(example = "2026-10-18")]
    earned: Option<String>,
    /// When it was signed, unix seconds.
    #[schema(example = 1_795_276_800)]
    issued: Option<i64>,
}

/// Lots of one learner and one region of origin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditFactsInput)]
struct CreditInput {
    /// The region that minted them.
    #[schema(example = "310000")]
    origin: String,
    /// 1 to 200 lots, each once.
    lots: Vec<LotInput>,
}

/// A lot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LotFactsInput)]
struct LotInput {
    /// Its id.
    #[schema(example = "lot_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    id: String,
    /// What it is counted in.
    #[schema(example = "310000:credit")]
    scheme: String,
    /// How much of it is offered, in hundredths.
    #[schema(example = 200)]
    amount: i64,
    /// `course`, `training`, `certificate` or `award`.
    #[schema(example = "course")]
    kind: String,
    /// Its category.
    #[schema(example = "core")]
    category: Option<String>,
    /// Its course.
    #[schema(example = "SH-IC-101")]
    course: Option<String>,
    /// Occupation code.
    #[schema(example = "6-31-01-03")]
    occupation: Option<String>,
    /// Rank 0 to 7.
    #[schema(example = 3)]
    level: Option<u8>,
    /// Grade.
    #[schema(example = "good")]
    grade: Option<String>,
    /// Credit code of the body that assessed.
    #[schema(example = "91310000MA1FL0007C")]
    provider: Option<String>,
    /// The day on which it was earned.
    #[schema(example = "2026-10-18")]
    earned: String,
    /// The first day on which it can no longer be spent.
    #[schema(example = "2030-01-01")]
    expires: Option<String>,
    /// Digest of the achievement that it was minted for.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    basis: String,
}

/// What a learner has received in a scheme, in hundredths.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UsedInput)]
struct UsedInput {
    /// The scheme of the result.
    #[schema(example = "320000:credit")]
    scheme: String,
    /// In the calendar year of the day.
    #[schema(example = 400)]
    year: i64,
    /// In all.
    #[schema(example = 1200)]
    source: i64,
}

/// A body, and what it wants to assess.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProviderFactsInput)]
struct ProviderInput {
    /// Its credit code.
    #[schema(example = "91310000MA1FL0007C")]
    code: String,
    /// The region that lists it.
    #[schema(example = "310000")]
    origin: String,
    /// Occupation code.
    #[schema(example = "6-31-01-03")]
    occupation: Option<String>,
    /// Rank 0 to 7.
    #[schema(example = 3)]
    level: Option<u8>,
}

/// Checks of one grant that are waived for one case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverInput {
    /// Digest of the agreement.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub agreement: String,
    /// Id of the grant, by which this region recognises.
    #[schema(example = "cert-ic")]
    pub grant: String,
    /// A certificate's number, the digest of a lot's basis, or a provider's code.
    #[schema(example = "HF3200002026K7Q2M9X4TB4")]
    pub case: String,
    /// 1 to 20 checks that may be waived.
    #[schema(example = json!(["level"]))]
    pub checks: Vec<String>,
    /// In what role it was decided, 1 to 40 of `0-9a-z-`.
    #[schema(example = "skills-office")]
    pub role: String,
    /// Why; 1 to 200 characters, never personal: it is kept for good.
    #[schema(example = "紧缺职业人才引进")]
    pub reason: String,
    /// The first day on which it counts.
    #[schema(example = "2026-03-01")]
    pub from: String,
    /// The first day on which it no longer does.
    #[schema(example = "2026-06-01")]
    pub until: String,
}

impl Input {
    /// The questions.
    ///
    /// # Errors
    /// `recognition.cases`, `recognition.case`, `recognition.lots`, `document.*`, `ids.*`, `time.*`, with the path of the member.
    pub fn read(&self) -> Result<Vec<Asked>, Refusal> {
        if !(1..=CASES_MAX).contains(&self.cases.len()) {
            return Err(RecognitionRefusal::Cases.at("cases").got(format!("{} cases", self.cases.len())));
        }
        let read = |(n, case): (usize, &CaseInput)| case.read().map_err(|refusal| refusal.within(&format!("cases[{n}]")));
        self.cases.iter().enumerate().map(read).collect()
    }
}

impl CaseInput {
    fn read(&self) -> Result<Asked, Refusal> {
        let terms = match (&self.agreement, &self.grant) {
            (Some(agreement), Some(grant)) => Some(Terms {
                agreement: Digest::parse(agreement).map_err(value("agreement"))?,
                grant: GrantId::parse(grant).map_err(value("grant"))?,
                used: self.used()?,
            }),
            (None, None) if self.used.is_empty() => None,
            _ => return Err(RecognitionRefusal::Case.at("grant")),
        };
        let ask = match (&self.certificate, &self.credit, &self.provider, terms) {
            (Some(certificate), None, None, None) => certificate.read().map_err(|refusal| refusal.within("certificate"))?,
            (None, None, Some(provider), None) => Ask::Any(provider.read().map_err(|refusal| refusal.within("provider"))?),
            (None, Some(credit), None, Some(terms)) => Ask::By(terms, credit.read().map_err(|refusal| refusal.within("credit"))?),
            _ => return Err(RecognitionRefusal::Case.at("")),
        };
        Ok(Asked {
            place: read("place", self.place.as_deref(), RegionCode::parse)?,
            day: self.day.as_deref().map(|text| day("day", text)).transpose()?,
            ask,
        })
    }

    fn used(&self) -> Result<Vec<Used>, Refusal> {
        let mut all: Vec<Used> = Vec::with_capacity(self.used.len().min(USED_MAX));
        for (n, used) in self.used.iter().enumerate() {
            let field = format!("used[{n}].scheme");
            let scheme = SchemeId::parse(&used.scheme).map_err(value(&field))?;
            if n >= USED_MAX || all.iter().any(|earlier| earlier.scheme == scheme) {
                return Err(RecognitionRefusal::Case.at(field));
            }
            all.push(Used { scheme, year: used.year, source: used.source });
        }
        Ok(all)
    }
}

impl CertificateInput {
    fn read(&self) -> Result<Ask, Refusal> {
        let number = CertificateNumber::parse(&self.number).map_err(id("number"))?;
        let is_bare = [&self.kind, &self.origin, &self.provider, &self.occupation, &self.grade, &self.earned].iter().all(|member| member.is_none())
            && self.level.is_none()
            && self.issued.is_none();
        if is_bare {
            return Ok(Ask::Number(number));
        }
        let needed = |field: &'static str| move || RecognitionRefusal::Case.at(field).got("missing");
        let facts = CertificateFacts {
            number,
            kind: read("type", self.kind.as_deref(), TypeOfCertificate::parse)?.ok_or_else(needed("type"))?,
            origin: read("origin", self.origin.as_deref(), RegionCode::parse)?.ok_or_else(needed("origin"))?,
            provider: read("provider", self.provider.as_deref(), CreditCode::parse)?.ok_or_else(needed("provider"))?,
            occupation: read("occupation", self.occupation.as_deref(), OccupationCode::parse)?,
            level: self.level.map(Level::new).transpose().map_err(id("level"))?,
            grade: read("grade", self.grade.as_deref(), Grade::parse)?,
            earned: day("earned", self.earned.as_deref().ok_or_else(needed("earned"))?)?,
            issued: Instant(self.issued.ok_or_else(needed("issued"))?),
        };
        Ok(Ask::Any(CaseFacts::Certificate(facts)))
    }
}

impl CreditInput {
    fn read(&self) -> Result<CaseFacts, Refusal> {
        if !(1..=LOTS_MAX).contains(&self.lots.len()) {
            return Err(RecognitionRefusal::Lots.at("lots").got(format!("{} lots", self.lots.len())));
        }
        let mut lots: Vec<LotFacts> = Vec::with_capacity(self.lots.len());
        for (n, lot) in self.lots.iter().enumerate() {
            let lot = lot.read().map_err(|refusal| refusal.within(&format!("lots[{n}]")))?;
            if lots.iter().any(|earlier| earlier.id == lot.id) {
                return Err(RecognitionRefusal::Lots.at(format!("lots[{n}].id")));
            }
            lots.push(lot);
        }
        Ok(CaseFacts::Credit(CreditFacts { origin: RegionCode::parse(&self.origin).map_err(id("origin"))?, lots }))
    }
}

impl LotInput {
    fn read(&self) -> Result<LotFacts, Refusal> {
        Ok(LotFacts {
            id: LotId::parse(&self.id).map_err(value("id"))?,
            scheme: SchemeId::parse(&self.scheme).map_err(value("scheme"))?,
            amount: Amount::new(self.amount).map_err(value("amount"))?,
            kind: AchievementKind::parse(&self.kind).map_err(value("kind"))?,
            category: self.category.as_deref().map(Category::parse).transpose().map_err(value("category"))?,
            course: self.course.as_deref().map(CourseCode::parse).transpose().map_err(value("course"))?,
            occupation: read("occupation", self.occupation.as_deref(), OccupationCode::parse)?,
            level: self.level.map(Level::new).transpose().map_err(id("level"))?,
            grade: read("grade", self.grade.as_deref(), Grade::parse)?,
            provider: read("provider", self.provider.as_deref(), CreditCode::parse)?,
            earned: day("earned", &self.earned)?,
            expires: self.expires.as_deref().map(|text| day("expires", text)).transpose()?,
            basis: Digest::parse(&self.basis).map_err(value("basis"))?,
        })
    }
}

impl ProviderInput {
    fn read(&self) -> Result<CaseFacts, Refusal> {
        Ok(CaseFacts::Provider(ProviderFacts {
            code: CreditCode::parse(&self.code).map_err(id("code"))?,
            origin: RegionCode::parse(&self.origin).map_err(id("origin"))?,
            occupation: read("occupation", self.occupation.as_deref(), OccupationCode::parse)?,
            level: self.level.map(Level::new).transpose().map_err(id("level"))?,
        }))
    }
}

impl WaiverInput {
    /// The waiver of a region under an id. What takes more than one member is seen when it is signed.
    ///
    /// # Errors
    /// `document.*`, `time.*`.
    pub fn read(&self, id: WaiverId, region: RegionCode, at: Instant) -> Result<Waiver, Refusal> {
        let check = |(n, name): (usize, &String)| CheckName::parse(name).map_err(value(&format!("checks[{n}]")));
        Ok(Waiver {
            id,
            region,
            agreement: Digest::parse(&self.agreement).map_err(value("agreement"))?,
            grant: GrantId::parse(&self.grant).map_err(value("grant"))?,
            case: self.case.clone(),
            checks: self.checks.iter().enumerate().map(check).collect::<Result<_, _>>()?,
            role: self.role.clone(),
            reason: self.reason.clone(),
            from: day("from", &self.from)?,
            until: day("until", &self.until)?,
            at,
        })
    }
}

fn value(field: &str) -> impl Fn(ValueError) -> Refusal {
    move |e| from_verifier(field, e.code())
}

fn id(field: &str) -> impl Fn(IdError) -> Refusal {
    move |e| from_verifier(field, e.code())
}

fn read<T>(field: &str, text: Option<&str>, parse: impl Fn(&str) -> Result<T, IdError>) -> Result<Option<T>, Refusal> {
    text.map(parse).transpose().map_err(id(field))
}

pub(super) fn day(field: &str, text: &str) -> Result<Day, Refusal> {
    Day::parse(text).map_err(|e| from_verifier(field, e.code()))
}
