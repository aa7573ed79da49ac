//! `decision/1`: the answer of the engine as bytes. Specified in `docs/formats/recognition.md`.

use super::engine::{Full, Held, Walk};
use super::{CaseFacts, Check};
use crate::agreement::Moves;
use crate::documents::{
    Amount, Category, CourseCode, Digest, Document, DocumentError, DocumentRule, GrantId, LotId, SchemeId, ValueError, content, payload,
};
use crate::ids::{CreditCode, RegionCode, word_list};
use crate::json::{FromJson, Members, Value, from_members};
use crate::time::Day;
use crate::verdict::{Interval, Provider, ProviderKind};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The most bytes of a decision.
pub const DECISION_MAX_BYTES: usize = 256 * 1024;

/// Whether and why a grant accepts a case. Members are written in this order; the same inputs give the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The agreement, by its digest.
    pub agreement: Digest,
    /// Its version.
    pub version: u32,
    /// The grant.
    pub grant: GrantId,
    /// What the grant is about.
    pub moves: Moves,
    /// Where the case comes from.
    pub from: RegionCode,
    /// The region that is to recognise.
    pub to: RegionCode,
    /// The day of the offer or of the question.
    pub day: Day,
    /// The answer.
    pub outcome: Outcome,
    /// What was asked about.
    pub case: CaseFacts,
    /// What the providers were on the days that count, where the grant asks for it and it is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provider: Vec<ProviderOn>,
    /// Every check in order.
    pub checks: Vec<Check>,
    /// What the receiver books, where credit is recognised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<Booking>,
}

word_list! {
    /// The answer in one word.
    Outcome, ValueError::Kind {
        /// Every check is ok.
        Recognised = "recognised", "予以认可", "Recognised";
        /// Some check is not.
        Refused = "refused", "不予认可", "Refused";
        /// Of the checks that are not ok each lacks a fact.
        Undetermined = "undetermined", "无法确定", "Undetermined";
    }
}

/// What a provider was on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderOn {
    /// Which.
    pub code: CreditCode,
    /// The day.
    pub day: Day,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ProviderKind,
    /// The intervals that cover the day, in the order of its history.
    pub intervals: Vec<Interval>,
}

/// What the receiver books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Booking {
    /// The lot that it comes from, where lots are converted one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotId>,
    /// What it is counted in.
    pub scheme: SchemeId,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Its course.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseCode>,
    /// How much.
    pub amount: Amount,
    /// The first day on which it can no longer be spent: that of its earliest source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
}

from_members!(Booking { scheme, amount; lot, category, course, expires });

/// The decision of a finished walk.
pub(super) fn of(walk: &Walk<'_>, full: Full<Check>) -> Decision {
    let outcome = match full.held {
        Held::Yes => Outcome::Recognised,
        Held::No => Outcome::Refused,
        Held::Unknown => Outcome::Undetermined,
    };
    let looked = walk.looked_at().into_iter().map(|(provider, day)| ProviderOn {
        code: provider.code.clone(),
        day,
        kind: provider.kind,
        intervals: provider.on(day).cloned().collect(),
    });
    Decision {
        agreement: walk.accord.digest,
        version: walk.accord.agreement.version,
        grant: walk.grant.id.clone(),
        moves: walk.grant.moves,
        from: walk.facts.origin().clone(),
        to: walk.context.place.clone(),
        day: walk.context.day,
        outcome,
        case: walk.facts.clone(),
        provider: looked.collect(),
        checks: full.checks,
        gives: if outcome == Outcome::Recognised { gives(walk) } else { Vec::new() },
    }
}

/// What the receiver books for a case that is recognised.
fn gives(walk: &Walk<'_>) -> Vec<Booking> {
    let (lots, grant) = (walk.facts.lots(), walk.grant);
    if !grant.all_of.is_empty() {
        let expires = lots.iter().filter_map(|lot| lot.expires).min();
        let given = |own: &crate::agreement::Given| Booking {
            lot: None,
            scheme: own.scheme.clone(),
            category: own.category.clone(),
            course: own.course.clone(),
            amount: own.amount,
            expires,
        };
        return grant.gives.iter().map(given).collect();
    }
    let given = |lot: &super::LotFacts| {
        let scheme = grant.convert.as_ref().map_or(&lot.scheme, |convert| &convert.scheme);
        Some(Booking {
            lot: Some(lot.id.clone()),
            scheme: scheme.clone(),
            category: lot.category.as_ref().and_then(|category| walk.counterpart(category)).cloned(),
            course: lot.course.clone(),
            amount: Amount::new(walk.converted(lot.amount)).ok()?,
            expires: lot.expires,
        })
    };
    lots.iter().filter_map(given).collect()
}

impl Decision {
    /// The bytes of it.
    pub fn to_bytes(&self) -> Vec<u8> {
        payload(self).unwrap_or_default()
    }

    /// Reads bytes that were written by [`Self::to_bytes`], and no others. It says nothing about whether the decision is right: that is
    /// answered by evaluating again.
    ///
    /// # Errors
    /// `document...`, with the member to blame.
    pub fn read(bytes: &[u8]) -> Result<Decision, DocumentError> {
        if bytes.len() > DECISION_MAX_BYTES {
            return Err(DocumentRule::Form.into());
        }
        content(bytes)
    }

    /// The providers with as much of their histories as it shows: all that it was made from.
    pub fn providers(&self) -> Vec<Provider> {
        let mut all: Vec<Provider> = Vec::new();
        for on in &self.provider {
            let at = all.iter().position(|known| known.code == on.code).unwrap_or(all.len());
            if at == all.len() {
                let (name_zh, name_en) = (String::new(), String::new());
                all.push(Provider { code: on.code.clone(), name_zh, name_en, kind: on.kind, timeline: Vec::new() });
            }
            if let Some(known) = all.get_mut(at) {
                merge(&mut known.timeline, &on.intervals);
            }
        }
        all
    }

    /// The checks that are not ok.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.ok)
    }
}

/// Adds intervals in their order, each once.
fn merge(timeline: &mut Vec<Interval>, intervals: &[Interval]) {
    let mut at = 0;
    for interval in intervals {
        match timeline.iter().position(|known| known == interval) {
            Some(found) => at = found + 1,
            None => {
                timeline.insert(at, interval.clone());
                at += 1;
            }
        }
    }
}

impl Document for Decision {
    const FORMAT: &'static str = "decision/1";
    const TYP: &'static str = "hufu-decision";
    const MAX_BYTES: usize = DECISION_MAX_BYTES;
    const REQUIRED: &'static [&'static str] = &["hufu", "agreement", "version", "grant", "moves", "from", "to", "day", "outcome", "case", "checks"];
    const OPTIONAL: &'static [&'static str] = &["provider", "gives"];

    fn take(members: &mut Members<'_>) -> Result<Decision, &'static str> {
        Ok(Decision {
            agreement: members.required("agreement").ok_or("agreement")?,
            version: members.required("version").ok_or("version")?,
            grant: members.required("grant").ok_or("grant")?,
            moves: members.required("moves").ok_or("moves")?,
            from: members.required("from").ok_or("from")?,
            to: members.required("to").ok_or("to")?,
            day: members.required("day").ok_or("day")?,
            outcome: members.required("outcome").ok_or("outcome")?,
            case: members.required("case").ok_or("case")?,
            provider: members.optional("provider").ok_or("provider")?,
            checks: members.required("checks").ok_or("checks")?,
            gives: members.optional("gives").ok_or("gives")?,
        })
    }

    /// The answer is what its checks say, of the case that it shows.
    fn check(&self) -> Result<(), DocumentError> {
        if (self.outcome == Outcome::Recognised) != self.checks.iter().all(|check| check.ok) {
            return Err(DocumentRule::Member.about("outcome"));
        }
        if self.checks.is_empty() || !self.checks.array_windows().all(|[one, other]| one.check < other.check) {
            return Err(DocumentRule::Member.about("checks"));
        }
        if self.from != *self.case.origin() {
            return Err(DocumentRule::Member.about("from"));
        }
        let books = self.outcome == Outcome::Recognised && self.moves == Moves::Credit;
        if books == self.gives.is_empty() { Err(DocumentRule::Member.about("gives")) } else { Ok(()) }
    }
}

impl FromJson for ProviderOn {
    fn from_json(value: Value<'_>) -> Option<ProviderOn> {
        let mut members = Members::of(value)?;
        let on = ProviderOn {
            code: members.required("code")?,
            day: members.required("day")?,
            kind: members.required("type")?,
            intervals: members.required("intervals")?,
        };
        members.end()?;
        Some(on)
    }
}
