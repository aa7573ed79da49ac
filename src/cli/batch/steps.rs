//! One step that many certificates take: it is proposed and seen; then it is approved, and each takes it once.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::files::{open, unread};
use super::{PAGE, caller, going, judged, stopped};
use crate::access::service::LOCAL;
use crate::app::App;
use crate::batches;
use crate::certificates::Actor;
use crate::certificates::rules::Step;
use crate::changes::{self, ChangeRefusal, FilterInput, NUMBERS_MAX, Source, View, Wanted};
use crate::cli::stop::Stop;
use crate::cli::{exit, language, registry, table, words};
use crate::config::Config;
use crate::error::Fault;

/// Most bytes of a file of numbers: a number has at most 40 characters.
const NUMBERS_BYTES: usize = NUMBERS_MAX * 64;

#[derive(Args)]
#[command(group(ArgGroup::new("like").args(["occupation", "level", "status", "from", "until"]).multiple(true).requires("provider")))]
pub(in crate::cli) struct Many {
    /// Id of a batch: all certificates of it
    #[arg(conflicts_with_all = ["numbers", "like", "change", "provider"])]
    batch: Option<String>,
    /// Those of these numbers: one a line, at most 10,000
    #[arg(long, value_name = "FILE", requires = "provider", conflicts_with_all = ["like", "change"])]
    numbers: Option<PathBuf>,
    /// Those of this occupation: its code, or the beginning of one such as 6-31-
    #[arg(long, value_name = "CODE")]
    occupation: Option<String>,
    /// Those of this rank, 0 to 7
    #[arg(long, value_name = "RANK")]
    level: Option<u8>,
    /// Those in this state: issued or suspended
    #[arg(long, value_name = "STATE")]
    status: Option<String>,
    /// Those assessed on or after this day
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Those assessed before this day
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Whose certificates they are; of a batch it is known
    #[arg(long, value_name = "ID|CREDIT_CODE")]
    provider: Option<String>,
    /// What was proposed before, by its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["like", "provider", "reason"])]
    change: Option<String>,
    /// Why, in 1 to 200 characters; kept as evidence
    #[arg(long, value_name = "TEXT", required_unless_present = "change")]
    reason: Option<String>,
    /// Have it done: how many certificates that is, as you have seen it
    #[arg(long, value_name = "N")]
    approve: Option<i64>,
}

/// Proposes what is named, or finds what was proposed; shows it; has it done where that is approved.
pub(super) fn run(step: Step, arguments: &Many, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let id = match &arguments.change {
        Some(id) => id.clone(),
        None => propose(&app, step, arguments)?,
    };
    if look(&app, &id)?.step != word(step) {
        return Err(Stop::refused(words::CHANGE_OTHER_STEP).about(id));
    }
    let mut view = going::watch(&app, &id, View::is_counting)?;
    preview(&view)?;
    if let Some(certificates) = arguments.approve {
        app.db.write_now(|conn| changes::approve(conn, &app, &caller(), &id, certificates)).map_err(stopped)?;
        view = look(&app, &id)?;
    }
    if view.is_being_done() {
        view = going::watch(&app, &id, View::is_being_done)?;
        tell(&view)?;
    }
    if view.state == "previewed" {
        return Ok(waits(&view));
    }
    over(&app, &view)
}

/// What a step is called, here as over HTTP.
fn word(step: Step) -> &'static str {
    match step {
        Step::Suspend => "suspend",
        Step::Reinstate => "reinstate",
        Step::Revoke => "revoke",
        Step::Replace => "replace",
    }
}

fn look(app: &App, id: &str) -> Result<View, Stop> {
    app.db.read_now(|conn| changes::show(conn, &caller(), id)).map_err(stopped)
}

fn propose(app: &App, step: Step, arguments: &Many) -> Result<String, Stop> {
    let filter = FilterInput {
        occupation: arguments.occupation.clone(),
        level: arguments.level,
        status: arguments.status.clone(),
        from: arguments.from.clone(),
        until: arguments.until.clone(),
    };
    let (provider, source) = match (&arguments.batch, &arguments.numbers, &arguments.provider) {
        (Some(batch), ..) => {
            let batch = app.db.read_now(|conn| batches::find(conn, &caller(), batch)).map_err(stopped)?;
            (batch.provider_id, Source::Batch(batch.id))
        }
        (None, Some(path), Some(provider)) => (provider.clone(), Source::Numbers(numbers(path)?)),
        (None, None, Some(provider)) => (provider.clone(), filter.source().map_err(stopped)?),
        (None, _, None) => return Err(stopped(ChangeRefusal::Source.at("").into())),
    };
    let actor = Actor { client: caller().client_id, provider, seen: None };
    let wanted = Wanted { step, reason: arguments.reason.clone().unwrap_or_default(), source };
    Ok(app.db.write_now(|conn| changes::propose(conn, app, &caller(), &actor, &wanted)).map_err(stopped)?.id)
}

/// The numbers in a file, one a line; a line without content is left out.
fn numbers(path: &Path) -> Result<Vec<String>, Stop> {
    let mut text = String::new();
    open(path)?.take(NUMBERS_BYTES as u64 + 1).read_to_string(&mut text).map_err(|e| unread(path, &e))?;
    if text.len() > NUMBERS_BYTES {
        return Err(stopped(ChangeRefusal::Numbers.at("numbers").into()));
    }
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

const HEADER: [&str; 7] = ["change", "state", "step", "certificates", "done", "refused", "reason"];

fn tell(view: &View) -> Result<(), Fault> {
    let [certificates, done, refused] = [view.certificates, view.done, view.refused].map(|n| n.to_string());
    let row = [view.id.clone(), view.state.clone(), view.step.clone(), certificates, done, refused, view.reason.clone()];
    table::print(&HEADER, std::iter::once(row))
}

/// How many they are, what becomes of credit, and the first of their numbers.
fn preview(view: &View) -> Result<(), Fault> {
    tell(view)?;
    if !view.effect.is_empty() {
        let amounts = view.effect.iter().map(|one| {
            let [lots, available, redeemed, away] = [one.lots, one.available, one.redeemed, one.away].map(|n| n.to_string());
            [one.scheme.clone(), lots, available, redeemed, away]
        });
        table::print(&["scheme", "lots", "available", "redeemed", "away"], amounts)?;
    }
    table::print(&["number"], view.sample.iter().map(|number| [number.clone()]))
}

/// Says who approves it, and how.
fn waits(view: &View) -> u8 {
    let lang = language();
    if view.second_person && view.created_by == LOCAL {
        eprintln!(
            "{}\n  POST /v1/certificate-changes/{}/approve {{\"certificates\": {}}}",
            lang.say(&words::CHANGE_SECOND),
            view.id,
            view.certificates
        );
    } else {
        eprintln!("{}\n  hufu batch {} --change {} --approve {}", lang.say(&words::CHANGE_APPROVE), view.step, view.id, view.certificates);
    }
    exit::OK
}

/// The certificates that could not take the step, and the receipt.
fn over(app: &App, view: &View) -> Result<u8, Stop> {
    let (mut rows, mut after, lang) = (Vec::new(), None::<String>, language());
    loop {
        let page = app.db.read_now(|conn| changes::refused(conn, &caller(), &view.id, after.as_deref(), PAGE)).map_err(stopped)?;
        rows.extend(page.items.into_iter().map(|one| [one.number, one.code, lang.pick(&one.zh, &one.en).to_owned()]));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if !rows.is_empty() {
        table::print(&["number", "code", "meaning"], rows.into_iter())?;
    }
    if let Some(receipt) = &view.receipt {
        writeln!(std::io::stdout(), "{receipt}").map_err(Fault::new)?;
    }
    Ok(judged(view.certificates - view.done))
}
