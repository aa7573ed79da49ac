//! One part of a workbook, XML token by token.

use std::io::{BufReader, Read, Take};

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;
use quick_xml::{Reader, XmlVersion};
use zip::read::ZipFile;

use super::super::super::BatchRefusal;
use super::super::ROW_MAX;
use super::Archive;
use crate::error::Error;

/// Most bytes of a tag or of the text between two.
const TOKEN_MAX: u64 = 2 * ROW_MAX as u64;

/// Limited twice: what comes out of the archive in all, and what a token takes of it.
type Tokens<'a> = Take<BufReader<Take<ZipFile<'a, BufReader<std::fs::File>>>>>;

/// A part that is being read.
pub(super) struct Part<'a> {
    xml: Reader<Tokens<'a>>,
    buffer: Vec<u8>,
}

impl<'a> Part<'a> {
    /// Opens the part at `path`, of which at most `most` bytes come out.
    pub fn open(archive: &'a mut Archive, path: &str, most: u64) -> Result<Part<'a>, Error> {
        let file = archive.by_name(path).map_err(|_| BatchRefusal::Workbook.at("").got(path.chars().take(60).collect::<String>()))?;
        let mut xml = Reader::from_reader(BufReader::with_capacity(ROW_MAX, file.take(most)).take(TOKEN_MAX));
        xml.config_mut().expand_empty_elements = true;
        Ok(Part { xml, buffer: Vec::new() })
    }

    /// The next token; none at the end. A document type is refused: no workbook has one.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, Error> {
        self.xml.get_mut().set_limit(TOKEN_MAX);
        self.buffer.clear();
        let event = self.xml.read_event_into(&mut self.buffer);
        let tokens = self.xml.get_ref();
        if tokens.limit() == 0 || (tokens.get_ref().get_ref().limit() == 0 && tokens.get_ref().buffer().is_empty()) {
            return Err(BatchRefusal::Expands.into());
        }
        match event {
            Ok(Event::Eof) => Ok(None),
            Ok(Event::DocType(_)) | Err(_) => Err(BatchRefusal::Workbook.into()),
            Ok(event) => Ok(Some(event)),
        }
    }
}

/// A name without its prefix.
pub(super) fn local(name: QName<'_>) -> &str {
    name.into_inner().rsplit(':').next().unwrap_or_default()
}

/// The value of an attribute, whatever its prefix.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, Error> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| BatchRefusal::Workbook)?;
        if local(attribute.key) == name {
            return Ok(Some(attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| BatchRefusal::Workbook)?.into_owned()));
        }
    }
    Ok(None)
}

/// Puts the text of a token at the end of `text`.
///
/// # Errors
/// A row that is too long; a reference to what XML does not define.
pub(super) fn append(text: &mut String, event: &Event<'_>) -> Result<(), Error> {
    match event {
        Event::Text(piece) => text.push_str(&piece.xml10_content()),
        Event::CData(piece) => text.push_str(piece),
        Event::GeneralRef(reference) => text.push(referred(reference)?),
        _ => {}
    }
    if text.len() > ROW_MAX { Err(BatchRefusal::RowTooLong.into()) } else { Ok(()) }
}

fn referred(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, Error> {
    let named = match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    named.ok_or_else(|| BatchRefusal::Workbook.into())
}

/// Text as it was before Office wrote it: `_x000A_` stands for the character of that number.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let hex = from.get(2..6).filter(|hex| from.get(6..7) == Some("_") && hex.bytes().all(|c| c.is_ascii_hexdigit()));
        match hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                plain.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    plain + rest
}
