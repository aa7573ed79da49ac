//! Comparing what was decided with another region, and bringing what was lost on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use verifier::ids::RegionCode;
use verifier::time::Day;
use verifier::transfer::{Message, Statement};

use super::deliver::{Carried, PATH, asked, text};
use super::statement::{forgotten, judged, own};
use super::take::open;
use super::{DAY, Line, is_peer, refused};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners::{self, PartnerRefusal};
use crate::providers::service::today;
use crate::transfers::compare::{Differing, Lines, Reconciliation, agree, are_of, by_transfer, differences, read};
use crate::transfers::store;
use crate::transfers::{CARRIED_MAX, EXCHANGED_MAX, LINES_MAX, PAGE_MAX, TransferRefusal};

/// Where another registry shows what is under its roots.
const LINES_PATH: &str = "/peer/lines";
/// Hours of the first day of a month in which what was decided before is compared.
const MONTHLY: i64 = 6;
/// Seconds of an hour.
const HOUR: i64 = 3_600;

/// A STATEMENT with what is asked for under it.
#[derive(Serialize)]
struct Ask<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// A page of lines.
#[derive(Deserialize)]
struct Page {
    lines: Vec<String>,
    next: Option<String>,
}

/// Both STATEMENTs, and what differs.
struct Compared {
    here: (Statement, String),
    there: (Statement, String),
    differing: Vec<Differing>,
}

/// Compares what was decided with another region through a day that has begun; until yesterday where none is named. What one of the two has lost and
/// the other holds is exchanged, at most 1,000 messages; what differs after that is named.
///
/// # Errors
/// `transfers.through`, `transfers.lines`, `transfer.*`, `partners.*`, or a fault.
pub async fn reconcile(app: &App, peer: &RegionCode, through: Option<Day>) -> Result<Reconciliation, Error> {
    let done = reconciled(app, peer, through).await;
    let outcome = match &done {
        Ok(done) if done.equal => "equal",
        Ok(_) => "different",
        Err(_) => "failed",
    };
    app.metrics.reconciliations.with_label_values(&[outcome]).inc();
    done
}

async fn reconciled(app: &App, peer: &RegionCode, through: Option<Day>) -> Result<Reconciliation, Error> {
    let through = through.unwrap_or_else(|| today(app).add_days(-1));
    if through > today(app) {
        return Err(TransferRefusal::Through.at("through").got(through.to_string()).into());
    }
    let mut compared = compare(app, peer, through).await?;
    let mut exchanged = 0;
    for one in compared.differing.iter().take(EXCHANGED_MAX) {
        exchanged += usize::from(is_exchanged(app, peer, one).await?);
    }
    if exchanged > 0 {
        compared = compare(app, peer, through).await?;
    }
    let alarm = if compared.differing.is_empty() { None } else { alarm(app, peer, &compared).await? };
    let Compared { here, there, differing } = compared;
    tracing::info!(%peer, %through, differing = differing.len(), exchanged, "what was decided was compared");
    Ok(Reconciliation { alarm: alarm.map(str::to_owned), ..Reconciliation::of((&here.0, here.1), (&there.0, there.1), exchanged, &differing) })
}

/// The alarm that lies in what differs still.
async fn alarm(app: &App, peer: &RegionCode, compared: &Compared) -> Result<Option<&'static str>, Error> {
    let (this, peer, text, differing) = (app.clone(), peer.clone(), compared.there.1.clone(), compared.differing.clone());
    let work = move |conn: &mut Conn| {
        let signed = open(conn, &this, &text)?;
        let mut line = Line::open(conn, &this, &peer)?;
        judged(conn, &mut line, (&signed, &text), &differing)
    };
    let alarm = app.db.write(work).await?;
    if alarm.is_some() {
        app.metrics.transfer_alarms.inc();
    }
    Ok(alarm)
}

/// Compares with every region whose first hours of a month these are and that was not compared for it yet; `done` is the month for which each was.
/// What goes wrong with one holds up no other.
///
/// # Errors
/// A fault of the database.
pub async fn monthly(app: &App, done: &mut BTreeMap<RegionCode, Day>) -> Result<usize, Error> {
    let (first, into) = (today(app), (app.edge.now() + i64::from(app.region.zone.minutes()) * 60).rem_euclid(DAY));
    if first.civil().2 != 1 || into >= MONTHLY * HOUR {
        return Ok(0);
    }
    let mut many = 0;
    for row in app.db.read(store::channels).await? {
        let peer = RegionCode::parse(&row.peer).map_err(Fault::new)?;
        if done.get(&peer) == Some(&first) {
            continue;
        }
        match reconcile(app, &peer, None).await {
            Ok(told) if told.equal => tracing::info!(%peer, through = told.through, "both regions state the same"),
            Ok(told) => tracing::error!(%peer, through = told.through, differing = told.differing, "the regions state different decisions"),
            Err(error) => {
                tracing::warn!(%peer, %error, "what was decided could not be compared");
                continue;
            }
        }
        done.insert(peer, first);
        many += 1;
    }
    Ok(many)
}

async fn compare(app: &App, peer: &RegionCode, through: Day) -> Result<Compared, Error> {
    let (this, region) = (app.clone(), peer.clone());
    let state = move |conn: &mut Conn| {
        // A region that nobody has pinned gets no channel.
        if !is_peer(conn, region.as_str())? {
            return Err(TransferRefusal::NoPeer.at("region").into());
        }
        let line = Line::open(conn, &this, &region)?;
        let channel = line.channel()?;
        channel.admit(channel.peer).map_err(refused)?;
        own(conn, &line, through)
    };
    let (here, message, lines) = app.db.write(state).await?;
    let json = serde_json::to_string(&Carried { message: message.clone() }).map_err(Fault::new)?;
    let carried: Carried = answer(partners::post(app, peer.as_str(), PATH, json, CARRIED_MAX).await?)?;
    let there = stated(app, peer, &here, carried.message.clone()).await?;
    let differing = if agree(&here, &there) { Vec::new() } else { differences(&by_transfer(lines), &fetched(app, peer, &message, &there).await?) };
    Ok(Compared { here: (here, message), there: (there, carried.message), differing })
}

/// The STATEMENT of the other region, if it is that and answers the own one.
async fn stated(app: &App, peer: &RegionCode, here: &Statement, text: String) -> Result<Statement, Error> {
    let (this, peer, through) = (app.clone(), peer.clone(), here.through);
    let work = move |conn: &mut Conn| {
        let signed = open(conn, &this, &text)?;
        let Message::Statement(there) = &signed.message else { return Err(TransferRefusal::Kind.at("message").into()) };
        if there.iss != peer || there.through != through {
            return Err(TransferRefusal::Kind.at("message").into());
        }
        let mut line = Line::open(conn, &this, &peer)?;
        line.channel()?.admit(there.epoch).map_err(refused)?;
        let alarm = forgotten(conn, &line, there)?;
        if let Some(alarm) = alarm {
            line.stop(conn, &signed, &text, alarm)?;
        }
        Ok((there.clone(), alarm))
    };
    match app.db.write(work).await? {
        (there, None) => Ok(there),
        (_, Some(alarm)) => {
            app.metrics.transfer_alarms.inc();
            Err(TransferRefusal::Contradiction.at("message").got(alarm).into())
        }
    }
}

/// The lines under the roots of the other's STATEMENT.
async fn fetched(app: &App, peer: &RegionCode, message: &str, there: &Statement) -> Result<Lines, Error> {
    let wrong = || Error::from(TransferRefusal::Lines.at("lines"));
    let most = there.accepted.n as usize + there.rejected.n as usize;
    if most > LINES_MAX {
        return Err(wrong());
    }
    let (mut lines, mut after) = (Lines::new(), None);
    loop {
        let json = serde_json::to_string(&Ask { message, after: after.take() }).map_err(Fault::new)?;
        let page: Page = answer(partners::post(app, peer.as_str(), LINES_PATH, json, PAGE_MAX).await?)?;
        let before = lines.len();
        for text in &page.lines {
            let line = read(text).ok_or_else(wrong)?;
            lines.insert(line.jti.clone(), line);
        }
        if lines.len() > most || (page.next.is_some() && lines.len() == before) {
            return Err(wrong());
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if are_of(&lines, there) { Ok(lines) } else { Err(wrong()) }
}

fn answer<T: serde::de::DeserializeOwned>(body: Option<Vec<u8>>) -> Result<T, Error> {
    let body = body.ok_or_else(|| PartnerRefusal::Status.at("url").got("202"))?;
    serde_json::from_slice(&body).map_err(|_| TransferRefusal::Kind.at("message").into())
}

/// A message that mends a difference, if there is one.
enum Mending {
    /// What this region asked for, to be asked again: the other has decided, and answers with its DECISION.
    Ask(String),
    /// The own DECISION, which the other lacks.
    Tell(String),
}

/// Exchanges what mends a difference; whether something was. What the other refuses is a difference that stays.
async fn is_exchanged(app: &App, peer: &RegionCode, one: &Differing) -> Result<bool, Error> {
    let (this, region, differing) = (app.clone(), peer.clone(), one.clone());
    let sent = match app.db.write(move |conn| mending(conn, &this, &region, &differing)).await? {
        None => return Ok(false),
        Some(Mending::Ask(message)) => asked(app, peer.as_str(), message).await,
        Some(Mending::Tell(message)) => {
            let json = serde_json::to_string(&Carried { message }).map_err(Fault::new)?;
            partners::post(app, peer.as_str(), PATH, json, CARRIED_MAX).await.map(drop)
        }
    };
    match sent {
        Ok(()) => Ok(true),
        Err(Error::Refusal(refusal)) if [PartnerRefusal::Unreachable, PartnerRefusal::Timeout].iter().any(|r| r.reason() == refusal.reason) => {
            Err(refusal.into())
        }
        Err(Error::Refusal(refusal)) => {
            tracing::info!(%peer, transfer = %one.jti, code = refusal.reason.code, "a difference could not be mended");
            Ok(false)
        }
        Err(fault) => Err(fault),
    }
}

fn mending(conn: &mut Conn, app: &App, peer: &RegionCode, one: &Differing) -> Result<Option<Mending>, Error> {
    let mut line = Line::open(conn, app, peer)?;
    let Some(row) = store::by_id(conn, one.jti.as_str())?.filter(|row| row.peer == line.peer()) else { return Ok(None) };
    let kept =
        |conn: &mut Conn, digest: &Option<String>| Ok::<_, Error>(store::message(conn, digest.as_deref().unwrap_or_default())?.map(|m| m.text));
    match (row.side.as_str(), row.state.as_str()) {
        // Nothing is asked of a region that may have forgotten it: it would decide anew.
        ("source", _) if one.there.is_none() => Ok(None),
        ("source", "reserved") => {
            let (row, text) = text(conn, &mut line, row, app.edge.now())?;
            store::update(conn, &row)?;
            Ok(Some(Mending::Ask(text)))
        }
        ("source", _) => Ok(kept(conn, &row.ask)?.map(Mending::Ask)),
        _ if one.here.is_some() => Ok(kept(conn, &row.decision)?.map(Mending::Tell)),
        _ => Ok(None),
    }
}
