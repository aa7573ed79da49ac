//! The use cases of certificates. Each is one transaction with one evidence row (a replacement: one for either certificate).

mod ahead;
mod alike;
mod issue;
mod known;
mod many;
mod replace;

use serde::Serialize;
use serde_json::Value;
use verifier::documents::Digest;
use verifier::documents::digest;
use verifier::ids::{CertificateNumber, IdDocument};

pub use self::ahead::Ahead;
pub use self::alike::{issued_alike, likeness};
pub use self::issue::{IfSo, Issued, Order, Origin, check_all, issue, issue_ahead, issue_all, issue_at, keep_places};
pub use self::known::Known;
pub use self::many::{change_all, credit_of, named};
pub use self::replace::{Replaces, may_replace, replace, replace_at};
use super::rules::{self, Status, Step};
use super::store::{Event, Filter, Row};
use super::{CertificateRefusal, Mine, View, credit, store};
use crate::access::Caller;
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::http::page::{LIMIT_MAX, Page};
use crate::learners::rules::{fold_name, is_reason};
use crate::learners::{Learner, id_hash};
use crate::webhooks::{self, Event as Told};
use crate::{evidence, learners, providers};

/// Who acts, and for which provider.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Client id.
    pub client: String,
    /// The provider whose certificates they are.
    pub provider: String,
    /// The revision of the clients under which it was let in, where the transaction is to see to it that it is not disabled.
    pub seen: Option<i64>,
}

/// A change of state that a body asks for.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is to happen.
    pub step: Step,
    /// Why; 1 to 200 characters.
    pub reason: String,
}

impl Actor {
    /// Whether this is the provider that was named, by id or by credit code.
    fn is_of(&self, conn: &mut Conn, provider_id: &str) -> Result<bool, Error> {
        Ok(providers::store::find(conn, &self.provider)?.is_some_and(|row| row.id == provider_id))
    }

    /// The provider that `caller` acts for: the one named, which must be theirs, or a provider client's own.
    ///
    /// # Errors
    /// `certificates.provider`.
    pub fn new(caller: &Caller, named: Option<&str>, field: &str) -> Result<Actor, Refusal> {
        let provider = named.or(caller.provider_id.as_deref()).filter(|id| caller.acts_for(id));
        let provider = provider.ok_or_else(|| CertificateRefusal::Provider.at(field))?;
        Ok(Actor { client: caller.client_id.clone(), provider: provider.to_owned(), seen: None })
    }
}

/// A number of this registry's own, of this year.
///
/// # Errors
/// A fault when the clock stands outside the years that a number can name.
pub fn number(app: &App) -> Result<CertificateNumber, Fault> {
    let year = u16::try_from(providers::service::today(app).year()).map_err(Fault::new)?;
    Ok(CertificateNumber::generate(app.edge.random::<16>(), &app.region.code, year))
}

/// The keyed hash by which the public look-up compares a name.
pub(crate) fn name_hash(app: &App, name: &str) -> Vec<u8> {
    app.keys.data().keyed_hash("name", fold_name(name).as_bytes()).to_vec()
}

/// One certificate with its events, if it is of a provider that the caller may see.
///
/// # Errors
/// `certificates.not_found`, which is also the answer about somebody else's.
pub async fn read(app: &App, caller: &Caller, id: String) -> Result<View, Error> {
    let caller = caller.clone();
    let this = app.clone();
    let read = app.db.read(move |conn| {
        let row = visible(conn, &caller, &id)?;
        let events = store::events(conn, &row.id)?;
        view(conn, &this, row, events)
    });
    read.await
}

/// The certificate `id`, if it is of a provider that the caller may see; somebody else's is not found.
fn visible(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = store::by_id(conn, id)?.filter(|row| caller.acts_for(&row.provider_id));
    Ok(row.ok_or_else(|| CertificateRefusal::NotFound.at("id"))?)
}

/// A page of certificates, oldest first.
///
/// # Errors
/// A fault.
pub async fn list(app: &App, filter: Filter, after: Option<String>, limit: i64) -> Result<Page<View>, Error> {
    let rows = app.db.read(move |conn| store::page(conn, &filter, after.as_deref(), limit)).await?;
    let page = Page::new(rows, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(|row| View::new(row, Vec::new(), &app.qr_prefix())).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// The filter for one person's certificates.
pub fn person(app: &App, id: &IdDocument) -> Filter {
    Filter { id_hashes: Some(vec![id_hash(app, id)]), ..Filter::default() }
}

/// A page of a signed-in learner's certificates, oldest first, under every document that the person's accounts were opened with.
///
/// # Errors
/// A fault.
pub async fn mine(app: &App, learner: Learner, after: Option<String>, limit: i64) -> Result<Page<Mine>, Error> {
    let read = app.db.read(move |conn| {
        let filter = Filter { id_hashes: Some(learners::store::id_hashes(conn, &learner.id)?), ..Filter::default() };
        store::page(conn, &filter, after.as_deref(), limit)
    });
    let page = Page::new(read.await?, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(|row| Ok(Mine::of(View::new(row, Vec::new(), &app.qr_prefix())?)));
    Ok(Page { items: items.collect::<Result<_, Error>>()?, next: page.next })
}

/// The certificate `id` of a signed-in learner; somebody else's is not found.
///
/// # Errors
/// `certificates.not_found`, or a fault.
pub async fn own(app: &App, learner: Learner, id: String) -> Result<View, Error> {
    let prefix = app.qr_prefix();
    let read = app.db.read(move |conn| {
        let hashes = learners::store::id_hashes(conn, &learner.id)?;
        let row = store::by_id(conn, &id)?.filter(|row| hashes.contains(&row.id_hash));
        let row = row.ok_or_else(|| Error::from(CertificateRefusal::NotFound.at("id")))?;
        Ok(View::new(row, Vec::new(), &prefix)?)
    });
    read.await
}

/// A page of what is held of a person in certificates, for the person: each with its events and the number of the id document in full.
///
/// # Errors
/// A fault.
pub fn held(conn: &mut Conn, app: &App, learner: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let filter = Filter { id_hashes: Some(learners::store::id_hashes(conn, learner)?), ..Filter::default() };
    let page = Page::new(store::page(conn, &filter, after, LIMIT_MAX)?, LIMIT_MAX, |row| row.id.clone(), |row| row);
    let show = |row: Row| {
        let number = learners::open_id(app, &row.id, &row.id_kind, &row.id_sealed)?;
        let events = store::events(conn, &row.id)?;
        let mut held = serde_json::to_value(View::new(row, events, &app.qr_prefix())?).map_err(Fault::new)?;
        held["holder"]["id_number"] = number.as_str().into();
        Ok(held)
    };
    Ok(Page { items: page.items.into_iter().map(show).collect::<Result<_, Error>>()?, next: page.next })
}

/// The certificates of a batch after a line, in order, each with its line.
///
/// # Errors
/// A fault.
pub fn of_batch(conn: &mut Conn, app: &App, batch: &str, after: i64, limit: i64) -> Result<Vec<(i64, View)>, Error> {
    let prefix = app.qr_prefix();
    let rows = store::of_batch(conn, batch, after, limit)?;
    rows.into_iter().map(|row| Ok((row.batch_line.unwrap_or_default(), View::new(row, Vec::new(), &prefix)?))).collect()
}

/// The cards of a person that have one of these digests.
///
/// # Errors
/// A fault.
pub fn cards(conn: &mut Conn, learner: &str, digests: &[String]) -> Result<Vec<String>, Error> {
    let filter = Filter { id_hashes: Some(learners::store::id_hashes(conn, learner)?), ..Filter::default() };
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = Page::new(store::page(conn, &filter, after.as_deref(), LIMIT_MAX)?, LIMIT_MAX, |row| row.id.clone(), |row| row);
        found.extend(page.items.into_iter().map(|row| row.card).filter(|card| digests.contains(&Digest::of(card).to_string())));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Suspends, reinstates or revokes certificate `id`, inside the caller's transaction.
///
/// # Errors
/// `certificates.not_found`, `certificates.reason`, or what [`rules::next`] refuses.
pub fn change(conn: &mut Conn, app: &App, caller: &Caller, id: &str, change: &Change) -> Result<View, Error> {
    let reason = checked_reason(&change.reason)?;
    let row = visible(conn, caller, id)?;
    step(conn, app, &row, change.step, &reason, &caller.client_id, None)?;
    let row = visible(conn, caller, id)?;
    let events = store::events(conn, &row.id)?;
    view(conn, app, row, events)
}

/// A certificate with its events and with the credit that it minted.
fn view(conn: &mut Conn, app: &App, row: Row, events: Vec<Event>) -> Result<View, Error> {
    let lots = credit::lots(conn, app, &row)?;
    Ok(View { lots, ..View::new(row, events, &app.qr_prefix())? })
}

fn status(row: &Row) -> Result<Status, Fault> {
    Status::parse(&row.status).ok_or_else(|| Fault::text(format!("stored status of {}", row.id)))
}

fn checked_reason(reason: &str) -> Result<String, Refusal> {
    if is_reason(reason) { Ok(reason.to_owned()) } else { Err(CertificateRefusal::Reason.at("reason")) }
}

/// What the evidence commits to when the state of a certificate changes.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    certificate: &'a str,
    number: &'a str,
    event: &'static str,
    at: i64,
    reason: &'a str,
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<&'a str>,
}

fn step(conn: &mut Conn, app: &App, row: &Row, step: Step, reason: &str, by: &str, replaced_by: Option<&str>) -> Result<(), Error> {
    let next = rules::next(status(row)?, step)?;
    let now = app.edge.now();
    if !store::set_status(conn, row, next.as_str(), replaced_by, now)? {
        // Somebody changed it since it was read: what it is now decides.
        if let Some(row) = store::by_id(conn, &row.id)? {
            rules::next(status(&row)?, step)?;
        }
        return Err(Fault::unavailable("the certificate changed meanwhile; try again").into());
    }
    let document =
        Document { hufu: "certificate-event/1", certificate: &row.id, number: &row.number, event: step.as_str(), at: now, reason, by, replaced_by };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    let event = Event {
        id: app.edge.id("cev"),
        certificate_id: row.id.clone(),
        kind: step.as_str().to_owned(),
        at: now,
        reason: reason.to_owned(),
        actor: by.to_owned(),
        document,
    };
    store::insert_event(conn, &event)?;
    evidence::record(conn, &app.edge, evidence::Kind::CertificateStatus, now, &event.id, event.document.as_bytes())?;
    if step == Step::Revoke {
        credit::void(conn, app, row, &digest(&event.document))?;
    }
    let (certificate, number, provider, status) = (&*row.id, &*row.number, &*row.provider_id, next.as_str());
    webhooks::tell(conn, &app.edge, &Told::CertificateStatusChanged { certificate, number, provider, status, replaced_by })?;
    db::bump(conn, "status")
}
