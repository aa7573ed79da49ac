//! A table of texts, written row by row as CSV or as a workbook.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::Form;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A table that is being written. CSV has a byte order mark, by which spreadsheets know UTF-8.
pub struct Table<W: Write> {
    output: Output<W>,
    row: u32,
}

enum Output<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Xlsx(Box<Workbook>, W),
}

impl<W: Write + Send> Table<W> {
    /// Writes the names of the columns into `output`; all but a workbook is CSV. A workbook is kept in a temporary file until it is finished.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn new(form: Form, names: &[String], mut output: W) -> io::Result<Table<W>> {
        let output = if form == Form::Xlsx {
            let mut book = Workbook::new();
            format(book.add_worksheet_with_constant_memory().map_err(io::Error::other)?, names.len()).map_err(io::Error::other)?;
            Output::Xlsx(Box::new(book), output)
        } else {
            output.write_all(BOM)?;
            Output::Csv(Box::new(csv::Writer::from_writer(output)))
        };
        let mut table = Table { output, row: 0 };
        table.row(names)?;
        Ok(table)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, cells: &[String]) -> io::Result<()> {
        match &mut self.output {
            Output::Csv(writer) => writer.write_record(cells.iter().map(|cell| guarded(cell))).map_err(io::Error::other)?,
            Output::Xlsx(book, _) => {
                let sheet = book.worksheet_from_index(0).map_err(io::Error::other)?;
                for (at, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    // As a text: a spreadsheet computes nothing from it and rounds no number.
                    sheet.write_string(self.row, at, cell).map_err(io::Error::other)?;
                }
                self.row += 1;
            }
        }
        Ok(())
    }

    /// Ends the table and returns what it was written into.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.output {
            Output::Csv(writer) => writer.into_inner().map_err(csv::IntoInnerError::into_error),
            Output::Xlsx(mut book, mut output) => {
                output.write_all(&book.save_to_buffer().map_err(io::Error::other)?)?;
                Ok(output)
            }
        }
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

/// With an apostrophe before what a spreadsheet would take for a formula (OWASP, "CSV injection").
fn guarded(text: &str) -> String {
    let computes = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if computes { format!("'{text}") } else { text.to_owned() }
}
