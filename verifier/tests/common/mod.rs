//! What several tests need: one key and one set of claims.
#![allow(dead_code, reason = "each test binary uses a part")]

pub mod agreements;
pub mod bundle_vectors;
pub mod bundles;
pub mod cards;
pub mod cases;
pub mod decided;
pub mod documents;
pub mod programmes;
pub mod receipts;
pub mod recognition_cases;
pub mod recognitions;
pub mod refusals;
pub mod transfers;
pub mod vectors;
pub mod world;

use verifier::card::Claims;
use verifier::jws::Signer;

/// The issuer key of every test and vector: the seed is 32 bytes of 0x07.
pub fn signer() -> Signer {
    Signer::from_seed(&[7; 32])
}

/// A full set of claims as they are written on a card.
pub fn claims_json() -> String {
    concat!(
        r#"{"iss":"310000","prv":"91310000MA1FL0007C","num":"HF3100002026K7Q2M9X4TB4","typ":"skill-level","nam":"张三","id4":"002X","#,
        r#""occ":"6-31-01-03","ttl":"集成电路装调工","lvl":3,"grd":"good","day":"2026-02-20","iat":1772323200,"exp":"2029-03-01","sts":[2026,4711]}"#
    )
    .into()
}

/// The same claims, parsed.
pub fn claims() -> Claims {
    serde_json::from_str(&claims_json()).expect("valid claims")
}
