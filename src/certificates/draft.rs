//! What a body sends to have a certificate issued, and how it becomes a draft in which every field has been checked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::documents::{AchievementKind, Amount, Category, CourseCode, SchemeId};
use verifier::ids::{CertificateNumber, Grade, IdDocument, IdKind, Level, OccupationCode, PersonName, Title, TypeOfCertificate};
use verifier::time::Day;

use super::CertificateRefusal;
use crate::error::Refusal;
use crate::messages::from_verifier;

/// A certificate to be issued.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateInput)]
pub struct Input {
    /// Id of the provider. An operator must say; a provider's client may leave it out.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: Option<String>,
    /// The body's own number (4 to 40 of `0-9A-Z-`); generated if absent.
    #[schema(example = "S000031000026000001")]
    pub number: Option<String>,
    /// `skill-level`, `qualification`, `training`, `hours`, `title` or `appointment`.
    #[serde(rename = "type")]
    #[schema(example = "skill-level")]
    pub kind: String,
    /// Whose certificate it is.
    pub holder: HolderInput,
    /// Occupation code; needed for a skill level.
    #[schema(example = "6-31-01-03")]
    pub occupation: Option<String>,
    /// Title of the occupation, course or post.
    #[schema(example = "电工")]
    pub title: Option<String>,
    /// Rank 0 (学徒工) to 7 (首席技师); 五级 is 1, 一级 is 5.
    #[schema(example = 3)]
    pub level: Option<u8>,
    /// `fail`, `pass`, `good` or `excellent`.
    #[schema(example = "good")]
    pub grade: Option<String>,
    /// Day of the assessment, `YYYY-MM-DD`.
    #[schema(example = "2026-10-18")]
    pub assessed_on: String,
    /// First day on which it is no longer valid; absent: valid for life.
    #[schema(example = "2030-01-01")]
    pub valid_until: Option<String>,
    /// The standard that was applied, up to 200 characters.
    #[schema(example = "国家职业标准 电工 2023")]
    pub standard: Option<String>,
    /// SHA-256 of the assessment's records, 64 hex digits.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub evidence_digest: Option<String>,
    /// Credits that the certificate declares.
    #[serde(default)]
    pub credits: Vec<Credit>,
}

/// The person, as the body knows them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HolderInput)]
pub struct HolderInput {
    /// Name, 1 to 100 characters.
    #[schema(example = "欧阳静")]
    pub name: String,
    /// Kind of the id document: `resident`, `hk_macau_permit`, `taiwan_permit`, `hk_id`, `macau_id`, `residence_permit`, `passport`.
    #[schema(value_type = String, example = "resident")]
    pub id_type: IdKind,
    /// Its number. Stored encrypted, never shown again.
    #[schema(example = "11010519491231002X")]
    pub id_number: String,
}

/// A credit that a certificate declares; minted by the credit bank.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// Scheme, `<region>:<name>`.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// Hundredths of a credit (or hour), above zero.
    #[schema(example = 200)]
    pub amount: i64,
    /// `course`, `training`, `certificate` or `award`.
    #[schema(example = "certificate")]
    pub kind: String,
    /// One of the scheme's categories.
    #[schema(example = "core")]
    pub category: Option<String>,
    /// Course code, up to 40 characters.
    #[schema(example = "SH-IC-101")]
    pub course: Option<String>,
}

/// A person whose name and id document have been checked.
#[derive(Clone, Debug)]
pub struct Holder {
    /// As it is printed.
    pub name: PersonName,
    /// Kind and normalised number.
    pub id: IdDocument,
}

/// A certificate to be issued, every field checked by itself.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The body's own number.
    pub number: Option<CertificateNumber>,
    /// What it certifies.
    pub kind: TypeOfCertificate,
    /// Whose it is.
    pub holder: Holder,
    /// Occupation code.
    pub occupation: Option<OccupationCode>,
    /// Title.
    pub title: Option<Title>,
    /// Rank.
    pub level: Option<Level>,
    /// Grade.
    pub grade: Option<Grade>,
    /// Day of the assessment.
    pub assessed_on: Day,
    /// First day on which it is no longer valid.
    pub valid_until: Option<Day>,
    /// What is kept beside the card.
    pub extra: Extra,
}

/// What is kept beside the card.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra {
    /// The standard that was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// SHA-256 of the assessment's records, hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<String>,
    /// Credits to mint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// Digest of the redemption that it is issued for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

const STANDARD_MAX: usize = 200;
const CREDITS_MAX: usize = 20;

impl Draft {
    /// Checks `input`, field by field, in the order in which it is documented. `at` is the path of the object within the body.
    ///
    /// # Errors
    /// The first field that is wrong, with its rule.
    pub fn parse(input: &Input, at: &str) -> Result<Draft, Refusal> {
        // Where there is no draft, something is wrong.
        Draft::check(input, at).map_err(|wrong| wrong.into_iter().next().unwrap_or(CertificateRefusal::Incomplete.at(at)))
    }

    /// Checks `input` as [`Draft::parse`] does.
    ///
    /// # Errors
    /// Every field that is wrong, in order, with its rule.
    pub fn check(input: &Input, at: &str) -> Result<Draft, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let path = |field: &str| format!("{at}{field}");
        let id = |field: &str, e: verifier::ids::IdError| from_verifier(path(field), e.code());
        let day = |field: &str, text: &str| Day::parse(text).map_err(|e| from_verifier(path(field), e.code()));
        let number = input.number.as_deref().map(CertificateNumber::parse).transpose().map_err(|e| id("number", e));
        let number = keep(&mut wrong, number);
        let kind = keep(&mut wrong, TypeOfCertificate::parse(&input.kind).map_err(|e| id("type", e)));
        let name = keep(&mut wrong, PersonName::parse(&input.holder.name).map_err(|e| id("holder.name", e)));
        let document = IdDocument::parse(input.holder.id_type, &input.holder.id_number).map_err(|e| id("holder.id_number", e));
        let document = keep(&mut wrong, document);
        let occupation = input.occupation.as_deref().map(OccupationCode::parse).transpose().map_err(|e| id("occupation", e));
        let occupation = keep(&mut wrong, occupation);
        let title = keep(&mut wrong, input.title.as_deref().map(Title::parse).transpose().map_err(|e| id("title", e)));
        let level = keep(&mut wrong, input.level.map(Level::new).transpose().map_err(|e| id("level", e)));
        let grade = keep(&mut wrong, input.grade.as_deref().map(Grade::parse).transpose().map_err(|e| id("grade", e)));
        let assessed_on = keep(&mut wrong, day("assessed_on", &input.assessed_on));
        let valid_until = keep(&mut wrong, input.valid_until.as_deref().map(|t| day("valid_until", t)).transpose());
        let extra = extra(input, &path, &mut wrong);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let draft = || {
            let holder = Holder { name: name?, id: document? };
            let (number, occupation, title, level, grade) = (number?, occupation?, title?, level?, grade?);
            Some(Draft { number, kind: kind?, holder, occupation, title, level, grade, assessed_on: assessed_on?, valid_until: valid_until?, extra })
        };
        draft().ok_or(wrong)
    }
}

/// The value, or its refusal put with the others.
fn keep<T>(wrong: &mut Vec<Refusal>, value: Result<T, Refusal>) -> Option<T> {
    value.map_err(|refusal| wrong.push(refusal)).ok()
}

fn extra(input: &Input, path: &dyn Fn(&str) -> String, wrong: &mut Vec<Refusal>) -> Extra {
    let standard =
        input.standard.as_deref().and_then(|t| keep(wrong, line(t, STANDARD_MAX).ok_or_else(|| CertificateRefusal::Standard.at(path("standard")))));
    let hex = |t: &&str| t.len() == 64 && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if input.evidence_digest.as_deref().is_some_and(|t| !hex(&t)) {
        wrong.push(CertificateRefusal::Digest.at(path("evidence_digest")));
    }
    if input.credits.len() > CREDITS_MAX {
        wrong.push(CertificateRefusal::Credits.at(path("credits")).got(format!("{} entries", input.credits.len())));
    }
    for (i, credit) in input.credits.iter().take(CREDITS_MAX).enumerate() {
        wrong.extend(wrong_in(credit).map(|field| CertificateRefusal::Credits.at(path(&format!("credits[{i}].{field}")))));
    }
    Extra { standard, evidence_digest: input.evidence_digest.clone(), credits: input.credits.clone(), basis: None }
}

/// The members of a credit that break their rules, by the rules of the documents that mint credit.
fn wrong_in(credit: &Credit) -> impl Iterator<Item = &'static str> {
    let members = [
        ("scheme", SchemeId::parse(&credit.scheme).is_ok()),
        ("amount", Amount::new(credit.amount).is_ok()),
        ("kind", AchievementKind::parse(&credit.kind).is_ok()),
        ("category", credit.category.as_deref().is_none_or(|category| Category::parse(category).is_ok())),
        ("course", credit.course.as_deref().is_none_or(|course| CourseCode::parse(course).is_ok())),
    ];
    members.into_iter().filter_map(|(member, fits)| (!fits).then_some(member))
}

/// One line of text: 1 to `max` characters, no control characters, no space at either end.
pub fn line(text: &str, max: usize) -> Option<String> {
    let fits = (1..=max).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}
