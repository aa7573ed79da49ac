//! Rows for people and for programs.

use std::io::{IsTerminal, Write};

use super::verdict::{padded, width};
use crate::error::Fault;

/// Prints a header and rows to standard output: aligned on a terminal, tab-separated otherwise.
pub(super) fn print<const N: usize>(header: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    let all: Vec<[String; N]> = std::iter::once(header.map(str::to_owned)).chain(rows).collect();
    let aligned = out.is_terminal();
    let widths: [usize; N] = std::array::from_fn(|i| all.iter().filter_map(|row| row.get(i)).map(|cell| width(cell)).max().unwrap_or(0));
    for row in all {
        let line = match aligned {
            true => row.iter().zip(widths).map(|(cell, width)| padded(cell, width + 2)).collect(),
            false => row.join("\t"),
        };
        writeln!(out, "{}", line.trim_end_matches(' ')).map_err(Fault::new)?;
    }
    Ok(())
}
