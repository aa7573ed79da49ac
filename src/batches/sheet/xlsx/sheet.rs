//! The rows of a sheet.

use quick_xml::events::{BytesStart, Event};

use super::super::super::BatchRefusal;
use super::super::{COLUMNS_MAX, Cell, ROW_MAX, Raw, at_row, values};
use super::part::{Part, append, attribute, local, unescaped};
use super::strings::Strings;
use crate::error::{Error, Fault};

/// The last row that a spreadsheet can have.
const LAST_ROW: u32 = 1_048_576;

/// What the cells refer to.
pub(super) struct Context {
    pub strings: Strings,
    /// Whether a style shows dates.
    pub dates: Vec<bool>,
    pub epoch_1904: bool,
}

/// Gives every row with content to `each`, then refuses the sheet if cells of it are merged.
pub(super) fn read(mut part: Part<'_>, context: &Context, each: &mut dyn FnMut(&Raw) -> Result<(), Fault>) -> Result<(), Error> {
    let mut rows = Rows { context, row: Raw { line: 0, cells: Vec::new() }, bytes: 0, cell: Pending::default(), into: Into::Nothing };
    while let Some(event) = part.next()? {
        match &event {
            Event::Start(start) => rows.start(start)?,
            Event::End(end) => match local(end.name()) {
                "row" if rows.row.cells.iter().any(|cell| !cell.is_empty()) => each(&rows.row)?,
                "c" => rows.finish()?,
                "v" | "f" | "t" => rows.into = Into::Nothing,
                _ => {}
            },
            other => match rows.into {
                Into::Value => append(&mut rows.cell.value, other)?,
                Into::Formula => append(rows.cell.formula.get_or_insert_default(), other)?,
                Into::Nothing => {}
            },
        }
    }
    Ok(())
}

/// Where text goes.
enum Into {
    Value,
    Formula,
    Nothing,
}

/// A cell that is being read.
#[derive(Default)]
struct Pending {
    column: usize,
    kind: String,
    style: usize,
    value: String,
    formula: Option<String>,
    /// Inside a reading above characters.
    in_reading: bool,
}

struct Rows<'a> {
    context: &'a Context,
    row: Raw,
    bytes: usize,
    cell: Pending,
    into: Into,
}

impl Rows<'_> {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Error> {
        match local(start.name()) {
            "row" => {
                let line = attribute(start, "r")?.map_or(Some(self.row.line + 1), |r| r.parse().ok());
                let line = line.filter(|line| (self.row.line + 1..=LAST_ROW).contains(line)).ok_or(BatchRefusal::Workbook)?;
                self.row = Raw { line, cells: Vec::new() };
                self.bytes = 0;
            }
            "c" => {
                let column = attribute(start, "r")?.map_or(Some(self.row.cells.len()), |place| column(&place));
                let column = column.filter(|column| *column >= self.row.cells.len()).ok_or(BatchRefusal::Workbook)?;
                let style = attribute(start, "s")?.and_then(|s| s.parse().ok()).unwrap_or(0);
                self.cell = Pending { column, kind: attribute(start, "t")?.unwrap_or_default(), style, ..Pending::default() };
            }
            "v" => self.into = Into::Value,
            "t" if !self.cell.in_reading => self.into = Into::Value,
            "f" => {
                self.cell.formula.get_or_insert_default();
                self.into = Into::Formula;
            }
            "rPh" => self.cell.in_reading = true,
            "is" => self.cell.in_reading = false,
            "mergeCell" => {
                return Err(Error::Refusal(
                    BatchRefusal::Merged.at("").got(attribute(start, "ref")?.unwrap_or_default().chars().take(20).collect::<String>()),
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts the cell in its place. Beyond the columns that a file may have, empty ones do not count.
    fn finish(&mut self) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.cell);
        let (at, cell) = (pending.column, self.value(pending)?);
        self.bytes += cell.shown().len();
        if self.bytes > ROW_MAX {
            return Err(Error::Refusal(BatchRefusal::RowTooLong.at("").got(at_row(self.row.line))));
        }
        if cell == Cell::Empty {
            return Ok(());
        }
        if at > COLUMNS_MAX {
            return Err(Error::Refusal(BatchRefusal::TooManyColumns.at("").got(at_row(self.row.line))));
        }
        self.row.cells.resize(at, Cell::Empty);
        self.row.cells.push(cell);
        Ok(())
    }

    fn value(&self, Pending { kind, style, value, formula, .. }: Pending) -> Result<Cell, Error> {
        if let Some(formula) = formula {
            return Ok(Cell::Formula(formula));
        }
        let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
        Ok(match kind.as_str() {
            _ if value.is_empty() => Cell::Empty,
            "s" => {
                let shared = value.trim().parse().ok().and_then(|at| self.context.strings.get(at));
                text(shared.ok_or(BatchRefusal::Workbook)?.to_owned())
            }
            "str" | "inlineStr" => text(unescaped(&value)),
            "b" => Cell::Text(if matches!(value.trim(), "1" | "true") { "TRUE" } else { "FALSE" }.to_owned()),
            "e" => Cell::Error(value),
            "d" => values::day(&value).map_or(Cell::Text(value), |day| Cell::Day(day.to_string())),
            "" | "n" => self.number(&value, style),
            _ => return Err(BatchRefusal::Workbook.into()),
        })
    }

    /// A number as a spreadsheet keeps it, in binary; written out in decimal it is what was entered, unless that was rounded.
    fn number(&self, value: &str, style: usize) -> Cell {
        let number = match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() && number.abs() < 1e21 => number.to_string(),
            _ => return Cell::Number(value.chars().take(40).collect()),
        };
        let is_date = self.context.dates.get(style).copied().unwrap_or(false);
        let day = if is_date { values::serial_day(&number, self.context.epoch_1904) } else { None };
        day.map_or(Cell::Number(number), |day| Cell::Day(day.to_string()))
    }
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.trim_end_matches(|c: char| c.is_ascii_digit());
    let fits = (1..=3).contains(&letters.len()) && letters.bytes().all(|c| c.is_ascii_uppercase());
    fits.then(|| letters.bytes().fold(0, |sum, c| sum * 26 + usize::from(c - b'A') + 1) - 1)
}
