//! Project Wycheproof's Ed25519 vectors. `verify_strict` may refuse more than RFC 8032 asks; it must never accept more.

use verifier::jws::PublicKey;
use wycheproof::eddsa::{TestName, TestSet};

/// Valid vectors that we refuse, by test number: none. (Wycheproof has no valid signature under a weak key or with a weak R.)
const REFUSED_THOUGH_VALID: [usize; 0] = [];

#[test]
fn no_invalid_signature_is_accepted_and_no_valid_one_refused() {
    let set = TestSet::load(TestName::Ed25519).expect("the vectors are embedded");
    let mut counts = (0, 0);
    for group in &set.test_groups {
        let bytes: &[u8; 32] = group.key.pk[..].try_into().expect("32 bytes");
        let key = PublicKey::from_bytes(bytes).expect("all keys of the set are good");
        for test in &group.tests {
            let accepted = <&[u8; 64]>::try_from(&test.sig[..]).is_ok_and(|signature| key.verify(&test.msg, signature));
            if test.result.must_fail() {
                assert!(!accepted, "accepted invalid {}: {}", test.tc_id, test.comment);
                counts.0 += 1;
            } else {
                assert_eq!(accepted, !REFUSED_THOUGH_VALID.contains(&test.tc_id), "{}: {}", test.tc_id, test.comment);
                counts.1 += 1;
            }
        }
    }
    assert!(counts.0 > 50 && counts.1 > 50, "the set shrank to {counts:?}");
}
