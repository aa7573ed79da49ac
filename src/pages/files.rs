//! The files of the pages, which are part of the program.

/// One file under `/v/`.
pub(super) struct File {
    pub name: &'static str,
    pub content_type: &'static str,
    pub body: &'static [u8],
}

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";

macro_rules! file {
    ($kind:expr, $name:literal) => {
        File { name: $name, content_type: $kind, body: include_bytes!(concat!("../../web/", $name)) }
    };
}

/// Every file under `/v/` but `words.json`, which is made from the catalogue.
pub(super) static FILES: &[File] = &[
    file!(CSS, "base.css"),
    file!(CSS, "verdict.css"),
    file!(JS, "fragment.js"),
    file!(JS, "page.js"),
    file!(JS, "words.js"),
    file!(JS, "dom.js"),
    file!(JS, "api.js"),
    file!(JS, "draw.js"),
    file!(JS, "sound.js"),
    file!(JS, "lookup.js"),
    file!(SVG, "icon.svg"),
    file!(CSS, "front.css"),
    file!(JS, "front.js"),
    file!(JS, "providers.js"),
    file!(PNG, "icon-180.png"),
    file!(PNG, "icon-192.png"),
    file!(PNG, "icon-512.png"),
];

/// The file of this name.
pub(super) fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}
