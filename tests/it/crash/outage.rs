//! PostgreSQL goes away in the middle of requests and comes back. A relay stands between the two, so that only this test notices.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Backend, Process, postgres};

/// Forwards connections to the socket of a PostgreSQL server, or refuses and cuts them.
pub struct Relay {
    pub url: String,
    away: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<(TcpStream, UnixStream)>>>,
}

impl Relay {
    /// None for a server that has no socket on this machine.
    pub fn to(url: &str) -> Option<Relay> {
        let host = url.split(['?', '&']).find_map(|part| part.strip_prefix("host=")).filter(|host| host.starts_with('/'))?;
        let (socket, name) = (format!("{host}/.s.PGSQL.5432"), url.split('/').nth(3)?.split('?').next()?.to_owned());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = Relay { url: format!("postgresql://hufu@127.0.0.1:{port}/{name}?sslmode=disable"), away: Arc::default(), open: Arc::default() };
        let (away, open) = (relay.away.clone(), relay.open.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if away.load(Ordering::SeqCst) {
                    continue;
                }
                let server = UnixStream::connect(&socket).unwrap();
                open.lock().unwrap().push((client.try_clone().unwrap(), server.try_clone().unwrap()));
                let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || copy(&mut from, &mut to, |to| to.shutdown(Shutdown::Both)));
                let (mut from, mut to) = (server, client);
                std::thread::spawn(move || copy(&mut from, &mut to, |to| to.shutdown(Shutdown::Both)));
            }
        });
        Some(relay)
    }

    /// Every connection breaks, and no new one is served.
    pub fn cut(&self) {
        self.away.store(true, Ordering::SeqCst);
        for (client, server) in self.open.lock().unwrap().drain(..) {
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    }

    pub fn restore(&self) {
        self.away.store(false, Ordering::SeqCst);
    }
}

fn copy<R: Read, W: Write>(from: &mut R, to: &mut W, end: impl Fn(&W) -> std::io::Result<()>) {
    let _ = std::io::copy(from, to);
    let _ = end(to);
}

#[test]
fn requests_during_an_outage_of_the_database_succeed_or_are_told_to_come_back() {
    let Some(database) = postgres::database() else { return };
    let Some(relay) = Relay::to(&database.url) else {
        eprintln!("skipped: the PostgreSQL server has no socket on this machine");
        return;
    };
    let process = Process::with(Backend::Sqlite, &[("database_url", relay.url.as_str()), ("pool_size", "4")]).unwrap();
    let token = super::operator(&process);
    let client = process.client().bearer(&token);
    let draft = super::draft_of_a_provider(&client);
    let started = Instant::now();
    let outcomes: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let issue = |thread: usize| {
            let (client, draft) = (client.clone(), &draft);
            move || {
                let (mut issued, mut refused) = (0, 0);
                while started.elapsed() < Duration::from_secs(9) {
                    let client = client.header("idempotency-key", &format!("{thread}-{issued}"));
                    let answer = client.post_json("/v1/certificates", draft);
                    if answer.status == 201 {
                        issued += 1;
                    } else {
                        assert_eq!(answer.header("retry-after"), "2", "{answer}");
                        answer.problem(503, "http.unavailable");
                        refused += 1;
                    }
                }
                (issued, refused)
            }
        };
        let threads: Vec<_> = (0..4).map(|thread| scope.spawn(issue(thread))).collect();
        // Two short breaks and one that outlasts a few attempts.
        for (after, long) in [(500, 20), (500, 300), (500, 5000)] {
            std::thread::sleep(Duration::from_millis(after));
            relay.cut();
            std::thread::sleep(Duration::from_millis(long));
            relay.restore();
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let issued: u64 = outcomes.iter().map(|(issued, _)| issued).sum();
    eprintln!("issued and refused by each thread: {outcomes:?}");
    assert!(outcomes.iter().all(|(issued, _)| *issued > 0));
    client.get("/health/ready").expect(200);
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/v1/certificates?limit=200{after}")).expect(200).json();
        listed.extend(page["items"].as_array().unwrap().clone());
        match page.get("next") {
            Some(next) => after = format!("&after={}", next.as_str().unwrap()),
            None => break,
        }
    }
    assert_eq!(listed.len() as u64, issued, "nothing lost, nothing doubled");
    let mut indices: Vec<u64> = listed.iter().map(|c| c["status_entry"]["index"].as_u64().unwrap()).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..issued).collect::<Vec<_>>());
    let last = listed.last().unwrap()["card"].clone();
    assert_eq!(client.post_json("/v1/verify", &json!({"text": last})).expect(200).json()["outcome"], "valid");
    drop((process, relay, database));
}
