//! The file of a batch: CSV, XLSX or NDJSON, read row by row in flat memory and written back the same way.
//!
//! A row is read twice: as a [`Raw`], what the file held, which can be kept; and by [`Header::read`], what it means. Nothing is trusted:
//! the form is told by the content, every size has a limit, and what is compressed is counted as it comes out.

mod csv;
mod fields;
mod form;
mod header;
mod lines;
mod marked;
mod ndjson;
mod read;
mod table;
mod template;
mod values;
mod words;
mod wrong;
mod xlsx;

use std::fs::File;
use std::io::{Seek, SeekFrom};

use serde::{Deserialize, Serialize};

pub use fields::reference;
pub use form::Form;
pub use header::{Header, Mapping};
pub use marked::Marked;
pub use read::Entry;
pub use table::Table;
pub use template::template;
pub use wrong::Wrong;

use super::BatchRefusal;
use crate::error::{Error, Fault};

/// Most rows of a file, the header not counted.
pub const ROWS_MAX: u32 = 1_000_000;
/// Most bytes of an upload.
pub const FILE_MAX: u64 = 512 * 1024 * 1024;
/// Most bytes of a row.
pub const ROW_MAX: usize = 64 * 1024;
/// Most columns.
pub const COLUMNS_MAX: usize = 100;
/// Most characters of a cell that is read.
pub const CELL_MAX: usize = 1_000;

/// What a cell held, before any reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// Text.
    #[serde(rename = "t")]
    Text(String),
    /// A number of a spreadsheet, in decimal.
    #[serde(rename = "n")]
    Number(String),
    /// A date of a spreadsheet, `YYYY-MM-DD`.
    #[serde(rename = "d")]
    Day(String),
    /// A formula, without its `=`.
    #[serde(rename = "f")]
    Formula(String),
    /// An error value, such as `#N/A`.
    #[serde(rename = "e")]
    Error(String),
    /// Nothing.
    #[serde(rename = "-")]
    Empty,
}

impl Cell {
    /// The text that is shown for it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Number(text) | Cell::Day(text) | Cell::Error(text) => text.clone(),
            Cell::Formula(text) => format!("={text}"),
            Cell::Empty => String::new(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Cell::Text(text) => values::text(text).is_empty(),
            other => *other == Cell::Empty,
        }
    }
}

/// A row as the file held it. Of NDJSON: one text cell with the text of the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// Number of the row as a spreadsheet shows it; of NDJSON that of the line. From 1.
    #[serde(rename = "l")]
    pub line: u32,
    /// Its cells, as many as the header has columns or fewer.
    #[serde(rename = "c")]
    pub cells: Vec<Cell>,
}

/// A file that is being read: its header, and then its rows. A row without content is left out.
#[derive(Debug)]
pub struct Sheet {
    header: Header,
    rows: Rows,
    count: u32,
    ended: bool,
}

#[derive(Debug)]
enum Rows {
    Csv(Box<csv::Records>),
    Ndjson(lines::Lines),
    Xlsx(xlsx::Spooled),
}

/// Opens a file: tells its form, reads its header. `file` is read from its beginning.
///
/// # Errors
/// [`BatchRefusal`] of the file as a whole, `field` being the column and `got` the place; a fault when the file cannot be read.
pub fn open(mut file: File, mapping: &Mapping) -> Result<Sheet, Error> {
    let size = file.seek(SeekFrom::End(0)).map_err(Fault::new)?;
    if size > FILE_MAX {
        return Err(BatchRefusal::TooLarge.into());
    }
    let form = form::detect(&mut file)?;
    let (header, rows) = match form {
        Form::Csv => {
            let mut records = csv::Records::open(file)?;
            let first = records.next().transpose()?.ok_or(BatchRefusal::Empty)?;
            (Header::of(form, &first.cells, false, mapping)?, Rows::Csv(Box::new(records)))
        }
        Form::Xlsx => {
            let mut rows = xlsx::spool(file)?;
            let first = rows.next().transpose()?.ok_or(BatchRefusal::Empty)?;
            (Header::of(form, &first.cells, rows.epoch_1904(), mapping)?, Rows::Xlsx(rows))
        }
        Form::Ndjson => (Header::ndjson(), Rows::Ndjson(lines::Lines::open(file, lines::Encoding::Utf8)?)),
    };
    Ok(Sheet { header, rows, count: 0, ended: false })
}

impl Sheet {
    /// The header: what turns a [`Raw`] into an order for a certificate.
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn advance(&mut self) -> Result<Option<Raw>, Error> {
        let row = match &mut self.rows {
            Rows::Csv(rows) => rows.next().transpose()?,
            Rows::Xlsx(rows) => rows.next().transpose()?,
            Rows::Ndjson(lines) => ndjson::next(lines)?,
        };
        let Some(mut row) = row else {
            return if self.count == 0 { Err(BatchRefusal::NoRows.into()) } else { Ok(None) };
        };
        if self.count == ROWS_MAX {
            return Err(BatchRefusal::TooManyRows.into());
        }
        self.count += 1;
        self.header.fit(&mut row)?;
        Ok(Some(row))
    }
}

impl Iterator for Sheet {
    type Item = Result<Raw, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.advance().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

/// Where in the file something is.
fn at_row(line: u32) -> String {
    format!("row {line}")
}
