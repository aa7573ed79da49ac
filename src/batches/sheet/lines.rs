//! The lines of a text file, decoded. The encoding is decided over the whole file, line by line, before anything of it is believed.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::GB18030;

use super::super::BatchRefusal;
use super::{ROW_MAX, at_row};
use crate::error::{Error, Fault};

/// Encoding of a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Gb18030,
}

/// So many characters of three bytes in a line that is UTF-8 do not arise by chance in GB 18030.
const SURELY_UTF8: usize = 4;

/// The lines of a file from where it stands, without their ends.
#[derive(Debug)]
pub(super) struct Lines {
    input: BufReader<File>,
    encoding: Encoding,
    line: u32,
    bytes: Vec<u8>,
}

impl Lines {
    /// Reads as `encoding`.
    pub fn open(file: File, encoding: Encoding) -> Result<Lines, Error> {
        Ok(Lines { input: BufReader::with_capacity(ROW_MAX, file), encoding, line: 0, bytes: Vec::new() })
    }

    /// Decides the encoding by reading the whole file once, then begins anew.
    pub fn survey(mut file: File) -> Result<Lines, Error> {
        let start = file.stream_position().map_err(Fault::new)?;
        let mut lines = Lines::open(file, Encoding::Utf8)?;
        let (mut utf8, mut gb18030, mut surely_utf8) = (None, None, None);
        while lines.advance()? {
            if lines.bytes.is_ascii() {
                continue;
            }
            match std::str::from_utf8(&lines.bytes) {
                Ok(text) if text.chars().filter(|c| c.len_utf8() == 3).count() >= SURELY_UTF8 => drop(surely_utf8.get_or_insert(lines.line)),
                Ok(_) => {}
                Err(_) => drop(utf8.get_or_insert(lines.line)),
            }
            if GB18030.decode_without_bom_handling_and_without_replacement(&lines.bytes).is_none() {
                gb18030.get_or_insert(lines.line);
            }
        }
        let encoding = match (utf8, gb18030.or(surely_utf8)) {
            (None, _) => Encoding::Utf8,
            (Some(_), None) => Encoding::Gb18030,
            (Some(a), Some(b)) => return Err(Error::Refusal(BatchRefusal::Encoding.at("").got(at_row(a.max(b))))),
        };
        let mut file = lines.input.into_inner();
        file.seek(SeekFrom::Start(start)).map_err(Fault::new)?;
        Lines::open(file, encoding)
    }

    /// Number of the line that was read last, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The next line.
    pub fn next(&mut self) -> Result<Option<String>, Error> {
        if !self.advance()? {
            return Ok(None);
        }
        let wrong = || Error::Refusal(BatchRefusal::Encoding.at("").got(at_row(self.line)));
        match self.encoding {
            Encoding::Utf8 => std::str::from_utf8(&self.bytes).map(|text| Some(text.to_owned())).map_err(|_| wrong()),
            Encoding::Gb18030 => {
                let text = GB18030.decode_without_bom_handling_and_without_replacement(&self.bytes).ok_or_else(wrong)?;
                Ok(Some(text.into_owned()))
            }
        }
    }

    fn advance(&mut self) -> Result<bool, Error> {
        self.bytes.clear();
        // The end of the line is not counted: two bytes at most.
        let most = ROW_MAX as u64 + 2;
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.bytes).map_err(Fault::new)?;
        self.line = self.line.saturating_add(1);
        let ended = self.bytes.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line).len());
        self.bytes.truncate(ended.unwrap_or(self.bytes.len()));
        if self.bytes.len() > ROW_MAX {
            return Err(Error::Refusal(BatchRefusal::RowTooLong.at("").got(at_row(self.line))));
        }
        Ok(read > 0)
    }
}
