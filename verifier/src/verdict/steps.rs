//! The steps of a verdict, one function each. Each looks at one question and says by which rule it was answered.

use super::{Facts, IssueRequest, IssuerKey, KeyRevocationReason, StatusFact, StepResult};
use crate::card::Claims;
use crate::status::Status;
use crate::time::{Instant, Zone};
use alloc::string::{String, ToString};

/// How far a card's time of issue may lie ahead of the reader's clock, in seconds: clocks differ.
pub(super) const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// How a step ended, before it has words.
pub(super) struct Finding {
    pub result: StepResult,
    pub code: &'static str,
    pub detail: Option<String>,
}

impl Finding {
    pub fn ok(code: &'static str) -> Finding {
        Finding { result: StepResult::Ok, code, detail: None }
    }

    pub fn failed(code: &'static str) -> Finding {
        Finding { result: StepResult::Failed, code, detail: None }
    }

    pub fn unchecked(code: &'static str) -> Finding {
        Finding { result: StepResult::Unchecked, code, detail: None }
    }

    pub fn about(self, detail: Option<impl ToString>) -> Finding {
        Finding { detail: detail.map(|detail| detail.to_string()), ..self }
    }

    /// What is left of this finding once the facts have expired: a final "no" stays one, all else may have changed since.
    pub fn after_expiry_of_facts(self) -> Finding {
        let is_final = matches!(self.code, "status.revoked" | "status.replaced" | "key.revoked" | "key.compromised");
        match self.result {
            StepResult::Failed if is_final => self,
            StepResult::Unchecked => self,
            StepResult::Ok | StepResult::Failed => Finding::unchecked("facts.expired"),
        }
    }
}

/// No key: the facts are older than the card, lack a part, or know no such key.
pub(super) fn signature_without_key(claims: &Claims, facts: &Facts<'_>) -> Finding {
    let code = if claims.iat > facts.as_of { "signature.key_newer_than_facts" } else { "signature.key_unknown" };
    Finding::unchecked(code).about(facts.missing_part.as_deref())
}

/// Chain model: the key is judged at the time of issue; roll-over later invalidates no paper.
pub(super) fn key_window(claims: &Claims, key: &IssuerKey, now: Instant) -> Finding {
    if key.region != claims.iss {
        return Finding::failed("key.region_mismatch").about(Some(&key.region));
    }
    if key.provider != claims.prv {
        return Finding::failed("key.provider_mismatch").about(Some(&key.provider));
    }
    match key.revoked {
        Some(revoked) if revoked.reason == KeyRevocationReason::Compromise => {
            return Finding::failed("key.compromised").about(Some(revoked.at));
        }
        Some(revoked) if claims.iat >= revoked.at => return Finding::failed("key.revoked").about(Some(revoked.at)),
        _ => {}
    }
    if claims.iat < key.from || claims.iat >= key.until {
        return Finding::failed("key.outside_window").about(Some(claims.iat));
    }
    if claims.iat > now.plus_seconds(CLOCK_TOLERANCE_SECONDS) {
        return Finding::unchecked("key.issued_in_future").about(Some(claims.iat));
    }
    Finding::ok("key.ok")
}

/// The provider is judged on the day of issue in the region's zone: a later bar takes nothing back.
pub(super) fn issuer(claims: &Claims, facts: &Facts<'_>) -> Finding {
    let Some(region) = facts.region else {
        return Finding::unchecked("issuer.region_unknown").about(Some(&claims.iss));
    };
    if region.code != claims.iss {
        return Finding::failed("issuer.region_mismatch").about(Some(&region.code));
    }
    let Some(provider) = facts.provider else {
        return Finding::unchecked("issuer.provider_unknown").about(facts.missing_part.as_deref());
    };
    if provider.code != claims.prv {
        return Finding::failed("issuer.provider_mismatch").about(Some(&provider.code));
    }
    let day = claims.iat.day_in(region.zone);
    let mut intervals = provider.on(day).peekable();
    if intervals.peek().is_none() {
        let older = claims.iat > facts.as_of;
        let finding = if older { Finding::unchecked("issuer.newer_than_facts") } else { Finding::failed("issuer.not_listed") };
        return finding.about(Some(day));
    }
    // Where intervals overlap each must allow it, so that a bar is never outvoted.
    match intervals.try_for_each(|interval| interval.may_issue(&IssueRequest::from(claims))) {
        Ok(()) => Finding::ok("issuer.ok"),
        Err(bar) => Finding::failed(bar.code()).about(Some(day)),
    }
}

/// The entry of the status list.
pub(super) fn status(facts: &Facts<'_>) -> Finding {
    match &facts.status {
        StatusFact::Known(Status::Valid, _) => Finding::ok("status.ok"),
        StatusFact::Known(Status::Suspended, _) => Finding::failed("status.suspended"),
        StatusFact::Known(Status::Revoked, _) => Finding::failed("status.revoked"),
        StatusFact::Known(Status::Replaced, successor) => Finding::failed("status.replaced").about(successor.as_deref()),
        StatusFact::Beyond => Finding::unchecked("status.newer_than_facts"),
        StatusFact::Missing(part) => Finding::unchecked("status.missing").about(Some(part)),
    }
}

/// The card's own term, in civil days of its region.
pub(super) fn expiry(claims: &Claims, zone: Zone, now: Instant) -> Finding {
    match claims.exp {
        None => Finding::ok("expiry.none"),
        Some(exp) if now.day_in(zone) < exp => Finding::ok("expiry.ok").about(Some(exp)),
        Some(exp) => Finding::failed("expiry.expired").about(Some(exp)),
    }
}
