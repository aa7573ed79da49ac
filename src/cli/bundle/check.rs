//! `hufu bundle verify`: everything in a file that can be checked, and what holds.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use verifier::bundle::{Bundle, Held, KeysPart, PartName};
use verifier::jws::{Fingerprint, PublicKey};
use verifier::messages::Message;
use verifier::time::Instant;

use super::show::{Age, age};
use super::{Look, file};
use crate::cli::stop::Stop;
use crate::cli::verdict::Paint;
use crate::cli::{exit, words as w};
use crate::edge::Edge;
use crate::error::Fault;

/// One thing that was looked at.
#[derive(Serialize)]
struct Check {
    code: &'static str,
    ok: bool,
    zh: &'static str,
    en: &'static str,
    about: String,
}

impl Check {
    fn new(ok: bool, message: Message, about: impl ToString) -> Check {
        Check { code: message.code, ok, zh: message.zh, en: message.en, about: about.to_string() }
    }
}

pub(super) fn run(path: &Path, given: Option<Fingerprint>, look: Look) -> Result<u8, Stop> {
    let bytes = file::read_bundle(path)?;
    let anchor = file::anchor_of(path, &bytes, given)?;
    let bundle = Bundle::open(&bytes, &anchor)?;
    let now = Instant(Edge::default().now());
    let mut checks = vec![
        Check::new(true, w::CHECK_FILE, format!("{} B", bytes.len())),
        Check::new(true, w::CHECK_PINNED, format!("{}: {}", anchor.region.as_str(), Fingerprint::of(&anchor.key))),
        Check::new(true, w::CHECK_PARTS, bundle.contents().parts.len()),
    ];
    for held in bundle.regions() {
        if held.manifest().region != anchor.region {
            checks.push(Check::new(true, w::CHECK_PARTNER, &held.manifest().region));
        }
        checks.push(keys(held));
    }
    let missing: Vec<String> = bundle.missing().map(|part| format!("{}/{}", part.region.as_str(), part.part.name)).collect();
    if !missing.is_empty() {
        checks.push(Check::new(true, w::CHECK_MISSING, missing.join(", ")));
    }
    let sound = checks.iter().all(|check| check.ok);
    let mut current = true;
    for manifest in bundle.regions().map(Held::manifest) {
        let standing = Age::of(manifest, now);
        let holds = matches!(standing, Age::Fresh | Age::AsOf);
        // A partner's facts grow old by themselves; what the pinned region says decides about the file.
        current &= holds || manifest.region != anchor.region;
        let about = format!("{}: {}, {}", manifest.region.as_str(), manifest.iat.rfc3339(), age(now.0 - manifest.iat.0, look.lang()));
        checks.push(Check::new(holds, standing.words(), about));
    }
    print(&checks, look)?;
    Ok(if !sound {
        exit::REFUSED
    } else if current {
        exit::OK
    } else {
        exit::UNDETERMINED
    })
}

/// Whether every issuer key of a region is a good one. Under one that is not, nothing ever verifies.
fn keys(held: &Held) -> Check {
    let parts = held.part_names().filter(|name| matches!(name, PartName::Keys(_))).filter_map(|name| KeysPart::parse(held.text(name)?).ok());
    let all: Vec<String> = parts.flat_map(|part| part.keys).map(|row| row.x).collect();
    let bad = all.iter().find_map(|x| PublicKey::parse(x).err().map(|error| (x, error)));
    let region = held.manifest().region.as_str();
    match bad {
        None => Check::new(true, w::CHECK_KEYS, format!("{region}: {}", all.len())),
        Some((x, error)) => Check::new(false, w::CHECK_BAD_KEY, format!("{region}: {x}, {}", error.code())),
    }
}

fn print(checks: &[Check], look: Look) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    if look.json {
        let text = serde_json::to_string(checks).map_err(Fault::new)?;
        return writeln!(out, "{text}").map_err(Fault::new);
    }
    let paint = Paint::of(&out);
    for check in checks {
        let sign = if check.ok { paint.good("✓") } else { paint.bad("✗") };
        writeln!(out, "{sign} {} ({})", look.lang().pick(check.zh, check.en), check.about).map_err(Fault::new)?;
    }
    Ok(())
}
