//! `dossier/1`: one file with all that proves a transfer, to be checked by anybody with the keys of the regions and nothing else.

mod report;

pub use report::{DossierRule, DossierStep, DossierStepName};

use crate::documents::{Document, DocumentError, DocumentRule, content, payload};
use crate::json::Members;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The most bytes of a dossier.
pub const DOSSIER_MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most documents that lots are based on.
const BASIS_MAX: usize = super::LOTS_MAX;

/// A dossier. It is not signed: what it holds is. Members are written in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// The text of the agreement file, with its signatures.
    pub agreement: String,
    /// The OFFER.
    pub offer: String,
    /// The DECISION on it.
    pub decision: String,
    /// The documents that the lots name as their basis, as far as they are shown.
    pub basis: Vec<String>,
    /// The RETURN, if it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// The DECISION on that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned_decision: Option<String>,
}

impl Document for Dossier {
    const FORMAT: &'static str = "dossier/1";
    const TYP: &'static str = "hufu-dossier";
    const MAX_BYTES: usize = DOSSIER_MAX_BYTES;
    const REQUIRED: &'static [&'static str] = &["hufu", "agreement", "offer", "decision", "basis"];
    const OPTIONAL: &'static [&'static str] = &["returned", "returned_decision"];

    fn take(members: &mut Members<'_>) -> Result<Dossier, &'static str> {
        Ok(Dossier {
            agreement: members.required("agreement").ok_or("agreement")?,
            offer: members.required("offer").ok_or("offer")?,
            decision: members.required("decision").ok_or("decision")?,
            basis: members.required("basis").ok_or("basis")?,
            returned: members.optional("returned").ok_or("returned")?,
            returned_decision: members.optional("returned_decision").ok_or("returned_decision")?,
        })
    }

    fn check(&self) -> Result<(), DocumentError> {
        if self.basis.len() > BASIS_MAX {
            return Err(DocumentRule::TooMany.about("basis"));
        }
        match (&self.returned, &self.returned_decision) {
            (Some(_), None) => Err(DocumentRule::Missing.about("returned_decision")),
            (None, Some(_)) => Err(DocumentRule::Missing.about("returned")),
            _ => Ok(()),
        }
    }
}

impl Dossier {
    /// Reads a file; what it holds is not looked at.
    ///
    /// # Errors
    /// `document...`, with the member to blame.
    pub fn open(file: &[u8]) -> Result<Dossier, DocumentError> {
        if file.len() > DOSSIER_MAX_BYTES {
            return Err(DocumentRule::Form.into());
        }
        content(file)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        payload(self).unwrap_or_default()
    }
}
