//! What can be told, and who listens.

use serde::Serialize;
use verifier::time::Instant;

use super::store;
use crate::db::{Bulk, Conn};
use crate::edge::Edge;
use crate::error::{Error, Fault};

/// A type of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A certificate was issued.
    CertificateIssued,
    /// A certificate was suspended, reinstated, revoked or replaced.
    CertificateStatusChanged,
    /// A batch has ended.
    BatchDone,
    /// A provider was registered, or its timeline changed.
    ProviderChanged,
    /// Credit that was offered to another region has gone there, or has come back.
    TransferSettled,
    /// Nothing happened: the endpoint's owner wants to see an event.
    Test,
}

impl Kind {
    /// Every type that an endpoint may ask for.
    pub const ALL: [Kind; 5] =
        [Kind::CertificateIssued, Kind::CertificateStatusChanged, Kind::BatchDone, Kind::ProviderChanged, Kind::TransferSettled];

    /// Its name in an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::CertificateIssued => "certificate.issued",
            Kind::CertificateStatusChanged => "certificate.status_changed",
            Kind::BatchDone => "batch.done",
            Kind::ProviderChanged => "provider.changed",
            Kind::TransferSettled => "transfer.settled",
            Kind::Test => "webhook.test",
        }
    }
}

/// What happened, in ids, numbers and states: never a name, a document or anything else of a person. `provider` is the id of the provider whose it is.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum Event<'a> {
    /// `certificate.issued`
    CertificateIssued {
        /// Id.
        certificate: &'a str,
        /// Number.
        number: &'a str,
        /// Who issued it.
        provider: &'a str,
        /// Id of the certificate in whose place it was issued.
        #[serde(skip_serializing_if = "Option::is_none")]
        replaces: Option<&'a str>,
    },
    /// `certificate.status_changed`
    CertificateStatusChanged {
        /// Id.
        certificate: &'a str,
        /// Number.
        number: &'a str,
        /// Who issued it.
        provider: &'a str,
        /// `issued`, `suspended`, `revoked` or `replaced`.
        status: &'a str,
        /// Number of the certificate that was issued in its place.
        #[serde(skip_serializing_if = "Option::is_none")]
        replaced_by: Option<&'a str>,
    },
    /// `batch.done`
    BatchDone {
        /// Id.
        batch: &'a str,
        /// Whose it is.
        provider: &'a str,
        /// `done` or `done_with_errors`.
        state: &'a str,
        /// Rows of it.
        rows: i64,
        /// Certificates that were issued.
        issued: i64,
    },
    /// `provider.changed`
    ProviderChanged {
        /// Id.
        provider: &'a str,
        /// Unified social credit code.
        credit_code: &'a str,
        /// `listed` or `barred`.
        standing: &'a str,
        /// The first day of it.
        from: &'a str,
    },
    /// `transfer.settled`, told to the region's own endpoints.
    TransferSettled {
        /// Id.
        transfer: &'a str,
        /// `move` or `return`; absent where that is not known.
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<&'a str>,
        /// The other region.
        peer: &'a str,
        /// `settled` where it has gone there, `returned` where it has come back.
        state: &'a str,
    },
    /// `webhook.test`
    Test {
        /// Id of the endpoint.
        webhook: &'a str,
    },
}

/// The body that is sent.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    data: &'a Event<'a>,
}

impl Event<'_> {
    /// Its type.
    pub fn kind(&self) -> Kind {
        match self {
            Event::CertificateIssued { .. } => Kind::CertificateIssued,
            Event::CertificateStatusChanged { .. } => Kind::CertificateStatusChanged,
            Event::BatchDone { .. } => Kind::BatchDone,
            Event::ProviderChanged { .. } => Kind::ProviderChanged,
            Event::TransferSettled { .. } => Kind::TransferSettled,
            Event::Test { .. } => Kind::Test,
        }
    }

    /// Id of the provider whose it is; none where it is the region's own.
    fn provider(&self) -> Option<&str> {
        match self {
            Event::CertificateIssued { provider, .. }
            | Event::CertificateStatusChanged { provider, .. }
            | Event::BatchDone { provider, .. }
            | Event::ProviderChanged { provider, .. } => Some(provider),
            Event::TransferSettled { .. } | Event::Test { .. } => None,
        }
    }

    /// The row that tells it.
    pub(super) fn row(&self, edge: &Edge) -> Result<store::EventRow, Fault> {
        let (at, kind) = (edge.now(), self.kind().as_str());
        let payload = Payload { kind, timestamp: Instant(at).rfc3339(), data: self };
        let body = serde_json::to_string(&payload).map_err(Fault::new)?;
        Ok(store::EventRow { id: edge.id("evt"), kind: kind.to_owned(), provider_id: self.provider().map(str::to_owned), at, body, spread_at: None })
    }
}

/// Whether an endpoint of `owner`, a provider or the region, hears of what is `provider`'s, or the region's own.
pub(super) fn hears(owner: Option<&str>, provider: Option<&str>) -> bool {
    owner.is_none() || owner == provider
}

/// Who listens, as one transaction finds it: asked once, for as many events as it has.
#[derive(Clone, Debug, Default)]
pub struct Listeners(Vec<(Option<String>, String)>);

impl Listeners {
    /// Asks the database who listens to what happens to these providers, and to the region.
    ///
    /// # Errors
    /// A fault of the database.
    pub fn of(conn: &mut Conn, providers: &[&str]) -> Result<Listeners, Error> {
        Ok(Listeners(store::listening(conn, providers)?))
    }

    /// Those of them that listen to what happens to this provider.
    #[must_use]
    pub fn to(&self, provider: &str) -> Listeners {
        Listeners(self.0.iter().filter(|(owner, _)| hears(owner.as_deref(), Some(provider))).cloned().collect())
    }

    /// Adds the event to what is about to be written, if anybody wants it.
    ///
    /// # Errors
    /// A fault.
    pub fn tell(&self, bulk: &mut Bulk, edge: &Edge, event: &Event<'_>) -> Result<(), Fault> {
        let kind = event.kind().as_str();
        if self.0.iter().any(|(owner, kinds)| hears(owner.as_deref(), event.provider()) && kinds.split(' ').any(|one| one == kind)) {
            bulk.add(event.row(edge)?);
        }
        Ok(())
    }
}

/// Tells one event inside the caller's transaction, if anybody wants it.
///
/// # Errors
/// A fault of the database.
pub fn tell(conn: &mut Conn, edge: &Edge, event: &Event<'_>) -> Result<(), Error> {
    let mut bulk = Bulk::default();
    let providers: Vec<&str> = event.provider().into_iter().collect();
    Listeners::of(conn, &providers)?.tell(&mut bulk, edge, event)?;
    bulk.write(conn)
}

/// The types that were asked for, in order and each once; none where one is unknown or there is none.
pub(super) fn kinds(asked: &[String]) -> Option<String> {
    let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).filter(|kind| asked.iter().any(|one| one == kind)).collect();
    (!asked.is_empty() && known.len() == asked.len()).then(|| known.join(" "))
}
