//! `hufu restore`: what an operator does after a backup was restored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use verifier::ids::RegionCode;

use super::stop::Stop;
use super::{ended, exit, language, registry, table};
use crate::app::{App, lock_folder};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::transfers;

/// Where the highest epochs are noted down, in the data folder: it is not in the database, so it does not go back with that.
const NOTES: &str = "epochs";

#[derive(Subcommand)]
#[command(after_help = "After the database was put back from a backup, before the server starts again:\n  \
    hufu restore begin     signs a question to every other region; nothing is booked from now on\n  \
    hufu serve             asks them, again and again, and answers what needs no booking\n  \
    hufu restore status    who has handed over, who has not\n  \
    hufu restore finish    derives every transfer and balance, and books again\n\n\
    Pin every partner before: one that is not pinned is not asked.")]
pub(super) enum Command {
    /// Say that a backup was restored: from now on nothing is booked until every other region has handed over what it holds
    Begin {
        /// The highest epoch that was used with a region, where more is known than the data folder has noted down
        #[arg(long, value_name = "REGION=EPOCH", value_parser = floor)]
        floor: Vec<(RegionCode, u32)>,
    },
    /// List the regions that have handed over and those that have not, and what is not booked yet; exit code 4 while a restore goes on
    Status,
    /// Ask once more who has not handed over, book every transfer that was derived, and end the restore; exit code 4 while anything stands against that
    Finish,
}

fn floor(text: &str) -> Result<(RegionCode, u32), String> {
    let (region, epoch) = text.split_once('=').ok_or("as in 320000=3")?;
    Ok((RegionCode::parse(region).map_err(|e| e.to_string())?, epoch.parse().map_err(|_| "an epoch is a whole number")?))
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let done = match command {
        Command::Begin { floor } => begin(floor, config),
        Command::Status => status(config),
        Command::Finish => finish(config),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(language())))
}

fn begin(floors: Vec<(RegionCode, u32)>, config: Config) -> Result<u8, Stop> {
    let _lock = lock_folder(&config).map_err(|e| Fault::text(format!("a restore begins while no server runs: {e}")))?;
    let path = config.data_dir().join(NOTES);
    let mut noted = read(&path)?;
    for (region, epoch) in floors {
        let highest = noted.entry(region).or_default();
        *highest = epoch.max(*highest);
    }
    let app = registry::open(config)?;
    let asked = match app.db.write_now(|conn| transfers::begin(conn, &app, &noted)) {
        Ok(asked) => asked,
        Err(error) => return Ok(ended(Err(error))?),
    };
    noted.extend(asked.iter().map(|one| (one.peer.clone(), one.wanted)));
    // Nobody has seen the questions yet, so this is in time.
    write(&path, &noted)?;
    table::print(&["region", "epoch"], asked.into_iter().map(|one| [one.peer.to_string(), one.wanted.to_string()]))?;
    Ok(exit::OK)
}

fn read(path: &Path) -> Result<BTreeMap<RegionCode, u32>, Fault> {
    let damaged = |line: &str| Fault::text(format!("{}: {line:?} is no region and epoch", path.display()));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(e) => return Err(Fault::text(format!("cannot read {}: {e}", path.display()))),
    };
    text.lines().map(|line| floor(line).map_err(|_| damaged(line))).collect()
}

fn write(path: &PathBuf, noted: &BTreeMap<RegionCode, u32>) -> Result<(), Fault> {
    let text: String = noted.iter().map(|(region, epoch)| format!("{region}={epoch}\n")).collect();
    let put = |new: &Path| -> std::io::Result<()> {
        std::fs::write(new, text)?;
        std::fs::File::open(new)?.sync_all()?;
        std::fs::rename(new, path)
    };
    put(&path.with_extension("new")).map_err(|e| Fault::text(format!("cannot write {}: {e}", path.display())))
}

fn status(config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let status = app.db.read_now(transfers::status).map_err(Error::into_fault)?;
    let code = if status.since.is_some() { exit::REFUSED } else { exit::OK };
    let rows = status.channels.into_iter().map(|row| {
        let state = if row.state == "resync" { "asked".to_owned() } else { row.state };
        [row.peer, state, row.own.to_string(), row.wanted.map_or_else(|| "-".to_owned(), |wanted| wanted.to_string())]
    });
    table::print(&["region", "state", "epoch", "wanted"], rows)?;
    let left = status.unbooked.into_iter().map(|row| [row.id, row.peer, row.side, row.state, row.amount.to_string(), row.error.unwrap_or_default()]);
    print_left(left.collect())?;
    Ok(code)
}

fn print_left(rows: Vec<[String; 6]>) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    table::print(&["transfer", "region", "side", "state", "amount", "error"], rows.into_iter())
}

fn finish(config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    runtime.block_on(transfers::resync(&app)).map_err(Error::into_fault)?;
    let done = match finished(&app) {
        Ok(done) => done,
        Err(error) => return Ok(ended(Err(error))?),
    };
    table::print(&["booked", "left", "ended"], [[done.booked.to_string(), done.left.len().to_string(), done.is_ended.to_string()]].into_iter())?;
    let left = done.left.into_iter().map(|(row, why)| [row.id, row.peer, row.side, row.state, row.amount.to_string(), why.reason().code.to_owned()]);
    print_left(left.collect())?;
    Ok(if done.is_ended { exit::OK } else { exit::REFUSED })
}

fn finished(app: &App) -> Result<transfers::Finished, Error> {
    app.db.write_now(|conn| transfers::finish(conn, app))
}
