//! Single issue for one provider, beside a bare insert of the same row through the same pool; on SQLite with a commit each too.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use hufu::config::Config;
use hufu::db::Db;

use super::client::{Connection, Report, run};
use super::registry::{Backend, Registry};

/// Both databases at 1, 8 and 64 clients.
pub fn beside_insert(time: Duration) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(registry) = Registry::start(backend) else { continue };
        // PostgreSQL shares commits by itself.
        let alone = if backend == Backend::Sqlite { Registry::with(backend, &[("group_max", "1")]) } else { None };
        println!("{backend:?}");
        for clients in [1, 8, 64] {
            let each = alone.as_ref().map(|alone| issue(alone, clients, time));
            let issued = issue(&registry, clients, time);
            let floor = insert(&registry, clients, time);
            line("issue", clients, &issued);
            if let Some(each) = each {
                line("issue with a commit each", clients, &each);
                println!("    ratio {:.2}", issued.rate() / each.rate());
            }
            line("bare insert", clients, &floor);
            println!("    ratio {:.2}", issued.rate() / floor.rate());
        }
    }
}

fn issue(registry: &Registry, clients: usize, time: Duration) -> Report {
    run(clients, time, u64::MAX, |_| {
        let mut connection = Connection::open(&registry.address, "/v1/certificates", Some(&registry.token));
        let mut answer = Vec::new();
        move |turn| connection.post(&registry.input(&format!("ISSUE-{clients}-{turn:010}")), &mut answer) == 201
    })
}

/// The row of an issued certificate again, under another id, number and index: a durable commit each, through the registry's own kind of pool.
fn insert(registry: &Registry, clients: usize, time: Duration) -> Report {
    static NEXT: AtomicI64 = AtomicI64::new(1_000_000_000);
    let config = Config::with(&registry.settings).unwrap();
    let db = Db::open(&config.database(), config.number("pool_size"), config.number("group_max")).unwrap();
    run(clients, time, u64::MAX, |_| {
        let db = db.clone();
        move |_| {
            let sql = again(NEXT.fetch_add(1, Ordering::Relaxed));
            db.write_now(|c| Ok(c.batch_execute(&sql)?)).is_ok()
        }
    })
}

fn again(n: i64) -> String {
    format!(
        "INSERT INTO certificates SELECT 'cert_{n:032}', 'FLOOR-{n}', provider_id, kid, kind, occupation, title, level, grade, assessed_on, issued_at, \
         valid_until, status, status_list, {n}, replaces, replaced_by, id_kind, id_sealed, id_hash, name_hash, extra, card, NULL, NULL \
         FROM (SELECT * FROM certificates LIMIT 1) AS one"
    )
}

fn line(what: &str, clients: usize, report: &Report) {
    println!("  {clients:>2} clients, {what}: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms", report.rate(), report.quantile(0.5), report.quantile(0.99));
}
