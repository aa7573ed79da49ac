//! `hufu ledger`: whether the credit bank's books are right, and what they come to.

use clap::Subcommand;

use super::{exit, registry, table};
use crate::config::Config;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::service::{self, TrialRow};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Derive every lot, balance and entry anew from movements and documents; exit code 1 and the first thing that is wrong, if anything is
    Audit,
    /// Show what went to and came from each place, scheme by scheme, in hundredths: a table on a terminal, tab-separated otherwise
    TrialBalance,
}

pub(super) fn run(command: &Command, config: &Config) -> Result<u8, Fault> {
    match command {
        Command::Audit => audit(config),
        Command::TrialBalance => trial_balance(config),
    }
}

fn audit(config: &Config) -> Result<u8, Fault> {
    let found = of_one_state(config, service::audit)?;
    match found.wrong {
        None => {
            println!("all is well: {} entries, {} lots", found.counts.entries, found.counts.lots);
            Ok(exit::OK)
        }
        Some(wrong) => {
            println!("{wrong}");
            Ok(exit::INVALID)
        }
    }
}

fn trial_balance(config: &Config) -> Result<u8, Fault> {
    let rows = of_one_state(config, service::trial_balance)?;
    let mut cells = Vec::new();
    for of_scheme in rows.chunk_by(|a, b| a.scheme == b.scheme) {
        cells.extend(of_scheme.iter().map(|row| line(row, &row.place)));
        let (debit, credit) = of_scheme.iter().fold((0, 0), |(debit, credit), row| (debit + row.debit, credit + row.credit));
        cells.extend(of_scheme.first().map(|row| line(&TrialRow { debit, credit, ..row.clone() }, "total")));
    }
    table::print(&["scheme", "place", "debit", "credit", "balance"], cells.into_iter())?;
    Ok(exit::OK)
}

fn line(row: &TrialRow, place: &str) -> [String; 5] {
    [row.scheme.clone(), place.to_owned(), row.debit.to_string(), row.credit.to_string(), (row.debit - row.credit).to_string()]
}

/// Runs a question over one state of the database, however long it takes and whatever is booked meanwhile.
fn of_one_state<T: Send + 'static>(config: &Config, question: fn(&mut Conn) -> Result<T, Error>) -> Result<T, Fault> {
    let db = registry::expect(config)?.db;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    runtime.block_on(db.read_one_state(question)).map_err(Error::into_fault)
}
