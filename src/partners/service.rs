//! Use cases of partners: pinning, asking, unpinning; and what this region passes on of them.

use serde::Serialize;
use tokio::sync::oneshot;
use verifier::bundle::{Bundle, Contents, Hash, Manifest, PartName, Peer};
use verifier::ids::RegionCode;
use verifier::jws::{Fingerprint, PublicKey};
use verifier::status::gzip;

use super::ask::{self, Brought, Failed, Target};
use super::held::contents_of;
use super::state::State;
use super::store::{self, Event, Row};
use super::wire::{ALL_MS, Wire};
use super::{PartnerRefusal, rules};
use crate::app::App;
use crate::db::{self, Conn};
use crate::edge::Edge;
use crate::error::{Error, Fault, Refusal};
use crate::evidence;
use crate::messages::from_verifier;

/// Who asks partners when no person does.
const REGISTRY: &str = "registry";
/// Seconds after which a turn that was never given back is free again: longer than any look at a partner takes.
const TURN: i64 = ALL_MS / 1000 + 60;

/// What the evidence of an event commits to.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    at: i64,
    region: &'a str,
    key: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    /// SHA-256 of the manifest that is held after the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<&'a Alarm>,
    by: &'a str,
}

/// That a partner's key signed two things that cannot both be so.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub(super) struct Alarm {
    /// The verifier's code.
    pub code: String,
    /// What it is about: a region, a part, an entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The manifest that is held, as it was signed.
    pub held: String,
    /// The one that contradicts it, as it was signed.
    pub other: String,
}

/// Writes an event with its evidence; `id` names it.
fn record(conn: &mut Conn, edge: &Edge, id: &str, event: &'static str, row: &Row, alarm: Option<&Alarm>, by: &str) -> Result<(), Error> {
    let at = edge.now();
    let manifest = row.manifest.as_ref().map(|text| Hash::of(text.as_bytes()).to_string());
    let Row { region, key, url, epoch, seq, .. } = row;
    let document = Document { hufu: "partner-event/1", event, at, region, key, url, epoch: *epoch, seq: *seq, manifest, alarm, by };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    evidence::record(conn, edge, evidence::Kind::Partner, at, id, document.as_bytes())?;
    let code = alarm.map(|alarm| alarm.code.clone());
    store::record(conn, &Event { id: id.to_owned(), region: region.clone(), kind: event.to_owned(), code, at, document })
}

/// Pins the region at `url` whose key has the fingerprint; `by` is the id of the client who asks. Then looks at it for the first time, which
/// may fail without undoing the pin. True where it was not pinned before.
///
/// Pinning a partner again moves it to another address. Under another key, or while an alarm stands, it begins anew: what was held is
/// dropped, and what the partner says now counts.
///
/// # Errors
/// `partners.url`, `key.fingerprint`, `partners.fingerprint`, `partners.own_region`, `partners.too_many`, what asking the address refuses, or
/// a fault.
pub async fn pin(app: &App, by: &str, url: &str, fingerprint: &str) -> Result<(State, bool), Error> {
    let url = rules::address(url).ok_or_else(|| PartnerRefusal::Url.at("url"))?;
    let wanted = Fingerprint::parse(fingerprint).map_err(|e| from_verifier("fingerprint", e.code()))?;
    let own = *app.keys.region_signer().public();
    if wanted == Fingerprint::of(&own) {
        return Err(PartnerRefusal::OwnRegion.at("fingerprint").into());
    }
    let (wire, address) = (wire(app), url.clone());
    let (region, key) = on_thread(move || ask::introduce(&wire, &address, wanted)).await??;
    if region == app.region.code {
        return Err(PartnerRefusal::OwnRegion.at("url").into());
    }
    let (edge, by, code) = (app.edge.clone(), by.to_owned(), region.clone());
    let is_new = app.db.write(move |conn| keep_pin(conn, &edge, &by, &code, &key, &url)).await?;
    tracing::info!(region = region.as_str(), fingerprint = %Fingerprint::of(&key), "a partner was pinned");
    if let Some(row) = claim(app, region.as_str(), false, None).await? {
        look(app, row).await?;
    }
    Ok((show(app, region.as_str()).await?, is_new))
}

fn keep_pin(conn: &mut Conn, edge: &Edge, by: &str, region: &RegionCode, key: &PublicKey, url: &str) -> Result<bool, Error> {
    // Takes the revision's row lock: of two pins at once the second finds the first one's.
    db::bump(conn, "partners")?;
    let (now, event, key) = (edge.now(), edge.id("pev"), verifier::base64url::encode(key.as_bytes()));
    let fresh = Row {
        region: region.as_str().to_owned(),
        url: url.to_owned(),
        key,
        pin: event.clone(),
        pinned_at: now,
        manifest: None,
        epoch: None,
        seq: None,
        etag: None,
        fetched_at: None,
        next_at: now,
        failures: 0,
        error: None,
        error_detail: None,
        alarm: None,
        claim: String::new(),
        claimed_until: 0,
    };
    let (row, is_new) = match locked(conn, region.as_str())? {
        None if store::count(conn)? >= rules::PARTNERS_MAX => return Err(PartnerRefusal::TooMany.at("url").into()),
        None => {
            store::insert(conn, &fresh)?;
            (fresh, true)
        }
        Some(held) if held.key == fresh.key && held.alarm.is_none() => {
            let moved = Row { url: fresh.url, next_at: now, etag: None, claim: String::new(), claimed_until: 0, ..held };
            store::update(conn, &moved)?;
            (moved, false)
        }
        Some(_) => {
            store::delete_other_parts(conn, region.as_str(), &[])?;
            store::update(conn, &fresh)?;
            db::bump(conn, "partner_bundles")?;
            (fresh, false)
        }
    };
    record(conn, edge, &event, "pinned", &row, None, by)?;
    Ok(is_new)
}

/// The row of a partner, locked, and taken from whoever is asking that partner now.
fn locked(conn: &mut Conn, region: &str) -> Result<Option<Row>, Error> {
    store::take(conn, region)?;
    store::find(conn, region)
}

/// Takes a pin back: what is held of the partner goes with it.
///
/// # Errors
/// `partners.not_found`, or a fault.
pub async fn unpin(app: &App, by: &str, region: &str) -> Result<(), Error> {
    let (edge, by, code) = (app.edge.clone(), by.to_owned(), region.to_owned());
    app.db
        .write(move |conn| {
            db::bump(conn, "partners")?;
            db::bump(conn, "partner_bundles")?;
            let row = locked(conn, &code)?.ok_or_else(|| PartnerRefusal::NotFound.at("region"))?;
            store::delete(conn, &code)?;
            record(conn, &edge, &edge.id("pev"), "unpinned", &row, None, &by)
        })
        .await?;
    tracing::info!(region, "a partner was unpinned");
    count_alarms(app).await
}

/// Looks at a partner now. With `acknowledge`, an alarm that stands is taken down first; what is held stays, and goes on being the measure.
///
/// # Errors
/// `partners.not_found`, `partners.busy`, or a fault. That the partner did not answer well is no error: the state says so.
pub async fn fetch(app: &App, by: &str, region: &str, acknowledge: bool) -> Result<State, Error> {
    let claimed = claim(app, region, false, acknowledge.then(|| by.to_owned())).await?;
    let Some(row) = claimed else {
        show(app, region).await?;
        return Err(PartnerRefusal::Busy.at("region").into());
    };
    look(app, row).await?;
    show(app, region).await
}

/// One partner.
///
/// # Errors
/// `partners.not_found`, or a fault.
pub async fn show(app: &App, region: &str) -> Result<State, Error> {
    let (code, now) = (region.to_owned(), app.edge.now());
    let found = app.db.read(move |conn| store::find(conn, &code)?.map(|row| State::of(conn, row, now)).transpose()).await?;
    found.ok_or_else(|| PartnerRefusal::NotFound.at("region").into())
}

/// Every partner, by region.
///
/// # Errors
/// A fault of the database.
pub async fn list(app: &App) -> Result<Vec<State>, Error> {
    let now = app.edge.now();
    app.db.read(move |conn| store::all(conn)?.into_iter().map(|row| State::of(conn, row, now)).collect()).await
}

/// The partners whose key a manifest names, by region.
///
/// # Errors
/// A fault of the database, or of a row that cannot be read.
pub fn peers(conn: &mut Conn) -> Result<Vec<Peer>, Error> {
    let rows = store::all(conn)?.into_iter();
    rows.map(|row| row.anchor().map(|anchor| Peer { region: anchor.region, key: anchor.key, url: row.url }).map_err(Error::from)).collect()
}

/// What is passed on of partners in this region's own bundle: their manifests as they signed them, and their parts. Where those are too many
/// together, older years are left out.
///
/// # Errors
/// A fault of the database, or of a row that cannot be read.
pub fn contents(conn: &mut Conn) -> Result<Contents, Error> {
    let mut all = Contents::default();
    let mut named = Vec::new();
    for row in store::all(conn)? {
        let anchor = row.anchor()?;
        let one = contents_of(conn, &row, &anchor.region)?;
        for text in one.manifests.values() {
            let manifest = Manifest::open(text, &anchor.key).map_err(|e| Fault::text(format!("stored manifest of partner {}: {e}", row.region)))?;
            named.extend(manifest.parts.into_iter().filter_map(|part| one.parts.get(&part.sha256).map(|text| (part, text.clone()))));
        }
        all.manifests.extend(one.manifests);
    }
    let sizes: Vec<(PartName, usize)> = named.iter().map(|(part, text)| (part.name, text.len())).collect();
    let kept = rules::passed_on(&sizes, rules::PASSED_ON_MAX);
    if kept.contains(&false) {
        tracing::warn!(
            left_out = kept.iter().filter(|kept| !**kept).count(),
            "partners publish more than fits; parts of older years are not passed on"
        );
    }
    all.parts = named.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|((part, text), _)| (part.sha256, text)).collect();
    Ok(all)
}

/// Partners whose time to be asked has come; counts alarms on the way.
///
/// # Errors
/// A fault of the database.
pub async fn due(app: &App) -> Result<Vec<String>, Error> {
    count_alarms(app).await?;
    let now = app.edge.now();
    app.db.read(move |conn| store::due(conn, now)).await
}

/// Looks at a partner whose time has come, unless another server does. Problems are logged.
pub async fn visit(app: &App, region: &str) {
    let Ok(_turn) = app.partners.turns.clone().try_acquire_owned() else { return };
    let looked = match claim(app, region, true, None).await {
        Ok(Some(row)) => look(app, row).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(fault) = looked {
        tracing::warn!(region, %fault, "a partner could not be looked at");
    }
}

/// Takes the turn to ask a partner; none where there is no such partner, another server asks it, or (`only_due`) its time has not come.
/// `acknowledged_by` takes an alarm down in the same step.
async fn claim(app: &App, region: &str, only_due: bool, acknowledged_by: Option<String>) -> Result<Option<Row>, Error> {
    let (edge, region, turn) = (app.edge.clone(), region.to_owned(), app.edge.id("turn"));
    app.db
        .write(move |conn| {
            let now = edge.now();
            if !store::claim(conn, &region, &turn, now, now.saturating_add(TURN), only_due)? {
                return Ok(None);
            }
            let Some(mut row) = store::find(conn, &region)? else { return Ok(None) };
            if let (Some(by), Some(_)) = (&acknowledged_by, &row.alarm) {
                row.alarm = None;
                store::update(conn, &row)?;
                record(conn, &edge, &edge.id("pev"), "acknowledged", &row, None, by)?;
            }
            Ok(Some(row))
        })
        .await
}

/// Asks the partner of a claimed row and stores what came.
async fn look(app: &App, row: Row) -> Result<(), Error> {
    let anchor = row.anchor()?;
    let held = match &row.manifest {
        Some(_) => {
            let bundles = app.partners.renewed(app).await?;
            Some(bundles.of(&anchor.region).cloned().ok_or_else(|| Fault::text(format!("the stored bundle of partner {}", row.region)))?)
        }
        None => None,
    };
    let target = Target { anchor, url: row.url.clone(), etag: row.etag.clone() };
    let (wire, edge) = (wire(app), app.edge.clone());
    let outcome = on_thread(move || ask::ask(&wire, &edge, &target, held.as_deref())).await?;
    let word = match &outcome {
        Ok(Brought::Same(_)) => "same",
        Ok(Brought::Newer(..)) => "newer",
        Err(Failed::Refused(refusal)) => {
            tracing::warn!(region = row.region, code = refusal.reason.code, got = refusal.got, "a partner did not answer well");
            "failed"
        }
        Err(Failed::Contradicts(refusal, _)) => {
            tracing::error!(region = row.region, code = refusal.reason.code, got = refusal.got, "ALARM: a partner contradicts what it signed before");
            "alarm"
        }
    };
    app.metrics.partner_looks.with_label_values(&[word]).inc();
    let (edge, every) = (app.edge.clone(), i64::from(app.config.number("partner_seconds")));
    app.db.write(move |conn| store_outcome(conn, &edge, every, &row, &outcome)).await?;
    count_alarms(app).await
}

/// Stores what came of a look, if the turn is still held: a partner may have been unpinned or pinned anew meanwhile.
fn store_outcome(conn: &mut Conn, edge: &Edge, every: i64, claimed: &Row, outcome: &Result<Brought, Failed>) -> Result<(), Error> {
    if !store::release(conn, &claimed.region, &claimed.claim)? {
        return Ok(());
    }
    let Some(mut row) = store::find(conn, &claimed.region)? else { return Ok(()) };
    let (now, jitter) = (edge.now(), u16::from_le_bytes(edge.random()));
    match outcome {
        Ok(brought) => {
            (row.failures, row.error, row.error_detail, row.fetched_at) = (0, None, None, Some(now));
            match brought {
                Brought::Same(etag) => row.etag.clone_from(etag),
                Brought::Newer(bundle, etag) => {
                    row.etag.clone_from(etag);
                    take(conn, &mut row, bundle)?;
                    record(conn, edge, &edge.id("pev"), "taken", &row, None, REGISTRY)?;
                }
            }
        }
        Err(Failed::Refused(refusal)) => fail(&mut row, refusal),
        Err(Failed::Contradicts(refusal, other)) => {
            fail(&mut row, refusal);
            raise(conn, edge, &mut row, refusal, other)?;
        }
    }
    row.next_at = rules::next_try(now, every, row.failures, jitter);
    store::update(conn, &row)
}

fn fail(row: &mut Row, refusal: &Refusal) {
    row.failures = row.failures.saturating_add(1);
    (row.error, row.error_detail) = (Some(refusal.reason.code.to_owned()), refusal.got.clone());
}

/// Stores a bundle that follows what was held.
fn take(conn: &mut Conn, row: &mut Row, bundle: &Bundle) -> Result<(), Error> {
    let own = bundle.regions().next().ok_or_else(|| Fault::text("a partner's bundle without its own region"))?;
    let (epoch, seq) = own.manifest().place();
    row.manifest = Some(own.jws().to_owned());
    (row.epoch, row.seq) = (Some(i64::try_from(epoch).map_err(Fault::new)?), Some(i64::try_from(seq).map_err(Fault::new)?));
    let stored = store::part_names(conn, &row.region)?;
    let mut kept = Vec::new();
    for (hash, text) in bundle.contents().parts {
        let hash = hash.to_string();
        if !stored.contains(&hash) {
            store::insert_part(conn, &row.region, &hash, &gzip(text.as_bytes()))?;
        }
        kept.push(hash);
    }
    store::delete_other_parts(conn, &row.region, &kept)?;
    db::bump(conn, "partner_bundles")
}

/// Keeps both manifests. An alarm of the same code that stands already is not written down again.
fn raise(conn: &mut Conn, edge: &Edge, row: &mut Row, refusal: &Refusal, other: &str) -> Result<(), Error> {
    let standing = row.alarm.as_ref().map(|id| store::event(conn, id)).transpose()?.flatten();
    if standing.is_some_and(|event| event.code.as_deref() == Some(refusal.reason.code)) {
        return Ok(());
    }
    let held = row.manifest.clone().unwrap_or_default();
    let alarm = Alarm { code: refusal.reason.code.to_owned(), about: refusal.got.clone(), held, other: other.to_owned() };
    let id = edge.id("pev");
    record(conn, edge, &id, "alarm", row, Some(&alarm), REGISTRY)?;
    row.alarm = Some(id);
    Ok(())
}

/// Posts a JSON text to a path of a partner's registry: its answer, at most `most` bytes; none where it says to come again (202).
///
/// # Errors
/// `partners.not_found`, `partners.unreachable`, `timeout`, `redirect`, `status`, `bundle.too_large`, or a fault.
pub async fn post(app: &App, region: &str, path: &str, text: String, most: usize) -> Result<Option<Vec<u8>>, Error> {
    let code = region.to_owned();
    let row = app.db.read(move |conn| store::find(conn, &code)).await?.ok_or_else(|| PartnerRefusal::NotFound.at("region"))?;
    let (wire, url) = (wire(app), format!("{}{path}", row.url));
    Ok(on_thread(move || wire.post(&url, &text, most)).await??)
}

async fn count_alarms(app: &App) -> Result<(), Error> {
    app.metrics.partner_alarms.set(app.db.read(store::count_alarms).await?);
    Ok(())
}

fn wire(app: &App) -> Wire {
    Wire::new(&app.edge, app.config.number("partner_timeout"), app.partners.authorities.clone())
}

/// Runs `work` on a thread of its own. Not one of the runtime's: a server that stops does not wait for a partner that is slow to answer.
async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let (send, done) = oneshot::channel();
    let thread = std::thread::Builder::new().name("partner".to_owned());
    thread.spawn(move || drop(send.send(work()))).map_err(Fault::new)?;
    done.await.map_err(Fault::new)
}
