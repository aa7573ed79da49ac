//! What happened to accounts, and who looked at them. Rows are only added.

use diesel::prelude::*;

use crate::bulk_row;
use crate::db::Conn;
use crate::db::schema::{learner_events as events, learner_views as views};
use crate::error::Error;

/// What happened to an account.
#[derive(Queryable)]
pub(in crate::learners) struct Event {
    pub id: String,
    pub learner_id: String,
    pub kind: String,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

/// Who looked at an account.
#[derive(Queryable)]
pub(in crate::learners) struct Looked {
    pub id: String,
    pub learner_id: String,
    pub at: i64,
    pub actor: String,
    pub what: String,
}

bulk_row!(Event => "learner_events" { id, learner_id, kind, at, actor, document });
bulk_row!(Looked => "learner_views" { id, learner_id, at, actor, what });

/// Looks at these accounts before the id `before`, the newest first.
pub(in crate::learners) fn looks_before(conn: &mut Conn, family: &[String], before: Option<&str>, limit: i64) -> Result<Vec<Looked>, Error> {
    let mut query = views::table.filter(views::learner_id.eq_any(family)).order(views::id.desc()).limit(limit).into_boxed();
    if let Some(before) = before {
        query = query.filter(views::id.lt(before.to_owned()));
    }
    Ok(query.load(conn)?)
}

pub(in crate::learners) fn looks(conn: &mut Conn, family: &[String], after: &str, limit: i64) -> Result<Vec<Looked>, Error> {
    Ok(views::table.filter(views::learner_id.eq_any(family).and(views::id.gt(after))).order(views::id).limit(limit).load(conn)?)
}

pub(in crate::learners) fn events(conn: &mut Conn, family: &[String], after: &str, limit: i64) -> Result<Vec<Event>, Error> {
    Ok(events::table.filter(events::learner_id.eq_any(family).and(events::id.gt(after))).order(events::id).limit(limit).load(conn)?)
}
