//! Messages about moving credit: one full example of each kind, and what each refuses.

use super::agreements::{noon, region, region_signer};
use super::recognitions::{CREDIT, agreement};
use verifier::agreement::{Agreement, Life};
use verifier::base64url;
use verifier::documents::{Amount, Digest, DocumentError, GrantId, TransferId};
use verifier::ids::{IdDocument, IdKind};
use verifier::jws::sign_compact;
use verifier::recognition::{Accord, CaseFacts, Context};
use verifier::time::{Day, Instant, Zone};
use verifier::transfer::protocol::{Channel, Desk, Envelope, Proposal, Ruling, Stamp, decide, offer};
use verifier::transfer::{
    Cancel, Handover, Message, Offer, OfferedLot, Resync, Return, Salt, Signed, Statement, StatementLine, Subject, Tally, TransferDecision,
    digests_root,
};

/// The day of every example.
pub const DAY: &str = "2026-03-01";

pub fn stamp(seq: u32) -> Stamp {
    Stamp { epoch: 1, iat: noon(DAY), seq }
}

pub fn transfer(id: &str) -> TransferId {
    TransferId::parse(id).expect("an id")
}

pub fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

pub fn person() -> IdDocument {
    IdDocument::parse(IdKind::Resident, "11010519491231002X").expect("a number")
}

/// The agreement of the examples: four fifths, at most 20.00 a year.
pub fn terms() -> String {
    let rest = r#","convert":{"ratio":[4,5],"scheme":"320000:credit"},"limits":[{"per":"learner-year","amount":2000}]"#;
    agreement("credit", r#"{"scheme":"310000:credit"}"#, rest)
}

pub fn read_terms() -> Agreement {
    Agreement::read(terms().as_bytes()).expect("a good agreement")
}

pub fn accord(agreement: &Agreement) -> Accord<'_> {
    Accord { agreement, digest: Digest::of(&terms()), life: Life::AGREED }
}

/// The lots of the vectors of recognition, each a part of what was minted.
pub fn lots() -> Vec<OfferedLot> {
    let facts = CaseFacts::read(CREDIT.as_bytes()).expect("facts");
    facts.lots().iter().map(|facts| OfferedLot { facts: facts.clone(), minted: Amount::new(200).expect("in range"), part: 0 }).collect()
}

pub fn envelope() -> Envelope {
    let subject = Subject::of(&person(), Salt([5; 16]));
    Envelope { jti: transfer("trf_01"), subject, answer_by: noon("2026-03-08"), zone: Zone::CHINA, stamp: stamp(1) }
}

/// An OFFER of Shanghai to Jiangsu.
pub fn an_offer() -> Offer {
    let agreement = read_terms();
    let (iss, place) = (region("310000"), region("320000"));
    let proposal = Proposal { iss: &iss, accord: accord(&agreement), grant: GrantId::parse("g").expect("an id"), lots: lots() };
    offer(&proposal, &Context::new(&place, day(DAY)), &envelope()).expect("it is recognised").0
}

/// What Jiangsu makes of an OFFER; `change` changes what it knows.
pub fn ruled(offer: &Offer, change: impl FnOnce(&mut Desk<'_>)) -> Result<Ruling, verifier::transfer::TransferRule> {
    let (agreement, place) = (read_terms(), region("320000"));
    let context = Context::new(&place, day(DAY));
    let mut desk = Desk { channel: Channel::FIRST, accord: Some(accord(&agreement)), context, has_account: true };
    change(&mut desk);
    decide(offer, &desk)
}

/// The name and the text of one message of each kind.
pub fn examples() -> Vec<(&'static str, String)> {
    let (sh, js) = (region_signer("310000"), region_signer("320000"));
    let put = an_offer();
    let offered = put.sign(&sh).expect("an OFFER");
    let accepted = TransferDecision::on(&put, Digest::of(&offered), ruled(&put, |_| {}).expect("a ruling"), day(DAY), stamp(1));
    let accepted = accepted.sign_fitting(&js).expect("a DECISION");
    let cancel = Cancel { iss: region("310000"), aud: region("320000"), jti: transfer("trf_02"), epoch: 1, iat: noon("2026-03-09") };
    let back = Return {
        iss: region("320000"),
        aud: region("310000"),
        jti: transfer("trf_03"),
        epoch: 1,
        iat: noon(DAY),
        answer_by: noon("2026-03-08"),
        of: transfer("trf_01"),
        offer: Digest::of(&offered),
        seq: 3,
    };
    let line = StatementLine { jti: put.jti.clone(), decision: Digest::of(&accepted), amount: put.total() };
    let statement = Statement {
        iss: region("310000"),
        aud: region("320000"),
        epoch: 1,
        iat: noon("2026-04-01"),
        through: day("2026-03-31"),
        open: 0,
        accepted: Tally::of([&line]),
        rejected: Tally::of([]),
        sent: 1,
        seen: 2,
    };
    let resync = Resync { iss: region("310000"), aud: region("320000"), epoch: 2, iat: noon("2026-04-02"), salt: Salt([6; 16]) };
    let resync = resync.sign(&sh).expect("a RESYNC");
    let held = vec![Digest::of(&offered), Digest::of(&accepted)];
    let handover = Handover {
        iss: region("320000"),
        aud: region("310000"),
        epoch: 1,
        for_epoch: 2,
        resync: Digest::of(&resync),
        iat: noon("2026-04-02"),
        n: 2,
        root: digests_root(held),
    };
    vec![
        ("offer", offered),
        ("transfer-decision", accepted),
        ("cancel", cancel.sign(&sh).expect("a CANCEL")),
        ("tombstone", cancel.tombstone(day("2026-03-09"), stamp(2)).sign(&js).expect("a tombstone")),
        ("return", back.sign(&js).expect("a RETURN")),
        ("statement", statement.sign(&sh).expect("a STATEMENT")),
        ("resync", resync),
        ("handover", handover.sign(&js).expect("a HANDOVER")),
    ]
}

pub fn example(name: &str) -> String {
    examples().into_iter().find(|(own, _)| *own == name).expect("an example").1
}

/// Header and payload of a text.
pub fn parts(text: &str) -> [String; 2] {
    let mut parts = text.split('.').map(|part| base64url::decode(part).expect("base64url"));
    [(); 2].map(|()| String::from_utf8(parts.next().expect("a part")).expect("UTF-8"))
}

/// The example with one thing replaced in its payload, signed by the region that it then names as sender.
pub fn changed(name: &str, from: &str, to: &str) -> String {
    let [header, payload] = parts(&example(name));
    let altered = payload.replacen(from, to, 1);
    assert_ne!(altered, payload, "{name}: {from} must occur");
    let signer = if payload.contains(r#""iss":"310000""#) { "310000" } else { "320000" };
    sign_compact(&header, altered.as_bytes(), &region_signer(signer))
}

pub fn open(text: &str) -> Result<Signed, DocumentError> {
    Message::open(text, &super::agreements::keys)
}

pub fn at(seconds: i64) -> Instant {
    noon(DAY).plus_seconds(seconds)
}

/// Of which example, what of its payload is replaced by what, and the code and member of the refusal.
#[rustfmt::skip]
pub const REFUSALS: &[(&str, &str, &str, &str, Option<&str>)] = &[
    ("offer", "\"aud\":\"320000\"", "\"aud\":\"310000\"", "transfer.same_region", Some("aud")),
    ("offer", "\"epoch\":1", "\"epoch\":0", "document.member", Some("epoch")),
    ("offer", "\"epoch\":1", "\"epoch\":4294967296", "document.member", Some("epoch")),
    ("offer", "\"seq\":1", "\"seq\":0", "document.member", Some("seq")),
    ("offer", "\"jti\":\"trf_01\"", "\"jti\":\"lot_01\"", "document.member", Some("jti")),
    ("offer", "\"iat\":1772337600", "\"iat\":-1", "document.member", Some("iat")),
    ("offer", "\"answer_by\":1772942400", "\"answer_by\":1772337600", "transfer.answer_by", Some("answer_by")),
    ("offer", "\"answer_by\":1772942400", "\"answer_by\":999999999999999", "document.member", Some("answer_by")),
    ("offer", "\"minted\":200", "\"minted\":199", "transfer.more_than_minted", Some("lots")),
    ("offer", "\"minted\":200,", "", "document.member", Some("lots")),
    ("offer", "\"minted\":200,", "\"minted\":200,\"minted\":200,", "document.member", Some("lots")),
    ("offer", "\"part\":0", "\"part\":0,\"note\":1", "document.member", Some("lots")),
    ("offer", "\"scheme\":\"310000:credit\"", "\"scheme\":\"330000:credit\"", "document.other_region", Some("lots")),
    ("offer", "\"id\":\"lot_a\"", "\"id\":\"lot_b\"", "document.twice", Some("lots")),
    ("offer", "\"salt\":\"BQUFBQUFBQUFBQUFBQUFBQ\"", "\"salt\":\"BQUFBQUFBQUFBQUFBQUFBR\"", "document.member", Some("subject")),
    ("offer", "\"decision\":", "\"note\":1,\"decision\":", "document.unknown", Some("note")),
    ("offer", "\"grant\":\"g\",", "", "document.missing", Some("grant")),
    ("offer", "\"grant\":\"g\",", "\"grant\":\"g\",\"grant\":\"g\",", "document.duplicate", Some("grant")),
    ("offer", "\"grant\":\"g\",", "\"grant\":\"g\", ", "document.form", None),
    ("offer", "offer/1", "offer/2", "document.member", Some("hufu")),
    ("transfer-decision", "\"outcome\":\"accepted\"", "\"outcome\":\"rejected\"", "transfer.reason", Some("reason")),
    ("transfer-decision", "\"outcome\":\"accepted\"", "\"outcome\":\"perhaps\"", "document.member", Some("outcome")),
    ("transfer-decision", "\"day\":\"2026-03-01\",", "\"day\":\"2026-03-01\",\"reason\":\"checks\",", "transfer.reason", Some("reason")),
    ("transfer-decision", "\"ok\":true", "\"ok\":false", "transfer.outcome", Some("checks")),
    ("transfer-decision", "\"check\":\"in_force\"", "\"check\":\"signed\"", "transfer.outcome", Some("checks")),
    ("tombstone", "\"reason\":\"cancelled\"", "\"reason\":\"checks\"", "transfer.reason", Some("reason")),
    ("tombstone", "\"outcome\":\"rejected\"", "\"outcome\":\"accepted\"", "transfer.reason", Some("reason")),
    ("tombstone", "\"seq\":2", "\"lots\":[{\"scheme\":\"320000:credit\",\"amount\":1}],\"seq\":2", "transfer.outcome", Some("lots")),
    ("cancel", "\"epoch\":1,", "\"epoch\":1,\"seq\":1,", "document.unknown", Some("seq")),
    ("return", "\"of\":\"trf_01\"", "\"of\":\"trf_03\"", "document.twice", Some("of")),
    ("return", "\"answer_by\":1772942400", "\"answer_by\":0", "transfer.answer_by", Some("answer_by")),
    ("statement", "\"accepted\":{\"n\":1", "\"accepted\":{\"n\":0", "transfer.tally", Some("accepted")),
    ("statement", "\"amount\":399", "\"amount\":-399", "transfer.tally", Some("accepted")),
    ("statement", "\"rejected\":{\"n\":0", "\"rejected\":{\"n\":1", "transfer.tally", Some("rejected")),
    ("resync", "\"epoch\":2", "\"epoch\":-2", "document.member", Some("epoch")),
    ("handover", "\"for_epoch\":2", "\"for_epoch\":0", "document.member", Some("for_epoch")),
    ("handover", "\"n\":2", "\"n\":0", "transfer.tally", Some("root")),
];
