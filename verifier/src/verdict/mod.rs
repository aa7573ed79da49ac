//! The one function that answers "is this certificate good?", and the shape of its answer. Specified in `docs/formats/verdict.md`.
//!
//! A verdict is an answer, never an error. Nothing is valid by default: each step must say `ok` by itself; one that failed makes the
//! outcome invalid, one that could not be taken makes it undetermined.

mod facts;
mod interval;
mod judge;
mod receipt;
mod recognition;
mod steps;

pub use facts::{Facts, IssuerKey, KeyRevocation, KeyRevocationReason, Provider, ProviderKind, Region, StatusFact};
pub use interval::{Class, Flag, Interval, IssueBar, IssueRequest, Scope, Standing};
pub use judge::{NoMemo, Presented, SignatureMemo, judge};
pub use receipt::{PresentedReceipt, ReceiptFacts, ReceiptSays, ReceiptStep, ReceiptStepName, ReceiptVerdict, judge_receipt};
pub use recognition::{Asked, Recognition, RecognitionCheck, RecognitionOutcome};

use crate::card::Claims;
use crate::ids::Words;
use crate::messages;
use crate::time::Instant;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The answer. Members are written in this order, so the same inputs give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The answer in one word.
    pub outcome: Outcome,
    /// The instant up to which the facts are known.
    pub as_of: Instant,
    /// What the certificate says; absent when it cannot be read or its signature is not its issuer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// Every step in order, each with its own result.
    pub steps: Vec<Step>,
    /// What a reader should know besides: old facts, a wrong clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Whether the reader's own region recognises the certificate; absent where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognition: Option<Recognition>,
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every step is ok on fresh facts.
    Valid,
    /// Every step is ok, on facts that are no longer fresh: show their age.
    ValidAsOf,
    /// At least one step failed.
    Invalid,
    /// No step failed, but not every one could be taken.
    Undetermined,
}

/// What the certificate says, with readable names beside the codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The claims as they were signed.
    pub claims: Claims,
    /// The name of the region, where the facts have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Names>,
    /// The name of the provider, where the facts have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Names>,
    /// The words of the type.
    #[serde(rename = "type")]
    pub kind: Names,
    /// The words of the level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Names>,
    /// The words of the grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Names>,
}

/// The same thing in two languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl From<Words> for Names {
    fn from(words: Words) -> Names {
        Names { zh: words.zh.into(), en: words.en.into() }
    }
}

/// One step and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which step.
    pub step: StepName,
    /// How it ended.
    pub result: StepResult,
    /// The stable dotted code of the reason.
    pub code: Cow<'static, str>,
    /// The reason in Chinese.
    pub zh: Cow<'static, str>,
    /// The reason in English.
    pub en: Cow<'static, str>,
    /// What the reason is about: a claim, a successor's number, a day, the name of a missing part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The steps in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// It can be read and is a well-formed card.
    Form,
    /// The signature is that of the key which the card names.
    Signature,
    /// The key spoke for this region and provider at the time of issue and is not revoked.
    KeyWindow,
    /// The provider was listed, and in scope, on the day of issue.
    Issuer,
    /// It has not been revoked, suspended or replaced.
    Status,
    /// It has not expired by its own terms.
    Expiry,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// Taken, and good.
    Ok,
    /// Taken, and bad.
    Failed,
    /// Could not be taken.
    Unchecked,
}

/// A remark that changes nothing in the steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The stable dotted code.
    pub code: Cow<'static, str>,
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl Note {
    pub(crate) fn new(code: &'static str) -> Note {
        let (zh, en) = messages::find_offline(code).map_or(("", ""), |message| (message.zh, message.en));
        Note { code: code.into(), zh: zh.into(), en: en.into() }
    }

    /// What is to be said of facts and clock at the instant that was taken.
    fn of_age(clock_is_behind: bool, now: Instant, fresh_until: Instant, expires: Instant) -> Vec<Note> {
        let mut notes = Vec::new();
        if clock_is_behind {
            notes.push(Note::new("clock.behind_facts"));
        }
        if now >= expires {
            notes.push(Note::new("facts.expired"));
        } else if now >= fresh_until {
            notes.push(Note::new("facts.not_fresh"));
        }
        notes
    }
}

/// One rule: what it wants, what it got, whether they agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The name of the rule.
    pub check: String,
    /// What the agreement wants.
    pub want: String,
    /// What the certificate has.
    pub got: String,
    /// Whether they agree.
    pub ok: bool,
}
