//! What issuing looks up each time and what seldom changes: providers with their timelines and keys, who hears of their certificates, and schemes. It is
//! kept from one transaction to the next for as long as the database says that none of it changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use verifier::documents::Scheme;
use verifier::ids::CreditCode;
use verifier::verdict::Interval;

use super::Order;
use crate::db::{self, Condition, Conn, Db};
use crate::error::{Error, Fault};
use crate::webhooks::Listeners;
use crate::{keys, ledger, providers};

/// What changes one of them (schemes never change), and last what changes who may issue.
const REVISIONS: [&str; 3] = ["trust", "webhooks", "clients"];
/// Most names of providers that are kept; then all are forgotten and read again.
const NAMES_MAX: usize = 10_000;

/// A provider, as issuing needs it.
pub(in crate::certificates) struct Provider {
    pub id: String,
    pub credit_code: CreditCode,
    pub timeline: Vec<Interval>,
    /// Those that sign now or later.
    pub keys: Vec<keys::Row>,
    pub listeners: Listeners,
}

/// What some orders name.
#[derive(Clone, Default)]
pub(in crate::certificates) struct Facts {
    /// By id and by credit code, which an order may name.
    pub providers: BTreeMap<String, Arc<Provider>>,
    pub schemes: BTreeMap<String, Arc<Scheme>>,
    /// The revision of the clients.
    pub clients: i64,
}

/// What was read last.
#[derive(Default)]
pub struct Known(Mutex<Held>);

#[derive(Default)]
struct Held {
    /// Of what is kept.
    revisions: [i64; 2],
    facts: Facts,
}

/// The names of providers and of schemes in some orders.
struct Names<'a> {
    providers: BTreeSet<&'a str>,
    schemes: BTreeSet<&'a str>,
}

impl Known {
    /// Reads what these orders name and what is not kept yet, outside of any transaction: what is kept was committed.
    ///
    /// # Errors
    /// A fault.
    pub fn read_ahead<'a>(&self, db: &Db, orders: impl IntoIterator<Item = &'a Order>) -> Result<(), Error> {
        let names = Names::of(orders);
        if self.held().facts.pick(&names).is_some() {
            return Ok(());
        }
        let (revisions, read) = db.read_now(|conn| {
            // The revisions are read first: what changes in between is read twice, never missed.
            let [trust, webhooks, clients] = db::revisions(conn, REVISIONS)?;
            Ok(([trust, webhooks], Facts::read(conn, &names, clients)?))
        })?;
        let mut held = self.held();
        if held.revisions != revisions || held.facts.providers.len() > NAMES_MAX {
            *held = Held { revisions, facts: Facts::default() };
        }
        held.facts.clients = read.clients;
        held.facts.providers.extend(read.providers);
        held.facts.schemes.extend(read.schemes);
        Ok(())
    }

    /// What these orders name as it was read last, and that it still is so; none where something is missing, or a client was let in under another
    /// revision of the clients.
    pub(super) fn ahead(&self, orders: &[&Order]) -> Option<(Facts, Condition)> {
        let held = self.held();
        let facts = held.facts.pick(&Names::of(orders.iter().copied()))?;
        let [trust, webhooks] = held.revisions;
        let sure = orders.iter().all(|order| order.actor.seen.is_none_or(|seen| seen == facts.clients));
        sure.then(|| (facts.clone(), db::unchanged(REVISIONS, [trust, webhooks, facts.clients])))
    }

    /// What these orders name, as the caller's transaction sees it.
    ///
    /// # Errors
    /// A fault.
    pub(super) fn of(&self, conn: &mut Conn, orders: &[&Order]) -> Result<Facts, Error> {
        let names = Names::of(orders.iter().copied());
        let [trust, webhooks, clients] = db::revisions(conn, REVISIONS)?;
        {
            let mut held = self.held();
            held.facts.clients = clients;
            if held.revisions != [trust, webhooks] {
                held.facts = Facts { clients, ..Facts::default() };
            } else if let Some(facts) = held.facts.pick(&names) {
                return Ok(Facts { clients, ..facts });
            }
        }
        Facts::read(conn, &names, clients)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Names<'a> {
    fn of(orders: impl IntoIterator<Item = &'a Order>) -> Names<'a> {
        let mut names = Names { providers: BTreeSet::new(), schemes: BTreeSet::new() };
        for order in orders {
            names.providers.insert(&order.actor.provider);
            names.schemes.extend(order.draft.extra.credits.iter().map(|credit| credit.scheme.as_str()));
        }
        names
    }
}

impl Facts {
    fn read(conn: &mut Conn, names: &Names<'_>, clients: i64) -> Result<Facts, Error> {
        let rows = providers::store::named(conn, &names.providers.iter().copied().collect::<Vec<_>>())?;
        let ids: Vec<&str> = rows.iter().map(|(row, _)| row.id.as_str()).collect();
        let mut keys = keys::signing(conn, &ids)?;
        let listeners = Listeners::of(conn, &ids)?;
        let mut providers = BTreeMap::new();
        for (row, timeline) in rows {
            let provider = Arc::new(Provider {
                credit_code: CreditCode::parse(&row.credit_code).map_err(Fault::new)?,
                timeline,
                keys: keys.remove(&row.id).unwrap_or_default(),
                listeners: listeners.to(&row.id),
                id: row.id.clone(),
            });
            providers.insert(row.credit_code, provider.clone());
            providers.insert(row.id, provider);
        }
        let schemes = ledger::service::named(conn, &names.schemes)?.into_iter().map(|(id, scheme)| (id, Arc::new(scheme))).collect();
        Ok(Facts { providers, schemes, clients })
    }

    /// What is named, where all of it is there.
    fn pick(&self, names: &Names<'_>) -> Option<Facts> {
        Some(Facts { providers: pick(&self.providers, &names.providers)?, schemes: pick(&self.schemes, &names.schemes)?, clients: self.clients })
    }
}

fn pick<T: Clone>(from: &BTreeMap<String, T>, names: &BTreeSet<&str>) -> Option<BTreeMap<String, T>> {
    names.iter().map(|name| from.get(*name).map(|one| ((*name).to_owned(), one.clone()))).collect()
}
