//! What an agreement would do to everything that a registry holds, `hufu agreement dry-run`: time and memory at 100,000 certificates and at many.
//! The many are copies by SQL of one that was issued, in other occupations, levels, grades and days.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use hufu::config::Config;
use hufu::db::Db;

use super::fifty::fifty_grants;
use super::registry::{Backend, Registry};

/// Certificates of one statement.
const STEP: u64 = 500_000;
/// Bodies that issue.
const PROVIDERS: usize = 200;

/// Both databases.
pub fn of_certificates(many: u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agreement.json");
    std::fs::write(&file, fifty_grants("certificate", "6-25-")).unwrap();
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(registry) = Registry::start(backend) else { continue };
        println!("{backend:?}");
        for n in 1..PROVIDERS {
            registry.add_provider(n);
        }
        registry.ask("/v1/certificates", &serde_json::from_slice(&registry.input("HF310000EXAMPLE00001")).unwrap());
        let config = Config::with(&registry.settings).unwrap();
        let db = Db::open(&config.database(), 1, 1).unwrap();
        let mut from = 0;
        for certificates in [100_000, many] {
            while from < certificates {
                let to = certificates.min(from + STEP);
                db.write_now(|conn| Ok(conn.batch_execute(&copies(from, to))?)).unwrap();
                from = to;
            }
            let (took, memory) = dry_run(&registry, &file);
            println!("  {certificates} certificates: {:.1} s, at most {} MiB resident", took.as_secs_f64(), memory / 1024);
        }
    }
}

/// Runs the command; how long it took, and the most memory that it held, KiB.
fn dry_run(registry: &Registry, file: &std::path::Path) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
    command.args(["agreement", "dry-run"]).arg(file);
    for (key, value) in &registry.settings {
        command.arg(format!("--{}={value}", key.replace('_', "-")));
    }
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let mut most = 0;
    let status = loop {
        if let Some(memory) = high_water(child.id()) {
            most = memory;
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success());
    (started.elapsed(), most)
}

/// None when the process has ended.
fn high_water(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// Copies `from` to `to` of the one that was issued: of every body, 40 occupations, five levels and ten years of days.
fn copies(from: u64, to: u64) -> String {
    let number = |end: &str| format!("'{end}' || (100000000000 + i)");
    let bodies = "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS k FROM providers) AS bodies ON bodies.k = i % (SELECT COUNT(*) FROM providers)";
    let two = |of: &str| format!("SUBSTR(CAST(100 + {of} AS TEXT), 2, 2)");
    let day = format!("CAST(2016 + i / 13 % 10 AS TEXT) || '-' || {} || '-' || {}", two("1 + i / 7 % 12"), two("1 + i / 3 % 28"));
    let occupation = format!("'6-' || {} || '-02-05'", two("10 + i / 11 % 40"));
    format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to})
         INSERT INTO certificates (id, number, provider_id, kid, kind, occupation, title, level, grade, assessed_on, issued_at, status, status_list,
         status_index, id_kind, id_sealed, id_hash, name_hash, extra, card) SELECT {}, {}, bodies.id, c.kid, c.kind, {occupation}, c.title, 1 + i % 5,
         c.grade, {day}, c.issued_at, 'issued', c.status_list, 1000 + i, c.id_kind, c.id_sealed, c.id_hash, c.name_hash, c.extra, c.card
         FROM n JOIN {bodies} JOIN certificates AS c ON c.number = 'HF310000EXAMPLE00001'",
        number("cert_0f"),
        number("HF310000COPY"),
    )
}
