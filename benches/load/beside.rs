//! What people who verify notice while a batch is issued: verification, the public look-up and a status list, each asked at a fixed rate, first with nothing
//! else to do, then while a file of so many people is looked at and issued on the same server, then idle again with those in the database.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::client::{Connection, Report, run_paced};
use super::exam;
use super::registry::{Backend, Registry};
use super::verify::cards;

/// Certificates that are asked for, again and again.
const CARDS: u64 = 1_000;
/// Connections of each kind of request. More than are ever busy, unless the server stands still.
const CLIENTS: usize = 8;
/// How long the idle server is asked.
const IDLE: Duration = Duration::from_secs(20);

/// One kind of request.
struct Kind<'a> {
    what: &'static str,
    /// Where it is posted, or what is got when there is nothing to post.
    path: &'static str,
    a_second: u32,
    bodies: &'a [Vec<u8>],
    /// What a good answer has in it.
    sign: &'static [u8],
}

/// Both databases.
pub fn a_batch(rows: u64) {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(registry) = Registry::start(backend) else { continue };
        exam::publish_scheme(&registry);
        let texts = cards(&registry, CARDS);
        let pair = |n: u64| json!({"number": format!("BENCH-{n:08}"), "name": "欧阳静"});
        let pairs: Vec<Vec<u8>> = (0..CARDS).map(|n| serde_json::to_vec(&pair(n)).unwrap()).collect();
        let list = registry.read("/v1/certificates?limit=1")["items"][0]["status_entry"]["list"].clone();
        assert_eq!(list, 1, "the first list of a registry is its first");
        let kinds = [
            Kind { what: "verify", path: "/v1/verify", a_second: 100, bodies: &texts, sign: br#""outcome":"valid""# },
            Kind { what: "look-up by number and name", path: "/v1/certificates:query", a_second: 50, bodies: &pairs, sign: br#""found":true"# },
            Kind { what: "status list", path: "/status/1/revocation", a_second: 20, bodies: &[], sign: b"." },
        ];
        drop(idle(&registry, &kinds, IDLE / 10));
        let before = idle(&registry, &kinds, IDLE);
        let (beside, took) = during(&registry, &kinds, || {
            let ([received, checked, issued], _) = exam::batch(&registry, rows);
            [received, checked, issued].map(|time| time.as_secs_f64())
        });
        let after = idle(&registry, &kinds, IDLE);
        println!("{backend:?}: {rows} rows received in {:.1} s, looked at in {:.1} s, issued in {:.1} s", took[0], took[1], took[2]);
        for (((kind, before), beside), after) in kinds.iter().zip(before).zip(beside).zip(after) {
            println!("  {}, {} a second", kind.what, kind.a_second);
            line("idle", &before, &before);
            line("beside the batch", &beside, &before);
            line("idle again", &after, &before);
        }
    }
}

fn idle(registry: &Registry, kinds: &[Kind], time: Duration) -> Vec<Report> {
    during(registry, kinds, || std::thread::sleep(time)).0
}

/// All kinds at once, for as long as `work` takes.
fn during<T>(registry: &Registry, kinds: &[Kind], work: impl FnOnce() -> T) -> (Vec<Report>, T) {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let running: Vec<_> = kinds.iter().map(|kind| scope.spawn(|| ask(&registry.address, kind, &ended))).collect();
        let out = work();
        ended.store(true, Ordering::Relaxed);
        (running.into_iter().map(|thread| thread.join().unwrap()).collect(), out)
    })
}

fn ask(address: &str, kind: &Kind, ended: &AtomicBool) -> Report {
    run_paced(CLIENTS, Duration::from_secs(1) / kind.a_second, ended, |_| {
        let (mut connection, mut answer) = (Connection::open(address, kind.path, None), Vec::new());
        move |turn| {
            let status = match kind.bodies.len() {
                0 => connection.get(kind.path, &mut answer),
                many => connection.post(&kind.bodies[usize::try_from(turn).unwrap() % many], &mut answer),
            };
            status == 200 && answer.windows(kind.sign.len()).any(|part| part == kind.sign)
        }
    })
}

fn line(what: &str, report: &Report, idle: &Report) {
    println!(
        "    {what}: p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms of {}; p99 is {:.2} of the idle one",
        report.quantile(0.5),
        report.quantile(0.99),
        report.quantile(1.0),
        report.done,
        report.quantile(0.99) / idle.quantile(0.99)
    );
}
