//! Making deliveries of events, and trying them until they were taken.

use tokio::task::JoinSet;

use super::{gone, label, store};
use crate::app::App;
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault};
use crate::webhooks::event::hears;
use crate::webhooks::rules::{self, Meaning};
use crate::webhooks::send::{Letter, Outcome};
use crate::webhooks::store::{DeliveryRow, Row};
use crate::webhooks::{AT_ONCE, KEPT};

/// Events whose deliveries are made in one transaction.
const SPREAD_AT_ONCE: i64 = 500;
/// Events that are forgotten in one transaction.
const PURGED_AT_ONCE: i64 = 2_000;

/// Makes the deliveries of what happened, and says for which endpoints something is due.
///
/// # Errors
/// A fault of the database.
pub async fn due(app: &App) -> Result<Vec<String>, Error> {
    let now = app.edge.now();
    // Looked at by a reader: a registry to which nobody listens takes no turn of the writer.
    while app.db.read(store::is_unspread).await? {
        app.db.write(move |conn| spread(conn, now)).await?;
    }
    app.db.read(move |conn| store::due(conn, now)).await
}

fn spread(conn: &mut Conn, now: i64) -> Result<(), Error> {
    let (events, endpoints) = (store::take_events(conn, now, SPREAD_AT_ONCE)?, store::enabled(conn)?);
    let mut bulk = Bulk::default();
    for (event, kind, provider) in &events {
        let hearing =
            endpoints.iter().filter(|(_, owner, kinds)| hears(owner.as_deref(), provider.as_deref()) && kinds.split(' ').any(|one| one == kind));
        hearing.for_each(|(endpoint, _, _)| bulk.add(DeliveryRow::new(endpoint, event, now)));
    }
    bulk.write(conn)
}

/// Sends what is due to one endpoint, some at a time, until nothing is, or it took none of them: how many were tried.
///
/// # Errors
/// A fault of the database.
pub async fn deliver_to(app: &App, endpoint: &str) -> Result<usize, Error> {
    let mut many = 0;
    loop {
        let (this, id) = (app.clone(), endpoint.to_owned());
        let turn = app.db.write(move |conn| take(conn, &this, &id)).await?;
        if turn.is_empty() {
            return Ok(many);
        }
        many += turn.len();
        let mut tasks = JoinSet::new();
        for (tries, letter) in turn {
            let (app, event) = (app.clone(), letter.event.clone());
            tasks.spawn(async move { app.webhooks.send(letter).await.map(|outcome| (event, tries, outcome)) });
        }
        let (mut rows, mut is_gone) = (Vec::new(), false);
        while let Some(done) = tasks.join_next().await {
            let (event, tries, outcome) = done.map_err(Fault::new)??;
            is_gone |= outcome.meaning == Meaning::Gone;
            rows.push(row(app, endpoint, event, tries, outcome));
        }
        let took = rows.iter().any(|row| row.state == "done");
        let (this, id) = (app.clone(), endpoint.to_owned());
        app.db.write(move |conn| note(conn, &this, &id, &rows, is_gone)).await?;
        if !took || is_gone {
            return Ok(many);
        }
    }
}

/// Takes the turn to try what is due for an endpoint: how often each was tried with this, and what is sent.
fn take(conn: &mut Conn, app: &App, id: &str) -> Result<Vec<(i64, Letter)>, Error> {
    let Some(row) = store::find(conn, id)?.filter(|row| row.disabled.is_none()) else { return Ok(Vec::new()) };
    let (now, keys) = (app.edge.now(), keys(app, &row)?);
    // Twice what a try may take: until then nobody else tries them, and afterwards they are tried again if this server died meanwhile.
    let until = now + 2 * app.webhooks.seconds() + 10;
    let taken = store::take(conn, id, now, until, AT_ONCE)?;
    let letter = |event: String, body: String| Letter {
        url: row.url.clone(),
        signatures: rules::signatures(keys.iter().map(|key| key.as_slice()), &event, now, &body),
        event,
        timestamp: now,
        body,
    };
    Ok(taken.into_iter().map(|(event, tries, body)| (tries, letter(event, body))).collect())
}

/// The secret of an endpoint, and the one before while it signs too.
fn keys(app: &App, row: &Row) -> Result<Vec<zeroize::Zeroizing<Vec<u8>>>, Fault> {
    let old = row.old_secret.as_ref().filter(|_| row.old_until.is_some_and(|until| app.edge.now() < until));
    let sealed = std::iter::once(&row.secret).chain(old);
    sealed.map(|sealed| app.keys.data().open(&label(&row.id), sealed)).collect()
}

/// What came of a try, as it is stored; counts and logs it.
fn row(app: &App, endpoint: &str, event: String, tries: i64, outcome: Outcome) -> DeliveryRow {
    let now = app.edge.now();
    let [chance] = app.edge.random::<1>();
    let (state, next_at, error, told) = match outcome.meaning {
        Meaning::Taken => ("done", None, None, "done"),
        Meaning::Gone => ("dead", None, Some("gone"), "gone"),
        Meaning::Failed(why) => match rules::pause(tries, chance) {
            Some(pause) => ("waiting", Some(now + pause), Some(why), "failed"),
            None => ("dead", None, Some(why), "dead"),
        },
    };
    app.metrics.webhook_tries.with_label_values(&[told]).inc();
    if let Some(error) = error {
        tracing::info!(webhook = endpoint, event, tries, error, status = outcome.status, state, "an event was not taken");
    }
    DeliveryRow {
        webhook_id: endpoint.to_owned(),
        event_id: event,
        state: state.to_owned(),
        tries,
        next_at,
        tried_at: Some(now),
        status: outcome.status.map(i64::from),
        error: error.map(str::to_owned),
        answer: outcome.answer,
    }
}

fn note(conn: &mut Conn, app: &App, endpoint: &str, rows: &[DeliveryRow], is_gone: bool) -> Result<(), Error> {
    // The endpoint before its deliveries, as whoever removes it does: so neither waits for the other.
    if is_gone {
        gone(conn, app, endpoint)?;
    }
    rows.iter().try_for_each(|row| store::tried(conn, row))
}

/// Forgets events that are older than 30 days and wait for nobody: how many.
///
/// # Errors
/// A fault of the database.
pub async fn purge(app: &App) -> Result<usize, Error> {
    let (before, mut all) = (app.edge.now() - KEPT, 0);
    loop {
        let gone = app.db.write(move |conn| store::purge(conn, before, PURGED_AT_ONCE)).await?;
        all += gone;
        if gone == 0 {
            return Ok(all);
        }
    }
}
