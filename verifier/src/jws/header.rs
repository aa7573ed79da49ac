//! The protected header of a JWS.

use super::JwsError;
use crate::json::{self, Fault};
use alloc::string::String;

/// A header: `alg` is `EdDSA`, and of other members only these three may occur.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// What kind of document this is.
    pub typ: Option<String>,
    /// Which key signed it.
    pub kid: Option<String>,
    /// What the payload is.
    pub cty: Option<String>,
}

struct Wire {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    cty: Option<String>,
}
json::from_members!(Wire { alg; typ, kid, cty });

impl Header {
    /// Reads the decoded bytes of a protected header.
    pub fn parse(bytes: &[u8]) -> Result<Header, JwsError> {
        match json::object::<Wire>(bytes) {
            Some(wire) if wire.alg == "EdDSA" => Ok(Header { typ: wire.typ, kid: wire.kid, cty: wire.cty }),
            Some(_) => Err(JwsError::Alg),
            None => Err(match json::explain(bytes, &["alg"], &["typ", "kid", "cty"]) {
                Fault::Duplicate(_) => JwsError::HeaderDuplicate,
                Fault::Unknown(name) if name == "crit" => JwsError::Crit,
                Fault::Unknown(name) if name == "b64" => JwsError::B64,
                Fault::Unknown(_) => JwsError::HeaderUnknown,
                Fault::Utf8 | Fault::Syntax | Fault::Missing(_) | Fault::Type => JwsError::HeaderJson,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_of_a_header_says_which_rule() {
        for (text, error) in [
            (r#"{"alg":"none"}"#, JwsError::Alg),
            (r#"{"alg":"ES256","kid":"a"}"#, JwsError::Alg),
            (r#"{"alg":"EdDSA","crit":["x"],"x":1}"#, JwsError::Crit),
            (r#"{"alg":"EdDSA","crit":null}"#, JwsError::Crit),
            (r#"{"alg":"EdDSA","b64":false}"#, JwsError::B64),
            (r#"{"alg":"EdDSA","jwk":{}}"#, JwsError::HeaderUnknown),
            (r#"{"alg":"EdDSA","alg":"EdDSA"}"#, JwsError::HeaderDuplicate),
            (r#"{"alg":"EdDSA","\u0061lg":"EdDSA"}"#, JwsError::HeaderDuplicate),
            (r#"{"alg":"EdDSA","kid":1}"#, JwsError::HeaderJson),
            (r#"{"alg":"EdDSA","kid":null}"#, JwsError::HeaderJson),
            (r#"{"typ":"x"}"#, JwsError::HeaderJson),
            (r#"["EdDSA"]"#, JwsError::HeaderJson),
            (r#"{"alg":"EdDSA"} {}"#, JwsError::HeaderJson),
        ] {
            assert_eq!(Header::parse(text.as_bytes()), Err(error), "{text}");
        }
        let good = Header::parse(br#"{"alg":"EdDSA","kid":"k","typ":"t"}"#);
        assert_eq!(good.map(|header| (header.kid, header.cty)), Ok((Some("k".into()), None)));
    }
}
