//! `hufu webhook`: where events are told, how that goes, and sending one again.

use clap::Subcommand;

use super::stop::Stop;
use super::{ended, exit, language, registry, table};
use crate::access::service::LOCAL;
use crate::access::{Caller, Role};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::webhooks::{self, Delivery, State};

/// Most rows that are shown.
const SHOWN_MAX: i64 = 1_000;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the endpoints to which events are sent
    List,
    /// List what was sent to an endpoint, the newest event first, at most 1,000
    Deliveries {
        /// Id of the endpoint
        webhook: String,
        /// Only what is tried no more
        #[arg(long)]
        dead: bool,
    },
    /// Send an event to an endpoint again, under the same id; the server begins within a second
    Replay {
        /// Id of the endpoint
        webhook: String,
        /// Id of the event
        event: String,
    },
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let done = match command {
        Command::List => list(config),
        Command::Deliveries { webhook, dead } => deliveries(&webhook, dead, config),
        Command::Replay { webhook, event } => replay(&webhook, &event, config),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(language())))
}

/// Whoever has the database may see all of it.
fn caller() -> Caller {
    Caller { client_id: LOCAL.to_owned(), role: Role::Operator, provider_id: None }
}

fn dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn list(config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let all = app.db.read_now(|conn| webhooks::list(conn, &caller(), None, SHOWN_MAX)).map_err(Error::into_fault)?;
    let rows = all.into_iter().map(|one| {
        let state = one.disabled.unwrap_or_else(|| "enabled".to_owned());
        [one.id, one.provider.unwrap_or_else(|| "-".to_owned()), state, one.events.join(","), one.url]
    });
    table::print(&["id", "provider", "state", "events", "url"], rows)?;
    Ok(exit::OK)
}

fn deliveries(webhook: &str, dead: bool, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let state = dead.then_some(State::Dead);
    match app.db.read_now(|conn| webhooks::deliveries(conn, &caller(), webhook, state, None, SHOWN_MAX)) {
        Ok(all) => tell(all),
        Err(error) => Ok(ended(Err(error))?),
    }
}

fn replay(webhook: &str, event: &str, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    match app.db.write_now(|conn| webhooks::replay(conn, &app, &caller(), webhook, event)) {
        Ok(delivery) => tell(vec![delivery]),
        Err(error) => Ok(ended(Err(error))?),
    }
}

fn tell(all: Vec<Delivery>) -> Result<u8, Stop> {
    let rows = all.into_iter().map(|one| {
        let (tries, status, error) = (one.tries.to_string(), dash(one.status), dash(one.error));
        [one.event, one.kind, one.state, tries, status, error]
    });
    table::print(&["event", "type", "state", "tries", "status", "error"], rows)?;
    Ok(exit::OK)
}
