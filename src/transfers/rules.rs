//! Pure parts of transfers: what a row means to the protocol, what was used of a limit, and when to try again.

use std::collections::BTreeMap;

use verifier::documents::{Digest, GrantId, SchemeId};
use verifier::recognition::{Accord, Booking, LotFacts, Used};
use verifier::time::Day;
use verifier::transfer::TransferOutcome;
use verifier::transfer::protocol::channel::ChannelState;
use verifier::transfer::protocol::destination::Decided;
use verifier::transfer::protocol::source::Source;
use verifier::transfer::{Misconduct, Offer, protocol::Channel};

use crate::ledger::{Facts, LotKind};

/// Seconds between the first two tries.
const FIRST_PAUSE: i64 = 5;
/// Most seconds between two tries.
const LONGEST_PAUSE: i64 = 3_600;

/// A channel as the protocol has it; none where the row does not hold what this program writes.
pub fn channel(epochs: (i64, i64), state: &str, asked: Option<(&str, i64)>) -> Option<Channel> {
    let (own, peer) = epochs;
    let state = match (state, asked) {
        ("open", None) => ChannelState::Open,
        ("stopped", None) => ChannelState::Stopped,
        ("resync", Some((asked, wanted))) => ChannelState::Resync { asked: Digest::parse(asked).ok()?, wanted: u32::try_from(wanted).ok()? },
        _ => return None,
    };
    Some(Channel { own: u32::try_from(own).ok()?, peer: u32::try_from(peer).ok()?, state })
}

/// The state of the side that asks; of any other row, that there is no such transfer.
pub fn source(state: &str) -> Source {
    match state {
        "reserved" => Source::Reserved,
        "settled" => Source::Settled,
        "returned" => Source::Returned,
        _ => Source::None,
    }
}

/// What the side that was asked has decided; none where the row does not hold what this program writes.
pub fn decided(state: &str, terms: Option<&str>, epoch: Option<i64>) -> Option<Decided> {
    let outcome = TransferOutcome::parse(state).ok()?;
    let terms = terms.map(Digest::parse).transpose().ok()?;
    Some(Decided { outcome, terms, epoch: u32::try_from(epoch?).ok()? })
}

/// Whether what a learner has moved before counts under a grant.
pub fn is_limited(accord: &Accord<'_>, grant: &GrantId) -> bool {
    accord.agreement.grant(grant).is_some_and(|grant| !grant.limits.is_empty())
}

/// What was booked under a limit, scheme by scheme: all of it, and what fell into the calendar year of `today`.
pub fn used<'a>(booked: impl Iterator<Item = (Day, &'a Booking)>, today: Day) -> Vec<Used> {
    let mut all: BTreeMap<&SchemeId, (i64, i64)> = BTreeMap::new();
    for (day, booking) in booked {
        let (year, source) = all.entry(&booking.scheme).or_default();
        *year += if day.year() == today.year() { booking.amount.hundredths() } else { 0 };
        *source += booking.amount.hundredths();
    }
    all.into_iter().map(|(scheme, (year, source))| Used { scheme: scheme.clone(), year, source }).collect()
}

/// What is booked for an OFFER, as what went out of it: each lot in the units of the source.
pub fn offered(offer: &Offer) -> Vec<Booking> {
    let booking = |facts: &LotFacts| Booking {
        lot: Some(facts.id.clone()),
        scheme: facts.scheme.clone(),
        category: facts.category.clone(),
        course: facts.course.clone(),
        amount: facts.amount,
        expires: facts.expires,
    };
    offer.lots.iter().map(|lot| booking(&lot.facts)).collect()
}

/// What a received lot is: as its source where lots are converted one by one, otherwise a course of the earliest day. None where the source is not
/// in the OFFER.
pub fn received(offer: &Offer, own: &Digest, learner: &str, part: usize, booking: &Booking) -> Option<Facts> {
    let lots = || offer.lots.iter().map(|lot| &lot.facts);
    let from = match &booking.lot {
        Some(id) => Some(lots().find(|lot| lot.id == *id)?),
        None => None,
    };
    Some(Facts {
        learner: learner.to_owned(),
        scheme: booking.scheme.as_str().to_owned(),
        kind: match from {
            Some(lot) => LotKind::parse(lot.kind.as_str())?,
            None => LotKind::Course,
        },
        category: booking.category.as_ref().map(|category| category.as_str().to_owned()),
        course: booking.course.as_ref().map(|course| course.as_str().to_owned()),
        title: None,
        occupation: from.and_then(|lot| lot.occupation.clone()),
        level: from.and_then(|lot| lot.level),
        grade: from.and_then(|lot| lot.grade),
        provider: None,
        earned_on: from.map_or_else(|| lots().map(|lot| lot.earned).min(), |lot| Some(lot.earned))?,
        basis: own.to_string(),
        part: u32::try_from(part).ok()?,
    })
}

/// Why a channel was stopped, in a word that is kept.
pub fn alarm(misconduct: &Misconduct) -> &'static str {
    match misconduct {
        Misconduct::SameSeq => "same_seq",
        Misconduct::TwoDecisions => "two_decisions",
        Misconduct::TwoOffers => "two_offers",
        Misconduct::BeyondMinted(_) => "beyond_minted",
    }
}

/// Seconds until a transfer is put again after `tries` tries: twice as long each time, up to an hour; a quarter of it by chance, so that many do not
/// come at once.
pub fn pause(tries: i64, chance: u8) -> i64 {
    let doubled = u32::try_from(tries.clamp(0, 20)).map_or(LONGEST_PAUSE, |tries| FIRST_PAUSE.saturating_mul(2_i64.saturating_pow(tries)));
    let whole = doubled.min(LONGEST_PAUSE);
    whole - whole / 4 * i64::from(chance) / 255
}

/// What went wrong, as a code: the one that the other side gave, if it gave one.
pub fn told<'a>(code: &'a str, got: &'a str) -> &'a str {
    got.split_once(' ').map_or(code, |(_, told)| if told.contains('.') && !told.contains(' ') { told } else { code })
}

/// Whether the answer is one that no retry mends: a refusal with a code, but for those that ask to come again.
pub fn is_final(got: &str) -> bool {
    let again = ["transfer.resyncing", "transfer.stopped", "http.rate_limited"];
    got.split_once(' ').is_some_and(|(status, code)| status.starts_with('4') && !again.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::documents::Amount;

    #[test]
    fn a_pause_doubles_up_to_an_hour_and_chance_takes_a_quarter_of_it() {
        assert_eq!([0, 1, 2, 9, 10, 1_000].map(|tries| pause(tries, 0)), [5, 10, 20, 2_560, 3_600, 3_600]);
        assert_eq!([pause(0, 255), pause(9, 255), pause(10, 128)], [4, 1_920, 3_149]);
    }

    #[test]
    fn only_a_refusal_with_a_code_that_asks_for_no_retry_is_final() {
        for got in ["409 transfers.contradiction", "422 transfer.conflict", "422 transfers.too_many_salts"] {
            assert!(is_final(got), "{got}");
            assert_eq!(told("partners.status", got), &got[4..]);
        }
        for got in ["422 transfer.stopped", "422 transfer.resyncing", "429 http.rate_limited", "404", "500", "503 http.unavailable", "no such host"] {
            assert!(!is_final(got), "{got}");
        }
        assert_eq!(["404", "no such host", ""].map(|got| told("partners.status", got)), ["partners.status"; 3]);
    }

    #[test]
    fn what_was_used_is_summed_by_scheme_and_year() {
        let day = |text| Day::parse(text).expect("a day");
        let booking = |scheme, amount| Booking {
            lot: None,
            scheme: SchemeId::parse(scheme).expect("a scheme"),
            category: None,
            course: None,
            amount: Amount::new(amount).expect("an amount"),
            expires: None,
        };
        let (one, two) = (booking("320000:credit", 100), booking("320000:hours", 50));
        let booked = [(day("2025-12-31"), &one), (day("2026-01-01"), &one), (day("2026-06-01"), &two)];
        let told: Vec<_> = used(booked.into_iter(), day("2026-12-31")).into_iter().map(|used| (used.year, used.source)).collect();
        assert_eq!(told, [(100, 200), (50, 50)]);
    }
}
