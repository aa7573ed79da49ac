//! The vectors of cards, HF1 and status lists: `tests/vectors/{card,hf1,status}.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test vectors` rewrites them; review the difference.

mod common;
#[allow(dead_code, reason = "only the digits are needed here")]
mod harness;

use common::cards::{Draw, full_card};
use common::refusals::{HEADER, HEADERS, PAYLOADS, signed};
use common::vectors::{assert_same, file, lines};
use common::{claims, claims_json, signer};
use serde_json::{Value, json};
use verifier::base64url;
use verifier::card::{Card, Claims};
use verifier::hf1::{self, DICTIONARY_SHA256, Type};
use verifier::status::{Bitstring, Purpose, Status, StatusArray, TokenStatusList};

/// The test card, the least that a card can say, names in other scripts, and a few of the realistic ones.
fn cards() -> Vec<Card> {
    let least = Claims { typ: verifier::ids::TypeOfCertificate::Hours, occ: None, ttl: None, lvl: None, grd: None, exp: None, ..claims() };
    let named = |name: &str| Claims { nam: name.parse().expect("a name"), ..claims() };
    let ours = [claims(), least, named("阿依古丽·买买提"), named("ئابدۇللا مەمەت"), named("𠮷田\u{30000}"), named("O’Neill")];
    let ours = ours.iter().map(|claims| Card::sign(claims, &signer()).expect("good claims"));
    let mut draw = Draw(5);
    ours.chain((0..4).map(|_| full_card(&mut draw))).collect()
}

fn card_file() -> String {
    let accepted = cards().into_iter().map(|card| {
        let payload = String::from_utf8(card.payload()).expect("JSON");
        json!({ "payload": payload, "jws": card.jws() }).to_string()
    });
    let payloads = PAYLOADS.iter().map(|(from, to, code, claim)| {
        let jws = signed(HEADER, claims_json().replace(from, to).as_bytes());
        json!({ "jws": jws, "code": code, "claim": claim }).to_string()
    });
    let headers = HEADERS.iter().map(|(header, code)| {
        let jws = signed(header, claims_json().as_bytes());
        json!({ "jws": jws, "code": code, "claim": null }).to_string()
    });
    let public = signer().public().jwk();
    format!(
        "{{\"seed\":\"{}\",\"public\":\"{}\",\"thumbprint\":\"{}\",\"kid\":\"{}\",\n\"accepted\":{},\n\"refused\":{}}}\n",
        base64url::encode(&[7; 32]),
        public.x,
        public.kid,
        signer().public().short(),
        lines(accepted),
        lines(payloads.chain(headers)),
    )
}

fn hf1_file() -> String {
    let vectors = cards().into_iter().map(|card| {
        let [verbatim, deflated] = [Type::Verbatim, Type::Deflated].map(|kind| hf1::encode_as(&card, kind));
        json!({ "jws": card.jws(), "type1": verbatim, "type2": deflated }).to_string()
    });
    let good = hf1::encode(&cards()[0]);
    let refused = [
        ("hf1.length", good[..good.len() - 1].to_string()),
        ("hf1.length", good.replacen('0', "o", 1)),
        ("hf1.range", format!("72057594037927936{}", &good[17..])),
        ("hf1.too_short", "0".repeat(170)),
        ("hf1.too_long", "0".repeat(17 * 300)),
        ("hf1.unknown_type", format!("00844424930131968{}", &good[17..])),
        ("hf1.compression", of_type_2(&[0xff])),
        ("hf1.too_large", bomb()),
    ];
    let refused = refused.iter().map(|(code, digits)| {
        assert_eq!(hf1::decode(digits).map_err(|error| error.code()), Err(*code));
        json!({ "digits": digits, "code": code }).to_string()
    });
    format!("{{\"dictionary_sha256\":\"{DICTIONARY_SHA256}\",\n\"vectors\":{},\n\"refused\":{}}}\n", lines(vectors), lines(refused))
}

/// A code of type 2 whose payload inflates to a little more than 2,048 bytes: one literal and nine long matches at distance 1.
fn bomb() -> String {
    let mut bits = String::from("110"); // last block, fixed codes, lowest bit first
    bits.push_str("01100000"); // the literal 0x30
    for _ in 0..9 {
        bits.push_str("11000101"); // length 258
        bits.push_str("00000"); // distance 1
    }
    bits.push_str("0000000"); // end
    let byte = |bits: &[u8]| bits.iter().rev().fold(0u8, |value, bit| value << 1 | (bit - b'0'));
    of_type_2(&bits.as_bytes().chunks(8).map(byte).collect::<Vec<_>>())
}

/// The digits of a code of type 2 with any payload and a signature of zeros.
fn of_type_2(payload: &[u8]) -> String {
    harness::digits_of(&[&[2, 0, 0, 0, 0, 0, 0], payload, &[0; 64]].concat())
}

fn status_file() -> String {
    let mut array = StatusArray::with_len(131_080).expect("inside the limit");
    let set = [(0, Status::Suspended), (1, Status::Revoked), (6, Status::Replaced), (131_073, Status::Revoked)];
    for (index, status) in set {
        array.set(index, status).expect("inside the list");
    }
    let set = set.map(|(index, status)| json!([index, status]));
    format!(
        "{{\"len\":131080,\"set\":{},\n\"revocation\":\"{}\",\n\"suspension\":\"{}\",\n\"bits\":2,\"lst\":\"{}\"}}\n",
        json!(set),
        array.bitstring(Purpose::Revocation).encoded_list(),
        array.bitstring(Purpose::Suspension).encoded_list(),
        array.token_list().lst(),
    )
}

#[test]
fn the_vectors_are_what_the_code_makes() {
    assert_same(&file("card.json", card_file), &card_file());
    assert_same(&file("hf1.json", hf1_file), &hf1_file());
    assert_same(&file("status.json", status_file), &status_file());
}

fn parsed(name: &str, make: fn() -> String) -> Value {
    serde_json::from_str(&file(name, make)).expect("JSON")
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().expect("a string")
}

#[test]
fn every_vector_of_a_card_is_accepted_or_refused_as_it_says() {
    let vectors = parsed("card.json", card_file);
    for vector in vectors["accepted"].as_array().expect("an array") {
        let card = Card::parse(text(vector, "jws")).expect("a card");
        assert!(card.is_signed_by(signer().public()));
        assert_eq!(card.payload(), text(vector, "payload").as_bytes());
    }
    for vector in vectors["refused"].as_array().expect("an array") {
        let error = Card::parse(text(vector, "jws")).expect_err("must be refused");
        assert_eq!((error.code(), error.claim()), (text(vector, "code"), vector["claim"].as_str()));
    }
}

#[test]
fn every_vector_of_hf1_decodes_to_its_card() {
    for vector in parsed("hf1.json", hf1_file)["vectors"].as_array().expect("an array") {
        for kind in ["type1", "type2"] {
            assert_eq!(hf1::decode(text(vector, kind)).as_deref(), Ok(text(vector, "jws")));
        }
    }
}

#[test]
fn the_vector_of_a_status_list_reads_alike_in_both_renditions() {
    let vector = parsed("status.json", status_file);
    let len = vector["len"].as_u64().expect("a number") as u32;
    let bits = |member| Bitstring::parse(text(&vector, member)).expect("a list");
    let joined = StatusArray::from_bitstrings(&bits("revocation"), &bits("suspension"), len).expect("long enough");
    let token = TokenStatusList::parse(2, text(&vector, "lst")).expect("a list");
    let array = StatusArray::from_token_list(&token, len).expect("long enough");
    for (index, (ours, theirs)) in array.iter().zip(joined.iter()).enumerate() {
        assert_eq!((ours.is_final(), ours == Status::Suspended), (theirs == Status::Revoked, theirs == Status::Suspended), "{index}");
    }
    let set: Vec<_> = (0..).zip(array.iter()).filter(|(_, status)| *status != Status::Valid).collect();
    assert_eq!(json!(set.iter().map(|(index, status): &(u32, Status)| json!([index, status])).collect::<Vec<_>>()), vector["set"]);
}
