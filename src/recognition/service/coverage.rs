//! How much of what this region issued is recognised elsewhere. Certificates are read month by month, in groups of those that the engine
//! cannot tell apart, so that memory does not grow with their number.

use std::sync::Arc;

use verifier::ids::{CertificateNumber, Grade, Level, OccupationCode, RegionCode, TypeOfCertificate};
use verifier::recognition::{CaseFacts, CertificateFacts, Context};
use verifier::time::{Day, Instant};
use verifier::verdict::Provider;

use super::accords;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::partners::Bundles;
use crate::providers::service::today;
use crate::recognition::held::name_of;
use crate::recognition::rules::figure::Figure;
use crate::recognition::rules::tally::{Kind, Tally, refused_by};
use crate::recognition::store::{self, GroupRow};
use crate::recognition::views::CoverageView;
use crate::recognition::{Accords, COVERAGE_SECONDS};

/// Certificates that the engine cannot tell apart.
pub(super) struct Group {
    pub facts: CaseFacts,
    pub count: u64,
}

/// What is recognised today, as everybody is told, as JSON: made anew when it is five minutes old, once however many ask.
///
/// # Errors
/// A fault.
pub async fn covered(app: &App) -> Result<Arc<[u8]>, Error> {
    let mut held = app.recognition.coverage.lock().await;
    let now = app.edge.now();
    if let Some((_, body)) = held.as_ref().filter(|(at, _)| (now - at).abs() < COVERAGE_SECONDS) {
        return Ok(body.clone());
    }
    let (bundles, this) = (app.partners.current(app).await, app.clone());
    let view = app.db.read_one_state(move |conn| coverage(conn, &this, &bundles, Figure::rounded)).await?;
    let body: Arc<[u8]> = serde_json::to_vec(&view).map_err(Fault::new)?.into();
    *held = Some((now, body.clone()));
    Ok(body)
}

/// Counts what is recognised today at every other party, and tells each count as `figure` says.
///
/// # Errors
/// A fault.
pub fn coverage(conn: &mut Conn, app: &App, bundles: &Bundles, figure: fn(u64) -> Figure) -> Result<CoverageView, Error> {
    let (accords, own, day) = (accords(conn, app)?, &app.region.code, today(app));
    let (all, mut tally) = (accords.all(), Tally::of(accords.others(own).into_iter()));
    for_each(conn, &accords, own, |group| {
        let providers = providers(&accords, &group.facts);
        let at = |place: &RegionCode| refused_by(&all, &group.facts, &Context { providers: &providers, ..Context::new(place, day) });
        tally.add(&kind(&group.facts)?, group.count, at);
        Ok(())
    })?;
    Ok(CoverageView::of(own, day.to_string(), &tally, |place| name_of(app, bundles, place), figure))
}

/// Every group of certificates that stand, month by month of assessment.
pub(super) fn for_each(conn: &mut Conn, accords: &Accords, own: &RegionCode, mut each: impl FnMut(&Group) -> Result<(), Fault>) -> Result<(), Error> {
    let mut from = String::new();
    while let Some(first) = store::first_assessed(conn, &from)? {
        let (year, month, _) = Day::parse(&first).map_err(Fault::new)?.civil();
        let next = Day::new(year, month, 1).map_err(Fault::new)?.add_months(1).to_string();
        for row in store::groups(conn, &first, &next)? {
            each(&group(accords, own, &row)?)?;
        }
        from = next;
    }
    Ok(())
}

fn group(accords: &Accords, own: &RegionCode, row: &GroupRow) -> Result<Group, Fault> {
    let damaged = || Fault::text(format!("certificates of {} assessed on {} are damaged", row.provider_id, row.assessed_on));
    let facts = CertificateFacts {
        // No grant asks which one it is, and this region waives nothing for other places.
        number: CertificateNumber::parse("0000").map_err(Fault::new)?,
        kind: TypeOfCertificate::parse(&row.kind).map_err(|_| damaged())?,
        origin: own.clone(),
        provider: accords.code_of(&row.provider_id).ok_or_else(damaged)?.clone(),
        occupation: row.occupation.as_deref().map(OccupationCode::parse).transpose().map_err(|_| damaged())?,
        level: row.level.map(level).transpose()?,
        grade: row.grade.as_deref().map(Grade::parse).transpose().map_err(|_| damaged())?,
        earned: Day::parse(&row.assessed_on).map_err(|_| damaged())?,
        issued: Instant(0),
    };
    Ok(Group { facts: CaseFacts::Certificate(facts), count: u64::try_from(row.count).map_err(Fault::new)? })
}

pub(super) fn level(rank: i64) -> Result<Level, Fault> {
    Level::new(u8::try_from(rank).map_err(Fault::new)?).map_err(Fault::new)
}

/// The own bodies of a case.
pub(super) fn providers<'a>(accords: &'a Accords, facts: &CaseFacts) -> Vec<&'a Provider> {
    match facts {
        CaseFacts::Certificate(facts) => accords.own_provider(&facts.provider).into_iter().collect(),
        CaseFacts::Credit(facts) => facts.lots.iter().filter_map(|lot| accords.own_provider(lot.provider.as_ref()?)).collect(),
        CaseFacts::Provider(facts) => accords.own_provider(&facts.code).into_iter().collect(),
    }
}

fn kind(facts: &CaseFacts) -> Result<Kind, Fault> {
    match facts {
        CaseFacts::Certificate(facts) => Ok((facts.kind, facts.occupation.clone(), facts.level)),
        CaseFacts::Credit(_) | CaseFacts::Provider(_) => Err(Fault::text("a group is of certificates")),
    }
}
