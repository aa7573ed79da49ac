//! Manifests and parts as they are stored, and what happened since an instant.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::Conn;
use crate::db::schema::{
    bundle_manifests, bundle_parts, certificate_events, certificates, key_events, keys, provider_intervals, providers, receipt_lists,
    receipt_revocations, receipts, status_lists,
};
use crate::error::Error;
use crate::on_backend;

/// A manifest as it is stored.
#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = bundle_manifests, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub id: String,
    pub seq: i64,
    pub epoch: i64,
    pub iat: i64,
    pub basis: String,
    pub sha256: String,
    pub jws: String,
}

pub(super) fn last(conn: &mut Conn) -> Result<Option<Row>, Error> {
    Ok(bundle_manifests::table.order(bundle_manifests::seq.desc()).first(conn).optional()?)
}

pub(super) fn by_seq(conn: &mut Conn, seq: i64) -> Result<Option<Row>, Error> {
    Ok(bundle_manifests::table.filter(bundle_manifests::seq.eq(seq)).get_result(conn).optional()?)
}

/// False, and nothing changed, when another server has taken the number.
pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<bool, Error> {
    let insert = diesel::insert_into(bundle_manifests::table).values(row.clone());
    Ok(on_backend!(conn, c => insert.on_conflict_do_nothing().execute(c))? == 1)
}

/// Puts a part in, or takes back that it was superseded.
pub(super) fn put_part(conn: &mut Conn, sha256: &str, gzip: &[u8]) -> Result<(), Error> {
    let row = (bundle_parts::sha256.eq(sha256), bundle_parts::gzip.eq(gzip));
    let insert = diesel::insert_into(bundle_parts::table).values(row);
    let back = bundle_parts::superseded_at.eq(None::<i64>);
    on_backend!(conn, c => insert.on_conflict(bundle_parts::sha256).do_update().set(back).execute(c))?;
    Ok(())
}

/// Every part but `named` is superseded from `now` on, unless it was before.
pub(super) fn supersede(conn: &mut Conn, named: &[String], now: i64) -> Result<(), Error> {
    let rest = bundle_parts::table.filter(bundle_parts::superseded_at.is_null().and(bundle_parts::sha256.ne_all(named)));
    diesel::update(rest).set(bundle_parts::superseded_at.eq(now)).execute(conn)?;
    Ok(())
}

pub(super) fn purge(conn: &mut Conn, before: i64) -> Result<usize, Error> {
    Ok(diesel::delete(bundle_parts::table.filter(bundle_parts::superseded_at.lt(before))).execute(conn)?)
}

/// The gzip streams of parts by digest.
pub(super) fn parts(conn: &mut Conn, wanted: &[String]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    Ok(bundle_parts::table.filter(bundle_parts::sha256.eq_any(wanted)).select((bundle_parts::sha256, bundle_parts::gzip)).load(conn)?)
}

/// How many indices were handed out, in all lists.
pub(super) fn issued(conn: &mut Conn) -> Result<i64, Error> {
    const SUM: &str = "CAST(COALESCE(SUM(next_index), 0) AS BIGINT)";
    let certificates: i64 = status_lists::table.select(sql::<BigInt>(SUM)).first(conn)?;
    let receipts: i64 = receipt_lists::table.select(sql::<BigInt>(SUM)).first(conn)?;
    Ok(certificates + receipts)
}

/// Public halves of the issuer keys that were made at `since` or later.
pub(super) fn keys_since(conn: &mut Conn, since: i64) -> Result<Vec<Vec<u8>>, Error> {
    Ok(keys::table.filter(keys::created_at.ge(since).and(keys::provider_id.is_not_null())).select(keys::public).load(conn)?)
}

/// Names of the keys that were revoked at `since` or later.
pub(super) fn revoked_since(conn: &mut Conn, since: i64) -> Result<Vec<String>, Error> {
    let revoked = key_events::table.filter(key_events::kind.eq("revoked").and(key_events::at.ge(since)));
    Ok(revoked.select(key_events::kid).load(conn)?)
}

/// Credit codes of the providers whose timeline changed at `since` or later.
pub(super) fn providers_since(conn: &mut Conn, since: i64) -> Result<Vec<String>, Error> {
    let changed = provider_intervals::table.inner_join(providers::table).filter(provider_intervals::recorded_at.ge(since));
    Ok(changed.select(providers::credit_code).distinct().load(conn)?)
}

/// Lists in which certificates were issued, or receipts signed, at `since` or later.
pub(super) fn grown_since(conn: &mut Conn, since: i64) -> Result<Vec<i64>, Error> {
    let issued = certificates::table.filter(certificates::id.ge(id_from("cert", since)));
    // `+ 0`, because SQLite would walk the whole index of lists and places to have them distinct, where the range of ids is short.
    let mut lists: Vec<i64> = issued.select(certificates::status_list + 0).distinct().load(conn)?;
    let signed = receipts::table.filter(receipts::id.ge(id_from("rcp", since)));
    lists.extend(signed.select(receipts::status_list + 0).distinct().load::<i64>(conn)?);
    Ok(lists)
}

/// (list, index) of the certificates and receipts whose state changed at `since` or later.
pub(super) fn changed_since(conn: &mut Conn, since: i64) -> Result<Vec<(i64, i64)>, Error> {
    let events = certificate_events::table.inner_join(certificates::table);
    let changed = events.filter(certificate_events::id.ge(id_from("cev", since)));
    let mut places: Vec<(i64, i64)> = changed.select((certificates::status_list, certificates::status_index)).distinct().load(conn)?;
    let revoked = receipt_revocations::table.inner_join(receipts::table).filter(receipt_revocations::id.ge(id_from("rrv", since)));
    places.extend(revoked.select((receipts::status_list, receipts::status_index)).load::<(i64, i64)>(conn)?);
    Ok(places)
}

/// The lowest id of this prefix that is made at `since`, unix seconds: ids begin with their time, so the primary key finds them by it.
fn id_from(prefix: &str, since: i64) -> String {
    format!("{prefix}_{:012x}", since.max(0).saturating_mul(1000))
}
