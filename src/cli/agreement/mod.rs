//! `hufu agreement`: agreements with other regions. What looks at a file alone needs no registry; the rest are the same use cases as over HTTP.

mod draft;
mod file;
mod held;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use verifier::documents::Digest;
use verifier::ids::RegionCode;
use verifier::time::Day;

use super::verify::lang;
use super::{language, recognition};
use crate::config::Config;
use crate::error::Fault;
use crate::messages::Lang;

#[derive(Subcommand)]
#[command(after_help = "An agreement is drafted as a file, brought in, signed, and exchanged over HTTP or as a file:\n  \
    hufu agreement new yrd.json --parties 310000,320000    a template to be edited\n  \
    hufu agreement lint yrd.json                           what is odd about it\n  \
    hufu agreement import yrd.json                         keeps it in the registry and prints its digest\n  \
    hufu agreement sign sha256:...                         signs it with the region's key\n  \
    hufu agreement send sha256:...                         to every partner that is a party; or: export, carry, import")]
pub(super) enum Command {
    /// Write a template of an agreement to a file
    New {
        /// The file; one that is there already is left alone
        file: PathBuf,
        /// Region codes of the parties, two or more, with commas between them
        #[arg(long, value_name = "CODES", value_delimiter = ',', required = true, value_parser = region)]
        parties: Vec<RegionCode>,
        /// What the agreement is called in its id: 1 to 60 of 0-9a-z-
        #[arg(long, value_name = "NAME", default_value = "draft")]
        name: String,
        /// The first day on which it is in force [default: today]
        #[arg(long, value_name = "DAY", value_parser = day)]
        from: Option<Day>,
    },
    /// Say what is odd about an agreement: exit code 1 if anything is
    Lint {
        /// An agreement, or a file with signatures
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
    /// Say what a newer version changes
    Diff {
        /// The older one
        before: PathBuf,
        /// The newer one
        after: PathBuf,
        #[command(flatten)]
        look: Look,
    },
    /// Print an agreement as numbered clauses, and who has signed, which only a registry can check
    Show {
        /// An agreement, or a file with signatures
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
    /// Try an agreement on every certificate and lot of this registry as if it were agreed and in force: how many each grant recognises at each
    /// place, which checks refuse how many, and what becomes of credit
    DryRun {
        /// `agreement/1`, byte for byte as it is to be signed
        file: PathBuf,
    },
    /// List the agreements of the registry: a table on a terminal, tab-separated otherwise
    List,
    /// Bring in an agreement, or a file with signatures and notices; what is refused is said, with exit code 4
    Import {
        /// An agreement, or a file with signatures
        file: PathBuf,
    },
    /// Sign an agreement with the region's key, for good
    Sign(Named),
    /// Write the file with all signatures and notices
    Export {
        #[command(flatten)]
        named: Named,
        /// Where to write it [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Publish an agreement that every party has signed
    Publish(Named),
    /// Give notice, for good
    Notice {
        #[command(flatten)]
        named: Named,
        /// The first day that is no longer in force, YYYY-MM-DD
        #[arg(long, value_name = "DAY", value_parser = day)]
        effective: Day,
    },
    /// Send an agreement to every partner that is a party, and take their answers; exit code 4 if any did not answer well
    Send(Named),
}

/// An agreement of the registry.
#[derive(Args)]
pub(super) struct Named {
    /// Its digest, as `hufu agreement list` shows it
    #[arg(value_parser = digest)]
    digest: Digest,
}

/// How it is shown.
#[derive(Args, Clone, Copy)]
pub(super) struct Look {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Language of the words: zh or en [default: from LANG, else zh]
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

impl Look {
    fn lang(self) -> Lang {
        self.lang.unwrap_or_else(language)
    }
}

fn region(text: &str) -> Result<RegionCode, String> {
    RegionCode::parse(text).map_err(|e| e.to_string())
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|e| e.to_string())
}

fn digest(text: &str) -> Result<Digest, String> {
    Digest::parse(text).map_err(|_| "sha256: and 64 digits of hex".to_owned())
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    let (lang, done) = match command {
        Command::DryRun { file } => (language(), Ok(recognition::dry_run(&file, config)?)),
        Command::New { file, parties, name, from } => (language(), draft::write(&file, parties, &name, from)),
        Command::Lint { file, look } => (look.lang(), file::lint(&file, look)),
        Command::Diff { before, after, look } => (look.lang(), file::diff(&before, &after, look)),
        Command::Show { file, look } => (look.lang(), file::show(&file, look)),
        Command::List => (language(), held::list(config)),
        Command::Import { file } => (language(), held::import(&file, config)),
        Command::Sign(named) => (language(), held::sign(&named.digest, config)),
        Command::Export { named, output } => (language(), held::export(&named.digest, output.as_deref(), config)),
        Command::Publish(named) => (language(), held::publish(&named.digest, config)),
        Command::Notice { named, effective } => (language(), held::end(&named.digest, effective, config)),
        Command::Send(named) => (language(), held::send(&named.digest, config)),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(lang)))
}
