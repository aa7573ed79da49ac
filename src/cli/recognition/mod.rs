//! `hufu recognition`: decisions that were kept, evaluated again and shown in words; receipts; how much is recognised elsewhere, and would be.

mod coverage;
mod dry_run;
mod receipt;

use std::io::Write;

use clap::{Args, Subcommand};
use verifier::documents::Digest;
use verifier::recognition::Outcome;

use super::{ended, exit, language, registry};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::recognition::service::{self, Replay};
use crate::recognition::{Kept, RecognitionRefusal};
pub(super) use coverage::Arguments as Coverage;
pub(super) use dry_run::run as dry_run;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Evaluate a kept decision again from its own inputs; exit code 1 and the member that differs, if the bytes are not identical
    Replay(Named),
    /// Show a kept decision in words
    Show(Named),
    /// Recognise certificates of other regions by signed receipts
    #[command(subcommand)]
    Receipt(receipt::Command),
}

#[derive(Args)]
pub(super) struct Named {
    /// `sha256:` and 64 digits of hex: the digest of the decision's bytes
    digest: String,
}

/// How much of what this region issued is recognised elsewhere.
pub(super) fn coverage(arguments: &Coverage, config: Config) -> Result<u8, Fault> {
    coverage::run(arguments, config)
}

pub(super) fn run(command: &Command, config: Config) -> Result<u8, Fault> {
    let named = |digest: &str| Digest::parse(digest).map_err(|_| RecognitionRefusal::NoDecision.at("digest").into());
    match command {
        Command::Replay(Named { digest }) => named(digest).map_or_else(|refusal| ended(Err(refusal)), |digest| replay(&digest, config)),
        Command::Show(Named { digest }) => ended(named(digest).and_then(|digest| show(&digest, config))),
        Command::Receipt(command) => receipt::run(command, config),
    }
}

fn replay(digest: &Digest, config: Config) -> Result<u8, Fault> {
    let app = registry::open(config)?;
    match app.db.read_now(|conn| service::replay(conn, &app, digest)) {
        Ok(Replay::Identical) => {
            println!("identical: {digest}");
            Ok(exit::OK)
        }
        Ok(Replay::Differs(member)) => {
            println!("differs: {member}");
            Ok(exit::INVALID)
        }
        Err(error) => ended(Err(error)),
    }
}

fn show(digest: &Digest, config: Config) -> Result<(), Error> {
    let db = registry::expect(&config)?.db;
    let kept = db.read_now(|conn| service::kept(conn, digest))?;
    print(&kept).map_err(|e| Fault::new(e).into())
}

fn print(kept: &Kept) -> std::io::Result<()> {
    let (lang, decision, mut out) = (language(), &kept.decided.decision, std::io::stdout().lock());
    let text = |member: &str| decision.get(member).and_then(|value| value.as_str()).unwrap_or_default();
    let outcome = Outcome::parse(text("outcome")).map(|outcome| lang.pick(outcome.words().zh, outcome.words().en)).unwrap_or_default();
    writeln!(out, "{}  {} -> {}  {}  {outcome}", kept.decided.digest, text("from"), text("to"), text("day"))?;
    writeln!(out, "{}  {}", text("agreement"), text("grant"))?;
    let checks = decision.get("checks").and_then(|checks| checks.as_array()).map(Vec::as_slice).unwrap_or_default();
    for (check, words) in checks.iter().zip(&kept.decided.words) {
        let text = |member: &str| check.get(member).and_then(|value| value.as_str()).unwrap_or_default();
        let mark = if words.ok { "+" } else { "-" };
        writeln!(out, "{mark} {}: {} | {}  {}", text("check"), text("want"), text("got"), lang.pick(&words.zh, &words.en))?;
    }
    Ok(())
}
