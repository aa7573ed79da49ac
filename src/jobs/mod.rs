//! What a server does by itself, besides answering.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::app::App;
use crate::batches;
use crate::changes;
use crate::http::idempotency::{self, KEPT};
use crate::learners;
use crate::ledger;
use crate::partners;
use crate::transfers;
use crate::trust::bundle;
use crate::webhooks;

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(3600);

/// Between two looks for partners whose time to be asked has come.
const PARTNERS_EVERY: Duration = Duration::from_secs(5);

/// Between two looks for transfers whose time to be put has come.
const TRANSFERS_EVERY: Duration = Duration::from_secs(2);

/// Between two looks for batches on which nobody works.
const BATCHES_EVERY: Duration = Duration::from_secs(2);

/// Between two looks for events that are to be sent.
const WEBHOOKS_EVERY: Duration = Duration::from_secs(1);

/// Between two looks for regions that have not handed over after a restore.
const RESYNC_EVERY: Duration = Duration::from_secs(5);

/// Starts what a server does by itself.
pub fn start(app: &App) {
    start_rounds(app);
    start_partners(app);
    start_transfers(app);
    start_batches(app);
    start_reconciling(app);
    start_resyncing(app);
    start_webhooks(app);
}

/// After a restore asks every region that has not handed over yet.
fn start_resyncing(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut looks = tokio::time::interval(RESYNC_EVERY);
        loop {
            looks.tick().await;
            if let Err(fault) = transfers::resync(&app).await {
                tracing::warn!(%fault, "other regions could not be asked what they hold");
            }
        }
    });
}

/// Puts transfers when their time comes, and at once when one has just begun. Each region has a task of its own: one that is slow to answer holds up no
/// other.
fn start_transfers(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let (mut looks, mut busy) = (tokio::time::interval(TRANSFERS_EVERY), BTreeMap::<String, JoinHandle<()>>::new());
        loop {
            tokio::select! {
                _ = looks.tick() => {}
                () = app.transfers_due.notified() => {}
            }
            busy.retain(|_, task| !task.is_finished());
            match transfers::due_peers(&app).await {
                Ok(peers) => {
                    for peer in peers.into_iter().filter(|peer| !busy.contains_key(peer)).collect::<Vec<_>>() {
                        let (app, region) = (app.clone(), peer.clone());
                        busy.insert(peer, tokio::spawn(async move { put_transfers(&app, &region).await }));
                    }
                }
                Err(fault) => tracing::warn!(%fault, "transfers could not be looked for"),
            }
        }
    });
}

/// Goes on with batches and changes, at once when one has something to do.
fn start_batches(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut looks = tokio::time::interval(BATCHES_EVERY);
        loop {
            tokio::select! {
                _ = looks.tick() => {}
                () = app.batches_due.notified() => {}
            }
            if let Err(fault) = batches::work(&app).await {
                tracing::warn!(%fault, "batches could not be looked for");
            }
            if let Err(fault) = changes::work(&app).await {
                tracing::warn!(%fault, "changes could not be looked for");
            }
        }
    });
}

async fn put_transfers(app: &App, peer: &str) {
    if let Err(fault) = transfers::deliver_to(app, peer).await {
        tracing::warn!(%fault, peer, "transfers could not be put");
    }
}

/// Sends events to endpoints when their time comes. Each endpoint has a task of its own: one that is slow to answer holds up no other.
fn start_webhooks(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let (mut looks, mut busy) = (tokio::time::interval(WEBHOOKS_EVERY), BTreeMap::<String, JoinHandle<()>>::new());
        loop {
            looks.tick().await;
            busy.retain(|_, task| !task.is_finished());
            match webhooks::due(&app).await {
                Ok(endpoints) => {
                    for endpoint in endpoints.into_iter().filter(|endpoint| !busy.contains_key(endpoint)).collect::<Vec<_>>() {
                        let (app, id) = (app.clone(), endpoint.clone());
                        busy.insert(endpoint, tokio::spawn(async move { send_events(&app, &id).await }));
                    }
                }
                Err(fault) => tracing::warn!(%fault, "events to be sent could not be looked for"),
            }
        }
    });
}

async fn send_events(app: &App, endpoint: &str) {
    if let Err(fault) = webhooks::deliver_to(app, endpoint).await {
        tracing::warn!(%fault, webhook = endpoint, "events could not be sent");
    }
}

/// Compares what was decided with every region in the first hours of a month.
fn start_reconciling(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let (mut looks, mut done) = (tokio::time::interval(EVERY), BTreeMap::new());
        loop {
            looks.tick().await;
            if let Err(fault) = transfers::monthly(&app, &mut done).await {
                tracing::warn!(%fault, "what was decided could not be compared");
            }
        }
    });
}

/// Asks partner regions when their time comes, each in a task of its own: one that is slow holds up no other.
fn start_partners(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut looks = tokio::time::interval(PARTNERS_EVERY);
        loop {
            looks.tick().await;
            match partners::service::due(&app).await {
                Ok(regions) => {
                    for region in regions {
                        let app = app.clone();
                        tokio::spawn(async move { partners::service::visit(&app, &region).await });
                    }
                }
                Err(fault) => tracing::warn!(%fault, "partners could not be looked for"),
            }
        }
    });
}

/// Starts the rounds in a task of the current runtime; the first is at once. A round that fails is logged, and the next one tries again.
fn start_rounds(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut rounds = tokio::time::interval(EVERY);
        loop {
            rounds.tick().await;
            round(&app).await;
        }
    });
}

async fn round(app: &App) {
    let before = app.edge.now() - KEPT;
    match app.db.write(move |conn| idempotency::purge(conn, before)).await {
        Ok(gone) => tracing::debug!(gone, "forgot old answers"),
        Err(fault) => tracing::warn!(%fault, "old answers could not be forgotten"),
    }
    let edge = app.edge.clone();
    match app.db.write(move |conn| learners::service::purge(conn, &edge)).await {
        Ok(gone) => tracing::debug!(gone, "forgot old codes and sessions of learners"),
        Err(fault) => tracing::warn!(%fault, "old codes and sessions of learners could not be forgotten"),
    }
    match webhooks::purge(app).await {
        Ok(gone) => tracing::debug!(gone, "forgot old events"),
        Err(fault) => tracing::warn!(%fault, "old events could not be forgotten"),
    }
    match ledger::service::sweep(app).await {
        Ok(lots) => tracing::debug!(lots, "booked what has expired"),
        Err(fault) => tracing::warn!(%fault, "what has expired could not be booked"),
    }
    match batches::purge(app).await {
        Ok(gone) => tracing::debug!(gone, "forgot rows of batches that ended, and uploads that were not finished"),
        Err(fault) => tracing::warn!(%fault, "rows of batches that ended could not be forgotten"),
    }
    // Whoever fetches the bundle finds it fresh, even when nothing happened for days.
    if let Err(fault) = app.trust.bundle.renewed(app).await {
        tracing::warn!(%fault, "the trust bundle could not be published");
    }
    match bundle::purge(app).await {
        Ok(gone) => tracing::debug!(gone, "forgot superseded parts of the trust bundle"),
        Err(fault) => tracing::warn!(%fault, "superseded parts of the trust bundle could not be forgotten"),
    }
}
