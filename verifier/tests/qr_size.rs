//! How large the QR code of a card is, by the arithmetic of ISO/IEC 18004: one byte segment (the link) and one numeric segment.
//! `cargo test -p hufu-verifier --test qr_size -- --nocapture` prints the table of `docs/formats/hf1.md`.

mod common;

use common::cards::{Draw, full_card};
use verifier::hf1::{DICTIONARY, DICTIONARY_SHA256, Type, encode_as};

/// Data codewords of versions 1 to 20 (ISO/IEC 18004 table 7).
const LEVEL_M: [usize; 20] = [16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669];
const LEVEL_Q: [usize; 20] = [13, 22, 34, 48, 62, 76, 88, 110, 132, 154, 180, 206, 244, 261, 295, 325, 367, 397, 445, 485];

/// The prefix in the measurements: 30 characters with the `#`.
const PREFIX: &str = "https://hf.rsj.sh.gov.cn/c/v1#";

/// The smallest version that holds a byte segment and a numeric segment.
fn version(codewords: &[usize; 20], prefix: usize, digits: usize) -> usize {
    let fits = |(at, bytes): (usize, &usize)| {
        let (byte_count, digit_count) = if at < 9 { (8, 10) } else { (16, 12) };
        let numeric = digits / 3 * 10 + [0, 4, 7][digits % 3];
        (4 + byte_count + prefix * 8 + 4 + digit_count + numeric <= bytes * 8).then_some(at + 1)
    };
    codewords.iter().enumerate().find_map(fits).expect("at most version 20")
}

/// The value below which 50, 95 and 100 of a hundred lie.
fn spread(mut values: Vec<usize>) -> (usize, usize, usize) {
    values.sort_unstable();
    (values[values.len() / 2], values[values.len() * 95 / 100], values[values.len() - 1])
}

#[test]
fn the_code_of_a_full_card_is_version_12_or_less_at_level_m() {
    assert_eq!(PREFIX.len(), 30);
    let mut draw = Draw(1);
    let cards: Vec<_> = (0..1_000).map(|_| full_card(&mut draw)).collect();
    println!("1,000 cards with every claim, prefix of 30 characters: median / 95% / largest");
    println!("payload bytes: {:?}", spread(cards.iter().map(|card| card.payload().len()).collect()));
    for kind in [Type::Verbatim, Type::Deflated] {
        let digits: Vec<_> = cards.iter().map(|card| encode_as(card, kind).len()).collect();
        let versions = |table| spread(digits.iter().map(|digits| version(table, PREFIX.len(), *digits)).collect());
        println!("{kind:?}: digits {:?}, version at M {:?}, at Q {:?}", spread(digits.clone()), versions(&LEVEL_M), versions(&LEVEL_Q));
        if kind == Type::Deflated {
            assert!(versions(&LEVEL_M).1 <= 12, "95 of a hundred cards fit version 12 at level M");
        }
    }
}

#[test]
fn the_dictionary_is_the_published_one() {
    use sha2::Digest as _;
    let digest: String = sha2::Sha256::digest(DICTIONARY).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, DICTIONARY_SHA256);
}
