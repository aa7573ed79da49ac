//! The rules of transfers one by one: what a destination decides, what a source offers, every step of both, the epochs of a channel, statements.
//! That they belong together is shown by `transfer_model.rs`.

mod common;

use common::agreements::{noon, region};
use common::cards::Draw;
use common::transfers::{DAY, accord, an_offer, at, day, envelope, lots, person, read_terms, ruled, stamp, transfer};
use proptest::prelude::*;
use verifier::agreement::Life;
use verifier::documents::{Amount, Digest, GrantId, SchemeId};
use verifier::recognition::{Context, Used};
use verifier::transfer::TransferOutcome::{Accepted, Rejected};
use verifier::transfer::protocol::channel::{Channel, ChannelState, Handed};
use verifier::transfer::protocol::destination::{self, Decided, DestinationAction, DestinationEvent, GiveBack, give_back};
use verifier::transfer::protocol::source::{self, Source, SourceAction, SourceEvent};
use verifier::transfer::protocol::{Desk, Envelope, NotOffered, Proposal, Stamp, offer, quote};
use verifier::transfer::{Message, Offer, OfferedLot, Reason, StatementLine, Tally, TransferDecision, TransferRule, root};

#[test]
fn an_offer_is_accepted_with_what_both_computed() {
    let offer = an_offer();
    let ruling = ruled(&offer, |_| {}).expect("a ruling");
    assert_eq!((ruling.reason, &ruling.lots), (None, &offer.gives));
    assert_eq!(ruling.lots.iter().map(|lot| lot.amount.hundredths()).collect::<Vec<_>>(), [160, 159]);
    let evaluated = ruling.evaluated.as_ref().map(|decision| Digest::of_bytes(&decision.to_bytes()));
    assert_eq!(evaluated, Some(offer.decision), "the same inputs give the same bytes in both regions");
}

#[test]
fn every_reason_against_an_offer_is_told() {
    let good = an_offer();
    let because = |offer: &Offer, change: fn(&mut Desk<'_>)| ruled(offer, change).expect("a ruling");
    let dead = |life: Life| ruled(&good, |desk| desk.accord = desk.accord.map(|own| verifier::recognition::Accord { life, ..own }));
    let used: &[Used] = Box::leak(Box::new([Used { scheme: SchemeId::parse("320000:credit").expect("a scheme"), year: 1_700, source: 1_700 }]));
    let capped = ruled(&good, |desk| desk.context.used = used).expect("a ruling");
    let mut other_gives = good.clone();
    other_gives.gives[0].amount = Amount::new(161).expect("in range");
    let mut hours = good.clone();
    hours.lots[0].facts.scheme = SchemeId::parse("310000:hour").expect("a scheme");
    let mut stale = good.clone();
    stale.lots[0].facts.expires = Some(day(DAY));
    let nobody = Offer { grant: GrantId::parse("h").expect("an id"), ..good.clone() };
    for (reason, ruling) in [
        (Reason::Agreement, because(&good, |desk| desk.accord = None)),
        (Reason::Agreement, because(&Offer { agreement: Digest::of("other"), ..good.clone() }, |_| {})),
        (Reason::Agreement, dead(Life { ended_on: Some(day(DAY)), ..Life::AGREED }).expect("a ruling")),
        (Reason::Agreement, dead(Life { superseded_from: Some(day(DAY)), ..Life::AGREED }).expect("a ruling")),
        (Reason::Agreement, dead(Life { is_agreed: false, ..Life::AGREED }).expect("a ruling")),
        (Reason::Grant, because(&nobody, |_| {})),
        (Reason::Grant, because(&Offer { iss: region("330000"), ..good.clone() }, |_| {})),
        (Reason::Subject, because(&good, |desk| desk.has_account = false)),
        (Reason::Expired, because(&stale, |_| {})),
        (Reason::Limits, capped),
        (Reason::Checks, because(&hours, |_| {})),
        (Reason::Gives, because(&other_gives, |_| {})),
    ] {
        assert_eq!((ruling.reason, ruling.lots.len()), (Some(reason), 0), "{reason}");
        let told = TransferDecision::on(&good, Digest::of("offer"), ruling, day(DAY), stamp(1));
        assert_eq!((told.outcome, told.reason), (Rejected, Some(reason)));
        assert!(told.sign(&common::agreements::region_signer("320000")).is_ok(), "{reason}: it can be told");
    }
}

#[test]
fn what_is_not_for_here_or_not_of_now_is_not_decided() {
    let offer = an_offer();
    let elsewhere = Offer { aud: region("330000"), ..offer.clone() };
    assert_eq!(ruled(&elsewhere, |_| {}), Err(TransferRule::Audience), "a replay to a third region");
    for (channel, rule) in [
        (Channel { peer: 2, ..Channel::FIRST }, TransferRule::Epoch),
        (Channel::FIRST.asks(Digest::of("r"), 2), TransferRule::Resyncing),
        (Channel::FIRST.stopped(), TransferRule::Stopped),
    ] {
        assert_eq!(ruled(&offer, |desk| desk.channel = channel), Err(rule));
    }
    let ahead = Offer { epoch: 2, ..offer };
    assert_eq!(ruled(&ahead, |_| {}), Err(TransferRule::EpochUnannounced));
}

#[test]
fn a_source_offers_only_what_would_be_recognised_and_cannot_expire_meanwhile() {
    let (agreement, iss, place) = (read_terms(), region("310000"), region("320000"));
    let proposal = |lots: Vec<OfferedLot>| Proposal { iss: &iss, accord: accord(&agreement), grant: GrantId::parse("g").expect("an id"), lots };
    let context = Context::new(&place, day(DAY));
    let made = |lots| offer(&proposal(lots), &context, &envelope()).map(|(offer, decision)| (offer.gives, decision));
    let expiring = |on: &str| {
        let mut lots = lots();
        lots[1].facts.expires = Some(day(on));
        lots
    };
    let lot = lots()[1].facts.id.clone();
    assert_eq!(made(expiring("2026-03-08")).map(|_| ()), Err(NotOffered::ExpiresTooSoon(lot)), "on the day of answer_by it is expired");
    let (gives, decision) = made(expiring("2026-03-09")).expect("it is good to the end of the day");
    assert_eq!(gives, decision.gives);
    let late = Envelope { answer_by: noon("2026-03-08").plus_seconds(12 * 3_600), ..envelope() };
    assert!(offer(&proposal(expiring("2026-03-09")), &context, &late).is_err(), "midnight in China is the next day");
    let mut hours = lots();
    hours[0].facts.scheme = SchemeId::parse("310000:hour").expect("a scheme");
    assert!(matches!(made(hours), Err(NotOffered::NotRecognised(decision)) if decision.failed().count() == 1));
    let nothing = Proposal { grant: GrantId::parse("h").expect("an id"), ..proposal(lots()) };
    assert_eq!(quote(&nothing, &context).map(|_| ()), Err(NotOffered::Grant));
}

#[test]
fn what_is_put_again_in_another_epoch_is_the_same_terms_and_nothing_else_is() {
    let offer = an_offer();
    let again = offer.anew(at(1_000_000), Stamp { epoch: 2, iat: at(5), seq: 9 });
    assert_eq!((again.epoch, again.seq, again.terms()), (2, 9, offer.terms()));
    let mut more = offer.clone();
    more.lots[0].facts.amount = Amount::new(199).expect("in range");
    for other in [Offer { jti: transfer("trf_09"), ..offer.clone() }, Offer { gives: vec![], ..offer.clone() }, more] {
        assert_ne!(other.terms(), offer.terms());
    }
    let Message::Return(back) = common::transfers::open(&common::transfers::example("return")).expect("a RETURN").message else { panic!("a RETURN") };
    assert_eq!(back.anew(at(1_000_000), stamp(7)).terms(), back.terms());
    assert_eq!(back.answer(Digest::of("r"), vec![], day(DAY), stamp(1)).reason, Some(Reason::Unknown));
    assert_eq!(back.answer(Digest::of("r"), offer.gives, day(DAY), stamp(1)).outcome, Accepted);
}

#[test]
fn only_a_decision_leads_a_source_out_of_reserved() {
    use Source::{None, Reserved, Returned, Settled};
    let decided = |outcome| SourceEvent::Decided { outcome, is_ours: true };
    let put = |signed_in| SourceEvent::Put { signed_in, own: 2 };
    let rows = [
        (
            SourceEvent::Wanted,
            [(Reserved, SourceAction::Hold), (Reserved, SourceAction::Nothing), (Settled, SourceAction::Nothing), (Returned, SourceAction::Nothing)],
        ),
        (
            put(2),
            [(None, SourceAction::Nothing), (Reserved, SourceAction::Send), (Settled, SourceAction::Nothing), (Returned, SourceAction::Nothing)],
        ),
        (
            put(1),
            [(None, SourceAction::Nothing), (Reserved, SourceAction::SignAnew), (Settled, SourceAction::Nothing), (Returned, SourceAction::Nothing)],
        ),
        (
            SourceEvent::Due,
            [(None, SourceAction::Nothing), (Reserved, SourceAction::Cancel), (Settled, SourceAction::Nothing), (Returned, SourceAction::Nothing)],
        ),
        (
            decided(Accepted),
            [(None, SourceAction::Alarm), (Settled, SourceAction::BookOut), (Settled, SourceAction::Nothing), (Returned, SourceAction::Alarm)],
        ),
        (
            decided(Rejected),
            [(None, SourceAction::Alarm), (Returned, SourceAction::Release), (Settled, SourceAction::Alarm), (Returned, SourceAction::Nothing)],
        ),
    ];
    for (event, expected) in rows {
        for (state, expected) in [None, Reserved, Settled, Returned].into_iter().zip(expected) {
            assert_eq!(source::step(state, event), expected, "{state:?} {event:?}");
        }
    }
    for state in [None, Reserved, Settled, Returned] {
        let strange = SourceEvent::Decided { outcome: Accepted, is_ours: false };
        assert_eq!(source::step(state, strange), (state, SourceAction::Alarm), "an answer to what was not asked changes nothing");
    }
}

#[test]
fn a_destination_decides_once_and_repeats_it_ever_after() {
    let (terms, other) = (Digest::of("terms"), Digest::of("other"));
    let decided = |outcome, terms, epoch| Some(Decided { outcome, terms, epoch });
    use DestinationEvent::{Asked, Cancelled, Ruled};
    let (accepted, tombstone) = (decided(Accepted, Some(terms), 1), decided(Rejected, None, 1));
    for (state, event, own, expected) in [
        (None, Asked(terms), 1, (None, DestinationAction::Decide)),
        (None, Ruled(terms, Accepted), 1, (accepted, DestinationAction::BookIn)),
        (None, Ruled(terms, Rejected), 1, (decided(Rejected, Some(terms), 1), DestinationAction::Reject)),
        (None, Cancelled, 1, (tombstone, DestinationAction::Tombstone)),
        (accepted, Asked(terms), 1, (accepted, DestinationAction::Answer)),
        (accepted, Ruled(terms, Rejected), 1, (accepted, DestinationAction::Answer)),
        (accepted, Cancelled, 1, (accepted, DestinationAction::Answer)),
        (accepted, Asked(other), 1, (accepted, DestinationAction::Conflict)),
        (accepted, Asked(other), 2, (accepted, DestinationAction::Conflict)),
        (accepted, Asked(terms), 2, (decided(Accepted, Some(terms), 2), DestinationAction::SignAnew)),
        (tombstone, Asked(terms), 1, (tombstone, DestinationAction::Answer)),
        (tombstone, Cancelled, 3, (decided(Rejected, None, 3), DestinationAction::SignAnew)),
    ] {
        assert_eq!(destination::step(state, event, own), expected, "{state:?} {event:?} {own}");
    }
}

#[test]
fn what_is_derived_after_a_restore_is_the_latest_word() {
    assert_eq!(source::derive(false, [].into_iter()), Source::None);
    assert_eq!(source::derive(true, [].into_iter()), Source::Reserved);
    assert_eq!(source::derive(true, [(1, Rejected), (2, Accepted)].into_iter()), Source::Settled);
    assert_eq!(source::derive(false, [(3, Rejected), (2, Accepted)].into_iter()), Source::Returned, "though the OFFER itself is lost");
    let decided = |outcome, epoch| Decided { outcome, terms: None, epoch };
    assert_eq!(destination::derive([].into_iter()), None);
    assert_eq!(destination::derive([decided(Rejected, 1), decided(Accepted, 2)].into_iter()), Some(decided(Accepted, 2)));
}

#[test]
fn only_what_is_out_can_come_back_and_only_once() {
    for (original, is_back, expected) in [
        (Source::None, false, GiveBack::Reject),
        (Source::Reserved, false, GiveBack::Later),
        (Source::Returned, false, GiveBack::Reject),
        (Source::Settled, false, GiveBack::Accept),
        (Source::Settled, true, GiveBack::Reject),
    ] {
        assert_eq!(give_back(original, is_back), expected);
    }
}

#[test]
fn a_channel_goes_on_only_with_the_answer_to_its_own_question() {
    let (asked, other) = (Digest::of("asked"), Digest::of("other"));
    let open = Channel { own: 1, peer: 3, state: ChannelState::Open };
    assert_eq!((open.wanted(0), open.wanted(7)), (2, 8));
    let waits = open.asks(asked, 2);
    assert_eq!((open.hands_over_in(), waits.hands_over_in(), waits.stopped().hands_over_in()), (1, 2, 1));
    assert_eq!(waits.handed(asked, 4, 3), Handed::Derive(Channel { own: 4, peer: 3, state: ChannelState::Open }));
    assert_eq!(waits.handed(asked, 4, 2), Handed::Raise(open.asks(asked, 4)), "of before a restore of the other, but it tells what is wanted");
    assert_eq!(waits.handed(asked, 2, 2), Handed::Stale);
    assert_eq!(waits.handed(other, 2, 3), Handed::Nothing);
    assert_eq!((open.handed(other, 2, 3), open.handed(other, 1, 3)), (Handed::AskAnew, Handed::Nothing));
    assert_eq!(open.stopped().handed(asked, 9, 9), Handed::Nothing);
    assert_eq!(open.grant(2, false), (Channel { peer: 4, ..open }, 4), "never an epoch that was used");
    assert_eq!(open.grant(9, false), (Channel { peer: 9, ..open }, 9));
    assert_eq!(open.grant(2, true), (open, 3), "a repetition raises nothing");
}

#[test]
fn the_same_inputs_give_the_same_ruling() {
    for seed in 0..300 {
        let (mut one, mut other) = (Draw(seed), Draw(seed));
        let rule = |draw: &mut Draw| {
            let mut offer = an_offer();
            offer.lots[0].facts.amount = Amount::new(1 + draw.below(400) as i64).expect("in range");
            offer.epoch = 1 + draw.below(2) as u32;
            let has_account = draw.below(4) > 0;
            ruled(&offer, |desk| desk.has_account = has_account).map(|ruling| TransferDecision::on(&offer, offer.terms(), ruling, day(DAY), stamp(1)))
        };
        assert_eq!(rule(&mut one), rule(&mut other));
    }
    assert!(an_offer().subject.is(&person()));
}

fn line(at: i64, amount: i64) -> StatementLine {
    StatementLine { jti: transfer(&format!("trf_{at}")), decision: Digest::of(&at.to_string()), amount }
}

proptest! {
    #[test]
    fn statements_agree_exactly_where_their_decisions_do(amounts in prop::collection::vec(1_i64..1_000, 1..40), turn in 0_usize..40, at in 0_usize..40) {
        let lines: Vec<_> = amounts.iter().enumerate().map(|(at, amount)| line(at as i64, *amount)).collect();
        let (mut turned, at) = (lines.clone(), at % lines.len());
        turned.rotate_left(turn % lines.len());
        let tally = Tally::of(&lines);
        prop_assert_eq!(tally, Tally::of(&turned));
        prop_assert_eq!((tally.n as usize, tally.amount), (amounts.len(), amounts.iter().sum::<i64>()));
        let without: Vec<_> = lines.iter().enumerate().filter(|(own, _)| *own != at).map(|(_, line)| line.clone()).collect();
        let mut other = lines.clone();
        other[at].decision = Digest::of("other");
        let mut twice = lines;
        twice.push(twice[at].clone());
        for changed in [without, other, twice] {
            prop_assert_ne!(Tally::of(&changed).root, tally.root);
        }
    }

    #[test]
    fn a_root_is_that_of_the_two_sides_of_rfc_6962(count in 2_usize..80) {
        let leaves: Vec<[u8; 1]> = (0..count).map(|at| [at as u8]).collect();
        let split = count.next_power_of_two() / 2;
        let (left, right) = leaves.split_at(split);
        let (left, right) = (root(left), root(right));
        let node: Vec<u8> = [&[1][..], left.as_bytes(), right.as_bytes()].concat();
        prop_assert_eq!(root(&leaves), verifier::bundle::Hash::of(&node));
    }
}
