//! `learner-merge/1`: a region states that two accounts are one person's. It names accounts, never the person. Specified in
//! `docs/formats/learner-merge.md`.

use super::{DocumentError, DocumentRule, LearnerId, check_at, document};
use crate::ids::RegionCode;
use crate::time::Instant;
use alloc::string::String;
use serde::Serialize;

/// The longest id of an event or a client, in bytes.
const ID_MAX: usize = 64;
/// The longest reason, in characters.
const REASON_MAX: usize = 200;

/// That one account went into another. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// Its own id, `lev_...`.
    pub id: String,
    /// The region that signs.
    pub region: RegionCode,
    /// The account that ends.
    pub from: LearnerId,
    /// The account that goes on; another one.
    pub into: LearnerId,
    /// Why; 1 to 200 characters without control characters, never personal.
    pub reason: String,
    /// The client that asked.
    pub by: String,
    /// When.
    pub at: Instant,
}

document!(Merge, "learner-merge/1", "hufu-learner-merge+jwt" { id, region, from, into, reason, by, at; });

impl Merge {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        let is_id = |id: &str| (1..=ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let reason = (1..=REASON_MAX).contains(&self.reason.chars().count()) && !self.reason.chars().any(char::is_control);
        let members = [("id", is_id(&self.id)), ("by", is_id(&self.by)), ("reason", reason)];
        if let Some((name, _)) = members.into_iter().find(|(_, fits)| !fits) {
            return Err(DocumentRule::Member.about(name));
        }
        if self.from == self.into {
            return Err(DocumentRule::Twice.about("into"));
        }
        check_at(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jws::{Signer, sign_compact};
    use alloc::string::ToString;

    const HEADER: &str = r#"{"alg":"EdDSA","kid":"KID","typ":"hufu-learner-merge+jwt"}"#;
    const JSON: &str = r#"{"hufu":"learner-merge/1","id":"lev_1","region":"310000","from":"lrn_1","into":"lrn_2","reason":"两份证件，同一人","by":"client_1","at":1795276800}"#;

    fn merge() -> Merge {
        let learner = |id| LearnerId::parse(id).expect("an id");
        Merge {
            id: "lev_1".to_string(),
            region: RegionCode::parse("310000").expect("a region"),
            from: learner("lrn_1"),
            into: learner("lrn_2"),
            reason: "两份证件，同一人".to_string(),
            by: "client_1".to_string(),
            at: Instant(1_795_276_800),
        }
    }

    #[test]
    fn the_page_of_the_format_shows_this_text() {
        assert!(include_str!("../../../docs/formats/learner-merge.md").contains(JSON));
    }

    #[test]
    fn what_was_signed_is_read_back_and_has_this_text() {
        let signer = Signer::from_seed(&[1; 32]);
        let text = merge().sign(&signer).expect("it can be signed");
        assert_eq!(Merge::open(&text, signer.public()), Ok(merge()));
        assert_eq!(crate::base64url::decode(text.split('.').nth(1).expect("a payload")).as_deref(), Ok(JSON.as_bytes()));
    }

    #[test]
    fn every_other_content_is_refused_with_its_rule() {
        let signer = Signer::from_seed(&[1; 32]);
        let header = HEADER.replace("KID", &signer.public().thumbprint());
        let open = |json: &str| Merge::open(&sign_compact(&header, json.as_bytes(), &signer), signer.public());
        assert_eq!(open(JSON), Ok(merge()));
        for (from, to, code) in [
            ("learner-merge/1", "learner-merge/2", "document.member"),
            ("lrn_2", "lrn_1", "document.twice"),
            ("lev_1", "", "document.member"),
            ("lrn_1", "lrn 1", "document.member"),
            ("1795276800", "-1", "document.member"),
            ("1795276800", "1795276800.0", "document.member"),
            ("\"at\"", "\"extra\":1,\"at\"", "document.unknown"),
            ("\"at\"", "\"by\":\"client_1\",\"at\"", "document.duplicate"),
            ("{\"hufu\"", "{ \"hufu\"", "document.form"),
            ("两份证件，同一人", "", "document.member"),
            ("两份证件，同一人", "a\\nb", "document.member"),
            ("同一人", "\\u540c一人", "document.form"),
        ] {
            assert!(JSON.contains(from), "{from}");
            assert_eq!(open(&JSON.replacen(from, to, 1)).map_err(|error| error.code()), Err(code), "{from} {to}");
        }
        assert!(open(&JSON.replace("同一人", &"人".repeat(200))).is_err());
    }
}
