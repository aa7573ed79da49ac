//! TLS by rustls, when the settings name a certificate and a key.

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Config;
use crate::error::Fault;

/// The TLS settings, or none when the server speaks plain HTTP.
///
/// # Errors
/// A fault that names the file which cannot be read or does not fit.
pub fn load(config: &Config) -> Result<Option<ServerConfig>, Fault> {
    let (Some(cert), Some(key)) = (config.optional("tls_cert"), config.optional("tls_key")) else { return Ok(None) };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| Fault::text(format!("cannot read the TLS certificate {cert}: {e}")))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|e| Fault::text(format!("cannot read the TLS key {key}: {e}")))?;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|b| b.with_no_client_auth().with_single_cert(chain, key))
        .map(Some)
        .map_err(|e| Fault::text(format!("TLS certificate and key do not fit: {e}")))
}
