//! Laws that hold for every input: what is written reads back, what is altered never verifies, and nothing panics.

mod common;

use common::cards::{Draw, full_card};
use common::world::World;
use common::{claims, signer};
use proptest::prelude::*;
use verifier::card::Card;
use verifier::hf1::{self, Form, Type};
use verifier::ids::{CertificateNumber, PersonName, RegionCode};
use verifier::jws::{Compact, PublicKey, Signer, open, sign_compact};
use verifier::status::{Bitstring, Purpose, Status, StatusArray, TokenStatusList};
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::{NoMemo, Outcome, Presented, judge};

fn card(seed: u64) -> Card {
    full_card(&mut Draw(seed))
}

proptest! {
    #[test]
    fn a_card_survives_either_type_and_any_link(seed: u64, host in "[a-z]{1,20}", space in "[ \t\r\n]{0,3}") {
        let card = card(seed);
        for kind in [Type::Verbatim, Type::Deflated] {
            let digits = hf1::encode_as(&card, kind);
            prop_assert_eq!(hf1::decode(&digits), Ok(card.jws().to_string()));
            let reading = hf1::read(&format!("{space}https://{host}.example/c#{digits}{space}")).expect("a card");
            prop_assert_eq!((reading.form, reading.jws.as_str()), (Form::Hf1, card.jws()));
        }
        prop_assert!(hf1::encode(&card).len() <= hf1::encode_as(&card, Type::Verbatim).len());
        let reading = hf1::read(&format!("https://{host}.example/#{}", card.jws())).expect("a card");
        prop_assert_eq!((reading.form, reading.jws.as_str()), (Form::Jws, card.jws()));
    }

    #[test]
    fn a_card_altered_anywhere_never_verifies(seed: u64, at: prop::sample::Index, with in 0u8..128) {
        let card = card(seed);
        let mut bytes = card.jws().as_bytes().to_vec();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        let altered = String::from_utf8(bytes).expect("ASCII");
        prop_assert!(!Card::parse(&altered).is_ok_and(|card| card.is_signed_by(signer().public())));
    }

    #[test]
    fn digits_altered_anywhere_never_give_another_good_card(seed: u64, at: prop::sample::Index, with in b'0'..=b'9') {
        let card = card(seed);
        let mut digits = hf1::encode(&card).into_bytes();
        let at = at.index(digits.len());
        prop_assume!(digits[at] != with);
        digits[at] = with;
        let altered = String::from_utf8(digits).expect("ASCII");
        // The last bits of a DEFLATE stream may mean nothing: then it is the same card, never another.
        if let Ok(Ok(read)) = hf1::decode(&altered).map(|jws| Card::parse(&jws)) {
            prop_assert!(read == card || !read.is_signed_by(signer().public()));
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,300}", bytes: Vec<u8>) {
        let _ = (Card::parse(&text), hf1::read(&text), hf1::decode(&text), Compact::split(&text, 1_000));
        let _ = (PersonName::parse(&text), Bitstring::parse(&text), TokenStatusList::parse(1, &text), Bitstring::from_gzip(&bytes));
        let header = r#"{"alg":"EdDSA","kid":"AAAAAAAA","typ":"hf1+jwt"}"#;
        prop_assert!(Card::parse(&sign_compact(header, &bytes, &signer())).is_err());
    }

    #[test]
    fn nothing_but_the_card_itself_is_green(text in "\\PC{0,200}", at: prop::sample::Index, with in 0u8..128, hf1: bool) {
        let world = World::good();
        let outcome = |text: &str| judge(&Presented::from_text(text), &world.facts(), world.as_of, &NoMemo).outcome;
        let card = Card::sign(&claims(), &signer()).expect("good claims");
        let good = if hf1 { hf1::encode(&card) } else { card.jws().to_string() };
        prop_assert_eq!(outcome(&good), Outcome::Valid);
        prop_assert!(matches!(outcome(&text), Outcome::Invalid | Outcome::Undetermined));
        let mut altered = good.clone().into_bytes();
        let at = at.index(altered.len());
        altered[at] = with;
        let altered = String::from_utf8(altered).expect("ASCII");
        let same_card = Presented::from_text(&altered).card() == Some(&card);
        prop_assert!(same_card || matches!(outcome(&altered), Outcome::Invalid | Outcome::Undetermined));
    }

    #[test]
    fn whatever_is_signed_opens_with_its_own_key_only(seed: [u8; 32], other: [u8; 32], payload: Vec<u8>) {
        let key = Signer::from_seed(&seed);
        let text = sign_compact(r#"{"alg":"EdDSA","typ":"x"}"#, &payload, &key);
        prop_assert_eq!(open(&text, usize::MAX, "x", key.public()), Ok(payload));
        prop_assert_eq!(PublicKey::parse(&key.public().jwk().x), Ok(*key.public()));
        prop_assume!(seed != other);
        prop_assert!(open(&text, usize::MAX, "x", Signer::from_seed(&other).public()).is_err());
    }

    #[test]
    fn a_generated_number_is_well_formed(random: [u8; 16], year in 2000u16..3000) {
        let number = CertificateNumber::generate(random, &RegionCode::parse("310000").expect("a region"), year);
        prop_assert!(number.has_check_char());
        prop_assert_eq!(CertificateNumber::parse(number.as_str()), Ok(number));
    }

    #[test]
    fn an_instant_lies_in_the_day_it_is_in(seconds in -62_000_000_000i64..250_000_000_000, minutes in -840i16..=840) {
        let zone = Zone::from_minutes(minutes).expect("a zone");
        let (instant, day) = (Instant(seconds), Instant(seconds).day_in(zone));
        prop_assert!(day.start_in(zone) <= instant && instant < day.add_days(1).start_in(zone));
        prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
    }

    #[test]
    fn adding_months_never_leaves_the_month(days in -300_000i64..300_000, months in -600i32..600) {
        let day = Day::from_epoch_days(days);
        let (year, month, _) = day.civil();
        let (later_year, later_month, _) = day.add_months(months).civil();
        prop_assert_eq!(later_year * 12 + later_month as i32, year * 12 + month as i32 + months);
    }

    #[test]
    fn a_status_list_reads_back(entries in prop::collection::vec((0u32..200_000, 0u8..4), 0..50), len in 200_000u32..210_000) {
        let mut array = StatusArray::with_len(len).expect("inside the limit");
        for (index, value) in &entries {
            let status = [Status::Valid, Status::Revoked, Status::Suspended, Status::Replaced][usize::from(*value)];
            array.set(*index, status).expect("inside the list");
            prop_assert_eq!(array.get(*index), Some(status));
        }
        let token = TokenStatusList::parse(2, &array.token_list().lst()).expect("our own list");
        prop_assert_eq!(StatusArray::from_token_list(&token, len), Ok(array.clone()));
        for purpose in [Purpose::Revocation, Purpose::Suspension] {
            let bits = array.bitstring(purpose);
            prop_assert_eq!(Bitstring::parse(&bits.encoded_list()), Ok(bits));
        }
    }
}
