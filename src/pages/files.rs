//! The files of the pages, which are part of the program.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use verifier::status::gzip;

/// One file under `/v/`.
pub(super) struct File {
    pub name: &'static str,
    pub content_type: &'static str,
    pub body: &'static [u8],
    pub part: Part,
}

/// Which page needs a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The verdict page, always.
    Verdict,
    /// The verdict page, once a picture is read.
    Pictures,
    /// Other pages.
    Others,
}

pub(super) const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";
const WASM: &str = "application/wasm";

macro_rules! file {
    ($part:ident, $kind:expr, $name:literal) => {
        File { name: $name, content_type: $kind, body: include_bytes!(concat!("../../web/", $name)), part: Part::$part }
    };
}

/// Every file under `/v/` but the words, which are made from the catalogue.
pub(super) static FILES: &[File] = &[
    file!(Verdict, CSS, "base.css"),
    file!(Verdict, CSS, "verdict.css"),
    file!(Verdict, JS, "fragment.js"),
    file!(Verdict, JS, "page.js"),
    file!(Verdict, JS, "api.js"),
    file!(Verdict, JS, "basis.js"),
    file!(Verdict, JS, "dom.js"),
    file!(Verdict, JS, "draw.js"),
    file!(Verdict, JS, "forms.js"),
    file!(Verdict, JS, "lookup.js"),
    file!(Verdict, JS, "recognition.js"),
    file!(Verdict, JS, "scan.js"),
    file!(Verdict, JS, "sound.js"),
    file!(Verdict, JS, "store.js"),
    file!(Verdict, JS, "trust.js"),
    file!(Verdict, JS, "verifier.js"),
    file!(Verdict, JS, "words.js"),
    file!(Verdict, WASM, "verifier.wasm"),
    file!(Verdict, SVG, "icon.svg"),
    file!(Pictures, JS, "reader.js"),
    file!(Pictures, WASM, "reader.wasm"),
    file!(Pictures, WASM, "recognition.wasm"),
    file!(Others, CSS, "front.css"),
    file!(Others, JS, "front.js"),
    file!(Others, CSS, "account.css"),
    file!(Others, JS, "account.js"),
    file!(Others, JS, "moving.js"),
    file!(Others, JS, "transfers.js"),
    file!(Others, JS, "amounts.js"),
    file!(Others, JS, "credit.js"),
    file!(Others, JS, "history.js"),
    file!(Others, JS, "holdings.js"),
    file!(Others, JS, "hours.js"),
    file!(Others, JS, "programmes.js"),
    file!(Others, JS, "session.js"),
    file!(Others, JS, "statement.js"),
    file!(Others, JS, "timeline.js"),
    file!(Others, JS, "providers.js"),
    file!(Others, CSS, "coverage.css"),
    file!(Others, JS, "coverage.js"),
    file!(Others, CSS, "batches.css"),
    file!(Others, JS, "batches.js"),
    file!(Others, JS, "batch.js"),
    file!(Others, JS, "changes.js"),
    file!(Others, JS, "client.js"),
    file!(Others, JS, "issued.js"),
    file!(Others, PNG, "icon-180.png"),
    file!(Others, PNG, "icon-192.png"),
    file!(Others, PNG, "icon-512.png"),
    file!(Others, PNG, "icon-maskable.png"),
];

/// A file in the forms in which it is served.
pub(super) struct Served {
    pub name: &'static str,
    pub content_type: &'static str,
    pub part: Part,
    pub plain: Cow<'static, [u8]>,
    pub gzip: Vec<u8>,
    /// SHA-256 of the plain form, in lower-case hex.
    pub digest: String,
}

/// Made when first asked for: the files never change while the program runs.
pub(super) static SERVED: LazyLock<Vec<Served>> = LazyLock::new(|| {
    let served = |name, content_type, part, plain: Cow<'static, [u8]>| {
        let (gzip, digest) = (gzip(&plain), digest(&plain));
        Served { name, content_type, part, plain, gzip, digest }
    };
    let json = |words| Cow::from(serde_json::to_vec(&words).unwrap_or_default());
    let words = [
        ("words.json", Part::Verdict, json(super::words())),
        ("words-account.json", Part::Others, json(super::account_words())),
        ("words-batches.json", Part::Others, json(super::batch_words())),
        ("words-regions.json", Part::Others, json(super::region_words())),
    ];
    let files = FILES.iter().map(|file| served(file.name, file.content_type, file.part, file.body.into()));
    files.chain(words.map(|(name, part, words)| served(name, "application/json", part, words))).collect()
});

/// The file of this name.
pub(super) fn find(name: &str) -> Option<&'static Served> {
    SERVED.iter().find(|file| file.name == name)
}

/// SHA-256 in lower-case hex.
pub(super) fn digest(body: &[u8]) -> String {
    Sha256::digest(body).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
