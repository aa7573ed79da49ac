//! `hufu provider`: where a body may work, by a trust bundle and nothing else.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use verifier::bundle::{Bundle, Held};
use verifier::ids::{CreditCode, RegionCode};
use verifier::jws::Fingerprint;
use verifier::recognition::Candidate;
use verifier::time::{Day, Instant};
use verifier::verdict::{Names, Provider};

use super::bundle::{self, fingerprint};
use super::stop::Stop;
use super::verify::{lang, region};
use super::{exit, language, words};
use crate::edge::Edge;
use crate::error::Fault;
use crate::messages::Lang;
use crate::recognition::{ListingView, rules};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say where a body is recognised: by which clause, since when and for what; by a trust bundle, with no network and no database
    #[command(after_help = "Examples:\n  \
        hufu provider recognised 91310000MA1FL0007C --bundle 310000.hufu                  at every party of the agreements\n  \
        hufu provider recognised 91310000MA1FL0007C --bundle 310000.hufu --place 320000\n\n\
        As GET /v1/providers/{id}/recognition answers, but for waivers, which are in no bundle.\n\
        Exit codes: 0 recognised at a place that was asked; 1 nowhere; 2 the bundle has no such body, or says nothing now; 3 usage; 4 bundle refused; 5 fault.")]
    Recognised(Arguments),
}

#[derive(Args)]
pub(super) struct Arguments {
    /// Unified social credit code of the body
    #[arg(value_name = "CODE", value_parser = code)]
    code: CreditCode,
    /// The trust bundle (`hufu bundle fetch` gets one)
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    /// Fingerprint of the region's key, where FILE.pin is absent
    #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint, allow_hyphen_values = true)]
    pin: Option<Fingerprint>,
    /// The region (six digits) that is to recognise it [default: of a body of the bundle's region every party, of another one that region]
    #[arg(long, value_name = "REGION", value_parser = region)]
    place: Option<RegionCode>,
    /// On this day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    day: Option<Day>,
    /// Print JSON, as is done without a terminal
    #[arg(long)]
    json: bool,
    /// Language of the words: zh or en [default: from LANG, else zh]
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

fn code(text: &str) -> Result<CreditCode, String> {
    CreditCode::parse(text).map_err(|error| error.to_string())
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(command: &Command) -> Result<u8, Fault> {
    let Command::Recognised(arguments) = command;
    let lang = arguments.lang.unwrap_or_else(language);
    Ok(recognised(arguments, lang).unwrap_or_else(|stop| stop.end(lang)))
}

fn recognised(arguments: &Arguments, lang: Lang) -> Result<u8, Stop> {
    let bundle = bundle::open(&arguments.bundle, arguments.pin)?;
    let own = bundle.own().ok_or_else(|| unknown(&arguments.code))?;
    let now = Instant(Edge::default().now()).max(own.iat);
    if now >= own.expires {
        return Err(Stop::Said(exit::UNDETERMINED, words::PROVIDER_EXPIRED, Some(own.expires.rfc3339())));
    }
    let accords = bundle.accords().list();
    let parties = rules::others(&accords, &own.region);
    let mut known = std::iter::once(&own.region).chain(&parties).filter_map(|region| bundle.region(region));
    let (origin, provider) = known.find_map(|held| find(held, &arguments.code, now)).ok_or_else(|| unknown(&arguments.code))?;
    let places = match &arguments.place {
        Some(place) => vec![place.clone()],
        None if *origin == own.region => parties.clone(),
        None => vec![own.region.clone()],
    };
    let day = arguments.day.unwrap_or_else(|| now.day_in(own.zone));
    let candidate = Candidate { provider, origin, place: origin, waivers: &[] };
    let listing = ListingView::of(&accords, &candidate, &places, day, |region| name(&bundle, region));
    let mut out = std::io::stdout().lock();
    let text = if out.is_terminal() && !arguments.json { told(&listing, lang) } else { serde_json::to_string(&listing).map_err(Fault::new)? + "\n" };
    out.write_all(text.as_bytes()).map_err(Fault::new)?;
    Ok(if listing.places.iter().any(|place| place.recognised) { exit::OK } else { exit::INVALID })
}

fn unknown(code: &CreditCode) -> Stop {
    Stop::Said(exit::UNDETERMINED, words::PROVIDER_UNKNOWN, Some(code.to_string()))
}

/// A body of a region whose facts have not expired.
fn find<'a>(held: &'a Held, code: &CreditCode, now: Instant) -> Option<(&'a RegionCode, &'a Provider)> {
    let all = Some(held.providers()).filter(|_| now < held.manifest().expires)?;
    let at = all.binary_search_by(|provider| provider.code.cmp(code)).ok()?;
    Some((&held.manifest().region, all.get(at)?))
}

fn name(bundle: &Bundle, region: &RegionCode) -> Option<Names> {
    let manifest = bundle.region(region)?.manifest();
    Some(Names { zh: manifest.name_zh.clone().into(), en: manifest.name_en.clone().into() })
}

/// A line a place and grant.
fn told(listing: &ListingView, lang: Lang) -> String {
    let mut lines = vec![format!("{}  {}  {}", listing.provider, listing.region, listing.day)];
    for place in &listing.places {
        let name = place.name.as_ref().map(|name| format!(" {}", lang.pick(&name.zh, &name.en))).unwrap_or_default();
        let outcome = lang.say(if place.recognised { &words::PROVIDER_RECOGNISED } else { &words::PROVIDER_NOT_RECOGNISED });
        lines.push(format!("{}{name}: {outcome}", place.place));
        for by in &place.by {
            let title = lang.pick(by.title.zh.as_str(), by.title.en.as_str());
            let occupations: Vec<&str> = by.scope.occupations.iter().map(|prefix| prefix.as_str()).collect();
            let occupations = if occupations.is_empty() { "*".to_owned() } else { occupations.join(", ") };
            let levels = format!("{}-{}", by.scope.level_min.rank(), by.scope.level_max.rank());
            lines.push(format!("  {} · {title} · {} · {occupations} · {levels}", by.since, by.grant));
        }
    }
    lines.join("\n") + "\n"
}
