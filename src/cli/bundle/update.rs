//! From the bundle that is held to what its registry publishes now: by a delta where there is one, by the parts that are missing, or whole.

use std::path::Path;

use verifier::bundle::{Bundle, BundleError, BundleRule, Contents, Hash, Manifest, PartName, PartRef};
use verifier::status::gzip;
use verifier::time::{Instant, Zone};

use super::file;
use super::publisher::Publisher;
use crate::cli::stop::Stop;
use crate::cli::words;
use crate::messages::Lang;

/// What was gathered for a step forward.
pub(super) struct Gathered {
    /// The held bundle, or what a delta made of it.
    from: Bundle,
    /// What it takes from there.
    newer: Contents,
}

/// Which years are wanted of the parts that come by year. What is held of an older one stays and is renewed.
#[derive(Clone, Copy)]
pub(super) struct Since {
    first: u16,
    /// How many that are, as a server is asked for them; none where it is all of them.
    years: Option<u16>,
}

impl Since {
    /// The years that a bundle holds.
    pub(super) fn held(bundle: &Bundle, now: Instant) -> Since {
        let own = bundle.region(&bundle.anchor().region);
        let first = own.into_iter().flat_map(|held| held.part_names()).filter_map(PartName::year).min().unwrap_or(0);
        let is_all = bundle.own().into_iter().flat_map(|own| &own.parts).filter_map(|part| part.name.year()).all(|year| year >= first);
        Since { first, years: (!is_all).then(|| (this_year(bundle, now) + 1).saturating_sub(first).clamp(1, 100)) }
    }

    /// The most recent civil years of a bundle's region, the current one among them.
    pub(super) fn recent(bundle: &Bundle, years: Option<u16>, now: Instant) -> Since {
        Since { first: years.map_or(0, |years| (this_year(bundle, now) + 1).saturating_sub(years)), years }
    }
}

fn this_year(bundle: &Bundle, now: Instant) -> u16 {
    let zone = bundle.own().map_or(Zone::CHINA, |own| own.zone);
    u16::try_from(now.day_in(zone).year()).unwrap_or(0)
}

/// Asks the registry for everything that is newer than `held`, and for what is missing from `since` on.
pub(super) fn gather(held: &Bundle, publisher: &Publisher, since: Since) -> Result<Gathered, Stop> {
    let mut manifests = publisher.manifests()?;
    let region = &held.anchor().region;
    let current = held.contents();
    let mut from = held.clone();
    if let (Some(own), true) = (held.own(), manifests.get(region) != current.manifests.get(region))
        && let Some(delta) = publisher.delta(own.seq)?
        // What a delta cannot do, or must not, the parts show more clearly.
        && let Ok(next) = held.apply(&delta)
    {
        from = next;
        manifests.remove(region);
    }
    let mut newer = Contents { manifests, parts: Default::default() };
    let wanted = wanted(&from, &newer, since)?;
    for part in wanted {
        match publisher.part(part.sha256)? {
            Some(text) => newer.parts.insert(part.sha256, text.into()),
            // It changed between two questions, or the registry no longer keeps what is that old.
            None => {
                let newer = Contents::read(&publisher.whole(since.years)?)?;
                return Ok(Gathered { from, newer });
            }
        };
    }
    Ok(Gathered { from, newer })
}

/// The parts that the current manifests name, that are not at hand, and that belong to a year that is wanted or held.
fn wanted(from: &Bundle, newer: &Contents, since: Since) -> Result<Vec<PartRef>, BundleError> {
    let anchor = from.anchor();
    let at_hand = from.contents();
    let text_of = |region| newer.manifests.get(region).or_else(|| at_hand.manifests.get(region));
    let own = Manifest::open(text_of(&anchor.region).map_or("", String::as_str), &anchor.key)?;
    let mut manifests = Vec::new();
    for peer in &own.peers {
        if let Some(text) = text_of(&peer.region) {
            manifests.push(Manifest::open(text, &peer.key)?);
        }
    }
    manifests.push(own);
    let mut wanted: Vec<PartRef> = Vec::new();
    for manifest in manifests {
        let held = from.region(&manifest.region);
        let is_wanted = |part: &PartRef| {
            let belongs = part.name.year().is_none_or(|year| year >= since.first) || held.is_some_and(|held| held.text(part.name).is_some());
            belongs && !at_hand.parts.contains_key(&part.sha256)
        };
        wanted.extend(manifest.parts.into_iter().filter(is_wanted));
    }
    Ok(wanted)
}

impl Gathered {
    /// Takes the step, by the rules of update. Where the region said two things under one number, both are kept: the other one as `FILE.conflict`.
    pub(super) fn advance(self, file: &Path, lang: Lang) -> Result<Bundle, Stop> {
        let stepped = self.from.advance(self.newer.clone());
        let alarms = stepped.as_ref().map_or_else(std::slice::from_ref, Bundle::alarms);
        if alarms.iter().any(|error| error.rule == BundleRule::Equivocation) {
            let other = file::beside(file, "conflict");
            file::write(&other, &gzip(&self.other().to_json()))?;
            eprintln!("hufu: !!! {} {}", lang.say(&words::BUNDLE_CONFLICT), other.display());
        }
        let next = stepped?;
        for alarm in next.alarms() {
            eprintln!("hufu: !!! {}", lang.say(&words::BUNDLE_PARTNER_ALARM));
            Stop::from(alarm.clone()).end(lang);
        }
        Ok(next)
    }

    /// What came, with the held parts that it names, so that it can be opened by itself.
    fn other(&self) -> Contents {
        let mut other = self.newer.clone();
        let named: Vec<Hash> =
            other.manifests.values().filter_map(|text| Manifest::introduce(text).ok()).flat_map(|(m, _)| m.parts).map(|p| p.sha256).collect();
        other.parts.extend(self.from.contents().parts);
        other.parts.retain(|hash, _| named.contains(hash));
        other
    }
}
