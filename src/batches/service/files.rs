//! Files that are fetched: what was issued, and what is wrong beside the rows that it is wrong in. Written page by page.

use std::collections::BTreeMap;
use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::sheet::{Form, Marked, Table};
use super::super::store::{self, Row, Wrong as WrongRow};
use super::super::views::ErrorView;
use super::rows;
use crate::app::App;
use crate::certificates::{self, View};
use crate::error::{Error, Fault};
use crate::messages::Lang;
use crate::qr;

/// Certificates that are read at a time.
const PAGE: i64 = 500;
/// Pixels of a module in a picture of a QR.
const MODULE: u8 = 8;

/// In which form the results are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A table: line, number, name, type, title, level, day, state, address.
    Table(Form),
    /// A ZIP of QR codes as PNG, each called as the number.
    Png,
    /// The same as SVG.
    Svg,
}

impl Wanted {
    /// Reads `csv`, `xlsx`, `ndjson`, `png` or `svg`.
    pub fn parse(text: &str) -> Option<Wanted> {
        Some(match text {
            "csv" => Wanted::Table(Form::Csv),
            "xlsx" => Wanted::Table(Form::Xlsx),
            "ndjson" => Wanted::Table(Form::Ndjson),
            "png" => Wanted::Png,
            "svg" => Wanted::Svg,
            _ => return None,
        })
    }

    /// The extension of such a file.
    pub fn extension(self) -> &'static str {
        match self {
            Wanted::Table(form) => form.extension(),
            Wanted::Png | Wanted::Svg => "zip",
        }
    }
}

/// Column names of the results, in both languages.
const COLUMNS: [(&str, &str); 9] = [
    ("行号", "Row"),
    ("证书编号", "Certificate number"),
    ("姓名", "Name"),
    ("证书类型", "Type"),
    ("名称", "Title"),
    ("等级", "Level"),
    ("评价日期", "Assessed on"),
    ("状态", "Status"),
    ("查验网址", "Verify at"),
];

/// Writes what a batch has issued into `output`. Runs on a thread that may wait.
///
/// # Errors
/// A fault of the database, or when nothing can be written.
pub fn results<W: Write + Send>(app: &App, batch: &str, wanted: Wanted, lang: Lang, output: W) -> Result<W, Error> {
    match wanted {
        Wanted::Table(Form::Ndjson) => cards(app, batch, output),
        Wanted::Table(form) => table(app, batch, form, lang, output),
        Wanted::Png | Wanted::Svg => codes(app, batch, wanted, output),
    }
}

/// The certificates of a batch with their lines, in order, a page at a time.
fn each(app: &App, batch: &str, mut take: impl FnMut(i64, View) -> Result<(), Error>) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let page = app.db.read_now(|conn| certificates::of_batch(conn, app, batch, after, PAGE))?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (line, view) in page {
            take(line, view)?;
        }
    }
}

fn table<W: Write + Send>(app: &App, batch: &str, form: Form, lang: Lang, output: W) -> Result<W, Error> {
    let names: Vec<String> = COLUMNS.iter().map(|(zh, en)| lang.pick(zh, en).to_owned()).collect();
    let mut table = Table::new(form, &names, output).map_err(Fault::new)?;
    each(app, batch, |line, view| {
        let level = view.level.map(|level| level.to_string()).unwrap_or_default();
        let title = view.title.unwrap_or_default();
        let cells = [line.to_string(), view.number, view.holder.name, view.kind, title, level, view.assessed_on, view.status, view.qr_text];
        Ok(table.row(&cells).map_err(Fault::new)?)
    })?;
    Ok(table.finish().map_err(Fault::new)?)
}

/// A line of JSON each: the line in the file, the number, the card.
fn cards<W: Write>(app: &App, batch: &str, mut output: W) -> Result<W, Error> {
    each(app, batch, |line, view| {
        let object = serde_json::json!({"row": line, "number": view.number, "status": view.status, "card": view.card, "url": view.qr_text});
        Ok(writeln!(output, "{object}").map_err(Fault::new)?)
    })?;
    Ok(output)
}

fn codes<W: Write>(app: &App, batch: &str, wanted: Wanted, output: W) -> Result<W, Error> {
    let mut zip = ZipWriter::new_stream(output);
    // A PNG is compressed already.
    let method = if wanted == Wanted::Png { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
    let options = SimpleFileOptions::default().compression_method(method);
    each(app, batch, |_, view| {
        let (prefix, digits) = view.qr_text.split_at(view.qr_text.find('#').map_or(0, |at| at + 1));
        let matrix = qr::Matrix::encode(prefix, digits, qr::Level::M)?;
        let (name, bytes) = match wanted {
            Wanted::Svg => (format!("{}.svg", view.number), matrix.to_svg(&view.number).into_bytes()),
            _ => (format!("{}.png", view.number), matrix.to_png(MODULE)?),
        };
        zip.start_file(name, options).map_err(Fault::new)?;
        Ok(zip.write_all(&bytes).map_err(Fault::new)?)
    })?;
    Ok(zip.finish().map_err(Fault::new)?.into_inner())
}

/// Writes the rows of a batch that are still kept with what is wrong beside each, as the file had them; only those in which something is wrong, unless
/// `all`. Runs on a thread that may wait.
///
/// # Errors
/// A fault of the database, or when nothing can be written.
pub fn mark<W: Write + Send>(app: &App, row: &Row, lang: Lang, all: bool, output: W) -> Result<W, Error> {
    let mut marked = Marked::new(&rows::header(row)?, output).map_err(Fault::new)?;
    let mut after = -1;
    loop {
        let page = app.db.read_now(|conn| {
            let Some(chunk) = store::chunks_after(conn, &row.id, after, 1)?.pop() else { return Ok(None) };
            let wrong = store::wrong_between(conn, &row.id, chunk.first, chunk.last)?;
            Ok(Some((chunk, wrong)))
        })?;
        let Some((chunk, wrong)) = page else { break };
        after = chunk.n;
        let mut said: BTreeMap<i64, Vec<WrongRow>> = BTreeMap::new();
        for one in wrong {
            said.entry(one.line).or_default().push(one);
        }
        for raw in rows::open(app, &chunk)? {
            let words: Vec<String> =
                said.remove(&i64::from(raw.line)).unwrap_or_default().into_iter().map(|one| ErrorView::of(one).say(lang)).collect();
            if all || !words.is_empty() {
                marked.row(&raw, &words.join(lang.pick("；", "; "))).map_err(Fault::new)?;
            }
        }
    }
    Ok(marked.finish().map_err(Fault::new)?)
}
