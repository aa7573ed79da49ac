//! Redeeming: lots are spent on the current version of a programme, and the certificate that it awards is issued, both or neither.

use std::collections::BTreeMap;

use serde_json::Value;
use verifier::documents::{LearnerId, Programme, Redemption, RedemptionId, digest};
use verifier::ids::CertificateNumber;
use verifier::programme::check;
use verifier::time::Instant;

use super::{account, current};
use crate::access::Caller;
use crate::app::App;
use crate::certificates::{self, Actor, Draft, Extra, Holder, Order};
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal, Unmet};
use crate::http::page::{LIMIT_MAX, Page};
use crate::learners::{self, Person};
use crate::ledger::service::Act;
use crate::ledger::{self, LedgerRefusal, Outcome, Pick, Redeem};
use crate::programmes::lots::facts;
use crate::programmes::store::{self, Head, Redeemed};
use crate::programmes::views::open;
use crate::programmes::{ProgrammeRefusal, RedemptionView, Wanted};
use crate::{evidence, providers};

/// Redeems credit and issues the certificate, inside the caller's transaction.
///
/// # Errors
/// `programmes.not_found`, `programmes.withdrawn`, `programmes.superseded`, `learners.not_found`, `learners.closed`, `ledger.no_lot`;
/// `programmes.checks` with every check that is not met; a refusal of the provider's standing; or a fault.
pub fn redeem(conn: &mut Conn, app: &App, caller: &Caller, actor: &Actor, wanted: &Wanted) -> Result<RedemptionView, Error> {
    let head = store::keep(conn, &wanted.programme)?;
    let programme = redeemable(conn, app, head, wanted)?;
    let learner = account(conn, caller, &wanted.learner)?;
    let owners = learners::store::family(conn, &learner.id)?;
    may_be_redeemed(conn, app, &programme, &owners, wanted)?;
    let (id, at, number) = (app.edge.id("red"), app.edge.now(), certificates::number(app)?);
    let document = Redemption {
        id: RedemptionId::parse(&id).map_err(Fault::new)?,
        region: app.region.code.clone(),
        learner: LearnerId::parse(&learner.id).map_err(Fault::new)?,
        programme: wanted.version,
        picks: wanted.picks.clone(),
        at: Instant(at),
        certificate: number.clone(),
    };
    let document = document.sign(&app.keys.region_signer()).map_err(Fault::new)?;
    let cause = digest(&document);
    let extra = Extra { basis: Some(cause.clone()), ..Extra::default() };
    let order = Order { actor: actor.clone(), draft: draft(app, &programme, &learner, Some(number), extra)?, origin: None };
    let certificate = certificates::issue(conn, app, &order)?;
    let spent = Redeem {
        entry: app.edge.id("ent"),
        cause: cause.clone(),
        family: &owners,
        picks: wanted.picks.iter().map(|(lot, amount)| Pick { lot: lot.to_string(), amount: amount.hundredths() }).collect(),
        programme: wanted.version.to_string(),
    };
    let act = Act::of(app);
    let outcome = ledger::service::redeem(conn, &act, &spent)?;
    if matches!(outcome, Outcome::Refused(_)) {
        // Somebody spent of the lots since they were looked at: the checks say what is left.
        may_be_redeemed(conn, app, &programme, &owners, wanted)?;
    }
    outcome.posted().map_err(|refusal: Refusal| refusal.at("picks"))?;
    let row = Redeemed {
        id,
        programme_id: wanted.programme.clone(),
        programme: wanted.version.to_string(),
        learner_id: learner.id,
        provider_id: certificate.provider,
        certificate_id: certificate.id,
        entry_id: spent.entry,
        redeemed_at: at,
        redeemed_by: caller.client_id.clone(),
        digest: cause,
        document,
    };
    store::insert_redeemed(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::Redemption, at, &row.id, row.document.as_bytes())?;
    Ok(RedemptionView::of(app, row)?)
}

/// The version that is named, if it is the current one of its programme.
fn redeemable(conn: &mut Conn, app: &App, head: Option<Head>, wanted: &Wanted) -> Result<Programme, Error> {
    let head = head.ok_or_else(|| ProgrammeRefusal::NotFound.at("id"))?;
    let version = store::by_digest(conn, &wanted.version.to_string())?.ok_or_else(|| ProgrammeRefusal::NotFound.at("programme"))?;
    current(Some(head), &version, "programme")?;
    Ok(open(app, &version)?)
}

/// Whether the picks pass every check of the programme. A lot of somebody else is not found.
fn may_be_redeemed(conn: &mut Conn, app: &App, programme: &Programme, owners: &[String], wanted: &Wanted) -> Result<(), Error> {
    let ids: Vec<String> = wanted.picks.iter().map(|(lot, _)| lot.to_string()).collect();
    let mut own: BTreeMap<String, _> = ledger::service::picked(conn, owners, &ids)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut picks = Vec::with_capacity(wanted.picks.len());
    for (n, (lot, amount)) in wanted.picks.iter().enumerate() {
        let row = own.remove(lot.as_str()).ok_or_else(|| LedgerRefusal::NoLot.at(format!("picks[{n}].lot")))?;
        picks.push((facts(row)?, amount.hundredths()));
    }
    let unmet = Unmet::of(check(programme, &app.region.code, &picks, providers::service::today(app)));
    if unmet.is_empty() { Ok(()) } else { Err(ProgrammeRefusal::Checks.at("picks").unmet(unmet).into()) }
}

/// The certificate that a programme awards to a learner.
fn draft(app: &App, programme: &Programme, learner: &learners::store::Row, number: Option<CertificateNumber>, extra: Extra) -> Result<Draft, Error> {
    let (Person { name, id }, awards) = (Person::of(app, learner)?, &programme.awards);
    Ok(Draft {
        number,
        kind: awards.kind,
        holder: Holder { name, id },
        occupation: awards.occupation.clone(),
        title: Some(awards.title.clone()),
        level: awards.level,
        grade: None,
        assessed_on: providers::service::today(app),
        valid_until: None,
        extra,
    })
}

/// One redemption, if a provider issued its certificate that the caller acts for.
///
/// # Errors
/// `programmes.no_redemption`, or a fault.
pub fn redemption(conn: &mut Conn, app: &App, caller: &Caller, id: &str) -> Result<RedemptionView, Error> {
    let row = store::redeemed(conn, id)?.filter(|row| caller.acts_for(&row.provider_id));
    Ok(RedemptionView::of(app, row.ok_or_else(|| ProgrammeRefusal::NoRedemption.at("id"))?)?)
}

/// A page of what is held of a person's redemptions, for the person.
///
/// # Errors
/// A fault.
pub fn held(conn: &mut Conn, app: &App, learner: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let family = learners::store::family(conn, learner)?;
    let page = Page::new(store::redeemed_of(conn, &family, after, LIMIT_MAX)?, LIMIT_MAX, |row| row.id.clone(), |row| row);
    let show = |row: Redeemed| Ok(serde_json::to_value(RedemptionView::of(app, row)?).map_err(Fault::new)?);
    Ok(Page { items: page.items.into_iter().map(show).collect::<Result<_, Error>>()?, next: page.next })
}
