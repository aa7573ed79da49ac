//! What is in a bundle, for people and as JSON.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use verifier::bundle::{Anchor, Bundle, Contents, Held, Manifest, PartName, RevokedPart};
use verifier::ids::RegionCode;
use verifier::jws::{Fingerprint, PublicKey};
use verifier::messages::Message;
use verifier::time::Instant;

use super::Look;
use super::pin::introduced;
use crate::cli::stop::Stop;
use crate::cli::verdict::{Paint, padded};
use crate::cli::words as w;
use crate::edge::Edge;
use crate::error::Fault;
use crate::messages::Lang;

/// Columns of a label; the longest in either language fits.
const LABEL: usize = 14;
/// Seconds by which clocks may differ.
const CLOCK_TOLERANCE: i64 = 300;

/// How the facts of a region stand to the clock of this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Age {
    Fresh,
    AsOf,
    Expired,
    Future,
}

impl Age {
    pub(super) fn of(manifest: &Manifest, now: Instant) -> Age {
        if manifest.iat > now.plus_seconds(CLOCK_TOLERANCE) {
            Age::Future
        } else if now >= manifest.expires {
            Age::Expired
        } else if now >= manifest.fresh_until {
            Age::AsOf
        } else {
            Age::Fresh
        }
    }

    pub(super) const fn words(self) -> Message {
        match self {
            Age::Fresh => w::BUNDLE_FRESH,
            Age::AsOf => w::BUNDLE_AS_OF,
            Age::Expired => w::BUNDLE_EXPIRED,
            Age::Future => w::BUNDLE_FUTURE,
        }
    }
}

/// Why the key of a region counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Vouched {
    /// It is the pinned one.
    Pinned,
    /// The pinned region names it.
    Partner,
    /// It does not.
    Nobody,
}

#[derive(Serialize)]
struct Shown {
    regions: Vec<Region>,
}

/// One region of a bundle.
#[derive(Serialize)]
struct Region {
    region: RegionCode,
    name_zh: String,
    name_en: String,
    url: String,
    vouched: Vouched,
    fingerprint: String,
    thumbprint: String,
    epoch: u64,
    seq: u64,
    iat: Instant,
    fresh_until: Instant,
    expires: Instant,
    age: Age,
    age_seconds: i64,
    parts: Vec<Part>,
    peers: Vec<RegionCode>,
    counts: Counts,
}

#[derive(Serialize)]
struct Part {
    name: PartName,
    sha256: String,
    bytes: u32,
    held: bool,
}

/// How much there is, in the parts that are at hand.
#[derive(Default, Serialize)]
struct Counts {
    providers: u64,
    keys: u64,
    revoked_keys: u64,
    lists: u64,
    issued: u64,
    revoked: u64,
    suspended: u64,
    replaced: u64,
}

impl Counts {
    fn of(held: &Held) -> Counts {
        let revoked_keys = held.text(PartName::Revoked).and_then(|text| RevokedPart::parse(text).ok()).map_or(0, |part| part.keys.len());
        let (providers, keys) = (held.providers().len() as u64, held.key_count() as u64);
        let mut counts = Counts { providers, keys, revoked_keys: revoked_keys as u64, ..Counts::default() };
        let years = held.part_names().filter_map(|name| if let PartName::Status(year) = name { Some(year) } else { None });
        for part in years.filter_map(|year| held.status(year)) {
            let (revoked, suspended, replaced) = part.counts();
            counts.lists += part.lists().len() as u64;
            counts.issued += part.lists().iter().map(|(_, issued)| u64::from(*issued)).sum::<u64>();
            counts.revoked += revoked as u64;
            counts.suspended += suspended as u64;
            counts.replaced += replaced as u64;
        }
        counts
    }

    fn rows(&self) -> [(Message, u64); 8] {
        [
            (w::COUNT_PROVIDERS, self.providers),
            (w::COUNT_KEYS, self.keys),
            (w::COUNT_REVOKED_KEYS, self.revoked_keys),
            (w::COUNT_LISTS, self.lists),
            (w::COUNT_ISSUED, self.issued),
            (w::COUNT_REVOKED, self.revoked),
            (w::COUNT_SUSPENDED, self.suspended),
            (w::COUNT_REPLACED, self.replaced),
        ]
    }
}

impl Region {
    fn of(held: &Held, vouched: Vouched, now: Instant) -> Region {
        let manifest = held.manifest();
        let part = |part: &verifier::bundle::PartRef| Part {
            name: part.name,
            sha256: part.sha256.to_string(),
            bytes: part.bytes,
            held: held.text(part.name).is_some(),
        };
        let key = manifest.keys.first();
        Region {
            region: manifest.region.clone(),
            name_zh: manifest.name_zh.clone(),
            name_en: manifest.name_en.clone(),
            url: manifest.url.clone(),
            vouched,
            fingerprint: key.map(|key| Fingerprint::of(key).to_string()).unwrap_or_default(),
            thumbprint: key.map(PublicKey::thumbprint).unwrap_or_default(),
            epoch: manifest.epoch,
            seq: manifest.seq,
            iat: manifest.iat,
            fresh_until: manifest.fresh_until,
            expires: manifest.expires,
            age: Age::of(manifest, now),
            age_seconds: now.0 - manifest.iat.0,
            parts: manifest.parts.iter().map(part).collect(),
            peers: manifest.peers.iter().map(|peer| peer.region.clone()).collect(),
            counts: Counts::of(held),
        }
    }

    fn lines(&self, lang: Lang, paint: Paint) -> Vec<String> {
        let vouched = match self.vouched {
            Vouched::Pinned => paint.good(&format!("✓ {}", lang.say(&w::BUNDLE_PINNED))),
            Vouched::Partner => paint.good(&format!("✓ {}", lang.say(&w::BUNDLE_PARTNER))),
            Vouched::Nobody => paint.unsure(&format!("? {}", lang.say(&w::BUNDLE_NOBODY))),
        };
        let sign = |held| if held { "✓" } else { "-" };
        let parts = |held: bool| {
            let names = self.parts.iter().filter(|part| part.held == held).map(|part| part.name.to_string());
            format!("{} {}", sign(held), names.collect::<Vec<_>>().join(", "))
        };
        let counts = self.counts.rows().iter().map(|(name, count)| format!("{} {count}", lang.say(name))).collect::<Vec<_>>().join(", ");
        let peers = self.peers.iter().map(|peer| peer.as_str()).collect::<Vec<_>>().join(", ");
        let rows = [
            (w::BUNDLE_FINGERPRINT, self.fingerprint.clone()),
            (w::BUNDLE_ADDRESS, self.url.clone()),
            (w::BUNDLE_NUMBER, format!("{}.{}", self.epoch, self.seq)),
            (w::AS_OF, format!("{} ({})", self.iat.rfc3339(), age(self.age_seconds, lang))),
            (w::BUNDLE_STANDING, lang.say(&self.age.words()).to_owned()),
            (w::BUNDLE_UNTIL, format!("{} / {}", self.fresh_until.rfc3339(), self.expires.rfc3339())),
            (w::BUNDLE_HELD, parts(true)),
            (w::BUNDLE_ABSENT, parts(false)),
            (w::BUNDLE_COUNTS, counts),
            (w::BUNDLE_PARTNERS, peers),
        ];
        let head = format!("{} {} {}  {vouched}", paint.bold(self.region.as_str()), self.name_zh, self.name_en);
        let is_said = |value: &String| !value.is_empty() && value != "- ";
        let rows = rows.into_iter().filter(|(_, value)| is_said(value));
        std::iter::once(head).chain(rows.map(|(label, value)| format!("  {}{value}", paint.dim(&padded(lang.say(&label), LABEL))))).collect()
    }
}

/// A bundle for which a pinned key vouches, and where it is.
pub(super) fn file(path: &Path, bundle: &Bundle, look: Look) -> Result<(), Stop> {
    let now = Instant(Edge::default().now());
    let vouched = |held: &Held| if held.manifest().region == bundle.anchor().region { Vouched::Pinned } else { Vouched::Partner };
    let regions = bundle.regions().map(|held| Region::of(held, vouched(held), now)).collect();
    if !look.json {
        write(&format!("{}\n", path.display()))?;
    }
    print(&Shown { regions }, look)
}

/// A file for which nothing vouches: each region by its own word.
pub(super) fn unpinned(bytes: &[u8], look: Look) -> Result<(), Stop> {
    let now = Instant(Edge::default().now());
    let contents = Contents::read(bytes)?;
    let found = introduced(&contents.manifests);
    if found.is_empty() {
        return Err(Stop::refused(w::BUNDLE_NO_MANIFEST));
    }
    let mut regions = Vec::new();
    for (manifest, key) in found {
        let parts = manifest.parts.iter().filter_map(|part| Some((part.sha256, contents.parts.get(&part.sha256)?.clone())));
        let text = contents.manifests.get(&manifest.region).cloned().unwrap_or_default();
        let alone = Contents { manifests: [(manifest.region.clone(), text)].into(), parts: parts.collect() };
        let bundle = Bundle::open(&alone.to_json(), &Anchor { region: manifest.region, key })?;
        regions.extend(bundle.regions().map(|held| Region::of(held, Vouched::Nobody, now)));
    }
    print(&Shown { regions }, look)
}

/// A region and its key, to be compared with what the registry says of itself elsewhere.
pub(super) fn introduction(manifest: &Manifest, key: &PublicKey) -> Result<(), Stop> {
    Ok(write(&format!("{} {} {}\n{}\n", manifest.region.as_str(), manifest.name_zh, manifest.name_en, Fingerprint::of(key)))?)
}

fn print(shown: &Shown, look: Look) -> Result<(), Stop> {
    if look.json {
        let text = serde_json::to_string(shown).map_err(Fault::new)?;
        return Ok(write(&(text + "\n"))?);
    }
    let paint = Paint::of(&std::io::stdout());
    let blocks = shown.regions.iter().map(|region| region.lines(look.lang(), paint).join("\n") + "\n");
    Ok(write(&blocks.collect::<Vec<_>>().join("\n"))?)
}

fn write(text: &str) -> Result<(), Fault> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(Fault::new)
}

/// How long ago, in words: the largest whole unit.
pub(super) fn age(seconds: i64, lang: Lang) -> String {
    let (count, unit) = match seconds.abs() {
        s @ 0..120 => (s, w::AGE_SECONDS),
        s @ 120..7_200 => (s / 60, w::AGE_MINUTES),
        s @ 7_200..172_800 => (s / 3_600, w::AGE_HOURS),
        s => (s / 86_400, w::AGE_DAYS),
    };
    let tail = if seconds < 0 { w::AGE_AHEAD } else { w::AGE_AGO };
    let space = lang.pick("", " ");
    format!("{count}{}{}{space}{}", lang.pick(" ", " "), lang.say(&unit), lang.say(&tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_largest_whole_unit() {
        for (seconds, zh, en) in [
            (0, "0 秒前", "0 seconds ago"),
            (119, "119 秒前", "119 seconds ago"),
            (7_199, "119 分钟前", "119 minutes ago"),
            (86_400, "24 小时前", "24 hours ago"),
            (172_800, "2 天前", "2 days ago"),
            (-7_200, "2 小时后", "2 hours ahead"),
        ] {
            assert_eq!((age(seconds, Lang::Zh).as_str(), age(seconds, Lang::En).as_str()), (zh, en));
        }
    }
}
