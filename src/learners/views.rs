//! How an account looks in an answer: the number masked, and who looked by the names that a person knows them by.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::person::Person;
use super::store::{self, Row};
use super::{SELF, kind_word};
use crate::access;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::http::page::Page;
use crate::providers;

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LearnerAccount)]
pub struct View {
    /// Id in this registry.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Name.
    #[schema(example = "欧阳静")]
    pub name: String,
    /// Kind of the id document.
    #[schema(example = "resident")]
    pub id_type: String,
    /// Its last four characters.
    #[schema(example = "002X")]
    pub id_last4: String,
    /// `open` or `closed`; of an account that was merged, the one that goes on is shown.
    #[schema(example = "open")]
    pub state: String,
    /// Unix seconds.
    #[schema(example = 1_795_276_800)]
    pub opened_at: i64,
    /// Unix seconds; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
}

impl View {
    /// The view of a row.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn of(app: &App, row: Row) -> Result<View, Fault> {
        let Person { name, id } = Person::of(app, &row)?;
        Ok(View {
            name: name.as_str().to_owned(),
            id_type: kind_word(id.kind()),
            id_last4: id.last_four().as_str().to_owned(),
            id: row.id,
            state: row.state,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        })
    }
}

/// Somebody who did something to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Who {
    /// `provider`, `operator` (the region itself) or `learner` (the person).
    #[schema(example = "provider")]
    pub kind: String,
    /// Name in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "示例评价中心")]
    pub name_zh: Option<String>,
    /// Name in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Example Centre")]
    pub name_en: Option<String>,
}

/// Names of actors, each looked up once.
pub(super) struct Names<'a> {
    app: &'a App,
    known: BTreeMap<String, Who>,
}

impl<'a> Names<'a> {
    pub fn new(app: &'a App) -> Names<'a> {
        Names { app, known: BTreeMap::new() }
    }

    /// Who stands behind an actor: a provider by its own name, whatever its client is called; everybody else is the region's.
    pub fn of(&mut self, conn: &mut Conn, actor: &str) -> Result<Who, Error> {
        if let Some(who) = self.known.get(actor) {
            return Ok(who.clone());
        }
        let client = if actor == SELF { None } else { access::store::find(conn, actor)? };
        let provider = match client.and_then(|client| client.provider_id) {
            Some(id) => providers::store::find(conn, &id)?,
            None => None,
        };
        let region = &self.app.region;
        let (kind, names) = match provider {
            _ if actor == SELF => ("learner", None),
            Some(row) => ("provider", Some((row.name_zh, row.name_en))),
            None => ("operator", Some((region.name_zh.clone(), region.name_en.clone()))),
        };
        let (name_zh, name_en) = names.unzip();
        let who = Who { kind: kind.to_owned(), name_zh, name_en };
        self.known.insert(actor.to_owned(), who.clone());
        Ok(who)
    }
}

/// The account as its own person sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Mine {
    /// The account.
    #[serde(flatten)]
    pub account: View,
    /// Who opened it.
    pub opened_by: Who,
}

/// The account of a signed-in learner.
///
/// # Errors
/// A fault.
pub fn mine(conn: &mut Conn, app: &App, row: Row) -> Result<Mine, Error> {
    let opened_by = Names::new(app).of(conn, &row.opened_by)?;
    Ok(Mine { account: View::of(app, row)?, opened_by })
}

/// A look at an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LearnerLook)]
pub struct LookView {
    /// When, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub at: i64,
    /// At what: `opening`, `query` (by document), `account`, `code` (a one-time code was made), `credit` (what it can be redeemed for),
    /// or `hours` (what was earned in a year).
    #[schema(example = "account")]
    pub what: String,
    /// By whom.
    pub by: Who,
}

/// Who looked at a person's account, the newest first; `before` is the `next` of the page before.
///
/// # Errors
/// A fault of the database.
pub fn looks(conn: &mut Conn, app: &App, root: &str, before: Option<&str>, limit: i64) -> Result<Page<LookView>, Error> {
    let family = store::family(conn, root)?;
    let page = Page::new(store::looks_before(conn, &family, before, limit + 1)?, limit, |row| row.id.clone(), |row| row);
    let mut names = Names::new(app);
    let shown = page.items.into_iter().map(|row| Ok(LookView { at: row.at, what: row.what, by: names.of(conn, &row.actor)? }));
    Ok(Page { items: shown.collect::<Result<_, Error>>()?, next: page.next })
}
