//! What stands between two registries: it passes requests on, and does to them what networks do.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::dice::Dice;

/// Longest that either side is waited for.
const PATIENCE: Duration = Duration::from_secs(8);
/// Longest delay, in milliseconds.
const DELAY: i64 = 2_500;
/// Most bytes of a request.
const MOST: usize = 1 << 20;

/// A way to one registry.
pub struct Proxy {
    /// `http://127.0.0.1:<port>`
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    /// `host:port` of the registry, which changes when it starts again.
    target: Mutex<String>,
    is_bad: AtomicBool,
    dice: Mutex<Dice>,
    faults: AtomicU64,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    /// It is not passed on.
    Lost,
    /// It is passed on, and the answer is lost.
    Unanswered,
    Late,
    Twice,
    /// Half of the answer comes.
    Cut,
}

impl Proxy {
    /// Passes everything on until it is told otherwise.
    pub fn start(seed: u64) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (target, dice) = (Mutex::new(String::new()), Mutex::new(Dice(seed)));
        let shared = Arc::new(Shared { target, is_bad: AtomicBool::new(false), dice, faults: AtomicU64::new(0) });
        let all = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = all.clone();
                std::thread::spawn(move || drop(pass(stream, &shared)));
            }
        });
        Proxy { url, shared }
    }

    /// Where the registry listens now: `http://127.0.0.1:<port>`.
    pub fn leads_to(&self, url: &str) {
        *self.shared.target.lock().unwrap() = url.trim_start_matches("http://").to_owned();
    }

    pub fn is_bad(&self, is_bad: bool) {
        self.shared.is_bad.store(is_bad, Ordering::Relaxed);
    }

    /// How many requests did not simply pass.
    pub fn faults(&self) -> u64 {
        self.shared.faults.load(Ordering::Relaxed)
    }
}

fn pass(mut from: TcpStream, shared: &Shared) -> std::io::Result<()> {
    from.set_read_timeout(Some(PATIENCE))?;
    let request = request(&mut from)?;
    let (fate, delay) = fate(shared);
    if fate != Fate::Passes {
        shared.faults.fetch_add(1, Ordering::Relaxed);
    }
    match fate {
        Fate::Lost => return Ok(()),
        Fate::Late => std::thread::sleep(Duration::from_millis(delay)),
        Fate::Twice => drop(asked(shared, &request)?),
        Fate::Passes | Fate::Unanswered | Fate::Cut => {}
    }
    let answer = asked(shared, &request)?;
    let most = match fate {
        Fate::Unanswered => 0,
        Fate::Cut => answer.len() / 2,
        _ => answer.len(),
    };
    from.write_all(&answer[..most])
}

fn fate(shared: &Shared) -> (Fate, u64) {
    let mut dice = shared.dice.lock().unwrap();
    let (roll, delay) = (dice.roll(100), dice.between(1, DELAY).unsigned_abs());
    let fate = match roll {
        _ if !shared.is_bad.load(Ordering::Relaxed) => Fate::Passes,
        0..10 => Fate::Lost,
        10..20 => Fate::Unanswered,
        20..28 => Fate::Late,
        28..40 => Fate::Twice,
        40..48 => Fate::Cut,
        _ => Fate::Passes,
    };
    (fate, delay)
}

/// A request, head and body, that asks for no more on the same connection.
fn request(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut bytes, mut part) = (Vec::new(), [0; 8192]);
    loop {
        let n = from.read(&mut part)?;
        bytes.extend_from_slice(&part[..n]);
        if n == 0 || bytes.len() > MOST {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let kept: Vec<&str> = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect();
            let head = kept.join("\r\n") + "\r\nconnection: close\r\n\r\n";
            return Ok([head.as_bytes(), &bytes[end + 4..]].concat());
        }
    }
}

fn asked(shared: &Shared, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let target = shared.target.lock().unwrap().clone();
    let mut to = TcpStream::connect(target)?;
    to.set_read_timeout(Some(PATIENCE))?;
    to.write_all(request)?;
    let mut answer = Vec::new();
    to.read_to_end(&mut answer)?;
    Ok(answer)
}
