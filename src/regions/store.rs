//! The table of the one region.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::regions;
use crate::error::Error;

/// The region as it is stored.
#[derive(Queryable, Insertable)]
#[diesel(table_name = regions, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub zone: i64,
    pub epoch: i64,
    pub created_at: i64,
}

pub(super) fn read(conn: &mut Conn) -> Result<Option<Row>, Error> {
    Ok(regions::table.get_result(conn).optional()?)
}

pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::insert_into(regions::table).values(row).execute(conn)?;
    Ok(())
}
