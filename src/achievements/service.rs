//! The use cases of achievements. Each is one transaction: the document, its row and evidence, and the credit that it mints or takes back.

use serde::Serialize;
use serde_json::Value;
use verifier::documents::{Achievement, AchievementId, Digest, LearnerId};
use verifier::ids::CreditCode;
use verifier::time::Instant;

use super::store::{self, Event, Filter, Row};
use super::{AchievementRefusal, Draft, View, rules};
use crate::access::Caller;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::http::page::{LIMIT_MAX, Page};
use crate::ledger::service::Act;
use crate::ledger::{self, Facts, LotKind, Mint, Void};
use crate::{evidence, learners, providers};

/// The provider that `caller` records for: the one named, which must be theirs, or a provider client's own.
fn provider(conn: &mut Conn, caller: &Caller, named: Option<&str>) -> Result<providers::store::Row, Error> {
    let id = named.or(caller.provider_id.as_deref()).filter(|id| caller.acts_for(id));
    let found = id.map(|id| providers::store::find(conn, id)).transpose()?.flatten();
    Ok(found.ok_or_else(|| AchievementRefusal::Provider.at("provider"))?)
}

/// Records an achievement and mints its credit, inside the caller's transaction.
///
/// # Errors
/// A refusal of the draft, of the provider's standing, of the learner's account or of the ledger; or a fault.
pub fn record(conn: &mut Conn, app: &App, caller: &Caller, named: Option<&str>, draft: &Draft) -> Result<View, Error> {
    let provider = provider(conn, caller, named)?;
    let learner = learners::service::visible(conn, caller, &draft.learner).map_err(at_learner)?;
    let row = write(conn, app, caller, draft, &provider, &learner.id, None)?;
    let document = open(app, &row)?;
    for part in 0..document.credits.len() {
        ledger::service::mint(conn, &act(app), &mint(app, &row, &document, part)?)?.posted().map_err(|r| in_credits(r, part))?;
    }
    View::of(conn, app, row)
}

/// Records a result that was evaluated anew in the place of achievement `old`: its credit is voided, and the new amounts are minted under the same
/// basis and parts.
///
/// # Errors
/// As [`record`]; `achievements.not_found`, `achievements.ended`, `achievements.other_learner`, `achievements.other_credits`.
pub fn replace(conn: &mut Conn, app: &App, caller: &Caller, old: &str, named: Option<&str>, draft: &Draft) -> Result<View, Error> {
    let old = visible(conn, caller, old)?;
    if !store::end(conn, &old.id, "replaced")? {
        return Err(AchievementRefusal::Ended.at("id").into());
    }
    let provider = provider(conn, caller, named)?;
    let learner = learners::service::visible(conn, caller, &draft.learner).map_err(at_learner)?;
    let family = learners::store::family(conn, &learner.id)?;
    if provider.id != old.provider_id || !family.contains(&old.learner_id) {
        return Err(AchievementRefusal::OtherLearner.at("learner").into());
    }
    rules::may_replace(&open(app, &old)?, draft)?;
    let row = write(conn, app, caller, draft, &provider, &learner.id, Some(&old))?;
    let (document, lots) = (open(app, &row)?, ledger::service::of_basis(conn, &row.basis, act(app).today)?);
    for part in 0..document.credits.len() {
        let new = mint(app, &row, &document, part)?;
        let lot = lots.iter().find(|state| state.lot.part == i64::from(new.facts.part));
        let lot = lot.ok_or_else(|| Fault::text(format!("no lot of part {part} of {}", old.id)))?.lot.id.clone();
        let taken = Void { entry: app.edge.id("ent"), cause: row.digest.clone(), lot };
        ledger::service::revalue(conn, &act(app), &taken, &new)?.posted().map_err(|r| in_credits(r, part))?;
    }
    View::of(conn, app, row)
}

/// Takes a record back, and with it what is still available of its credit; what was spent is shown as such.
///
/// # Errors
/// `achievements.not_found`, `achievements.reason`, `achievements.ended`, or a fault.
pub fn void(conn: &mut Conn, app: &App, caller: &Caller, id: &str, reason: &str) -> Result<View, Error> {
    if !learners::rules::is_reason(reason) {
        return Err(AchievementRefusal::Reason.at("reason").into());
    }
    let row = visible(conn, caller, id)?;
    if !store::end(conn, &row.id, "voided")? {
        return Err(AchievementRefusal::Ended.at("id").into());
    }
    let cause = keep_event(conn, app, caller, &row, reason)?;
    for state in ledger::service::of_basis(conn, &row.basis, act(app).today)? {
        let taken = Void { entry: app.edge.id("ent"), cause: cause.clone(), lot: state.lot.id };
        ledger::service::void(conn, &act(app), &taken)?.posted()?;
    }
    let row = visible(conn, caller, id)?;
    View::of(conn, app, row)
}

/// What the evidence of a voiding commits to.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    achievement: &'a str,
    event: &'static str,
    at: i64,
    reason: &'a str,
    by: &'a str,
}

/// Keeps a voiding with its evidence; its digest is what the ledger names as the cause.
fn keep_event(conn: &mut Conn, app: &App, caller: &Caller, row: &Row, reason: &str) -> Result<String, Error> {
    let at = app.edge.now();
    let document = Document { hufu: "achievement-event/1", achievement: &row.id, event: "voided", at, reason, by: &caller.client_id };
    let document = serde_json::to_string(&document).map_err(Fault::new)?;
    let cause = verifier::documents::digest(&document);
    let event = Event { id: app.edge.id("aev"), achievement_id: row.id.clone(), kind: "voided", at, actor: caller.client_id.clone(), document };
    store::insert_event(conn, &event)?;
    evidence::record(conn, &app.edge, evidence::Kind::AchievementEvent, at, &event.id, event.document.as_bytes())?;
    Ok(cause)
}

/// One achievement, if it is of a provider that the caller may see.
///
/// # Errors
/// `achievements.not_found`, or a fault.
pub fn read(conn: &mut Conn, app: &App, caller: &Caller, id: &str) -> Result<View, Error> {
    let row = visible(conn, caller, id)?;
    View::of(conn, app, row)
}

fn visible(conn: &mut Conn, caller: &Caller, id: &str) -> Result<Row, Error> {
    let row = store::by_id(conn, id)?.filter(|row| caller.acts_for(&row.provider_id));
    Ok(row.ok_or_else(|| AchievementRefusal::NotFound.at("id"))?)
}

/// A page of achievements, oldest first.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, app: &App, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Page<View>, Error> {
    let page = Page::new(store::page(conn, filter, after, limit)?, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(|row| View::of(conn, app, row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// A page of what is held of a person's achievements, for the person.
///
/// # Errors
/// A fault.
pub fn held(conn: &mut Conn, app: &App, learner: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let filter = Filter { family: Some(learners::store::family(conn, learner)?), ..Filter::default() };
    let page = list(conn, app, &filter, after, LIMIT_MAX)?;
    let items = page.items.iter().map(serde_json::to_value).collect::<Result<_, _>>().map_err(Fault::new)?;
    Ok(Page { items, next: page.next })
}

/// Signs the document and writes it with its evidence.
fn write(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    draft: &Draft,
    provider: &providers::store::Row,
    learner: &str,
    old: Option<&Row>,
) -> Result<Row, Error> {
    let (now, today) = (app.edge.now(), providers::service::today(app));
    rules::may_be_recorded(draft, today)?;
    let typ = rules::scope_of(draft.kind);
    // The body had to be in good standing when it was achieved, and is when it is recorded.
    for day in [draft.earned_on, today] {
        providers::service::may_issue(conn, provider, day, typ, draft.occupation.as_ref(), draft.level)?;
    }
    let id = app.edge.id("ach");
    let document = Achievement {
        id: AchievementId::parse(&id).map_err(Fault::new)?,
        region: app.region.code.clone(),
        learner: LearnerId::parse(learner).map_err(Fault::new)?,
        provider: CreditCode::parse(&provider.credit_code).map_err(Fault::new)?,
        kind: draft.kind,
        course: draft.course.clone(),
        title: draft.title.clone(),
        hours: draft.hours,
        competition: draft.competition.clone(),
        occupation: draft.occupation.clone(),
        level: draft.level,
        grade: draft.grade,
        earned: draft.earned_on,
        credits: draft.credits.clone(),
        at: Instant(now),
        replaces: old.map(|row| Digest::parse(&row.digest)).transpose().map_err(Fault::new)?,
    };
    let document = document.sign(&app.keys.region_signer()).map_err(|e| crate::messages::from_verifier(e.about().unwrap_or_default(), e.code()))?;
    let digest = verifier::documents::digest(&document);
    let row = Row {
        id,
        learner_id: learner.to_owned(),
        provider_id: provider.id.clone(),
        earned_on: draft.earned_on.to_string(),
        recorded_at: now,
        recorded_by: caller.client_id.clone(),
        basis: old.map_or_else(|| digest.clone(), |row| row.basis.clone()),
        digest,
        document,
        replaces: old.map(|row| row.id.clone()),
        state: "recorded".to_owned(),
    };
    store::insert(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::Achievement, now, &row.id, row.document.as_bytes())?;
    Ok(row)
}

/// The document of a row.
pub(super) fn open(app: &App, row: &Row) -> Result<Achievement, Fault> {
    let broken = |e| Fault::text(format!("stored document of {}: {e}", row.id));
    Achievement::open(&row.document, app.keys.region_signer().public()).map_err(broken)
}

fn mint(app: &App, row: &Row, document: &Achievement, part: usize) -> Result<Mint, Fault> {
    let credit = document.credits.get(part).ok_or_else(|| Fault::text("a credit that was just counted is gone"))?;
    Ok(Mint {
        entry: app.edge.id("ent"),
        cause: row.digest.clone(),
        amount: credit.amount.hundredths(),
        facts: Facts {
            learner: row.learner_id.clone(),
            scheme: credit.scheme.as_str().to_owned(),
            kind: LotKind::parse(document.kind.as_str()).ok_or_else(|| Fault::text("a kind that no lot has"))?,
            category: credit.category.as_ref().map(|category| category.as_str().to_owned()),
            course: document.course.as_ref().map(|course| course.as_str().to_owned()),
            title: Some(document.title.clone()),
            occupation: document.occupation.clone(),
            level: document.level,
            grade: document.grade,
            provider: Some(row.provider_id.clone()),
            earned_on: document.earned,
            basis: row.basis.clone(),
            part: u32::try_from(part).map_err(Fault::new)?,
        },
    })
}

fn act(app: &App) -> Act<'_> {
    Act::of(app)
}

fn at_learner(error: Error) -> Error {
    match error {
        Error::Refusal(refusal) => refusal.at("learner").into(),
        other => other,
    }
}

fn in_credits(refusal: Refusal, part: usize) -> Refusal {
    refusal.at(format!("credits[{part}]"))
}
