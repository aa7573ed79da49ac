//! `learner-merge/1`: a region states that two accounts are one person's. It names accounts, never the person. Specified in
//! `docs/formats/learner-merge.md`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::ids::RegionCode;
use crate::json::{self, FromJson, Members, Value};
use crate::jws::{Compact, PublicKey, Signer, sign_compact};
use crate::time::Instant;

/// The value of the member `hufu`.
const FORMAT: &str = "learner-merge/1";
/// The `typ` of a merge.
const TYP: &str = "hufu-learner-merge+jwt";
/// The most bytes of a merge's JWS.
const MAX_BYTES: usize = 4 * 1024;
/// The longest id, in bytes.
const ID_MAX: usize = 64;
/// The longest reason, in characters.
const REASON_MAX: usize = 200;
/// The end of the year 9999.
const AT_MAX: i64 = 253_402_300_799;

/// That one account went into another. Members are signed in this order, behind `hufu`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// Its own id, `lev_...`.
    pub id: String,
    /// The region that signs.
    pub region: RegionCode,
    /// The account that ends, `lrn_...`.
    pub from: String,
    /// The account that goes on; another one.
    pub into: String,
    /// Why; 1 to 200 characters without control characters, never personal.
    pub reason: String,
    /// The client that asked.
    pub by: String,
    /// When.
    pub at: Instant,
}

impl FromJson for Merge {
    fn from_json(value: Value<'_>) -> Option<Merge> {
        let mut members = Members::of(value)?;
        (members.required::<String>("hufu")? == FORMAT).then_some(())?;
        let (id, region) = (members.required("id")?, members.required("region")?);
        let (from, into) = (members.required("from")?, members.required("into")?);
        let (reason, by, at) = (members.required("reason")?, members.required("by")?, members.required("at")?);
        members.end()?;
        Some(Merge { id, region, from, into, reason, by, at })
    }
}

impl Merge {
    /// Signs. None where a member breaks its limit, or both accounts are one.
    pub fn sign(&self, signer: &Signer) -> Option<String> {
        self.holds().then_some(())?;
        Some(sign_compact(&header_json(signer.public()), &self.payload()?, signer))
    }

    /// Reads a merge that must be signed by `key`. None where the text is anything but exactly what [`Merge::sign`] writes under that key.
    pub fn open(text: &str, key: &PublicKey) -> Option<Merge> {
        let compact = Compact::split(text, MAX_BYTES).ok()?;
        let ours = compact.header == header_json(key).as_bytes() && compact.is_signed_by(key);
        let merge: Merge = ours.then(|| json::object(&compact.payload)).flatten()?;
        // Exactly one text stands for a merge: what is written again must be what was read.
        (merge.holds() && merge.payload()? == compact.payload).then_some(merge)
    }

    fn payload(&self) -> Option<Vec<u8>> {
        #[derive(Serialize)]
        struct Signed<'a> {
            hufu: &'static str,
            #[serde(flatten)]
            content: &'a Merge,
        }
        serde_json::to_vec(&Signed { hufu: FORMAT, content: self }).ok()
    }

    fn holds(&self) -> bool {
        let is_id = |id: &String| (1..=ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let ids = [&self.id, &self.from, &self.into, &self.by].into_iter().all(is_id);
        let reason = (1..=REASON_MAX).contains(&self.reason.chars().count()) && !self.reason.chars().any(char::is_control);
        ids && reason && self.from != self.into && (0..=AT_MAX).contains(&self.at.0)
    }
}

fn header_json(key: &PublicKey) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{TYP}"}}"#, key.thumbprint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn merge() -> Merge {
        Merge {
            id: "lev_1".to_string(),
            region: RegionCode::parse("310000").expect("a region"),
            from: "lrn_1".to_string(),
            into: "lrn_2".to_string(),
            reason: "两份证件，同一人".to_string(),
            by: "client_1".to_string(),
            at: Instant(1_795_276_800),
        }
    }

    const JSON: &str = r#"{"hufu":"learner-merge/1","id":"lev_1","region":"310000","from":"lrn_1","into":"lrn_2","reason":"两份证件，同一人","by":"client_1","at":1795276800}"#;

    #[test]
    fn the_page_of_the_format_shows_this_text() {
        assert!(include_str!("../../../docs/formats/learner-merge.md").contains(JSON));
    }

    #[test]
    fn what_was_signed_is_read_back_and_has_this_text() {
        let signer = Signer::from_seed(&[1; 32]);
        let text = merge().sign(&signer).expect("it can be signed");
        assert_eq!(Merge::open(&text, signer.public()), Some(merge()));
        assert_eq!(crate::base64url::decode(text.split('.').nth(1).expect("a payload")).as_deref(), Ok(JSON.as_bytes()));
    }

    #[test]
    fn another_key_another_header_and_every_other_text_are_refused() {
        let (signer, other) = (Signer::from_seed(&[1; 32]), Signer::from_seed(&[2; 32]));
        let header = header_json(signer.public());
        let open = |header: &str, json: &str, by: &Signer| Merge::open(&sign_compact(header, json.as_bytes(), by), signer.public());
        assert!(open(&header, JSON, &signer).is_some());
        assert_eq!(open(&header, JSON, &other), None);
        assert_eq!(open(&header_json(other.public()), JSON, &signer), None);
        assert_eq!(open(&header.replace(TYP, "hufu-manifest+jwt"), JSON, &signer), None);
        for (from, to) in [
            ("learner-merge/1", "learner-merge/2"),
            ("lrn_2", "lrn_1"),
            ("lev_1", ""),
            ("lrn_1", "lrn 1"),
            ("1795276800", "-1"),
            ("1795276800", "1795276800.0"),
            ("\"at\"", "\"extra\":1,\"at\""),
            ("\"at\"", "\"by\":\"client_1\",\"at\""),
            ("{\"hufu\"", "{ \"hufu\""),
            ("两份证件，同一人", ""),
            ("两份证件，同一人", "a\\nb"),
            ("同一人", "\\u540c一人"),
        ] {
            assert!(JSON.contains(from), "{from}");
            assert_eq!(open(&header, &JSON.replacen(from, to, 1), &signer), None, "{from} {to}");
        }
        assert_eq!(open(&header, &JSON.replace("同一人", &"人".repeat(200)), &signer), None);
    }

    #[test]
    fn what_could_not_be_read_is_not_signed() {
        let signer = Signer::from_seed(&[1; 32]);
        for wrong in [
            Merge { into: "lrn_1".to_string(), ..merge() },
            Merge { reason: String::new(), ..merge() },
            Merge { reason: "人".repeat(201), ..merge() },
            Merge { id: "l".repeat(65), ..merge() },
            Merge { at: Instant(-1), ..merge() },
        ] {
            assert_eq!(wrong.sign(&signer), None);
        }
    }
}
