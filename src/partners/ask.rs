//! What a look at a partner brings: from what is held to what the partner says now, every step judged by `verifier::bundle`.
//! Nothing here knows a database; it runs on a thread of its own.

use std::collections::BTreeMap;

use verifier::bundle::{Anchor, Bundle, BundleError, BundleRule, Contents, Hash, Held, MAX_BYTES, MAX_JSON, Manifest, PartRef};
use verifier::ids::RegionCode;
use verifier::jws::{Fingerprint, PublicKey};

use super::wire::{Answer, Most, Wire};
use super::{PartnerRefusal, refused, rules};
use crate::edge::Edge;
use crate::error::Refusal;

/// Bytes that gzip may add to what cannot be made smaller, generously.
const GZIP_MORE: usize = 64 * 1024;
const DOCUMENT: Most = Most { gzipped: MAX_BYTES, plain: MAX_JSON };
/// How many fingerprints are shown when none of them was the wanted one.
const SHOWN_MAX: usize = 5;

/// Who is asked, and what is known of it.
pub(super) struct Target {
    pub anchor: Anchor,
    pub url: String,
    pub etag: Option<String>,
}

/// What came.
pub(super) enum Brought {
    /// What is held is what there is. With the tag of the answer.
    Same(Option<String>),
    /// What follows it. With the tag of the answer.
    Newer(Box<Bundle>, Option<String>),
}

/// Why nothing came.
pub(super) enum Failed {
    /// To be tried again.
    Refused(Refusal),
    /// The partner's key signed a manifest, here as a text, that contradicts what it signed before.
    Contradicts(Refusal, String),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Failed {
        Failed::Refused(refusal)
    }
}

fn failed(error: &BundleError, manifest: &str) -> Failed {
    match refused(error) {
        refusal if rules::is_alarm(error.rule) => Failed::Contradicts(refusal, manifest.to_owned()),
        refusal => Failed::Refused(refusal),
    }
}

/// Looks for the region at `url` whose own key has this fingerprint.
///
/// # Errors
/// `partners.fingerprint`, with those that it shows; `partners.not_a_bundle`, and what [`Wire::get`] refuses.
pub(super) fn introduce(wire: &Wire, url: &str, wanted: Fingerprint) -> Result<(RegionCode, PublicKey), Refusal> {
    let (contents, _) = match manifests(wire, url, None)? {
        Some(found) => found,
        None => return Err(PartnerRefusal::NotABundle.at("url")),
    };
    let (mut shown, mut broken) = (Vec::new(), None);
    for (region, text) in &contents.manifests {
        match Manifest::introduce(text) {
            Ok((manifest, key)) if manifest.region == *region => {
                if Fingerprint::of(&key) == wanted {
                    return Ok((manifest.region, key));
                }
                shown.push(format!("{region}: {}", Fingerprint::of(&key)));
            }
            Ok(_) => broken = Some(BundleRule::ManifestRegion.into()),
            Err(error) => broken = Some(error),
        }
    }
    shown.truncate(SHOWN_MAX);
    match broken {
        Some(error) if shown.is_empty() => Err(refused(&error)),
        None if shown.is_empty() => Err(PartnerRefusal::NotABundle.at("url").got("no manifest")),
        _ => Err(PartnerRefusal::Fingerprint.at("fingerprint").got(shown.join("; "))),
    }
}

/// The manifests that a registry publishes, with the tag of the answer; none where they are the ones that are held.
fn manifests(wire: &Wire, url: &str, tag: Option<&str>) -> Result<Option<(Contents, Option<String>)>, Refusal> {
    let Answer::New(etag, body) = wire.get(&format!("{url}/v1/bundle/manifests"), tag, DOCUMENT)? else { return Ok(None) };
    let contents = Contents::read_manifests(&body).map_err(|error| match error.rule {
        BundleRule::File => PartnerRefusal::NotABundle.at("url"),
        _ => refused(&error),
    })?;
    Ok(Some((contents, etag)))
}

/// Asks a partner what there is.
///
/// # Errors
/// See [`Failed`].
pub(super) fn ask(wire: &Wire, edge: &Edge, target: &Target, held: Option<&Bundle>) -> Result<Brought, Failed> {
    let Some((contents, etag)) = manifests(wire, &target.url, target.etag.as_deref().filter(|_| held.is_some()))? else {
        return Ok(Brought::Same(target.etag.clone()));
    };
    let Anchor { region, key } = &target.anchor;
    let text = contents.manifests.get(region).ok_or_else(|| PartnerRefusal::NoManifest.at("url").got(region.as_str()))?;
    let manifest = Manifest::open(text, key).map_err(|error| refused(&error))?;
    if manifest.region != *region {
        return Err(refused(&BundleRule::ManifestRegion.into()).into());
    }
    in_time(&manifest, edge)?;
    if let Some((bundle, own)) = held.and_then(|bundle| Some((bundle, bundle.region(region)?))) {
        if own.jws() == text {
            return Ok(Brought::Same(etag));
        }
        own.precedes(text, &manifest).map_err(|error| failed(&error, text))?;
        if let Some(bundle) = by_delta(wire, edge, target, bundle, own, &manifest)? {
            return Ok(Brought::Newer(Box::new(bundle), etag));
        }
    }
    let bundle = by_parts(wire, target, held, &manifest, text)?;
    Ok(Brought::Newer(Box::new(bundle), etag))
}

fn in_time(manifest: &Manifest, edge: &Edge) -> Result<(), Refusal> {
    if rules::is_ahead(manifest.iat, edge.now()) { Err(PartnerRefusal::Future.at("url").got(manifest.iat.rfc3339())) } else { Ok(()) }
}

/// By a delta from what is held; none where there is no good one that leads as far as `manifest`: then the parts decide.
fn by_delta(wire: &Wire, edge: &Edge, target: &Target, bundle: &Bundle, own: &Held, manifest: &Manifest) -> Result<Option<Bundle>, Refusal> {
    let body = match wire.get(&format!("{}/v1/bundle/deltas/{}", target.url, own.manifest().seq), None, DOCUMENT) {
        Ok(Answer::New(_, body)) => body,
        Ok(Answer::Same) => return Ok(None),
        Err(refusal) if [PartnerRefusal::Unreachable, PartnerRefusal::Timeout].iter().any(|r| r.reason() == refusal.reason) => {
            return Err(refusal);
        }
        Err(_) => return Ok(None),
    };
    let Ok(next) = bundle.apply(&body) else { return Ok(None) };
    let Some(reached) = next.own().filter(|reached| reached.place() >= manifest.place()) else { return Ok(None) };
    in_time(reached, edge)?;
    Ok(Some(next))
}

/// By the parts that the manifest names and that are not held.
fn by_parts(wire: &Wire, target: &Target, held: Option<&Bundle>, manifest: &Manifest, text: &str) -> Result<Bundle, Failed> {
    let all: u64 = manifest.parts.iter().map(|part| u64::from(part.bytes)).sum();
    if all > MAX_JSON as u64 {
        return Err(refused(&BundleRule::TooLarge.into()).got(format!("parts of {all} bytes")).into());
    }
    let at_hand = held.map(|bundle| bundle.contents().parts).unwrap_or_default();
    let mut parts = BTreeMap::new();
    for part in manifest.parts.iter().filter(|part| !at_hand.contains_key(&part.sha256)) {
        parts.insert(part.sha256, fetch_part(wire, &target.url, part)?.into());
    }
    let contents = Contents { manifests: BTreeMap::from([(target.anchor.region.clone(), text.to_owned())]), parts };
    let next = match held {
        Some(bundle) => bundle.advance(contents),
        None => Bundle::from_contents(contents, &target.anchor),
    };
    next.map_err(|error| failed(&error, text))
}

fn fetch_part(wire: &Wire, url: &str, part: &PartRef) -> Result<String, Refusal> {
    let plain = part.bytes as usize;
    let most = Most { gzipped: plain + GZIP_MORE, plain };
    let Answer::New(_, body) = wire.get(&format!("{url}/v1/bundle/parts/{}", part.sha256), None, most)? else {
        return Err(PartnerRefusal::Status.at("url"));
    };
    // Said here too, so that one wrong part ends the look at once.
    if Hash::of(&body) != part.sha256 {
        return Err(refused(&BundleRule::PartDigest.into()).got(part.name.to_string()));
    }
    String::from_utf8(body).map_err(|_| refused(&BundleRule::PartForm.into()).got(part.name.to_string()))
}
