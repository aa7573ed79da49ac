//! Credit between two regions on one machine: how much settles, what lots cost, how an outbox drains, what a statement over a million transfers takes.

use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::{Value, json};

use super::client::{Connection, run};
use super::exam;
use super::people::resident;
use super::posting::line;
use super::registry::{Backend, Registry, postgres, sqlite};

/// Learners among whom the clients are shared out.
const LEARNERS: u64 = 64;
/// Lots of the learner who moves many at once, and credits of one achievement.
const LOTS: usize = 100;
const PARTS: usize = 20;
/// Moves of which the median is shown.
const ROUNDS: usize = 15;
/// Transfers that are asked for with one token, which lasts a quarter of an hour.
const SLICE: u64 = 10_000;
/// How long to wait before looking again.
const LOOK: Duration = Duration::from_millis(2);

/// A lot of a learner who moves nothing else.
#[derive(QueryableByName)]
struct Lot {
    #[diesel(sql_type = Text)]
    learner_id: String,
    #[diesel(sql_type = Text)]
    id: String,
}

/// Two registries with an agreement of four to five.
struct Pair {
    here: Registry,
    there: Registry,
    agreement: String,
    learners: Vec<(String, Vec<String>)>,
}

/// All of it, on both databases or on the one that is named; `many` transfers of as many learners wait in the outbox. No time, or none that wait: that part is left out.
pub fn between_two(time: Duration, many: u64, only: Option<&str>) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if only.is_some_and(|name| name != format!("{backend:?}")) {
            continue;
        }
        let Some(mut pair) = Pair::open(backend) else { continue };
        if !time.is_zero() {
            for clients in [1, 64] {
                line(&format!("{backend:?}: asked for and settled"), clients, &pair.settle(clients, time));
            }
            for lots in [1, 10, LOTS] {
                println!("{backend:?}: a move of {lots} lots: median {:.1} ms", pair.lots(lots).as_secs_f64() * 1e3);
            }
        }
        if many > 0 {
            pair.drain(backend, many);
        }
        drop(pair);
        let Some(pair) = Pair::open(backend) else { continue };
        pair.state(backend, 1_000_000);
    }
}

impl Pair {
    fn open(backend: Backend) -> Option<Pair> {
        let here = Registry::start(backend)?;
        let there = Registry::with(backend, &[("region", "320000"), ("region_name_zh", "江苏省"), ("region_name_en", "Jiangsu")])?;
        let names = json!({"zh": "学分", "en": "Credit"});
        let parts: Vec<String> = (0..PARTS).map(part).collect();
        for (own, other, id) in [(&here, &there, "310000:credit"), (&there, &here, "320000:credit")] {
            let region: Value = serde_json::from_str(&fetch(other, "/v1/region")).unwrap();
            own.ask("/v1/partners", &json!({"url": format!("http://{}", other.address), "fingerprint": region["fingerprint"]}));
            own.ask("/v1/schemes", &json!({"id": id, "name": names, "unit": names, "kind": "credit", "categories": parts, "shelf_months": 84}));
        }
        let agreement = agree(&here, &there);
        let learners = (0..LEARNERS).map(|n| learner(&here, &there, n)).collect();
        Some(Pair { here, there, agreement, learners })
    }

    fn wanted(&self, learner: usize, lots: usize) -> Vec<u8> {
        let (id, own) = &self.learners[learner];
        self.asking(id, &own[..lots])
    }

    fn asking(&self, learner: &str, lots: &[String]) -> Vec<u8> {
        let picks: Vec<Value> = lots.iter().map(|lot| json!({"lot": lot, "amount": 5})).collect();
        serde_json::to_vec(&json!({"learner": learner, "to": "320000", "agreement": self.agreement, "grant": "credit", "lots": picks})).unwrap()
    }

    /// So many more learners with an account in both regions and a lot in the first, as an examination brings them.
    fn crowd(&self, backend: Backend, many: u64) -> Vec<Lot> {
        for (registry, scheme) in [(&self.here, "310000:credit"), (&self.there, "320000:credit")] {
            exam::batch_of(registry, LEARNERS..LEARNERS + many, scheme);
        }
        let query = diesel::sql_query("SELECT learner_id, id FROM lots WHERE kind = 'certificate' ORDER BY id");
        let lots: Vec<Lot> = match backend {
            Backend::Sqlite => query.load(&mut sqlite(&self.here)),
            Backend::Postgres => query.load(&mut postgres(&self.here)),
        }
        .unwrap();
        assert_eq!(lots.len() as u64, many);
        lots
    }

    /// Transfers that clients ask for one after the other, each waiting until it is settled.
    fn settle(&self, clients: usize, time: Duration) -> super::client::Report {
        run(clients, time, u64::MAX, |n| {
            let mut connection = Connection::open(&self.here.address, "/v1/transfers", Some(&self.here.token));
            let (body, mut answer) = (self.wanted(n % self.learners.len(), 1), Vec::new());
            move |_| {
                let is_taken = connection.post(&body, &mut answer) == 201;
                let id = serde_json::from_slice::<Value>(&answer).unwrap()["id"].as_str().unwrap().to_owned();
                is_taken && self.is_settled(&id)
            }
        })
    }

    fn is_settled(&self, id: &str) -> bool {
        loop {
            let found: Value = serde_json::from_str(&fetch(&self.here, &format!("/v1/transfers/{id}"))).unwrap();
            match found["state"].as_str() {
                Some("reserved") => std::thread::sleep(LOOK),
                state => return state == Some("settled"),
            }
        }
    }

    fn lots(&self, lots: usize) -> Duration {
        let body: Value = serde_json::from_slice(&self.wanted(0, lots)).unwrap();
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let started = Instant::now();
                let id = self.here.ask("/v1/transfers", &body)["id"].as_str().unwrap().to_owned();
                assert!(self.is_settled(&id));
                started.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[ROUNDS / 2]
    }

    /// The other region stands still while transfers are asked for, and goes on.
    fn drain(&mut self, backend: Backend, many: u64) {
        let crowd = self.crowd(backend, many);
        self.there.signal("-STOP");
        let started = Instant::now();
        for done in (0..many).step_by(SLICE as usize) {
            self.here.sign_in_again();
            let (pair, crowd) = (&*self, &crowd[usize::try_from(done).unwrap()..]);
            run(64, Duration::MAX, SLICE.min(many - done), |_| {
                let (mut connection, mut answer) = (Connection::open(&pair.here.address, "/v1/transfers", Some(&pair.here.token)), Vec::new());
                move |turn| {
                    let lot = &crowd[usize::try_from(turn).unwrap()];
                    connection.post(&pair.asking(&lot.learner_id, std::slice::from_ref(&lot.id)), &mut answer) == 201
                }
            });
        }
        let rate = many as f64 / started.elapsed().as_secs_f64();
        println!("{backend:?}: asked for while the other stands still, 64 clients: {rate:.0} a second");
        let (before, started, mut most) = (self.here.memory(), Instant::now(), 0);
        self.there.signal("-CONT");
        while self.waiting() > 0 {
            self.here.sign_in_again();
            most = most.max(self.here.memory());
            std::thread::sleep(Duration::from_secs(1));
        }
        let took = started.elapsed().as_secs_f64();
        println!(
            "{backend:?}: an outbox of {many} drains in {took:.0} s, {:.0} a second; resident {before} KiB before, {most} KiB at most",
            many as f64 / took
        );
    }

    fn waiting(&self) -> u64 {
        let peers: Value = serde_json::from_str(&fetch(&self.here, "/v1/peers")).unwrap();
        peers["items"][0]["waiting"].as_u64().unwrap()
    }

    /// Both regions state the same transfers.
    fn state(&self, backend: Backend, many: u64) {
        let today = fetch(&self.here, "/v1/transfers?limit=1");
        assert!(today.contains("items"));
        for (registry, peer, side, state, sent) in
            [(&self.here, "320000", "source", "settled", "FALSE"), (&self.there, "310000", "destination", "accepted", "TRUE")]
        {
            generate(registry, backend, many, peer, [side, state, sent]);
        }
        let started = Instant::now();
        let told = self.here.ask("/v1/peers/320000/reconcile", &json!({"through": "2026-06-30"}));
        assert!(told["equal"] == true && told["here"]["accepted"] == many, "{told}");
        println!("{backend:?}: two statements over {many} transfers, made, sent and compared: {:.1} s", started.elapsed().as_secs_f64());
    }
}

/// So many decided transfers, behind the program's back.
fn generate(registry: &Registry, backend: Backend, many: u64, peer: &str, [side, state, sent]: [&str; 3]) {
    let each = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})");
    let digest = format!("'sha256:{}' || (1000000000 + i)", "0".repeat(54));
    let sql = format!(
        "INSERT INTO peer_channels (peer, own, theirs, state, sent, seen, salt, changed_at) VALUES ('{peer}', 1, 1, 'open', 0, 0, 'AAAAAAAAAAAAAAAAAAAAAA', 1) \
            ON CONFLICT (peer) DO NOTHING; \
        INSERT INTO transfers (id, side, kind, peer, state, amount, began_at, began_by, cancelled, tries, decision, unbooked, decided_on) \
            {each} SELECT 'trf_g' || (1000000000 + i), '{side}', 'move', '{peer}', '{state}', 100, 1, 'bench', FALSE, 0, {digest}, FALSE, '2026-01-01' FROM n; \
        INSERT INTO transfer_messages (id, digest, transfer_id, peer, sent, kind, epoch, seq, at, text) \
            {each} SELECT 'trm_g' || (1000000000 + i), {digest}, 'trf_g' || (1000000000 + i), '{peer}', {sent}, 'decision', 1, i, 1, '' FROM n; \
        ANALYZE"
    );
    match backend {
        Backend::Sqlite => sqlite(registry).batch_execute(&sql).unwrap(),
        Backend::Postgres => postgres(registry).batch_execute(&sql).unwrap(),
    }
}

/// The agreement that both have signed; its digest.
fn agree(here: &Registry, there: &Registry) -> String {
    let grant = json!({"id": "credit", "moves": "credit", "from": ["310000"], "to": ["320000"], "accept": {"scheme": "310000:credit"},
        "convert": {"ratio": [4, 5], "scheme": "320000:credit"}});
    let terms = json!({"hufu": "agreement/1", "id": "urn:hufu:agreement:bench", "version": 1, "title": {"zh": "学分互认协议", "en": "Agreement on credit"},
        "parties": ["310000", "320000"], "in_force": {"from": "2026-01-01"}, "offer_days": 30, "grants": [grant]});
    let digest = here.ask("/v1/agreements", &json!({"agreement": terms.to_string()}))["digest"].as_str().unwrap().to_owned();
    let path = format!("/v1/agreements/{digest}");
    here.ask(&format!("{path}/signature"), &json!({}));
    for (to, from) in [(there, here), (here, there)] {
        let file: Value = serde_json::from_str(&fetch(from, &format!("{path}/file"))).unwrap();
        to.ask("/v1/agreements:import", &file);
        if std::ptr::eq(to, there) {
            to.ask(&format!("{path}/signature"), &json!({}));
        }
    }
    digest
}

/// The category of a part; the first is that of the certificates of an examination.
fn part(n: usize) -> String {
    if n == 0 { "core".to_owned() } else { format!("part-{n}") }
}

/// A learner with an account in both regions and lots in the first; the first learner has many.
fn learner(here: &Registry, there: &Registry, n: u64) -> (String, Vec<String>) {
    let person = json!({"name": "欧阳静", "id_type": "resident", "id_number": resident(n)});
    there.ask("/v1/learners", &person);
    let id = here.ask("/v1/learners", &person)["id"].as_str().unwrap().to_owned();
    let credits: Vec<Value> = (0..PARTS).map(|n| json!({"scheme": "310000:credit", "amount": 10_000_000, "category": part(n)})).collect();
    let many = if n == 0 { LOTS / PARTS } else { 1 };
    let mut lots = Vec::new();
    for course in 0..many {
        let credits = if n == 0 { &credits[..] } else { &credits[..1] };
        let made = here.ask(
            "/v1/achievements",
            &json!({"provider": here.provider, "learner": id, "kind": "course", "course": format!("C-{course}"),
            "title": "课程", "earned_on": "2026-10-18", "credits": credits}),
        );
        lots.extend(made["lots"].as_array().unwrap().iter().map(|lot| lot["id"].as_str().unwrap().to_owned()));
    }
    (id, lots)
}

fn fetch(registry: &Registry, path: &str) -> String {
    let request = ureq::get(format!("http://{}{path}", registry.address)).header("authorization", format!("Bearer {}", registry.token));
    request.call().unwrap().body_mut().read_to_string().unwrap()
}

impl Registry {
    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.process().to_string()]).status().unwrap().success());
    }
}
