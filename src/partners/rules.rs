//! Pure decisions about partners: which address is possible, where a redirect may lead, when to ask again, what raises an alarm.

use verifier::bundle::{BundleRule, PartName};
use verifier::time::Instant;

/// Most partners, well within what a manifest may name.
pub const PARTNERS_MAX: i64 = 100;
/// Longest address, in bytes.
const URL_MAX: usize = 200;
/// Most bytes of partners' parts in the own bundle. Written into JSON they may double, and must leave room for the own ones in 64 MiB.
pub const PASSED_ON_MAX: usize = 16 << 20;
/// Seconds that a partner's clock may be ahead of this one.
pub const AHEAD: i64 = 300;
/// How many times longer than the usual pause the longest pause after failures is.
const SLOWEST: i64 = 6;
/// The first pause after a failure is this part of the usual one.
const FIRST: i64 = 8;

/// A checked address, split at the first slash of its path: `https`, `host:port`, `/path`.
struct Parts<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
}

fn split(url: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).map_or((host, false), |inner| (inner, true));
    let host_fits = match host {
        (literal, true) => !literal.is_empty() && literal.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.'),
        (name, false) => !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'),
    };
    let port_fits =
        port.is_none_or(|port| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0));
    (host_fits && port_fits).then_some(Parts { scheme, authority, path })
}

/// The address of a registry as it is kept: without a slash at the end; none where it is not possible.
pub fn address(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let plain = |b: u8| b.is_ascii_graphic() && !b"?#@\\\"<>^`{|}".contains(&b);
    let parts = split(url)?;
    let fits = url.len() <= URL_MAX && url.bytes().all(plain);
    fits.then(|| format!("{}://{}{}", parts.scheme, parts.authority.to_ascii_lowercase(), parts.path))
}

/// Where a redirect from one address leads; none where it leaves host or port, goes from https to http, or is no absolute address or path.
pub fn redirect(from: &str, location: &str) -> Option<String> {
    let here = split(from)?;
    if location.len() > 2_000 || !location.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    if location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\") {
        return Some(format!("{}://{}{location}", here.scheme, here.authority));
    }
    let there = split(location)?;
    let same_host = here.authority.eq_ignore_ascii_case(there.authority);
    let as_safe = here.scheme == there.scheme || there.scheme == "https";
    (same_host && as_safe).then(|| location.to_owned())
}

/// When a partner is asked again, unix seconds: after about `every` seconds when it answered, else after a pause that doubles with each failure
/// from an eighth of that up to six times it. `jitter` is any number from the random source: a tenth of a pause after an answer, and half of
/// one after a failure, is left to chance, so that those whom one outage hit do not come back together.
pub fn next_try(now: i64, every: i64, failures: i64, jitter: u16) -> i64 {
    let every = every.clamp(1, 86_400);
    let part = |pause: i64| pause * i64::from(jitter) / i64::from(u16::MAX);
    let pause = match failures {
        ..=0 => every - every / 10 + part(every / 5),
        _ => {
            let doublings = u32::try_from(failures - 1).unwrap_or(u32::MAX).min(16);
            let full = ((every / FIRST).max(2) << doublings).min(every * SLOWEST);
            full - full / 2 + part(full / 2)
        }
    };
    now.saturating_add(pause.max(1))
}

/// Which parts of all partners are passed on in the own bundle when they are more than `most` bytes of text together: first what no verifier can do
/// without, then the newest years. So no partner makes the file too large to be opened. Each part is (name, bytes); the answer is in their order.
pub fn passed_on(parts: &[(PartName, usize)], most: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let year = |at: &usize| parts.get(*at).and_then(|(name, _)| name.year());
    order.sort_by_key(|at| (year(at).is_some(), std::cmp::Reverse(year(at))));
    let (mut kept, mut sum) = (vec![false; parts.len()], 0_usize);
    for at in order {
        let (Some((_, bytes)), Some(keep)) = (parts.get(at), kept.get_mut(at)) else { continue };
        let with = sum.saturating_add(*bytes);
        if with <= most {
            (*keep, sum) = (true, with);
        }
    }
    kept
}

/// Whether a manifest is dated further ahead than clocks differ.
pub fn is_ahead(iat: Instant, now: i64) -> bool {
    iat.0 > now.saturating_add(AHEAD)
}

/// Whether a refusal means that a region contradicts what it signed before: that takes a person.
pub fn is_alarm(rule: BundleRule) -> bool {
    use BundleRule::{Equivocation, KeyUnrevoked, Rollback, Shrunk, Unrevoked};
    matches!(rule, Equivocation | KeyUnrevoked | Rollback | Shrunk | Unrevoked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_is_scheme_host_port_and_path() {
        for (given, kept) in [
            ("https://skills.example", "https://skills.example"),
            ("HTTPS://Skills.Example:8443/Registry/", "https://skills.example:8443/Registry"),
            (" http://127.0.0.1:8080 ", "http://127.0.0.1:8080"),
            ("http://[::1]:80/a", "http://[::1]:80/a"),
            ("http://[2001:db8::1]", "http://[2001:db8::1]"),
        ] {
            assert_eq!(address(given).as_deref(), Some(kept), "{given}");
        }
        let long = format!("https://a.example/{}", "x".repeat(200));
        for wrong in [
            "",
            "skills.example",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://user@a.example",
            "https://user:pw@a.example",
            "https://a.example?x=1",
            "https://a.example#x",
            "https://a b.example",
            "https://a.example:0",
            "https://a.example:65536",
            "https://a.example:",
            "https://a.example:x",
            "https://[::1",
            "https://[]",
            "https://例.example",
            "https://a.example/\\x",
            "javascript://a",
            "file:///etc/passwd",
            &long,
        ] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn when_there_is_no_room_for_all_the_newest_years_are_passed_on() {
        use PartName::{Keys, Providers, Revoked, Status};
        let parts = [(Keys(2024), 4), (Status(2026), 4), (Providers, 4), (Keys(2026), 4), (Revoked, 4), (Status(2025), 4), (Providers, 4)];
        assert_eq!(passed_on(&parts, 28), [true; 7]);
        assert_eq!(passed_on(&parts, 27), [false, true, true, true, true, true, true]);
        assert_eq!(passed_on(&parts, 20), [false, true, true, true, true, false, true]);
        assert_eq!(passed_on(&parts, 12), [false, false, true, false, true, false, true]);
        assert_eq!(passed_on(&[(Providers, usize::MAX), (Revoked, 1)], 5), [false, true]);
        assert_eq!(passed_on(&[], 5), [false; 0]);
    }

    #[test]
    fn a_redirect_stays_with_its_host_and_as_safe_as_it_was() {
        let from = "https://a.example:8443/v1/x";
        for (location, leads) in [
            ("/v1/y?z=1", Some("https://a.example:8443/v1/y?z=1")),
            ("https://A.EXAMPLE:8443/y", Some("https://A.EXAMPLE:8443/y")),
            ("http://a.example:8443/y", None),
            ("https://a.example/y", None),
            ("https://b.example:8443/y", None),
            ("https://a.example:8443@b.example/y", None),
            ("https://a.example:8443.b.example/y", None),
            ("//b.example/y", None),
            ("/\\b.example/y", None),
            ("y", None),
            ("", None),
            ("/a b", None),
            ("ftp://a.example:8443/y", None),
        ] {
            assert_eq!(redirect(from, location).as_deref(), leads, "{location}");
        }
        assert_eq!(redirect("http://a.example/x", "https://a.example/x").as_deref(), Some("https://a.example/x"));
    }

    proptest! {
        #[test]
        fn the_next_try_lies_ahead_within_bounds_and_failures_never_hasten_it(
            now in -1_i64 << 50..1 << 50, every in 10_i64..=86_400, failures in 0_i64..200, jitter: u16,
        ) {
            let pause = next_try(now, every, failures, jitter) - now;
            prop_assert!(pause >= 1 && pause <= every * SLOWEST);
            if failures == 0 {
                prop_assert!(pause >= every * 9 / 10 && pause <= every * 11 / 10 + 1);
            } else {
                prop_assert!(pause >= every / FIRST / 2);
                prop_assert!(next_try(now, every, failures + 1, jitter) - now >= pause);
            }
        }

        #[test]
        fn numbers_out_of_any_range_are_no_trouble(now: i64, every: i64, failures: i64, jitter: u16) {
            prop_assert!(next_try(now, every, failures, jitter) > now || now == i64::MAX);
        }

        #[test]
        fn failures_in_a_row_reach_the_slowest_pace_and_differ_by_chance(every in 10_i64..=86_400) {
            prop_assert_eq!(next_try(0, every, 50, u16::MAX), every * SLOWEST);
            prop_assert!(next_try(0, every, 50, 0) < next_try(0, every, 50, u16::MAX));
        }

        #[test]
        fn no_redirect_ever_leaves_the_host(location in "(https?:)?/{0,3}[a-z@:.\\\\/]{0,12}b\\.example[a-z/:@]{0,5}") {
            if let Some(leads) = redirect("https://a.example/x", &location) {
                prop_assert!(leads.starts_with("https://a.example/"), "{}", leads);
            }
        }
    }
}
