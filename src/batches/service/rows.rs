//! Rows as they are kept: sealed in chunks; and as orders for certificates.

use super::super::sheet::{Entry, Header, Raw, Wrong};
use super::super::store::{Chunk, Row, Wrong as WrongRow};
use crate::app::App;
use crate::certificates::{Actor, Draft, Order, Origin};
use crate::error::Fault;

/// Most things that are told of one row.
const TOLD: usize = 20;

/// What a chunk is sealed as, so that none stands for another.
fn what(batch: &str, n: i64) -> String {
    format!("rows {n} of {batch}")
}

/// Seals rows into a chunk; there is at least one.
pub(super) fn seal(app: &App, batch: &str, n: i64, rows: &[Raw]) -> Result<Chunk, Fault> {
    let json = zeroize::Zeroizing::new(serde_json::to_vec(rows).map_err(Fault::new)?);
    let line = |row: Option<&Raw>| row.map(|row| i64::from(row.line)).unwrap_or_default();
    Ok(Chunk {
        batch_id: batch.to_owned(),
        n,
        lines: i64::try_from(rows.len()).map_err(Fault::new)?,
        first: line(rows.first()),
        last: line(rows.last()),
        sealed: app.keys.data().seal(&app.edge, &what(batch, n), &json)?,
    })
}

/// The rows of a chunk.
pub(super) fn open(app: &App, chunk: &Chunk) -> Result<Vec<Raw>, Fault> {
    let json = app.keys.data().open(&what(&chunk.batch_id, chunk.n), &chunk.sealed)?;
    serde_json::from_slice(&json).map_err(Fault::new)
}

/// What the columns of a batch are.
pub(super) fn header(row: &Row) -> Result<Header, Fault> {
    serde_json::from_str(&row.header).map_err(Fault::new)
}

/// A row as an order, or all that is wrong with it.
pub(super) fn order(row: &Row, header: &Header, raw: &Raw) -> Result<Order, Vec<Wrong>> {
    let Entry { input, replaces } = header.read(raw)?;
    if input.provider.as_deref().is_some_and(|provider| provider != row.provider_id) {
        return Err(vec![header.wrong(raw, &super::BatchRefusal::OtherProvider.at("provider"))]);
    }
    let draft = Draft::parse(&input, "").map_err(|refusal| vec![header.wrong(raw, &refusal)])?;
    let origin = Origin { batch: row.id.clone(), line: i64::from(raw.line), replaces };
    Ok(Order { actor: Actor { client: row.created_by.clone(), provider: row.provider_id.clone(), seen: None }, draft, origin: Some(origin) })
}

/// What is wrong with a row, as it is kept.
pub(super) fn wrong(batch: &str, phase: &str, line: u32, found: Vec<Wrong>) -> impl Iterator<Item = WrongRow> {
    found.into_iter().take(TOLD).zip(1..).map(move |(wrong, n)| WrongRow {
        batch_id: batch.to_owned(),
        line: i64::from(line),
        n,
        phase: phase.to_owned(),
        heading: wrong.column,
        field: wrong.field,
        code: wrong.reason.code.to_owned(),
        got: wrong.got,
    })
}
