//! A small blocking HTTP client: every status is an answer, nothing is followed, nothing is cached.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::{HeaderMap, Request};

/// Sends requests to one server. Cheap to clone; clones may carry other headers.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    url: String,
    headers: Vec<(String, String)>,
    credentials: Option<(String, String)>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Client {
    /// A client of the server at `url` (no slash at the end).
    pub fn new(url: &str) -> Client {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0) // an idle connection would hold up a server that stops
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Client { agent: config.new_agent(), url: url.to_owned(), headers: Vec::new(), credentials: None }
    }

    /// The same client with one more header on every request.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client with one more header, beside one of the same name.
    #[must_use]
    pub fn and_header(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client with an access token.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Client {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The server's address: `http://127.0.0.1:<port>`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same client, which knows the id and the secret of its API client.
    #[must_use]
    pub fn known_by(&self, id: String, secret: String) -> Client {
        Client { credentials: Some((id, secret)), ..self.clone() }
    }

    /// Id and secret of its API client: `{"id", "secret"}`.
    pub fn credentials(&self) -> Value {
        let (id, secret) = self.credentials.as_ref().expect("a client that signed in");
        json!({"id": id, "secret": secret})
    }

    /// The access token that it sends.
    pub fn token(&self) -> String {
        let value = self.headers.iter().find_map(|(name, value)| (name == "authorization").then_some(value));
        value.and_then(|v| v.strip_prefix("Bearer ")).expect("a client with a token").to_owned()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// What a server answers that may be gone.
    pub fn try_get(&self, path: &str) -> Option<Value> {
        let mut request = Request::builder().method("GET").uri(format!("{}{path}", self.url));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut answer = self.agent.run(request.body(()).unwrap()).ok().filter(|answer| answer.status() == 200)?;
        serde_json::from_slice(&answer.body_mut().read_to_vec().ok()?).ok()
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post_raw(path, "application/json", body.to_string().as_bytes())
    }

    pub fn put_json(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(("application/json", body.to_string().as_bytes())))
    }

    pub fn patch_json(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, Some(("application/json", body.to_string().as_bytes())))
    }

    pub fn post_raw(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.send("POST", path, Some((content_type, body)))
    }

    /// A form as OAuth 2.0 sends it (`application/x-www-form-urlencoded`).
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(k, v)| format!("{}={}", percent(k), percent(v))).collect();
        self.post_raw(path, "application/x-www-form-urlencoded", body.join("&").as_bytes())
    }

    /// Any request. `path` starts with a slash and is sent as it stands.
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = match body {
            None => self.agent.run(request.body(()).unwrap()),
            Some((kind, bytes)) => self.agent.run(request.header("content-type", kind).body(bytes).unwrap()),
        };
        let mut response = sent.unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        Answer { status: response.status().as_u16(), headers: response.headers().clone(), bytes }
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("the body is UTF-8")
    }

    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("not JSON ({e}): {self}"))
    }

    /// A header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("the header is text"))
    }

    /// This answer, if it has `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The problem document, if this is one with `status` and `code`.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer}");
        let document = answer.json();
        assert_eq!(document["code"], code, "{answer}");
        assert_eq!(document["status"], status, "{answer}");
        assert_eq!(document["request_id"], answer.header("x-request-id"), "{answer}");
        document
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.bytes))
    }
}

/// Percent-encodes everything that is not unreserved (RFC 3986): for path segments, queries and forms.
pub fn percent(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
