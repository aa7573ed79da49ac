//! The facts in memory: keys, providers' timelines and status lists, as of an instant.
//!
//! A snapshot is taken again when this process has changed anything of it, and once a second in any case, because another server may have. Both
//! cost one small query unless something relevant changed. When the database cannot be reached, the last snapshot goes on answering and
//! grows old: the verifier's own rules of age then say so.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use verifier::card::{Card, StatusRef};
use verifier::documents::Receipt;
use verifier::ids::{CreditCode, RegionCode};
use verifier::jws::{PublicKey, ShortKid};
use verifier::status::{Status, StatusArray};
use verifier::time::Instant;
use verifier::verdict::{Facts, IssuerKey, KeyRevocation, KeyRevocationReason, Provider, ReceiptFacts, Region, StatusFact};

use super::bundle::Publisher;
use super::store;
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::{Error, Fault};
use crate::{keys, providers, regions};

/// Milliseconds after which another server's changes are looked for.
const LOOK_AGAIN: i64 = 1000;
/// How long an answer waits for facts to be renewed. A database that is away takes longer to say so.
const PATIENCE: Duration = Duration::from_secs(5);
/// Seconds for which an online answer counts as fresh.
const FRESH: i64 = 60;
/// Seconds after which a snapshot says nothing any more.
const EXPIRES: i64 = 86_400;

/// Keys and providers.
pub struct Catalogue {
    revision: i64,
    keys: HashMap<ShortKid, IssuerKey>,
    providers: HashMap<CreditCode, Provider>,
}

/// One status list.
pub struct List {
    /// Id of the provider whose certificates are in it; none where it is of the region's own receipts.
    pub provider_id: Option<String>,
    /// Every state that is not "in force"; shorter than the list when the last ones are all in force.
    pub array: StatusArray,
    /// Rises with every change of state in it.
    pub version: i64,
    /// Unix seconds of the last change.
    pub changed_at: i64,
    successors: HashMap<u32, String>,
    /// Indices below this were given out. Rises between snapshots, when a newer card is met.
    issued: AtomicU32,
}

impl List {
    /// How many indices were given out.
    pub fn issued(&self) -> u32 {
        self.issued.load(Ordering::Relaxed)
    }
}

/// All facts, as of an instant.
#[derive(Clone)]
pub struct Snapshot {
    /// Unix milliseconds at which the database was last asked.
    as_of_ms: i64,
    changes: u64,
    status_revision: i64,
    catalogue: Arc<Catalogue>,
    lists: Arc<HashMap<u32, Arc<List>>>,
}

/// The current snapshot, and who may take the next.
pub struct Trust {
    region: Region,
    current: RwLock<Arc<Snapshot>>,
    taking: Arc<tokio::sync::Mutex<()>>,
    /// Unix milliseconds at which the database last did not answer.
    failed_ms: AtomicI64,
    /// The same facts as signed files.
    pub bundle: Publisher,
}

impl Trust {
    /// Takes the first snapshot.
    ///
    /// # Errors
    /// A fault of the database, or of a row that cannot be read.
    pub fn open(region: &regions::Region, db: &db::Db, now_ms: i64) -> Result<Trust, Error> {
        let region = Region { code: region.code.clone(), name_zh: region.name_zh.clone(), name_en: region.name_en.clone(), zone: region.zone };
        let changes = db.changes();
        let first = db.read_now(|conn| Snapshot::take(conn, None, &region.code, now_ms, changes))?;
        Ok(Trust {
            region,
            current: RwLock::new(Arc::new(first)),
            taking: Arc::default(),
            failed_ms: AtomicI64::new(0),
            bundle: Publisher::default(),
        })
    }

    /// The current facts, asked for again where that is due. Never fails: facts that cannot be renewed grow old.
    pub async fn current(&self, app: &App) -> Arc<Snapshot> {
        if self.is_due(app) {
            let late = || Fault::unavailable("the database does not answer in time").into();
            let renewed = tokio::time::timeout(PATIENCE, self.renew(app)).await.unwrap_or_else(|_| Err(late()));
            // Of all who waited the first says so.
            if let Err(fault) = renewed
                && self.is_due(app)
            {
                self.failed_ms.store(app.edge.now_ms(), Ordering::Relaxed);
                tracing::warn!(%fault, "the facts could not be renewed; answering from the last ones");
            }
        }
        self.held()
    }

    /// Takes the next snapshot, one at a time. It is read to its end though whoever asked loses patience, and counts from then on.
    async fn renew(&self, app: &App) -> Result<(), Error> {
        let taking = self.taking.clone().lock_owned().await;
        // Somebody else may have taken one while this waited.
        if !self.is_due(app) {
            return Ok(());
        }
        let app = app.clone();
        let taken = tokio::spawn(async move {
            let _taking = taking;
            app.trust.take(&app, app.trust.held()).await
        });
        taken.await.map_err(Fault::new)?
    }

    /// Whether the database is to be asked: not again right after it did not answer, or everybody who asks would wait for it in turn.
    fn is_due(&self, app: &App) -> bool {
        self.held().is_due(app) && (app.edge.now_ms() - self.failed_ms.load(Ordering::Relaxed)).abs() >= LOOK_AGAIN
    }

    /// The facts about one card as the last snapshot has them, without asking the database again: for one judgement right after [`Trust::open`].
    pub fn held_facts<'a>(&'a self, snapshot: &'a Snapshot, card: &Card) -> Facts<'a> {
        snapshot.facts(&self.region, card)
    }

    /// The last snapshot, however old.
    pub fn held(&self) -> Arc<Snapshot> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn take(&self, app: &App, held: Arc<Snapshot>) -> Result<(), Error> {
        // Read before the database is: what is committed later makes the next snapshot due.
        let (now_ms, changes, region) = (app.edge.now_ms(), app.db.changes(), self.region.code.clone());
        let next = app.db.read(move |conn| Snapshot::take(conn, Some(&held), &region, now_ms, changes)).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    /// The facts about one card. An index that seems too high is looked up, because certificates are issued all the time.
    ///
    /// # Errors
    /// None: what is not known is said in the facts.
    pub async fn facts<'a>(&'a self, app: &App, snapshot: &'a Snapshot, card: &Card) -> Facts<'a> {
        self.raise(app, snapshot, card.claims().sts).await;
        snapshot.facts(&self.region, card)
    }

    /// The facts about a receipt of this region, signed by `key`, without the agreement.
    pub async fn receipt_facts<'a>(&'a self, app: &App, snapshot: &'a Snapshot, receipt: &Receipt, key: PublicKey) -> ReceiptFacts<'a> {
        self.raise(app, snapshot, receipt.status.into()).await;
        self.held_receipt_facts(snapshot, receipt, key)
    }

    /// The same as the last snapshot has them.
    pub fn held_receipt_facts<'a>(&'a self, snapshot: &'a Snapshot, receipt: &Receipt, key: PublicKey) -> ReceiptFacts<'a> {
        let as_of = snapshot.as_of();
        ReceiptFacts {
            as_of: Instant(as_of),
            fresh_until: Instant(as_of + FRESH),
            expires: Instant(as_of + EXPIRES),
            region: Some(&self.region),
            key: Some(key),
            accord: None,
            status: snapshot.status(receipt.status.into()),
        }
    }

    async fn raise(&self, app: &App, snapshot: &Snapshot, place: StatusRef) {
        if !snapshot.is_beyond(place) {
            return;
        }
        let found = app.db.read(move |conn| store::issued(conn, i64::from(place.list))).await;
        if let (Ok(Some(issued)), Some(list)) = (found, snapshot.lists.get(&place.list)) {
            list.issued.fetch_max(u32::try_from(issued).unwrap_or(0), Ordering::Relaxed);
        }
    }
}

impl Snapshot {
    /// Unix seconds at which the database was last asked.
    pub fn as_of(&self) -> i64 {
        self.as_of_ms / 1000
    }

    /// One status list.
    pub fn list(&self, id: u32) -> Option<&Arc<List>> {
        self.lists.get(&id)
    }

    fn is_due(&self, app: &App) -> bool {
        self.changes != app.db.changes() || app.edge.now_ms() - self.as_of_ms >= LOOK_AGAIN
    }

    fn is_beyond(&self, place: StatusRef) -> bool {
        self.lists.get(&place.list).is_none_or(|list| place.index >= list.issued())
    }

    /// Asks the database what changed since `held`, and keeps the rest.
    fn take(conn: &mut Conn, held: Option<&Snapshot>, region: &RegionCode, now_ms: i64, changes: u64) -> Result<Snapshot, Error> {
        // The revisions are read first: what changes in between is read twice, never missed.
        let [trust, status_revision] = db::revisions(conn, ["trust", "status"])?;
        let catalogue = match held.filter(|h| h.catalogue.revision == trust) {
            Some(held) => held.catalogue.clone(),
            None => Arc::new(Catalogue::load(conn, region, trust)?),
        };
        let same = held.filter(|h| h.status_revision == status_revision && h.catalogue.revision == trust);
        let lists = match same {
            Some(held) => held.lists.clone(),
            None => Arc::new(load_lists(conn, held)?),
        };
        Ok(Snapshot { as_of_ms: now_ms, changes, status_revision, catalogue, lists })
    }

    fn facts<'a>(&'a self, region: &'a Region, card: &Card) -> Facts<'a> {
        let claims = card.claims();
        let as_of = self.as_of();
        Facts {
            as_of: Instant(as_of),
            fresh_until: Instant(as_of + FRESH),
            expires: Instant(as_of + EXPIRES),
            region: Some(region).filter(|r| r.code == claims.iss),
            key: self.catalogue.keys.get(&card.kid()),
            provider: self.catalogue.providers.get(&claims.prv),
            status: self.status(claims.sts),
            missing_part: None,
        }
    }

    fn status(&self, place: StatusRef) -> StatusFact {
        let StatusRef { list, index } = place;
        match self.lists.get(&list) {
            None => StatusFact::Missing(format!("status/{list}")),
            Some(found) if index >= found.issued() => StatusFact::Beyond,
            Some(found) => {
                let status = found.array.get(index).unwrap_or(Status::Valid);
                StatusFact::Known(status, found.successors.get(&index).cloned())
            }
        }
    }
}

impl Catalogue {
    fn load(conn: &mut Conn, region: &RegionCode, revision: i64) -> Result<Catalogue, Error> {
        let mut codes = HashMap::new();
        let mut known = HashMap::new();
        for (row, timeline) in providers::store::all(conn)? {
            let provider = row.provider(timeline)?;
            codes.insert(row.id, provider.code.clone());
            known.insert(provider.code.clone(), provider);
        }
        let mut issuer_keys = HashMap::new();
        for row in keys::all(conn)? {
            let Some(provider) = row.provider_id.as_ref().and_then(|id| codes.get(id)) else { continue };
            let public = row.public_key()?;
            let revoked = revocation(&row)?;
            let key = IssuerKey {
                public,
                region: region.clone(),
                provider: provider.clone(),
                from: Instant(row.from_at),
                until: Instant(row.until_at),
                revoked,
            };
            issuer_keys.insert(public.short(), key);
        }
        Ok(Catalogue { revision, keys: issuer_keys, providers: known })
    }
}

/// The revocation of a key, if it is revoked.
pub(super) fn revocation(row: &keys::Row) -> Result<Option<KeyRevocation>, Fault> {
    let (Some(at), Some(reason)) = (row.revoked_at, row.revoke_reason.as_deref()) else { return Ok(None) };
    let reason: KeyRevocationReason = serde_json::from_value(reason.into()).map_err(|_| Fault::text(format!("stored reason of key {}", row.kid)))?;
    Ok(Some(KeyRevocation { at: Instant(at), reason }))
}

/// Lists whose version is the same are kept; the others are read again.
fn load_lists(conn: &mut Conn, held: Option<&Snapshot>) -> Result<HashMap<u32, Arc<List>>, Error> {
    let mut lists = HashMap::new();
    for row in store::lists(conn)? {
        let id = u32::try_from(row.id).map_err(Fault::new)?;
        let issued = u32::try_from(row.next_index).map_err(Fault::new)?;
        let same = held.and_then(|h| h.lists.get(&id)).filter(|list| list.version == row.version);
        let list = match same {
            Some(list) => {
                list.issued.fetch_max(issued, Ordering::Relaxed);
                list.clone()
            }
            None => Arc::new(load_list(conn, &row, issued)?),
        };
        lists.insert(id, list);
    }
    Ok(lists)
}

fn load_list(conn: &mut Conn, row: &store::ListRow, issued: u32) -> Result<List, Error> {
    let mut array = StatusArray::with_len(issued).map_err(Fault::new)?;
    let mut successors = HashMap::new();
    for (index, status, successor) in store::exceptions(conn, row)? {
        let index = u32::try_from(index).map_err(Fault::new)?;
        let status = match status.as_str() {
            "suspended" => Status::Suspended,
            "replaced" => Status::Replaced,
            _ => Status::Revoked,
        };
        // A row that came in after the list's own was read.
        if index >= array.len() {
            array.grow(index + 1).map_err(Fault::new)?;
        }
        array.set(index, status).map_err(Fault::new)?;
        successors.extend(successor.map(|number| (index, number)));
    }
    let issued = AtomicU32::new(issued.max(array.len()));
    Ok(List { provider_id: row.provider_id.clone(), array, version: row.version, changed_at: row.changed_at, successors, issued })
}
