//! What the routes cost with ten thousand certificates in the database and with many. The many are written by SQL: copies of one that was issued, with numbers,
//! ids, hashes, days, occupations and places in status lists of their own, one in a hundred revoked. Their cards say the number of the first; what is looked up,
//! read and written is the same. Two registries, one with few and one with many, are asked in turns, because the machine is noisy.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl};
use hufu::config::Config;
use hufu::db::Db;
use serde_json::{Value, json};
use verifier::base64url;

use super::client::Connection;
use super::registry::{Backend, Registry, postgres, sqlite};

/// The first measure.
const FEW: u64 = 10_000;
/// Certificates of one statement, so that no transaction grows without end.
const STEP: u64 = 100_000;
/// Places of a status list.
const LIST: u64 = 1 << 20;
/// Number of the first list of copies.
const FIRST_LIST: u64 = 1_000;
/// Bodies whose certificates the copies are; the one that goes on issuing is not among them.
const BODIES: usize = 64;
/// Turns of each route, of which the first do not count.
const ROUNDS: u64 = 104;
const UNCOUNTED: usize = 3;

/// Longest time in which a server reads what came in behind its back.
const FACTS_MAX: Duration = Duration::from_secs(300);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Both databases, or the one of this name: a registry with ten thousand and one with `many`, or as many as `gigabytes` hold, asked in turns.
pub fn beside_few(many: u64, gigabytes: u64, only: Option<&str>) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if only.is_some_and(|name| name != format!("{backend:?}")) {
            continue;
        }
        println!("{backend:?}");
        let bytes_max = gigabytes * 1_000_000_000;
        let Some(mut most) = Desk::open(backend, many, bytes_max) else { continue };
        let Some(mut few) = Desk::open(backend, FEW, bytes_max) else { continue };
        for (what, turn) in ROUTES {
            let [mut before, mut after] = [Vec::new(), Vec::new()];
            for desk in [&mut few, &mut most] {
                desk.sign_in_again();
            }
            for n in 0..ROUNDS {
                before.push(turn(&mut few, n));
                after.push(turn(&mut most, n));
            }
            let (before, after) = (median(&mut before), median(&mut after));
            println!("    {what}: {before:.2} ms at {FEW}, {after:.2} ms at {}, {:.2} times as much", most.certificates, after / before);
        }
    }
}

/// Writes so many copies, or fewer where they take too much room; how many there are.
fn fill(registry: &Registry, backend: Backend, many: u64, bytes_max: u64) -> u64 {
    let config = Config::with(&registry.settings).unwrap();
    let db = Db::open(&config.database(), 1, 1).unwrap();
    if backend == Backend::Sqlite {
        // The hashes of persons come in no order: the index over them has to stay in memory. Writing copies is no part of the measure.
        db.write_now(|conn| Ok(conn.batch_execute("PRAGMA cache_size = -1000000")?)).unwrap();
    }
    let (started, mut next) = (Instant::now(), 0);
    while next < many && bytes(registry, backend) < bytes_max {
        let end = many.min(next + STEP);
        db.write_now(|conn| Ok(conn.batch_execute(&copies(backend, next, end))?)).unwrap();
        next = end;
    }
    match backend {
        Backend::Sqlite => sqlite(registry).batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap(),
        Backend::Postgres => postgres(registry).batch_execute("VACUUM ANALYZE").unwrap(),
    }
    let (size, seconds) = (bytes(registry, backend), started.elapsed().as_secs_f64());
    let short = if next < many { ", the most that there is room for" } else { "" };
    println!("  {next} certificates{short}: filled in {seconds:.0} s, {} MB, {} bytes each", size / 1_000_000, size / next);
    next
}

/// What the database takes on the disk.
fn bytes(registry: &Registry, backend: Backend) -> u64 {
    match backend {
        Backend::Sqlite => std::fs::metadata(format!("{}/hufu.sqlite", registry.setting("data_dir"))).unwrap().len(),
        Backend::Postgres => {
            let asked = diesel::sql_query("SELECT pg_database_size(current_database()) AS n");
            let found: Vec<Count> = asked.load(&mut postgres(registry)).unwrap();
            found[0].n.unsigned_abs()
        }
    }
}

/// Id of copy `n`: as if it was issued in 2004, so that no delta takes it for new.
fn id(kind: &str, n: &str) -> String {
    format!("'{kind}_01000000000000000000' || (100000000000 + {n})")
}

/// One statement a table; lists first, since certificates refer to them.
fn copies(backend: Backend, from: u64, to: u64) -> String {
    let (chance, seq) = match backend {
        Backend::Sqlite => ("randomblob(32)", format!("(SELECT MAX(seq) FROM evidence) + 1 + i - {from}")),
        Backend::Postgres => ("sha256(convert_to(CAST(random() AS TEXT) || i, 'UTF8'))", "nextval('evidence_seq')".to_owned()),
    };
    let numbers =
        |from: u64, to: u64| format!("WITH RECURSIVE n(i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to})");
    let rows = numbers(from, to);
    let first = "certificates AS c ON c.number = 'HF310000EXAMPLE00001'";
    // The first body goes on issuing, into a list of its own.
    let bodies = format!("(SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 2 AS k FROM providers) AS bodies ON bodies.k = i % {BODIES}");
    let two = |of: &str| format!("SUBSTR(CAST(100 + {of} AS TEXT), 2, 2)");
    let day = format!("CAST(2016 + i / 13 % 10 AS TEXT) || '-' || {} || '-' || {}", two("1 + i / 7 % 12"), two("1 + i / 3 % 28"));
    let occupation = format!("'6-' || {} || '-02-05'", two("10 + i / 11 % 40"));
    let state = "CASE WHEN i % 100 = 7 THEN 'revoked' WHEN i % 10000 = 11 THEN 'suspended' WHEN i % 20000 = 13 THEN 'replaced' ELSE 'issued' END";
    let (lists, own_id) = (numbers(from / LIST, to.div_ceil(LIST)), id("cert", "i"));
    format!(
        "{lists} INSERT INTO status_lists (id, provider_id, next_index, version, changed_at, year)
         SELECT {FIRST_LIST} + i, bodies.id, 0, 0, c.issued_at, own.year - i % 10 FROM n JOIN {bodies} JOIN {first} JOIN status_lists AS own ON own.id = c.status_list
         WHERE {FIRST_LIST} + i NOT IN (SELECT id FROM status_lists);
         UPDATE status_lists SET version = version + 1,
         next_index = CASE WHEN (id - {FIRST_LIST} + 1) * {LIST} < {to} THEN {LIST} ELSE {to} - (id - {FIRST_LIST}) * {LIST} END
         WHERE id BETWEEN {FIRST_LIST} + {from} / {LIST} AND {FIRST_LIST} + ({to} - 1) / {LIST};
         {rows} INSERT INTO certificates (id, number, provider_id, kid, kind, occupation, title, level, grade, assessed_on, issued_at, status, status_list,
         status_index, replaced_by, id_kind, id_sealed, id_hash, name_hash, extra, card) SELECT {own_id}, 'COPY-' || (100000000000 + i), lists.provider_id, c.kid,
         c.kind, {occupation}, c.title, 1 + i % 5, c.grade, {day}, c.issued_at, {state}, lists.id, i % {LIST},
         CASE WHEN {state} = 'replaced' THEN c.number END, c.id_kind, c.id_sealed, {chance}, c.name_hash, c.extra, c.card
         FROM n JOIN status_lists AS lists ON lists.id = {FIRST_LIST} + i / {LIST} JOIN {first};
         {rows} INSERT INTO certificate_events (id, certificate_id, kind, at, reason, actor, document)
         SELECT {}, {own_id}, {state}, c.issued_at, 'made up', 'client', '{{}}' FROM n JOIN {first} WHERE {state} <> 'issued';
         {rows} INSERT INTO evidence (seq, kind, at, subject, salt, commitment)
         SELECT {seq}, e.kind, e.at, {own_id}, {chance}, {chance} FROM n JOIN {first} JOIN evidence AS e ON e.subject = c.id;
         UPDATE revisions SET n = n + 1 WHERE name = 'status'",
        id("cev", "i"),
    )
}

/// Asks once; how long it took.
type Turn = fn(&mut Desk, u64) -> Duration;

/// What is measured.
const ROUTES: [(&str, Turn); 7] = [
    ("issue one", |desk, n| desk.issue(n)),
    ("look-up by number and name", |desk, n| desk.look_up(n)),
    ("list, first page of 50", |desk, _| desk.page("")),
    ("list, page of 50 after nine tenths", |desk, _| {
        desk.page(&format!("&after=cert_01000000000000000000{}", 100_000_000_000 + desk.certificates / 10 * 9))
    }),
    ("status list", |desk, _| desk.get(&format!("/status/{FIRST_LIST}/revocation"))),
    ("manifest after a certificate was issued", |desk, n| desk.manifest(n)),
    ("bundle delta since the manifest before", |desk, n| desk.delta(n)),
];

/// A registry with so many certificates, and who asks it.
struct Desk {
    registry: Registry,
    certificates: u64,
    issuing: Connection,
    asking: Connection,
    answer: Vec<u8>,
    issued: u64,
}

impl Desk {
    /// Starts a registry and fills it; none where there is no such database.
    fn open(backend: Backend, certificates: u64, bytes_max: u64) -> Option<Desk> {
        let mut registry = Registry::with(backend, &[("publish_seconds", "0")])?;
        for n in 1..=BODIES {
            registry.add_provider(n);
        }
        registry.ask("/v1/certificates", &serde_json::from_slice(&registry.input("HF310000EXAMPLE00001")).unwrap());
        let certificates = fill(&registry, backend, certificates, bytes_max);
        registry.sign_in_again();
        let open = |path: &str| Connection::open(&registry.address, path, Some(&registry.token));
        let (issuing, asking) = (open("/v1/certificates"), open("/v1/certificates:query"));
        let mut desk = Desk { registry, certificates, issuing, asking, answer: Vec::new(), issued: 0 };
        let (facts, bundle) = (desk.wait_for(&format!("/status/{FIRST_LIST}/revocation")), desk.wait_for("/v1/bundle/manifests"));
        let [facts, bundle] = [facts, bundle].map(|time| time.as_secs_f64() * 1e3);
        println!("  the server reads what came in behind its back in {facts:.0} ms, and publishes it in {bundle:.0} ms");
        Some(desk)
    }

    /// The token lasts a quarter of an hour.
    fn sign_in_again(&mut self) {
        self.registry.sign_in_again();
        let open = |path: &str| Connection::open(&self.registry.address, path, Some(&self.registry.token));
        (self.issuing, self.asking) = (open("/v1/certificates"), open("/v1/certificates:query"));
    }

    /// Asks until it is there: a server answers from the last facts where it takes long to read new ones.
    fn wait_for(&mut self, path: &str) -> Duration {
        let started = Instant::now();
        while self.asking.get(path, &mut self.answer) != 200 {
            assert!(started.elapsed() < FACTS_MAX, "{path}");
        }
        started.elapsed()
    }

    fn get(&mut self, path: &str) -> Duration {
        let started = Instant::now();
        assert_eq!(self.asking.get(path, &mut self.answer), 200, "{path}");
        started.elapsed()
    }

    fn issue(&mut self, _: u64) -> Duration {
        self.issued += 1;
        let body = self.registry.input(&format!("NEW-{}", self.issued));
        let started = Instant::now();
        assert_eq!(self.issuing.post(&body, &mut self.answer), 201);
        started.elapsed()
    }

    /// Everywhere in the table: multiples of a prime, taken round.
    fn look_up(&mut self, n: u64) -> Duration {
        let number = format!("COPY-{}", 100_000_000_000 + n * 2_654_435_761 % self.certificates);
        let body = serde_json::to_vec(&json!({"number": number, "name": "欧阳静"})).unwrap();
        let started = Instant::now();
        assert_eq!(self.asking.post(&body, &mut self.answer), 200);
        let took = started.elapsed();
        assert!(self.answer.starts_with(br#"{"found":true"#), "{number}");
        took
    }

    fn page(&mut self, after: &str) -> Duration {
        let took = self.get(&format!("/v1/certificates?limit=50{after}"));
        assert_eq!(self.json()["items"].as_array().unwrap().len(), 50);
        took
    }

    fn manifest(&mut self, n: u64) -> Duration {
        self.issue(n);
        self.get("/v1/bundle/manifests")
    }

    /// From the manifest before the one that says what was issued last.
    fn delta(&mut self, n: u64) -> Duration {
        self.manifest(n);
        let before = self.seq() - 1;
        self.get(&format!("/v1/bundle/deltas/{before}"))
    }

    /// Number of the manifest that was answered last, as its signed text says.
    fn seq(&self) -> u64 {
        let view = self.json();
        let jws = view["manifests"].as_object().unwrap().values().next().unwrap().as_str().unwrap();
        let payload = base64url::decode(jws.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&payload).unwrap()["seq"].as_u64().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.answer).unwrap()
    }
}

/// The median, milliseconds, of all but the first turns.
fn median(times: &mut Vec<Duration>) -> f64 {
    times.drain(..UNCOUNTED);
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}
