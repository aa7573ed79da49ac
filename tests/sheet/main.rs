//! The files of batches: what is read, what is refused, what is written back.

mod cells;
mod files;
mod made;
mod marked;
mod memory;
mod never;
mod page;
mod peer;
mod replacing;

use hufu::batches::sheet::{Mapping, Sheet, Wrong, open};
use hufu::certificates::Input;
use hufu::error::{Error, Refusal};
use std::io::{Seek, Write};

/// A row that is read, or what is wrong in it.
type Read = Result<Input, Vec<Wrong>>;

fn try_open(bytes: &[u8], mapping: &str) -> Result<Sheet, Refusal> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    let mapping: Mapping = serde_json::from_str(mapping).unwrap();
    open(file, &mapping).map_err(refusal)
}

fn refusal(e: Error) -> Refusal {
    match e {
        Error::Refusal(refusal) => refusal,
        Error::Fault(fault) => panic!("{fault}"),
    }
}

/// Every row with its line, or why the file is refused.
fn rows_with(bytes: &[u8], mapping: &str) -> Result<Vec<(u32, Read)>, Refusal> {
    let mut sheet = try_open(bytes, mapping)?;
    // A header is kept and reads rows without its file, and so is a row.
    let header = serde_json::from_str::<hufu::batches::sheet::Header>(&serde_json::to_string(sheet.header()).unwrap()).unwrap();
    let mut rows = Vec::new();
    for raw in sheet.by_ref() {
        let raw = raw.map_err(refusal)?;
        let kept = serde_json::from_str(&serde_json::to_string(&raw).unwrap()).unwrap();
        assert_eq!(raw, kept);
        rows.push((raw.line, header.read(&kept).map(|entry| entry.input)));
    }
    assert!(sheet.next().is_none());
    Ok(rows)
}

fn rows(bytes: &[u8]) -> Result<Vec<(u32, Read)>, Refusal> {
    rows_with(bytes, "{}")
}

/// The only row.
fn row(bytes: &[u8]) -> Read {
    let mut rows = rows(bytes).unwrap_or_else(|r| panic!("{r}"));
    assert_eq!(rows.len(), 1);
    rows.remove(0).1
}

const HEAD: &str = "姓名,身份证号,考核日期";
const GOOD: &str = "欧阳静,11010519491231002X,2026-10-18";
