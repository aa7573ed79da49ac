//! The same file with what is wrong beside each row, written row by row.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::fields::Kind;
use super::header::{Column, ERRORS, Role};
use super::{Cell, Form, Header, Raw, ndjson, values};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Writes a file in the form and with the columns of `header`, and one more for what is wrong. What an earlier reading found is left out.
/// CSV has a byte order mark, by which spreadsheets know UTF-8.
pub struct Marked<W: Write> {
    /// Which columns are written, and whether they hold days.
    kept: Vec<(usize, bool)>,
    epoch_1904: bool,
    output: Output<W>,
    row: u32,
}

enum Output<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Xlsx(Box<Workbook>, W),
    Ndjson(W),
}

impl<W: Write + Send> Marked<W> {
    /// Writes the header into `output`. A workbook is kept in a temporary file until it is finished.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn new(header: &Header, mut output: W) -> io::Result<Marked<W>> {
        let columns: Vec<(usize, &Column)> = header.columns.iter().enumerate().filter(|(_, c)| c.role != Role::Errors).collect();
        let names = columns.iter().map(|(_, column)| column.name.as_str()).chain([ERRORS]);
        let names: Vec<Cell> = names.map(|name| Cell::Text(name.to_owned())).collect();
        let kept = columns.iter().map(|(at, column)| (*at, column.field().is_some_and(|field| matches!(field.spec().kind, Kind::Day)))).collect();
        let output = match header.form {
            Form::Csv => {
                output.write_all(BOM)?;
                Output::Csv(Box::new(csv::Writer::from_writer(output)))
            }
            Form::Xlsx => {
                let mut book = Workbook::new();
                let sheet = book.add_worksheet_with_constant_memory().map_err(io::Error::other)?;
                format(sheet, names.len()).map_err(io::Error::other)?;
                Output::Xlsx(Box::new(book), output)
            }
            Form::Ndjson => return Ok(Marked { kept, output: Output::Ndjson(output), row: 0, epoch_1904: false }),
        };
        let mut marked = Marked { kept, output, row: 0, epoch_1904: header.epoch_1904 };
        marked.line(&names)?;
        Ok(marked)
    }

    /// Writes a row with what is wrong in it; `errors` is empty where nothing is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, raw: &Raw, errors: &str) -> io::Result<()> {
        if let Output::Ndjson(output) = &mut self.output {
            let text = raw.cells.first().map(Cell::shown).unwrap_or_default();
            return writeln!(output, "{}", with_errors(&text, errors));
        }
        let cells = self.kept.iter().map(|(at, holds_days)| match raw.cells.get(*at) {
            // Told as a day, since the new workbook may count from another.
            Some(Cell::Number(serial)) if *holds_days => {
                values::serial_day(serial, self.epoch_1904).map_or(Cell::Number(serial.clone()), |day| Cell::Text(day.to_string()))
            }
            Some(cell) => cell.clone(),
            None => Cell::Empty,
        });
        let cells: Vec<Cell> = cells.chain([Cell::Text(errors.to_owned())]).collect();
        self.line(&cells)
    }

    /// Ends the file and returns what it was written into.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.output {
            Output::Csv(writer) => writer.into_inner().map_err(csv::IntoInnerError::into_error),
            Output::Xlsx(mut book, mut output) => {
                book.save_to_writer(&mut output).map_err(io::Error::other)?;
                Ok(output)
            }
            Output::Ndjson(output) => Ok(output),
        }
    }

    fn line(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.output {
            Output::Csv(writer) => writer.write_record(cells.iter().map(|cell| guarded(cell.shown()))).map_err(io::Error::other)?,
            Output::Xlsx(book, _) => {
                let sheet = book.worksheet_from_index(0).map_err(io::Error::other)?;
                for (at, cell) in (0..).zip(cells) {
                    write(sheet, self.row, at, cell).map_err(io::Error::other)?;
                }
                self.row += 1;
            }
            Output::Ndjson(_) => {}
        }
        Ok(())
    }
}

/// Columns of text, as wide as most cells.
fn format(sheet: &mut Worksheet, columns: usize) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@");
    for at in (0..).take(columns) {
        sheet.set_column_width(at, 20)?.set_column_format(at, &text)?;
    }
    Ok(())
}

/// Writes a cell. All but numbers are text, from which a spreadsheet computes nothing; a number stays one, so that one that was rounded is not taken
/// for text that was entered.
fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    let text = cell.shown();
    match cell {
        Cell::Number(number) => match number.parse::<f64>() {
            Ok(number) if number.is_finite() => drop(sheet.write_number(row, column, number)?),
            _ => drop(sheet.write_string(row, column, text)?),
        },
        _ if text.is_empty() => {}
        _ => drop(sheet.write_string(row, column, text)?),
    }
    Ok(())
}

/// With an apostrophe before what a spreadsheet would take for a formula (OWASP, "CSV injection").
fn guarded(text: String) -> String {
    let computes = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if computes { format!("'{text}") } else { text }
}

/// The object with its errors as one more member, or as it was.
fn with_errors(text: &str, errors: &str) -> String {
    let text = text.trim();
    let open = text.strip_suffix('}').map(str::trim_end);
    let earlier = open.filter(|_| text.contains(ndjson::ERRORS)).and_then(|_| serde_json::from_str::<serde_json::Map<String, Value>>(text).ok());
    let stripped = earlier.and_then(|mut object| {
        object.remove(ndjson::ERRORS)?;
        serde_json::to_string(&object).ok()
    });
    let text = stripped.as_deref().unwrap_or(text);
    match text.strip_suffix('}').map(str::trim_end) {
        Some(open) if !errors.is_empty() => {
            let comma = if open.ends_with('{') { "" } else { "," };
            format!("{open}{comma}\"{}\":{}}}", ndjson::ERRORS, Value::from(errors))
        }
        _ => text.to_owned(),
    }
}
