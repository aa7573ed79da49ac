//! A tiny server of published bundles: it answers what a test put there, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::facts::bundles::{RegionFacts, contents, file};

#[derive(Clone)]
struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

#[derive(Default)]
struct State {
    replies: BTreeMap<String, Reply>,
    asked: Vec<String>,
    ended: bool,
}

/// A server on a port of its own, until it is dropped.
pub struct Shelf {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Shelf {
    pub fn new() -> Shelf {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.lock().unwrap().ended {
                    return;
                }
                // A client that goes away in the middle is the client's matter.
                let _ = answer(stream, &shared);
            }
        });
        Shelf { url, state }
    }

    /// A server that publishes the bundle of these regions, the first one its own.
    pub fn of(regions: &[&RegionFacts]) -> Shelf {
        let shelf = Shelf::new();
        shelf.publish(regions);
        shelf
    }

    /// Publishes in place of whatever was there.
    pub fn publish(&self, regions: &[&RegionFacts]) {
        self.state.lock().unwrap().replies.clear();
        let all = contents(regions);
        self.put("/v1/region", 200, serde_json::json!({"code": regions[0].code}).to_string().as_bytes());
        self.put("/v1/bundle/manifests", 200, serde_json::json!({"manifests": all.manifests}).to_string().as_bytes());
        self.put("/v1/bundle", 200, &file(regions));
        for (hash, text) in &all.parts {
            self.put(&format!("/v1/bundle/parts/{hash}"), 200, text.as_bytes());
        }
    }

    pub fn put(&self, path: &str, status: u16, body: &[u8]) {
        self.put_with(path, status, "", body);
    }

    /// With a line of headers, its end included.
    pub fn put_with(&self, path: &str, status: u16, head: &str, body: &[u8]) {
        self.state.lock().unwrap().replies.insert(path.to_owned(), Reply { status, head: head.to_owned(), body: body.to_vec() });
    }

    pub fn remove(&self, path: &str) {
        self.state.lock().unwrap().replies.remove(path);
    }

    /// The paths that were asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.state.lock().unwrap().ended = true;
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let reply = {
        let mut state = state.lock().unwrap();
        state.asked.push(path.clone());
        state.replies.get(&path).cloned().unwrap_or_else(|| Reply { status: 404, head: String::new(), body: Vec::new() })
    };
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {} x\r\n{}content-length: {}\r\nconnection: close\r\n\r\n", reply.status, reply.head, reply.body.len())?;
    stream.write_all(&reply.body)
}
