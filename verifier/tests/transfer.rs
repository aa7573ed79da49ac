//! Messages about moving credit: what each accepts, what it refuses, and `tests/vectors/transfer.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test transfer` rewrites the file; review the difference.

mod common;

use common::agreements::{keys, region, region_signer, stranger};
use common::transfers::{DAY, REFUSALS, an_offer, at, changed, day, example, examples, open, parts, person, ruled, stamp, transfer};
use common::vectors::{assert_same, file, lines};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use verifier::agreement::RegionKey;
use verifier::base64url;
use verifier::documents::{Amount, Digest, DocumentError, LotId};
use verifier::ids::RegionCode;
use verifier::jws::sign_compact;
use verifier::messages::TRANSFERS;
use verifier::transfer::{
    LOTS_MAX, MAX_BYTES, Message, Misconduct, Offer, OfferedLot, Salt, Signed, TransferDecision, TransferOutcome, TransferRule, commitment, proof,
};
use verifier::verdict::{KeyRevocation, KeyRevocationReason};

fn refusal(text: &str) -> (&'static str, Option<String>) {
    let error = open(text).expect_err("must be refused");
    (error.code(), error.about().map(String::from))
}

#[test]
fn every_example_is_opened_as_its_kind_by_its_sender_s_key() {
    for (name, text) in examples() {
        let opened = open(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(Message::stored(&text), Ok(opened.clone()));
        assert_eq!(opened.digest, Digest::of(&text));
        assert_eq!(opened.message.epoch(), if name == "resync" { 2 } else { 1 });
        assert_ne!(opened.message.iss(), opened.message.aud());
        assert_eq!(opened.message.jti().is_some(), !["statement", "resync", "handover"].contains(&name));
        assert!(opened.message.iat() >= at(0));
    }
}

#[test]
fn a_content_that_breaks_a_rule_is_refused_with_that_rules_code_and_member() {
    for (name, from, to, code, about) in REFUSALS {
        assert_eq!(refusal(&changed(name, from, to)), (*code, about.map(String::from)), "{name}: {to}");
    }
}

#[test]
fn a_message_counts_only_under_a_good_key_of_its_sender() {
    let text = example("offer");
    let [header, payload] = parts(&text);
    assert_eq!(refusal(&sign_compact(&header, payload.as_bytes(), &region_signer("320000"))).0, "jws.signature");
    let other = header.replace(&region_signer("310000").public().thumbprint(), &stranger().public().thumbprint());
    assert_eq!(refusal(&sign_compact(&other, payload.as_bytes(), &stranger())).0, "transfer.unknown_key");
    assert_eq!(refusal(&sign_compact(&header.replace("hufu-offer", "hufu-scheme"), payload.as_bytes(), &region_signer("310000"))).0, "jws.typ");
    assert_eq!(
        refusal(&sign_compact(&header.replace("hufu-offer", "hufu-cancel"), payload.as_bytes(), &region_signer("310000"))).0,
        "document.unknown"
    );
    assert_eq!(refusal(&sign_compact(&header.replace(":", ": "), payload.as_bytes(), &region_signer("310000"))).0, "document.header");
    for (revoked, reason, is_good) in [
        (at(0), KeyRevocationReason::Superseded, false),
        (at(1), KeyRevocationReason::Superseded, true),
        (at(1), KeyRevocationReason::Compromise, false),
    ] {
        let revoked = Some(KeyRevocation { at: revoked, reason });
        let keys = move |code: &RegionCode, kid: &str| Some(RegionKey { revoked, ..keys(code, kid)? });
        let opened = Message::open(&text, &keys).map_err(|error| error.code());
        assert_eq!(opened.is_ok(), is_good);
        assert!(is_good || opened == Err("transfer.revoked_key"));
    }
}

#[test]
fn no_single_changed_character_of_a_text_leaves_a_good_message() {
    for (name, text) in examples().into_iter().skip(2) {
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(open(&String::from_utf8(changed).expect("ASCII")).is_err(), "{name}: character {at} can be changed");
        }
    }
}

fn many(count: usize, digits: usize) -> Offer {
    let offer = an_offer();
    let id = |at: usize| LotId::parse(&format!("lot_{at:0digits$}")).expect("an id");
    let lots: Vec<OfferedLot> = (0..count)
        .map(|at| {
            let mut lot = offer.lots[1].clone();
            lot.facts.id = id(at);
            lot
        })
        .collect();
    let gives = (0..count.min(LOTS_MAX)).map(|at| verifier::recognition::Booking { lot: Some(id(at)), ..offer.gives[1].clone() }).collect();
    Offer { lots, gives, ..offer }
}

#[test]
fn a_hundred_lots_fit_one_more_does_not_and_what_is_longer_is_neither_signed_nor_opened() {
    let signer = region_signer("310000");
    let full = many(LOTS_MAX, 3);
    let text = Offer { gives: full.gives[..1].to_vec(), ..full }.sign(&signer).expect("below the limit");
    assert!(text.len() <= MAX_BYTES && open(&text).is_ok());
    assert_eq!(many(LOTS_MAX + 1, 3).sign(&signer).map_err(|error| error.code()), Err("document.too_many"));
    assert_eq!(many(LOTS_MAX, 40).sign(&signer).map_err(|error| error.code()), Err("jws.too_long"));
    let [header, payload] = parts(&example("cancel"));
    let padded = sign_compact(&header, format!("{payload}{}", " ".repeat(MAX_BYTES)).as_bytes(), &signer);
    assert_eq!(refusal(&padded).0, "jws.too_long");
}

#[test]
fn a_decision_whose_checks_do_not_fit_is_told_without_them() {
    let offer = an_offer();
    let mut ruling = ruled(&offer, |_| {}).expect("a ruling");
    let evaluated = ruling.evaluated.as_mut().expect("it was asked");
    evaluated.checks[0].got = "x".repeat(MAX_BYTES).into();
    let long = TransferDecision::on(&offer, Digest::of("offer"), ruling, day(DAY), stamp(1));
    assert_eq!(long.sign(&region_signer("320000")).map_err(|error| error.code()), Err("jws.too_long"));
    let Ok(Signed { message: Message::Decision(told), .. }) = open(&long.clone().sign_fitting(&region_signer("320000")).expect("it fits")) else {
        panic!("a DECISION")
    };
    assert_eq!(told, TransferDecision { checks: vec![], ..long });
    assert!(told.decision.is_some() && told.outcome == TransferOutcome::Accepted);
}

#[test]
fn every_code_stands_in_a_table() {
    let by_content = REFUSALS.iter().map(|(_, _, _, code, _)| *code);
    // The others are what a whole message meets: this file and `transfer_protocol.rs` show each.
    let others = [
        TransferRule::UnknownKey,
        TransferRule::RevokedKey,
        TransferRule::Audience,
        TransferRule::Resyncing,
        TransferRule::Stopped,
        TransferRule::Epoch,
        TransferRule::EpochUnannounced,
        TransferRule::Conflict,
        TransferRule::ExpiresTooSoon,
    ];
    let shown: BTreeSet<_> = by_content.chain(others.map(|rule| rule.code())).collect();
    assert!(TRANSFERS.iter().filter(|m| m.code.starts_with("transfer.")).all(|m| shown.contains(m.code)), "{shown:?}");
}

fn signed(message: Message) -> Signed {
    let digest = Digest::of(&format!("{message:?}"));
    Signed { message, digest }
}

#[test]
fn two_messages_that_no_honest_region_signs_both_are_a_proof() {
    let offer = an_offer();
    let decision = ruled(&offer, |_| {}).map(|ruling| TransferDecision::on(&offer, Digest::of("o"), ruling, day(DAY), stamp(1))).expect("a ruling");
    let of = |offer: &Offer| signed(Message::Offer(offer.clone()));
    let decided = |decision: &TransferDecision| signed(Message::Decision(decision.clone()));
    let later = Offer { jti: transfer("trf_09"), ..offer.clone() };
    assert_eq!(proof(&of(&offer), &of(&offer)), None, "a repetition");
    assert_eq!(proof(&of(&offer), &of(&later)), Some(Misconduct::SameSeq));
    assert_eq!(proof(&of(&offer), &of(&Offer { seq: 2, ..later.clone() })), None);
    assert_eq!(proof(&of(&offer), &of(&Offer { seq: 2, ..offer.clone() })), Some(Misconduct::TwoOffers));
    assert_eq!(proof(&of(&offer), &of(&Offer { epoch: 2, ..offer.clone() })), None, "put again after a restore");
    let rejected = TransferDecision { seq: 2, ..decision.clone() };
    assert_eq!(proof(&decided(&decision), &decided(&rejected)), Some(Misconduct::TwoDecisions));
    assert_eq!(proof(&decided(&decision), &decided(&TransferDecision { epoch: 2, ..rejected })), None);
    assert_eq!(proof(&decided(&decision), &of(&offer)), None, "two regions");
    let elsewhere = Offer { aud: region("330000"), jti: transfer("trf_08"), ..offer.clone() };
    assert_eq!(proof(&of(&offer), &of(&elsewhere)), Some(Misconduct::BeyondMinted(offer.lots[0].facts.id.clone())));
    let mut half = elsewhere;
    for lot in &mut half.lots {
        lot.minted = Amount::new(1_000).expect("in range");
    }
    assert!(proof(&of(&offer), &of(&half)).is_some(), "the smaller word counts");
    half.lots.truncate(1);
    half.lots[0].facts.amount = Amount::new(1).expect("in range");
    let mut rest = offer;
    rest.lots[0].facts.amount = Amount::new(199).expect("in range");
    assert_eq!(proof(&of(&rest), &of(&half)), None, "together no more than was minted");
}

fn made() -> String {
    let accepted = examples().into_iter().map(|(name, text)| {
        let [_, payload] = parts(&text);
        json!({ "kind": name, "payload": payload, "jws": text, "digest": Digest::of(&text) }).to_string()
    });
    let refused = REFUSALS
        .iter()
        .map(|(name, from, to, code, about)| json!({ "kind": name, "jws": changed(name, from, to), "code": code, "about": about }).to_string());
    let salt = Salt([5; 16]);
    let commit = json!({ "type": "resident", "number": person().as_str(), "salt": salt, "commit": commitment(&person(), salt) });
    let seeds = ["310000", "320000"].map(|code| (code, base64url::encode(&[code[..2].parse().expect("two digits"); 32])));
    let seeds = json!({ "310000": seeds[0].1, "320000": seeds[1].1 });
    format!("{{\"seeds\":{seeds},\n\"commitment\":{commit},\n\"accepted\":{},\n\"refused\":{}}}\n", lines(accepted), lines(refused))
}

#[test]
fn the_vectors_are_what_the_code_makes_and_every_one_is_accepted_or_refused_as_it_says() {
    let text = file("transfer.json", made);
    assert_same(&text, &made());
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let all = |list: &str| vectors[list].as_array().expect("a list").clone();
    for vector in all("accepted") {
        let opened: Result<Signed, DocumentError> = open(vector["jws"].as_str().expect("a text"));
        assert_eq!(opened.map(|signed| signed.digest.to_string()).as_deref(), Ok(vector["digest"].as_str().expect("a digest")));
    }
    for vector in all("refused") {
        let (code, about) = refusal(vector["jws"].as_str().expect("a text"));
        assert_eq!((code, about.as_deref()), (vector["code"].as_str().expect("a code"), vector["about"].as_str()));
    }
}
