//! A load generator: threads with one keep-alive connection each, blocking, no more than HTTP/1.1 with Content-Length.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    head: String,
}

impl Connection {
    /// Connects; every request goes to `path` with the token, if any.
    pub fn open(address: &str, path: &str, token: Option<&str>) -> Connection {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let token = token.map(|t| format!("authorization: Bearer {t}\r\n")).unwrap_or_default();
        let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{token}content-length: ");
        Connection { stream: BufReader::with_capacity(16 * 1024, stream), head }
    }

    /// Posts a body; the status and the body of the answer.
    pub fn post(&mut self, body: &[u8], answer: &mut Vec<u8>) -> u16 {
        let mut request = Vec::with_capacity(self.head.len() + body.len() + 16);
        request.extend_from_slice(self.head.as_bytes());
        write!(request, "{}\r\n\r\n", body.len()).unwrap();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request).unwrap();
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
    let took = started.elapsed();
    let mut latencies: Vec<u32> = parts.into_iter().flatten().collect();
    latencies.sort_unstable();
    Report { done: latencies.len() as u64, took, latencies }
}
