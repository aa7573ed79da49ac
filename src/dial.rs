//! Asking other servers over HTTP: what every way out has in common.

use std::time::Duration;

use ureq::config::Config as Wire;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::config::Config;
use crate::error::Fault;

/// Most seconds until a connection stands.
const CONNECT: u32 = 5;

/// Who vouches for other servers: the certificates in the PEM file that the setting `key` names, or without one those that Mozilla trusts.
///
/// # Errors
/// A fault when the file cannot be read or holds no certificate.
pub fn authorities(config: &Config, key: &'static str) -> Result<RootCerts, Fault> {
    let Some(path) = config.optional(key) else { return Ok(RootCerts::WebPki) };
    let pem = std::fs::read(path).map_err(|e| Fault::text(format!("cannot read the setting {key}, {path}: {e}")))?;
    let certificates: Vec<_> = parse_pem(&pem).filter_map(|item| if let Ok(PemItem::Certificate(c)) = item { Some(c) } else { None }).collect();
    if certificates.is_empty() {
        return Err(Fault::text(format!("the setting {key} names {path}, in which there is no certificate")));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// A way out that follows no redirect, asks no proxy that the environment names and keeps no cookies; every status is an answer. A connection
/// stands within `timeout` seconds, and within five.
pub fn config(authorities: RootCerts, timeout: u32) -> Wire {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .tls_config(TlsConfig::builder().root_certs(authorities).build())
        .user_agent(concat!("hufu/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(u64::from(timeout.min(CONNECT)))))
        .build()
}
