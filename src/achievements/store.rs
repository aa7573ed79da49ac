//! The tables of achievements.

use diesel::prelude::*;

use super::AchievementRefusal;
use crate::db::schema::{achievement_events, achievements};
use crate::db::{Conn, is_id};
use crate::error::{Error, is_unique_violation};

/// An achievement as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = achievements, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0010_achievements")]
pub struct Row {
    pub id: String,
    pub learner_id: String,
    pub provider_id: String,
    pub earned_on: String,
    pub recorded_at: i64,
    pub recorded_by: String,
    pub digest: String,
    pub basis: String,
    pub document: String,
    pub replaces: Option<String>,
    pub state: String,
}

/// What happened to an achievement after it was recorded.
#[derive(Insertable)]
#[diesel(table_name = achievement_events, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns are documented in migrations/0010_achievements")]
pub struct Event {
    pub id: String,
    pub achievement_id: String,
    pub kind: &'static str,
    pub at: i64,
    pub actor: String,
    pub document: String,
}

/// What a list is filtered by. All that are present must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Provider id.
    pub provider: Option<String>,
    /// Account ids of one person.
    pub family: Option<Vec<String>>,
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    match diesel::insert_into(achievements::table).values(row).execute(conn) {
        Ok(_) => Ok(()),
        // Of ids and digests made here only the record that is replaced can be there already: somebody replaced it meanwhile.
        Err(e) if is_unique_violation(&e) => Err(AchievementRefusal::Ended.at("id").into()),
        Err(e) => Err(e.into()),
    }
}

pub(super) fn insert_event(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(achievement_events::table).values(event).execute(conn)?;
    Ok(())
}

/// One achievement.
///
/// # Errors
/// A fault of the database.
pub fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(achievements::table.find(id).select(Row::as_select()).get_result(conn).optional()?)
}

/// The documents of these digests, as far as they are here.
///
/// # Errors
/// A fault of the database.
pub fn documents(conn: &mut Conn, digests: &[String]) -> Result<Vec<String>, Error> {
    Ok(achievements::table.filter(achievements::digest.eq_any(digests)).order(achievements::id).select(achievements::document).load(conn)?)
}

/// Ends a record; false when it had ended already. The row stays locked until the transaction ends.
pub(super) fn end(conn: &mut Conn, id: &str, state: &str) -> Result<bool, Error> {
    let open = achievements::table.filter(achievements::id.eq(id).and(achievements::state.eq("recorded")));
    Ok(diesel::update(open).set(achievements::state.eq(state)).execute(conn)? == 1)
}

/// One row more than `limit`, after `after`, in order of recording.
pub(super) fn page(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query = achievements::table.select(Row::as_select()).order(achievements::id).limit(limit + 1).into_boxed();
    if let Some(after) = after {
        query = query.filter(achievements::id.gt(after.to_owned()));
    }
    if let Some(provider) = &filter.provider {
        query = query.filter(achievements::provider_id.eq(provider.clone()));
    }
    if let Some(family) = &filter.family {
        query = query.filter(achievements::learner_id.eq_any(family.clone()));
    }
    Ok(query.load(conn)?)
}
