//! The trust bundle: the region's facts as signed files that verifiers carry away. Format: docs/formats/bundle.md; why it is published
//! as it is: docs/decisions/bundle-publication.md.
//!
//! [`facts`] reads one state of the database, [`parts`] writes it down, [`publish`] signs and stores it, [`current`] keeps the last manifest
//! in memory and knows when the next is due, [`bodies`] and [`delta`] make what is sent.

mod bodies;
mod current;
mod delta;
mod facts;
mod others;
mod parts;
mod publish;
mod store;

pub use bodies::{Body, Wanted};
pub use current::{Current, Publisher};

use crate::app::App;
use crate::error::Error;

/// Seconds after which a superseded part is forgotten: longer than any verifier takes to fetch what a manifest named.
const PART_LIFE: i64 = 2 * 86_400;

/// Forgets parts that were superseded long ago. Returns how many.
///
/// # Errors
/// A fault of the database.
pub async fn purge(app: &App) -> Result<usize, Error> {
    let before = app.edge.now() - PART_LIFE;
    app.db.write(move |conn| store::purge(conn, before)).await
}
