//! The partners' bundles in memory, for verification: read again when another one was taken or a pin changed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Semaphore;
use ureq::tls::RootCerts;
use verifier::bundle::{Anchor, Bundle, Contents, Hash, PART_MAX_BYTES};
use verifier::ids::RegionCode;
use verifier::jws::PublicKey;
use verifier::status::gunzip;

use super::store::{self, Row};
use crate::app::App;
use crate::config::Config;
use crate::db::{self, Conn};
use crate::dial;
use crate::error::{Error, Fault};

/// Milliseconds after which another server's changes are looked for.
const LOOK_AGAIN: i64 = 1000;
/// How long an answer waits for bundles to be looked at. A database that is away takes longer to say so.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many partners one server asks at a time.
const ASKED_AT_ONCE: usize = 8;

/// The bundle of each partner of which one is held.
#[derive(Clone, Default)]
pub struct Bundles {
    revisions: Option<[i64; 2]>,
    by_region: BTreeMap<RegionCode, Arc<Bundle>>,
}

impl Bundles {
    /// Reads them from the database; those that are the same as in `before` are kept.
    ///
    /// # Errors
    /// A fault of the database. A bundle that cannot be read is logged and left out.
    pub fn load(conn: &mut Conn, before: &Bundles) -> Result<Bundles, Error> {
        // The revisions are read first: what changes in between is read twice, never missed.
        let revisions = Some(db::revisions(conn, ["partners", "partner_bundles"])?);
        if before.revisions == revisions {
            return Ok(before.clone());
        }
        let mut by_region = BTreeMap::new();
        for row in store::all(conn)?.into_iter().filter(|row| row.manifest.is_some()) {
            let anchor = row.anchor()?;
            let same = before.by_region.get(&anchor.region).filter(|bundle| row.is_held_in(bundle, &anchor));
            let bundle = match same {
                Some(bundle) => bundle.clone(),
                None => match Bundle::from_contents(contents_of(conn, &row, &anchor.region)?, &anchor) {
                    Ok(bundle) => Arc::new(bundle),
                    Err(error) => {
                        tracing::error!(region = row.region, code = error.code(), "the stored bundle of a partner cannot be read");
                        continue;
                    }
                },
            };
            by_region.insert(anchor.region, bundle);
        }
        Ok(Bundles { revisions, by_region })
    }

    /// The bundle of a partner, with the partner's own key as its anchor.
    pub fn of(&self, region: &RegionCode) -> Option<&Arc<Bundle>> {
        self.by_region.get(region)
    }
}

impl Row {
    /// The pinned region and key.
    pub(super) fn anchor(&self) -> Result<Anchor, Fault> {
        let damaged = |what: &str| Fault::text(format!("the stored {what} of partner {}", self.region));
        let region = RegionCode::parse(&self.region).map_err(|_| damaged("code"))?;
        Ok(Anchor { region, key: PublicKey::parse(&self.key).map_err(|_| damaged("key"))? })
    }

    fn is_held_in(&self, bundle: &Bundle, anchor: &Anchor) -> bool {
        bundle.anchor() == anchor && bundle.region(&anchor.region).is_some_and(|held| self.manifest.as_deref() == Some(held.jws()))
    }
}

/// The manifest and the parts of a partner, as they are stored.
pub(super) fn contents_of(conn: &mut Conn, row: &Row, region: &RegionCode) -> Result<Contents, Error> {
    let mut contents = Contents::default();
    let Some(manifest) = &row.manifest else { return Ok(contents) };
    contents.manifests.insert(region.clone(), manifest.clone());
    for (sha256, body) in store::parts(conn, &row.region)? {
        let text = gunzip(&body, PART_MAX_BYTES).ok().and_then(|text| String::from_utf8(text).ok());
        let (Some(hash), Some(text)) = (Hash::parse(&sha256), text) else {
            tracing::error!(region = row.region, sha256, "a stored part of a partner cannot be read");
            continue;
        };
        contents.parts.insert(hash, text.into());
    }
    Ok(contents)
}

/// What a server has of its partners.
pub struct Partners {
    current: RwLock<Arc<Current>>,
    reading: Arc<tokio::sync::Mutex<()>>,
    /// Unix milliseconds at which the database last did not answer.
    failed_ms: AtomicI64,
    pub(super) turns: Arc<Semaphore>,
    /// Who vouches for partners' servers.
    pub(super) authorities: RootCerts,
}

#[derive(Default)]
struct Current {
    bundles: Arc<Bundles>,
    /// Commits of this process, and unix milliseconds, when the database was last asked; none before the first time.
    asked: Option<(u64, i64)>,
}

impl Partners {
    /// Nothing yet, but the authorities of the setting `partner_ca`.
    ///
    /// # Errors
    /// A fault when that file cannot be read or holds no certificate.
    pub fn open(config: &Config) -> Result<Partners, Fault> {
        let authorities = dial::authorities(config, "partner_ca")?;
        let (current, reading, turns) = (RwLock::default(), Arc::default(), Arc::new(Semaphore::new(ASKED_AT_ONCE)));
        Ok(Partners { current, reading, failed_ms: AtomicI64::new(0), turns, authorities })
    }

    /// The current bundles. Never fails: when the database cannot be asked, the last ones go on answering and grow old by themselves.
    pub async fn current(&self, app: &App) -> Arc<Bundles> {
        if self.is_worth_asking(app) {
            let late = || Fault::unavailable("the database does not answer in time").into();
            let looked = tokio::time::timeout(PATIENCE, self.look(app)).await.unwrap_or_else(|_| Err(late()));
            // Of all who waited the first says so.
            if let Err(fault) = looked
                && self.is_worth_asking(app)
            {
                self.failed_ms.store(app.edge.now_ms(), Ordering::Relaxed);
                tracing::warn!(%fault, "the partners' bundles could not be looked at; answering from the last ones");
            }
        }
        self.last()
    }

    /// The last bundles, however old.
    pub fn last(&self) -> Arc<Bundles> {
        self.held().bundles.clone()
    }

    /// Reads them, one reader at a time. They are read to their end though whoever asked loses patience, and count from then on.
    async fn look(&self, app: &App) -> Result<(), Error> {
        let reading = self.reading.clone().lock_owned().await;
        // Somebody else may have read them, or found the database away, while this waited.
        if !self.is_worth_asking(app) {
            return Ok(());
        }
        let app = app.clone();
        let read = tokio::spawn(async move {
            let _reading = reading;
            app.partners.read(&app).await
        });
        read.await.map_err(Fault::new)?
    }

    /// The same for whom old ones will not do.
    pub(super) async fn renewed(&self, app: &App) -> Result<Arc<Bundles>, Error> {
        let _reading = self.reading.lock().await;
        if self.held().is_due(app) {
            self.read(app).await?;
        }
        Ok(self.last())
    }

    async fn read(&self, app: &App) -> Result<(), Error> {
        // Taken before the database is read: what is committed later makes the next look due.
        let asked = Some((app.db.changes(), app.edge.now_ms()));
        let before = self.last();
        let bundles = Arc::new(app.db.read(move |conn| Bundles::load(conn, &before)).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Current { bundles, asked });
        Ok(())
    }

    /// Whether the database is to be asked: not again right after it did not answer, or everybody who asks would wait for it in turn.
    fn is_worth_asking(&self, app: &App) -> bool {
        self.held().is_due(app) && (app.edge.now_ms() - self.failed_ms.load(Ordering::Relaxed)).abs() >= LOOK_AGAIN
    }

    fn held(&self) -> Arc<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Current {
    fn is_due(&self, app: &App) -> bool {
        self.asked.is_none_or(|(changes, at)| changes != app.db.changes() || app.edge.now_ms() - at >= LOOK_AGAIN)
    }
}
