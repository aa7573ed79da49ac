//! What is done with the agreements of a registry, with the database at hand instead of a token.

use std::path::Path;

use verifier::documents::Digest;
use verifier::time::Day;

use super::file::{Brought, write};
use crate::access::service::LOCAL;
use crate::agreements::{self, Imported, Sent, View};
use crate::app::App;
use crate::cli::stop::Stop;
use crate::cli::{ended, exit, registry, table};
use crate::config::Config;
use crate::db::Conn;
use crate::error::{Error, Fault};

/// Rows that are read at a time.
const PAGE: i64 = 200;

/// Runs a use case of one agreement and shows what it is now.
fn change(config: Config, work: impl Fn(&mut Conn, &App) -> Result<View, Error>) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let done = app.db.write_now(|conn| work(conn, &app));
    Ok(ended(done.and_then(|view| Ok(table_of(&[view])?)))?)
}

pub(super) fn sign(digest: &Digest, config: Config) -> Result<u8, Stop> {
    change(config, |conn, app| agreements::sign(conn, app, LOCAL, digest))
}

pub(super) fn publish(digest: &Digest, config: Config) -> Result<u8, Stop> {
    change(config, |conn, app| agreements::publish(conn, app, LOCAL, digest))
}

pub(super) fn end(digest: &Digest, effective: Day, config: Config) -> Result<u8, Stop> {
    change(config, |conn, app| agreements::end(conn, app, LOCAL, digest, &effective.to_string()))
}

pub(super) fn list(config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let (mut views, mut after) = (Vec::new(), None);
    loop {
        let page = app.db.read_now(|conn| agreements::list(conn, &app, after.as_deref(), PAGE)).map_err(Error::into_fault)?;
        views.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    table_of(&views)?;
    Ok(exit::OK)
}

pub(super) fn export(digest: &Digest, output: Option<&Path>, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let found = app.db.read_now(|conn| Ok(agreements::file(conn, &app, digest)?.to_text()));
    let text = match found {
        Ok(text) => text + "\n",
        Err(error) => return Ok(ended(Err(error))?),
    };
    match output {
        None => write(&text)?,
        Some(path) => std::fs::write(path, text).map_err(|e| Fault::text(format!("cannot write {}: {e}", path.display())))?,
    }
    Ok(exit::OK)
}

pub(super) fn import(path: &Path, config: Config) -> Result<u8, Stop> {
    match Brought::read(path)? {
        Brought::Draft(_, bytes) => {
            let text = std::str::from_utf8(&bytes).map_err(Fault::new)?;
            change(config, |conn, app| Ok(agreements::propose(conn, app, LOCAL, text)?.0))
        }
        Brought::Signed(_, bytes) => {
            let app = registry::open(config)?;
            let done = match app.db.write_now(|conn| agreements::import(conn, &app, LOCAL, &bytes)) {
                Ok(done) => done,
                Err(error) => return Ok(ended(Err(error))?),
            };
            let code = tell_refused(&done);
            table_of(&[done.agreement])?;
            Ok(code)
        }
    }
}

/// Says what of a file was not taken; the exit code.
fn tell_refused(done: &Imported) -> u8 {
    for (region, refusal) in &done.refused {
        eprintln!("hufu: {region}: {refusal}");
    }
    if done.refused.is_empty() { exit::OK } else { exit::REFUSED }
}

pub(super) fn send(digest: &Digest, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let sent = match runtime.block_on(agreements::send(&app, digest)) {
        Ok(sent) => sent,
        Err(error) => return Ok(ended(Err(error))?),
    };
    let is_well = |one: &Sent| one.outcome.as_ref().is_ok_and(|done| done.refused.is_empty());
    let code = if sent.iter().all(is_well) { exit::OK } else { exit::REFUSED };
    table::print(&["region", "outcome", "signatures", "notices"], sent.iter().map(cells_of_sent))?;
    Ok(code)
}

fn cells_of_sent(one: &Sent) -> [String; 4] {
    match &one.outcome {
        Ok(done) => {
            tell_refused(done);
            [one.region.clone(), "answered".to_owned(), listed(&done.signatures), listed(&done.notices)]
        }
        Err(refusal) => {
            let got = refusal.got.as_ref().map(|got| format!(" {got}")).unwrap_or_default();
            [one.region.clone(), format!("{}{got}", refusal.reason.code), listed(&[]), listed(&[])]
        }
    }
}

fn listed(of: &[String]) -> String {
    if of.is_empty() { "-".to_owned() } else { of.join(",") }
}

fn table_of(views: &[View]) -> Result<(), Fault> {
    table::print(&["digest", "id", "version", "state", "from", "through", "ended", "signed", "not_signed"], views.iter().map(cells))
}

fn cells(view: &View) -> [String; 9] {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let parties = |signed: bool| {
        let of: Vec<String> = view.parties.iter().filter(|party| (party.standing == "signed") == signed).map(|party| party.region.clone()).collect();
        listed(&of)
    };
    [
        view.digest.clone(),
        view.id.clone(),
        view.version.to_string(),
        view.state.to_owned(),
        view.from.clone(),
        or_none(&view.through),
        or_none(&view.ended_on),
        parties(true),
        parties(false),
    ]
}
