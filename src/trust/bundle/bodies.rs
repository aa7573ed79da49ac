//! What is sent: made once for each manifest, plain and gzipped, however many ask at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio::sync::OnceCell;
use verifier::bundle::{Contents, Hash};
use verifier::status::{gunzip, gzip};

use super::{Current, delta, store};
use crate::app::App;
use crate::error::{Error, Fault};
use crate::trust::TrustRefusal;

/// Most deltas that are kept for one manifest: verifiers come from a few, and of the other kinds there are not many.
const DELTAS_KEPT: usize = 256;

/// Something that may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// The whole file; of keys and status the parts of this many civil years, the current one being the last, or of all.
    File(Option<u16>),
    /// The manifests.
    Manifests,
    /// The text of a part.
    Part(Hash),
    /// From the manifest of this number to the current one.
    Delta(u64),
}

/// A body in both forms.
#[derive(Clone)]
pub struct Body {
    /// As it is.
    pub plain: Arc<[u8]>,
    /// Its gzip stream.
    pub gzip: Arc<[u8]>,
    /// Names it: 32 hex digits.
    pub tag: String,
}

impl Body {
    fn new(plain: Vec<u8>) -> Body {
        let gzip = gzip(&plain);
        Body::of(plain, gzip)
    }

    fn of(plain: Vec<u8>, gzip: Vec<u8>) -> Body {
        let tag = Hash::of(&plain).to_string().chars().take(32).collect();
        Body { plain: plain.into(), gzip: gzip.into(), tag }
    }
}

/// The bodies of one manifest that were asked for so far.
#[derive(Default)]
pub(super) struct Bodies(Mutex<HashMap<Wanted, Arc<OnceCell<Body>>>>);

impl Bodies {
    /// Where a body rests, or will: whoever comes while it is made waits for it.
    fn cell(&self, wanted: Wanted) -> Arc<OnceCell<Body>> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_delta = |wanted: &Wanted| matches!(wanted, Wanted::Delta(_));
        if is_delta(&wanted) && !cells.contains_key(&wanted) && cells.keys().filter(|wanted| is_delta(wanted)).count() >= DELTAS_KEPT {
            return Arc::default();
        }
        cells.entry(wanted).or_default().clone()
    }
}

impl Current {
    /// One body.
    ///
    /// # Errors
    /// `trust.no_part`, `trust.no_delta`, `trust.delta_too_old`, or a fault of the database where it has to be asked.
    pub async fn body(self: &Arc<Self>, app: &App, wanted: Wanted) -> Result<Body, Error> {
        if let Wanted::Part(hash) = wanted
            && !self.contents.parts.contains_key(&hash)
        {
            return superseded(app, hash).await;
        }
        let cell = self.bodies.cell(wanted);
        cell.get_or_try_init(|| self.make(app, wanted)).await.cloned()
    }

    async fn make(self: &Arc<Self>, app: &App, wanted: Wanted) -> Result<Body, Error> {
        let this = self.clone();
        let make: Box<dyn FnOnce() -> Result<Vec<u8>, Fault> + Send> = match wanted {
            Wanted::File(years) => Box::new(move || Ok(this.file(years).to_json())),
            Wanted::Manifests => Box::new(move || serde_json::to_vec(&json!({ "manifests": this.contents.manifests })).map_err(Fault::new)),
            Wanted::Part(hash) => Box::new(move || Ok(this.contents.parts.get(&hash).map(|text| text.as_bytes().to_vec()).unwrap_or_default())),
            Wanted::Delta(from) => {
                let delta = delta::make(app, self, from).await?;
                Box::new(move || Ok(delta.to_json()))
            }
        };
        // Deflating takes its time: not on an event loop.
        Ok(tokio::task::spawn_blocking(move || make().map(Body::new)).await.map_err(Fault::new)??)
    }

    /// Manifests and parts, without the parts of older years.
    fn file(&self, years: Option<u16>) -> Contents {
        let contents = self.contents.clone();
        let Some(years) = years else { return contents };
        let last = self.manifest.iat.day_in(self.manifest.zone).year();
        contents.since(u16::try_from(last - i32::from(years) + 1).unwrap_or(0))
    }
}

/// A part of an earlier manifest, for whoever is still fetching that one.
async fn superseded(app: &App, hash: Hash) -> Result<Body, Error> {
    let found = app.db.read(move |conn| store::parts(conn, &[hash.to_string()])).await?;
    let (_, gzip) = found.into_iter().next().ok_or_else(|| TrustRefusal::NoPart.at("sha256"))?;
    let unpack = move || gunzip(&gzip, verifier::bundle::PART_MAX_BYTES).map(|plain| Body::of(plain, gzip));
    Ok(tokio::task::spawn_blocking(unpack).await.map_err(Fault::new)?.map_err(Fault::new)?)
}
