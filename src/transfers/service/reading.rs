//! Who may see which transfer, and the lists.

use serde_json::{Value, json};

use crate::access::{Caller, Role};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::http::page::{LIMIT_MAX, Page};
use crate::learners::rules::in_use;
use crate::learners::{self, Look};
use crate::transfers::TransferRefusal;
use crate::transfers::store::{self, Filter, Row};
use crate::transfers::views::{ChannelView, Detail, View};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Asker {
    /// A client, for a learner that it may see.
    Client(Caller),
    /// The learner in person.
    Learner(String),
}

impl Asker {
    /// As what is kept of a transfer names who began it.
    pub fn name(&self) -> &str {
        match self {
            Asker::Client(caller) => &caller.client_id,
            Asker::Learner(_) => learners::SELF,
        }
    }
}

/// An account in use for which the asker may ask. The learner sees that somebody looked.
///
/// # Errors
/// `learners.not_found`, `learners.closed`, or a fault.
pub fn account(conn: &mut Conn, app: &App, asker: &Asker, id: &str) -> Result<learners::store::Row, Error> {
    let found = match asker {
        Asker::Learner(own) => learners::service::find(conn, own),
        Asker::Client(caller) => learners::service::visible(conn, caller, id),
    };
    let found = found.map_err(|error| match error {
        Error::Refusal(refusal) => refusal.at("learner").into(),
        fault => fault,
    })?;
    in_use(found.state()?).map_err(|refusal| refusal.at("learner"))?;
    if let Asker::Client(caller) = asker {
        learners::service::viewed(conn, &app.edge, &found.id, &caller.client_id, Look::Credit)?;
    }
    Ok(found)
}

/// A transfer that the asker may see: an operator any, a body those of learners that it may see, a learner the own ones.
///
/// # Errors
/// `transfers.not_found`, or a fault.
pub fn find(conn: &mut Conn, asker: &Asker, id: &str) -> Result<Row, Error> {
    let row = store::by_id(conn, id)?.ok_or_else(|| TransferRefusal::NotFound.at("id"))?;
    let may_see = match (asker, &row.learner_id) {
        (Asker::Client(caller), _) if caller.role == Role::Operator => true,
        (Asker::Client(caller), Some(learner)) => match learners::service::visible(conn, caller, learner) {
            Ok(_) => true,
            Err(Error::Refusal(_)) => false,
            Err(fault) => return Err(fault),
        },
        (Asker::Learner(own), Some(learner)) => learners::store::family(conn, own)?.contains(learner),
        (_, None) => false,
    };
    if may_see { Ok(row) } else { Err(TransferRefusal::NotFound.at("id").into()) }
}

/// One transfer with its documents.
///
/// # Errors
/// `transfers.not_found`, or a fault.
pub fn show(conn: &mut Conn, asker: &Asker, id: &str) -> Result<Detail, Error> {
    let row = find(conn, asker, id)?;
    detail(conn, row)
}

fn detail(conn: &mut Conn, row: Row) -> Result<Detail, Error> {
    let text = |conn: &mut Conn, digest: &Option<String>| match digest {
        Some(digest) => Ok::<_, Error>(store::message(conn, digest)?.map(|message| message.text)),
        None => Ok(None),
    };
    let (ask, decision) = (text(conn, &row.ask)?, text(conn, &row.decision)?);
    let cancelled_at = store::cancels(conn, &[row.id.as_str()])?.first().map(|(_, at)| *at);
    Ok(Detail { ask, decision, transfer: View::of(row, cancelled_at) })
}

/// A page of what is held of a person's transfers, for the person.
///
/// # Errors
/// A fault.
pub fn held(conn: &mut Conn, _: &App, learner: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let filter = Filter { family: Some(learners::store::family(conn, learner)?), ..Filter::default() };
    let page = Page::new(store::page(conn, &filter, after, LIMIT_MAX)?, LIMIT_MAX, |row| row.id.clone(), |row| row);
    let show = |row: Row| Ok(serde_json::to_value(detail(conn, row)?).map_err(Fault::new)?);
    Ok(Page { items: page.items.into_iter().map(show).collect::<Result<_, Error>>()?, next: page.next })
}

/// What other regions may call a person, for the person: a few for each region, and so one page.
///
/// # Errors
/// A fault.
pub fn commitments(conn: &mut Conn, _: &App, learner: &str, _: Option<&str>) -> Result<Page<Value>, Error> {
    let family = learners::store::family(conn, learner)?;
    let own = store::names_of(conn, &family)?.into_iter();
    let items = own.map(|(peer, salt, commitment, account)| json!({"peer": peer, "salt": salt, "commit": commitment, "account": account}));
    Ok(Page { items: items.collect(), next: None })
}

/// A page of transfers in the order in which they began in the region that asked; of a learner, whom the asker may see, where one is named.
///
/// # Errors
/// `learners.not_found`, or a fault.
pub fn list(conn: &mut Conn, app: &App, asker: &Asker, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Page<View>, Error> {
    let mut filter = filter.clone();
    if let Some([learner, ..]) = filter.family.as_deref() {
        let found = account(conn, app, asker, learner)?;
        filter.family = Some(learners::store::family(conn, &found.id)?);
    }
    let rows = store::page(conn, &filter, after, limit)?;
    let ids: Vec<&str> = rows.iter().filter(|row| row.cancelled).map(|row| row.id.as_str()).collect();
    let cancels = store::cancels(conn, &ids)?;
    let at = |row: &Row| cancels.iter().find(|(id, _)| *id == row.id).map(|(_, at)| *at);
    Ok(Page::new(rows, limit, |row| row.id.clone(), |row| View::of(row.clone(), at(&row))))
}

/// Every channel with what waits for it.
///
/// # Errors
/// A fault.
pub fn channels(conn: &mut Conn) -> Result<Vec<ChannelView>, Error> {
    let mut all = Vec::new();
    for row in store::channels(conn)? {
        let waiting = store::waiting(conn, &row.peer)?;
        all.push(ChannelView::of(row, &waiting));
    }
    Ok(all)
}
