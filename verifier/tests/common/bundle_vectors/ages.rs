//! How answers age, what clocks do to them, in which form a card may be held up, and whose facts count for a partner's card.

use super::super::bundles::{anchor_of, file};
use super::super::cases::{card, changed, link};
use super::super::world::{DAY, ISSUED};
use super::super::{claims_json, signer};
use super::{Cases, RegionFacts, soon};
use verifier::bundle::{EXPIRES_SECONDS, FRESH_SECONDS, RevokedRow};
use verifier::card::Card;
use verifier::hf1::{self, Type};
use verifier::ids::RegionCode;
use verifier::status::{Status, gzip};
use verifier::time::{Day, Instant};
use verifier::verdict::KeyRevocationReason::Compromise;
use verifier::verdict::Outcome::{Invalid, Undetermined, Valid, ValidAsOf};

pub fn add(all: &mut Cases) {
    forms(all);
    ages(all);
    partners(all);
}

fn forms(all: &mut Cases) {
    let (card, now) = (card(), soon());
    let digits = hf1::encode(&card);
    all.judged("a card by its link", "good", &link(&card), now, Valid, "");
    all.file("good, as plain JSON", super::contents(&[&RegionFacts::good()]).to_json());
    all.judged("a card by its link, the file not gzipped", "good, as plain JSON", &link(&card), now, Valid, "");
    all.judged("a card by a link to any host", "good", &format!("http://forger.example:81/x?y=z#{digits}"), now, Valid, "");
    all.judged("a card in digits alone", "good", &digits, now, Valid, "");
    all.judged("a card verbatim in digits", "good", &hf1::encode_as(&card, Type::Verbatim), now, Valid, "");
    all.judged("a card as a plain JWS", "good", card.jws(), now, Valid, "");
    all.judged("a card as a plain JWS with white space around", "good", &format!("\n {}\r\n", card.jws()), now, Valid, "");
    all.judged("a JWS in lower case", "good", &card.jws().to_lowercase(), now, Undetermined, "form.not_hufu");
    all.judged("junk in lower case", "good", "hello hufu", now, Undetermined, "form.not_hufu");
    all.judged("a payment code", "good", "https://qr.example/pay?to=13800138000", now, Undetermined, "form.not_hufu");
    all.judged("a text of 8 KiB and one byte", "good", &"1".repeat(8_193), now, Undetermined, "form.too_long");
    all.judged("a card of 2,049 bytes", "good", &format!("{}{}", card.jws(), "A".repeat(2_049 - card.jws().len())), now, Invalid, "jws.too_long");
    all.judged("digits cut short", "good", &digits[..digits.len() - 1], now, Undetermined, "hf1.length");
    let ours = card.jws().rsplit_once('.').expect("three parts").0;
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"hf1+jwt"}}"#, signer().public().short());
    let altered = verifier::jws::sign_compact(&header, claims_json().replace("张三", "李四").as_bytes(), &signer());
    let signature = altered.rsplit_once('.').expect("three parts").1;
    all.judged("a card with the signature of another", "good", &format!("{ours}.{signature}"), now, Invalid, "signature.wrong");
    let twice = verifier::jws::sign_compact(&header, claims_json().replace("\"lvl\":3", "\"lvl\":3,\"lvl\":5").as_bytes(), &signer());
    all.judged("a signed card that says a thing twice", "good", &twice, now, Invalid, "card.duplicate_claim");
}

fn ages(all: &mut Cases) {
    let text = link(&card());
    let iat = RegionFacts::good().iat;
    let (fresh, expires) = (iat.plus_seconds(FRESH_SECONDS), iat.plus_seconds(EXPIRES_SECONDS));
    let before = |instant: Instant| instant.plus_seconds(-1);
    all.judged("the instant of the facts", "good", &text, iat, Valid, "");
    all.judged("the last second of freshness", "good", &text, before(fresh), Valid, "");
    all.judged("the first second that is not fresh", "good", &text, fresh, ValidAsOf, "");
    all.judged("the last second before the facts expire", "good", &text, before(expires), ValidAsOf, "");
    all.judged("the instant at which the facts expire", "good", &text, expires, Undetermined, "facts.expired");
    all.judged("a year after the facts", "good", &text, iat.plus_seconds(365 * DAY), Undetermined, "facts.expired");
    let revoked = RegionFacts::good().with_entry(4711, Status::Revoked);
    all.facts("revoked", &revoked);
    all.judged("revoked and fresh", "revoked", &text, soon(), Invalid, "status.revoked");
    all.judged("revoked and not fresh", "revoked", &text, fresh, Invalid, "status.revoked");
    // Undetermined steps come first, but what is final decides.
    all.judged("revoked stays revoked after the facts expired", "revoked", &text, expires, Invalid, "facts.expired");
    let row = RevokedRow { kid: signer().public().thumbprint(), at: ISSUED, reason: Compromise };
    all.facts("key compromised", &RegionFacts { revoked: vec![row], ..RegionFacts::good() });
    all.judged("a compromised key stays so after the facts expired", "key compromised", &text, expires, Invalid, "key.compromised");
    let suspended = RegionFacts::good().with_entry(4711, Status::Suspended);
    all.facts("suspended", &suspended);
    all.judged("suspended: cannot be said after the facts expired", "suspended", &text, expires, Undetermined, "facts.expired");
    all.judged("a clock a second before the facts", "good", &text, before(iat), Valid, "");
    all.judged("a clock at zero", "good", &text, Instant(0), Valid, "");
    all.judged("a clock before the facts changes no bad answer", "revoked", &text, Instant(0), Invalid, "status.revoked");
    let tomorrow = link(&changed(|claims| claims.exp = Day::parse("2026-03-12").ok()));
    let midnight = Instant(1_773_244_800);
    all.judged("the last second of a card's last day", "good", &tomorrow, before(midnight), Valid, "");
    all.judged("the day on which a card ends", "good", &tomorrow, midnight, Invalid, "expiry.expired");
    all.judged("a card for life", "good", &link(&changed(|claims| claims.exp = None)), soon(), Valid, "");
}

fn partners(all: &mut Cases) {
    let theirs = changed(|claims| claims.iss = RegionCode::parse("320000").expect("a region"));
    let text = link(&theirs);
    let own = RegionFacts { providers: Vec::new(), keys: Default::default(), ..RegionFacts::good() };
    let partner = |days| RegionFacts { code: "320000", iat: own.iat.plus_seconds(days * DAY), ..RegionFacts::good() };
    let with = |days| file(&[&own.clone().with_peer("320000"), &partner(days)]);
    all.judged("a card of a region that is not in the file", "good", &text, soon(), Undetermined, "signature.key_unknown");
    all.facts("own, partner named without its bundle", &own.clone().with_peer("320000"));
    all.judged(
        "a card of a partner without its bundle",
        "own, partner named without its bundle",
        &text,
        soon(),
        Undetermined,
        "signature.key_unknown",
    );
    all.file("partner of the same time", with(0));
    all.judged("a partner's card by a fresh partner", "partner of the same time", &text, soon(), Valid, "");
    all.judged("an own card under the partner's key", "partner of the same time", &link(&card()), soon(), Undetermined, "signature.key_unknown");
    all.file("partner three days older", with(-3));
    all.judged("a partner's card by an older partner", "partner three days older", &text, soon(), ValidAsOf, "");
    let expired = own.iat.plus_seconds(87 * DAY);
    all.judged("a partner's card when the partner's facts expired", "partner three days older", &text, expired, Undetermined, "facts.expired");
    all.file("partner three days newer", with(3));
    let own_expired = own.iat.plus_seconds(90 * DAY);
    all.judged("a partner's card when only the own facts expired", "partner three days newer", &text, own_expired, Undetermined, "facts.expired");
    let last = own_expired.plus_seconds(-1);
    all.judged("a partner's card in the last second of the own facts", "partner three days newer", &text, last, ValidAsOf, "");
    let revoked = partner(0).with_entry(4711, Status::Revoked);
    all.file("partner, revoked", file(&[&own.clone().with_peer("320000"), &revoked]));
    all.judged("a partner's card that is revoked", "partner, revoked", &text, soon(), Invalid, "status.revoked");
    let good = partner(0);
    // The partner itself pins its own key: the same file read by a verifier of that region.
    all.file("partner's own file", gzip(&super::contents(&[&good]).to_json()));
    all.judged("a partner's card by the partner's own file", "partner's own file", &text, soon(), Valid, "");
    if let Some(case) = all.cases.last_mut() {
        case.anchor = anchor_of("320000");
    }
    let forged = Card::sign(theirs.claims(), &verifier::jws::Signer::from_seed(&[8; 32])).expect("good claims");
    all.judged("a partner's card by a key nobody knows", "partner of the same time", &link(&forged), soon(), Undetermined, "signature.key_unknown");
}
