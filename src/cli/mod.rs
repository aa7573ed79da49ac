//! The command line: what can be said, and which module does it.

mod agreement;
mod batch;
mod bundle;
mod client;
mod demo;
mod init;
mod keys;
mod ledger;
mod peer;
mod provider;
mod recognition;
mod registry;
mod restore;
mod run;
mod settings;
mod stop;
mod table;
mod transfer;
mod verdict;
mod verify;
mod webhook;
pub mod words;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::Config;
use crate::error::{Error, Fault};
use crate::messages::Lang;

/// Exit codes, also printed by `hufu --help`.
pub mod exit {
    /// Done; of `verify`: valid.
    pub const OK: u8 = 0;
    /// `verify`: invalid; `provider recognised`: nowhere; `ledger audit`: something is wrong; `agreement lint`: something is odd; `recognition replay`: other bytes;
    /// `transfer conflict`: a region contradicted itself.
    pub const INVALID: u8 = 1;
    /// `verify`, `provider recognised`: it cannot be said.
    pub const UNDETERMINED: u8 = 2;
    /// The command line was not understood.
    pub const USAGE: u8 = 3;
    /// Refused by a rule.
    pub const REFUSED: u8 = 4;
    /// Something failed here.
    pub const FAULT: u8 = 5;
}

/// A region's registry of signed skill certificates that anyone can verify offline.
#[derive(Parser)]
#[command(
    name = "hufu",
    version,
    after_help = "Exit codes: 0 done, or valid; 1 invalid; 2 undetermined; 3 usage; 4 refused by a rule; 5 fault.\n\
                  Settings come from flags, then HUFU_* environment variables, then hufu.toml; `hufu config` prints what is in force.\n\
                  Start with `hufu demo`, or `hufu serve` for a registry of your own."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show everything in a minute: a registry of its own, 200 certificates issued, scanned, verified, revoked, tampered with
    Demo(demo::Arguments),
    /// Serve the registry; creates the region, its keys and the operator's client on first start
    Serve,
    /// Add, list, renew and disable the programs that may call the API
    #[command(subcommand)]
    Client(client::Command),
    /// Verify certificates by a trust bundle with no network, or by this registry's database: texts, files, pictures, or many at once
    Verify(verify::Arguments),
    /// Get, renew, look at and check the file by which certificates are verified with no network
    #[command(subcommand)]
    Bundle(bundle::Command),
    /// Draft, sign, exchange and end agreements with other regions
    #[command(subcommand)]
    Agreement(agreement::Command),
    /// See what waits in the exchange of credit with other regions, and carry it as a file
    #[command(subcommand)]
    Peer(peer::Command),
    /// After a backup was restored: ask every other region what it holds before anything is booked
    #[command(subcommand)]
    Restore(restore::Command),
    /// List and show transfers of credit, and write or check what proves them
    #[command(subcommand)]
    Transfer(transfer::Command),
    /// List where events are told and how that goes, and send one again
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// Take in files of certificates, look at every row, and issue what was approved
    #[command(subcommand)]
    Batch(batch::Command),
    /// Say where a body may work, by a trust bundle
    #[command(subcommand)]
    Provider(provider::Command),
    /// Create the region, its keys and the operator's client without serving
    Init,
    /// List, retire and revoke keys; change the master key
    #[command(subcommand)]
    Keys(keys::Command),
    /// Audit the credit bank's ledger, and show its trial balance
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Evaluate kept decisions about recognition again, and show them; recognise certificates of other regions by receipts
    #[command(subcommand)]
    Recognition(recognition::Command),
    /// Count how much of what this region issued is recognised at each other party of its agreements, and what is not
    Coverage(recognition::Coverage),
    /// Bring the database to this program's schema
    Migrate,
    /// Print the settings in force and where each came from
    Config,
    /// Print the OpenAPI document
    Openapi,
}

/// Parses the command line, runs the command and answers with its exit code.
pub fn main() -> ExitCode {
    let parsed = Config::flags(Cli::command()).try_get_matches();
    let matches = match parsed {
        Ok(matches) => matches,
        Err(e) => {
            let code = if e.use_stderr() { exit::USAGE } else { exit::OK };
            return if e.print().is_ok() { ExitCode::from(code) } else { ExitCode::from(exit::FAULT) };
        }
    };
    // Global flags are known to the subcommand's matches.
    let flags = matches.subcommand().map_or(&matches, |(_, sub)| sub);
    let done = Cli::from_arg_matches(&matches)
        .map_err(|e| Fault::text(e.to_string()))
        .and_then(|cli| Ok((cli, Config::load(flags, |name| std::env::var(name).ok())?)))
        .and_then(|(cli, config)| dispatch(cli.command, config));
    match done {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            eprintln!("hufu: {fault}");
            ExitCode::from(exit::FAULT)
        }
    }
}

/// What a command that a rule refused ends with: the refusal's words on standard error, and its exit code.
fn ended(done: Result<(), Error>) -> Result<u8, Fault> {
    match done {
        Ok(()) => Ok(exit::OK),
        Err(Error::Refusal(refusal)) => {
            eprintln!("hufu: {refusal}");
            Ok(exit::REFUSED)
        }
        Err(Error::Fault(fault)) => Err(fault),
    }
}

/// The language of the environment, as POSIX ranks the variables.
fn language() -> Lang {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    Lang::of_locale(&named.unwrap_or_default())
}

fn dispatch(command: Command, config: Config) -> Result<u8, Fault> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve => run::serve(config),
        Command::Client(command) => client::run(command, config),
        Command::Verify(arguments) => verify::run(&arguments, &config),
        Command::Bundle(command) => bundle::run(command),
        Command::Agreement(command) => agreement::run(command, config),
        Command::Peer(command) => peer::run(command, config),
        Command::Restore(command) => restore::run(command, config),
        Command::Transfer(command) => transfer::run(command, config),
        Command::Webhook(command) => webhook::run(command, config),
        Command::Batch(command) => batch::run(command, config),
        Command::Provider(command) => provider::run(&command),
        Command::Init => init::run(config),
        Command::Keys(command) => keys::run(command, config),
        Command::Ledger(command) => ledger::run(&command, &config),
        Command::Recognition(command) => recognition::run(&command, config),
        Command::Coverage(arguments) => recognition::coverage(&arguments, config),
        Command::Migrate => run::migrate(&config),
        Command::Config => settings::show(&config),
        Command::Openapi => {
            print!("{}", crate::http::openapi::text());
            Ok(exit::OK)
        }
    }
}
