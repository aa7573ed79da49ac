//! By what is judged: a trust bundle, or the database of this registry.

use std::path::Path;

use verifier::agreement::RegionKey;
use verifier::bundle::Bundle;
use verifier::ids::RegionCode;
use verifier::jws::Fingerprint;
use verifier::time::{Instant, Zone};
use verifier::transfer::{Dossier, DossierStep};
use verifier::verdict::{NoMemo, Presented, PresentedReceipt, Provider, ReceiptVerdict, Verdict};

use crate::cli::stop::Stop;
use crate::cli::{bundle, words};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::Fault;
use crate::messages::Lang;
use crate::verification::Local;

/// Facts, gathered once.
pub(in crate::cli) enum Judge {
    /// A bundle, and the region that is asked whether it recognises what is valid.
    Bundle(Bundle, Option<RegionCode>),
    Registry(Local),
}

impl Judge {
    /// Opens the bundle, if one is named; only else is the database looked at.
    pub(super) fn open(path: Option<&Path>, pin: Option<Fingerprint>, place: Option<RegionCode>, config: &Config, lang: Lang) -> Result<Judge, Stop> {
        if let Some(path) = path {
            return Ok(Judge::Bundle(bundle::open(path, pin)?, place));
        }
        let local = Local::open(&config.database(), Edge::default().now_ms())?;
        if !local.knows_a_region() {
            eprintln!("hufu: {}", lang.say(&words::NO_REGISTRY));
        }
        Ok(Judge::Registry(local))
    }

    /// The zone in which instants are shown.
    pub(super) fn zone(&self) -> Zone {
        match self {
            Judge::Bundle(bundle, _) => bundle.own().map_or(Zone::CHINA, |own| own.zone),
            Judge::Registry(local) => local.zone(),
        }
    }

    /// Judges a receipt.
    pub(super) fn verify_receipt(&self, presented: &PresentedReceipt<'_>, now: Instant) -> Result<ReceiptVerdict, Fault> {
        match self {
            Judge::Bundle(bundle, _) => Ok(bundle.judge_receipt(presented, now)),
            Judge::Registry(local) => local.verify_receipt(presented, now.0),
        }
    }

    /// Takes every step of a dossier, under the keys and with the providers of a bundle; none without one. Providers of a bundle that has expired count for
    /// nothing.
    pub(super) fn report(&self, dossier: &Dossier, now: Instant) -> Option<Vec<DossierStep>> {
        let Judge::Bundle(bundle, _) = self else { return None };
        let own = bundle.anchor();
        let keys = |region: &RegionCode, _: &str| {
            let of_peer = || bundle.own()?.peers.iter().find(|peer| peer.region == *region).map(|peer| peer.key);
            let public = if *region == own.region { Some(own.key) } else { of_peer() };
            public.map(|public| RegionKey { public, revoked: None })
        };
        let known = bundle.regions().filter(|held| now < held.manifest().expires);
        let providers: Vec<&Provider> = known.flat_map(|held| held.providers()).collect();
        Some(dossier.report(&keys, &providers))
    }

    /// Judges a QR's text, a URL or a JWS of a certificate.
    pub(super) fn verify(&self, text: &str, now: Instant) -> Verdict {
        match self {
            Judge::Bundle(bundle, Some(place)) => bundle.judge_for(&Presented::from_text(text), place, now, &NoMemo),
            Judge::Bundle(bundle, None) => bundle.judge(text, now),
            Judge::Registry(local) => local.verify(text, now.0),
        }
    }
}
