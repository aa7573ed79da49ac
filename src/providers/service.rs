//! Use cases of providers. Those that change something run inside the caller's transaction and write their evidence there.

use serde::Serialize;
use verifier::ids::{Level, OccupationCode, TypeOfCertificate};
use verifier::time::{Day, Instant};
use verifier::verdict::{Interval, IssueRequest, Standing};

pub use super::store::{IntervalRow, Row};
use super::{Change, Filter, ProviderRefusal, Registration, rules, store, word};
use crate::app::App;
use crate::db::{self, Conn};
use crate::edge::Edge;
use crate::error::{Error, Fault, Refusal};
use crate::evidence;
use crate::webhooks::{self, Event};

/// A provider with its whole history.
#[derive(Debug)]
pub struct Provider {
    /// The body.
    pub row: Row,
    /// Its intervals, the first to the last, empty ones too.
    pub history: Vec<IntervalRow>,
}

/// Who changes something, and when.
pub struct Act<'a> {
    /// Clock and ids.
    pub edge: &'a Edge,
    /// The region's civil day.
    pub today: Day,
    /// Id of the client who asks.
    pub actor: &'a str,
}

/// What the evidence of an interval commits to.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    provider: &'a str,
    n: i64,
    interval: &'a Interval,
    at: i64,
    actor: &'a str,
}

/// The civil day in the region now.
pub fn today(app: &App) -> Day {
    Instant(app.edge.now()).day_in(app.region.zone)
}

/// Registers a provider and opens its timeline.
///
/// # Errors
/// `providers.listing`, `providers.until`, `providers.too_far_ahead`, `providers.exists`, or a fault.
pub fn register(conn: &mut Conn, act: &Act<'_>, new: &Registration) -> Result<Provider, Error> {
    let planned = rules::interval(&new.first).and_then(|first| rules::follow(None, first.from, act.today).map(|_| first));
    let first = planned.map_err(|refusal| refusal.within("interval"))?;
    let row = Row {
        id: act.edge.id("prov"),
        credit_code: new.credit_code.to_string(),
        name_zh: new.name_zh.to_string(),
        name_en: new.name_en.to_string(),
        kind: word(&new.kind)?,
        revision: 1,
        created_at: act.edge.now(),
    };
    store::insert(conn, &row)?;
    let first = open(conn, act, &row, 1, &first)?;
    Ok(Provider { row, history: vec![first] })
}

/// Ends the last interval of a provider where the next begins, and opens that one.
///
/// # Errors
/// `providers.listing`, `providers.until`, `providers.not_found`, `providers.too_far_ahead`, `providers.before_last`, `providers.bar_stands`, or a fault.
pub fn change(conn: &mut Conn, act: &Act<'_>, id_or_code: &str, change: &Change) -> Result<Provider, Error> {
    let next = rules::interval(change)?;
    let row = store::find(conn, id_or_code)?.ok_or(ProviderRefusal::NotFound.at("id"))?;
    // Everything below reads what this lock protects, so two changes at once happen one after the other.
    if !store::lock(conn, &row.id)? {
        return Err(Fault::text("a provider that was just read is gone").into());
    }
    let history = store::history(conn, &row.id)?;
    let last = history.last().map(|last| Ok::<_, Fault>((last, last.interval()?))).transpose()?;
    let close = rules::follow(last.as_ref().map(|(_, interval)| interval), next.from, act.today)?;
    if let (Some((last, _)), Some(until)) = (&last, close) {
        store::close(conn, &last.id, until)?;
    }
    let n = history.last().map_or(0, |last| last.n) + 1;
    open(conn, act, &row, n, &next)?;
    show(conn, &row.id)
}

/// Adds an interval with its evidence, and tells running servers that the trust data changed.
fn open(conn: &mut Conn, act: &Act<'_>, provider: &Row, n: i64, interval: &Interval) -> Result<IntervalRow, Error> {
    let at = act.edge.now();
    let document = Document { hufu: "provider-interval/1", provider: &provider.credit_code, n, interval, at, actor: act.actor };
    let (standing, class, flag, scope) = match &interval.standing {
        Standing::Barred => ("barred", None, None, None),
        Standing::Listed { class, flag, scope } => {
            ("listed", Some(word(class)?), Some(word(flag)?), Some(serde_json::to_string(scope).map_err(Fault::new)?))
        }
    };
    let row = IntervalRow {
        id: act.edge.id("intv"),
        provider_id: provider.id.clone(),
        n,
        from_day: interval.from.to_string(),
        until_day: interval.until.map(|until| until.to_string()),
        standing: standing.to_owned(),
        class,
        flag,
        scope,
        cause: interval.cause.clone(),
        recorded_at: at,
        document: serde_json::to_string(&document).map_err(Fault::new)?,
    };
    store::append(conn, &row)?;
    evidence::record(conn, act.edge, evidence::Kind::ProviderInterval, at, &row.id, row.document.as_bytes())?;
    let changed = Event::ProviderChanged { provider: &provider.id, credit_code: &provider.credit_code, standing, from: &row.from_day };
    webhooks::tell(conn, act.edge, &changed)?;
    db::bump(conn, "trust")?;
    Ok(row)
}

/// The provider with this id or credit code.
///
/// # Errors
/// `providers.not_found`, or a fault.
pub fn show(conn: &mut Conn, id_or_code: &str) -> Result<Provider, Error> {
    let row = store::find(conn, id_or_code)?.ok_or(ProviderRefusal::NotFound.at("id"))?;
    let history = store::history(conn, &row.id)?;
    Ok(Provider { row, history })
}

/// Providers after the id `after`, by id, at most `limit`, each with the interval that covers the filter's day.
///
/// # Errors
/// A fault of the database.
pub fn search(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Vec<(Row, Option<IntervalRow>)>, Error> {
    store::search(conn, filter, after, limit)
}

/// Whether a provider may issue a certificate of this type, occupation and level on `day`, by the rule that a verifier will apply.
///
/// # Errors
/// `providers.not_listed`, `providers.barred`, `providers.class`, `providers.flag`, `providers.scope`, or a fault.
pub fn may_issue(
    conn: &mut Conn,
    provider: &Row,
    day: Day,
    typ: TypeOfCertificate,
    occupation: Option<&OccupationCode>,
    level: Option<Level>,
) -> Result<(), Error> {
    Ok(allows(&store::timeline(conn, &provider.id)?, day, typ, occupation, level)?)
}

/// The same by a timeline that is at hand.
///
/// # Errors
/// As [`may_issue`], but for faults.
pub fn allows(
    timeline: &[Interval],
    day: Day,
    typ: TypeOfCertificate,
    occupation: Option<&OccupationCode>,
    level: Option<Level>,
) -> Result<(), Refusal> {
    rules::may_issue(timeline, day, &IssueRequest { typ, occupation, level })
}
