//! A registry as a verifier meets it: what it publishes about its bundle. Nothing that comes from here is believed; it is signed or it is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use ureq::ResponseExt as _;
use verifier::bundle::{BundleError, BundleRule, Hash, MAX_BYTES, MAX_JSON};
use verifier::ids::RegionCode;
use verifier::status::{StatusError, gunzip};

use crate::cli::stop::Stop;
use crate::cli::words;

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(120);

/// A registry's address, and how it is asked.
pub(super) struct Publisher {
    agent: ureq::Agent,
    base: String,
}

#[derive(Deserialize)]
struct Manifests {
    manifests: BTreeMap<RegionCode, String>,
}

#[derive(Deserialize)]
struct Region {
    code: RegionCode,
}

impl Publisher {
    /// The registry at `url`: http or https, a host, perhaps a path.
    pub(super) fn new(url: &str) -> Result<Publisher, Stop> {
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '@');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || !rest.chars().all(plain)) {
            return Err(Stop::usage(words::BUNDLE_URL));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A registry is where it was said to be: an address that moved is for a person to confirm.
            .max_redirects(0)
            .user_agent(concat!("hufu/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(WHOLE));
        Ok(Publisher { agent: config.build().new_agent(), base: url.trim_end_matches('/').to_owned() })
    }

    /// The address, without a slash at its end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The current manifests, by region.
    pub(super) fn manifests(&self) -> Result<BTreeMap<RegionCode, String>, Stop> {
        self.json::<Manifests>("/v1/bundle/manifests").map(|answer| answer.manifests)
    }

    /// The region that it says it is.
    pub(super) fn region(&self) -> Result<RegionCode, Stop> {
        self.json::<Region>("/v1/region").map(|answer| answer.code)
    }

    /// The whole file, of all years or of the most recent ones.
    pub(super) fn whole(&self, years: Option<u16>) -> Result<Vec<u8>, Stop> {
        match years {
            Some(years) => self.get(&format!("/v1/bundle?years={years}")),
            None => self.get("/v1/bundle"),
        }
    }

    /// The delta from a manifest of its own region; none where it has none.
    pub(super) fn delta(&self, from_seq: u64) -> Result<Option<Vec<u8>>, Stop> {
        self.find(&format!("/v1/bundle/deltas/{from_seq}"))
    }

    /// The text of a part; none where it has none (any more).
    pub(super) fn part(&self, hash: Hash) -> Result<Option<String>, Stop> {
        let path = format!("/v1/bundle/parts/{hash}");
        let Some(bytes) = self.find(&path)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|_| self.odd(&path))
    }

    fn json<T: for<'de> Deserialize<'de>>(&self, path: &str) -> Result<T, Stop> {
        serde_json::from_slice(&self.get(path)?).map_err(|_| self.odd(path))
    }

    fn get(&self, path: &str) -> Result<Vec<u8>, Stop> {
        self.find(path)?.ok_or_else(|| self.odd(path))
    }

    /// The body of a 200, unpacked; none for 404 and 410.
    fn find(&self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let url = format!("{}{path}", self.base);
        let failed = |e: ureq::Error| match e {
            ureq::Error::BodyExceedsLimit(_) => too_large(),
            e => Stop::failed(words::BUNDLE_UNREACHABLE).about(format!("{}: {e}", self.base)),
        };
        let mut answer = self.agent.get(&url).header("accept-encoding", "gzip").call().map_err(failed)?;
        match answer.status().as_u16() {
            200 => {}
            404 | 410 => return Ok(None),
            300..400 => return Err(self.moved(&answer)),
            status => return Err(Stop::failed(words::BUNDLE_ANSWER).about(format!("{url}: {status}"))),
        }
        // One more, because ureq counts the end of the body too.
        let bytes = answer.body_mut().with_config().limit(MAX_BYTES as u64 + 1).read_to_vec().map_err(failed)?;
        // Nothing that is asked for begins like this unless it is packed.
        if bytes.starts_with(&[0x1f, 0x8b]) { gunzip(&bytes, MAX_JSON).map(Some).map_err(unpacking) } else { Ok(Some(bytes)) }
    }

    fn moved(&self, answer: &ureq::http::Response<ureq::Body>) -> Stop {
        let to = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or("?");
        Stop::failed(words::BUNDLE_MOVED).about(format!("{} -> {to}", answer.get_uri()))
    }

    fn odd(&self, path: &str) -> Stop {
        Stop::failed(words::BUNDLE_ANSWER).about(format!("{}{path}", self.base))
    }
}

fn too_large() -> Stop {
    BundleError::from(BundleRule::TooLarge).into()
}

fn unpacking(error: StatusError) -> Stop {
    if error == StatusError::TooLarge { too_large() } else { BundleError::from(BundleRule::Compression).into() }
}
