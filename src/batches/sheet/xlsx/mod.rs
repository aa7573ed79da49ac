//! Rows of a workbook's first sheet (ECMA-376). Only the parts that matter are opened, each through a reader that counts what really
//! comes out and gives no XML token more than a row may have, so neither a bomb nor a boast about sizes takes memory. The rows are laid
//! down in a temporary file that has no name: what is merged stands after them.

mod part;
mod sheet;
mod strings;
mod styles;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

use zip::ZipArchive;

use self::part::{Part, attribute, local};
use super::super::BatchRefusal;
use super::{ROW_MAX, Raw};
use crate::error::{Error, Fault};

type Archive = ZipArchive<BufReader<File>>;

/// Most bytes of a sheet, once decompressed.
const SHEET_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Most bytes of the table of texts, once decompressed; its texts are held in memory.
const STRINGS_MAX: u64 = 256 * 1024 * 1024;
/// Most bytes of any other part.
const PART_MAX: u64 = 16 * 1024 * 1024;
/// Most parts of a workbook.
const PARTS_MAX: usize = 10_000;

/// The rows of a sheet, laid down in a file.
#[derive(Debug)]
pub(super) struct Spooled {
    input: BufReader<File>,
    line: Vec<u8>,
    epoch_1904: bool,
}

impl Spooled {
    /// Whether the workbook counts days from 1904.
    pub fn epoch_1904(&self) -> bool {
        self.epoch_1904
    }

    /// The next row with content.
    pub fn next(&mut self) -> Option<Result<Raw, Error>> {
        self.line.clear();
        match self.input.read_until(b'\n', &mut self.line) {
            Ok(0) => None,
            Ok(_) => Some(serde_json::from_slice(&self.line).map_err(|e| Fault::new(e).into())),
            Err(e) => Some(Err(Fault::new(e).into())),
        }
    }
}

/// Reads the first sheet of a workbook.
pub(super) fn spool(file: File) -> Result<Spooled, Error> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| BatchRefusal::Workbook)?;
    if archive.len() > PARTS_MAX {
        return Err(BatchRefusal::Workbook.into());
    }
    let book = Book::read(&mut archive)?;
    let strings = match &book.strings {
        Some(path) => strings::Strings::read(Part::open(&mut archive, path, STRINGS_MAX)?)?,
        None => strings::Strings::default(),
    };
    let dates = match &book.styles {
        Some(path) => styles::read(Part::open(&mut archive, path, PART_MAX)?)?,
        None => Vec::new(),
    };
    let context = sheet::Context { strings, dates, epoch_1904: book.epoch_1904 };
    let mut output = BufWriter::with_capacity(ROW_MAX, tempfile::tempfile().map_err(Fault::new)?);
    sheet::read(Part::open(&mut archive, &book.sheet, SHEET_MAX)?, &context, &mut |row| {
        serde_json::to_writer(&mut output, row).map_err(Fault::new)?;
        output.write_all(b"\n").map_err(Fault::new)
    })?;
    let mut file = output.into_inner().map_err(|e| Fault::new(e.into_error()))?;
    file.rewind().map_err(Fault::new)?;
    Ok(Spooled { input: BufReader::new(file), line: Vec::new(), epoch_1904: book.epoch_1904 })
}

/// Where the parts of a workbook are.
#[derive(Debug)]
struct Book {
    sheet: String,
    strings: Option<String>,
    styles: Option<String>,
    epoch_1904: bool,
}

/// A relationship of a part to another.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Book {
    fn read(archive: &mut Archive) -> Result<Book, Error> {
        let root = relations(archive, "")?;
        let book = root.into_iter().find(|r| r.kind == "officeDocument").ok_or(BatchRefusal::Workbook)?.target;
        let relations = relations(archive, &book)?;
        let (mut first, mut epoch_1904) = (None, false);
        let mut part = Part::open(archive, &book, PART_MAX)?;
        while let Some(event) = part.next()? {
            let quick_xml::events::Event::Start(start) = event else { continue };
            match local(start.name()) {
                "workbookPr" => epoch_1904 = attribute(&start, "date1904")?.is_some_and(|v| v == "1" || v == "true"),
                "sheet" if first.is_none() => first = Some(attribute(&start, "id")?.unwrap_or_default()),
                _ => {}
            }
        }
        let target = |found: &dyn Fn(&Relation) -> bool| relations.iter().find(|r| found(r)).map(|r| r.target.clone());
        let sheet = first.and_then(|id| target(&|r| r.id == id && r.kind == "worksheet")).ok_or(BatchRefusal::Workbook)?;
        Ok(Book { sheet, strings: target(&|r| r.kind == "sharedStrings"), styles: target(&|r| r.kind == "styles"), epoch_1904 })
    }
}

/// The relationships of the part at `path`, their targets as paths in the archive.
fn relations(archive: &mut Archive, path: &str) -> Result<Vec<Relation>, Error> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let slash = if folder.is_empty() { "" } else { "/" };
    let mut part = Part::open(archive, &format!("{folder}{slash}_rels/{name}.rels"), PART_MAX)?;
    let mut found = Vec::new();
    while let Some(event) = part.next()? {
        let quick_xml::events::Event::Start(start) = event else { continue };
        if local(start.name()) != "Relationship" {
            continue;
        }
        let kind = attribute(&start, "Type")?.unwrap_or_default();
        let target = attribute(&start, "Target")?.unwrap_or_default();
        let target = target.strip_prefix('/').map_or_else(|| format!("{folder}{slash}{target}"), str::to_owned);
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        found.push(Relation { id: attribute(&start, "Id")?.unwrap_or_default(), kind, target });
    }
    Ok(found)
}
