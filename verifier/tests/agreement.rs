//! Agreements: what is read, what is refused and where, who has signed, what is in force; and `tests/vectors/agreement.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test agreement` rewrites the file; review the difference.

mod common;

use common::agreements::{EXAMPLE, REFUSALS, example, gathered, keys, noon, notice, region, region_signer, signature, stranger};
use common::vectors::{assert_same, file, lines};
use serde_json::{Value, json};
use verifier::agreement::{Agreement, AgreementError, FILE_MAX_BYTES, MAX_BYTES, RegionKey, SignedAgreement, Standing, State};
use verifier::base64url;
use verifier::documents::{AgreementSignature, Digest};
use verifier::jws::sign_compact;
use verifier::messages::AGREEMENTS;
use verifier::time::Day;
use verifier::verdict::{KeyRevocation, KeyRevocationReason};

const PARTIES: [&str; 5] = ["310000", "320000", "330000", "340000", "810000"];

fn refused(text: &[u8]) -> (&'static str, String) {
    told(&Agreement::read(text).expect_err("must be refused"))
}

fn told(error: &AgreementError) -> (&'static str, String) {
    (error.code(), error.path().to_owned())
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// The example, one place of it changed.
fn changed(from: &str, to: &str) -> String {
    let text = EXAMPLE.replacen(from, to, 1);
    assert_ne!(text, EXAMPLE, "{from} must occur");
    text
}

#[test]
fn the_example_is_read_and_a_draft_of_it_reads_as_the_same() {
    let agreement = example();
    assert_eq!((agreement.grants.len(), agreement.version), (5, 3));
    assert_eq!(Agreement::read(agreement.to_text().as_bytes()), Ok(agreement.clone()));
    assert_eq!(Agreement::read(agreement.to_text().as_bytes()).map(|again| again.to_text()), Ok(agreement.to_text()));
}

#[test]
fn a_text_that_breaks_a_rule_is_refused_with_its_code_and_path() {
    for (from, to, code, path) in REFUSALS {
        assert_eq!(refused(changed(from, to).as_bytes()), (*code, (*path).to_owned()), "{from} -> {to}");
    }
}

#[test]
fn every_rule_has_a_case() {
    let by_table = REFUSALS.iter().map(|(_, _, code, _)| *code);
    let elsewhere = ["agreement.too_long", "agreement.too_deep", "agreement.too_many", "agreement.notice_too_short", "agreement.digest"];
    let covered: Vec<_> = by_table.chain(elsewhere).collect();
    AGREEMENTS.iter().for_each(|message| assert!(covered.contains(&message.code), "{}", message.code));
}

#[test]
fn what_is_too_large_is_refused_without_being_read() {
    let root = |code: &'static str| (code, String::new());
    assert_eq!(refused(&vec![b' '; 10_000_000]), root("agreement.too_long"));
    let padded = |length: usize| format!("{EXAMPLE}{}", " ".repeat(length - EXAMPLE.len()));
    assert_eq!(Agreement::read(padded(MAX_BYTES).as_bytes()), Ok(example()));
    assert_eq!(refused(padded(MAX_BYTES + 1).as_bytes()), root("agreement.too_long"));
    for bomb in ["[".repeat(200_000), "{\"a\":".repeat(40_000), format!("{}1{}", "[".repeat(9), "]".repeat(9))] {
        assert_eq!(refused(bomb.as_bytes()), root("agreement.too_deep"));
    }
    assert!(Agreement::read(changed("Mutual", "Mutual [[[[[[[[[[ \\\" {{{{{{{{{{").as_bytes()).is_ok(), "brackets in a text are no depth");
    assert_eq!(refused(b"\xff"), root("agreement.json"));
    assert_eq!(refused(b"[]"), root("agreement.json"));
    assert_eq!(refused(format!("{EXAMPLE}{EXAMPLE}").as_bytes()), root("agreement.json"));
}

#[test]
fn lists_have_their_ends() {
    let grant = r#"{"id":"gN","moves":"certificate","from":["310000"],"to":["320000"],"accept":{}}"#;
    let head = EXAMPLE.split("\"grants\": [").next().expect("a head");
    let with = |count: usize| {
        let grants: Vec<_> = (0..count).map(|at| grant.replace("gN", &format!("g{at}"))).collect();
        format!("{head}\"grants\":[{}]}}", grants.join(","))
    };
    assert_eq!(Agreement::read(with(500).as_bytes()).map(|agreement| agreement.grants.len()), Ok(500));
    assert_eq!(refused(with(501).as_bytes()), ("agreement.too_many", "grants".into()));
    assert_eq!(refused(with(0).as_bytes()), ("agreement.empty", "grants".into()));
    assert_eq!(refused(with(10_000).as_bytes()), ("agreement.too_long", String::new()));
    let tiny = format!("{head}\"grants\":[{}]}}", vec!["{}"; 10_000].join(","));
    assert_eq!(refused(tiny.as_bytes()), ("agreement.too_many", "grants".into()));
    let courses = |count: usize| {
        let all: Vec<_> = (0..count).map(|at| format!("\"C{at}\"")).collect();
        changed("\"course\": [\"SH-IC-101\", \"SH-IC-102\"]", &format!("\"course\": [{}]", all.join(",")))
    };
    assert!(Agreement::read(courses(200).as_bytes()).is_ok());
    assert_eq!(refused(courses(201).as_bytes()), ("agreement.too_many", "grants[2].accept.course".into()));
}

#[test]
fn copies_of_one_agreement_are_put_together_and_others_are_not() {
    let bytes = EXAMPLE.as_bytes();
    let end = notice(bytes, "330000", "2026-03-01", "2026-06-01");
    let (first, second) = (gathered(bytes, &PARTIES[..3], vec![]), gathered(bytes, &PARTIES[2..], vec![end]));
    let whole = first.merged(&second, &keys).expect("the same agreement");
    assert!(whole.is_agreed() && !first.is_agreed() && !second.is_agreed());
    assert_eq!((whole.notices(), second.merged(&first, &keys)), (second.notices(), Ok(whole.clone())));
    // A signature that is not good gives way to one that is, from whichever copy it comes.
    let forged =
        AgreementSignature { agreement: Digest::of(EXAMPLE), region: region("310000"), at: noon("2025-12-01") }.sign(&stranger()).expect("a text");
    let bad = SignedAgreement::gather(bytes.to_vec(), vec![forged], vec![], &keys).expect("a file");
    assert_ne!(bad.parties()[0].standing, Standing::Signed);
    for merged in [bad.merged(&whole, &keys), whole.merged(&bad, &keys)] {
        assert_eq!(merged.map(|merged| merged.parties()[0].standing), Ok(Standing::Signed));
    }
    let other = gathered(changed("Mutual", "Other").as_bytes(), &[], vec![]);
    assert_eq!(first.merged(&other, &keys).map_err(|error| told(&error)), Err(("agreement.digest", String::new())));
}

#[test]
fn an_agreement_is_agreed_when_every_party_has_signed_its_bytes() {
    let bytes = EXAMPLE.as_bytes();
    let whole = gathered(bytes, &PARTIES, vec![]);
    assert!(whole.is_agreed());
    assert_eq!(whole.digest(), Digest::of(EXAMPLE));
    assert_eq!(SignedAgreement::open(whole.to_text().as_bytes(), &keys), Ok(whole.clone()));
    assert_eq!(whole.bytes(), bytes);
    let one_missing = gathered(bytes, &PARTIES[..4], vec![]);
    assert!(!one_missing.is_agreed());
    assert_eq!(one_missing.parties()[4].standing, Standing::Missing);
    assert_eq!(one_missing.state(day("2026-06-01"), [].iter()), State::Proposed);
    assert_eq!(gathered(bytes, &[], vec![]).parties().iter().filter(|party| party.at.is_none()).count(), 5);
}

/// The standing of the first party where its signature is this one.
fn first(text: &str, keys: verifier::agreement::RegionKeys<'_>) -> Standing {
    let signed = SignedAgreement::gather(EXAMPLE.as_bytes().to_vec(), vec![text.to_owned()], vec![], keys).expect("a good file");
    assert!(!signed.is_agreed());
    signed.parties()[0].standing
}

#[test]
fn a_signature_that_does_not_count_says_why() {
    let bytes = EXAMPLE.as_bytes();
    let own = signature(bytes, "310000");
    assert_eq!(first(&own, &keys), Standing::Signed);
    let other_bytes = format!("{EXAMPLE} ");
    assert_eq!(first(&signature(other_bytes.as_bytes(), "310000"), &keys), Standing::OtherBytes);
    assert_eq!(first(&own, &|_, _| None), Standing::UnknownKey);
    let content = AgreementSignature { agreement: Digest::of(EXAMPLE), region: region("310000"), at: noon("2025-12-01") };
    assert_eq!(first(&content.sign(&stranger()).expect("signed"), &keys), Standing::UnknownKey);
    let forged = format!("{}.{}", own.rsplit_once('.').expect("parts").0, signature(bytes, "320000").rsplit_once('.').expect("parts").1);
    assert_eq!(first(&forged, &keys), Standing::WrongSignature);
    let revoked = |at: &str, reason| {
        let revoked = Some(KeyRevocation { at: noon(at), reason });
        first(&own, &|region, _| Some(RegionKey { public: *region_signer(region.as_str()).public(), revoked }))
    };
    assert_eq!(revoked("2025-12-01", KeyRevocationReason::Superseded), Standing::RevokedKey);
    assert_eq!(revoked("2025-12-02", KeyRevocationReason::Superseded), Standing::Signed);
    assert_eq!(revoked("2025-12-02", KeyRevocationReason::Compromise), Standing::RevokedKey);
}

#[test]
fn a_file_that_breaks_a_rule_is_refused_with_its_code_and_path() {
    let bytes = EXAMPLE.as_bytes();
    let signatures = || PARTIES.map(|party| signature(bytes, party)).to_vec();
    let gather = |bytes: &[u8], signatures: Vec<String>, notices: Vec<String>| {
        SignedAgreement::gather(bytes.to_vec(), signatures, notices, &keys).map_err(|error| told(&error)).expect_err("must be refused")
    };
    let mut turned = signatures();
    turned.swap(0, 1);
    assert_eq!(gather(bytes, turned, vec![]), ("agreement.order", "signatures[1]".into()));
    let mut twice = signatures();
    twice[1] = twice[0].clone();
    assert_eq!(gather(bytes, twice, vec![]), ("agreement.order", "signatures[1]".into()));
    assert_eq!(gather(bytes, vec![signature(bytes, "440300")], vec![]), ("agreement.not_a_party", "signatures[0]".into()));
    assert_eq!(gather(bytes, vec![], vec![notice(bytes, "440300", "2026-01-01", "2027-01-01")]), ("agreement.not_a_party", "notices[0]".into()));
    assert_eq!(gather(bytes, vec![String::new()], vec![]), ("jws.parts", "signatures[0]".into()));
    assert_eq!(
        gather(bytes, vec![notice(bytes, "310000", "2026-01-01", "2027-01-01")], vec![]),
        ("document.unknown", "signatures[0].effective".into())
    );
    assert_eq!(gather(b"{}", vec![], vec![]), ("agreement.missing", "agreement.hufu".into()));
    assert_eq!(gather(b"[]", vec![], vec![]), ("agreement.json", "agreement".into()));
    let earlier = notice(bytes, "310000", "2026-01-01", "2027-01-01");
    let later = notice(bytes, "310000", "2026-02-01", "2027-01-01");
    assert_eq!(gather(bytes, vec![], vec![later, earlier]), ("agreement.order", "notices[1]".into()));

    let good = gathered(bytes, &PARTIES, vec![]).to_text();
    let open = |text: &str| SignedAgreement::open(text.as_bytes(), &keys).map_err(|error| told(&error)).expect_err("must be refused");
    assert_eq!(open(&good.replace("agreement-file/1", "agreement-file/2")), ("agreement.value", "hufu".into()));
    assert_eq!(open(&good.replace(",\"notices\":[]", "")), ("agreement.missing", "notices".into()));
    assert_eq!(open(&good.replace("\"notices\"", "\"x\":1,\"notices\"")), ("agreement.unknown", "x".into()));
    assert_eq!(open(&good.replacen("\"agreement\":\"", "\"agreement\":\"=", 1)), ("agreement.value", "agreement".into()));
    assert_eq!(open(&" ".repeat(FILE_MAX_BYTES + 1)), ("agreement.too_long", String::new()));
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"hufu-notice+jwt"}}"#, region_signer("310000").public().thumbprint());
    let payload = format!(r#"{{"hufu":"agreement-signature/1","agreement":"{}","region":"310000","at":1764561600}}"#, Digest::of(EXAMPLE));
    let wrong_type = sign_compact(&header, payload.as_bytes(), &region_signer("310000"));
    assert_eq!(gather(bytes, vec![wrong_type], vec![]), ("jws.typ", "signatures[0]".into()));
}

#[test]
fn notice_counts_from_its_day_if_it_is_long_enough() {
    let bytes = EXAMPLE.as_bytes();
    let standing = |at: &str, effective: &str| gathered(bytes, &PARTIES, vec![notice(bytes, "340000", at, effective)]);
    let good = standing("2026-03-01", "2026-03-31");
    assert_eq!(good.notices()[0].standing, Standing::Signed);
    let on = |signed: &SignedAgreement, text: &str| signed.state(day(text), [].iter());
    assert_eq!((on(&good, "2026-03-30"), on(&good, "2026-03-31")), (State::InForce, State::Ended));
    let short = standing("2026-03-01", "2026-03-30");
    assert_eq!(short.notices()[0].standing, Standing::TooShort);
    assert_eq!(on(&short, "2026-05-01"), State::InForce);
    let other = notice(b"other", "340000", "2026-03-01", "2026-04-30");
    assert_eq!(on(&gathered(bytes, &PARTIES, vec![other]), "2026-05-01"), State::InForce);
    let several = ["320000", "340000"].map(|party| notice(bytes, party, "2026-03-01", if party == "320000" { "2026-12-31" } else { "2026-06-01" }));
    assert_eq!(on(&gathered(bytes, &PARTIES, several.to_vec()), "2026-06-01"), State::Ended);
}

#[test]
fn an_agreement_is_in_force_from_its_first_day_through_its_last_until_a_newer_one_counts() {
    let signed = gathered(EXAMPLE.as_bytes(), &PARTIES, vec![]);
    for (text, state) in
        [("2025-12-31", State::NotYet), ("2026-01-01", State::InForce), ("2028-12-31", State::InForce), ("2029-01-01", State::Lapsed)]
    {
        assert_eq!(signed.state(day(text), [].iter()), state, "{text}");
    }
    let newer = changed("\"version\": 3", "\"version\": 4").replace("\"2026-01-01\", \"through\": \"2028-12-31\"", "\"2027-01-01\"");
    let on = |other: &SignedAgreement, text: &str| signed.state(day(text), [other].into_iter());
    let agreed = gathered(newer.as_bytes(), &PARTIES, vec![]);
    assert_eq!((on(&agreed, "2026-12-31"), on(&agreed, "2027-01-01")), (State::InForce, State::Superseded));
    assert_eq!(agreed.state(day("2027-01-01"), [&signed].into_iter()), State::InForce);
    assert_eq!(on(&gathered(newer.as_bytes(), &PARTIES[1..], vec![]), "2027-01-01"), State::InForce);
    let of_another_id = newer.replace("yrd-skills", "yrd-other");
    assert_eq!(on(&gathered(of_another_id.as_bytes(), &PARTIES, vec![]), "2027-01-01"), State::InForce);
    let of_fewer = newer.replacen(", \"810000\"]", "]", 1).replace("\"from\": [\"810000\"]", "\"from\": [\"320000\"]");
    assert_eq!(on(&gathered(of_fewer.as_bytes(), &PARTIES[..4], vec![]), "2027-01-01"), State::InForce);
}

fn made() -> String {
    let compact = example().to_text();
    let accepted = [EXAMPLE, &compact].into_iter().map(|text| json!({ "agreement": text, "digest": Digest::of(text) }).to_string());
    let refused = REFUSALS.iter().map(|(from, to, code, path)| json!({ "agreement": changed(from, to), "code": code, "path": path }).to_string());
    let bytes = EXAMPLE.as_bytes();
    let seeds = PARTIES.map(|party| json!({ "region": party, "seed": base64url::encode(&[party[..2].parse().expect("digits"); 32]) }));
    let files = [
        ("agreed", gathered(bytes, &PARTIES, vec![])),
        ("one party has not signed", gathered(bytes, &PARTIES[..4], vec![])),
        ("ended by notice", gathered(bytes, &PARTIES, vec![notice(bytes, "340000", "2026-03-01", "2026-03-31")])),
        ("notice too short", gathered(bytes, &PARTIES, vec![notice(bytes, "340000", "2026-03-01", "2026-03-30")])),
    ];
    let files = files.into_iter().map(|(name, signed)| {
        let days = ["2025-12-31", "2026-01-01", "2026-03-30", "2026-03-31", "2028-12-31", "2029-01-01"];
        let states = days.map(|text| json!([text, format!("{:?}", signed.state(day(text), [].iter()))]));
        json!({ "name": name, "file": signed.to_text(), "states": states }).to_string()
    });
    format!("{{\"keys\":{},\n\"accepted\":{},\n\"refused\":{},\n\"files\":{}}}\n", json!(seeds), lines(accepted), lines(refused), lines(files))
}

#[test]
fn the_vectors_are_what_the_code_makes_and_each_is_accepted_or_refused_as_it_says() {
    let text = file("agreement.json", made);
    assert_same(&text, &made());
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    for vector in vectors["refused"].as_array().expect("a list") {
        let (code, path) = refused(vector["agreement"].as_str().expect("a text").as_bytes());
        assert_eq!((code, path.as_str()), (vector["code"].as_str().expect("a code"), vector["path"].as_str().expect("a path")));
    }
}
