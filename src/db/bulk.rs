//! Rows for several tables, written together: on PostgreSQL by one statement, whose text depends on which tables have one row and which have more, so that
//! it stays prepared; on SQLite, where a statement costs no round trip, by one that stays prepared for each table.

use std::fmt::Write as _;

use diesel::RunQueryDsl;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, QueryableByName, SqliteConnection};

use super::condition::{Column, Condition};
use super::{Conn, Kept};
use crate::error::{Error, Fault, is_unique_violation};

/// One value of a row.
#[derive(Clone, Debug)]
pub enum Cell {
    /// TEXT
    Text(Option<String>),
    /// BIGINT
    Number(Option<i64>),
    /// BYTEA
    Bytes(Option<Vec<u8>>),
}

/// A row that can be written with others. [`bulk_row!`](crate::bulk_row) makes one of a struct.
pub trait BulkRow {
    /// The table.
    const TABLE: &'static str;
    /// Its columns, in the order of [`BulkRow::cells`].
    const COLUMNS: &'static [&'static str];
    /// The column that the database numbers, if it does.
    const NUMBERED: Option<Numbered> = None;
    /// The values.
    fn cells(self) -> Vec<Cell>;
}

/// A column whose values the database makes.
#[derive(Clone, Copy, Debug)]
pub struct Numbered {
    /// The column.
    pub column: &'static str,
    /// The next number on PostgreSQL.
    pub postgres: &'static str,
    /// The next number on SQLite.
    pub sqlite: &'static str,
}

/// Rows that wait to be written. What a row refers to is added before it.
#[derive(Debug, Default)]
pub struct Bulk {
    tables: Vec<Rows>,
    /// Which table each row went to, in the order in which they were added.
    order: Vec<usize>,
}

#[derive(Debug)]
struct Rows {
    table: &'static str,
    columns: &'static [&'static str],
    numbered: Option<Numbered>,
    rows: Vec<Vec<Cell>>,
}

#[derive(QueryableByName)]
struct Done {
    #[diesel(sql_type = Integer)]
    #[expect(dead_code, reason = "a statement that stays prepared must be read, and this is what it answers")]
    done: i32,
}

/// Binds cells to a query, each as a value of its own.
macro_rules! bind_all {
    ($query:expr, $cells:expr) => {
        $cells.into_iter().fold($query, |query, cell| match cell {
            Cell::Text(value) => query.bind::<Nullable<Text>, _>(value),
            Cell::Number(value) => query.bind::<Nullable<BigInt>, _>(value),
            Cell::Bytes(value) => query.bind::<Nullable<Binary>, _>(value),
        })
    };
}

impl Bulk {
    /// Adds a row.
    pub fn add<R: BulkRow>(&mut self, row: R) {
        let at = self.tables.iter().position(|rows| rows.table == R::TABLE).unwrap_or_else(|| {
            self.tables.push(Rows { table: R::TABLE, columns: R::COLUMNS, numbered: R::NUMBERED, rows: Vec::new() });
            self.tables.len() - 1
        });
        if let Some(rows) = self.tables.get_mut(at) {
            rows.rows.push(row.cells());
            self.order.push(at);
        }
    }

    /// Writes all of them, inside the caller's transaction.
    ///
    /// # Errors
    /// A fault; where another transaction has just written a row that must be unique, one after which this transaction runs again and sees it.
    pub fn write(self, conn: &mut Conn) -> Result<(), Error> {
        if self.tables.is_empty() {
            return Ok(());
        }
        let written = match conn {
            Conn::Postgres(c) => self.at_once(c, Vec::new()),
            Conn::Sqlite(c) => self.one_by_one(c),
        };
        written.map_err(overtaken)
    }

    /// Writes all of them by one statement, where all of this is so as that statement sees it; where no transaction is open, it is one.
    ///
    /// # Errors
    /// As [`Bulk::write`], and a fault after which it is to be tried another way where something is not so. A fault on SQLite, whose transactions
    /// need no conditions.
    pub fn write_if(self, conn: &mut Conn, conditions: Vec<Condition>) -> Result<(), Error> {
        match conn {
            Conn::Postgres(c) => self.at_once(c, conditions).map_err(overtaken),
            Conn::Sqlite(_) => Err(Fault::text("conditions are for PostgreSQL").into()),
        }
    }

    fn at_once(self, conn: &mut PgConnection, conditions: Vec<Condition>) -> QueryResult<()> {
        let (mut text, mut bound) = (String::from("WITH "), 0);
        let guarded = !conditions.is_empty();
        if guarded {
            text.push_str(&Condition::all(&conditions, &mut bound));
        }
        for (n, rows) in self.tables.iter().enumerate() {
            let comma = if n == 0 && !guarded { "" } else { ", " };
            let numbers = rows.numbered.map_or_else(String::new, |numbered| format!("{}, ", numbered.postgres));
            let single = rows.is_single();
            let bind = |(kind, at)| if single { format!("${at}::{kind}") } else { format!("${at}::{kind}[]") };
            let values: Vec<String> = rows.types().zip(bound + 1..).map(bind).collect();
            bound += values.len();
            let values = values.join(", ");
            // A function that makes rows of arrays costs more than the row itself where it is one.
            let from = match (single, guarded) {
                (true, false) => values,
                (true, true) => format!("{values} FROM so"),
                (false, false) => format!("u.* FROM unnest({values}) AS u"),
                (false, true) => format!("u.* FROM so, unnest({values}) AS u"),
            };
            // Writing to a String never fails.
            let _ = write!(text, "{comma}w{n} AS (INSERT INTO {} ({}) SELECT {numbers}{from})", rows.table, rows.names());
        }
        // Read here too, conditions are looked at even where there is nothing to write.
        text.push_str(if guarded { " SELECT 1 AS done FROM so" } else { " SELECT 1 AS done" });
        let mut query = diesel::sql_query(text).into_boxed::<Pg>();
        query = bind_columns(query, conditions.into_iter().flat_map(|condition| condition.values));
        for rows in self.tables {
            query = if rows.is_single() { bind_all!(query, rows.rows.into_iter().flatten()) } else { bind_columns(query, rows.by_column()) };
        }
        Kept(query).load::<Done>(conn).map(drop)
    }

    fn one_by_one(self, conn: &mut SqliteConnection) -> QueryResult<()> {
        let texts: Vec<String> = self.tables.iter().map(Rows::insert_one).collect();
        let mut rows: Vec<_> = self.tables.into_iter().map(|rows| rows.rows.into_iter()).collect();
        for at in self.order {
            let (Some(text), Some(row)) = (texts.get(at), rows.get_mut(at).and_then(Iterator::next)) else { continue };
            let query = bind_all!(diesel::sql_query(text).into_boxed::<Sqlite>(), row);
            Kept(query).load::<Done>(conn)?;
        }
        Ok(())
    }
}

fn overtaken(e: diesel::result::Error) -> Error {
    if is_unique_violation(&e) { Fault::overtaken("others wrote meanwhile; try again").into() } else { e.into() }
}

fn bind_columns<'a>(query: BoxedSqlQuery<'a, Pg, SqlQuery>, columns: impl IntoIterator<Item = Column>) -> BoxedSqlQuery<'a, Pg, SqlQuery> {
    columns.into_iter().fold(query, |query, column| match column {
        Column::Text(all) => query.bind::<Array<Nullable<Text>>, _>(all),
        Column::Number(all) => query.bind::<Array<Nullable<BigInt>>, _>(all),
        Column::Bytes(all) => query.bind::<Array<Nullable<Binary>>, _>(all),
    })
}

impl Rows {
    fn insert_one(&self) -> String {
        let marks = vec!["?"; self.columns.len()].join(", ");
        let number = self.numbered.map_or_else(String::new, |numbered| format!("{}, ", numbered.sqlite));
        format!("INSERT INTO {} ({}) VALUES ({number}{marks})", self.table, self.names())
    }

    fn names(&self) -> String {
        let numbered = self.numbered.map(|numbered| numbered.column);
        let names: Vec<String> = numbered.iter().chain(self.columns).map(|name| format!("\"{name}\"")).collect();
        names.join(", ")
    }

    fn is_single(&self) -> bool {
        self.rows.len() == 1
    }

    fn types(&self) -> impl Iterator<Item = &'static str> {
        self.rows.first().into_iter().flatten().map(|cell| match cell {
            Cell::Text(_) => "text",
            Cell::Number(_) => "bigint",
            Cell::Bytes(_) => "bytea",
        })
    }

    /// All rows of a table have cells of the same kinds, because they are of one type.
    fn by_column(self) -> Vec<Column> {
        let empty = |cell: &Cell| match cell {
            Cell::Text(_) => Column::Text(Vec::new()),
            Cell::Number(_) => Column::Number(Vec::new()),
            Cell::Bytes(_) => Column::Bytes(Vec::new()),
        };
        let mut columns: Vec<Column> = self.rows.first().into_iter().flatten().map(empty).collect();
        for row in self.rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                match (column, cell) {
                    (Column::Text(all), Cell::Text(value)) => all.push(value),
                    (Column::Number(all), Cell::Number(value)) => all.push(value),
                    (Column::Bytes(all), Cell::Bytes(value)) => all.push(value),
                    _ => {}
                }
            }
        }
        columns
    }
}

macro_rules! cell_from {
    ($($value:ty => $cell:ident),*) => { $(
        impl From<$value> for Cell {
            fn from(value: $value) -> Cell {
                Cell::$cell(Some(value))
            }
        }
        impl From<Option<$value>> for Cell {
            fn from(value: Option<$value>) -> Cell {
                Cell::$cell(value)
            }
        }
    )* };
}
cell_from!(String => Text, i64 => Number, Vec<u8> => Bytes);

/// Makes a struct, whose fields are called as the columns of a table, a row that can be written with others.
#[macro_export]
macro_rules! bulk_row {
    ($row:ty => $table:literal { $($column:ident),* $(,)? } $(, numbered $numbered:expr)?) => {
        impl $crate::db::BulkRow for $row {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),*];
            $(const NUMBERED: Option<$crate::db::Numbered> = Some($numbered);)?

            fn cells(self) -> Vec<$crate::db::Cell> {
                vec![$(self.$column.into()),*]
            }
        }
    };
}
