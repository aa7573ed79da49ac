//! Vector files: made by the code on request, compared byte for byte otherwise.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Which files were rewritten in this run.
static REWRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The text of `tests/vectors/<name>`; with `HUFU_REWRITE_VECTORS` set it is first replaced, once, by what the code makes.
pub fn file(name: &str, make: impl FnOnce() -> String) -> String {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut rewritten = REWRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::env::var_os("HUFU_REWRITE_VECTORS").is_some() && rewritten.insert(name.into()) {
        std::fs::write(&path, make()).expect("a writable file");
    }
    std::fs::read_to_string(&path).expect("the vectors are checked in")
}

/// Compares line by line first, so that a difference can be read.
pub fn assert_same(file: &str, made: &str) {
    for (expected, got) in file.lines().zip(made.lines()) {
        assert_eq!(expected, got);
    }
    assert_eq!(file, made);
}

/// A JSON array with one element a line.
pub fn lines(elements: impl Iterator<Item = String>) -> String {
    format!("[\n{}\n]", elements.collect::<Vec<_>>().join(",\n"))
}
