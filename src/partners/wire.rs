//! Asking another registry over HTTP: bounded in bytes and in time, and never led away from its host.

use std::time::Duration;

use ureq::http::{HeaderMap, header};
use ureq::tls::RootCerts;
use verifier::status::{StatusError, gunzip};

use super::{PartnerRefusal, rules};
use crate::dial;
use crate::edge::Edge;
use crate::error::Refusal;
use crate::messages::reasons;

/// Milliseconds within which everything that one look at a partner needs must have come.
pub(super) const ALL_MS: i64 = 240_000;
const REDIRECTS: usize = 3;
/// Most bytes of a problem document.
const PROBLEM_MAX: usize = 64 * 1024;
const NO_TLS: &str = "no TLS connection, or a certificate that nobody vouches for";

/// A way to ask, good for one look at a partner. It asks no proxy that the environment names and keeps no cookies. The signatures inside an
/// answer are what counts; TLS only keeps it from being read or held back unnoticed.
pub(super) struct Wire {
    agent: ureq::Agent,
    edge: Edge,
    timeout_ms: i64,
    until_ms: i64,
}

/// Most bytes of an answer.
#[derive(Clone, Copy)]
pub(super) struct Most {
    /// As it comes, when it comes gzipped.
    pub gzipped: usize,
    /// When it is unpacked, or comes as it is.
    pub plain: usize,
}

/// An answer with status 200, or 304.
pub(super) enum Answer {
    /// The entity tag, and the body, unpacked.
    New(Option<String>, Vec<u8>),
    /// What is held is what there is.
    Same,
}

impl Wire {
    /// `timeout` seconds for each answer; `authorities` vouch for servers.
    pub(super) fn new(edge: &Edge, timeout: u32, authorities: RootCerts) -> Wire {
        let agent = dial::config(authorities, timeout).new_agent();
        let until_ms = edge.now_ms().saturating_add(ALL_MS);
        Wire { agent, edge: edge.clone(), timeout_ms: i64::from(timeout) * 1000, until_ms }
    }

    /// Asks for what is at `url`; with the tag of what is held, that may be all the same.
    ///
    /// # Errors
    /// `partners.unreachable`, `timeout`, `redirect`, `status`, `not_a_bundle`, `bundle.too_large`, `bundle.compression`.
    pub(super) fn get(&self, url: &str, held_tag: Option<&str>, most: Most) -> Result<Answer, Refusal> {
        let mut url = url.to_owned();
        for _ in 0..=REDIRECTS {
            let mut response = self.send(&url, held_tag)?;
            match response.status().as_u16() {
                200 => {
                    let tag = text(response.headers(), header::ETAG);
                    return Ok(Answer::New(tag, read(&mut response, most)?));
                }
                304 if held_tag.is_some() => return Ok(Answer::Same),
                301 | 302 | 303 | 307 | 308 => {
                    let location = text(response.headers(), header::LOCATION).unwrap_or_default();
                    url = rules::redirect(&url, &location).ok_or_else(|| PartnerRefusal::Redirect.at("url"))?;
                }
                status => return Err(PartnerRefusal::Status.at("url").got(status.to_string())),
            }
        }
        Err(PartnerRefusal::Redirect.at("url").got(format!("more than {REDIRECTS}")))
    }

    /// Posts a JSON text, and gives the answer of at most `most` bytes; none where the other side says to come again (202). A redirect is refused: what is sent goes to the pinned address.
    ///
    /// # Errors
    /// `partners.unreachable`, `timeout`, `redirect`, `status` with the code that the other side gave, `bundle.too_large`.
    pub(super) fn post(&self, url: &str, json: &str, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
        let request = self.agent.post(url).header(header::CONTENT_TYPE, "application/json");
        let mut response = request.config().timeout_global(Some(self.left()?)).build().send(json).map_err(|e| explain(&e, 0))?;
        match response.status().as_u16() {
            200 => read(&mut response, Most { gzipped: most, plain: most }).map(Some),
            202 => Ok(None),
            300..=399 => Err(PartnerRefusal::Redirect.at("url")),
            status => {
                let said = read(&mut response, Most { gzipped: PROBLEM_MAX, plain: PROBLEM_MAX }).ok().and_then(|body| problem_code(&body));
                let code = said.map(|code| format!(" {code}")).unwrap_or_default();
                Err(PartnerRefusal::Status.at("url").got(format!("{status}{code}")))
            }
        }
    }

    /// The time that is left for an answer.
    fn left(&self) -> Result<Duration, Refusal> {
        let left = self.until_ms.saturating_sub(self.edge.now_ms()).min(self.timeout_ms);
        let left = u64::try_from(left).ok().filter(|left| *left > 0).ok_or_else(|| PartnerRefusal::Timeout.at("url"))?;
        Ok(Duration::from_millis(left))
    }

    fn send(&self, url: &str, held_tag: Option<&str>) -> Result<ureq::http::Response<ureq::Body>, Refusal> {
        let left = self.left()?;
        let mut request = self.agent.get(url).header(header::ACCEPT_ENCODING, "gzip");
        if let Some(tag) = held_tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        request.config().timeout_global(Some(left)).build().call().map_err(|e| explain(&e, 0))
    }
}

/// The code of a problem document, if it is one of ours: nothing else that the other side wrote gets into a log or an answer.
fn problem_code(body: &[u8]) -> Option<&'static str> {
    let problem: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = problem.get("code")?.as_str()?;
    reasons().into_iter().map(|reason| reason.code).find(|known| *known == code)
}

fn read(response: &mut ureq::http::Response<ureq::Body>, most: Most) -> Result<Vec<u8>, Refusal> {
    let encoding = text(response.headers(), header::CONTENT_ENCODING).unwrap_or_default().to_ascii_lowercase();
    let limit = if encoding == "gzip" { most.gzipped } else { most.plain };
    // One more, because ureq counts the end of the body too.
    let body = response.body_mut().with_config().limit(limit as u64 + 1).read_to_vec().map_err(|e| explain(&e, limit))?;
    match encoding.as_str() {
        "gzip" => gunzip(&body, most.plain).map_err(|error| match error {
            StatusError::TooLarge => too_large(most.plain),
            _ => super::refused(&verifier::bundle::BundleRule::Compression.into()),
        }),
        "" | "identity" => Ok(body),
        _ => Err(PartnerRefusal::NotABundle.at("url").got("an encoding that was not asked for")),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn too_large(limit: usize) -> Refusal {
    super::refused(&verifier::bundle::BundleRule::TooLarge.into()).got(format!("more than {limit} bytes"))
}

/// What went wrong with an answer of at most `limit` bytes, in words of ours: nothing that the other side wrote gets into a log or an answer.
fn explain(error: &ureq::Error, limit: usize) -> Refusal {
    let unreachable = |why: String| PartnerRefusal::Unreachable.at("url").got(why);
    match error {
        ureq::Error::Timeout(_) => PartnerRefusal::Timeout.at("url"),
        ureq::Error::BodyExceedsLimit(_) => too_large(limit),
        ureq::Error::HostNotFound => unreachable("no such host".to_owned()),
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::TimedOut => PartnerRefusal::Timeout.at("url"),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => unreachable(NO_TLS.to_owned()),
        ureq::Error::Io(e) if e.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => unreachable(NO_TLS.to_owned()),
        ureq::Error::Io(e) => unreachable(e.kind().to_string()),
        _ => unreachable("no HTTP answer".to_owned()),
    }
}
