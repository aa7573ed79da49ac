//! A batch after an exam: a file of so many people comes in, is looked at, approved and issued with credit; beside the floor of the same run, which is as many
//! raw signatures and the same rows copied by the database itself, chunk by chunk, into tables of the same columns and
//! indexes; on PostgreSQL with the same foreign keys, on SQLite without.

use std::ops::Range;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use super::people::resident;
use super::registry::{Backend, Registry};

/// Certificates of a chunk.
const CHUNK: i64 = 500;
/// How long to wait before looking again.
const LOOK: Duration = Duration::from_millis(50);

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// So many rows on both databases.
pub fn beside_floor(rows: u64) {
    let signing = signatures(rows);
    println!("{rows} raw signatures of 400 bytes on one core: {:.1} s", signing.as_secs_f64());
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(registry) = Registry::start(backend) else { continue };
        publish_scheme(&registry);
        let (took, memory) = batch(&registry, rows);
        let [upload, check, issue] = took.map(|time| time.as_secs_f64());
        let insert = match backend {
            Backend::Sqlite => copied_in_sqlite(&registry, rows),
            Backend::Postgres => copied_in_postgres(&registry, rows),
        };
        let floor = signing.as_secs_f64() + insert.as_secs_f64();
        println!(
            "{backend:?}: {rows} rows: received {upload:.1} s, looked at {check:.1} s, issued {issue:.1} s ({:.0} a second); rows alone {:.1} s; \
             issuing is {:.2} of the floor, all of it {:.2}; resident {memory} KiB at most",
            rows as f64 / issue,
            insert.as_secs_f64(),
            issue / floor,
            (upload + check + issue) / floor,
        );
    }
}

fn signatures(many: u64) -> Duration {
    let (key, mut text) = (SigningKey::from_bytes(&[7; 32]), vec![b'x'; 400]);
    let started = Instant::now();
    for n in 0..many {
        text[..8].copy_from_slice(&n.to_le_bytes());
        std::hint::black_box(key.sign(&text));
    }
    started.elapsed()
}

/// The scheme of the credit that the rows of a batch declare.
pub fn publish_scheme(registry: &Registry) {
    let names = json!({"zh": "学分", "en": "Credit"});
    let scheme = json!({"id": "310000:credit", "name": names, "unit": names, "kind": "credit", "categories": ["core"], "shelf_months": 84});
    registry.ask("/v1/schemes", &scheme);
}

/// A batch of so many people: received, looked at, issued; and the most memory, KiB.
pub fn batch(registry: &Registry, rows: u64) -> ([Duration; 3], u64) {
    batch_of(registry, 0..rows, "310000:credit")
}

/// A batch of these people with credit of this scheme.
pub fn batch_of(registry: &Registry, people: Range<u64>, scheme: &str) -> ([Duration; 3], u64) {
    let rows = people.end - people.start;
    let mut file = String::from("姓名,证件号码,职业编码,职业(工种),技能等级,评定成绩,评价日期,学分方案,学分,成果类型,学分类别\n");
    for n in people {
        file.push_str(&format!("王小明,{},6-31-01-03,电工,三级,良好,2026-10-18,{scheme},2.50,certificate,core\n", resident(n)));
    }
    let url = format!("http://{}/v1/batches?name=exam.csv&provider={}", registry.address, registry.provider);
    let started = Instant::now();
    let sent = ureq::post(url).header("authorization", format!("Bearer {}", registry.token)).header("content-type", "application/octet-stream");
    let made: Value = serde_json::from_str(&sent.send(file).unwrap().body_mut().read_to_string().unwrap()).unwrap();
    let (id, uploaded, mut most) = (made["id"].as_str().unwrap().to_owned(), started.elapsed(), 0);
    let mut until = |state: &str| {
        let started = Instant::now();
        loop {
            most = most.max(registry.memory());
            let view = registry.read(&format!("/v1/batches/{id}"));
            if view["state"] == state {
                return (started.elapsed(), view);
            }
            assert!(["uploaded", "validating", "approved", "issuing"].contains(&view["state"].as_str().unwrap()), "{view}");
            std::thread::sleep(LOOK);
        }
    };
    let (checked, view) = until("validated");
    assert_eq!(view["valid"], rows, "{view}");
    registry.ask(&format!("/v1/batches/{id}/approve"), &json!({"rows": rows}));
    let (issued, view) = until("done");
    assert_eq!(view["issued"], rows, "{view}");
    ([uploaded, checked, issued], most)
}

/// The tables to which issuing adds at least half as many rows as there are certificates.
fn grown(all: Vec<String>, count: impl FnMut(&str) -> i64, rows: u64) -> Vec<String> {
    let mut count = count;
    all.into_iter().filter(|table| !table.starts_with("batch_") && count(table) >= rows as i64 / 2).collect()
}

fn copied_in_sqlite(registry: &Registry, rows: u64) -> Duration {
    let source = format!("{}/hufu.sqlite", registry.setting("data_dir"));
    let mut conn = SqliteConnection::establish(&source).unwrap();
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let all: Vec<String> = diesel::sql_query(names).load::<Name>(&mut conn).unwrap().into_iter().map(|row| row.name).collect();
    let count = |conn: &mut SqliteConnection, table: &str| {
        let found: Vec<Count> = diesel::sql_query(format!("SELECT COUNT(*) AS n FROM {table}")).load(conn).unwrap();
        found[0].n
    };
    let tables = grown(all, |table| count(&mut conn, table), rows);
    let folder = tempfile::tempdir().unwrap();
    let copy = format!("{}/floor.sqlite", folder.path().display());
    conn.batch_execute(&format!(
        "ATTACH '{copy}' AS floor; PRAGMA floor.journal_mode = WAL; PRAGMA floor.synchronous = FULL; PRAGMA foreign_keys = OFF"
    ))
    .unwrap();
    for table in &tables {
        let sql = format!(
            "SELECT sql AS name FROM main.sqlite_master WHERE tbl_name = '{table}' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
        );
        for row in diesel::sql_query(sql).load::<Name>(&mut conn).unwrap() {
            let text = row.name.replacen("CREATE TABLE ", "CREATE TABLE floor.", 1).replacen("CREATE INDEX ", "CREATE INDEX floor.", 1);
            conn.batch_execute(&text.replacen("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX floor.", 1)).unwrap();
        }
    }
    let most: Vec<(String, i64)> = tables.iter().map(|table| (table.clone(), count(&mut conn, table))).collect();
    let chunks = (rows as i64).div_euclid(CHUNK).max(1);
    let started = Instant::now();
    for n in 0..=chunks {
        conn.batch_execute("BEGIN IMMEDIATE").unwrap();
        for (table, many) in &most {
            let each = many.div_euclid(chunks);
            conn.batch_execute(&format!(
                "INSERT INTO floor.{table} SELECT * FROM main.{table} WHERE rowid > {} AND rowid <= {}",
                n * each,
                (n + 1) * each
            ))
            .unwrap();
        }
        conn.batch_execute("COMMIT").unwrap();
    }
    let took = started.elapsed();
    println!("    {}", most.iter().map(|(table, many)| format!("{table} {many}")).collect::<Vec<_>>().join(", "));
    took
}

fn copied_in_postgres(registry: &Registry, rows: u64) -> Duration {
    let mut conn = PgConnection::establish(&registry.setting("database_url")).unwrap();
    let names = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'";
    let all: Vec<String> = diesel::sql_query(names).load::<Name>(&mut conn).unwrap().into_iter().map(|row| row.name).collect();
    let count = |conn: &mut PgConnection, table: &str| {
        let found: Vec<Count> = diesel::sql_query(format!("SELECT COUNT(*) AS n FROM public.{table}")).load(conn).unwrap();
        found[0].n
    };
    let tables = grown(all, |table| count(&mut conn, table), rows);
    conn.batch_execute("CREATE SCHEMA floor; CREATE SCHEMA source").unwrap();
    for table in &tables {
        conn.batch_execute(&format!(
            "CREATE TABLE floor.{table} (LIKE public.{table} INCLUDING ALL); \
             CREATE TABLE source.{table} AS SELECT row_number() OVER (ORDER BY ctid) AS rn_, * FROM public.{table}; \
             CREATE INDEX ON source.{table} (rn_); ANALYZE source.{table}"
        ))
        .unwrap();
        // What refers to other tables is checked here too: it refers to the rows of the registry.
        let keys = format!(
            "SELECT pg_get_constraintdef(oid)::text AS name FROM pg_constraint WHERE contype = 'f' AND conrelid = 'public.{table}'::regclass"
        );
        for row in diesel::sql_query(keys).load::<Name>(&mut conn).unwrap() {
            conn.batch_execute(&format!("ALTER TABLE floor.{table} ADD {}", row.name)).unwrap();
        }
    }
    let most: Vec<(String, i64, String)> = tables
        .iter()
        .map(|table| {
            let columns = format!(
                "SELECT string_agg('\"' || column_name || '\"', ', ' ORDER BY ordinal_position) AS name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}'"
            );
            let columns = diesel::sql_query(columns).load::<Name>(&mut conn).unwrap().remove(0).name;
            (table.clone(), count(&mut conn, table), columns)
        })
        .collect();
    conn.batch_execute("CHECKPOINT").ok();
    let chunks = (rows as i64).div_euclid(CHUNK).max(1);
    let started = Instant::now();
    for n in 0..=chunks {
        conn.batch_execute("BEGIN").unwrap();
        for (table, many, columns) in &most {
            let each = many.div_euclid(chunks);
            conn.batch_execute(&format!(
                "INSERT INTO floor.{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM source.{table} WHERE rn_ > {} AND rn_ <= {}",
                n * each,
                (n + 1) * each
            ))
            .unwrap();
        }
        conn.batch_execute("COMMIT").unwrap();
    }
    let took = started.elapsed();
    println!("    {}", most.iter().map(|(table, many, _)| format!("{table} {many}")).collect::<Vec<_>>().join(", "));
    took
}
