//! `hufu transfer`: transfers of this registry, the file that proves one, and the proof that a region contradicted itself.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use verifier::ids::RegionCode;
use verifier::transfer::{MAX_BYTES, Misconduct};

use super::stop::Stop;
use super::verify::region;
use super::{ended, exit, language, registry, table, words};
use crate::access::service::LOCAL;
use crate::access::{Caller, Role};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::transfers::{self, Asker, Filter};

/// Rows that are read at a time.
const PAGE: i64 = 200;

#[derive(Subcommand)]
#[command(after_help = "A dossier is verified by anybody, years later, with no network: hufu verify --bundle 310000.hufu trf_....json")]
pub(super) enum Command {
    /// List transfers: a table on a terminal, tab-separated otherwise
    List {
        /// Only those from or to this region
        #[arg(long, value_name = "CODE", value_parser = region)]
        peer: Option<RegionCode>,
        /// Only those in this state
        #[arg(long, value_parser = ["reserved", "settled", "returned", "accepted", "rejected"])]
        state: Option<String>,
    },
    /// Print a transfer with its two documents, as JSON
    Show {
        /// Id of the transfer
        id: String,
    },
    /// Write all that proves a transfer into one file: agreement, OFFER, DECISION, what it is based on, and what gave it back
    Dossier {
        /// Id of the transfer
        id: String,
        /// Where to write it [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Say what two messages of one region prove against it: exit code 1 if anything
    Conflict {
        /// A message, as a file
        one: PathBuf,
        /// Another
        other: PathBuf,
    },
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let done = match command {
        Command::List { peer, state } => list(Filter { family: None, peer: peer.map(|peer| peer.to_string()), state }, config),
        Command::Show { id } => show(&id, config),
        Command::Dossier { id, output } => dossier(&id, output.as_deref(), config),
        Command::Conflict { one, other } => conflict(&one, &other, config),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(language())))
}

/// Whoever has the database sees every transfer.
pub(super) fn asker() -> Asker {
    Asker::Client(Caller { client_id: LOCAL.to_owned(), role: Role::Operator, provider_id: None })
}

fn list(filter: Filter, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let (mut rows, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = app.db.read_now(|conn| transfers::list(conn, &app, &asker(), &filter, after.as_deref(), PAGE)).map_err(Error::into_fault)?;
        rows.extend(page.items.into_iter().map(|one| {
            let kind = one.kind.unwrap_or_else(|| "-".to_owned());
            [one.id, one.side, kind, one.peer, one.state, one.amount.to_string(), one.reason.unwrap_or_else(|| "-".to_owned())]
        }));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    table::print(&["transfer", "side", "kind", "region", "state", "amount", "reason"], rows.into_iter())?;
    Ok(exit::OK)
}

fn show(id: &str, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let found = match app.db.read_now(|conn| transfers::show(conn, &asker(), id)) {
        Ok(found) => found,
        Err(error) => return Ok(ended(Err(error))?),
    };
    let text = serde_json::to_string_pretty(&found).map_err(Fault::new)? + "\n";
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(Fault::new)?;
    Ok(exit::OK)
}

fn dossier(id: &str, output: Option<&Path>, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let written = app.db.read_now(|conn| {
        let row = transfers::find(conn, &asker(), id)?;
        transfers::dossier(conn, &app, &row)
    });
    let file = match written {
        Ok(file) => file,
        Err(error) => return Ok(ended(Err(error))?),
    };
    match output {
        None => std::io::stdout().lock().write_all(&file).map_err(Fault::new)?,
        Some(path) => std::fs::write(path, file).map_err(|e| Fault::text(format!("cannot write {}: {e}", path.display())))?,
    }
    Ok(exit::OK)
}

fn conflict(one: &Path, other: &Path, config: Config) -> Result<u8, Stop> {
    let (one, other) = (message(one)?, message(other)?);
    let app = registry::open(config)?;
    let found = match app.db.read_now(|conn| transfers::conflict(conn, &app, &one, &other)) {
        Ok(found) => found,
        Err(error) => return Ok(ended(Err(error))?),
    };
    let (said, lot) = match &found {
        None => (&words::CONFLICT_NONE, None),
        Some(Misconduct::SameSeq) => (&words::CONFLICT_SAME_SEQ, None),
        Some(Misconduct::TwoDecisions) => (&words::CONFLICT_TWO_DECISIONS, None),
        Some(Misconduct::TwoOffers) => (&words::CONFLICT_TWO_OFFERS, None),
        Some(Misconduct::BeyondMinted(lot)) => (&words::CONFLICT_BEYOND_MINTED, Some(lot)),
    };
    let about = lot.map(|lot| format!(" ({lot})")).unwrap_or_default();
    println!("{}: {}{about}", said.code, language().say(said));
    Ok(if found.is_some() { exit::INVALID } else { exit::OK })
}

/// A message in a file, without what surrounds it. One byte more than the most is read, so that what is too long is told so and not cut.
fn message(path: &Path) -> Result<String, Fault> {
    let cannot = |e: std::io::Error| Fault::text(format!("cannot read {}: {e}", path.display()));
    let (file, mut bytes) = (std::fs::File::open(path).map_err(cannot)?, Vec::new());
    file.take(MAX_BYTES as u64 + 3).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
