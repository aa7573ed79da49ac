//! `hufu config`: what is in force, and where each value came from.

use std::io::{IsTerminal, Write};

use super::exit;
use crate::config::Config;
use crate::error::Fault;

pub(super) fn show(config: &Config) -> Result<u8, Fault> {
    let mut out = std::io::stdout().lock();
    let rows = config.shown();
    let aligned = out.is_terminal();
    let (keys, values) = rows.iter().fold((0, 0), |(k, v), row| (k.max(row.0.len()), v.max(row.1.chars().count())));
    for (key, value, origin) in rows {
        let line = if aligned { format!("{key:keys$}  {value:values$}  {origin}") } else { format!("{key}\t{value}\t{origin}") };
        writeln!(out, "{line}").map_err(Fault::new)?;
    }
    Ok(exit::OK)
}
