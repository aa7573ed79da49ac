//! Whether a place recognises the certificate that a verdict is about.

use super::{Names, Outcome, Provider, Verdict};
use crate::card::Card;
use crate::documents::{Digest, Waiver};
use crate::ids::RegionCode;
use crate::messages;
use crate::recognition::{self, Accord, CaseFacts, Context, GrantRef, check_words, find};
use crate::time::Day;
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Whether a place recognises the certificate, and by which grant of which agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// The region asked about.
    pub place: RegionCode,
    /// The day asked about.
    pub day: Day,
    /// The answer.
    pub outcome: RecognitionOutcome,
    /// The stable dotted code of the answer.
    pub code: Cow<'static, str>,
    /// The answer in Chinese.
    pub zh: Cow<'static, str>,
    /// The answer in English.
    pub en: Cow<'static, str>,
    /// The digest of the agreement, `sha256:...`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Names>,
    /// The clause: the id of the grant that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// Every rule that was looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<RecognitionCheck>,
    /// The other grants that recognise it, each `<digest>#<grant>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Whether a place recognises a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecognitionOutcome {
    /// Some grant accepts it, or it is the place's own.
    Recognised,
    /// No grant accepts it.
    Not,
    /// A fact is missing.
    Undetermined,
}

/// One check of a grant, with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecognitionCheck {
    /// The name of the check.
    pub check: Cow<'static, str>,
    /// What the agreement wants.
    pub want: Cow<'static, str>,
    /// What the certificate has.
    pub got: Cow<'static, str>,
    /// Whether they agree, or the difference was waived.
    pub ok: bool,
    /// The waivers that made it ok.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<String>,
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

/// What is asked about recognition, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The region that is to recognise.
    pub place: &'a RegionCode,
    /// On which day.
    pub day: Day,
    /// The agreements at hand.
    pub accords: &'a [Accord<'a>],
    /// The waivers at hand.
    pub waivers: &'a [(Digest, Waiver)],
    /// The provider that the card names.
    pub provider: Option<&'a Provider>,
}

impl Verdict {
    /// The verdict with the answer to what is asked about recognition. What is not valid is recognised nowhere; where nothing is known of the
    /// certificate, nothing is said.
    #[must_use]
    pub fn with_recognition(self, card: &Card, asked: &Asked<'_>) -> Verdict {
        let recognition = self.certificate.as_ref().map(|_| match self.outcome {
            Outcome::Invalid => Recognition::plain(asked, RecognitionOutcome::Not, "recognition.not_valid"),
            Outcome::Undetermined => Recognition::plain(asked, RecognitionOutcome::Undetermined, "recognition.not_verified"),
            Outcome::Valid | Outcome::ValidAsOf => Recognition::of(card, asked),
        });
        Verdict { recognition, ..self }
    }
}

impl Recognition {
    /// An answer without a grant.
    fn plain(asked: &Asked<'_>, outcome: RecognitionOutcome, code: &'static str) -> Recognition {
        let (zh, en) = messages::find_recognition(code).map_or(("", ""), |message| (message.zh, message.en));
        Recognition {
            place: asked.place.clone(),
            day: asked.day,
            outcome,
            code: code.into(),
            zh: zh.into(),
            en: en.into(),
            agreement: None,
            id: None,
            version: None,
            title: None,
            grant: None,
            checks: Vec::new(),
            others: Vec::new(),
        }
    }

    fn of(card: &Card, asked: &Asked<'_>) -> Recognition {
        let providers: Vec<&Provider> = asked.provider.into_iter().collect();
        let context = Context { place: asked.place, day: asked.day, providers: &providers, used: &[], waivers: asked.waivers };
        let facts = CaseFacts::Certificate(card.claims().into());
        let found = find(asked.accords, &facts, &context);
        let (outcome, code) = match found.outcome {
            recognition::RecognitionOutcome::Own => (RecognitionOutcome::Recognised, "recognition.own"),
            recognition::RecognitionOutcome::Recognised => (RecognitionOutcome::Recognised, "recognition.recognised"),
            recognition::RecognitionOutcome::Refused => (RecognitionOutcome::Not, "recognition.refused"),
            recognition::RecognitionOutcome::NotCovered => (RecognitionOutcome::Not, "recognition.not_covered"),
            recognition::RecognitionOutcome::Undetermined => (RecognitionOutcome::Undetermined, "recognition.undetermined"),
        };
        let plain = Recognition::plain(asked, outcome, code);
        let Some((walk, full)) = found.told else { return plain };
        let agreement = walk.accord.agreement;
        let title = Names { zh: agreement.title.zh.to_string().into(), en: agreement.title.en.to_string().into() };
        Recognition {
            agreement: Some(walk.accord.digest.to_string()),
            id: Some(agreement.id.to_string()),
            version: Some(agreement.version),
            title: Some(title),
            grant: Some(walk.grant.id.to_string()),
            checks: full.checks,
            others: found.others.iter().map(named).collect(),
            ..plain
        }
    }
}

impl From<recognition::Check> for RecognitionCheck {
    fn from(check: recognition::Check) -> RecognitionCheck {
        let words = check_words(&check);
        RecognitionCheck {
            check: check.check.as_str().into(),
            want: check.want,
            got: check.got,
            ok: check.ok,
            waived: check.waived.iter().map(ToString::to_string).collect(),
            zh: words.zh,
            en: words.en,
        }
    }
}

fn named(grant: &GrantRef) -> String {
    [&grant.agreement.to_string(), "#", grant.grant.as_str()].concat()
}
