//! What a card accepts and what it refuses, one code for each rule.

mod common;

use common::refusals::{HEADER, HEADERS, PAYLOADS, signed};
use common::{claims, claims_json, signer};
use verifier::base64url;
use verifier::card::Card;
use verifier::jws::Signer;

/// The code with which a payload under the right header is refused, and the claim to blame.
fn refusal(payload: &[u8]) -> (&'static str, Option<&'static str>) {
    let error = Card::parse(&signed(HEADER, payload)).expect_err("must be refused");
    (error.code(), error.claim())
}

#[test]
fn a_signed_card_reads_back_and_belongs_to_its_key_only() {
    let card = Card::sign(&claims(), &signer()).expect("good claims");
    assert_eq!(Card::parse(card.jws()).as_ref(), Ok(&card));
    assert_eq!(card.claims(), &claims());
    assert!(card.is_signed_by(signer().public()));
    assert!(!card.is_signed_by(Signer::from_seed(&[9; 32]).public()));
    assert_eq!(card.jws(), signed(HEADER, claims_json().as_bytes()));
}

#[test]
fn claims_read_and_write_alike() {
    let text = serde_json::to_string(&claims()).expect("JSON");
    assert_eq!(text, claims_json());
    assert_eq!(serde_json::from_str::<verifier::card::Claims>(&text).expect("claims"), claims());
}

#[test]
fn a_payload_that_breaks_a_rule_is_refused_with_that_rules_code() {
    for (from, to, code, claim) in PAYLOADS {
        let payload = claims_json().replace(from, to);
        assert_ne!(payload, claims_json(), "{from} must occur");
        assert_eq!(refusal(payload.as_bytes()), (*code, *claim), "{to}");
    }
    assert_eq!(refusal(b"{\"nam\":\"\xff\"}"), ("card.utf8", None));
    assert_eq!(refusal(b"[]"), ("card.json", None));
    assert_eq!(refusal(b""), ("card.json", None));
}

#[test]
fn the_claims_in_an_array_are_no_card() {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&claims_json()).expect("an object");
    let order = ["iss", "prv", "num", "typ", "nam", "id4", "occ", "ttl", "lvl", "grd", "day", "iat", "exp", "sts"];
    let values: Vec<_> = order.iter().map(|name| object[*name].clone()).collect();
    assert_eq!(refusal(&serde_json::to_vec(&values).expect("JSON")), ("card.json", None));
}

#[test]
fn a_header_that_is_not_the_template_is_refused() {
    for (header, code) in HEADERS {
        let error = Card::parse(&signed(header, claims_json().as_bytes())).expect_err("must be refused");
        assert_eq!(error.code(), *code, "{header}");
    }
}

#[test]
fn no_single_changed_character_leaves_a_good_card() {
    let card = Card::sign(&claims(), &signer()).expect("good claims");
    let text = card.jws().as_bytes();
    for at in 0..text.len() {
        let mut changed = text.to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        let good = Card::parse(&changed).is_ok_and(|card| card.is_signed_by(signer().public()));
        assert!(!good, "character {at} can be changed");
    }
    let bits = base64url::encode(card.signature());
    assert!(card.jws().ends_with(&bits));
}

#[test]
fn a_card_never_outgrows_its_limit_and_a_longer_text_is_refused() {
    let longest = claims_json().replace("张三", &"𠮷".repeat(100)).replace("集成电路装调工", &"\\\"".repeat(100));
    assert!(Card::parse(&signed(HEADER, longest.as_bytes())).is_ok());
    let padded = format!("{}{}", claims_json(), " ".repeat(2_048));
    assert_eq!(refusal(padded.as_bytes()), ("jws.too_long", None));
}
