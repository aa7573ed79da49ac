//! `hufu peer`: the exchange of messages about credit with other regions: what waits, and carrying it as a file where there is no network.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use verifier::ids::RegionCode;
use verifier::time::Day;
use verifier::transfer::MAX_BYTES;

use super::stop::Stop;
use super::transfer::asker;
use super::{ended, exit, language, registry, table};
use crate::access::service::LOCAL;
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::transfers::{self, ChannelView, FERRY_MAX, Held, Taken};

#[derive(Subcommand)]
#[command(after_help = "Where two registries do not reach each other, people carry files:\n  \
    hufu peer export --to 320000 -o to-320000.txt    here\n  \
    hufu peer import to-320000.txt                   there; what it decides is in its next export\n  \
    hufu peer export --to 310000 -o to-310000.txt    there, and back")]
pub(super) enum Command {
    /// List the channels to other regions: what waits in each, and whether it was stopped
    Queue,
    /// Write what waits for a region and every DECISION for it, one message a line, at most 10,000
    Export {
        /// Code of the region
        #[arg(long, value_name = "CODE", value_parser = region)]
        to: RegionCode,
        /// Where to write it [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Take the messages of a file, in any order and as often as you like; what is refused is said line by line, with exit code 4
    Import {
        /// One message a line
        file: PathBuf,
    },
    /// Put again what was set aside for a region, or one transfer that is in transit; the server begins within two seconds
    Retry {
        /// Code of a region, or id of a transfer
        #[arg(value_name = "CODE|TRANSFER", value_parser = again)]
        what: Again,
    },
    /// Let a channel go on that an alarm has stopped, after people have looked; what waits is put at once
    Reopen {
        /// Code of the region
        #[arg(value_name = "CODE", value_parser = region)]
        peer: RegionCode,
        /// Why, in 1 to 200 characters; kept as evidence
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Compare what was decided with other regions, fetch what was lost, and name every difference, with exit code 4 if there is any
    Reconcile {
        /// Code of the region [default: every region with a channel]
        #[arg(value_name = "REGION", value_parser = region)]
        peer: Option<RegionCode>,
        /// The last day of the decisions that are compared [default: yesterday]
        #[arg(long, value_name = "DAY", value_parser = day)]
        through: Option<Day>,
    },
}

/// What is to be put again.
#[derive(Clone)]
pub(super) enum Again {
    Region(RegionCode),
    Transfer(String),
}

fn again(text: &str) -> Result<Again, String> {
    if text.starts_with("trf_") { Ok(Again::Transfer(text.to_owned())) } else { region(text).map(Again::Region) }
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|e| e.to_string())
}

fn region(text: &str) -> Result<RegionCode, String> {
    RegionCode::parse(text).map_err(|e| e.to_string())
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let done = match command {
        Command::Queue => queue(config),
        Command::Export { to, output } => export(&to, output.as_deref(), config),
        Command::Import { file } => import(&file, config),
        Command::Retry { what } => retry(&what, config),
        Command::Reopen { peer, reason } => reopen(&peer, &reason, config),
        Command::Reconcile { peer, through } => reconcile(peer, through, config),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(language())))
}

fn queue(config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let all = app.db.read_now(transfers::channels).map_err(Error::into_fault)?;
    tell(all)
}

fn tell(all: Vec<ChannelView>) -> Result<u8, Stop> {
    let header = ["region", "state", "alarm", "waiting", "amount", "aside", "sent", "seen"];
    table::print(
        &header,
        all.into_iter().map(|one| {
            let numbers = [one.waiting, one.waiting_amount, one.aside, one.sent, one.seen].map(|n| n.to_string());
            let [waiting, amount, aside, sent, seen] = numbers;
            [one.peer, one.state, one.alarm.unwrap_or_else(|| "-".to_owned()), waiting, amount, aside, sent, seen]
        }),
    )?;
    Ok(exit::OK)
}

fn retry(what: &Again, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let many = app.db.write_now(|conn| match what {
        Again::Region(peer) => transfers::retry_all(conn, &app, peer),
        Again::Transfer(id) => {
            let row = transfers::find(conn, &asker(), id)?;
            transfers::retry(conn, &app, &row).map(|()| 1)
        }
    });
    match many {
        Ok(many) => table::print(&["retried"], std::iter::once([many.to_string()]))?,
        Err(error) => return Ok(ended(Err(error))?),
    }
    Ok(exit::OK)
}

fn reopen(peer: &RegionCode, reason: &str, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    match app.db.write_now(|conn| transfers::reopen(conn, &app, LOCAL, peer, reason)) {
        Ok(channel) => tell(vec![channel]),
        Err(error) => Ok(ended(Err(error))?),
    }
}

fn export(to: &RegionCode, output: Option<&Path>, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let lines = match app.db.write_now(|conn| transfers::export(conn, &app, to)) {
        Ok(lines) => lines,
        Err(error) => return Ok(ended(Err(error))?),
    };
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    match output {
        None => std::io::stdout().lock().write_all(text.as_bytes()).map_err(Fault::new)?,
        Some(path) => std::fs::write(path, text).map_err(|e| Fault::text(format!("cannot write {}: {e}", path.display())))?,
    }
    Ok(exit::OK)
}

fn import(path: &Path, config: Config) -> Result<u8, Stop> {
    let cannot = |e: std::io::Error| Fault::text(format!("cannot read {}: {e}", path.display()));
    let mut reader = BufReader::new(File::open(path).map_err(cannot)?);
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let (mut rows, mut code) = (Vec::new(), exit::OK);
    let mut n = 0;
    while n < FERRY_MAX {
        let Some(text) = line(&mut reader).map_err(cannot)? else { break };
        n += 1;
        let mut taken = runtime.block_on(transfers::take(&app, text.clone()));
        if let Ok(Taken::Expects(many)) = taken {
            let mut messages = Vec::new();
            while messages.len() < many as usize {
                let Some(text) = line(&mut reader).map_err(cannot)? else { break };
                messages.push(text);
            }
            n += messages.len() as i64;
            taken = app.db.write_now(|conn| transfers::take_over(conn, &app, &text, &messages));
        }
        let outcome = match taken {
            Ok(Taken::Answer(_)) => "decided".to_owned(),
            Ok(Taken::Done) => "taken".to_owned(),
            Ok(Taken::Later | Taken::Expects(_)) => "later".to_owned(),
            Ok(Taken::Alarm(refusal)) | Err(Error::Refusal(refusal)) => {
                code = exit::REFUSED;
                refusal.reason.code.to_owned()
            }
            Err(Error::Fault(fault)) => return Err(fault.into()),
        };
        rows.push([n.to_string(), outcome]);
    }
    table::print(&["line", "outcome"], rows.into_iter())?;
    Ok(code)
}

/// The next line, without its end. One that is too long is cut a byte behind the longest message, so that it is told so.
fn line(reader: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let many = reader.by_ref().take(MAX_BYTES as u64 + 3).read_until(b'\n', &mut line)?;
    Ok((many > 0).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
}

fn reconcile(peer: Option<RegionCode>, through: Option<Day>, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let regions = match peer {
        Some(peer) => vec![peer],
        None => {
            let all = app.db.read_now(transfers::channels).map_err(Error::into_fault)?;
            all.iter().map(|one| RegionCode::parse(&one.peer)).collect::<Result<_, _>>().map_err(Fault::new)?
        }
    };
    let (mut rows, mut differing, mut code) = (Vec::new(), Vec::new(), exit::OK);
    for region in regions {
        match runtime.block_on(transfers::reconcile(&app, &region, through)) {
            Ok(told) => {
                let outcome = told.alarm.as_deref().unwrap_or(if told.equal { "equal" } else { "different" });
                let numbers = [told.here.accepted, told.here.rejected, told.here.open].map(|n| n.to_string());
                let [accepted, rejected, open] = numbers;
                rows.push([told.peer.clone(), told.through.clone(), outcome.to_owned(), accepted, rejected, open, told.exchanged.to_string()]);
                let held = |held: Option<Held>| held.map_or_else(|| "-".to_owned(), |held| format!("{} {}", held.decision, held.amount));
                differing.extend(told.differences.into_iter().map(|one| [told.peer.clone(), one.transfer, held(one.here), held(one.there)]));
                code = if told.equal { code } else { exit::REFUSED };
            }
            Err(Error::Refusal(refusal)) => {
                let none = || "-".to_owned();
                rows.push([region.to_string(), none(), refusal.reason.code.to_owned(), none(), none(), none(), none()]);
                code = exit::REFUSED;
            }
            Err(Error::Fault(fault)) => return Err(fault.into()),
        }
    }
    table::print(&["region", "through", "outcome", "accepted", "rejected", "open", "exchanged"], rows.into_iter())?;
    if !differing.is_empty() {
        table::print(&["region", "transfer", "here", "there"], differing.into_iter())?;
    }
    Ok(code)
}
