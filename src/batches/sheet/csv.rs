//! Rows of CSV (RFC 4180), in a buffer that does not grow: a quotation mark that is never closed ends at the limit of a row.

use std::fs::File;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::super::BatchRefusal;
use super::lines::Lines;
use super::{COLUMNS_MAX, Cell, ROW_MAX, Raw, at_row};
use crate::error::Error;

/// The rows of a CSV file, the header among them.
pub(super) struct Records {
    lines: Lines,
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    row: u32,
    ended: bool,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("row", &self.row).finish_non_exhaustive()
    }
}

impl Records {
    /// Decides the encoding and stands before the first row.
    pub fn open(file: File) -> Result<Records, Error> {
        let reader = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        let (text, ends) = (vec![0; ROW_MAX], vec![0; COLUMNS_MAX + 1]);
        Ok(Records { lines: Lines::survey(file)?, reader, text, ends, row: 0, ended: false })
    }

    /// The next row with content.
    pub fn next(&mut self) -> Option<Result<Raw, Error>> {
        loop {
            match self.record() {
                Ok(Some(cells)) if cells.iter().all(Cell::is_empty) => {}
                Ok(Some(cells)) => return Some(Ok(Raw { line: self.row, cells })),
                Ok(None) => return None,
                Err(e) => return Some(Err(e)),
            }
        }
    }

    /// The next row, line by line until its last quotation mark is closed.
    fn record(&mut self) -> Result<Option<Vec<Cell>>, Error> {
        let (mut length, mut fields, mut begun) = (0, 0, false);
        while !self.ended {
            let line = self.lines.next()?;
            self.ended = line.is_none();
            if !begun {
                self.row = self.row.saturating_add(1);
                if line.as_deref().is_some_and(str::is_empty) {
                    continue;
                }
            }
            begun = true;
            let line = line.map_or(String::new(), |line| line + "\n");
            let (result, _, written, ended) = self.reader.read_record(
                line.as_bytes(),
                self.text.get_mut(length..).unwrap_or_default(),
                self.ends.get_mut(fields..).unwrap_or_default(),
            );
            (length, fields) = (length + written, fields + ended);
            match result {
                ReadRecordResult::Record => return Ok(Some(self.cells(fields))),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::End => break,
                ReadRecordResult::OutputFull => return Err(Error::Refusal(BatchRefusal::RowTooLong.at("").got(at_row(self.row)))),
                ReadRecordResult::OutputEndsFull => return Err(Error::Refusal(BatchRefusal::TooManyColumns.at("").got(at_row(self.row)))),
            }
        }
        Ok(None)
    }

    fn cells(&self, fields: usize) -> Vec<Cell> {
        let mut start = 0;
        let ends = self.ends.iter().take(fields);
        ends.map(|end| {
            let bytes = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            // The lines were decoded; a cell of them is text.
            let text = String::from_utf8_lossy(bytes);
            if text.is_empty() { Cell::Empty } else { Cell::Text(text.into_owned()) }
        })
        .collect()
    }
}
