//! What a posting costs with few lots in the database and with many. The many are written by SQL, so that their documents are not real; what a posting
//! looks up and writes is the same.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use hufu::config::Config;
use hufu::db::Db;

use super::posting::{Bank, line};
use super::registry::Backend;

/// Lots of one statement, so that no transaction grows without end.
const STEP: u64 = 500_000;

/// Postings at ten thousand lots and at `many`, on both databases or on one.
pub fn beside_few(many: u64, time: Duration, only: Option<&str>) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if only.is_some_and(|name| name != format!("{backend:?}")) {
            continue;
        }
        let Some(mut bank) = Bank::open(backend, "64") else { continue };
        println!("{backend:?}");
        let config = Config::with(&bank.registry.settings).unwrap();
        let db = Db::open(&config.database(), 1, 1).unwrap();
        let mut rates = Vec::new();
        let mut from = 0;
        for lots in [10_000, many] {
            let started = Instant::now();
            while from < lots {
                let to = lots.min(from + STEP);
                db.write_now(|conn| Ok(conn.batch_execute(&fill(backend, from, to))?)).unwrap();
                from = to;
            }
            println!("  {lots} lots, filled in {:.0} s", started.elapsed().as_secs_f64());
            bank.registry.sign_in_again();
            drop(bank.post(8, time));
            let report = bank.post(8, time);
            line("post", 8, &report);
            rates.push(report.rate());
        }
        println!("    a posting costs {:.2} times as much", rates[0] / rates[1]);
    }
}

/// Mints lots `from` to `to` to the people in turn.
fn fill(backend: Backend, from: u64, to: u64) -> String {
    let content = match backend {
        Backend::Sqlite => "x'00'",
        Backend::Postgres => r"'\x00'::bytea",
    };
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to})");
    let id = "(100000000000 + i)";
    let digest = format!("'sha256:5500000000000000000000000000000000000000000000000000' || {id}");
    let people = "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS k FROM learners) AS people ON people.k = i % (SELECT COUNT(*) FROM learners)";
    format!(
        "{numbers} INSERT INTO lots (id, learner_id, scheme, amount, kind, category, provider_id, earned_on, expires_on, origin, basis, part, revision, \
         minted_at) SELECT 'lot_0f' || {id}, people.id, '310000:credit', 200, 'course', 'core', (SELECT MIN(id) FROM providers), '2026-03-01', '2033-03-01', \
         '310000', {digest}, 0, 0, 1772323200 FROM n JOIN {people};
         {numbers} INSERT INTO lot_balances (lot_id, available, expires_on) SELECT 'lot_0f' || {id}, 200, '2033-03-01' FROM n;
         {numbers} INSERT INTO entries (id, kind, subject, cause, on_day, at, content) SELECT 'ent_0f' || {id}, 'mint', 'lot_0f' || {id}, {digest}, \
         '2026-03-01', 1772323200, {content} FROM n;
         {numbers} INSERT INTO movements (entry_id, n, lot_id, from_place, to_place, amount) SELECT 'ent_0f' || {id}, 0, 'lot_0f' || {id}, 'issued', 'lot', \
         200 FROM n"
    )
}
