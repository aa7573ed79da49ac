//! Postings: a certificate that mints credit, issued, minted and logged in one durable transaction. On SQLite with and without shared commits; on
//! PostgreSQL beside pgbench's TPC-B-like transaction on the same server.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::client::{Connection, Report, run};
use super::people::resident;
use super::registry::{Backend, Registry, make_database};

/// Branches of pgbench, and providers that issue where nobody says how many: each client has a row of its own that it locks.
pub const PROVIDERS: usize = 64;
/// People with an account, whose turn comes again and again.
const PEOPLE: u64 = 1_000;

/// Both databases, or one, at 1, 8 and 64 clients, which issue for so many bodies.
pub fn beside_floor(time: Duration, bodies: usize, only: Option<&str>) {
    if only != Some("Postgres") {
        sqlite(time, bodies);
    }
    if only != Some("Sqlite") {
        postgres(time, bodies);
    }
}

fn sqlite(time: Duration, bodies: usize) {
    let shared = Bank::of(Backend::Sqlite, "64", bodies);
    let alone = Bank::of(Backend::Sqlite, "1", bodies);
    let (Some(shared), Some(alone)) = (shared, alone) else { return };
    println!("SQLite");
    for clients in [1, 8, 64] {
        let one = alone.post(clients, time);
        let many = shared.post(clients, time);
        line("a commit each", clients, &one);
        line("shared commits", clients, &many);
        println!("    ratio {:.2}", many.rate() / one.rate());
    }
}

fn postgres(time: Duration, bodies: usize) {
    let Some(bank) = Bank::of(Backend::Postgres, "64", bodies) else { return };
    println!("PostgreSQL");
    let pgbench = Pgbench::new();
    for clients in [1, 8, 64] {
        let before = pgbench.run(clients, time);
        let posted = bank.post(clients, time);
        let after = pgbench.run(clients, time);
        line("post", clients, &posted);
        println!("    pgbench {before:.0} and {after:.0} a second, ratio {:.2}", 2.0 * posted.rate() / (before + after));
    }
}

/// A registry with a scheme, providers and people.
pub struct Bank {
    /// Its registry.
    pub registry: Registry,
    providers: Vec<String>,
    people: Vec<String>,
}

impl Bank {
    /// Opens one; none where there is no such database.
    pub fn open(backend: Backend, group: &'static str) -> Option<Bank> {
        Bank::of(backend, group, PROVIDERS)
    }

    fn of(backend: Backend, group: &'static str, bodies: usize) -> Option<Bank> {
        let registry = Registry::with(backend, &[("group_max", group), ("pool_size", "16")])?;
        let names = json!({"zh": "学分", "en": "Credit"});
        let scheme = json!({"id": "310000:credit", "name": names, "unit": names, "kind": "credit", "categories": ["core"], "shelf_months": 84});
        registry.ask("/v1/schemes", &scheme);
        let providers = (0..bodies).map(|n| registry.add_provider(n + 1)).collect();
        let people: Vec<String> = (0..PEOPLE).map(resident).collect();
        for id_number in &people {
            registry.ask("/v1/learners", &json!({"name": "欧阳静", "id_type": "resident", "id_number": id_number}));
        }
        Some(Bank { registry, providers, people })
    }

    /// Posts for a while.
    pub fn post(&self, clients: usize, time: Duration) -> Report {
        run(clients, time, u64::MAX, |n| {
            let mut connection = Connection::open(&self.registry.address, "/v1/certificates", Some(&self.registry.token));
            let (provider, mut answer) = (&self.providers[n % self.providers.len()], Vec::new());
            move |turn| {
                let person = &self.people[(turn % PEOPLE) as usize];
                let body = json!({
                    "provider": provider, "type": "skill-level", "holder": {"name": "欧阳静", "id_type": "resident", "id_number": person},
                    "occupation": "6-31-01-03", "title": "电工", "level": 3, "grade": "good", "assessed_on": "2026-10-18",
                    "credits": [{"scheme": "310000:credit", "amount": 200, "kind": "certificate", "category": "core"}],
                });
                connection.post(&serde_json::to_vec(&body).unwrap(), &mut answer) == 201
            }
        })
    }
}

/// pgbench on the server of a database, in a database of its own.
struct Pgbench {
    url: String,
}

impl Pgbench {
    fn new() -> Pgbench {
        let url = make_database(&std::env::var("HUFU_BENCH_POSTGRES").unwrap());
        let scale = PROVIDERS.to_string();
        let made = Command::new("pgbench").args(["--initialize", "--quiet", "--scale", &scale, &url]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Pgbench { url }
    }

    /// Transactions a second.
    fn run(&self, clients: usize, time: Duration) -> f64 {
        let (clients, threads, seconds) = (clients.to_string(), clients.min(2).to_string(), time.as_secs().to_string());
        let arguments = ["--no-vacuum", "--builtin=tpcb-like", "--client", &clients, "--jobs", &threads, "--time", &seconds, &self.url];
        let out = Command::new("pgbench").args(arguments).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")).unwrap_or_else(|| panic!("{text}"));
        tps.split(' ').next().unwrap().parse().unwrap()
    }
}

/// Shows a rate.
pub fn line(what: &str, clients: usize, report: &Report) {
    println!("  {clients:>2} clients, {what}: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms", report.rate(), report.quantile(0.5), report.quantile(0.99));
}
