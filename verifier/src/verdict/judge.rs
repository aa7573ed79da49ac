//! Taking the steps and folding them into one answer.

use super::steps::{self, Finding};
use super::{Certificate, Facts, IssuerKey, Names, Note, Outcome, Step, StepName, StepResult, Verdict};
use crate::card::{Card, CardError};
use crate::hf1::{Unreadable, read};
use crate::messages;
use crate::time::{Instant, Zone};
use alloc::borrow::ToOwned;
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// What somebody held up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is made for each judgement, and most are cards")]
pub enum Presented {
    /// A well-formed card.
    Card(Card),
    /// It has the form of a card, but is none that any issuer made: the code and the claim to blame.
    Malformed(&'static str, Option<&'static str>),
    /// It cannot be read: not verified, and not refuted.
    Unreadable(Unreadable),
}

impl Presented {
    /// Reads the text of a QR code, a link, digits or a JWS.
    pub fn from_text(text: &str) -> Presented {
        match read(text) {
            Ok(reading) => Card::parse(&reading.jws).map_or_else(Presented::from, Presented::Card),
            Err(Unreadable::Digits(error)) if error.is_malformed_card() => Presented::Malformed(error.code(), None),
            Err(unreadable) => Presented::Unreadable(unreadable),
        }
    }

    /// The card, to gather facts about.
    pub fn card(&self) -> Option<&Card> {
        match self {
            Presented::Card(card) => Some(card),
            Presented::Malformed(..) | Presented::Unreadable(_) => None,
        }
    }
}

impl From<CardError> for Presented {
    fn from(error: CardError) -> Presented {
        Presented::Malformed(error.code(), error.claim())
    }
}

/// Remembers which signatures were found good, by a digest over key and card. Only good ones are remembered.
pub trait SignatureMemo {
    /// Whether this digest was remembered.
    fn is_known(&self, digest: &[u8; 32]) -> bool;
    /// Whether it remembers anything; if not, no digest is made.
    fn remembers(&self) -> bool {
        true
    }
    /// Remembers a digest.
    fn remember(&self, digest: [u8; 32]);
}

/// Remembers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMemo;

impl SignatureMemo for NoMemo {
    fn remembers(&self) -> bool {
        false
    }
    fn is_known(&self, _: &[u8; 32]) -> bool {
        false
    }
    fn remember(&self, _: [u8; 32]) {}
}

/// Judges what somebody held up by the facts at hand at the instant `now`. Never fails: whatever cannot be said is `undetermined`.
pub fn judge(presented: &Presented, facts: &Facts<'_>, now: Instant, memo: &dyn SignatureMemo) -> Verdict {
    // A clock that stands before the facts is wrong: their own time is the earliest that it can be.
    let clock_is_behind = now < facts.as_of;
    let now = now.max(facts.as_of);
    let steps = take_steps(presented, facts, now, memo);
    let outcome = fold(steps.iter().map(|step| step.result), STEPS.len(), now < facts.fresh_until);
    let notes = Note::of_age(clock_is_behind, now, facts.fresh_until, facts.expires);
    let signed_by_other = steps.iter().any(|step| step.step == StepName::Signature && step.result == StepResult::Failed);
    let certificate = presented.card().filter(|_| !signed_by_other).map(|card| describe(card, facts));
    Verdict { outcome, as_of: facts.as_of, certificate, steps, notes, recognition: None }
}

/// Any failure is invalid; else anything unchecked is undetermined; all of so many must be ok to be valid.
pub(super) fn fold(results: impl ExactSizeIterator<Item = StepResult> + Clone, all: usize, fresh: bool) -> Outcome {
    let any = |result| results.clone().any(|own| own == result);
    if any(StepResult::Failed) {
        Outcome::Invalid
    } else if any(StepResult::Unchecked) || results.len() != all {
        Outcome::Undetermined
    } else if fresh {
        Outcome::Valid
    } else {
        Outcome::ValidAsOf
    }
}

const STEPS: [StepName; 6] = [StepName::Form, StepName::Signature, StepName::KeyWindow, StepName::Issuer, StepName::Status, StepName::Expiry];

fn take_steps(presented: &Presented, facts: &Facts<'_>, now: Instant, memo: &dyn SignatureMemo) -> Vec<Step> {
    let findings = match presented {
        Presented::Card(card) => findings_on(card, facts, now, memo),
        Presented::Malformed(code, claim) => stopped(Finding::failed(code).about(*claim)),
        Presented::Unreadable(unreadable) => stopped(Finding::unchecked(unreadable.code())),
    };
    STEPS.into_iter().zip(findings).map(|(step, finding)| in_words(step, finding)).collect()
}

/// A form that is not good leaves nothing to look at.
fn stopped(form: Finding) -> [Finding; 6] {
    let rest = || Finding::unchecked("step.form_not_ok");
    [form, rest(), rest(), rest(), rest(), rest()]
}

fn findings_on(card: &Card, facts: &Facts<'_>, now: Instant, memo: &dyn SignatureMemo) -> [Finding; 6] {
    let claims = card.claims();
    let form = Finding::ok("form.ok");
    let key = facts.key.filter(|key| key.public.short() == card.kid());
    let (signature, key) = match key {
        None => (steps::signature_without_key(claims, facts), None),
        Some(key) if is_signed(card, key, memo) => (Finding::ok("signature.ok"), Some(key)),
        Some(_) => (Finding::failed("signature.wrong"), None),
    };
    let Some(key) = key else {
        // Claims that nobody is known to have signed are not worth judging.
        let rest = || Finding::unchecked("step.signature_not_ok");
        return [form, signature, rest(), rest(), rest(), rest()];
    };
    let known = [steps::key_window(claims, key, now), steps::issuer(claims, facts), steps::status(facts)];
    let [window, issuer, status] = if now >= facts.expires { known.map(Finding::after_expiry_of_facts) } else { known };
    let zone = facts.region.map_or(Zone::CHINA, |region| region.zone);
    [form, signature, window, issuer, status, steps::expiry(claims, zone, now)]
}

/// Verifies the signature, or remembers that it was verified: the digest binds the key and every byte of the card.
fn is_signed(card: &Card, key: &IssuerKey, memo: &dyn SignatureMemo) -> bool {
    if !memo.remembers() {
        return card.is_signed_by(&key.public);
    }
    let digest: [u8; 32] =
        Sha256::new().chain_update(b"hufu/signature-memo/1\0").chain_update(key.public.as_bytes()).chain_update(card.jws()).finalize().into();
    if memo.is_known(&digest) {
        return true;
    }
    let good = card.is_signed_by(&key.public);
    if good {
        memo.remember(digest);
    }
    good
}

fn in_words(step: StepName, finding: Finding) -> Step {
    let (zh, en) = messages::find_offline(finding.code).map_or(("", ""), |message| (message.zh, message.en));
    Step { step, result: finding.result, code: finding.code.into(), zh: zh.into(), en: en.into(), detail: finding.detail }
}

fn describe(card: &Card, facts: &Facts<'_>) -> Certificate {
    let claims = card.claims();
    let names = |zh: &str, en: &str| Names { zh: zh.to_owned().into(), en: en.to_owned().into() };
    Certificate {
        region: facts.region.filter(|region| region.code == claims.iss).map(|region| names(&region.name_zh, &region.name_en)),
        provider: facts.provider.filter(|provider| provider.code == claims.prv).map(|provider| names(&provider.name_zh, &provider.name_en)),
        kind: claims.typ.words().into(),
        level: claims.lvl.map(|level| level.words().into()),
        grade: claims.grd.map(|grade| grade.words().into()),
        claims: claims.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jws::Signer;
    use core::cell::RefCell;

    #[derive(Default)]
    struct Memo(RefCell<Vec<[u8; 32]>>);

    impl SignatureMemo for Memo {
        fn is_known(&self, digest: &[u8; 32]) -> bool {
            self.0.borrow().contains(digest)
        }
        fn remember(&self, digest: [u8; 32]) {
            self.0.borrow_mut().push(digest);
        }
    }

    #[test]
    fn a_memo_vouches_for_one_key_and_for_good_signatures_only() {
        let claims = r#"{"iss":"310000","prv":"91350100M000100Y43","num":"TEST","typ":"hours","nam":"张三","id4":"002X","day":"2026-01-01","iat":1772323200,"sts":[1,2]}"#;
        let claims: crate::card::Claims = serde_json::from_str(claims).expect("valid claims");
        let [ours, theirs] = [1, 2].map(|seed| Signer::from_seed(&[seed; 32]));
        let card = Card::sign(&claims, &ours).expect("good claims");
        let key = |signer: &Signer| IssuerKey {
            public: *signer.public(),
            region: claims.iss.clone(),
            provider: claims.prv.clone(),
            from: Instant(0),
            until: Instant(i64::MAX),
            revoked: None,
        };
        let memo = Memo::default();
        assert!(is_signed(&card, &key(&ours), &memo) && is_signed(&card, &key(&ours), &memo));
        for _ in 0..2 {
            assert!(!is_signed(&card, &key(&theirs), &memo));
        }
        assert_eq!(memo.0.borrow().len(), 1);
    }
}
