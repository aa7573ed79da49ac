//! What kind of file it is, told by its content.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use super::super::BatchRefusal;
use crate::error::{Error, Fault};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Comma-separated values (RFC 4180), UTF-8 or GB 18030.
    Csv,
    /// A workbook, Office Open XML; its first sheet is read.
    Xlsx,
    /// One JSON object a line, each as it is sent to have one certificate issued.
    Ndjson,
}

impl Form {
    /// The extension of such a file.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
            Form::Ndjson => "ndjson",
        }
    }
}

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";
const ZIP: &[u8] = b"PK\x03\x04";
/// A compound file: .xls, or the wrapping of a workbook with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Tells the form; leaves `file` at its beginning, or after the byte order mark of a text.
pub(super) fn detect(file: &mut File) -> Result<Form, Error> {
    let head = head(file, 0, 4096)?;
    let rest = head.strip_prefix(UTF8_BOM).unwrap_or(&head);
    if rest.is_empty() {
        return Err(BatchRefusal::Empty.into());
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(BatchRefusal::Utf16.into());
    }
    if head.starts_with(COMPOUND) {
        return Err(compound(file, &head)?.into());
    }
    file.seek(SeekFrom::Start((head.len() - rest.len()) as u64)).map_err(Fault::new)?;
    Ok(match rest.trim_ascii_start().first() {
        _ if head.starts_with(ZIP) => Form::Xlsx,
        Some(b'{') => Form::Ndjson,
        _ => Form::Csv,
    })
}

/// A compound file with a stream `EncryptedPackage` in its directory is a workbook with a password.
fn compound(file: &mut File, head: &[u8]) -> Result<BatchRefusal, Error> {
    let shift = match head.get(30) {
        Some(12) => 12,
        _ => 9,
    };
    let start = head.get(48..52).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let directory = self::head(file, (u64::from(start) + 1) << shift, 4096)?;
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encrypted = directory.windows(name.len()).any(|window| window == name);
    Ok(if encrypted { BatchRefusal::Encrypted } else { BatchRefusal::OldWorkbook })
}

/// Up to `most` bytes from `at`.
fn head(file: &mut File, at: u64, most: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at)).map_err(Fault::new)?;
    file.by_ref().take(most).read_to_end(&mut bytes).map_err(Fault::new)?;
    Ok(bytes)
}
