//! `hufu recognition receipt`: receipts of this region, with the database at hand instead of a token.

use clap::{Args, Subcommand};
use verifier::ids::{CertificateNumber, RegionCode};

use crate::access::service::LOCAL;
use crate::access::{Caller, Role};
use crate::cli::stop::Stop;
use crate::cli::verify::input;
use crate::cli::{ended, language, registry, table, words};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::receipts::store::Filter;
use crate::receipts::{Input, View, service};

/// Rows that are read at a time.
const PAGE: i64 = 200;

#[derive(Subcommand)]
pub(in crate::cli) enum Command {
    /// Recognise a certificate of another region today, and print the signed receipt; its card must be valid by what is held of that region
    Issue(Issue),
    /// Print the signed text of a receipt
    Show(Named),
    /// List receipts: a table on a terminal, tab-separated otherwise
    List(List),
    /// Revoke a receipt for good
    Revoke(Revoke),
}

#[derive(Args)]
pub(in crate::cli) struct Issue {
    /// QR text, URL or JWS of the card; or a text file or a picture with it; or - for standard input
    #[arg(value_name = "TEXT|FILE|-")]
    card: String,
    /// Digest of the agreement by which it is to be recognised [default: any]
    #[arg(long, requires = "grant", value_name = "DIGEST")]
    agreement: Option<String>,
    /// Id of the grant
    #[arg(long, requires = "agreement", value_name = "ID")]
    grant: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct Named {
    /// Receipt id
    id: String,
}

#[derive(Args)]
pub(in crate::cli) struct List {
    /// Of this certificate
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    number: Option<String>,
    /// Of certificates of this region (six digits)
    #[arg(long, value_name = "REGION", value_parser = region)]
    origin: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct Revoke {
    /// Receipt id
    id: String,
    /// Why; 1 to 200 characters, never personal: it is kept for good
    #[arg(long)]
    reason: String,
}

fn number(text: &str) -> Result<String, String> {
    CertificateNumber::parse(text).map(|number| number.to_string()).map_err(|error| error.to_string())
}

fn region(text: &str) -> Result<String, String> {
    RegionCode::parse(text).map(|region| region.to_string()).map_err(|error| error.to_string())
}

pub(super) fn run(command: &Command, config: Config) -> Result<u8, Fault> {
    ended(match command {
        Command::Issue(wanted) => match only_text(&wanted.card) {
            Ok(text) => issue(text, wanted, config),
            Err(stop) => return Ok(stop.end(language())),
        },
        Command::Show(Named { id }) => show(id, &config),
        Command::List(List { number, origin }) => list(&Filter { number: number.clone(), origin: origin.clone() }, &config),
        Command::Revoke(Revoke { id, reason }) => revoke(id, reason, config),
    })
}

/// Whoever has the database at hand is the operator.
fn local() -> Caller {
    Caller { client_id: LOCAL.to_owned(), role: Role::Operator, provider_id: None }
}

/// The one text that an argument is or names; a picture in which none can be read has none.
fn only_text(card: &str) -> Result<String, Stop> {
    match <[String; 1]>::try_from(input::gather(card)?.texts) {
        Ok([text]) => Ok(text),
        Err(_) => Err(Stop::usage(words::RECEIPT_ONE)),
    }
}

fn issue(text: String, wanted: &Issue, config: Config) -> Result<(), Error> {
    let asked = Input { text, agreement: wanted.agreement.clone(), grant: wanted.grant.clone() }.read()?;
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let judged = runtime.block_on(service::judged(&app, asked));
    let receipt = app.db.write_now(|conn| service::issue(conn, &app, &local(), &judged))?;
    println!("{}", receipt.document);
    Ok(())
}

fn show(id: &str, config: &Config) -> Result<(), Error> {
    let db = registry::expect(config)?.db;
    println!("{}", db.read_now(|conn| service::read(conn, id))?.document);
    Ok(())
}

fn list(filter: &Filter, config: &Config) -> Result<(), Error> {
    let db = registry::expect(config)?.db;
    let (mut views, mut after) = (Vec::new(), None);
    loop {
        let page = db.read_now(|conn| service::list(conn, filter, after.as_deref(), PAGE))?;
        views.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(print(&views)?);
        }
    }
}

fn revoke(id: &str, reason: &str, config: Config) -> Result<(), Error> {
    let app = registry::open(config)?;
    let view = app.db.write_now(|conn| service::revoke(conn, &app, &local(), id, reason))?;
    Ok(print(&[view])?)
}

fn print(views: &[View]) -> Result<(), Fault> {
    let row = |view: &View| {
        let View { id, state, origin, number, day, agreement, grant, .. } = view.clone();
        [id, state, origin, number, day, agreement, grant]
    };
    table::print(&["id", "state", "origin", "number", "day", "agreement", "grant"], views.iter().map(row))
}
