//! Status lists against the published examples, in both bit orders.

use verifier::base64url;
use verifier::status::{Bitstring, MAX_ENTRIES, MIN_ENTRIES, Purpose, Status, StatusArray, StatusError, TokenStatusList, gzip};

/// A list that is no palindrome in any order: index 0 suspended, 1 revoked, 6 replaced, 131,073 revoked.
fn sample() -> StatusArray {
    let mut array = StatusArray::with_len(131_080).expect("inside the limit");
    for (index, status) in [(0, Status::Suspended), (1, Status::Revoked), (6, Status::Replaced), (131_073, Status::Revoked)] {
        array.set(index, status).expect("inside the list");
    }
    array
}

#[test]
fn the_examples_of_the_ietf_draft_are_read() {
    let one_bit = TokenStatusList::parse(1, "eNrbuRgAAhcBXQ").expect("the draft's list of one bit");
    assert_eq!(one_bit.as_bytes(), [0xb9, 0xa3]);
    let values: Vec<_> = (0..16).filter_map(|index| one_bit.get(index)).collect();
    assert_eq!(values, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!((one_bit.capacity(), one_bit.get(16)), (16, None));
    let two_bits = TokenStatusList::parse(2, "eNo76fITAAPfAgc").expect("the draft's list of two bits");
    assert_eq!(two_bits.as_bytes(), [0xc9, 0x44, 0xf9]);
    let values: Vec<_> = (0..12).filter_map(|index| two_bits.get(index)).collect();
    assert_eq!(values, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
}

#[test]
fn the_example_of_the_w3c_recommendation_is_read() {
    // Bitstring Status List v1.0, example of a status list credential: 131,072 entries, all of them clear.
    let text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    let list = Bitstring::parse(text).expect("the recommendation's list");
    assert_eq!(list.len(), MIN_ENTRIES);
    assert!((0..MIN_ENTRIES).all(|index| list.get(index) == Some(false)));
    assert_eq!(list.get(MIN_ENTRIES), None);
}

#[test]
fn the_two_lists_count_bits_from_opposite_ends() {
    let array = sample();
    let revocation = base64url::decode(&array.bitstring(Purpose::Revocation).encoded_list()[1..]).expect("base64url");
    let bytes = verifier::status::gunzip(&revocation, 20_000).expect("gzip");
    assert_eq!((bytes.len(), bytes[0], bytes[16_384]), (16_385, 0b0100_0010, 0b0100_0000));
    let suspension = array.bitstring(Purpose::Suspension);
    assert_eq!((suspension.get(0), suspension.get(1), suspension.get(7)), (Some(true), Some(false), Some(false)));
    assert_eq!(array.token_list().as_bytes()[..2], [0b0000_0110, 0b0011_0000]);
}

#[test]
fn a_list_reads_back_from_either_rendition() {
    let array = sample();
    let token = TokenStatusList::parse(2, &array.token_list().lst()).expect("our own list");
    assert_eq!(StatusArray::from_token_list(&token, array.len()), Ok(array.clone()));
    let bits = |purpose| Bitstring::parse(&array.bitstring(purpose).encoded_list()).expect("our own list");
    let joined = StatusArray::from_bitstrings(&bits(Purpose::Revocation), &bits(Purpose::Suspension), array.len());
    let mut expected = array.clone();
    expected.set(6, Status::Revoked).expect("inside the list");
    assert_eq!(joined, Ok(expected), "a replaced entry reads as revoked, all else alike");
}

#[test]
fn a_short_list_is_padded_and_an_index_above_it_is_no_index() {
    let mut array = StatusArray::default();
    assert!(array.is_empty());
    assert_eq!((array.get(0), array.set(0, Status::Revoked)), (None, Err(StatusError::Beyond)));
    assert_eq!(array.bitstring(Purpose::Revocation).len(), MIN_ENTRIES);
    array.grow(5).expect("inside the limit");
    array.set(4, Status::Replaced).expect("inside the list");
    array.grow(3).expect("a shorter length changes nothing");
    array.grow(9).expect("inside the limit");
    assert_eq!(array.iter().map(|status| status as u8).collect::<Vec<_>>(), [0, 0, 0, 0, 3, 0, 0, 0, 0]);
    assert_eq!((array.len(), array.get(9)), (9, None));
    assert_eq!(array.grow(MAX_ENTRIES + 1), Err(StatusError::TooLarge));
}

#[test]
fn a_revocation_that_is_undone_is_noticed() {
    let (older, mut array) = (sample().bitstring(Purpose::Revocation), sample());
    array.set(9, Status::Revoked).expect("inside the list");
    assert_eq!(older.first_undone(&array.bitstring(Purpose::Revocation)), None);
    array.set(6, Status::Suspended).expect("inside the list");
    assert_eq!(older.first_undone(&array.bitstring(Purpose::Revocation)), Some(6));
    let shorter = StatusArray::from_token_list(&sample().token_list(), 131_072).expect("long enough");
    assert_eq!(older.first_undone(&shorter.bitstring(Purpose::Revocation)), Some(131_073));
}

#[test]
fn each_refusal_says_which_rule() {
    let encoded = |bytes: &[u8]| format!("u{}", base64url::encode(&gzip(bytes)));
    let good = encoded(&[0; 16_384]);
    assert!(Bitstring::parse(&good).is_ok());
    for (text, error) in [
        (encoded(&[0; 16_383]), StatusError::TooShort),
        (encoded(&vec![0; MAX_ENTRIES as usize / 8 + 1]), StatusError::TooLarge),
        (good.replacen('u', "z", 1), StatusError::Encoding),
        (format!("{good}="), StatusError::Encoding),
        (String::from("uAAAA"), StatusError::Compression),
        (String::new(), StatusError::Encoding),
        ("u".repeat(MAX_ENTRIES as usize), StatusError::TooLarge),
    ] {
        assert_eq!(Bitstring::parse(&text), Err(error), "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(TokenStatusList::parse(3, "eNrbuRgAAhcBXQ"), Err(StatusError::Bits));
    assert_eq!(TokenStatusList::parse(1, "eNrbuRgAAhcBXA"), Err(StatusError::Compression));
    assert_eq!(TokenStatusList::parse(1, "eNrbuRgAAhcBXR"), Err(StatusError::Encoding));
    let one_bit = TokenStatusList::parse(1, "eNrbuRgAAhcBXQ").expect("a list of one bit");
    assert_eq!(StatusArray::from_token_list(&one_bit, 2), Err(StatusError::Bits));
    assert_eq!(StatusArray::from_token_list(&sample().token_list(), 131_081), Err(StatusError::Beyond));
}
