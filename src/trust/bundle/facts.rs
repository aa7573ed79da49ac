//! The facts that a bundle says, read inside one transaction that sees one state of the database.

use std::collections::HashMap;
use std::sync::Arc;

use verifier::base64url;
use verifier::bundle::{Entry, KeyRow, RevokedRow};
use verifier::status::Status;
use verifier::time::Instant;
use verifier::verdict::Provider;

use super::{others, store as own};
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::{Error, Fault};
use crate::regions::Region;
use crate::trust::{snapshot, store};
use crate::{agreements, keys, providers};

/// Everything that the parts are made from.
pub(super) struct Facts {
    trust: i64,
    pub rows: Arc<Rows>,
    pub lists: Vec<List>,
    /// The files of the agreements that are published.
    pub agreements: Vec<String>,
}

/// Keys and providers.
pub(super) struct Rows {
    pub keys: Vec<KeyRow>,
    pub providers: Vec<Provider>,
    pub revoked: Vec<RevokedRow>,
}

/// One status list.
pub(super) struct List {
    pub id: u32,
    /// Civil year of issue; 0 of a list from before lists had one.
    pub year: u16,
    pub issued: u32,
    version: i64,
    /// Everything in it that is not simply in force.
    pub entries: Arc<[Entry]>,
}

/// Counters of everything that a manifest says: while they are the same, so are the facts.
pub(super) fn basis(conn: &mut Conn, region: &Region, url: &str) -> Result<String, Error> {
    let revisions = db::revisions(conn, ["trust", "status", "agreements"])?;
    let counters = revisions.into_iter().chain([own::issued(conn)?, others::pins(conn)?, region.epoch]);
    let counters: Vec<String> = counters.map(|n| n.to_string()).collect();
    Ok(format!("{} {url}", counters.join("/")))
}

impl Facts {
    /// Reads what changed since `held`, and keeps the rest.
    pub(super) fn read(conn: &mut Conn, app: &App, held: Option<&Facts>) -> Result<Facts, Error> {
        let trust = db::revision(conn, "trust")?;
        let rows = match held.filter(|held| held.trust == trust) {
            Some(held) => held.rows.clone(),
            None => Arc::new(Rows::read(conn)?),
        };
        let known: HashMap<u32, &List> = held.iter().flat_map(|held| &held.lists).map(|list| (list.id, list)).collect();
        let lists = store::lists(conn)?.iter().map(|row| List::read(conn, row, &known)).collect::<Result<_, _>>()?;
        Ok(Facts { trust, rows, lists, agreements: agreements::published(conn, app)? })
    }
}

impl Rows {
    fn read(conn: &mut Conn) -> Result<Rows, Error> {
        let (mut codes, mut known) = (HashMap::new(), Vec::new());
        for (row, timeline) in providers::store::all(conn)? {
            let provider = row.provider(timeline)?;
            codes.insert(row.id, provider.code.clone());
            known.push(provider);
        }
        let (mut issuers, mut revoked) = (Vec::new(), Vec::new());
        for row in keys::all(conn)? {
            let Some(provider) = row.provider_id.as_ref().and_then(|id| codes.get(id)).cloned() else { continue };
            let revocation = snapshot::revocation(&row)?;
            revoked.extend(revocation.map(|revocation| RevokedRow { kid: row.kid.clone(), at: revocation.at, reason: revocation.reason }));
            issuers.push(KeyRow { x: base64url::encode(&row.public), provider, from: Instant(row.from_at), until: Instant(row.until_at) });
        }
        Ok(Rows { keys: issuers, providers: known, revoked })
    }
}

impl List {
    fn read(conn: &mut Conn, row: &store::ListRow, known: &HashMap<u32, &List>) -> Result<List, Error> {
        let id = u32::try_from(row.id).map_err(Fault::new)?;
        let (year, issued) = (u16::try_from(row.year).map_err(Fault::new)?, u32::try_from(row.next_index).map_err(Fault::new)?);
        let entries = match known.get(&id).filter(|list| list.version == row.version) {
            Some(list) => list.entries.clone(),
            None => store::exceptions(conn, row)?.into_iter().map(|found| entry(id, found)).collect::<Result<_, _>>()?,
        };
        Ok(List { id, year, issued, version: row.version, entries })
    }
}

fn entry(list: u32, (index, status, successor): (i64, String, Option<String>)) -> Result<Entry, Fault> {
    let status = match status.as_str() {
        "suspended" => Status::Suspended,
        "replaced" => Status::Replaced,
        _ => Status::Revoked,
    };
    Ok(Entry { list, index: u32::try_from(index).map_err(Fault::new)?, status, successor })
}
