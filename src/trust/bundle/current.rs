//! The last manifest in memory, and who may look for or publish the next.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use verifier::bundle::{Contents, Hash, Manifest, PartRef};
use verifier::jws::PublicKey;
use verifier::status::gunzip;

use super::bodies::Bodies;
use super::facts::{self, Facts};
use super::publish::{self, Made, Plan};
use super::store::Row;
use super::{others, store};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};

/// Milliseconds after which another server's manifest is looked for.
const LOOK_AGAIN: i64 = 1000;
/// Seconds after which facts that did not change are signed anew, so that they count as fresh.
const RENEW: i64 = 3600;
/// How often a manifest is made again because another server was faster.
const TRIES: usize = 8;
/// Most bytes of a stored part.
const PART_MAX: usize = verifier::bundle::PART_MAX_BYTES;

/// The manifest that is served, with everything that it names.
pub struct Current {
    pub(super) manifest: Manifest,
    /// Own manifest and parts, and the partners'.
    pub(super) contents: Contents,
    others_revision: i64,
    pub(super) bodies: Bodies,
}

/// Publishes, and keeps what was published last.
#[derive(Default)]
pub struct Publisher {
    held: RwLock<Option<(i64, Arc<Current>)>>,
    facts: RwLock<Option<Arc<Facts>>>,
    looking: tokio::sync::Mutex<()>,
}

/// What the database holds.
enum Seen {
    /// What is in memory; or another manifest, or other partners' bundles.
    Current(Arc<Current>),
    /// A manifest is due.
    Due(Box<Plan>, Contents, i64),
}

/// What is asked of the database.
#[derive(Clone)]
struct Question {
    app: App,
    held: Option<Arc<Current>>,
    facts: Option<Arc<Facts>>,
    /// Unix seconds, before the database is read: what was committed by then is in the answer.
    now: i64,
    renew: bool,
}

impl Publisher {
    /// The current manifest; published now where that is due. While the database cannot be reached it is the last one.
    ///
    /// # Errors
    /// A fault when there is none yet and none can be made.
    pub async fn current(&self, app: &App) -> Result<Arc<Current>, Error> {
        self.get(app, false).await
    }

    /// The same, but facts that did not change are signed anew too.
    ///
    /// # Errors
    /// As [`Publisher::current`].
    pub async fn renewed(&self, app: &App) -> Result<Arc<Current>, Error> {
        self.get(app, true).await
    }

    async fn get(&self, app: &App, renew: bool) -> Result<Arc<Current>, Error> {
        if let Some(current) = self.fresh(app).filter(|_| !renew) {
            return Ok(current);
        }
        let held = || self.held.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, current)| current.clone());
        let _looking = match (self.looking.try_lock(), held()) {
            (Ok(looking), _) => looking,
            // Somebody else is looking, which takes long when the database is away: what is held is good enough meanwhile.
            (Err(_), Some(current)) if !renew => return Ok(current),
            (Err(_), _) => self.looking.lock().await,
        };
        // Somebody else may have looked while this waited.
        if let Some(current) = self.fresh(app).filter(|_| !renew) {
            return Ok(current);
        }
        let (asked_at, held) = (app.edge.now_ms(), held());
        let (at, current) = match (self.look(app, held.clone(), renew).await, held) {
            (Ok(current), _) => (asked_at, current),
            // Dated now: to find out that the database is away took seconds, and the next caller need not do it again.
            (Err(fault), Some(held)) => {
                tracing::warn!(%fault, "no manifest could be looked for or published; the last one is served");
                (app.edge.now_ms(), held)
            }
            (Err(fault), None) => return Err(fault),
        };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some((at, current.clone()));
        Ok(current)
    }

    /// What is held, if the database was asked a moment ago.
    fn fresh(&self, app: &App) -> Option<Arc<Current>> {
        let patience = LOOK_AGAIN.min(i64::from(app.config.number("publish_seconds")) * 1000);
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(asked_at, _)| (app.edge.now_ms() - asked_at).abs() < patience).map(|(_, current)| current.clone())
    }

    async fn look(&self, app: &App, held: Option<Arc<Current>>, renew: bool) -> Result<Arc<Current>, Error> {
        for _ in 0..TRIES {
            let facts = self.facts.read().unwrap_or_else(PoisonError::into_inner).clone();
            let question = Question { app: app.clone(), held: held.clone(), facts, now: app.edge.now(), renew };
            let (plan, others, revision) = match app.db.read_one_state(move |conn| question.ask(conn)).await? {
                Seen::Current(current) => return Ok(current),
                Seen::Due(plan, others, revision) => (plan, others, revision),
            };
            *self.facts.write().unwrap_or_else(PoisonError::into_inner) = Some(plan.facts.clone());
            let this = app.clone();
            let made = tokio::task::spawn_blocking(move || publish::make(&this, &plan).map(Arc::new)).await.map_err(Fault::new)??;
            let (stored, edge) = (made.clone(), app.edge.clone());
            if app.db.write(move |conn| publish::store(conn, &edge, &stored)).await? {
                return Ok(Arc::new(Current::of(&made, others, revision)));
            }
        }
        Err(Fault::unavailable("other servers publish all the time; try again").into())
    }
}

impl Question {
    fn ask(&self, conn: &mut Conn) -> Result<Seen, Error> {
        let (app, key) = (&self.app, *self.app.keys.region_signer().public());
        let basis = facts::basis(conn, &app.region, &app.config.public_url())?;
        let revision = others::revision(conn)?;
        let last = store::last(conn)?;
        match last {
            Some(row) if !self.is_due(&row, &basis) => match &self.held {
                Some(held) if held.manifest.seq.cast_signed() == row.seq && held.others_revision == revision => Ok(Seen::Current(held.clone())),
                held => Ok(Seen::Current(Arc::new(Current::load(conn, &row, &key, held.as_deref(), revision)?))),
            },
            last => {
                let manifest = last.as_ref().map(|row| opened(row, &key)).transpose()?;
                let stored = manifest.iter().flat_map(|manifest| &manifest.parts).map(|part| part.sha256).collect();
                let (facts, peers) = (Arc::new(Facts::read(conn, app, self.facts.as_deref())?), others::peers(conn)?);
                let others = others::bundles(conn)?;
                Ok(Seen::Due(Box::new(Plan { now: self.now, facts, peers, basis, last, stored }), others, revision))
            }
        }
    }

    fn is_due(&self, last: &Row, basis: &str) -> bool {
        // A clock that was set back is no reason to wait for as long.
        let age = (self.now - last.iat).abs();
        age >= i64::from(self.app.config.number("publish_seconds")) && (self.renew || age >= RENEW || last.basis != basis)
    }
}

impl Current {
    fn of(made: &Made, others: Contents, others_revision: i64) -> Current {
        Current::new(made.manifest.clone(), made.row.jws.clone(), made.texts.clone(), others, others_revision)
    }

    fn new(manifest: Manifest, jws: String, parts: BTreeMap<Hash, Arc<str>>, others: Contents, others_revision: i64) -> Current {
        let mut contents = others::vouched(&manifest, others);
        contents.manifests.insert(manifest.region.clone(), jws);
        contents.parts.extend(parts);
        Current { manifest, contents, others_revision, bodies: Bodies::default() }
    }

    /// Reads a stored manifest and those of its parts that `held` does not have.
    fn load(conn: &mut Conn, row: &Row, key: &PublicKey, held: Option<&Current>, revision: i64) -> Result<Current, Error> {
        let manifest = opened(row, key)?;
        let known = |part: &PartRef| held.and_then(|held| held.contents.parts.get(&part.sha256)).map(|text| (part.sha256, text.clone()));
        let mut parts: BTreeMap<Hash, Arc<str>> = manifest.parts.iter().filter_map(known).collect();
        let wanted: Vec<String> =
            manifest.parts.iter().filter(|part| !parts.contains_key(&part.sha256)).map(|part| part.sha256.to_string()).collect();
        for (sha256, gzip) in store::parts(conn, &wanted)? {
            let damaged = || Fault::text(format!("stored part {sha256}"));
            let text = gunzip(&gzip, PART_MAX).ok().and_then(|text| String::from_utf8(text).ok()).ok_or_else(damaged)?;
            parts.insert(Hash::of(text.as_bytes()), Arc::from(text));
        }
        if let Some(part) = manifest.parts.iter().find(|part| !parts.contains_key(&part.sha256)) {
            return Err(Fault::text(format!("part {} of manifest {} is not stored", part.name, manifest.seq)).into());
        }
        Ok(Current::new(manifest, row.jws.clone(), parts, others::bundles(conn)?, revision))
    }
}

/// A stored manifest, verified: nothing goes out that the region did not sign.
fn opened(row: &Row, key: &PublicKey) -> Result<Manifest, Fault> {
    Manifest::open(&row.jws, key).map_err(|error| Fault::text(format!("stored manifest {}: {error}", row.seq)))
}
