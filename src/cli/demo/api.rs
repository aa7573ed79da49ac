//! The demo's HTTP client: what any program that uses the registry would send.

use std::time::Duration;

use serde_json::Value;
use ureq::http::Request;

use crate::error::Fault;

/// Largest answer that is read, in bytes.
const ANSWER_MAX: u64 = 64 << 20;

/// Sends requests to the demo's own server.
#[derive(Clone)]
pub(super) struct Api {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

impl Api {
    pub(super) fn new(base: &str) -> Api {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // This machine talks to itself; a proxy could not.
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)));
        Api { agent: config.build().new_agent(), base: base.to_owned(), token: None }
    }

    /// The same with an operator's token (OAuth 2.0 client credentials).
    pub(super) fn signed_in(&self, id: &str, secret: &str) -> Result<Api, Fault> {
        // Ids and secrets are of letters, digits, - and _: nothing to escape in a form.
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = Request::post(self.url("/oauth/token")).header("content-type", "application/x-www-form-urlencoded");
        let answer = self.send("/oauth/token", 200, request.body(form.into_bytes()))?;
        let token = text(&json("/oauth/token", &answer)?, "/access_token")?;
        Ok(self.bearing(token))
    }

    /// The same with this token.
    pub(super) fn bearing(&self, token: String) -> Api {
        Api { token: Some(token), ..self.clone() }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The body of a 200.
    pub(super) fn get(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let mut request = Request::get(self.url(path));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(path, 200, request.body(Vec::new()))
    }

    pub(super) fn get_json(&self, path: &str) -> Result<Value, Fault> {
        json(path, &self.get(path)?)
    }

    /// The answer to a POST, which must have `status`; `key` makes it one that may be repeated.
    pub(super) fn post(&self, path: &str, body: &Value, key: Option<&str>, status: u16) -> Result<Value, Fault> {
        let mut request = Request::post(self.url(path)).header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        json(path, &self.send(path, status, request.body(body.to_string().into_bytes()))?)
    }

    /// The answer to a POST of a file.
    pub(super) fn upload(&self, path: &str, file: Vec<u8>, status: u16) -> Result<Value, Fault> {
        let mut request = Request::post(self.url(path)).header("content-type", "application/octet-stream");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        json(path, &self.send(path, status, request.body(file))?)
    }

    fn send(&self, path: &str, status: u16, request: Result<Request<Vec<u8>>, ureq::http::Error>) -> Result<Vec<u8>, Fault> {
        let failed = |e: ureq::Error| Fault::text(format!("{path}: {e}"));
        let mut response = self.agent.run(request.map_err(Fault::new)?).map_err(failed)?;
        let bytes = response.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().map_err(failed)?;
        let got = response.status().as_u16();
        if got == status {
            return Ok(bytes);
        }
        let code = json(path, &bytes).ok().and_then(|problem| problem["code"].as_str().map(str::to_owned)).unwrap_or_default();
        Err(Fault::text(format!("{path} answered {got} {code} instead of {status}")))
    }
}

/// The text at an RFC 6901 pointer.
pub(super) fn text(value: &Value, pointer: &str) -> Result<String, Fault> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Fault::text(format!("an answer has no text at {pointer}")))
}

fn json(path: &str, bytes: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(bytes).map_err(|e| Fault::text(format!("{path}: the answer is not JSON: {e}")))
}
