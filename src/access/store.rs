//! The tables `clients` and `client_events`.

use diesel::prelude::*;

use super::Role;
use crate::db::Conn;
use crate::db::schema::{client_events, clients, providers, revisions};
use crate::error::{Error, Fault};

/// A client as it is stored.
#[derive(Queryable, Insertable, Clone, Debug)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
pub struct Row {
    /// `client_...`
    pub id: String,
    /// What people call it.
    pub name: String,
    /// [`Role::as_str`]
    pub role: String,
    /// The one provider of role provider.
    pub provider_id: Option<String>,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds, when the secret in force was made.
    pub rotated_at: i64,
    /// Unix seconds; a client with this may do nothing.
    pub disabled_at: Option<i64>,
}

impl Row {
    /// The role.
    ///
    /// # Errors
    /// A fault for a role that this program does not know.
    pub fn role(&self) -> Result<Role, Fault> {
        Role::parse(&self.role).ok_or_else(|| Fault::text(format!("client {} has the unknown role {:?}", self.id, self.role)))
    }
}

/// The document of one change, as `client_events` keeps it.
#[derive(Insertable, Debug)]
#[diesel(table_name = client_events, treat_none_as_default_value = false)]
pub struct Event {
    /// `cev_...`; the evidence names it.
    pub id: String,
    /// Whose change.
    pub client_id: String,
    /// `created`, `rotated`, `disabled`
    pub kind: &'static str,
    /// Unix seconds.
    pub at: i64,
    /// JSON.
    pub document: String,
}

/// The client of this id.
///
/// # Errors
/// A fault of the database.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    Ok(clients::table.find(id).get_result(conn).optional()?)
}

/// Those of these clients that are disabled.
///
/// # Errors
/// A fault of the database.
pub fn disabled(conn: &mut Conn, ids: &[&str]) -> Result<Vec<String>, Error> {
    let disabled = clients::table.filter(clients::id.eq_any(ids)).filter(clients::disabled_at.is_not_null());
    Ok(disabled.select(clients::id).load(conn)?)
}

/// Clients after the id `after`, in order, at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn page(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    Ok(clients::table.filter(clients::id.gt(after.unwrap_or(""))).order(clients::id).limit(limit).load(conn)?)
}

/// Adds a client.
///
/// # Errors
/// A fault of the database.
pub fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(clients::table).values(row).execute(conn)?;
    Ok(())
}

/// Replaces the secret of a client that is not disabled; tells whether there was one.
///
/// # Errors
/// A fault of the database.
pub fn rotate(conn: &mut Conn, id: &str, secret_hash: &[u8], at: i64) -> Result<bool, Error> {
    let enabled = clients::table.find(id).filter(clients::disabled_at.is_null());
    let done = diesel::update(enabled).set((clients::secret_hash.eq(secret_hash), clients::rotated_at.eq(at))).execute(conn)?;
    Ok(done == 1)
}

/// Disables a client that is not disabled; tells whether there was one.
///
/// # Errors
/// A fault of the database.
pub fn disable(conn: &mut Conn, id: &str, at: i64) -> Result<bool, Error> {
    let enabled = clients::table.find(id).filter(clients::disabled_at.is_null());
    Ok(diesel::update(enabled).set(clients::disabled_at.eq(at)).execute(conn)? == 1)
}

/// Keeps the document of a change.
///
/// # Errors
/// A fault of the database.
pub fn record(conn: &mut Conn, event: &Event) -> Result<(), Error> {
    diesel::insert_into(client_events::table).values(event).execute(conn)?;
    Ok(())
}

/// Whether a provider of this id is registered.
///
/// # Errors
/// A fault of the database.
pub fn provider_exists(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    Ok(diesel::select(diesel::dsl::exists(providers::table.find(id))).get_result(conn)?)
}

/// Takes a row that every server knows, so that of two servers which start at once on an empty database only one finds no operator.
///
/// # Errors
/// A fault of the database.
pub fn take_turn(conn: &mut Conn) -> Result<(), Error> {
    diesel::update(revisions::table.find("trust")).set(revisions::n.eq(revisions::n)).execute(conn)?;
    Ok(())
}

/// Whether there ever was a client of this role.
///
/// # Errors
/// A fault of the database.
pub fn any_with_role(conn: &mut Conn, role: Role) -> Result<bool, Error> {
    Ok(diesel::select(diesel::dsl::exists(clients::table.filter(clients::role.eq(role.as_str())))).get_result(conn)?)
}
