//! Sudden death and outages: whatever happens to the process, its database or its disk, a repeated request has its effect once.

mod bank;
pub mod disk;
pub mod outage;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::issuing::{credit_code, draft, listing, text};
use super::support::{Client, Process};

/// A token of a new operator, made on the command line beside the running server.
pub(super) fn operator(process: &Process) -> String {
    let made = process.command(&["client", "add", "--role", "operator", "--name", "test"]).output().unwrap();
    let line = String::from_utf8(made.stdout).unwrap();
    let (id, secret) = line.trim().split_once('\t').unwrap_or_else(|| panic!("{line} {}", String::from_utf8_lossy(&made.stderr)));
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    text(&process.client().post_form("/oauth/token", &form).expect(200).json(), "access_token").to_owned()
}

/// Registers a provider and answers with a certificate that the operator may issue for it.
pub(super) fn draft_of_a_provider(client: &Client) -> Value {
    let provider = json!({"credit_code": credit_code(1), "name_zh": "示例", "name_en": "Example", "kind": "social", "interval": listing()});
    let made = client.post_json("/v1/providers", &provider).expect(201).json();
    super::support::issuing::with(draft(), "/provider", made["id"].clone())
}

/// What came back of a request, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub status: u16,
    /// Whether it was the answer to an earlier request with the same key.
    pub is_replay: bool,
    pub body: String,
}

impl Heard {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("not JSON ({e}): {self:?}"))
    }
}

/// Sends a request and does not care what becomes of it; what came back, if all of it did.
pub(super) fn sent(url: &str, token: &str, key: &str, path: &str, body: &Value) -> Option<Heard> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(&url["http://".len()..]).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let head = head.to_ascii_lowercase();
    let whole = head.lines().any(|line| line.strip_prefix("content-length: ").is_some_and(|n| n.parse() == Ok(body.len())));
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let is_replay = head.lines().any(|line| line == "idempotency-replayed: true");
    whole.then(|| Heard { status, is_replay, body: body.to_owned() })
}

both! {
    fn a_request_repeated_after_sudden_death_has_its_effect_once(process: &Process) {
        let token = operator(process);
        let draft = draft_of_a_provider(&process.client().bearer(&token));
        let mut answered = 0;
        for round in 0..8u64 {
            let (key, url) = (format!("order-{round}"), process.client().url().to_owned());
            let first = std::thread::scope(|scope| {
                let request = scope.spawn(|| sent(&url, &token, &key, "/v1/certificates", &draft));
                // From before the request is read to after it was answered.
                std::thread::sleep(Duration::from_millis(round * 4));
                process.kill9();
                request.join().unwrap()
            });
            process.start();
            let client = process.client().bearer(&token);
            let repeated = client.header("idempotency-key", &key).post_json("/v1/certificates", &draft).expect(201).json();
            if let Some(first) = first {
                answered += 1;
                assert_eq!(first.json(), repeated, "what was answered was kept");
            }
            let all = client.get("/v1/certificates?limit=200").expect(200).json()["items"].as_array().unwrap().clone();
            assert_eq!(all.len() as u64, round + 1, "one certificate a round");
            assert_eq!(all.last().unwrap()["status_entry"]["index"], round, "and no index lost");
            assert_eq!(client.post_json("/v1/verify", &json!({"text": repeated["card"]})).expect(200).json()["outcome"], "valid");
        }
        eprintln!("{answered} of 8 requests were answered before the process died");
    }
}
