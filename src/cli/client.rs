//! `hufu client`: the programs that may call the API. The same use cases as over HTTP, with the database at hand instead of a token.

use std::io::{IsTerminal, Write};

use clap::Subcommand;

use super::{ended, table};
use crate::access::service::{self, Client, LOCAL, NewClient, WithSecret};
use crate::access::{Role, rules};
use crate::app::App;
use crate::config::Config;
use crate::edge::Edge;
use crate::error::{Error, Fault};

/// Rows that are read at a time.
const PAGE: i64 = 200;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a client; prints its id and, this once, its secret
    Add {
        /// operator, provider, partner or auditor
        #[arg(long, value_parser = role)]
        role: Role,
        /// What people call it
        #[arg(long)]
        name: String,
        /// Id of the provider it acts for (role provider only)
        #[arg(long)]
        provider: Option<String>,
    },
    /// List the clients: a table on a terminal, tab-separated otherwise
    List,
    /// Give a client a new secret; prints it, this once
    Rotate {
        /// Client id
        id: String,
    },
    /// Disable a client for good
    Disable {
        /// Client id
        id: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("one of {}", Role::ALL.map(Role::as_str).join(", ")))
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let app = App::open(config, Edge::default())?;
    let done = match command {
        Command::Add { role, name, provider } => {
            let new = NewClient { name, role, provider };
            app.db.write_now(|conn| service::add(conn, &app.edge, LOCAL, &new)).and_then(|added| Ok(show_secret(&added)?))
        }
        Command::List => list(&app),
        Command::Rotate { id } => app.db.write_now(|conn| service::rotate(conn, &app.edge, LOCAL, &id)).and_then(|row| Ok(show_secret(&row)?)),
        Command::Disable { id } => app.db.write_now(|conn| service::disable(conn, &app.edge, LOCAL, &id)).and_then(|row| Ok(show(&[row])?)),
    };
    ended(done)
}

fn list(app: &App) -> Result<(), Error> {
    let mut all: Vec<Client> = Vec::new();
    loop {
        let after = all.last().map(|client| client.id.clone());
        let page = app.db.read_now(|conn| service::list(conn, after.as_deref(), PAGE))?;
        if page.is_empty() {
            return Ok(show(&all)?);
        }
        all.extend(page);
    }
}

fn show_secret(made: &WithSecret) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    let (id, secret) = (&made.client.id, &made.secret);
    if out.is_terminal() {
        writeln!(out, "client_id      {id}\nclient_secret  {secret}\nThe secret is shown this once: store it now.").map_err(Fault::new)
    } else {
        writeln!(out, "{id}\t{secret}").map_err(Fault::new)
    }
}

fn show(clients: &[Client]) -> Result<(), Fault> {
    table::print(&["id", "role", "state", "provider", "scopes", "name"], clients.iter().map(row))
}

fn row(client: &Client) -> [String; 6] {
    let state = if client.disabled_at.is_some() { "disabled" } else { "enabled" };
    let provider = client.provider.clone().unwrap_or_else(|| "-".to_owned());
    [client.id.clone(), client.role.as_str().to_owned(), state.to_owned(), provider, rules::join(client.role.scopes()), client.name.clone()]
}
