//! `hufu batch`: files of certificates, from the upload to the results. The same use cases as over HTTP, with the database at hand instead of a token.

mod files;
mod going;
mod steps;

use clap::{Args, Subcommand, ValueEnum};

use super::stop::Stop;
use super::{ended, exit, language, registry, table};
use crate::access::service::LOCAL;
use crate::access::{Caller, Role};
use crate::app::App;
use crate::batches::{self, View};
use crate::certificates::rules::Step;
use crate::config::Config;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::messages::Lang;

/// Rows that are read at a time.
const PAGE: i64 = 200;

#[derive(Subcommand)]
#[command(after_help = "From a file to the certificates:\n  \
    hufu batch template --form xlsx --output start.xlsx\n  \
    hufu batch create october.xlsx --provider 52310199MAHUFUB25Q\n  \
    hufu batch errors bat_... --output mend.xlsx      where something is wrong\n  \
    hufu batch approve bat_... --rows 9998            the number that can be issued, as `create` has shown it\n  \
    hufu batch run bat_...\n  \
    hufu batch results bat_... --form xlsx --output issued.xlsx\n\n\
    One step for many certificates, seen before it is taken:\n  \
    hufu batch revoke bat_... --reason 原始记录系伪造             how many, the first numbers, what becomes of credit; nothing is done\n  \
    hufu batch revoke --change chg_... --approve 1203         the number that was shown; each takes it once, then the receipt\n  \
    hufu batch suspend --provider prov_... --numbers FILE --reason TEXT\n  \
    hufu batch suspend --provider prov_... --occupation 6-31- --from 2026-10-01 --reason TEXT\n\n\
    Exit code 4 where rows are wrong or were refused. All that is done here is done as the client `local`: where a provider wants a second person, \
    what was created here is approved over HTTP, or what was uploaded over HTTP here.")]
pub(super) enum Command {
    /// Take in a file (CSV, XLSX, NDJSON) and look at every row; nothing is issued
    Create(files::Create),
    /// List batches, the newest first: a table on a terminal, tab-separated otherwise
    List {
        /// Only those of this provider (id)
        #[arg(long, value_name = "ID")]
        provider: Option<String>,
    },
    /// Show how a batch stands, and how often what is wrong
    Status {
        /// Id of the batch
        id: String,
    },
    /// Look at all rows again, as things are today, or go on with looking
    Validate {
        /// Id of the batch
        id: String,
    },
    /// List what is wrong, or write the file with what is wrong beside each row
    Errors(files::Errors),
    /// Have the rows issued in which nothing is wrong; a server begins within two seconds, or `run`
    Approve {
        /// Id of the batch
        id: String,
        /// How many rows can be issued, as you have seen it
        #[arg(long, value_name = "N")]
        rows: i64,
    },
    /// Issue what was approved, and show how it goes; where a server does it, only watch
    Run {
        /// Id of the batch
        id: String,
    },
    /// Write what was issued
    Results(files::Results),
    /// End a batch; what is issued of it stays
    Cancel {
        /// Id of the batch
        id: String,
        /// Why, in 1 to 200 characters; kept as evidence
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Try the rows again that were refused when they were to be issued
    Retry {
        /// Id of the batch
        id: String,
    },
    /// Put many certificates out of force for now: those of a batch, of a list of numbers, or what is like this
    Suspend(steps::Many),
    /// Put them back in force
    Reinstate(steps::Many),
    /// Put them out of force for good, and take back their credit
    Revoke(steps::Many),
    /// Write a file to begin with: the header and one row
    Template(files::Template),
}

/// The language of what is written.
#[derive(Args)]
struct Language {
    /// Language of the words: zh or en [default: from LANG, else zh]
    #[arg(long, value_parser = super::verify::lang)]
    lang: Option<Lang>,
}

impl Language {
    fn get(&self) -> Lang {
        self.lang.unwrap_or_else(language)
    }
}

/// The form of a table.
#[derive(Clone, Copy, ValueEnum)]
enum Sheet {
    Csv,
    Xlsx,
    Ndjson,
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let done = match command {
        Command::Create(arguments) => files::create(arguments, config),
        Command::List { provider } => list(provider.as_deref(), config),
        Command::Status { id } => change(&id, config, |_, _| Ok(())),
        Command::Validate { id } => validate(&id, config),
        Command::Errors(arguments) => files::errors(&arguments, config),
        Command::Approve { id, rows } => change(&id, config, |conn, app| batches::approve(conn, app, &caller(), &id, rows).map(drop)),
        Command::Run { id } => issue(&id, config),
        Command::Results(arguments) => files::results(&arguments, config),
        Command::Cancel { id, reason } => change(&id, config, |conn, app| batches::cancel(conn, app, &caller(), &id, &reason).map(drop)),
        Command::Retry { id } => change(&id, config, |conn, app| batches::retry(conn, app, &caller(), &id).map(drop)),
        Command::Suspend(arguments) => steps::run(Step::Suspend, &arguments, config),
        Command::Reinstate(arguments) => steps::run(Step::Reinstate, &arguments, config),
        Command::Revoke(arguments) => steps::run(Step::Revoke, &arguments, config),
        Command::Template(arguments) => files::template(&arguments),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(language())))
}

/// Whoever has the database acts for every provider, under a name of its own: nobody takes another client's to be a second person.
fn caller() -> Caller {
    Caller { client_id: LOCAL.to_owned(), role: Role::Operator, provider_id: None }
}

/// What a refusal or a fault of a use case ends the command with.
fn stopped(error: Error) -> Stop {
    ended(Err(error)).map_or_else(Stop::Fault, Stop::Told)
}

/// How a batch stands now.
fn look(app: &App, id: &str) -> Result<View, Stop> {
    app.db.read_now(|conn| batches::show(conn, &caller(), id, app.edge.now())).map_err(stopped)
}

/// Changes a batch, and says how it stands then.
fn change(id: &str, config: Config, change: impl Fn(&mut Conn, &App) -> Result<(), Error>) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    app.db.write_now(|conn| change(conn, &app)).map_err(stopped)?;
    tell(&look(&app, id)?)
}

fn validate(id: &str, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    if !look(&app, id)?.is_checking() {
        app.db.write_now(|conn| batches::check_again(conn, &caller(), id)).map_err(stopped)?;
    }
    let view = going::watch(&app, id, View::is_checking)?;
    tell(&view)?;
    Ok(judged(view.faulty))
}

fn issue(id: &str, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let view = look(&app, id)?;
    if !view.is_issuing() {
        return Err(stopped(batches::BatchRefusal::State.at("id").got(view.state).into()));
    }
    let view = going::watch(&app, id, View::is_issuing)?;
    tell(&view)?;
    Ok(judged(if view.state == "cancelled" { view.valid - view.issued } else { view.failed }))
}

/// The exit code where so many rows are wrong.
fn judged(wrong: i64) -> u8 {
    if wrong == 0 { exit::OK } else { exit::REFUSED }
}

fn list(provider: Option<&str>, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let (mut rows, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = app.db.read_now(|conn| batches::list(conn, provider, after.as_deref(), PAGE, app.edge.now())).map_err(stopped)?;
        rows.extend(page.items.iter().map(row));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    table::print(&HEADER, rows.into_iter())?;
    Ok(exit::OK)
}

const HEADER: [&str; 9] = ["batch", "state", "rows", "faulty", "valid", "replacing", "issued", "failed", "name"];

fn row(view: &View) -> [String; 9] {
    let [rows, faulty, valid, replacing, issued, failed] =
        [view.rows, view.faulty, view.valid, view.replacing, view.issued, view.failed].map(|n| n.to_string());
    [view.id.clone(), view.state.clone(), rows, faulty, valid, replacing, issued, failed, view.name.clone()]
}

/// How a batch stands, and how often each code was found.
fn tell(view: &View) -> Result<u8, Stop> {
    table::print(&HEADER, std::iter::once(row(view)))?;
    if !view.errors.is_empty() {
        let lang = language();
        let rows = view.errors.iter().map(|one| [one.code.clone(), one.count.to_string(), lang.pick(one.zh.as_str(), one.en.as_str()).to_owned()]);
        table::print(&["code", "cells", "meaning"], rows)?;
    }
    Ok(exit::OK)
}
