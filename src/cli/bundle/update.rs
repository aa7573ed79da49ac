//! From the bundle that is held to what its registry publishes now: by a delta where there is one, by the parts that are missing, or whole.

use std::path::Path;

use verifier::bundle::{Bundle, BundleError, BundleRule, Contents, Hash, Manifest, PartRef};
use verifier::status::gzip;

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

/// The first year that is wanted of the parts that come by year. What is held of an older one stays and is renewed.
#[derive(Clone, Copy)]
pub(super) struct Since(pub u16);

impl Since {
    /// The years that a bundle holds.
    pub(super) fn held(bundle: &Bundle) -> Since {
        let own = bundle.region(&bundle.anchor().region);
        Since(own.into_iter().flat_map(|held| held.part_names()).filter_map(|name| name.year()).min().unwrap_or(0))
    }

    /// The most recent years that the manifest of a bundle names.
    pub(super) fn recent(bundle: &Bundle, years: Option<u16>) -> Since {
        let latest = latest_year(bundle);
        Since(years.map_or(0, |years| (latest + 1).saturating_sub(years)))
    }

    /// As many years as a server is asked for; none where that is all of them.
    fn years(self, bundle: &Bundle) -> Option<u16> {
        let is_all = named_years(bundle).all(|year| year >= self.0);
        (!is_all).then(|| (latest_year(bundle) + 1).saturating_sub(self.0).clamp(1, 100))
    }
}

fn named_years(bundle: &Bundle) -> impl Iterator<Item = u16> + '_ {
    bundle.own().into_iter().flat_map(|own| &own.parts).filter_map(|part| part.name.year())
}

fn latest_year(bundle: &Bundle) -> u16 {
    named_years(bundle).max().unwrap_or(0)
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
                let newer = Contents::read(&publisher.whole(since.years(&from))?)?;
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
            let belongs = part.name.year().is_none_or(|year| year >= since.0) || held.is_some_and(|held| held.text(part.name).is_some());
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
        if stepped.as_ref().is_err_and(|error| error.rule == BundleRule::Equivocation) {
            let other = file::beside(file, "conflict");
            file::write(&other, &gzip(&self.other().to_json()))?;
            eprintln!("hufu: !!! {} {}", lang.say(&words::BUNDLE_CONFLICT), other.display());
        }
        Ok(stepped?)
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
