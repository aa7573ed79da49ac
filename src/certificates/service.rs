//! The use cases of certificates. Each is one transaction with one evidence row (a replacement: one for either certificate).

use serde::Serialize;
use serde_json::Value;
use verifier::card::{Card, Claims};
use verifier::documents::digest;
use verifier::ids::{CertificateNumber, IdDocument};
use verifier::jws::Signer;
use verifier::time::Instant;

use super::draft::Extra;
use super::rules::{self, Status, Step};
use super::store::{Event, Filter, Row};
use super::{CertificateRefusal, Draft, Mine, View, credit, store};
use crate::access::Caller;
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::http::page::{LIMIT_MAX, Page};
use crate::learners::{
    Learner, id_hash, kind_word,
    rules::{fold_name, is_reason},
    seal_id,
};
use crate::{evidence, keys, learners, providers};

/// Who acts, and for which provider.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Client id.
    pub client: String,
    /// The provider whose certificates they are.
    pub provider: String,
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
        Ok(Actor { client: caller.client_id.clone(), provider: provider.to_owned() })
    }
}

/// Certificates issued by an actor.
pub struct Issue<'a> {
    /// The registry.
    pub app: &'a App,
    /// Who issues.
    pub actor: &'a Actor,
}

impl Issue<'_> {
    /// Issues the certificate, inside the caller's transaction.
    ///
    /// # Errors
    /// A refusal of the draft, the provider's standing or the number; or a fault.
    pub fn issue(&self, conn: &mut Conn, draft: &Draft) -> Result<View, Error> {
        let row = self.run(conn, draft, None)?;
        view(conn, self.app, row, Vec::new())
    }

    /// Issues it in the place of certificate `old`, which becomes final in the same transaction.
    ///
    /// # Errors
    /// As [`Issue::issue`], and `certificates.not_found`, `certificates.final`, `certificates.reason`, `certificates.other_provider`.
    pub fn replace(&self, conn: &mut Conn, caller: &Caller, draft: &Draft, old: &str, reason: &str) -> Result<View, Error> {
        let reason = checked_reason(reason)?;
        let before = visible(conn, caller, old)?;
        rules::next(status(&before)?, Step::Replace)?;
        if !self.actor.is_of(conn, &before.provider_id)? {
            return Err(CertificateRefusal::OtherProvider.at("certificate.provider").into());
        }
        // What it was issued for stays what it was issued for.
        let mut draft = draft.clone();
        draft.extra.basis = serde_json::from_str::<Extra>(&before.extra).map_err(Fault::new)?.basis;
        let row = self.run(conn, &draft, Some(&before)).map_err(in_certificate)?;
        step(conn, self.app, &before, Step::Replace, &reason, &self.actor.client, Some(&row.number))?;
        view(conn, self.app, row, Vec::new())
    }

    fn run(&self, conn: &mut Conn, draft: &Draft, old: Option<&Row>) -> Result<Row, Error> {
        let (app, now) = (self.app, self.app.edge.now());
        let today = Instant(now).day_in(app.region.zone);
        rules::may_be_issued(draft, today)?;
        let provider = providers::store::find(conn, &self.actor.provider)?.ok_or_else(|| CertificateRefusal::Provider.at("provider"))?;
        providers::service::may_issue(conn, &provider, today, draft.kind, draft.occupation.as_ref(), draft.level)?;
        // Nobody who may not issue gets a key.
        let (key, signer) = keys::issuer(conn, app, &provider.id)?;
        // The year of the card's own `iat`: verifiers look for the status there.
        let (list, index) = store::take_index(conn, &provider.id, i64::from(today.year()), now)?;
        let card = self.sign(draft, now, &signer, &provider.credit_code, list, index)?;
        let row = self.row(draft, &card, &key, now, old.map(|old| old.id.clone()))?;
        store::insert(conn, &row)?;
        evidence::record(conn, &app.edge, evidence::Kind::CertificateIssued, now, &row.id, row.card.as_bytes())?;
        credit::mint(conn, app, &self.actor.client, draft, &row, old)?;
        Ok(row)
    }

    fn sign(&self, draft: &Draft, now: i64, signer: &Signer, credit_code: &str, list: i64, index: i64) -> Result<Card, Error> {
        let app = self.app;
        let number = draft.number.clone().map_or_else(|| number(app), Ok)?;
        let claims = Claims {
            iss: app.region.code.clone(),
            prv: verifier::ids::CreditCode::parse(credit_code).map_err(Fault::new)?,
            num: number,
            typ: draft.kind,
            nam: draft.holder.name.clone(),
            id4: draft.holder.id.last_four(),
            occ: draft.occupation.clone(),
            ttl: draft.title.clone(),
            lvl: draft.level,
            grd: draft.grade,
            day: draft.assessed_on,
            iat: Instant(now),
            exp: draft.valid_until,
            sts: (u32::try_from(list).map_err(Fault::new)?, u32::try_from(index).map_err(Fault::new)?).into(),
        };
        let timer = app.metrics.signing.start_timer();
        let card = Card::sign(&claims, signer).map_err(|e| crate::messages::from_verifier(e.claim().map_or("", field_of), e.code()))?;
        timer.observe_duration();
        Ok(card)
    }

    fn row(&self, draft: &Draft, card: &Card, key: &keys::Row, now: i64, replaces: Option<String>) -> Result<Row, Error> {
        let (app, claims) = (self.app, card.claims());
        let id = app.edge.id("cert");
        Ok(Row {
            number: claims.num.as_str().to_owned(),
            provider_id: key.provider_id.clone().unwrap_or_default(),
            kid: key.kid.clone(),
            kind: draft.kind.as_str().to_owned(),
            occupation: draft.occupation.as_ref().map(|o| o.as_str().to_owned()),
            title: draft.title.as_ref().map(|t| t.as_str().to_owned()),
            level: draft.level.map(|l| i64::from(l.rank())),
            grade: draft.grade.map(|g| g.as_str().to_owned()),
            assessed_on: draft.assessed_on.to_string(),
            issued_at: now,
            valid_until: draft.valid_until.map(|d| d.to_string()),
            status: Status::Issued.as_str().to_owned(),
            status_list: i64::from(claims.sts.list),
            status_index: i64::from(claims.sts.index),
            replaces,
            replaced_by: None,
            id_kind: kind_word(draft.holder.id.kind()),
            id_sealed: seal_id(app, &id, &draft.holder.id)?,
            id_hash: id_hash(app, &draft.holder.id),
            name_hash: name_hash(app, claims.nam.as_str()),
            extra: serde_json::to_string(&draft.extra).map_err(Fault::new)?,
            card: card.jws().to_owned(),
            id,
        })
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

/// A refusal of the new certificate of a replacement: its fields are members of `certificate`.
fn in_certificate(error: Error) -> Error {
    match error {
        Error::Refusal(refusal) if !refusal.field.is_empty() => refusal.within("certificate").into(),
        other => other,
    }
}

/// The field of the request that a claim came from.
fn field_of(claim: &str) -> &str {
    match claim {
        "num" => "number",
        "typ" => "type",
        "nam" => "holder.name",
        "id4" => "holder.id_number",
        "occ" => "occupation",
        "ttl" => "title",
        "lvl" => "level",
        "grd" => "grade",
        "day" => "assessed_on",
        "exp" => "valid_until",
        _ => "",
    }
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
    db::bump(conn, "status")
}
