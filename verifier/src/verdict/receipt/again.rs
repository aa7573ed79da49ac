//! The decision of a receipt, made again.

use crate::agreement::Life;
use crate::documents::{Digest, Waiver, WaiverId};
use crate::recognition::{Accord, CaseFacts, CheckName, Context, Decision, evaluate};
use crate::time::Instant;
use crate::verdict::Provider;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What is not as the agreement has it: a check, or another member; none where the decision comes out the same, byte for byte.
///
/// The case, the day and what was known of the provider are the decision's own word; so are that the agreement had not been ended or superseded by
/// then, and which checks the place waived: its signature on the receipt is worth as much as one on a waiver. What it may not waive it cannot here.
pub(super) fn differs(decision: &Decision, accord: &Accord<'_>) -> Option<String> {
    let Some(grant) = accord.agreement.grant(&decision.grant) else { return Some("grant".into()) };
    let Some(waivers) = waivers(decision) else { return Some("waived".into()) };
    let providers = decision.providers();
    let providers: Vec<&Provider> = providers.iter().collect();
    let context = Context { place: &decision.to, day: decision.day, providers: &providers, used: &[], waivers: &waivers };
    let again = evaluate(&Accord { life: Life::AGREED, ..*accord }, grant, &decision.case, &context);
    if again.to_bytes() == decision.to_bytes() {
        return None;
    }
    let lengths = again.checks.len() == decision.checks.len();
    let other = again.checks.iter().zip(&decision.checks).find(|(again, told)| again != told);
    Some(other.filter(|_| lengths).map_or_else(|| "checks".into(), |(again, _)| again.check.to_string()))
}

/// The waivers that a decision about a certificate names, each for the checks that it made ok.
fn waivers(decision: &Decision) -> Option<Vec<(Digest, Waiver)>> {
    let CaseFacts::Certificate(facts) = &decision.case else { return None };
    let mut named: Vec<(Digest, Vec<CheckName>)> = Vec::new();
    for check in &decision.checks {
        for digest in &check.waived {
            match named.iter_mut().find(|(own, _)| own == digest) {
                Some((_, checks)) => checks.push(check.check),
                None => named.push((*digest, Vec::from([check.check]))),
            }
        }
    }
    let id = WaiverId::parse("wvr_0").ok()?;
    let waiver = |(digest, checks)| {
        let waiver = Waiver {
            id: id.clone(),
            region: decision.to.clone(),
            agreement: decision.agreement,
            grant: decision.grant.clone(),
            case: facts.number.to_string(),
            checks,
            role: String::new(),
            reason: String::new(),
            from: decision.day,
            until: decision.day.add_days(1),
            at: Instant(0),
        };
        (digest, waiver)
    };
    Some(named.into_iter().map(waiver).collect())
}
