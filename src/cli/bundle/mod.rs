//! `hufu bundle`: the file by which certificates are verified with no network: got, renewed, looked at and checked.

mod check;
mod file;
mod pin;
mod publisher;
mod show;
mod update;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use verifier::bundle::{Anchor, Bundle};
use verifier::jws::Fingerprint;
use verifier::time::Instant;

pub(super) use file::open;
pub(super) use pin::fingerprint;

use super::stop::Stop;
use super::verify::lang;
use super::{exit, language, words};
use crate::edge::Edge;
use crate::error::Fault;
use crate::messages::Lang;
use pin::Pin;
use publisher::Publisher;
use update::Since;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Get a registry's bundle and pin its key
    #[command(after_help = "Examples:\n  \
        hufu bundle fetch https://skills.example                       shows the fingerprint of the region's key; nothing is kept\n  \
        hufu bundle fetch https://skills.example --pin '53412 00817 ...' --years 5\n\n\
        Compare the fingerprint with the registry itself, over the telephone or on paper, before you pin it. FILE.pin rests beside the file.\n\
        On a file that is there already this is an update that also gets the years asked for.")]
    Fetch {
        /// Address of the registry
        url: String,
        /// Fingerprint of the region's key: eight groups of five digits, or the whole thumbprint
        #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint, allow_hyphen_values = true)]
        pin: Option<Fingerprint>,
        /// Only the most recent N years of keys and status lists [default: all]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
        years: Option<u16>,
        /// Where to keep it [default: <region>.hufu]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        look: Look,
    },
    /// Bring a file to what its registry publishes now; whatever is refused leaves it as it is
    Update {
        /// The bundle; its pin is FILE.pin
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
    /// Say what is in a file, how old it is and what vouches for it
    Show {
        /// The bundle
        file: PathBuf,
        #[command(flatten)]
        look: Look,
    },
    /// Check everything in a file: signatures, digests, form, keys and age
    #[command(after_help = "Exit codes: 0 all of it holds; 2 it holds but says nothing now (expired, or from the future); 4 refused.")]
    Verify {
        /// The bundle
        file: PathBuf,
        /// Fingerprint of the region's key, where FILE.pin is absent
        #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint, allow_hyphen_values = true)]
        pin: Option<Fingerprint>,
        #[command(flatten)]
        look: Look,
    },
}

/// How it is shown.
#[derive(Args, Clone, Copy)]
pub(super) struct Look {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Language of the words: zh or en [default: from LANG, else zh]
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

impl Look {
    fn lang(self) -> Lang {
        self.lang.unwrap_or_else(language)
    }
}

pub(super) fn run(command: Command) -> Result<u8, Fault> {
    let (look, done) = match command {
        Command::Fetch { url, pin, years, output, look } => (look, fetch(&url, pin, years, output, look)),
        Command::Update { file, look } => (look, update(&file, look)),
        Command::Show { file, look } => (look, show_file(&file, look)),
        Command::Verify { file, pin, look } => (look, check::run(&file, pin, look)),
    };
    Ok(done.unwrap_or_else(|stop| stop.end(look.lang())))
}

fn fetch(url: &str, given: Option<Fingerprint>, years: Option<u16>, output: Option<PathBuf>, look: Look) -> Result<u8, Stop> {
    let publisher = Publisher::new(url)?;
    let manifests = publisher.manifests()?;
    let Some(given) = given else { return introduce(&publisher) };
    let anchor = pin::anchor(None, Some(given), &manifests)?;
    let path = output.unwrap_or_else(|| format!("{}.hufu", anchor.region.as_str()).into());
    let beside = Pin::read(&path)?;
    if beside.as_ref().is_some_and(|pin| pin.anchor() != anchor) {
        return Err(Stop::refused(words::BUNDLE_OTHER_PIN).about(Pin::path(&path).display()));
    }
    let bundle = if path.exists() {
        let held = Bundle::open(&file::read_bundle(&path)?, &anchor)?;
        step(&path, &held, &publisher, |held, now| Since::recent(held, years, now), look)?
    } else {
        Bundle::open(&publisher.whole(years)?, &anchor)?
    };
    file::write(&path, &bundle.to_file())?;
    keep_pin(&path, &anchor, publisher.base())?;
    show::file(&path, &bundle, look)?;
    Ok(ended(&bundle))
}

/// A first contact: which key to ask the registry about. Nothing is kept.
fn introduce(publisher: &Publisher) -> Result<u8, Stop> {
    let region = publisher.region()?;
    let manifests = publisher.manifests()?;
    let found = pin::introduced(&manifests).into_iter().find(|(manifest, _)| manifest.region == region);
    let (manifest, key) = found.ok_or_else(|| Stop::refused(words::BUNDLE_NO_MANIFEST).about(region))?;
    show::introduction(&manifest, &key)?;
    Err(Stop::refused(words::BUNDLE_PIN_FIRST))
}

fn update(path: &Path, look: Look) -> Result<u8, Stop> {
    let bytes = file::read_bundle(path)?;
    let Some(pin) = Pin::read(path)? else { return Err(Stop::refused(words::BUNDLE_NOT_PINNED).about(Pin::path(path).display())) };
    let held = Bundle::open(&bytes, &pin.anchor())?;
    let next = step(path, &held, &Publisher::new(&pin.url)?, Since::held, look)?;
    if next.to_json() == held.to_json() {
        eprintln!("{}", look.lang().say(&words::BUNDLE_CURRENT));
    } else {
        file::write(path, &next.to_file())?;
    }
    show::file(path, &next, look)?;
    Ok(ended(&next))
}

/// What a partner did that no region may do was refused, though the rest was taken.
fn ended(bundle: &Bundle) -> u8 {
    if bundle.alarms().is_empty() { exit::OK } else { exit::REFUSED }
}

/// From what is held to what is published. Where that fails, says why, that the file is as it was, and how old it is.
fn step(path: &Path, held: &Bundle, publisher: &Publisher, since: impl Fn(&Bundle, Instant) -> Since, look: Look) -> Result<Bundle, Stop> {
    let (lang, now) = (look.lang(), Instant(Edge::default().now()));
    let stepped = update::gather(held, publisher, since(held, now)).and_then(|gathered| gathered.advance(path, lang));
    stepped.map_err(|stop| {
        let code = stop.end(lang);
        let iat = held.own().map_or(Instant(0), |own| own.iat);
        eprintln!("hufu: {} {} ({})", lang.say(&words::BUNDLE_KEPT), iat.rfc3339(), show::age(now.0 - iat.0, lang));
        Stop::Told(code)
    })
}

fn keep_pin(path: &Path, anchor: &Anchor, url: &str) -> Result<(), Fault> {
    let pin = Pin { region: anchor.region.clone(), key: anchor.key, url: url.to_owned() };
    file::write(&Pin::path(path), pin.to_json().as_bytes())
}

fn show_file(path: &Path, look: Look) -> Result<u8, Stop> {
    let bytes = file::read_bundle(path)?;
    match Pin::read(path)? {
        Some(pin) => show::file(path, &Bundle::open(&bytes, &pin.anchor())?, look)?,
        None => show::unpinned(&bytes, look)?,
    }
    Ok(exit::OK)
}
