//! The credit that a certificate declares: minted when it is issued, taken back when it is revoked, valued anew when it is replaced.

use std::collections::BTreeMap;
use std::sync::Arc;

use verifier::documents::{Scheme, digest};

use super::draft::{Credit, Draft, Extra};
use super::store::{self, Row};
use crate::app::App;
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::learners;
use crate::ledger::service::{Act, LotState};
use crate::ledger::{self, Facts, LedgerRefusal, LotKind, LotView, Mint, Outcome, Void};

/// Longest chain of replacements that is followed.
const CHAIN_MAX: usize = 1_000;

/// Adds what a new certificate mints of the credit that it declares, to the account of its holder.
///
/// # Errors
/// A fault.
pub(super) fn mint(
    bulk: &mut Bulk,
    app: &App,
    draft: &Draft,
    row: &Row,
    account: &str,
    schemes: &BTreeMap<String, Arc<Scheme>>,
) -> Result<Vec<LotState>, Fault> {
    let cause = digest(&row.card);
    let mint = |(part, credit): (usize, &Credit)| {
        let scheme = schemes.get(&credit.scheme).ok_or_else(|| Fault::text("a scheme that was just looked up"))?;
        let facts = facts(draft, row, credit, account, &cause, part)?;
        let new = Mint { entry: app.edge.id("ent"), cause: cause.clone(), amount: credit.amount, facts };
        ledger::service::mint_new(bulk, &act(app), &new, scheme)
    };
    draft.extra.credits.iter().enumerate().map(mint).collect()
}

/// Mints what a certificate in the place of `old` declares: amounts of the same scheme and part take the place of the old ones, and what else `old`
/// declared is taken back.
///
/// # Errors
/// `learners.name_differs`, `learners.closed`, a refusal of the ledger, or a fault.
pub(super) fn mint_anew(conn: &mut Conn, app: &App, client: &str, draft: &Draft, row: &Row, old: &Row) -> Result<(), Error> {
    let mut before = current(conn, app, old)?;
    let cause = digest(&row.card);
    if !draft.extra.credits.is_empty() {
        let (account, _) = learners::service::open(conn, app, client, &draft.holder.id, &draft.holder.name).map_err(in_holder)?;
        let basis = basis(conn, row)?;
        for (part, credit) in draft.extra.credits.iter().enumerate() {
            let facts = facts(draft, row, credit, &account.id, &basis, part)?;
            let new = Mint { entry: app.edge.id("ent"), cause: cause.clone(), amount: credit.amount, facts };
            let outcome = match before.remove(&(credit.scheme.clone(), new.facts.part)) {
                Some(state) => ledger::service::revalue(conn, &act(app), &taken(app, &cause, state.lot.id), &new)?,
                None => ledger::service::mint(conn, &act(app), &new)?,
            };
            outcome.posted().map_err(|refusal: Refusal| refusal.at(format!("credits[{part}]")))?;
        }
    }
    void_all(conn, app, before.into_values(), &cause)
}

/// Takes back what is left of a certificate's credit; `cause` is the digest of the event that says why.
///
/// # Errors
/// A refusal of the ledger, or a fault.
pub(super) fn void(conn: &mut Conn, app: &App, row: &Row, cause: &str) -> Result<(), Error> {
    let states = current(conn, app, row)?;
    void_all(conn, app, states.into_values(), cause)
}

/// The credit of a certificate as it stands, with what was spent of earlier evaluations; none where it declares none.
///
/// # Errors
/// A fault.
pub(super) fn lots(conn: &mut Conn, app: &App, row: &Row) -> Result<Vec<LotView>, Error> {
    let Some(basis) = minted_under(conn, row)? else { return Ok(Vec::new()) };
    Ok(ledger::service::evaluations(conn, &basis, act(app).today)?.into_iter().map(LotView::of).collect())
}

fn void_all(conn: &mut Conn, app: &App, states: impl Iterator<Item = LotState>, cause: &str) -> Result<(), Error> {
    for state in states {
        match ledger::service::void(conn, &act(app), &taken(app, cause, state.lot.id))? {
            // An earlier replacement that did not declare it took it back.
            Outcome::Refused(refused) if refused.why == LedgerRefusal::AlreadyVoided => {}
            outcome => drop(outcome.posted()?),
        }
    }
    Ok(())
}

/// The lots of a certificate by scheme and part, each in its latest revision; none where it declares none.
pub(super) fn current(conn: &mut Conn, app: &App, row: &Row) -> Result<BTreeMap<(String, u32), LotState>, Error> {
    let Some(basis) = minted_under(conn, row)? else { return Ok(BTreeMap::new()) };
    let states = ledger::service::of_basis(conn, &basis, act(app).today)?;
    states.into_iter().map(|state| Ok(((state.lot.scheme.clone(), u32::try_from(state.lot.part).map_err(Fault::new)?), state))).collect()
}

/// The basis of what a certificate, or one that it replaced, may have minted.
fn minted_under(conn: &mut Conn, row: &Row) -> Result<Option<String>, Error> {
    let extra: Extra = serde_json::from_str(&row.extra).map_err(Fault::new)?;
    if extra.credits.is_empty() && row.replaces.is_none() { Ok(None) } else { basis(conn, row).map(Some) }
}

/// The digest of the first card of a chain of replacements: of one achievement, however often its certificate is corrected, credit is minted once.
fn basis(conn: &mut Conn, row: &Row) -> Result<String, Error> {
    let (mut card, mut replaces) = (row.card.clone(), row.replaces.clone());
    for _ in 0..CHAIN_MAX {
        let Some(id) = replaces else { return Ok(digest(&card)) };
        let before = store::by_id(conn, &id)?.ok_or_else(|| Fault::text(format!("certificate {id}, which was replaced, is gone")))?;
        (card, replaces) = (before.card, before.replaces);
    }
    Err(Fault::text(format!("certificate {} stands at the end of more than {CHAIN_MAX} replacements", row.id)).into())
}

fn facts(draft: &Draft, row: &Row, credit: &Credit, learner: &str, basis: &str, part: usize) -> Result<Facts, Fault> {
    Ok(Facts {
        learner: learner.to_owned(),
        scheme: credit.scheme.clone(),
        kind: LotKind::parse(&credit.kind).ok_or_else(|| Fault::text("a kind that was checked"))?,
        category: credit.category.clone(),
        course: credit.course.clone(),
        title: draft.title.clone(),
        occupation: draft.occupation.clone(),
        level: draft.level,
        grade: draft.grade,
        provider: Some(row.provider_id.clone()),
        earned_on: draft.assessed_on,
        basis: basis.to_owned(),
        part: u32::try_from(part).map_err(Fault::new)?,
    })
}

fn taken(app: &App, cause: &str, lot: String) -> Void {
    Void { entry: app.edge.id("ent"), cause: cause.to_owned(), lot }
}

fn act(app: &App) -> Act<'_> {
    Act::of(app)
}

pub(super) fn in_holder(error: Error) -> Error {
    match error {
        Error::Refusal(refusal) if !refusal.field.is_empty() => refusal.within("holder").into(),
        other => other,
    }
}
