//! Counters and histograms for Prometheus. Labels are closed sets: never a path, a name or an id.

use prometheus::{Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

use crate::error::Fault;

/// What the registry counts.
pub struct Metrics {
    registry: Registry,
    /// Requests by route, method and status.
    pub requests: IntCounterVec,
    /// Seconds a request took, by route.
    pub latency: HistogramVec,
    /// Verdicts by outcome.
    pub verdicts: IntCounterVec,
    /// Certificates issued.
    pub issued: IntCounter,
    /// Requests for a certificate that wait for their answer.
    pub issuing: IntGauge,
    /// Certificates that one statement wrote, by what was in memory.
    pub issued_ahead: IntCounter,
    /// Seconds it took to sign a card.
    pub signing: Histogram,
    /// Looks at partner regions by what came of them: newer, same, failed, alarm.
    pub partner_looks: IntCounterVec,
    /// Partner regions that contradicted themselves and wait for an operator.
    pub partner_alarms: IntGauge,
    /// Messages about transfers that contradicted what was known and stopped a channel.
    pub transfer_alarms: IntCounter,
    /// Comparisons of what was decided with another region, by what came of them: equal, different, failed.
    pub reconciliations: IntCounterVec,
    /// Tries to deliver an event to an endpoint, by what came of them: done, failed, dead, gone.
    pub webhook_tries: IntCounterVec,
    /// Database connections in use.
    pub pool_used: IntGauge,
    /// Database connections open.
    pub pool_open: IntGauge,
}

/// One more in a gauge, until this is dropped.
pub struct Counted(IntGauge);

impl Counted {
    /// Counts.
    pub fn by(gauge: &IntGauge) -> Counted {
        gauge.inc();
        Counted(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// A fresh set, all zero.
    ///
    /// # Errors
    /// A fault when two metrics have one name.
    pub fn new() -> Result<Metrics, Fault> {
        let registry = Registry::new();
        let buckets = prometheus::exponential_buckets(0.000_25, 2.0, 16).map_err(Fault::new)?;
        let signing = prometheus::exponential_buckets(0.000_005, 2.0, 12).map_err(Fault::new)?;
        let metrics = Metrics {
            requests: IntCounterVec::new(Opts::new("hufu_requests_total", "HTTP requests"), &["route", "method", "status"]).map_err(Fault::new)?,
            latency: HistogramVec::new(HistogramOpts::new("hufu_request_seconds", "Seconds a request took").buckets(buckets), &["route"])
                .map_err(Fault::new)?,
            verdicts: IntCounterVec::new(Opts::new("hufu_verdicts_total", "Verdicts given"), &["outcome"]).map_err(Fault::new)?,
            issued: IntCounter::new("hufu_certificates_issued_total", "Certificates issued").map_err(Fault::new)?,
            issuing: IntGauge::new("hufu_issuing", "Requests for a certificate that wait for their answer").map_err(Fault::new)?,
            issued_ahead: IntCounter::new("hufu_certificates_issued_ahead_total", "Certificates that one statement wrote, by what was in memory")
                .map_err(Fault::new)?,
            signing: Histogram::with_opts(HistogramOpts::new("hufu_signing_seconds", "Seconds it took to sign a card").buckets(signing))
                .map_err(Fault::new)?,
            partner_looks: IntCounterVec::new(Opts::new("hufu_partner_looks_total", "Looks at partner regions"), &["outcome"]).map_err(Fault::new)?,
            partner_alarms: IntGauge::new("hufu_partner_alarms", "Partner regions with an alarm that stands").map_err(Fault::new)?,
            transfer_alarms: IntCounter::new("hufu_transfer_alarms_total", "Messages that stopped a channel to another region")
                .map_err(Fault::new)?,
            reconciliations: IntCounterVec::new(Opts::new("hufu_reconciliations_total", "Comparisons with other regions"), &["outcome"])
                .map_err(Fault::new)?,
            webhook_tries: IntCounterVec::new(Opts::new("hufu_webhook_tries_total", "Tries to deliver events"), &["outcome"]).map_err(Fault::new)?,
            pool_used: IntGauge::new("hufu_db_connections_used", "Database connections in use").map_err(Fault::new)?,
            pool_open: IntGauge::new("hufu_db_connections_open", "Database connections open").map_err(Fault::new)?,
            registry,
        };
        for collector in metrics.collectors() {
            metrics.registry.register(collector).map_err(Fault::new)?;
        }
        Ok(metrics)
    }

    fn collectors(&self) -> Vec<Box<dyn prometheus::core::Collector>> {
        vec![
            Box::new(self.requests.clone()),
            Box::new(self.latency.clone()),
            Box::new(self.verdicts.clone()),
            Box::new(self.issued.clone()),
            Box::new(self.issuing.clone()),
            Box::new(self.issued_ahead.clone()),
            Box::new(self.signing.clone()),
            Box::new(self.partner_looks.clone()),
            Box::new(self.partner_alarms.clone()),
            Box::new(self.transfer_alarms.clone()),
            Box::new(self.reconciliations.clone()),
            Box::new(self.webhook_tries.clone()),
            Box::new(self.pool_used.clone()),
            Box::new(self.pool_open.clone()),
        ]
    }

    /// Prometheus text format.
    ///
    /// # Errors
    /// A fault when a metric cannot be written as text.
    pub fn text(&self) -> Result<Vec<u8>, Fault> {
        let mut out = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut out).map_err(Fault::new)?;
        Ok(out)
    }
}
