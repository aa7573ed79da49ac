//! What is odd about a draft, and what a newer version changes, as answers say it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use verifier::agreement::Agreement;
use verifier::agreement::diff::{Change, What};
use verifier::agreement::lint::{Finding, Scopes};
use verifier::agreement::print::Said;
use verifier::time::Day;
use verifier::verdict::{Class, Flag, Interval, Scope, Standing};

use super::rules;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault, Refusal};
use crate::providers;

/// Most providers of this region whose scopes are looked at.
const PROVIDERS_MAX: i64 = 10_000;

/// What is odd about a draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementFindings)]
pub struct FindingList {
    /// In the order of grants.
    pub findings: Vec<FindingView>,
}

/// Something that a person should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementFinding)]
pub struct FindingView {
    /// Stable code.
    #[schema(example = "lint.one_way")]
    pub code: &'static str,
    /// Id of the grant.
    #[schema(example = "cert-hk")]
    pub grant: String,
    /// Id of the other grant that has to do with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// In words.
    pub words: SaidView,
}

/// What a newer version changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementChanges)]
pub struct ChangeList {
    /// In the order of articles.
    pub changes: Vec<ChangeView>,
}

/// One change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementChange)]
pub struct ChangeView {
    /// `added`, `removed` or `changed`.
    #[schema(example = "changed")]
    pub what: &'static str,
    /// `title`, `parties`, `term`, `grants` for their order, or `grants.` and the id of a grant.
    #[schema(example = "grants.cert-ic")]
    pub article: String,
    /// The member; empty for a whole grant.
    #[schema(example = "accept.level")]
    pub member: String,
    /// What it said before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<SaidView>,
    /// What it says now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<SaidView>,
    /// All of it in one sentence.
    pub words: SaidView,
}

/// The same text in two languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Said)]
pub struct SaidView {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<Said> for SaidView {
    fn from(said: Said) -> SaidView {
        SaidView { zh: said.zh, en: said.en }
    }
}

impl From<Finding> for FindingView {
    fn from(found: Finding) -> FindingView {
        FindingView { code: found.code, grant: found.grant, other: found.other, words: found.words.into() }
    }
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> ChangeView {
        let what = match change.what {
            What::Added => "added",
            What::Removed => "removed",
            What::Changed => "changed",
        };
        let Change { article, member, before, after, words, .. } = change;
        ChangeView { what, article, member, before: before.map(Into::into), after: after.map(Into::into), words: words.into() }
    }
}

fn read(text: &str, field: &str) -> Result<Agreement, Refusal> {
    Agreement::read(text.as_bytes()).map_err(|error| rules::refused(&error).within(field))
}

/// What is odd about a draft, going by the scopes of own providers and of those of partners whose bundle is held.
///
/// # Errors
/// `agreement.*` with the path within `agreement`, or a fault.
pub async fn lint(app: &App, text: String) -> Result<FindingList, Error> {
    let agreement = read(&text, "agreement")?;
    let (day, bundles) = (providers::service::today(app), app.partners.current(app).await);
    let mut scopes: Scopes = BTreeMap::new();
    for region in &agreement.parties {
        let held = bundles.of(region).and_then(|bundle| bundle.region(region));
        let of = |held: &verifier::bundle::Held| held.providers().iter().flat_map(|one| one.on(day)).filter_map(scope).collect();
        scopes.extend(held.map(|held| (region.clone(), of(held))));
    }
    if agreement.parties.contains(&app.region.code) {
        scopes.insert(app.region.code.clone(), app.db.read(move |conn| own_scopes(conn, day)).await?);
    }
    // Every grant is held against every other: of 500 that takes a while, in which a worker has others to answer.
    let looked = tokio::task::spawn_blocking(move || verifier::agreement::lint::lint(&agreement, &scopes));
    let findings = looked.await.map_err(Fault::new)?;
    Ok(FindingList { findings: findings.into_iter().map(Into::into).collect() })
}

fn own_scopes(conn: &mut Conn, day: Day) -> Result<Vec<Scope>, Error> {
    let listed = providers::Filter { q: None, kind: None, listed: true, class: None, occupation: None, day };
    let rows = providers::service::search(conn, &listed, None, PROVIDERS_MAX)?;
    let intervals = rows.into_iter().filter_map(|(_, row)| row).map(|row| row.interval()).collect::<Result<Vec<_>, _>>()?;
    Ok(intervals.iter().filter_map(scope).collect())
}

/// What a provider may assess in an interval; none where it may not.
fn scope(interval: &Interval) -> Option<Scope> {
    match &interval.standing {
        Standing::Listed { class, flag, scope } if *class != Class::D && *flag != Flag::Red => Some(scope.clone()),
        _ => None,
    }
}

/// What `after` changes in `before`.
///
/// # Errors
/// `agreement.*` with the path within `before` or `after`.
pub fn diff(before: &str, after: &str) -> Result<ChangeList, Refusal> {
    let (before, after) = (read(before, "before")?, read(after, "after")?);
    let changes = verifier::agreement::diff::diff(&before, &after);
    Ok(ChangeList { changes: changes.into_iter().map(Into::into).collect() })
}
