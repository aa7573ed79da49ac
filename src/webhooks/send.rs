//! Sending one event to one endpoint: bounded in bytes and in time, never led away, and only to an address that was looked at.

use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use ureq::http::uri::Scheme;
use ureq::http::{Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::rules::{self, Meaning};
use super::{ALL_AT_ONCE, Networks};
use crate::config::Config;
use crate::dial;
use crate::error::Fault;

/// Bytes that are read of an answer that does not say that the event was taken.
const ANSWER_BYTES: u64 = 1_024;

/// The way to endpoints.
pub struct Sender {
    agent: ureq::Agent,
    networks: Networks,
    timeout: Duration,
    turns: Arc<Semaphore>,
}

/// What is sent.
pub(super) struct Letter {
    pub url: String,
    pub event: String,
    pub timestamp: i64,
    pub signatures: String,
    pub body: String,
}

/// What came of it.
pub(super) struct Outcome {
    pub meaning: Meaning,
    pub status: Option<u16>,
    /// The beginning of what the endpoint said to what it did not take.
    pub answer: Option<String>,
}

/// An address to which nothing is sent.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("neither public nor in a network that is allowed")
    }
}

impl std::error::Error for Closed {}

/// Resolves names as usual, and refuses those with an address to which nothing may be sent. What it gives is what is connected to: no name is looked
/// up a second time.
#[derive(Debug)]
struct Guarded {
    names: DefaultResolver,
    networks: Networks,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &ureq::config::Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let is_encrypted = uri.scheme() == Some(&Scheme::HTTPS);
        if found.iter().all(|address| self.networks.allow(address.ip(), is_encrypted)) { Ok(found) } else { Err(io::Error::other(Closed).into()) }
    }
}

impl Sender {
    /// By the settings `webhook_ca`, `webhook_networks` and `webhook_timeout`.
    ///
    /// # Errors
    /// A fault when the file of authorities cannot be read, or a network is none.
    pub fn open(config: &Config) -> Result<Sender, Fault> {
        let list = config.text("webhook_networks");
        let networks = Networks::parse(list);
        let networks =
            networks.ok_or_else(|| Fault::text(format!("setting webhook_networks must list networks such as 10.0.0.0/8, not {list:?}")))?;
        let seconds = config.number("webhook_timeout");
        let wire = dial::config(dial::authorities(config, "webhook_ca")?, seconds);
        let resolver = Guarded { names: DefaultResolver::default(), networks: networks.clone() };
        let agent = ureq::Agent::with_parts(wire, DefaultConnector::default(), resolver);
        Ok(Sender { agent, networks, timeout: Duration::from_secs(seconds.into()), turns: Arc::new(Semaphore::new(ALL_AT_ONCE)) })
    }

    /// The seconds that one try may take.
    pub(super) fn seconds(&self) -> i64 {
        i64::try_from(self.timeout.as_secs()).unwrap_or_default()
    }

    /// Whether http is possible at all.
    pub(super) fn is_open(&self) -> bool {
        !self.networks.is_empty()
    }

    /// Whether the host of an address may be sent to, as far as that can be said without looking up a name.
    pub(super) fn allows(&self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host.parse::<IpAddr>().map_or(true, |ip| self.networks.allow(ip, uri.scheme() == Some(&Scheme::HTTPS)))
    }

    /// Sends one, when it is its turn.
    ///
    /// # Errors
    /// A fault when no thread can be started. What goes wrong on the way is an [`Outcome`].
    pub(super) async fn send(&self, letter: Letter) -> Result<Outcome, Fault> {
        let turn = self.turns.clone().acquire_owned().await.map_err(Fault::new)?;
        let (agent, timeout, (send, done)) = (self.agent.clone(), self.timeout, oneshot::channel());
        // Not a thread of the runtime: a server that stops does not wait for an endpoint that is slow to answer.
        let thread = std::thread::Builder::new().name("webhook".to_owned());
        let work = move || {
            let _turn = turn;
            drop(send.send(post(&agent, &letter, timeout)));
        };
        thread.spawn(work).map_err(Fault::new)?;
        done.await.map_err(Fault::new)
    }
}

fn post(agent: &ureq::Agent, letter: &Letter, timeout: Duration) -> Outcome {
    let request = agent
        .post(&letter.url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &letter.event)
        .header("webhook-timestamp", letter.timestamp.to_string())
        .header("webhook-signature", &letter.signatures);
    match request.config().timeout_global(Some(timeout)).build().send(&letter.body) {
        Ok(mut response) => {
            let status = response.status().as_u16();
            let meaning = rules::meaning(status);
            let answer = (meaning != Meaning::Taken).then(|| rules::kept(&beginning(&mut response))).filter(|answer| !answer.is_empty());
            Outcome { meaning, status: Some(status), answer }
        }
        Err(error) => Outcome { meaning: Meaning::Failed(why(&error)), status: None, answer: None },
    }
}

/// What came of the beginning of an answer before the time was up.
fn beginning(response: &mut ureq::http::Response<ureq::Body>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The status is what counts: an answer that breaks off is kept as far as it came.
    let _ = response.body_mut().as_reader().take(ANSWER_BYTES).read_to_end(&mut bytes);
    bytes
}

fn why(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::Timeout(_) => "timeout",
        ureq::Error::Io(e) if e.kind() == io::ErrorKind::TimedOut => "timeout",
        ureq::Error::Io(e) if e.get_ref().is_some_and(|inner| inner.is::<Closed>()) => "address",
        ureq::Error::Io(e) if e.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => "tls",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "tls",
        _ => "unreachable",
    }
}
