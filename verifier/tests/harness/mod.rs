//! What must hold for every input, one body a parser. The fuzz targets and `tests/fuzz_harness.rs` run the same bodies: the first for
//! hours over anything, the second for a second over altered real inputs.

use core::fmt::{Debug, Write as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use verifier::base64url;
use verifier::card::{Card, MAX_BYTES};
use verifier::hf1::{self, Type};
use verifier::ids::{CertificateNumber, CreditCode, IdDocument, IdKind, LastFour, OccupationCode, OccupationPrefix, PersonName, RegionCode, Title};
use verifier::jws::{Compact, Header, PublicKey, Signer, sign_compact};
use verifier::status::{Bitstring, TokenStatusList, gunzip, gzip};
use verifier::time::Day;
use verifier::verdict::Presented;

/// One body: it panics where something that must hold does not.
pub type Body = fn(&[u8]);

/// Every body with the name of its fuzz target.
pub const BODIES: [(&str, Body); 5] = [("jws", jws), ("card", card), ("hf1", hf1), ("ids", ids), ("status", status)];

/// A JWS that splits is written in exactly one way; no header but a good one passes; any key that passes writes itself back.
pub fn jws(data: &[u8]) {
    let _ = Header::parse(data);
    if let Ok(bytes) = <&[u8; 32]>::try_from(data)
        && let Ok(key) = PublicKey::from_bytes(bytes)
    {
        assert_eq!(PublicKey::parse(&base64url::encode(bytes)), Ok(key));
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(parts) = Compact::split(text, 4_096) {
        let [header, payload] = [&parts.header, &parts.payload].map(|part| base64url::encode(part));
        assert_eq!(format!("{header}.{payload}.{}", base64url::encode(&parts.signature)), text);
        assert!(!parts.is_signed_by(signer().public()) || Header::parse(&parts.header).is_ok(), "only we sign with the test key");
    }
}

/// A card that parses keeps its text and its claims; so does any payload that is signed as one.
pub fn card(data: &[u8]) {
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"hf1+jwt"}}"#, signer().public().short());
    let signed = sign_compact(&header, data, &signer());
    if let Ok(card) = Card::parse(&signed) {
        assert!(card.is_signed_by(signer().public()));
        assert_eq!(card.payload(), data);
        let again = Card::sign(card.claims(), &signer()).expect("claims that were read can be signed");
        assert_eq!(again.claims(), card.claims());
    }
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(card) = Card::parse(text) {
        assert!(text.len() <= MAX_BYTES);
        assert_eq!(card.jws(), text);
    }
    let _ = Presented::from_text(text);
}

/// Digits that decode to a card encode to digits of the same card; bytes reach the decoder behind any digits.
pub fn hf1(data: &[u8]) {
    let digits = digits_of(data.get(..2_100).unwrap_or(data));
    let texts = [core::str::from_utf8(data).ok(), Some(digits.as_str())];
    for text in texts.into_iter().flatten() {
        let _ = hf1::read(text);
        if let Ok(jws) = hf1::decode(text)
            && let Ok(card) = Card::parse(&jws)
        {
            for kind in [Type::Verbatim, Type::Deflated] {
                assert_eq!(hf1::decode(&hf1::encode_as(&card, kind)).as_deref(), Ok(card.jws()));
            }
        }
    }
}

/// Whatever an identifier accepts it writes back, and reads again as the same.
pub fn ids(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    reads_back(CreditCode::parse(text), text);
    reads_back(RegionCode::parse(text), text);
    reads_back(OccupationCode::parse(text), text);
    reads_back(OccupationPrefix::parse(text), text);
    reads_back(LastFour::parse(text), text);
    reads_back(CertificateNumber::parse(text), text);
    reads_back(PersonName::parse(text), text);
    reads_back(Title::parse(text), text);
    reads_back(Day::parse(text), text);
    use IdKind::{HkId, HkMacauPermit, MacauId, Passport, ResidencePermit, Resident, TaiwanPermit};
    for kind in [Resident, HkMacauPermit, TaiwanPermit, HkId, MacauId, ResidencePermit, Passport] {
        if let Ok(id) = IdDocument::parse(kind, text) {
            assert_eq!(IdDocument::parse(kind, id.as_str()).as_ref(), Ok(&id));
            assert!(id.as_str().ends_with(id.last_four().as_str()));
        }
    }
}

/// A list that inflates reads the same after it is written again; nothing inflates above its cap.
pub fn status(data: &[u8]) {
    if let Ok(bytes) = gunzip(data, 1_000) {
        assert!(bytes.len() <= 1_000);
        assert_eq!(gunzip(&gzip(&bytes), 1_000), Ok(bytes));
    }
    if let Ok(list) = Bitstring::from_gzip(data) {
        assert_eq!(Bitstring::parse(&list.encoded_list()), Ok(list));
    }
    let encoded = base64url::encode(data);
    for bits in [1, 2, 4, 8] {
        if let Ok(list) = TokenStatusList::parse(bits, &encoded) {
            assert_eq!(list.get(list.capacity()), None);
            assert_eq!(TokenStatusList::parse(bits, &list.lst()), Ok(list));
        }
    }
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = (Bitstring::parse(text), TokenStatusList::parse(2, text));
    }
}

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug, E>(parsed: Result<T, E>, text: &str) {
    if let Ok(value) = parsed {
        let json = serde_json::to_string(&value).expect("a string");
        assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
        assert_eq!(serde_json::from_str::<T>(&json).expect("the same value"), value);
    }
}

fn signer() -> Signer {
    Signer::from_seed(&[7; 32])
}

/// Bytes in the digits of HF1, so that altered bytes are tried and not only altered digits.
pub fn digits_of(bytes: &[u8]) -> String {
    bytes.chunks(7).fold(String::new(), |mut text, group| {
        let value = group.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        let width = [0, 3, 5, 8, 10, 13, 15, 17][group.len()];
        write!(text, "{value:0width$}").expect("a string takes anything");
        text
    })
}
