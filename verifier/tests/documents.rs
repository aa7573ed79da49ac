//! The signed documents of the credit bank: what each accepts, what it refuses, and `tests/vectors/documents.json`.
//! `HUFU_REWRITE_VECTORS=1 cargo test -p hufu-verifier --test documents` rewrites the file; review the difference.

mod common;

use common::cards::Draw;
use common::documents::{self, HEADERS, KINDS, Kind, REFUSALS, header, kind, signed};
use common::signer;
use common::vectors::{assert_same, file, lines};
use serde_json::{Value, json};
use verifier::base64url;
use verifier::documents::{
    Achievement, AchievementKind, Amount, Category, CourseCode, Digest, LotId, MAX_BYTES, Programme, Ratio, Redemption, Scheme, SchemeId, ValueError,
    digest,
};
use verifier::jws::{Signer, sign_compact};
use verifier::messages::DOCUMENTS;
use verifier::time::Day;

/// What becomes of a text: the same text again, or the code and member of the refusal.
fn outcome(kind: &Kind, text: &str) -> Result<String, (&'static str, Option<String>)> {
    (kind.again)(text, signer().public()).map_err(|error| (error.code(), error.about().map(String::from)))
}

fn refusal(code: &'static str, about: Option<&str>) -> Result<String, (&'static str, Option<String>)> {
    Err((code, about.map(String::from)))
}

/// The members of a payload as they are written, and the places between tokens, where white space changes nothing in JSON.
fn taken_apart(payload: &str) -> (Vec<String>, Vec<usize>) {
    let (mut depth, mut in_text, mut from) = (0, false, 1);
    let (mut members, mut gaps) = (Vec::new(), Vec::new());
    for (at, byte) in payload.bytes().enumerate() {
        in_text ^= byte == b'"';
        if in_text || !b"{}[],:".contains(&byte) {
            continue;
        }
        gaps.extend([at, at + 1]);
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if (byte == b',' && depth == 1) || depth == 0 {
            members.push(payload[from..at].to_owned());
            from = at + 1;
        }
    }
    (members, gaps)
}

fn joined(members: &[String]) -> String {
    format!("{{{}}}", members.join(","))
}

#[test]
fn every_example_is_read_and_written_again_byte_for_byte() {
    for kind in &KINDS {
        let text = signed(kind, kind.example);
        assert_eq!(outcome(kind, &text), Ok(text.clone()), "{}", kind.name);
        assert_eq!(digest(&text), Digest::of(&text).to_string());
        assert!(kind.example.starts_with(&format!(r#"{{"hufu":"{}/1","#, kind.name)));
    }
}

#[test]
fn made_up_documents_of_every_shape_open_as_what_was_signed() {
    let (signer, mut draw) = (signer(), Draw(11));
    macro_rules! round {
        ($type:ident, $made:expr) => {
            let made = $made;
            let text = made.sign(&signer).expect("a good document");
            assert_eq!($type::open(&text, signer.public()).expect("what was signed"), made);
            assert!($type::open(&text, Signer::from_seed(&[8; 32]).public()).is_err_and(|error| error.code() == "document.key"));
        };
    }
    for _ in 0..100 {
        round!(Scheme, documents::scheme(&mut draw));
        round!(Achievement, documents::achievement(&mut draw));
        round!(Programme, documents::programme(&mut draw));
        round!(Redemption, documents::redemption(&mut draw));
    }
}

#[test]
fn a_content_that_breaks_a_rule_is_refused_with_that_rules_code_and_member() {
    for (name, from, to, code, about) in REFUSALS {
        let kind = kind(name);
        let payload = kind.example.replacen(from, to, 1);
        assert_ne!(payload, kind.example, "{name}: {from} must occur");
        assert_eq!(outcome(kind, &signed(kind, &payload)), refusal(code, *about), "{name}: {to}");
    }
    let kind = kind("scheme");
    let not_utf8 = sign_compact(&header(kind.typ), b"{\"hufu\":\"\xff\"}", &signer());
    assert_eq!(outcome(kind, &not_utf8), refusal("document.json", None));
}

#[test]
fn every_code_of_a_refused_document_stands_in_the_table() {
    let refused = REFUSALS.iter().map(|(_, _, _, code, _)| *code).chain(HEADERS.iter().map(|(_, code)| *code));
    let refused: Vec<_> = refused.chain(["document.json"]).collect();
    // The others are codes of single values, which a document reports as `document.member`.
    for message in DOCUMENTS.iter().filter(|m| !m.code.ends_with("_shape") && !m.code.ends_with("_range") && m.code != "document.unknown_kind") {
        assert!(refused.contains(&message.code), "{}", message.code);
    }
}

#[test]
fn a_header_that_is_not_the_template_is_refused() {
    let kind = kind("achievement");
    for (header, code) in HEADERS {
        let header = header.replace("KID", &signer().public().thumbprint());
        let text = sign_compact(&header, kind.example.as_bytes(), &signer());
        assert_eq!(outcome(kind, &text), refusal(code, None), "{header}");
    }
}

#[test]
fn no_document_opens_as_another_kind() {
    for kind in &KINDS {
        let text = signed(kind, kind.example);
        for other in KINDS.iter().filter(|other| other.name != kind.name) {
            assert_eq!(outcome(other, &text), refusal("jws.typ", None));
            assert!(outcome(other, &signed(other, kind.example)).is_err());
        }
    }
}

#[test]
fn every_member_left_out_doubled_nulled_or_moved_is_refused() {
    for kind in &KINDS {
        let (members, _) = taken_apart(kind.example);
        assert_eq!(joined(&members), kind.example);
        for (at, member) in members.iter().enumerate() {
            let name = member.split('"').nth(1);
            let changed = |change: &dyn Fn(&mut Vec<String>)| {
                let mut changed = members.clone();
                change(&mut changed);
                outcome(kind, &signed(kind, &joined(&changed)))
            };
            let left_out = changed(&|all| drop(all.remove(at)));
            assert!(left_out.is_ok() || left_out == refusal("document.missing", name) || left_out == refusal("document.supersedes", name));
            assert_eq!(changed(&|all| all.push(member.clone())), refusal("document.duplicate", name));
            let null = format!("\"{}\":null", name.unwrap_or_default());
            assert_eq!(changed(&|all| all[at] = null.clone()), refusal("document.member", name));
            if at > 0 {
                assert_eq!(changed(&|all| all.swap(at - 1, at)), refusal("document.form", None), "{name:?}");
            }
        }
        assert_eq!(outcome(kind, &signed(kind, &kind.example.replacen('{', "{\"x\":1,", 1))), refusal("document.unknown", Some("x")));
    }
}

#[test]
fn white_space_between_any_two_tokens_is_refused() {
    for kind in &KINDS {
        let (_, gaps) = taken_apart(kind.example);
        assert!(gaps.len() > 16);
        for at in gaps {
            let (before, after) = kind.example.split_at(at);
            assert_eq!(outcome(kind, &signed(kind, &format!("{before} {after}"))), refusal("document.form", None), "{before}");
        }
    }
}

#[test]
fn no_single_changed_character_of_the_text_leaves_a_good_document() {
    for kind in &KINDS {
        let text = signed(kind, kind.example).into_bytes();
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(outcome(kind, &String::from_utf8(changed).expect("ASCII")).is_err(), "{}: character {at} can be changed", kind.name);
        }
    }
}

#[test]
fn the_longest_redemption_fits_and_a_longer_text_is_not_opened() {
    let lot = |at: usize, digits: usize| LotId::parse(&format!("lot_{at:0digits$}")).expect("an id");
    let long = |count: usize, digits: usize| Redemption {
        picks: (0..count).map(|at| (lot(at, digits), Amount::MAX)).collect(),
        ..documents::redemption(&mut Draw(3))
    };
    let longest = long(1_000, 40).sign(&signer()).expect("below the limit");
    assert!(longest.len() <= MAX_BYTES && Redemption::open(&longest, signer().public()).is_ok());
    assert_eq!(long(1_001, 4).sign(&signer()).map_err(|error| error.code()), Err("document.too_many"));
    let kind = kind("scheme");
    let padded = signed(kind, &format!("{}{}", kind.example, " ".repeat(MAX_BYTES * 3 / 4)));
    assert_eq!(outcome(kind, &padded), refusal("jws.too_long", None));
}

#[test]
fn what_would_be_refused_is_not_signed() {
    let signer = signer();
    let both = Scheme { shelf_months: Some(1), calendar_years: Some(1), ..documents::scheme(&mut Draw(1)) };
    assert_eq!(both.sign(&signer).map_err(|error| error.code()), Err("document.shelf"));
    let endless = Scheme { shelf_months: Some(1_201), calendar_years: None, ..documents::scheme(&mut Draw(1)) };
    let refused = endless.sign(&signer).expect_err("out of range");
    assert_eq!((refused.code(), refused.about()), ("document.member", Some("shelf_months")));
    assert_eq!(refused.to_string(), "shelf_months: a member of the document has a value of the wrong type or outside its rule");
}

/// A scheme's months and calendar years, a day of earning, the first day on which what was earned then cannot be spent.
type Shelf = (Option<u16>, Option<u16>, &'static str, Option<&'static str>);

#[rustfmt::skip]
const SHELF: &[Shelf] = &[
    (None, None, "2026-03-01", None),
    (Some(84), None, "2026-03-01", Some("2033-03-01")),
    (Some(1), None, "2026-01-31", Some("2026-02-28")),
    (Some(1), None, "2024-01-31", Some("2024-02-29")),
    (Some(12), None, "2024-02-29", Some("2025-02-28")),
    (Some(48), None, "2024-02-29", Some("2028-02-29")),
    (Some(84), None, "2024-02-29", Some("2031-02-28")),
    (Some(3), None, "2026-11-30", Some("2027-02-28")),
    (Some(1_200), None, "9950-01-01", Some("9999-12-31")),
    (None, Some(0), "2026-12-31", Some("2027-01-01")),
    (None, Some(1), "2026-01-01", Some("2028-01-01")),
    (None, Some(1), "2026-12-31", Some("2028-01-01")),
    (None, Some(100), "9950-06-01", Some("9999-12-31")),
];

#[test]
fn credit_expires_by_months_or_at_the_end_of_a_calendar_year() {
    for (shelf_months, calendar_years, earned, expires_on) in SHELF {
        let scheme = Scheme { shelf_months: *shelf_months, calendar_years: *calendar_years, ..documents::scheme(&mut Draw(1)) };
        let got = scheme.expires_on(Day::parse(earned).expect("a day")).map(|day| day.to_string());
        assert_eq!(got.as_deref(), *expires_on, "{shelf_months:?} {calendar_years:?} {earned}");
    }
}

#[test]
fn names_have_their_shapes() {
    fn codes<T: std::fmt::Display>(parse: fn(&str) -> Result<T, ValueError>, good: &[&str], wrong: &[&str], code: &str) {
        good.iter().for_each(|text| assert_eq!(parse(text).map(|name| name.to_string()).as_deref(), Ok(*text)));
        wrong.iter().for_each(|text| assert_eq!(parse(text).map(|_| ()).map_err(|error| error.code()), Err(code), "{text:?}"));
    }
    let forty = "a".repeat(40);
    let lot = format!("lot_{forty}");
    codes(LotId::parse, &["lot_0", &lot], &["lot_", "lot0", "Lot_0", "ach_0", "lot_A", "lot_a-b", &format!("{lot}a")], "document.id_shape");
    let schemes = ["310000", "31000:credit", "990000:credit", "310000:", "310000:a b", "310000:aaaaaaaaaaaaaaaaaaaaa", "310000:a:b", ":a"];
    codes(SchemeId::parse, &["310000:credit", "810000:h-2"], &schemes, "document.scheme_shape");
    codes(Category::parse, &["core", "a-1", &forty], &["", "Core", "核心", "a b", &format!("{forty}a")], "document.category_shape");
    codes(CourseCode::parse, &["SH-IC-101", "a.b_C"], &["", "a b", "a/b", "课程", &format!("{forty}a")], "document.course_shape");
    let digest = digest("x");
    codes(Digest::parse, &[&digest], &["", &digest[7..], &digest.to_uppercase(), &digest[..70], &format!("{digest}0")], "document.digest_shape");
    codes(AchievementKind::parse, &["course", "award"], &["Course", ""], "document.unknown_kind");
    assert_eq!(SchemeId::parse("310000:credit").expect("a scheme").region(), "310000");
}

#[test]
fn amounts_and_ratios_have_their_ends() {
    for (hundredths, good) in
        [(i64::MIN, false), (-1, false), (0, false), (1, true), (1_000_000_000, true), (1_000_000_001, false), (i64::MAX, false)]
    {
        assert_eq!(Amount::new(hundredths).is_ok(), good, "{hundredths}");
    }
    let amount = |hundredths| Amount::new(hundredths).expect("in range");
    assert_eq!([1, 10, 1_200].map(|hundredths| amount(hundredths).to_string()), ["0.01", "0.10", "12.00"]);
    let ratio = |n, d| Ratio::new(n, d).map(|ratio| ratio.of(amount(100)));
    assert_eq!([ratio(0, 1), ratio(1, 3), ratio(2, 3), ratio(10_000, 10_000)], [Ok(0), Ok(33), Ok(66), Ok(100)]);
    assert!(ratio(2, 1).is_err() && ratio(0, 0).is_err() && ratio(1, 10_001).is_err());
    assert_eq!(Ratio::new(9_999, 10_000).map(|ratio| ratio.of(Amount::MAX)), Ok(999_900_000));
}

fn made() -> String {
    let accepted = KINDS.iter().map(|kind| {
        let jws = signed(kind, kind.example);
        json!({ "kind": kind.name, "payload": kind.example, "jws": jws, "digest": digest(&jws) }).to_string()
    });
    let contents = REFUSALS.iter().map(|(name, from, to, code, about)| {
        let kind = kind(name);
        json!({ "kind": name, "jws": signed(kind, &kind.example.replacen(from, to, 1)), "code": code, "about": about }).to_string()
    });
    let headers = HEADERS.iter().map(|(header, code)| {
        let header = header.replace("KID", &signer().public().thumbprint());
        let jws = sign_compact(&header, kind("achievement").example.as_bytes(), &signer());
        json!({ "kind": "achievement", "jws": jws, "code": code, "about": null }).to_string()
    });
    let shelf = SHELF.iter().map(|(months, years, earned, expires_on)| {
        json!({ "shelf_months": months, "calendar_years": years, "earned": earned, "expires_on": expires_on }).to_string()
    });
    format!(
        "{{\"seed\":\"{}\",\"public\":\"{}\",\n\"accepted\":{},\n\"refused\":{},\n\"expires\":{}}}\n",
        base64url::encode(&[7; 32]),
        signer().public().jwk().x,
        lines(accepted),
        lines(contents.chain(headers)),
        lines(shelf),
    )
}

#[test]
fn the_vectors_are_what_the_code_makes_and_every_one_is_accepted_or_refused_as_it_says() {
    let text = file("documents.json", made);
    assert_same(&text, &made());
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let all = |list: &str| vectors[list].as_array().expect("a list").clone();
    let text = |vector: &Value, member: &str| vector[member].as_str().expect("a string").to_owned();
    for vector in all("accepted") {
        assert_eq!(outcome(kind(&text(&vector, "kind")), &text(&vector, "jws")), Ok(text(&vector, "jws")));
    }
    for vector in all("refused") {
        let (code, about) = outcome(kind(&text(&vector, "kind")), &text(&vector, "jws")).expect_err("must be refused");
        assert_eq!((code, about.as_deref()), (text(&vector, "code").as_str(), vector["about"].as_str()));
    }
}
