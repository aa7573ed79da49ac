//! Making keys, ending them, and sealing them anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use verifier::base64url;
use verifier::jws::Signer;
use verifier::time::{Day, Instant, Zone};
use zeroize::Zeroizing;

use super::ring::{DATA_LABEL, label};
use super::seal::SealKey;
use super::store::Event;
use super::{KeyRefusal, Purpose, Row, WINDOW_MAX, master, store};
use crate::access::service::LOCAL;
use crate::app::App;
use crate::db::{self, Conn};
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::evidence;
use crate::providers::{self, ProviderRefusal};

/// What a new key is to be.
pub(super) struct Plan {
    pub purpose: Purpose,
    pub provider: Option<String>,
    pub slot: String,
    pub from: i64,
    pub until: i64,
}

/// What the evidence commits to when something happens to a key.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    at: i64,
    kid: &'a str,
    purpose: &'a str,
    provider: Option<&'a str>,
    public: String,
    from: i64,
    until: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    by: &'a str,
}

/// Who makes the keys that nobody asked for: the first of a year, the region's own.
pub(super) const REGISTRY: &str = "registry";

/// Makes a key and stores it sealed, with its evidence. `by` is the id of the client who asked, [`LOCAL`] or [`REGISTRY`].
pub(super) fn make(conn: &mut Conn, edge: &Edge, master: &SealKey, plan: &Plan, by: &str) -> Result<Row, Error> {
    refuse_stale_master(conn, master)?;
    let seed = Zeroizing::new(edge.random::<32>());
    let signer = Signer::from_seed(&seed);
    let kid = signer.public().thumbprint();
    let row = Row {
        short_kid: signer.public().short().to_string(),
        purpose: plan.purpose.as_str().to_owned(),
        provider_id: plan.provider.clone(),
        slot: plan.slot.clone(),
        public: signer.public().as_bytes().to_vec(),
        sealed: master.seal(edge, &label(&kid), seed.as_slice())?,
        from_at: plan.from,
        until_at: plan.until,
        created_at: edge.now(),
        retired_at: None,
        revoked_at: None,
        revoke_reason: None,
        kid,
    };
    store::insert(conn, &row)?;
    record(conn, edge, &row, "created", row.created_at, by)?;
    Ok(row)
}

/// Another process may have sealed everything under a new master key; a key sealed under the old one could not be opened again.
fn refuse_stale_master(conn: &mut Conn, master: &SealKey) -> Result<(), Error> {
    match store::data_key(conn)? {
        Some(sealed) if master.open(DATA_LABEL, &sealed).is_err() => {
            Err(Fault::text("the master key was changed while this server was running; restart it with the new one").into())
        }
        _ => Ok(()),
    }
}

fn record(conn: &mut Conn, edge: &Edge, row: &Row, event: &'static str, at: i64, by: &str) -> Result<(), Error> {
    let document = Document {
        hufu: "key-event/1",
        event,
        at,
        kid: &row.kid,
        purpose: &row.purpose,
        provider: row.provider_id.as_deref(),
        public: base64url::encode(&row.public),
        from: row.from_at,
        until: row.until_at,
        revoked_at: row.revoked_at,
        reason: row.revoke_reason.as_deref(),
        by,
    };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    let id = edge.id("kev");
    store::insert_event(conn, &Event { id: &id, kid: &row.kid, kind: event, at, document: &document })?;
    evidence::record(conn, edge, evidence::Kind::Key, at, &id, document.as_bytes())?;
    db::bump(conn, "trust")
}

/// The keys with which these providers sign now or later, by provider; of each the narrowest window first, then the newest.
///
/// # Errors
/// A fault.
pub fn signing(conn: &mut Conn, providers: &[&str]) -> Result<BTreeMap<String, Vec<Row>>, Error> {
    let mut found: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in store::signing(conn, providers)? {
        found.entry(row.provider_id.clone().unwrap_or_default()).or_default().push(row);
    }
    Ok(found)
}

/// The key with which a provider signs now: of its keys as [`signing`] tells them the first whose window is open, or a new one for the calendar year,
/// made in the caller's transaction.
///
/// # Errors
/// A fault.
pub fn issuer(conn: &mut Conn, app: &App, provider: &str, known: &[Row]) -> Result<(Row, Arc<Signer>), Error> {
    if let Some(key) = open(app, known)? {
        return Ok(key);
    }
    let row = make_yearly(conn, app, provider, app.edge.now())?;
    let signer = app.keys.signer(&row)?;
    Ok((row, signer))
}

/// The first of a provider's keys whose window is open, if one is.
///
/// # Errors
/// A fault.
pub fn open(app: &App, known: &[Row]) -> Result<Option<(Row, Arc<Signer>)>, Fault> {
    let now = app.edge.now();
    let open = known.iter().find(|row| row.is_open(now));
    open.map(|row| Ok((row.clone(), app.keys.signer(row)?))).transpose()
}

fn make_yearly(conn: &mut Conn, app: &App, provider: &str, now: i64) -> Result<Row, Error> {
    let zone = app.region.zone;
    let year = Instant(now).day_in(zone).year();
    let (from, until) = (new_year(year, zone)?, new_year(year + 1, zone)?);
    // Takes the revision's row lock: of two first requests the second waits here, and then finds the first one's key.
    db::bump(conn, "trust")?;
    if let Some(row) = store::signing(conn, &[provider])?.into_iter().find(|row| row.is_open(now)) {
        return Ok(row);
    }
    let prefix = format!("issuer/{provider}/{year}/");
    let slot = format!("{prefix}{}", store::count_slots(conn, &prefix)? + 1);
    let plan = Plan { purpose: Purpose::Issuer, provider: Some(provider.to_owned()), slot, from, until };
    make(conn, &app.edge, &app.keys.master(), &plan, REGISTRY)
}

fn new_year(year: i32, zone: Zone) -> Result<i64, Error> {
    Ok(Day::new(year, 1, 1).map_err(|e| Fault::text(e.to_string()))?.start_in(zone).0)
}

/// Makes a key for a shorter window (a batch, an exam), which then signs before the yearly one.
///
/// # Errors
/// `keys.window`, `providers.not_found`, or a fault.
pub async fn open_window(app: &App, by: &str, provider: &str, from: i64, until: i64) -> Result<Row, Error> {
    let now = app.edge.now();
    let near = (now - WINDOW_MAX..=now + WINDOW_MAX).contains(&from);
    if !near || from >= until || until > from + WINDOW_MAX || until <= now {
        return Err(KeyRefusal::Window.at("until").into());
    }
    let (id, by, edge, master) = (provider.to_owned(), by.to_owned(), app.edge.clone(), app.keys.master());
    app.db
        .write(move |conn| {
            known_provider(conn, &id)?;
            db::bump(conn, "trust")?;
            let prefix = format!("issuer/{id}/{from}-{until}/");
            let slot = format!("{prefix}{}", store::count_slots(conn, &prefix)? + 1);
            make(conn, &edge, &master, &Plan { purpose: Purpose::Issuer, provider: Some(id.clone()), slot, from, until }, &by)
        })
        .await
}

/// The keys of `provider`, oldest first.
///
/// # Errors
/// `providers.not_found`, or a fault.
pub async fn list(app: &App, provider: String) -> Result<Vec<Row>, Error> {
    app.db
        .read(move |conn| {
            known_provider(conn, &provider)?;
            store::of_provider(conn, &provider)
        })
        .await
}

fn known_provider(conn: &mut Conn, id: &str) -> Result<(), Error> {
    let known = providers::store::find(conn, id)?.is_some_and(|row| row.id == id);
    if known { Ok(()) } else { Err(ProviderRefusal::NotFound.at("id").into()) }
}

/// How a key ends.
#[derive(Clone, Debug)]
pub enum Change {
    /// Roll over: the next certificate gets a new key; what was signed stays good.
    Retire,
    /// Nothing signed at or after `at` counts; `compromise` takes back everything.
    Revoke {
        /// Unix seconds.
        at: i64,
        /// As the verifier reads it.
        reason: String,
    },
}

/// Retires or revokes an issuer key; `by` is the id of the client who asks, or [`LOCAL`].
///
/// # Errors
/// `keys.not_found`, `keys.purpose`, `keys.revoked`, `keys.retired`, `keys.instant`, or a fault.
pub async fn change(app: &App, by: &str, kid: &str, change: Change) -> Result<Row, Error> {
    let (kid, by, edge) = (kid.to_owned(), by.to_owned(), app.edge.clone());
    app.db
        .write(move |conn| {
            let now = edge.now();
            let row = store::by_kid(conn, &kid)?.ok_or(KeyRefusal::NotFound)?;
            row.changeable()?;
            let (done, event, refusal) = match &change {
                Change::Retire => (store::retire(conn, &kid, now)?, "retired", KeyRefusal::Retired),
                Change::Revoke { at, .. } if *at > now || *at < row.from_at => return Err(KeyRefusal::Instant.at("at").into()),
                Change::Revoke { at, reason } => (store::revoke(conn, &kid, *at, reason)?, "revoked", KeyRefusal::Revoked),
            };
            if done == 0 {
                return Err(refusal.into());
            }
            let row = store::by_kid(conn, &kid)?.ok_or(KeyRefusal::NotFound)?;
            record(conn, &edge, &row, event, now, &by)?;
            Ok(row)
        })
        .await
}

/// Seals the data key and every signing key under `next`, in one transaction. Returns how many keys were sealed anew.
///
/// # Errors
/// A fault; then the old master key still holds.
pub fn rewrap(app: &App, next: &SealKey, to_file: bool) -> Result<usize, Error> {
    if to_file {
        master::begin_change(&app.config, next)?;
    }
    let (edge, old) = (app.edge.clone(), app.keys.master());
    let done = app.db.write_now(|conn| {
        store::reseal_data_key(conn, &next.seal(&edge, DATA_LABEL, app.keys.data().as_bytes())?)?;
        let rows = store::all(conn)?;
        for row in &rows {
            let seed = old.open(&label(&row.kid), &row.sealed)?;
            store::reseal(conn, &row.kid, &next.seal(&edge, &label(&row.kid), &seed)?)?;
            record(conn, &edge, row, "rewrapped", edge.now(), LOCAL)?;
        }
        Ok(rows.len())
    });
    match (&done, to_file) {
        (Ok(_), true) => master::finish_change(&app.config)?,
        (Err(_), true) => master::abandon_change(&app.config)?,
        (_, false) => {}
    }
    if done.is_ok() {
        app.keys.set_master(next.clone());
    }
    done
}
