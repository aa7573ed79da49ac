//! Going on with changes: counting what one would do, and doing it, a chunk in one transaction, under a lease.

use std::collections::BTreeMap;

use super::super::store::{self, Refused, Row};
use super::super::views::Effect;
use super::decide::say;
use super::propose::word;
use crate::access::{Caller, Role};
use crate::app::App;
use crate::certificates::rules::Step;
use crate::certificates::{self, Change};
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::lease::{claim, holding};
use crate::ledger::service::LotState;

/// Goes on with the changes that wait, until none does: how many steps were done. One that cannot go on holds up no other.
///
/// # Errors
/// A fault of the database.
pub async fn work(app: &App) -> Result<usize, Error> {
    let mut done = 0;
    while let Some(row) = claim::<Row>(app, None).await? {
        let id = row.id.clone();
        match held(app, row).await {
            Ok(()) => done += 1,
            // The lease runs out, and then it is tried again.
            Err(error) => tracing::warn!(change = id, %error, "a change cannot go on for now"),
        }
    }
    Ok(done)
}

/// Goes on with one change now, unless somebody does already or there is nothing to do.
///
/// # Errors
/// A fault of the database, or why it cannot go on.
pub async fn run(app: &App, id: &str) -> Result<(), Error> {
    match claim::<Row>(app, Some(id)).await? {
        Some(row) => held(app, row).await,
        None => Ok(()),
    }
}

async fn held(app: &App, row: Row) -> Result<(), Error> {
    if row.state == "proposed" { preview(app, row).await } else { take(app, row).await }
}

fn ids(conn: &mut Conn, change: &str, n: i64) -> Result<Vec<String>, Error> {
    let text = store::chunk(conn, change, n)?.ok_or_else(|| Fault::text("certificates of a change are gone"))?;
    Ok(serde_json::from_str(&text).map_err(Fault::new)?)
}

/// Counts what becomes of credit.
async fn preview(app: &App, row: Row) -> Result<(), Error> {
    let mut effect: BTreeMap<String, Effect> = BTreeMap::new();
    for n in 0..row.chunks {
        if row.step != word(Step::Revoke) {
            break;
        }
        let (this, id) = (app.clone(), row.id.clone());
        let found = app.db.read(move |conn| {
            let ids = ids(conn, &id, n)?;
            certificates::credit_of(conn, &this, &ids)
        });
        for LotState { lot, sums } in found.await? {
            let one = effect.entry(lot.scheme.clone()).or_insert_with(|| Effect { scheme: lot.scheme, ..Effect::default() });
            one.lots += 1;
            one.available += sums.available;
            one.redeemed += sums.redeemed;
            one.away += sums.held + sums.out;
        }
        if holding(app, &row, |_, row: Row| Ok(row)).await?.is_none() {
            return Ok(());
        }
    }
    let effect = serde_json::to_string(&effect.into_values().collect::<Vec<_>>()).map_err(Fault::new)?;
    let previewed =
        move |_: &mut Conn, row: Row| Ok(Row { state: "previewed".to_owned(), effect: effect.clone(), lease: String::new(), leased_until: 0, ..row });
    holding(app, &row, previewed).await.map(drop)
}

/// Has every certificate take the step.
async fn take(app: &App, mut row: Row) -> Result<(), Error> {
    while row.chunk < row.chunks {
        let (n, this) = (row.chunk, app.clone());
        let Some(after) = holding(app, &row, move |conn, row: Row| chunk(conn, &this, row, n)).await? else { return Ok(()) };
        row = after;
    }
    let (this, now) = (app.clone(), app.edge.now());
    let ended = move |conn: &mut Conn, row: Row| {
        let row = Row { state: "done".to_owned(), finished_at: Some(now), lease: String::new(), leased_until: 0, ..row };
        say(conn, &this, &row, "done", &row.approved_by.clone().unwrap_or_default())?;
        Ok(row)
    };
    holding(app, &row, ended).await.map(drop)
}

fn chunk(conn: &mut Conn, app: &App, mut row: Row, n: i64) -> Result<Row, Error> {
    let by = row.approved_by.clone().unwrap_or_default();
    let caller = Caller { client_id: by, role: Role::Provider, provider_id: Some(row.provider_id.clone()) };
    let step = [Step::Suspend, Step::Reinstate, Step::Revoke].into_iter().find(|step| word(*step) == row.step);
    let change = Change { step: step.ok_or_else(|| Fault::text("a step that is none"))?, reason: row.reason.clone() };
    let (ids, mut bulk) = (ids(conn, &row.id, n)?, Bulk::default());
    for (number, done) in certificates::change_all(conn, app, &caller, &ids, &change)? {
        match done {
            Ok(()) => row.done += 1,
            Err(Refusal { reason, .. }) => {
                row.refused += 1;
                bulk.add(Refused { change_id: row.id.clone(), number, code: reason.code.to_owned() });
            }
        }
    }
    bulk.write(conn)?;
    row.started_at = Some(row.started_at.unwrap_or_else(|| app.edge.now()));
    row.chunk = n + 1;
    Ok(row)
}
