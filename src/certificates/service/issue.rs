//! Issuing: one certificate, or many in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use verifier::card::{Card, Claims};
use verifier::jws::Signer;
use verifier::time::{Day, Instant};

use super::known::{Facts, Provider};
use super::{Actor, Replaces, name_hash, number};
use crate::access::rules::AccessRefusal;
use crate::app::App;
use crate::certificates::rules::{self, Status};
use crate::certificates::store::{self, Row};
use crate::certificates::{CertificateRefusal, Draft, View, credit};
use crate::db::{Bulk, Condition, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::learners::{Accounts, id_hash, kind_word, seal_id};
use crate::ledger::service::LotState;
use crate::ledger::{self, LotView};
use crate::webhooks::Event;
use crate::{access, evidence, keys, providers};

/// A certificate that somebody wants issued.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who issues it.
    pub actor: Actor,
    /// What it says.
    pub draft: Draft,
    /// The row of a batch that it is, if it is one.
    pub origin: Option<Origin>,
}

/// A row of a batch.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Id of the batch.
    pub batch: String,
    /// Its line, as a spreadsheet shows it.
    pub line: i64,
    /// The certificate in whose place it is issued.
    pub replaces: Option<Replaces>,
}

impl Order {
    /// The certificate in whose place a row of a batch is issued, if it says so.
    pub fn replaces(&self) -> Option<&Replaces> {
        self.origin.as_ref()?.replaces.as_ref()
    }
}

/// A certificate that was issued, with the credit that it minted.
pub struct Issued {
    /// The certificate.
    pub row: Row,
    lots: Vec<LotState>,
}

impl Issued {
    /// How it looks in an answer.
    ///
    /// # Errors
    /// A fault.
    pub fn view(self, app: &App) -> Result<View, Fault> {
        Ok(View { lots: self.lots.into_iter().map(LotView::of).collect(), ..View::new(self.row, Vec::new(), &app.qr_prefix())? })
    }
}

/// Certificates that are issued where conditions are met.
pub struct IfSo {
    /// In the order of their orders.
    pub issued: Vec<Issued>,
    /// What has to be so when they are written.
    pub conditions: Vec<Condition>,
}

/// Issues one, inside the caller's transaction.
///
/// # Errors
/// A refusal of the draft, the provider's standing, the number, the holder's account or the credit; or a fault.
pub fn issue(conn: &mut Conn, app: &App, order: &Order) -> Result<View, Error> {
    let mut bulk = Bulk::default();
    let issued = issue_all(conn, &mut bulk, app, &[order])?.pop().ok_or_else(|| Fault::text("an order without an answer"))??;
    bulk.write(conn)?;
    Ok(issued.view(app)?)
}

/// Issues many, inside the caller's transaction, which has to write `bulk` before it ends: the answers stand in the order of the orders. One that is
/// refused takes nothing of the others.
///
/// # Errors
/// A fault; or a refusal that was found after indices were given out, with which nothing may be kept.
pub fn issue_all(conn: &mut Conn, bulk: &mut Bulk, app: &App, orders: &[&Order]) -> Result<Vec<Result<Issued, Refusal>>, Error> {
    issue_at(conn, bulk, app, orders, None)
}

/// As [`issue_all`], for orders of one provider, at places in status lists that were kept for them: as many as there are orders, or more.
///
/// # Errors
/// As [`issue_all`].
pub fn issue_at(
    conn: &mut Conn,
    bulk: &mut Bulk,
    app: &App,
    orders: &[&Order],
    places: Option<Vec<(i64, i64)>>,
) -> Result<Vec<Result<Issued, Refusal>>, Error> {
    let mut office = Office::open(conn, app, orders)?;
    let accepted = office.accept_all(orders)?;
    let mut supply = Supply::take(conn, &office, accepted.iter().flatten(), places)?;
    let mut answers = Vec::with_capacity(orders.len());
    for (order, provider) in orders.iter().zip(accepted) {
        answers.push(match provider {
            Ok(provider) => Ok(office.issue(bulk, &mut supply, order, &provider)?),
            Err(refusal) => Err(refusal),
        });
    }
    Ok(answers)
}

/// Issues all of them by what this server holds in memory, where nothing of it is missing and nobody is refused: with what has to be so for `bulk` to be
/// written, by one statement of PostgreSQL. None where [`issue_all`] has to do it. Nothing is locked before, so the accounts are only looked at.
///
/// # Errors
/// A fault.
pub fn issue_ahead(conn: &mut Conn, bulk: &mut Bulk, app: &App, orders: &[&Order]) -> Result<Option<IfSo>, Error> {
    let Some((known, unchanged)) = app.known.ahead(orders) else { return Ok(None) };
    let earning = orders.iter().map(|order| &order.draft).filter(|draft| !draft.extra.credits.is_empty());
    let accounts = Accounts::look(conn, app, earning.map(|draft| &draft.holder.id))?;
    let still_open = accounts.still_open();
    let mut office = Office::of(app, known, accounts);
    let accepted: Result<Vec<_>, Refusal> = office.accept_all(orders)?.into_iter().collect();
    let Ok(accepted) = accepted else { return Ok(None) };
    let Some((mut supply, taken)) = Supply::ahead(&office, &accepted)? else { return Ok(None) };
    let issued = orders.iter().zip(&accepted).map(|(order, provider)| office.issue(bulk, &mut supply, order, provider));
    let issued = issued.collect::<Result<_, _>>()?;
    // Accounts are locked before lists, as everywhere.
    Ok(Some(IfSo { issued, conditions: [unchanged].into_iter().chain(still_open).chain([taken]).collect() }))
}

/// What [`issue_all`] would refuse now; nothing is written and nothing is given out.
///
/// # Errors
/// A fault.
pub fn check_all(conn: &mut Conn, app: &App, orders: &[&Order]) -> Result<Vec<Result<(), Refusal>>, Error> {
    let accepted = Office::open(conn, app, orders)?.accept_all(orders)?;
    Ok(accepted.into_iter().map(|provider| provider.map(drop)).collect())
}

/// Keeps the next `count` places of this year for a provider.
///
/// # Errors
/// A fault.
pub fn keep_places(conn: &mut Conn, provider: &str, year: i64, now: i64, count: i64) -> Result<Vec<(i64, i64)>, Error> {
    let mut taken = store::take_all(conn, &BTreeMap::from([(provider, count)]), year, now)?;
    Ok(taken.remove(provider).unwrap_or_default())
}

/// What is known when orders are looked at: of all of them at once.
pub(super) struct Office<'a> {
    app: &'a App,
    now: i64,
    today: Day,
    known: Facts,
    /// Clients that were disabled after they were let in.
    gone: Vec<String>,
    taken: BTreeSet<String>,
    accounts: Accounts,
}

impl<'a> Office<'a> {
    pub fn open(conn: &mut Conn, app: &'a App, orders: &[&Order]) -> Result<Office<'a>, Error> {
        let known = app.known.of(conn, orders)?;
        let gone = gone(conn, orders, known.clients)?;
        let drafts = || orders.iter().map(|order| &order.draft);
        let numbers: Vec<&str> = drafts().filter_map(|draft| draft.number.as_ref()).map(|number| number.as_str()).collect();
        let taken = store::taken(conn, &numbers)?;
        let earning = drafts().filter(|draft| !draft.extra.credits.is_empty());
        let accounts = Accounts::find(conn, app, earning.map(|draft| &draft.holder.id))?;
        Ok(Office { gone, taken, ..Office::of(app, known, accounts) })
    }

    /// Where every client was let in as things are, and no number is known to be taken.
    fn of(app: &'a App, known: Facts, accounts: Accounts) -> Office<'a> {
        let now = app.edge.now();
        Office { app, now, today: Instant(now).day_in(app.region.zone), known, gone: Vec::new(), taken: BTreeSet::new(), accounts }
    }

    /// The provider of an order whose certificate may be issued.
    pub fn admit(&self, order: &Order) -> Result<Arc<Provider>, Refusal> {
        let draft = &order.draft;
        if self.gone.contains(&order.actor.client) {
            return Err(AccessRefusal::ClientDisabled.into());
        }
        rules::may_be_issued(draft, self.today)?;
        let provider = self.known.providers.get(&order.actor.provider).ok_or_else(|| CertificateRefusal::Provider.at("provider"))?;
        providers::service::allows(&provider.timeline, self.today, draft.kind, draft.occupation.as_ref(), draft.level)?;
        match &draft.number {
            Some(number) if self.taken.contains(number.as_str()) => Err(CertificateRefusal::NumberTaken.at("number")),
            _ => Ok(provider.clone()),
        }
    }

    /// The provider of each order, or why it is refused; each is looked at as if those before it were issued.
    fn accept_all(&mut self, orders: &[&Order]) -> Result<Vec<Result<Arc<Provider>, Refusal>>, Error> {
        let accepted = orders.iter().map(|order| match self.accept(order) {
            Ok(provider) => Ok(Ok(provider)),
            Err(Error::Refusal(refusal)) => Ok(Err(refusal)),
            Err(fault) => Err(fault),
        });
        accepted.collect()
    }

    /// The same where its credit may be minted too; its number is then taken.
    fn accept(&mut self, order: &Order) -> Result<Arc<Provider>, Error> {
        let (provider, draft) = (self.admit(order)?, &order.draft);
        if !draft.extra.credits.is_empty() {
            ledger::service::may_book(self.app)?;
            self.accounts.admit(self.app, &draft.holder.id, &draft.holder.name).map_err(credit::in_holder)?;
        }
        for (part, declared) in draft.extra.credits.iter().enumerate() {
            let scheme = self.known.schemes.get(&declared.scheme).map(Arc::as_ref);
            let mintable = ledger::service::may_mint(declared.amount, scheme, declared.category.as_deref());
            mintable.map_err(|refusal| refusal.at(format!("credits[{part}]")))?;
        }
        if !draft.extra.credits.is_empty() {
            self.accounts.expect(self.app, &draft.holder.id, &draft.holder.name);
        }
        self.taken.extend(draft.number.as_ref().map(|number| number.as_str().to_owned()));
        Ok(provider)
    }

    /// Signs the certificate of an accepted order, and adds what has to be written.
    fn issue(&mut self, bulk: &mut Bulk, supply: &mut Supply, order: &Order, provider: &Provider) -> Result<Issued, Error> {
        let row = self.certify(bulk, supply, order, provider, None)?;
        supply.used(&provider.id);
        let (app, draft) = (self.app, &order.draft);
        if draft.extra.credits.is_empty() {
            return Ok(Issued { row, lots: Vec::new() });
        }
        let (account, _) = self.accounts.enter(app, bulk, &order.actor.client, &draft.holder.id, &draft.holder.name)?;
        let lots = credit::mint(bulk, app, draft, &row, &account.id, &self.known.schemes)?;
        Ok(Issued { row, lots })
    }

    /// Signs a certificate for the next place, and adds what has to be written; whoever keeps it says that the place is used.
    pub fn certify(&self, bulk: &mut Bulk, supply: &Supply, order: &Order, provider: &Provider, replaces: Option<String>) -> Result<Row, Error> {
        let (key, signer) = supply.keys.get(&provider.id).ok_or_else(|| Fault::text("a provider without a key"))?;
        let place = supply.places.get(&provider.id).and_then(|places| places.as_slice().first().copied());
        let place = place.ok_or_else(|| Fault::text("too few indices"))?;
        let card = self.sign(&order.draft, signer, provider, place)?;
        let row = self.row(order, &card, key, replaces)?;
        bulk.add(row.clone());
        evidence::add(bulk, &self.app.edge, evidence::Kind::CertificateIssued, self.now, &row.id, row.card.as_bytes());
        let (listeners, certificate, number, provider, replaces) =
            (&provider.listeners, &*row.id, &*row.number, &*row.provider_id, row.replaces.as_deref());
        listeners.tell(bulk, &self.app.edge, &Event::CertificateIssued { certificate, number, provider, replaces })?;
        Ok(row)
    }

    fn sign(&self, draft: &Draft, signer: &Signer, provider: &Provider, (list, index): (i64, i64)) -> Result<Card, Error> {
        let app = self.app;
        let claims = Claims {
            iss: app.region.code.clone(),
            prv: provider.credit_code.clone(),
            num: draft.number.clone().map_or_else(|| number(app), Ok)?,
            typ: draft.kind,
            nam: draft.holder.name.clone(),
            id4: draft.holder.id.last_four(),
            occ: draft.occupation.clone(),
            ttl: draft.title.clone(),
            lvl: draft.level,
            grd: draft.grade,
            day: draft.assessed_on,
            iat: Instant(self.now),
            exp: draft.valid_until,
            sts: (u32::try_from(list).map_err(Fault::new)?, u32::try_from(index).map_err(Fault::new)?).into(),
        };
        let timer = app.metrics.signing.start_timer();
        let card = Card::sign(&claims, signer).map_err(|e| crate::messages::from_verifier(e.claim().map_or("", field_of), e.code()))?;
        timer.observe_duration();
        Ok(card)
    }

    fn row(&self, order: &Order, card: &Card, key: &keys::Row, replaces: Option<String>) -> Result<Row, Error> {
        let (app, claims, draft) = (self.app, card.claims(), &order.draft);
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
            issued_at: self.now,
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
            batch_id: order.origin.as_ref().map(|origin| origin.batch.clone()),
            batch_line: order.origin.as_ref().map(|origin| origin.line),
            id,
        })
    }
}

/// Clients that were let in under another revision of the clients than this one, and are disabled.
fn gone(conn: &mut Conn, orders: &[&Order], revision: i64) -> Result<Vec<String>, Error> {
    let unsure = orders.iter().map(|order| &order.actor).filter(|actor| actor.seen.is_some_and(|seen| seen != revision));
    let unsure: Vec<&str> = unsure.map(|actor| actor.client.as_str()).collect();
    if unsure.is_empty() { Ok(Vec::new()) } else { access::service::disabled(conn, &unsure) }
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

/// What accepted certificates need: nobody who may not issue gets a key or an index.
pub(super) struct Supply {
    keys: BTreeMap<String, (keys::Row, Arc<Signer>)>,
    /// Places in status lists that are still to be given out, by provider.
    places: BTreeMap<String, std::vec::IntoIter<(i64, i64)>>,
}

impl Supply {
    /// What is in memory, or will be there: keys that are open, and the next places; with what has to be so for that. None where something is missing.
    fn ahead(office: &Office<'_>, accepted: &[Arc<Provider>]) -> Result<Option<(Supply, Condition)>, Error> {
        let (mut counts, mut keys) = (BTreeMap::<&str, i64>::new(), BTreeMap::new());
        for provider in accepted {
            *counts.entry(&provider.id).or_default() += 1;
            if !keys.contains_key(&provider.id) {
                let Some(key) = keys::open(office.app, &provider.keys)? else { return Ok(None) };
                keys.insert(provider.id.clone(), key);
            }
        }
        let Some(guessed) = office.app.ahead.guess(&counts, i64::from(office.today.year())) else { return Ok(None) };
        let places = guessed.iter().map(|(provider, next)| (provider.clone(), next.places().into_iter())).collect();
        Ok(Some((Supply { keys, places }, store::taken_from(guessed.into_values().collect()))))
    }

    pub fn take<'a>(
        conn: &mut Conn,
        office: &Office<'_>,
        accepted: impl Iterator<Item = &'a Arc<Provider>>,
        kept: Option<Vec<(i64, i64)>>,
    ) -> Result<Supply, Error> {
        let (mut counts, mut keys) = (BTreeMap::<&str, i64>::new(), BTreeMap::new());
        for provider in accepted {
            *counts.entry(&provider.id).or_default() += 1;
            if !keys.contains_key(&provider.id) {
                keys.insert(provider.id.clone(), keys::issuer(conn, office.app, &provider.id, &provider.keys)?);
            }
        }
        // The year of the card's own `iat`: verifiers look for the status there.
        let year = i64::from(office.today.year());
        let places = match (kept, counts.keys().next()) {
            (Some(kept), Some(provider)) => BTreeMap::from([((*provider).to_owned(), kept)]),
            _ => store::take_all(conn, &counts, year, office.now)?,
        };
        office.app.ahead.saw(&places, year);
        Ok(Supply { keys, places: places.into_iter().map(|(provider, places)| (provider, places.into_iter())).collect() })
    }
    /// That the next place of a provider is used.
    pub fn used(&mut self, provider: &str) {
        self.places.get_mut(provider).and_then(Iterator::next);
    }
}
