//! What a card accepts and what it refuses, one code for each rule.

mod common;

use common::{claims, claims_json, signer};
use verifier::base64url;
use verifier::card::Card;
use verifier::jws::{Signer, sign_compact};

const HEADER: &str = r#"{"alg":"EdDSA","kid":"KID","typ":"hf1+jwt"}"#;

/// A text signed by the test key over any header and payload.
fn signed(header: &str, payload: &[u8]) -> String {
    sign_compact(&header.replace("KID", &signer().public().short().to_string()), payload, &signer())
}

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
    for (from, to, code, claim) in [
        (r#""sts":["#, r#""nam":"李四","sts":["#, "card.duplicate_claim", None),
        (r#""sts":["#, r#""n\u0061m":"李四","sts":["#, "card.duplicate_claim", None),
        (r#""sts":["#, r#""cond":"x","sts":["#, "card.unknown_claim", None),
        (r#""lvl":3"#, r#""lvl":"3""#, "card.claim_type", None),
        (r#""lvl":3"#, r#""lvl":3.0"#, "card.claim_type", None),
        (r#""lvl":3"#, r#""lvl":null"#, "card.claim_type", None),
        (r#""lvl":3"#, r#""lvl":8"#, "ids.level_range", Some("lvl")),
        (r#""lvl":3"#, r#""lvl":-1"#, "ids.level_range", Some("lvl")),
        (r#""lvl":3,"#, "", "card.skill_level_incomplete", None),
        (r#""iat":1772323200"#, r#""iat":"1772323200""#, "card.claim_type", None),
        (r#""iat":1772323200"#, r#""iat":-1"#, "card.issued_out_of_range", Some("iat")),
        (r#""iat":1772323200"#, r#""iat":999999999999999"#, "card.issued_out_of_range", Some("iat")),
        (r#""day":"2026-02-20""#, r#""day":"2026-03-03""#, "card.assessed_after_issue", Some("day")),
        (r#""day":"2026-02-20""#, r#""day":"2026-02-30""#, "time.no_such_day", Some("day")),
        (r#""exp":"2029-03-01""#, r#""exp":"2026-02-20""#, "card.expires_too_early", Some("exp")),
        (r#""exp":"2029-03-01""#, r#""exp":"2029-3-1""#, "time.day_shape", Some("exp")),
        (r#""iss":"310000","#, "", "card.missing_claim", Some("iss")),
        (r#""iss":"310000""#, r#""iss":"990000""#, "ids.region_province", Some("iss")),
        ("91310000MA1FL0007C", "91310000MA1FL00070", "ids.credit_code_check", Some("prv")),
        ("张三", "张\\u0000三", "card.nul", None),
        ("张三", "张\0三", "card.nul", None),
        ("张三", "张\\u202e三", "ids.text_character", Some("nam")),
        ("张三", "张\\ud800", "card.json", None),
        (r#""id4":"002X""#, r#""id4":"02X""#, "ids.last_four_shape", Some("id4")),
        (r#""typ":"skill-level""#, r#""typ":"medal""#, "ids.unknown_type", Some("typ")),
        (r#""grd":"good""#, r#""grd":"best""#, "ids.unknown_grade", Some("grd")),
        (r#""occ":"6-31-01-03""#, r#""occ":"6-31""#, "ids.occupation_shape", Some("occ")),
        (r#""sts":[2026,4711]"#, r#""sts":[2026]"#, "card.claim_type", None),
        (r#""sts":[2026,4711]"#, r#""sts":[2026,-1]"#, "card.claim_type", None),
        (r#""sts":[2026,4711]"#, r#""sts":{"list":1,"index":1}"#, "card.claim_type", None),
        (r#"4711]}"#, r#"4711]}{}"#, "card.json", None),
    ] {
        let payload = claims_json().replace(from, to);
        assert_ne!(payload, claims_json(), "{from} must occur");
        assert_eq!(refusal(payload.as_bytes()), (code, claim), "{to}");
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
    for (header, code) in [
        (r#"{"alg":"none","kid":"KID","typ":"hf1+jwt"}"#, "jws.alg"),
        (r#"{"alg":"HS256","kid":"KID","typ":"hf1+jwt"}"#, "jws.alg"),
        (r#"{"alg":"EdDSA","kid":"KID","typ":"JWT"}"#, "jws.typ"),
        (r#"{"alg":"EdDSA","kid":"KID"}"#, "jws.typ"),
        (r#"{"alg":"EdDSA","crit":["exp"],"kid":"KID","typ":"hf1+jwt"}"#, "jws.crit"),
        (r#"{"alg":"EdDSA","b64":false,"kid":"KID","typ":"hf1+jwt"}"#, "jws.b64"),
        (r#"{"alg":"EdDSA","kid":"KID","kid":"KID","typ":"hf1+jwt"}"#, "jws.header_duplicate"),
        (r#"{"alg":"EdDSA","kid":"KID","typ":"hf1+jwt","x":1}"#, "jws.header_unknown"),
        (r#"{"alg":"EdDSA","typ":"hf1+jwt","kid":"KID"}"#, "card.header_template"),
        (r#"{"alg":"EdDSA", "kid":"KID","typ":"hf1+jwt"}"#, "card.header_template"),
        (r#"{"alg":"EdDSA","kid":"KIDAAAA","typ":"hf1+jwt"}"#, "card.header_template"),
        (r#"{"alg":"EdDSA","kid":"KIDA","typ":"hf1+jwt"}"#, "card.header_template"),
        ("no JSON", "jws.header_json"),
    ] {
        let error = Card::parse(&signed(header, claims_json().as_bytes())).expect_err("must be refused");
        assert_eq!(error.code(), code, "{header}");
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
