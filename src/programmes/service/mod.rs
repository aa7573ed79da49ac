//! The use cases of programmes. Those that change something run inside the caller's transaction and write their evidence there.

mod redeem;

use std::collections::BTreeMap;

use serde::Serialize;
use verifier::documents::{Programme, ProgrammeId, SchemeId};
use verifier::programme::LotFacts;

use super::lots::{propose, spendable};
use super::store::{self, Event, Head, Version};
use super::views::open;
use super::{History, ProgrammeRefusal, Proposal, View};
use crate::access::Caller;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::http::page::{LIMIT_MAX, Page};
use crate::learners::{
    Look,
    rules::{in_use, is_reason},
    store::family,
};
use crate::ledger::{self, LedgerRefusal};
use crate::messages::from_verifier;
use crate::{evidence, learners, providers};
pub use redeem::{held, redeem, redemption};

/// Publishes a programme as it is asked for, or the next version of the one whose current version it supersedes: then id and version are filled in.
///
/// # Errors
/// `ledger.scheme_region`, `ledger.no_scheme`, `ledger.no_category`, `programmes.not_found`, `programmes.withdrawn`,
/// `programmes.superseded`, `document.*`, or a fault.
pub fn publish(conn: &mut Conn, app: &App, caller: &Caller, asked: &Programme) -> Result<View, Error> {
    may_be_published(conn, app, asked)?;
    let mut programme = asked.clone();
    match &asked.supersedes {
        None => store::insert(conn, &Head { id: programme.id.as_str().to_owned(), version: 1, state: "open".to_owned() })?,
        Some(digest) => {
            let before = store::by_digest(conn, &digest.to_string())?.ok_or_else(|| ProgrammeRefusal::NotFound.at("supersedes"))?;
            if !store::advance(conn, &before.programme_id, before.version)? {
                current(store::head(conn, &before.programme_id)?, &before, "supersedes")?;
                return Err(Fault::unavailable("the programme changed meanwhile; try again").into());
            }
            programme.id = ProgrammeId::parse(&before.programme_id).map_err(Fault::new)?;
            programme.version = u32::try_from(before.version + 1).map_err(Fault::new)?;
        }
    }
    let document = programme.sign(&app.keys.region_signer()).map_err(|e| from_verifier(e.about().unwrap_or_default(), e.code()))?;
    let row = Version {
        id: app.edge.id("pgv"),
        programme_id: programme.id.as_str().to_owned(),
        version: i64::from(programme.version),
        digest: verifier::documents::digest(&document),
        document,
        published_at: app.edge.now(),
        published_by: caller.client_id.clone(),
    };
    store::insert_version(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::Programme, row.published_at, &row.id, row.document.as_bytes())?;
    Ok(View::of(app, row)?)
}

/// The scheme is this region's and is there, and every minimum is in one of its categories.
fn may_be_published(conn: &mut Conn, app: &App, programme: &Programme) -> Result<(), Error> {
    if programme.scheme.region() != app.region.code.as_str() {
        return Err(LedgerRefusal::SchemeRegion.at("scheme").into());
    }
    let scheme = ledger::service::scheme(conn, programme.scheme.as_str())?.ok_or_else(|| LedgerRefusal::NoScheme.at("scheme"))?;
    match programme.at_least.iter().position(|minimum| !scheme.categories.contains(&minimum.category)) {
        Some(n) => Err(LedgerRefusal::NoCategory.at(format!("at_least[{n}].category")).into()),
        None => Ok(()),
    }
}

/// Whether a version is the one that is current in its programme, `head`, which was not withdrawn.
fn current(head: Option<Head>, version: &Version, field: &str) -> Result<(), Error> {
    let head = head.ok_or_else(|| ProgrammeRefusal::NotFound.at("id"))?;
    if head.state != "open" {
        return Err(ProgrammeRefusal::Withdrawn.at("id").into());
    }
    if head.id != version.programme_id {
        return Err(ProgrammeRefusal::NotFound.at(field).into());
    }
    if head.version == version.version { Ok(()) } else { Err(ProgrammeRefusal::Superseded.at(field).into()) }
}

/// What the evidence of a withdrawal commits to.
#[derive(Serialize)]
struct Withdrawal<'a> {
    hufu: &'static str,
    programme: &'a str,
    event: &'static str,
    at: i64,
    reason: &'a str,
    by: &'a str,
}

/// Withdraws a programme for good: it takes no redemption and no new version.
///
/// # Errors
/// `programmes.reason`, `programmes.not_found`, `programmes.withdrawn`, or a fault.
pub fn withdraw(conn: &mut Conn, app: &App, caller: &Caller, id: &str, reason: &str) -> Result<History, Error> {
    if !is_reason(reason) {
        return Err(ProgrammeRefusal::Reason.at("reason").into());
    }
    let head = store::head(conn, id)?.ok_or_else(|| ProgrammeRefusal::NotFound.at("id"))?;
    if !store::withdraw(conn, &head.id)? {
        return Err(ProgrammeRefusal::Withdrawn.at("id").into());
    }
    let at = app.edge.now();
    let document = Withdrawal { hufu: "programme-event/1", programme: &head.id, event: "withdrawn", at, reason, by: &caller.client_id };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    let event = Event { id: app.edge.id("pev"), programme_id: head.id.clone(), kind: "withdrawn", at, actor: caller.client_id.clone(), document };
    store::insert_event(conn, &event)?;
    evidence::record(conn, &app.edge, evidence::Kind::ProgrammeEvent, at, &event.id, event.document.as_bytes())?;
    history(conn, app, &head.id)
}

/// A programme with its versions.
///
/// # Errors
/// `programmes.not_found`, or a fault.
pub fn history(conn: &mut Conn, app: &App, id: &str) -> Result<History, Error> {
    let head = store::head(conn, id)?.ok_or_else(|| ProgrammeRefusal::NotFound.at("id"))?;
    let versions = store::newest(conn, &head.id, LIMIT_MAX)?;
    let versions = versions.into_iter().map(|row| View::of(app, row)).collect::<Result<_, _>>()?;
    Ok(History { id: head.id, state: head.state, versions })
}

/// A page of current versions of programmes that were not withdrawn, in order of first publication.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, app: &App, after: Option<&str>, limit: i64) -> Result<Page<View>, Error> {
    let page = Page::new(store::page(conn, after, limit)?, limit, |row| row.programme_id.clone(), |row| row);
    let items = page.items.into_iter().map(|row| View::of(app, row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// Proposes what a learner could redeem for the current version. The learner sees that somebody looked.
///
/// # Errors
/// `programmes.not_found`, `programmes.withdrawn`, `learners.not_found`, `learners.closed`, or a fault.
pub fn suggest(conn: &mut Conn, app: &App, caller: &Caller, id: &str, learner: &str) -> Result<Proposal, Error> {
    let head = store::head(conn, id)?;
    let version = store::newest(conn, id, 1)?.pop().ok_or_else(|| ProgrammeRefusal::NotFound.at("id"))?;
    current(head, &version, "id")?;
    let learner = account(conn, caller, learner)?;
    learners::service::viewed(conn, &app.edge, &learner.id, &caller.client_id, Look::Credit)?;
    let (owners, today, programme) = (family(conn, &learner.id)?, providers::service::today(app), open(app, &version)?);
    let lots = spendable(conn, &owners, &programme.scheme, today)?;
    Ok(Proposal::new(View::of(app, version)?, propose(app, &programme, &lots, today)))
}

/// An account in use that the caller may see.
fn account(conn: &mut Conn, caller: &Caller, id: &str) -> Result<learners::store::Row, Error> {
    let found = learners::service::visible(conn, caller, id).map_err(|error| match error {
        Error::Refusal(refusal) => refusal.at("learner").into(),
        fault => fault,
    })?;
    in_use(found.state()?).map_err(|refusal| refusal.at("learner"))?;
    Ok(found)
}

/// A page of programmes, each with what a signed-in learner could redeem for it, or what is missing.
///
/// # Errors
/// A fault.
pub fn mine(conn: &mut Conn, app: &App, learner: &str, after: Option<&str>, limit: i64) -> Result<Page<Proposal>, Error> {
    let (owners, today) = (family(conn, learner)?, providers::service::today(app));
    let page = Page::new(store::page(conn, after, limit)?, limit, |row| row.programme_id.clone(), |row| row);
    let mut lots: BTreeMap<SchemeId, Vec<LotFacts>> = BTreeMap::new();
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let programme = open(app, &row)?;
        if !lots.contains_key(&programme.scheme) {
            lots.insert(programme.scheme.clone(), spendable(conn, &owners, &programme.scheme, today)?);
        }
        let own = lots.get(&programme.scheme).map(Vec::as_slice).unwrap_or_default();
        items.push(Proposal::new(View::of(app, row)?, propose(app, &programme, own, today)));
    }
    Ok(Page { items, next: page.next })
}
