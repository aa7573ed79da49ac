//! How agreements look in an answer.

use serde::Serialize;
use utoipa::ToSchema;
use verifier::agreement::{Agreement, Life, SignedAgreement};
use verifier::documents::Names;
use verifier::time::Day;

use super::rules::{standing_word, state_word};
use super::service::Imported;
use super::store::Row;
use crate::error::Refusal;

/// An agreement, and what it is today.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct View {
    /// `sha256:` of its bytes: its name.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub digest: String,
    /// Its id, the same in all versions.
    #[schema(example = "urn:hufu:agreement:yrd-skills")]
    pub id: String,
    /// 1, and one more with each later version.
    #[schema(example = 1)]
    pub version: u32,
    /// Digest of the version before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// What it is called, in `zh` and `en`.
    #[schema(value_type = Object)]
    pub title: Names,
    /// What it is today: `proposed`, `not-yet`, `in-force`, `superseded`, `ended` or `over`.
    #[schema(example = "in-force")]
    pub state: &'static str,
    /// Whether every party has signed.
    #[schema(example = true)]
    pub agreed: bool,
    /// The first day on which it is in force.
    #[schema(example = "2026-01-01")]
    pub from: String,
    /// The last; absent: until notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2028-12-31")]
    pub through: Option<String>,
    /// How many days ahead notice must be given.
    #[schema(example = 30)]
    pub offer_days: u16,
    /// Digest of the agreed version that takes its place, and that one's first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded: Option<SupersededView>,
    /// The day on which notice takes effect: no longer in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<String>,
    /// Who must sign, in ascending order.
    pub parties: Vec<PartyView>,
    /// The notices that parties gave.
    pub notices: Vec<NoticeView>,
    /// When it came in, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub received_at: i64,
    /// When this region published it, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<i64>,
    /// What it says, member by member; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub terms: Option<Agreement>,
}

/// What takes the place of an agreement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementSuperseded)]
pub struct SupersededView {
    /// Digest of the newer version.
    pub by: String,
    /// Its first day.
    #[schema(example = "2027-01-01")]
    pub from: String,
}

/// What one party has said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementParty)]
pub struct PartyView {
    /// The party.
    #[schema(example = "320000")]
    pub region: String,
    /// `signed`, `missing`, or why its signature does not count now: `unknown-key`, `wrong-signature`, `other-bytes`, `revoked-key`.
    #[schema(example = "signed")]
    pub standing: &'static str,
    /// When it signed, by its own word, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
}

/// That a party ends it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementNotice)]
pub struct NoticeView {
    /// The party.
    #[schema(example = "320000")]
    pub region: String,
    /// `signed` where it counts, else why not.
    #[schema(example = "signed")]
    pub standing: &'static str,
    /// When it was given, unix seconds.
    pub at: i64,
    /// The first day that is no longer in force.
    #[schema(example = "2027-06-01")]
    pub effective: String,
}

/// What a file brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementImport)]
pub struct ImportView {
    /// The agreement, and what it is now.
    pub agreement: View,
    /// Parties whose signature is new here.
    pub signatures: Vec<String>,
    /// Parties whose notice is new here.
    pub notices: Vec<String>,
    /// What was not taken.
    pub refused: Vec<PartView>,
}

/// A signature or a notice that was not taken, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementPartRefused)]
pub struct PartView {
    /// The party.
    #[schema(example = "330000")]
    pub region: String,
    /// Where in the file.
    #[schema(example = "signatures[2]")]
    pub field: String,
    /// Stable code.
    #[schema(example = "agreements.unknown_key")]
    pub code: &'static str,
    /// Words in Chinese.
    pub zh: &'static str,
    /// Words in English.
    pub en: &'static str,
}

impl View {
    /// Of a stored agreement among its versions, `others`, on a day.
    pub(super) fn of(row: &Row, signed: &SignedAgreement, others: &[SignedAgreement], published_at: Option<i64>, day: Day) -> View {
        let (own, life) = (signed.agreement(), Life::of(signed, others.iter()));
        let from = |other: &SignedAgreement| Life::of(signed, std::iter::once(other)).superseded_from;
        let newer = others.iter().filter_map(|other| from(other).map(|from| (from, other.agreement().version, other.digest()))).min();
        View {
            digest: row.digest.clone(),
            id: row.urn.clone(),
            version: own.version,
            supersedes: own.supersedes.map(|digest| digest.to_string()),
            title: own.title.clone(),
            state: state_word(life.state(own.in_force, day)),
            agreed: life.is_agreed,
            from: own.in_force.from.to_string(),
            through: own.in_force.through.map(|day| day.to_string()),
            offer_days: own.offer_days,
            superseded: newer.map(|(from, _, digest)| SupersededView { by: digest.to_string(), from: from.to_string() }),
            ended_on: life.ended_on.map(|day| day.to_string()),
            parties: signed
                .parties()
                .iter()
                .map(|party| PartyView {
                    region: party.region.as_str().to_owned(),
                    standing: standing_word(party.standing),
                    at: party.at.map(|at| at.0),
                })
                .collect(),
            notices: signed
                .notices()
                .iter()
                .map(|given| NoticeView {
                    region: given.notice.region.as_str().to_owned(),
                    standing: standing_word(given.standing),
                    at: given.notice.at.0,
                    effective: given.notice.effective.to_string(),
                })
                .collect(),
            received_at: row.received_at,
            published_at,
            terms: None,
        }
    }

    /// With what it says.
    pub(super) fn with_terms(self, terms: &Agreement) -> View {
        View { terms: Some(terms.clone()), ..self }
    }
}

impl From<Imported> for ImportView {
    fn from(done: Imported) -> ImportView {
        let part =
            |(region, Refusal { field, reason, .. }): (String, Refusal)| PartView { region, field, code: reason.code, zh: reason.zh, en: reason.en };
        let Imported { agreement, signatures, notices, refused } = done;
        ImportView { agreement, signatures, notices, refused: refused.into_iter().map(part).collect() }
    }
}
