//! One connection type for both databases.
#![allow(missing_docs)] // the derive makes items of its own

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. SQLite stands last, because it would take any text for a path.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// libpq, built from source.
    Postgres(PgConnection),
    /// The embedded default.
    Sqlite(SqliteConnection),
}

/// Runs one query text against the database that is behind a [`Conn`]: for what the enum itself cannot express (batch insert, ON CONFLICT).
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, $c:ident => $query:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $query,
            $crate::db::Conn::Sqlite($c) => $query,
        }
    };
}
