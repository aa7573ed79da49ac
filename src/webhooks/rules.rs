//! Pure decisions about webhooks: secrets and signatures, which address is possible, when to try again, what an answer means.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// How a secret begins, so that scanners find one that leaked.
const SECRET_PREFIX: &str = "whsec_";
/// Seconds for which the secret before signs too.
pub const ROLLED_FOR: i64 = 86_400;
/// Longest address, in bytes.
const URL_MAX: usize = 500;
/// Most characters that are kept of what an endpoint said.
const ANSWER_MAX: usize = 200;
/// Seconds after each try that failed, as Standard Webhooks proposes: ten tries within a little more than three days.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// A secret as the endpoint's owner gets it.
pub fn secret(key: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(key))
}

/// The header `webhook-signature`: a signature by each key, so that a receiver may change from one to the other.
pub fn signatures<'a>(keys: impl Iterator<Item = &'a [u8]>, id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let all: Vec<String> = keys.filter_map(|key| Some(format!("v1,{}", STANDARD.encode(hmac(key, signed.as_bytes())?)))).collect();
    all.join(" ")
}

fn hmac(key: &[u8], text: &[u8]) -> Option<[u8; 32]> {
    // HMAC takes a key of any length: there always is one.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac.finalize().into_bytes().into())
}

/// An address as it was given, where events may be sent: over https, or where `open` over http too.
pub fn address(url: &str, open: bool) -> Option<Uri> {
    let plain = |b: u8| b.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&b);
    let uri: Uri = Some(url).filter(|url| url.len() <= URL_MAX && url.bytes().all(plain))?.parse().ok()?;
    let scheme_fits = uri.scheme() == Some(&Scheme::HTTPS) || (open && uri.scheme() == Some(&Scheme::HTTP));
    let authority = uri.authority()?;
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or("@");
    let port_fits = port.is_empty() || authority.port_u16().is_some_and(|port| port > 0);
    (scheme_fits && port_fits && !authority.host().is_empty()).then_some(uri)
}

/// Seconds until the next try after `tries` of them failed; none when that was the last. A tenth either way is left to chance (any number from the
/// random source), so that those whom one outage hit do not come back together.
pub fn pause(tries: i64, chance: u8) -> Option<i64> {
    let full = *PAUSES.get(usize::try_from(tries - 1).unwrap_or(usize::MAX))?;
    Some(full - full / 10 + full / 5 * i64::from(chance) / i64::from(u8::MAX))
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The event was taken.
    Taken,
    /// The endpoint wants no event any more.
    Gone,
    /// To be tried again; why.
    Failed(&'static str),
}

/// What an answer with this status means.
pub fn meaning(status: u16) -> Meaning {
    match status {
        200..=299 => Meaning::Taken,
        410 => Meaning::Gone,
        300..=399 => Meaning::Failed("redirect"),
        _ => Meaning::Failed("status"),
    }
}

/// What is kept of what an endpoint said: its beginning, without what is no text.
pub fn kept(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).chars().filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER).take(ANSWER_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_signature_is_that_of_the_example_of_standard_webhooks() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signed = signatures(std::iter::once(key.as_slice()), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signatures([key.as_slice(), &[1; 32]].into_iter(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert!(both.starts_with(&format!("{signed} v1,")) && both.split(' ').count() == 2, "{both}");
        assert_eq!(secret(&key), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn an_address_is_https_with_a_host_and_nothing_that_hides() {
        for good in ["https://a.example", "https://a.example:8443/hooks?token=x", "https://[2400:3200::1]/x", "HTTPS://A.example/x"] {
            assert!(address(good, false).is_some(), "{good}");
        }
        let long = format!("https://a.example/{}", "x".repeat(500));
        for wrong in [
            "",
            "a.example",
            "/x",
            "http://a.example",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://a.example#x",
            "https://a b.example",
            "https://a.example:0",
            "https://a.example:",
            "https://a.example:65536",
            "https://例.example",
            "file:///etc/passwd",
            "https://a.example\\@b.example",
            "https://[::1",
            &long,
        ] {
            assert!(address(wrong, false).is_none(), "{wrong}");
        }
        assert!(address("http://a.example", true).is_some());
        assert!(address("ftp://a.example", true).is_none());
    }

    #[test]
    fn ten_tries_take_about_three_days() {
        let days = |chance| (1..=9).map(|tries| pause(tries, chance).unwrap()).sum::<i64>() as u64 / 3_600;
        assert_eq!((days(0), days(255)), (68, 83));
        assert_eq!((pause(10, 0), pause(0, 0), pause(-1, 0), pause(i64::MAX, 9)), (None, None, None, None));
    }

    #[test]
    fn an_answer_is_taken_gone_or_failed() {
        for (status, means) in [
            (200, Meaning::Taken),
            (204, Meaning::Taken),
            (299, Meaning::Taken),
            (300, Meaning::Failed("redirect")),
            (302, Meaning::Failed("redirect")),
            (404, Meaning::Failed("status")),
            (409, Meaning::Failed("status")),
            (410, Meaning::Gone),
            (500, Meaning::Failed("status")),
        ] {
            assert_eq!(meaning(status), means, "{status}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_of_an_answer_is_short_and_has_no_control_characters(answer: Vec<u8>) {
            let text = kept(&answer);
            prop_assert!(text.chars().count() <= ANSWER_MAX && !text.chars().any(char::is_control));
        }

        #[test]
        fn a_pause_differs_from_the_table_by_at_most_a_tenth(tries in 1_i64..=9, chance: u8) {
            let full = PAUSES[tries as usize - 1];
            let pause = pause(tries, chance).unwrap();
            prop_assert!(pause >= full * 9 / 10 && pause <= full * 11 / 10 + 1);
        }
    }
}
