//! A receiver of events: a server written by hand, that checks what it gets with code of its own.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a receiver does with a request.
#[derive(Clone)]
pub enum Reply {
    /// Answers with a status, headers and a body.
    With(u16, &'static str, String),
    /// Takes the request and says nothing, for so long.
    Hang(Duration),
    /// Begins an answer and goes on with a byte now and then, for so long.
    Trickle(Duration),
    /// Answers 500 and then without end.
    Endless,
}

impl Reply {
    /// A status without a body.
    pub fn status(status: u16) -> Reply {
        Reply::With(status, "", String::new())
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

type Script = dyn Fn(usize) -> Reply + Send + Sync;

/// A server on a port of its own, as long as the test runs.
#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    got: Arc<Mutex<Vec<Request>>>,
    /// How many connections were made.
    pub connections: Arc<Mutex<usize>>,
    /// Bytes of an endless answer that were taken.
    pub sent: Arc<Mutex<usize>>,
}

impl Receiver {
    /// One that answers the nth request as `script` says.
    pub fn new(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver =
            Receiver { port: listener.local_addr().unwrap().port(), got: Arc::default(), connections: Arc::default(), sent: Arc::default() };
        let (this, script): (Receiver, Arc<Script>) = (receiver.clone(), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *this.connections.lock().unwrap() += 1;
                let (this, script) = (this.clone(), script.clone());
                std::thread::spawn(move || this.serve(stream, &*script));
            }
        });
        receiver
    }

    /// One that takes everything.
    pub fn taking() -> Receiver {
        Receiver::new(|_| Reply::status(204))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks?token=x", self.port)
    }

    /// What came so far.
    pub fn got(&self) -> Vec<Request> {
        self.got.lock().unwrap().clone()
    }

    /// What came, once it is `many`.
    #[track_caller]
    pub fn wait(&self, many: usize) -> Vec<Request> {
        let until = Instant::now() + Duration::from_secs(30);
        while self.got().len() < many {
            assert!(Instant::now() < until, "{many} were to come: {:#?}", self.got());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.got()
    }

    fn serve(&self, mut stream: TcpStream, script: &Script) {
        while let Some(request) = read(&mut stream) {
            let n = {
                let mut got = self.got.lock().unwrap();
                got.push(request);
                got.len() - 1
            };
            match script(n) {
                Reply::With(status, headers, body) => {
                    let text = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
                    if stream.write_all(text.as_bytes()).is_err() {
                        return;
                    }
                }
                Reply::Hang(time) => return std::thread::sleep(time),
                Reply::Trickle(time) => {
                    let until = Instant::now() + time;
                    let _ = stream.write_all(b"HTTP/1.1 200 x\r\nx-slow: ");
                    while Instant::now() < until && stream.write_all(b"s").is_ok() {
                        std::thread::sleep(Duration::from_millis(100));
                    }
                    return;
                }
                Reply::Endless => {
                    let _ = stream.write_all(b"HTTP/1.1 500 x\r\ncontent-length: 1000000000000\r\n\r\n");
                    while stream.write_all(&[b'\x07', b'a'].repeat(32_768)).is_ok() {
                        *self.sent.lock().unwrap() += 65_536;
                    }
                    return;
                }
            }
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.extend(byte);
    }
    let head = String::from_utf8(bytes).ok()?;
    let (line, rest) = head.split_once("\r\n")?;
    let headers: BTreeMap<String, String> =
        rest.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    stream.read_exact(&mut body).ok()?;
    Some(Request { line: line.to_owned(), headers, body: String::from_utf8(body).ok()? })
}

/// HMAC as RFC 2104 defines it.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([pad(0x36), text.to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether one of the signatures was made by this secret.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let signed = format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let wanted = STANDARD.encode(hmac(&key, signed.as_bytes()));
        self.header("webhook-signature").split(' ').any(|one| one.strip_prefix("v1,") == Some(&wanted))
    }
}
