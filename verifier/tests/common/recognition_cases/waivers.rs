//! What a region waives for one case.

use super::super::agreements::region;
use super::super::recognitions::{Case, certificate, credit, provider};
use verifier::documents::{Digest, GrantId};
use verifier::recognition::CheckName::{Grade, Level, MaxAgeMonths, ProviderListed};
use verifier::time::Day;

const NUMBER: &str = "HF3100002026K7Q2M9X4TB4";
const BASIS_A: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const BASIS_B: &str = "sha256:cb8379ac2098aa165029e3938a51da0bcecfc008fd6795f401178647f96c5b34";

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    let level = r#"{"level":{"min":4}}"#;
    let cert = |name, failed| certificate(name, level, &[], failed);
    let both = r#"{"scheme":"310000:credit","grade":{"min":"excellent"}}"#;
    let lots = |name, failed| credit(name, both, "", &[], failed);
    vec![
        cert("waived", &[]).waived(NUMBER, &[Level], |_| ()),
        cert("waived by the second waiver", &[]).waived(NUMBER, &[Grade], |_| ()).waived(NUMBER, &[Level], |_| ()),
        cert("waived for another certificate", &[("level", "3")]).waived("HF3100002026K7Q2M9X4TB5", &[Level], |_| ()),
        cert("waived for another check", &[("level", "3")]).waived(NUMBER, &[Grade, MaxAgeMonths], |_| ()),
        cert("waived for another grant", &[("level", "3")]).waived(NUMBER, &[Level], |waiver| waiver.grant = GrantId::parse("h").expect("an id")),
        cert("waived for another agreement", &[("level", "3")]).waived(NUMBER, &[Level], |waiver| waiver.agreement = Digest::of("x")),
        cert("waived by another region", &[("level", "3")]).waived(NUMBER, &[Level], |waiver| waiver.region = region("330000")),
        cert("waived from today", &[]).waived(NUMBER, &[Level], |waiver| waiver.from = day("2026-03-01")),
        cert("waived from tomorrow", &[("level", "3")]).waived(NUMBER, &[Level], |waiver| waiver.from = day("2026-03-02")),
        cert("waived until tomorrow", &[]).waived(NUMBER, &[Level], |waiver| waiver.until = day("2026-03-02")),
        cert("waived until today", &[("level", "3")]).waived(NUMBER, &[Level], |waiver| waiver.until = day("2026-03-01")),
        certificate("one of two failures waived", r#"{"level":{"min":4},"grade":{"min":"excellent"}}"#, &[], &[("grade", "good")]).waived(NUMBER, &[Level], |_| ()),
        certificate("what is unknown waived", r#"{"provider":{"status_at":"earned"}}"#, &[], &[]).without_provider().waived(NUMBER, &[ProviderListed], |_| ()),
        certificate("a waiver that is not needed", "{}", &[], &[]).waived(NUMBER, &[Level], |_| ()),
        lots("one lot of two waived", &[("grade", "0 of 2: lot_a good, lot_b pass")]).waived(BASIS_A, &[Grade], |_| ()),
        lots("both lots waived", &[]).waived(BASIS_A, &[Grade], |_| ()).waived(BASIS_B, &[Grade], |_| ()),
        lots("the certificate's number is no lot's", &[("grade", "0 of 2: lot_a good, lot_b pass")]).waived(NUMBER, &[Grade], |_| ()),
        provider("a provider's rank waived", r#"{"level":{"min":5}}"#, &[], &[]).waived("91310000MA1FL0007C", &[Level], |_| ()),
    ]
}
