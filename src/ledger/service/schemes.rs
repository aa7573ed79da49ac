//! Schemes: defined once, by a document that the region signed.

use std::collections::{BTreeMap, BTreeSet};

use verifier::bundle::Hash;
use verifier::documents::{Scheme, SchemeId};

use super::Act;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::evidence;
use crate::ledger::LedgerRefusal;
use crate::ledger::store::{self, SchemeRow};

/// `sha256:` and the digest of a document's bytes.
pub(super) fn digest(document: &str) -> String {
    format!("sha256:{}", Hash::of(document.as_bytes()))
}

/// Keeps a scheme with its evidence. The same document again changes nothing.
///
/// # Errors
/// `ledger.scheme`, `ledger.scheme_exists` where the id has other terms, or a fault.
pub fn define(conn: &mut Conn, act: &Act<'_>, document: &str) -> Result<Scheme, Error> {
    let scheme = Scheme::stored(document).map_err(|_| LedgerRefusal::Scheme.at("scheme"))?;
    match store::scheme(conn, scheme.id.as_str())? {
        Some(row) if row.document == document => return Ok(scheme),
        Some(_) => return Err(Refusal::from(LedgerRefusal::SchemeExists).at("id").got(scheme.id.to_string()).into()),
        None => {}
    }
    let row = SchemeRow { id: scheme.id.to_string(), document: document.to_owned(), defined_at: act.edge.now() };
    store::insert_scheme(conn, &row)?;
    evidence::record(conn, act.edge, evidence::Kind::Scheme, row.defined_at, &row.id, document.as_bytes())?;
    Ok(scheme)
}

/// The scheme with this id.
///
/// # Errors
/// A fault.
pub fn scheme(conn: &mut Conn, id: &str) -> Result<Option<Scheme>, Error> {
    if SchemeId::parse(id).is_err() {
        return Ok(None);
    }
    let row = store::scheme(conn, id)?;
    Ok(row.as_ref().map(stored).transpose()?)
}

/// The schemes with these ids, by id.
///
/// # Errors
/// A fault.
pub fn named(conn: &mut Conn, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Scheme>, Error> {
    let ids: Vec<&str> = ids.iter().copied().filter(|id| SchemeId::parse(id).is_ok()).collect();
    let rows = if ids.is_empty() { Vec::new() } else { store::schemes_named(conn, &ids)? };
    rows.into_iter().map(|row| Ok((row.id.clone(), stored(&row)?))).collect()
}

fn stored(row: &SchemeRow) -> Result<Scheme, Fault> {
    Scheme::stored(&row.document).map_err(|_| Fault::text(format!("{} in schemes is damaged", row.id)))
}

/// The row of a scheme that is there.
///
/// # Errors
/// `ledger.no_scheme`, or a fault.
pub fn scheme_row(conn: &mut Conn, id: &str) -> Result<SchemeRow, Error> {
    Ok(store::scheme(conn, id)?.ok_or_else(|| LedgerRefusal::NoScheme.at("scheme"))?)
}

/// Schemes after the id `after`, by id, at most `limit`, as they are stored.
///
/// # Errors
/// A fault.
pub fn schemes(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<SchemeRow>, Error> {
    store::schemes(conn, after, limit)
}
