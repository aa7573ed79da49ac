//! The file that gathers an agreement with its signatures and notices, `agreement-file/1`.

use super::place::{Object, Place, list_or_none, text};
use super::{AgreementError, AgreementRule, read};
use crate::base64url;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The most bytes of a file.
pub const FILE_MAX_BYTES: usize = 512 * 1024;

/// The value of the member `hufu`.
const FORMAT: &str = "agreement-file/1";
/// The most signatures, and the most notices: one of each party would be enough.
const JWS_MAX: usize = 50;

/// What a file holds, unread.
#[derive(Serialize)]
pub(super) struct File {
    hufu: &'static str,
    /// base64url of the bytes that are signed.
    agreement: String,
    pub signatures: Vec<String>,
    pub notices: Vec<String>,
}

impl File {
    pub fn new(bytes: &[u8], signatures: Vec<String>, notices: Vec<String>) -> File {
        File { hufu: FORMAT, agreement: base64url::encode(bytes), signatures, notices }
    }

    /// Reads a file, and the bytes of the agreement in it.
    pub fn read(bytes: &[u8]) -> Result<(File, Vec<u8>), AgreementError> {
        let root = &Place::ROOT;
        let mut members = Object::of(read::tree(bytes, FILE_MAX_BYTES)?, root, &["hufu", "agreement", "signatures", "notices"])?;
        members.required("hufu", |value, place| read::format(value, place, FORMAT))?;
        let agreement: String = members.required("agreement", text)?;
        let signed = base64url::decode(&agreement).map_err(|_| AgreementRule::Value.at(&root.member("agreement")))?;
        let file = File {
            hufu: FORMAT,
            agreement,
            signatures: members.required("signatures", |value, place| list_or_none(value, place, JWS_MAX, text))?,
            notices: members.required("notices", |value, place| list_or_none(value, place, JWS_MAX, text))?,
        };
        Ok((file, signed))
    }
}
