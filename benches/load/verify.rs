//! `POST /v1/verify`, beside the echo, in turns within one run, because the machine is noisy.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Connection, Report, run};
use super::echo::Echo;
use super::registry::{Backend, Registry};

/// Cards for the run in which no signature was seen before.
const CARDS: u64 = 20_000;
const CLIENTS: usize = 16;
const ROUNDS: usize = 3;

/// Verification beside the echo of the same body.
pub fn beside_echo(time: Duration) {
    let Some(registry) = Registry::start(Backend::Sqlite) else { return };
    let echo = Echo::start();
    println!("issuing {CARDS} certificates");
    let bodies = cards(&registry, CARDS);
    let long = Duration::from_secs(600);
    let new = load(&registry.address, "/v1/verify", &bodies, long, CARDS, br#""outcome":"valid""#);
    let floor = load(&echo.address, "/echo", &bodies, long, CARDS, br#""text""#);
    line("every card for the first time", &new, &floor);
    let few = &bodies[..1000];
    for round in 1..=ROUNDS {
        let floor = load(&echo.address, "/echo", few, time, u64::MAX, br#""text""#);
        let seen = load(&registry.address, "/v1/verify", few, time, u64::MAX, br#""outcome":"valid""#);
        line(&format!("1,000 cards again and again, round {round}"), &seen, &floor);
    }
}

/// Memory of the server while it verifies: a line every twentieth of the time.
pub fn memory(time: Duration) {
    let Some(registry) = Registry::start(Backend::Sqlite) else { return };
    println!("issuing {CARDS} certificates");
    let bodies = cards(&registry, CARDS);
    println!("{:>8} {:>12} {:>12}", "seconds", "verified", "RSS KiB");
    let mut done = 0;
    for step in 1..=20 {
        done += load(&registry.address, "/v1/verify", &bodies, time / 20, u64::MAX, br#""outcome":"valid""#).done;
        println!("{:>8} {done:>12} {:>12}", (time / 20 * step).as_secs(), registry.memory());
    }
}

/// Issues so many certificates, `BENCH-00000000` and on; the bodies that verify them.
pub fn cards(registry: &Registry, many: u64) -> Vec<Vec<u8>> {
    let made = std::sync::Mutex::new(Vec::new());
    run(8, Duration::from_secs(600), many, |_| {
        let (mut connection, made, mut answer) = (Connection::open(&registry.address, "/v1/certificates", Some(&registry.token)), &made, Vec::new());
        move |turn| {
            let status = connection.post(&registry.input(&format!("BENCH-{turn:08}")), &mut answer);
            let view: Value = serde_json::from_slice(&answer).unwrap();
            let body = serde_json::to_vec(&json!({ "text": view["qr_text"] })).unwrap();
            made.lock().unwrap().push(body);
            status == 201
        }
    });
    made.into_inner().unwrap()
}

fn load(address: &str, path: &str, bodies: &[Vec<u8>], time: Duration, most: u64, sign: &[u8]) -> Report {
    run(CLIENTS, time, most, |_| {
        let (mut connection, mut answer) = (Connection::open(address, path, None), Vec::new());
        move |turn| {
            let body = &bodies[usize::try_from(turn).unwrap() % bodies.len()];
            connection.post(body, &mut answer) == 200 && answer.windows(sign.len()).any(|w| w == sign)
        }
    })
}

fn line(what: &str, measured: &Report, floor: &Report) {
    println!(
        "{what}: {:.0}/s (p50 {:.2} ms, p99 {:.2} ms), echo {:.0}/s, ratio {:.2}",
        measured.rate(),
        measured.quantile(0.5),
        measured.quantile(0.99),
        floor.rate(),
        measured.rate() / floor.rate()
    );
}
