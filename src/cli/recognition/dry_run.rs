//! `hufu agreement dry-run`: what an agreement would do here, before anybody signs it.

use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use verifier::agreement::{Agreement, MAX_BYTES};

use crate::agreements::rules::refused;
use crate::cli::{ended, registry, table};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::recognition::rules::tally::{Count, percent};
use crate::recognition::service::{self, Line, Trial};

/// Tries an agreement on everything that the registry holds.
pub(in crate::cli) fn run(file: &Path, config: Config) -> Result<u8, Fault> {
    ended(dry_run(file, config))
}

fn dry_run(file: &Path, config: Config) -> Result<(), Error> {
    let agreement = Agreement::read(&read(file)?).map_err(|error| refused(&error))?;
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let (this, bar) = (app.clone(), bar());
    let shown = bar.clone();
    let done = runtime.block_on(app.db.read_one_state(move |conn| {
        service::trial(conn, &this, &agreement, &mut |done, total| {
            shown.set_length(total);
            shown.set_position(done);
        })
    }));
    bar.finish_and_clear();
    Ok(print(&done?)?)
}

/// The bytes of a file that is no longer than an agreement may be, and one more.
fn read(file: &Path) -> Result<Vec<u8>, Fault> {
    use std::io::Read;
    let failed = |e: std::io::Error| Fault::text(format!("cannot read {}: {e}", file.display()));
    let mut bytes = Vec::new();
    std::fs::File::open(file).map_err(failed)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Nothing where standard error is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    ProgressStyle::with_template("{bar:40} {percent}% {human_pos}/{human_len} ETA {eta}").map_or(bar.clone(), |style| bar.with_style(style))
}

fn print(trial: &Trial) -> Result<(), Fault> {
    println!("{}", trial.day);
    let rows = trial.lines.iter().map(|(grant, to, line)| {
        let share = Count { issued: line.cases, recognised: line.recognised }.share();
        let [before, after] = [amounts(&line.before), amounts(&line.after)];
        [grant.to_string(), to.to_string(), line.cases.to_string(), line.recognised.to_string(), percent(share), before, after, refusals(line)]
    });
    table::print(&["grant", "to", "cases", "recognised", "percent", "before", "after", "refused by"], rows)
}

fn amounts<K: ToString>(of: &std::collections::BTreeMap<K, i64>) -> String {
    let shown = of.iter().map(|(scheme, amount)| format!("{} {}.{:02}", scheme.to_string(), amount / 100, amount % 100));
    or_none(shown.collect())
}

/// The checks that refuse most first.
fn refusals(line: &Line) -> String {
    let mut checks: Vec<_> = line.refused.iter().collect();
    checks.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    or_none(checks.into_iter().map(|(check, count)| format!("{check} {count}")).collect())
}

fn or_none(parts: Vec<String>) -> String {
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}
