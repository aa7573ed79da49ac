//! A load generator: threads with one keep-alive connection each, blocking, no more than HTTP/1.1 with Content-Length.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    /// Of a post, up to the length.
    head: String,
    /// Host and token of every request.
    caller: String,
}

impl Connection {
    /// Connects; every post goes to `path`, every request with the token, if any.
    pub fn open(address: &str, path: &str, token: Option<&str>) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let token = token.map(|t| format!("authorization: Bearer {t}\r\n")).unwrap_or_default();
        let caller = format!("host: {address}\r\n{token}");
        let head = format!("POST {path} HTTP/1.1\r\n{caller}content-type: application/json\r\ncontent-length: ");
        Connection { stream: BufReader::with_capacity(16 * 1024, stream), head, caller }
    }

    /// Posts a body; the status and the body of the answer.
    pub fn post(&mut self, body: &[u8], answer: &mut Vec<u8>) -> u16 {
        let mut request = Vec::with_capacity(self.head.len() + body.len() + 16);
        request.extend_from_slice(self.head.as_bytes());
        write!(request, "{}\r\n\r\n", body.len()).unwrap();
        request.extend_from_slice(body);
        self.ask(&request, answer)
    }

    /// Gets a path; the status and the body of the answer.
    pub fn get(&mut self, path: &str, answer: &mut Vec<u8>) -> u16 {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.caller);
        self.ask(request.as_bytes(), answer)
    }

    fn ask(&mut self, request: &[u8], answer: &mut Vec<u8>) -> u16 {
        self.stream.get_mut().write_all(request).unwrap();
        let (mut line, mut status, mut length) = (String::new(), 0, 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if status == 0 {
                status = text.split(' ').nth(1).unwrap().parse().unwrap();
            } else if let Some(value) = text.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        answer.resize(length, 0);
        self.stream.read_exact(answer).unwrap();
        status
    }
}

/// What a run showed.
pub struct Report {
    /// Requests answered as they should be.
    pub done: u64,
    /// How long it took.
    pub took: Duration,
    latencies: Vec<u32>,
}

impl Report {
    fn of(parts: Vec<Vec<u32>>, took: Duration) -> Report {
        let mut latencies: Vec<u32> = parts.into_iter().flatten().collect();
        latencies.sort_unstable();
        Report { done: latencies.len() as u64, took, latencies }
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }

    /// A quantile of the latency, milliseconds.
    pub fn quantile(&self, q: f64) -> f64 {
        let at = ((self.latencies.len() as f64 * q) as usize).min(self.latencies.len().saturating_sub(1));
        f64::from(self.latencies.get(at).copied().unwrap_or(0)) / 1000.0
    }
}

/// Runs `work(thread, turn)` on `clients` threads until `time` is over or `most` turns were taken; each turn says whether it went well.
pub fn run<W: FnMut(u64) -> bool + Send>(clients: usize, time: Duration, most: u64, make: impl Fn(usize) -> W + Sync) -> Report {
    let (turn, started) = (AtomicU64::new(0), Instant::now());
    let parts: Vec<Vec<u32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|n| {
                let (make, turn) = (&make, &turn);
                scope.spawn(move || {
                    let (mut work, mut latencies) = (make(n), Vec::new());
                    while started.elapsed() < time {
                        let mine = turn.fetch_add(1, Ordering::Relaxed);
                        if mine >= most {
                            break;
                        }
                        let before = Instant::now();
                        assert!(work(mine), "a request was not answered as it should be");
                        latencies.push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
                    }
                    latencies
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    Report::of(parts, started.elapsed())
}

/// Runs `work(thread, turn)` at a fixed rate, one turn due every `every`, until `ended` says so. A turn's latency counts from when it was due, whether or not
/// one of the `clients` was free then: while the server stands still, what should have been asked meanwhile is late too.
pub fn run_paced<W: FnMut(u64) -> bool + Send>(clients: usize, every: Duration, ended: &AtomicBool, make: impl Fn(usize) -> W + Sync) -> Report {
    let (turn, started) = (AtomicU64::new(0), Instant::now());
    let parts: Vec<Vec<u32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|n| {
                let (make, turn) = (&make, &turn);
                scope.spawn(move || {
                    let (mut work, mut latencies) = (make(n), Vec::new());
                    loop {
                        let mine = turn.fetch_add(1, Ordering::Relaxed);
                        let due = started + every.mul_f64(mine as f64);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        if ended.load(Ordering::Relaxed) {
                            return latencies;
                        }
                        assert!(work(mine), "a request was not answered as it should be");
                        latencies.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
                    }
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    Report::of(parts, started.elapsed())
}
