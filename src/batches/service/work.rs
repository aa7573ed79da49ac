//! Going on with batches: whoever takes the lease of one looks at its rows, or issues them, until it is done.

use super::super::store::{self, Row};
use super::check::{Seen, look};
use super::decide::{Said, say};
use super::issue::{issue, prepare};
use crate::app::App;
use crate::db::{Bulk, Conn};
use crate::error::Error;
use crate::lease::{Leased, claim, holding};
use crate::webhooks::{self, Event};

/// Seconds after which a batch that could not go on is tried again.
const AGAIN: i64 = 5;
/// Seconds after which an upload that was not finished is taken away.
const ABANDONED: i64 = 86_400;
/// Seconds for which the rows that were not issued are kept after the end.
const KEPT: i64 = 30 * 86_400;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Working {
    /// A batch was worked on to the end of its step.
    Done,
    /// Another one holds it, or there was nothing to do.
    Nothing,
}

/// Goes on with the batches that wait, until none does: how many steps were done. One that cannot go on says why, waits, and holds up no other.
///
/// # Errors
/// A fault of the database.
pub async fn work(app: &App) -> Result<usize, Error> {
    let mut done = 0;
    while let Some(row) = claim(app, None).await? {
        done += usize::from(held(app, row).await? == Working::Done);
    }
    Ok(done)
}

/// Goes on with one batch now.
///
/// # Errors
/// A fault, which the batch remembers.
pub async fn run(app: &App, id: &str) -> Result<Working, Error> {
    match claim(app, Some(id)).await? {
        Some(row) => held(app, row).await,
        None => Ok(Working::Nothing),
    }
}

async fn held(app: &App, row: Row) -> Result<Working, Error> {
    let (id, lease) = (row.id.clone(), row.lease.clone());
    let done = if row.state == "uploaded" { check(app, row).await } else { issue_all(app, row).await };
    match done {
        Ok(true) => Ok(Working::Done),
        Ok(false) => Ok(Working::Nothing),
        Err(error) => {
            tracing::warn!(batch = id, %error, "a batch cannot go on for now");
            let until = app.edge.now() + AGAIN;
            let note = move |conn: &mut Conn| match Row::hold(conn, &id, &lease, until)? {
                Some(row) => Row { lease: String::new(), trouble: Some("database".to_owned()), ..row }.keep(conn),
                None => Ok(()),
            };
            // Where the database is gone the lease runs out by itself.
            app.db.write(note).await?;
            Ok(Working::Nothing)
        }
    }
}

/// Looks at all rows, from the beginning: what was seen before is not kept.
async fn check(app: &App, row: Row) -> Result<bool, Error> {
    let now = app.edge.now();
    let begun = holding(app, &row, move |conn, row: Row| {
        store::clear_wrong(conn, &row.id, None)?;
        Ok(Row { faulty: 0, replacing: 0, chunk: 0, started_at: Some(now), trouble: None, ..row })
    });
    let Some(mut row) = begun.await? else { return Ok(false) };
    let mut seen = Seen::default();
    for n in 0..row.chunks {
        let (this, of) = (app.clone(), row.clone());
        let (looked, after) = app
            .db
            .read(move |conn| {
                let looked = look(conn, &this, &of, n, &mut seen)?;
                Ok((looked, seen))
            })
            .await?;
        seen = after;
        let noted = holding(app, &row, move |conn, row: Row| {
            let mut bulk = Bulk::default();
            looked.wrong.iter().cloned().for_each(|wrong| bulk.add(wrong));
            bulk.write(conn)?;
            Ok(Row { faulty: row.faulty + looked.faulty, replacing: row.replacing + looked.replacing, chunk: n + 1, ..row })
        });
        let Some(after) = noted.await? else { return Ok(false) };
        row = after;
    }
    let now = app.edge.now();
    let validated = move |_: &mut Conn, row: Row| {
        Ok(Row { state: "validated".to_owned(), validated_at: Some(now), lease: String::new(), leased_until: 0, ..row })
    };
    Ok(holding(app, &row, validated).await?.is_some())
}

/// Issues what is left. While one chunk is written the next one is read.
async fn issue_all(app: &App, row: Row) -> Result<bool, Error> {
    let now = app.edge.now();
    let begun = move |_: &mut Conn, row: Row| Ok(Row { started_at: Some(row.started_at.unwrap_or(now)), trouble: None, ..row });
    let Some(mut row) = holding(app, &row, begun).await? else { return Ok(false) };
    let read = |n: i64, row: &Row| {
        let (this, of) = (app.clone(), row.clone());
        app.db.read(move |conn| prepare(conn, &this, &of, n))
    };
    let mut next = if row.chunk < row.chunks { read(row.chunk, &row).await? } else { None };
    while row.chunk < row.chunks {
        let (n, this, prepared, before) = (row.chunk, app.clone(), next.take(), row.issued);
        let written = holding(app, &row, move |conn, row: Row| issue(conn, &this, row, n, &prepared));
        let ahead = async { if n + 1 < row.chunks { read(n + 1, &row).await } else { Ok(None) } };
        let (written, ahead) = tokio::join!(written, ahead);
        let Some(after) = written? else { return Ok(false) };
        app.metrics.issued.inc_by(u64::try_from(after.issued - before).unwrap_or_default());
        (row, next) = (after, ahead?);
    }
    let (this, now) = (app.clone(), app.edge.now());
    let ended = holding(app, &row, move |conn, row: Row| {
        let row = Row { state: "done".to_owned(), finished_at: Some(now), lease: String::new(), leased_until: 0, ..row };
        let by = row.approved_by.clone().unwrap_or_default();
        say(conn, &this, &row, Said { event: "done", by: &by, reason: None })?;
        let state = if row.failed > 0 || row.faulty > 0 { "done_with_errors" } else { "done" };
        let done = Event::BatchDone { batch: &row.id, provider: &row.provider_id, state, rows: row.total, issued: row.issued };
        webhooks::tell(conn, &this.edge, &done)?;
        Ok(row)
    });
    Ok(ended.await?.is_some())
}

/// Takes away uploads that were never finished, and rows that were kept long enough: how many batches.
///
/// # Errors
/// A fault.
pub async fn purge(app: &App) -> Result<usize, Error> {
    let now = app.edge.now();
    let work = move |conn: &mut Conn| {
        let (abandoned, ended) = (store::abandoned(conn, now - ABANDONED)?, store::ended(conn, now - KEPT)?);
        for id in &abandoned {
            store::forget(conn, id)?;
        }
        for id in &ended {
            store::drop_chunks(conn, id)?;
        }
        Ok(abandoned.len() + ended.len())
    };
    app.db.write(work).await
}
