//! A database as it was, put back behind the program's back: what restoring an old backup does.

use diesel::prelude::*;

use super::{Backend, World};

/// What a database held at some time, kept beside it.
pub struct Backup<'a> {
    world: &'a World,
    tables: Vec<String>,
}

impl World {
    /// Keeps a copy of every table.
    pub fn backup(&self) -> Backup<'_> {
        let listed = match self.backend {
            Backend::Sqlite => "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'bak_%'",
            Backend::Postgres => "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'bak\\_%'",
        };
        let tables = self.texts(listed);
        for table in &tables {
            self.sql(&format!("DROP TABLE IF EXISTS bak_{table}; CREATE TABLE bak_{table} AS SELECT * FROM {table}")).unwrap();
        }
        Backup { world: self, tables }
    }

    /// The texts that a query gives as `value`.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = diesel::sql_types::Text)]
            value: String,
        }
        let found: Vec<Found> = self.app.db.read_now(|conn| Ok(hufu::on_backend!(conn, c => diesel::sql_query(sql).load(c))?)).unwrap();
        found.into_iter().map(|found| found.value).collect()
    }
}

impl Backup<'_> {
    /// Puts every table back.
    pub fn restore(&self) {
        let world = self.world;
        let mut all = match world.backend {
            Backend::Sqlite => "PRAGMA defer_foreign_keys = ON;\n".to_owned(),
            Backend::Postgres => "SET LOCAL session_replication_role = replica;\n".to_owned(),
        };
        let mut triggers = Vec::new();
        if world.backend == Backend::Sqlite {
            triggers = world.texts("SELECT sql AS value FROM sqlite_master WHERE type = 'trigger'");
            for name in world.texts("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
                all += &format!("DROP TRIGGER {name};\n");
            }
        }
        for table in &self.tables {
            all += &format!("DELETE FROM {table};\n");
        }
        for table in &self.tables {
            all += &format!("INSERT INTO {table} SELECT * FROM bak_{table};\n");
        }
        all += &triggers.into_iter().map(|sql| sql + ";\n").collect::<String>();
        world.sql(&all).unwrap();
    }
}
