//! Issuer keys: windows, revocations, keys that are none.

use super::super::bundles::key_row;
use super::super::cases::{card, changed, link};
use super::super::world::{DAY, ISSUED};
use super::super::{claims, claims_json, signer};
use super::{Cases, RegionFacts, soon};
use verifier::base64url;
use verifier::bundle::{KeyRow, RevokedRow};
use verifier::card::Card;
use verifier::ids::CreditCode;
use verifier::jws::Signer;
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::KeyRevocationReason::{self, Ceased, Compromise, Superseded};
use verifier::verdict::Outcome::{Invalid, Undetermined, Valid, ValidAsOf};

pub fn add(all: &mut Cases) {
    windows(all);
    revocations(all);
    odd_keys(all);
}

fn with_row(change: impl FnOnce(&mut KeyRow)) -> RegionFacts {
    let mut row = key_row(signer().public());
    change(&mut row);
    RegionFacts { keys: [(2026, vec![row])].into(), ..RegionFacts::good() }
}

fn windows(all: &mut Cases) {
    let text = link(&card());
    for (file, name, from, until, outcome, code) in [
        ("key from the second of issue", "a key whose window begins at the time of issue", 0, DAY, Valid, ""),
        ("key from a second later", "a key whose window begins a second after issue", 1, DAY, Invalid, "key.outside_window"),
        ("key until a second later", "a key whose window ends a second after issue", -DAY, 1, Valid, ""),
        ("key until the second of issue", "a key whose window ends at the time of issue", -DAY, 0, Invalid, "key.outside_window"),
    ] {
        let facts = with_row(|row| (row.from, row.until) = (ISSUED.plus_seconds(from), ISSUED.plus_seconds(until)));
        all.facts(file, &facts);
        all.judged(name, file, &text, soon(), outcome, code);
    }
    // Two years on the provider signs with another key; the window of the old one is long over. The facts are of that later time.
    let start = |year| Day::new(year, 1, 1).expect("a real day").start_in(Zone::CHINA);
    let later = Signer::from_seed(&[8; 32]);
    let later_row = KeyRow { from: start(2028), until: start(2029), ..key_row(later.public()) };
    let good = RegionFacts::good();
    let rolled = RegionFacts {
        seq: 700,
        iat: start(2028).plus_seconds(10 * DAY),
        keys: [(2026, good.keys[&2026].clone()), (2028, vec![later_row])].into(),
        lists: [(2026, vec![(2026, 5_000)]), (2028, vec![(2028, 40)])].into(),
        ..good
    };
    all.facts("keys rolled over", &rolled);
    all.judged("a key that was rolled over two years ago", "keys rolled over", &text, rolled.iat, Valid, "");
    let anew = |seed| {
        let mut claims = claims();
        (claims.iat, claims.sts.list, claims.sts.index) = (start(2028).plus_seconds(DAY), 2028, 7);
        link(&Card::sign(&claims, &Signer::from_seed(&[seed; 32])).expect("good claims"))
    };
    all.judged("the key that followed", "keys rolled over", &anew(8), rolled.iat, Valid, "");
    all.judged("the old key used after its window", "keys rolled over", &anew(7), rolled.iat, Invalid, "key.outside_window");
}

fn revocations(all: &mut Cases) {
    let text = link(&card());
    let revoked = |seconds: i64, reason: KeyRevocationReason| {
        let row = RevokedRow { kid: signer().public().thumbprint(), at: ISSUED.plus_seconds(seconds), reason };
        RegionFacts { revoked: vec![row], ..RegionFacts::good() }
    };
    for (file, name, seconds, reason, outcome, code) in [
        ("superseded before issue", "a key superseded before issue", -DAY, Superseded, Invalid, "key.revoked"),
        ("superseded at issue", "a key superseded at the time of issue", 0, Superseded, Invalid, "key.revoked"),
        ("superseded after issue", "a key superseded a second after issue", 1, Superseded, Valid, ""),
        ("ceased before issue", "a key of a provider that ceased before issue", -DAY, Ceased, Invalid, "key.revoked"),
        ("ceased after issue", "a key of a provider that ceased after issue", DAY, Ceased, Valid, ""),
        ("compromised before issue", "a key compromised before issue", -DAY, Compromise, Invalid, "key.compromised"),
        ("compromised after issue", "a key compromised after issue", 5 * DAY, Compromise, Invalid, "key.compromised"),
    ] {
        all.facts(file, &revoked(seconds, reason));
        all.judged(name, file, &text, soon(), outcome, code);
    }
    let expires = RegionFacts::good().iat.plus_seconds(90 * DAY);
    all.judged("a revoked key stays so after the facts expired", "superseded before issue", &text, expires, Invalid, "key.revoked");
    let other = RevokedRow { kid: Signer::from_seed(&[8; 32]).public().thumbprint(), at: Instant(0), reason: Compromise };
    all.facts("another key compromised", &RegionFacts { revoked: vec![other], ..RegionFacts::good() });
    all.judged("another key was compromised", "another key compromised", &text, soon(), Valid, "");
}

fn odd_keys(all: &mut Cases) {
    let text = link(&card());
    let other = CreditCode::parse("91350100M000100Y43").expect("a credit code");
    all.facts("key of another provider", &with_row(|row| row.provider = other.clone()));
    all.judged("a key of another provider", "key of another provider", &text, soon(), Invalid, "key.provider_mismatch");
    let stranger = Card::sign(&claims(), &Signer::from_seed(&[8; 32])).expect("good claims");
    all.judged("a key nobody knows", "good", &link(&stranger), soon(), Undetermined, "signature.key_unknown");
    // Names the known key in its header, and is signed by another.
    let header = |kid: &str| format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"hf1+jwt"}}"#);
    let kid = signer().public().short().to_string();
    let misnamed = verifier::jws::sign_compact(&header(&kid), claims_json().as_bytes(), &Signer::from_seed(&[8; 32]));
    all.judged("a card that names a key which did not sign it", "good", &misnamed, soon(), Invalid, "signature.wrong");
    let unnamed = verifier::jws::sign_compact(&header("AAAAAAAA"), claims_json().as_bytes(), &signer());
    all.judged("a card that does not name the key which signed it", "good", &unnamed, soon(), Undetermined, "signature.key_unknown");
    let ahead = |seconds| link(&changed(|claims| claims.iat = soon().plus_seconds(seconds)));
    all.judged("a card five minutes ahead of the clock", "good", &ahead(300), soon(), Valid, "");
    all.judged("a card five minutes and a second ahead of the clock", "good", &ahead(301), soon(), Undetermined, "key.issued_in_future");
    all.judged("a card newer than the facts", "good", &ahead(-60), soon().plus_seconds(DAY), ValidAsOf, "");
    weak_keys(all, &header);
}

/// Under a point of small order a signature of the neutral point and zero fits any text. No key of a part makes such a card good.
fn weak_keys(all: &mut Cases, header: &dyn Fn(&str) -> String) {
    let encode = |first: u8, rest: u8| base64url::encode(&core::array::from_fn::<u8, 32, _>(|at| if at == 0 { first } else { rest }));
    for (file, name, x) in [
        ("key of small order", "a key of small order", encode(1, 0)),
        ("key that is no point", "a key that is no point", encode(2, 0)),
        ("key of 43 letters", "a key that is no base64url", "!".repeat(43)),
    ] {
        all.facts(file, &with_row(|row| row.x.clone_from(&x)));
        let [a, b, c, d, e, f, ..] = thumbprint(&x);
        let kid = base64url::encode(&[a, b, c, d, e, f]);
        let signed = [header(&kid).as_bytes(), claims_json().as_bytes(), &[&[1][..], &[0; 63]].concat()].map(base64url::encode);
        all.judged(name, file, &signed.join("."), soon(), Undetermined, "signature.key_unknown");
    }
}

fn thumbprint(x: &str) -> [u8; 32] {
    *verifier::bundle::Hash::of(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes()).as_bytes()
}
