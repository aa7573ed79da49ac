//! How often anyone may ask: token buckets per address or per client (governor's GCRA), and how an address is found behind proxies.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::HttpRefusal;
use crate::config::Config;
use crate::error::Refusal;

/// Entries above which idle ones are swept out of a limiter.
const SWEEP_ABOVE: usize = 10_000;

/// The limiters of a server.
pub struct Limits {
    public: Bucket,
    lookup: Bucket,
    login: Bucket,
    client: Bucket,
    proxies: usize,
}

/// What is being limited.
#[derive(Clone, Copy, Debug)]
pub enum Limited {
    /// A request without a token, by address.
    Public,
    /// A look-up by number and name, by address.
    Lookup,
    /// A login, by address and client id together.
    Login,
    /// A request with a token, by client id.
    Client,
}

struct Bucket(DefaultKeyedRateLimiter<String>);

impl Bucket {
    fn new(per_minute: u32) -> Bucket {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Bucket(RateLimiter::keyed(quota))
    }

    fn take(&self, key: &str) -> Result<(), Refusal> {
        if self.0.len() > SWEEP_ABOVE {
            self.0.retain_recent();
        }
        self.0.check_key(&key.to_owned()).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Refusal::from(HttpRefusal::RateLimited).retry_after(wait.as_secs() + 1)
        })
    }
}

impl Limits {
    /// Limiters as the settings say.
    pub fn new(config: &Config) -> Limits {
        Limits {
            public: Bucket::new(config.number("public_per_minute")),
            lookup: Bucket::new(config.number("lookup_per_minute")),
            login: Bucket::new(config.number("login_per_minute")),
            client: Bucket::new(config.number("client_per_minute")),
            proxies: config.number("proxies") as usize,
        }
    }

    /// Takes one from the bucket of `key`.
    ///
    /// # Errors
    /// `http.rate_limited`, with the seconds to wait.
    pub fn take(&self, what: Limited, key: &str) -> Result<(), Refusal> {
        match what {
            Limited::Public => self.public.take(key),
            Limited::Lookup => self.lookup.take(key),
            Limited::Login => self.login.take(key),
            Limited::Client => self.client.take(key),
        }
    }

    /// The address a request came from. Of `X-Forwarded-For` only the entries that trusted proxies appended are believed. An IPv6
    /// address counts by its /64, because one customer holds that many.
    pub fn address(&self, req: &HttpRequest) -> String {
        let peer = req.peer_addr().map(|a| a.ip());
        let forwarded = (self.proxies > 0).then(|| forwarded(req, self.proxies)).flatten();
        match forwarded.or(peer) {
            Some(IpAddr::V4(ip)) => ip.to_string(),
            Some(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
                Some(v4) => v4.to_string(),
                None => ip.segments().iter().take(4).map(|s| format!("{s:x}:")).collect(),
            },
            None => "unknown".to_owned(),
        }
    }
}

/// A caller may send the header too, so entries count from the end, over all its lines: that is where proxies append.
fn forwarded(req: &HttpRequest, proxies: usize) -> Option<IpAddr> {
    let lines = req.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    entries.iter().rev().nth(proxies.checked_sub(1)?)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::forwarded;

    #[test]
    fn only_what_trusted_proxies_appended_is_believed() {
        let name = "x-forwarded-for";
        let req = TestRequest::default().append_header((name, "1.1.1.1")).append_header((name, "2.2.2.2, 3.3.3.3")).to_http_request();
        let found = |proxies| forwarded(&req, proxies).map(|ip| ip.to_string());
        assert_eq!(found(0), None);
        assert_eq!(found(1).as_deref(), Some("3.3.3.3"));
        assert_eq!(found(2).as_deref(), Some("2.2.2.2"));
        assert_eq!(found(4), None);
    }
}
