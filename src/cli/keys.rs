//! `hufu keys`: the keys of this registry. The same use cases as over HTTP, with the database at hand instead of a token.

use std::path::PathBuf;

use clap::Subcommand;
use verifier::time::Instant;

use super::{ended, exit, registry, table};
use crate::access;
use crate::app::lock_folder;
use crate::config::Config;
use crate::db::Kind;
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::keys::seal::SealKey;
use crate::keys::{self, Change, Reason, Row, master};

/// Where the new master key may stand.
const NEW_KEY: &str = "HUFU_NEW_MASTER_KEY";

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the keys, public halves only: a table on a terminal, tab-separated otherwise
    List,
    /// Seal every key under a new master key; the server must be stopped
    #[command(
        after_help = "The new key: --new-key-file, else the environment variable HUFU_NEW_MASTER_KEY, else, where the registry uses a key file, a fresh one.\n\n\
        Examples:\n  hufu keys rewrap                                  a fresh key into the key file\n  \
        hufu keys rewrap --new-key-file next.key          the key in next.key: 32 bytes in base64url, mode 0600"
    )]
    Rewrap {
        /// File with the new master key
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
    /// Roll an issuer key over: the next certificate gets a new one; what was signed stays good
    Retire {
        /// RFC 7638 thumbprint, as `hufu keys list` shows it
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
    /// Revoke an issuer key; `compromise` takes back everything that it signed
    #[command(after_help = "Example:\n  hufu keys revoke o9qSm3c7pY0m2Qk1v5W3r4t6y8u0i2o4p6a8s0d2f4g --reason superseded")]
    Revoke {
        /// RFC 7638 thumbprint, as `hufu keys list` shows it
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// compromise, superseded or ceased
        #[arg(long, value_parser = reason)]
        reason: Reason,
        /// From when on, unix seconds; now if absent
        #[arg(long, value_name = "UNIX")]
        at: Option<i64>,
    },
}

fn reason(text: &str) -> Result<Reason, String> {
    Reason::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or_else(|| format!("one of {}", Reason::ALL.map(Reason::as_str).join(", ")))
}

pub(super) fn run(command: Command, config: Config) -> Result<u8, Fault> {
    match command {
        Command::List => {
            let rows = registry::expect(&config)?.db.read_now(keys::all).map_err(Error::into_fault)?;
            show(&rows, Edge::default().now())?;
            Ok(exit::OK)
        }
        Command::Rewrap { new_key_file } => rewrap(config, new_key_file),
        Command::Retire { kid } => change(config, &kid, |_| Change::Retire),
        Command::Revoke { kid, reason, at } => {
            change(config, &kid, |now| Change::Revoke { at: at.unwrap_or(now), reason: reason.as_str().to_owned() })
        }
    }
}

fn change(config: Config, kid: &str, wanted: impl FnOnce(i64) -> Change) -> Result<u8, Fault> {
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let now = app.edge.now();
    let done = runtime.block_on(keys::change(&app, access::service::LOCAL, kid, wanted(now)));
    ended(done.and_then(|row| Ok(show(&[row], now)?)))
}

fn rewrap(config: Config, file: Option<PathBuf>) -> Result<u8, Fault> {
    registry::expect(&config)?;
    let to_file = config.optional("master_key").is_none();
    let Some(next) = new_key(file, to_file)? else {
        eprintln!("hufu: the master key comes from a setting, so say the new one: --new-key-file FILE, or {NEW_KEY} in the environment");
        return Ok(exit::USAGE);
    };
    let _lock = lock_folder(&config).map_err(|e| Fault::text(format!("the master key changes while no server runs: {e}")))?;
    let app = registry::open(config)?;
    if app.db.kind() == Kind::Postgres {
        eprintln!(
            "hufu: on PostgreSQL this command cannot see servers on other machines. One that still runs issues with the keys it has open and \
             makes no new ones; stop them all, give each the new master key, and start them again."
        );
    }
    let count = keys::rewrap(&app, &next, to_file).map_err(Error::into_fault)?;
    match to_file {
        true => println!("{count} keys are sealed under the new master key in {}", app.config.data_dir().join(master::FILE).display()),
        false => println!("{count} keys are sealed under the new master key; set HUFU_MASTER_KEY (setting master_key) to it before the next start"),
    }
    Ok(exit::OK)
}

/// The key that was given, or a fresh one where it can be kept in the key file.
fn new_key(file: Option<PathBuf>, to_file: bool) -> Result<Option<SealKey>, Fault> {
    if let Some(path) = file {
        let found = master::read_file(&path)?;
        return found.map(Some).ok_or_else(|| Fault::text(format!("there is no key file {}", path.display())));
    }
    match std::env::var(NEW_KEY).ok().map(zeroize::Zeroizing::new) {
        Some(text) => SealKey::parse(&text).map(Some).map_err(|e| Fault::text(format!("{NEW_KEY}: {e}"))),
        None => Ok(to_file.then(|| SealKey::generate(&Edge::default()))),
    }
}

fn show(rows: &[Row], now: i64) -> Result<(), Fault> {
    table::print(&["kid", "purpose", "state", "from", "until", "provider"], rows.iter().map(|row| cells(row, now)))
}

fn cells(row: &Row, now: i64) -> [String; 6] {
    let instant = |at: i64| if at == i64::MAX { "-".to_owned() } else { Instant(at).rfc3339() };
    let state = match (&row.revoke_reason, row.retired_at) {
        (Some(reason), _) => format!("revoked:{reason}"),
        (None, Some(_)) => "retired".to_owned(),
        (None, None) if now >= row.until_at => "ended".to_owned(),
        (None, None) if now < row.from_at => "ahead".to_owned(),
        (None, None) => "signing".to_owned(),
    };
    let provider = row.provider_id.clone().unwrap_or_else(|| "-".to_owned());
    [row.kid.clone(), row.purpose.clone(), state, instant(row.from_at), instant(row.until_at), provider]
}
