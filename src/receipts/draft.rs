//! What is sent to ask for a receipt, and how it becomes values that have been checked.

use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::{Digest, GrantId};
use verifier::verdict::Presented;

use super::ReceiptRefusal;
use crate::error::Refusal;
use crate::messages::from_verifier;
use crate::recognition::Terms;

/// A certificate that is to be recognised.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiptInput)]
pub struct Input {
    /// Its card: the text of a QR, a URL, or a JWS; at most 8 KiB.
    #[schema(example = "eyJhbGciOiJFZERTQSIsImtpZCI6Im85cVNtM2M3IiwidHlwIjoiaGYxK2p3dCJ9.e30.AA")]
    pub text: String,
    /// Digest of the agreement by which it is to be recognised; absent with `grant`: any.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub agreement: Option<String>,
    /// Id of the grant.
    #[schema(example = "cert-ic")]
    pub grant: Option<String>,
}

/// The same, read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The card, if it is one.
    pub presented: Presented,
    /// By which grant; none: by any.
    pub terms: Option<Terms>,
}

impl Input {
    /// What is asked for. A text that is no card is no error here: its verdict says so.
    ///
    /// # Errors
    /// `receipts.terms`, `document.*`.
    pub fn read(&self) -> Result<Asked, Refusal> {
        let terms = match (&self.agreement, &self.grant) {
            (Some(agreement), Some(grant)) => Some(Terms {
                agreement: Digest::parse(agreement).map_err(|e| from_verifier("agreement", e.code()))?,
                grant: GrantId::parse(grant).map_err(|e| from_verifier("grant", e.code()))?,
                used: Vec::new(),
            }),
            (None, None) => None,
            (Some(_), None) => return Err(ReceiptRefusal::Terms.at("grant")),
            (None, Some(_)) => return Err(ReceiptRefusal::Terms.at("agreement")),
        };
        Ok(Asked { presented: Presented::from_text(&self.text), terms })
    }
}
