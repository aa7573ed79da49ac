//! Rows for several tables, written together: on PostgreSQL by one statement, whose text is the same however many rows there are; on SQLite, where a
//! statement costs no round trip, by one that stays prepared for each table.

use std::fmt::Write as _;

use diesel::RunQueryDsl;
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, QueryableByName, SqliteConnection};

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
            Conn::Postgres(c) => self.at_once(c),
            Conn::Sqlite(c) => self.one_by_one(c),
        };
        written.map_err(|e| if is_unique_violation(&e) { Fault::overtaken("others wrote meanwhile; try again").into() } else { e.into() })
    }

    fn at_once(self, conn: &mut PgConnection) -> QueryResult<()> {
        let (mut text, mut bound) = (String::from("WITH "), 0);
        for (n, rows) in self.tables.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            let numbers = rows.numbered.map_or_else(String::new, |numbered| format!("{}, ", numbered.postgres));
            let arrays: Vec<String> = rows.types().zip(bound + 1..).map(|(kind, at)| format!("${at}::{kind}[]")).collect();
            bound += arrays.len();
            // Writing to a String never fails.
            let _ = write!(
                text,
                "{comma}w{n} AS (INSERT INTO {} ({}) SELECT {numbers}u.* FROM unnest({}) AS u)",
                rows.table,
                rows.names(),
                arrays.join(", ")
            );
        }
        text.push_str(" SELECT 1 AS done");
        let mut query = diesel::sql_query(text).into_boxed::<Pg>();
        for rows in self.tables {
            for column in rows.by_column() {
                query = match column {
                    Column::Text(all) => query.bind::<Array<Nullable<Text>>, _>(all),
                    Column::Number(all) => query.bind::<Array<Nullable<BigInt>>, _>(all),
                    Column::Bytes(all) => query.bind::<Array<Nullable<Binary>>, _>(all),
                };
            }
        }
        Kept(query).load::<Done>(conn).map(drop)
    }

    fn one_by_one(self, conn: &mut SqliteConnection) -> QueryResult<()> {
        let texts: Vec<String> = self.tables.iter().map(Rows::insert_one).collect();
        let mut rows: Vec<_> = self.tables.into_iter().map(|rows| rows.rows.into_iter()).collect();
        for at in self.order {
            let (Some(text), Some(row)) = (texts.get(at), rows.get_mut(at).and_then(Iterator::next)) else { continue };
            let mut query = diesel::sql_query(text).into_boxed::<Sqlite>();
            for cell in row {
                query = match cell {
                    Cell::Text(value) => query.bind::<Nullable<Text>, _>(value),
                    Cell::Number(value) => query.bind::<Nullable<BigInt>, _>(value),
                    Cell::Bytes(value) => query.bind::<Nullable<Binary>, _>(value),
                };
            }
            Kept(query).load::<Done>(conn)?;
        }
        Ok(())
    }
}

/// The values of one column.
enum Column {
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
    Bytes(Vec<Option<Vec<u8>>>),
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
