//! Cards that are signed with the right key and yet refused, one row a rule. They are vectors too.

use super::signer;
use verifier::jws::sign_compact;

/// The header of a card, `KID` standing for the key.
pub const HEADER: &str = r#"{"alg":"EdDSA","kid":"KID","typ":"hf1+jwt"}"#;

/// A text signed by the test key over any header and payload.
pub fn signed(header: &str, payload: &[u8]) -> String {
    sign_compact(&header.replace("KID", &signer().public().short().to_string()), payload, &signer())
}

/// (what is replaced in the claims of the test card, by what, code, claim to blame)
pub const PAYLOADS: &[(&str, &str, &str, Option<&str>)] = &[
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
];

/// (header, code)
pub const HEADERS: &[(&str, &str)] = &[
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
];
