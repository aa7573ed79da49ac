//! A web server that answers exactly what a test wrote down, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What is answered at a path.
#[derive(Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Waits this long before the body.
    pub pause: Duration,
}

impl Reply {
    /// 200 with this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Reply {
        Reply { status: 200, body: body.into(), ..Reply::default() }
    }

    /// A status without a body.
    pub fn status(status: u16) -> Reply {
        Reply { status, ..Reply::default() }
    }

    /// A redirect.
    pub fn to(location: &str) -> Reply {
        Reply::status(307).header("location", location)
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Reply {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// The server. It listens until the test process ends.
pub struct Site {
    /// `http://127.0.0.1:<port>`
    pub url: String,
    written: Arc<Mutex<Written>>,
}

#[derive(Default)]
struct Written {
    replies: BTreeMap<String, Reply>,
    asked: Vec<String>,
    is_down: bool,
}

impl Site {
    pub fn start() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let written = Arc::new(Mutex::new(Written::default()));
        let shared = written.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || drop(answer(stream, &shared)));
            }
        });
        Site { url, written }
    }

    /// Writes down what is answered at a path from now on.
    pub fn reply(&self, path: &str, reply: Reply) {
        self.written.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    /// Everything else at once: the paths that begin so are no longer there.
    pub fn forget(&self, prefix: &str) {
        self.written.lock().unwrap().replies.retain(|path, _| !path.starts_with(prefix));
    }

    /// The paths that were asked for since this was last called, in order.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.written.lock().unwrap().asked)
    }

    /// Whether connections are closed without an answer.
    pub fn is_down(&self, is_down: bool) {
        self.written.lock().unwrap().is_down = is_down;
    }
}

fn answer(mut stream: TcpStream, written: &Mutex<Written>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = reader.by_ref().lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    // What was sent is read before it is answered, or closing would cut the answer off.
    let length = head.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let reply = {
        let mut written = written.lock().unwrap();
        if written.is_down {
            return Ok(());
        }
        written.asked.push(path.clone());
        written.replies.get(&path).cloned().unwrap_or_else(|| Reply::status(404))
    };
    let tag = reply.headers.iter().find(|(name, _)| *name == "etag").map(|(_, value)| value.as_str());
    let holds = head.iter().filter_map(|line| line.to_ascii_lowercase().strip_prefix("if-none-match: ").map(str::to_owned));
    let same = tag.is_some_and(|tag| holds.into_iter().any(|held| held == tag));
    let (status, body) = if same { (304, &[][..]) } else { (reply.status, &reply.body[..]) };
    write!(stream, "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len())?;
    for (name, value) in &reply.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "\r\n")?;
    stream.flush()?;
    std::thread::sleep(reply.pause);
    stream.write_all(body)
}
