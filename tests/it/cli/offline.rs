//! `hufu verify --bundle`: with nothing but a file, on a machine that has neither network nor database.

use hufu::qr::{Level, Matrix};
use serde_json::Value;
use verifier::card::{Card, Claims};
use verifier::jws::Signer;

use super::super::support::facts::bundles::{RegionFacts, file};
use super::super::support::facts::cases::link;
use super::super::support::facts::world::DAY;
use super::super::support::facts::{claims, signer};
use super::bundle::{desk, fresh, later, now, pin};
use super::{Ran, forged};

/// A card of the test provider at an index of its list; it never expires.
pub fn card_at(index: u32) -> Card {
    let claims = Claims { sts: (2026, index).into(), exp: None, ..claims() };
    Card::sign(&claims, &signer()).unwrap()
}

fn png(text: &str) -> Vec<u8> {
    let (prefix, digits) = text.split_at(text.find('#').unwrap() + 1);
    Matrix::encode(prefix, digits, Level::M).unwrap().to_png(4).unwrap()
}

fn jpeg(text: &str) -> Vec<u8> {
    let picture = image::load_from_memory(&png(text)).unwrap().into_luma8();
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

#[test]
fn text_file_pictures_and_standard_input_are_judged_by_the_file_alone() {
    let (desk, here) = desk();
    let write = |name: &str, bytes: &[u8]| std::fs::write(here.join(name), bytes).unwrap();
    let facts = later(&fresh());
    write("310000.hufu", &file(&[&facts]));
    let (good, revoked) = (card_at(4711), card_at(48));
    write("card.txt", good.jws().as_bytes());
    write("card.png", &png(&link(&good)));
    write("card.jpg", &jpeg(&link(&good)));
    write("revoked.png", &png(&link(&revoked)));
    let before = std::fs::read_dir(&here).unwrap().count();
    let by_file = ["verify", "--bundle", "310000.hufu", "--pin", &pin("310000")];
    let verify = |input: &str| {
        let mut command = desk.command(&[&by_file[..], &[input]].concat());
        // A database that is not there and a folder that nobody may make: neither is looked at.
        command.env("HUFU_DATABASE_URL", "postgres://127.0.0.1:1/none").env("HUFU_DATA_DIR", "/proc/none");
        Ran::of(&mut command, good.jws().as_bytes())
    };
    for input in [good.jws(), &link(&good), "card.txt", "card.png", "card.jpg", "-"] {
        let ran = verify(input).expect(0);
        let verdict: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&verdict["outcome"], &verdict["certificate"]["region"]["zh"]), (&"valid".into(), &"上海市".into()), "{ran:?}");
        assert_eq!(ran.err, "");
    }
    assert!(verify("revoked.png").expect(1).out.contains("status.revoked"));
    assert!(verify(&forged(good.jws())).expect(1).out.contains("signature.wrong"));
    assert!(verify("hello").expect(2).out.contains("form.not_hufu"));
    assert_eq!(std::fs::read_dir(&here).unwrap().count(), before, "nothing was made");
}

#[test]
fn an_old_file_says_as_of_and_an_expired_one_cannot_say() {
    let (desk, here) = desk();
    let outcome = |days: i64, code: i32| {
        let facts = RegionFacts { iat: now().plus_seconds(-days * DAY), ..fresh() };
        std::fs::write(here.join("x.hufu"), file(&[&facts])).unwrap();
        let ran = desk.run(&["verify", "--bundle", "x.hufu", "--pin", &pin("310000"), card_at(4711).jws()]).expect(code);
        serde_json::from_str::<Value>(&ran.out).unwrap()["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome(0, 0), "valid");
    assert_eq!(outcome(2, 0), "valid-as-of");
    assert_eq!(outcome(91, 2), "undetermined");
}

#[test]
fn only_the_pinned_region_s_word_counts() {
    let (desk, here) = desk();
    std::fs::write(here.join("x.hufu"), file(&[&fresh()])).unwrap();
    let card = card_at(4711);
    let run = |more: &[&str]| desk.run(&[&["verify", "--lang", "en", "--bundle", "x.hufu"], more, &[card.jws()]].concat());
    assert!(run(&[]).expect(4).err.contains("cli.bundle.not_pinned"));
    assert!(run(&["--pin", &pin("320000")]).expect(4).err.contains("cli.bundle.wrong_pin"));
    run(&["--pin", &pin("310000")]).expect(0);
    let stranger = Signer::from_seed(&[99; 32]);
    let pinned = serde_json::json!({"region": "310000", "key": stranger.public(), "url": "https://a.example"}).to_string();
    std::fs::write(here.join("x.hufu.pin"), pinned).unwrap();
    assert!(run(&[]).expect(4).err.contains("bundle.manifest_key"));
    assert!(desk.run(&["verify", "--pin", &pin("310000"), "x"]).expect(3).err.contains("--bundle"));
}
