//! The pages that a person reads in a browser: the front page, the verdict page, the list of codes, the interface for programs.
//!
//! Pages are plain files under web/. Their words come from the catalogue: an element with `data-word="CODE"` is filled with the Chinese
//! words of that code, one with `data-word-en` with the English ones, `data-region` with the region's name.

pub mod api;
mod errors;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verifier::messages::{Message, VERIFIER};

pub use errors::{errors_markdown, errors_page};

use crate::messages::{self, PAGES};
use crate::regions::Region;

const FRONT_HTML: &str = include_str!("../../web/front.html");
const VERDICT_HTML: &str = include_str!("../../web/v.html");
const VERDICT_CSS: &[u8] = include_bytes!("../../web/v.css");
const VERDICT_JS: &[u8] = include_bytes!("../../web/v.js");
const DOCS_HTML: &[u8] = include_bytes!("../../web/docs.html");
const DOCS_JS: &[u8] = include_bytes!("../../web/docs.js");
const ICON: &[u8] = include_bytes!("../../web/icon.svg");

/// The front page, in both languages.
pub fn front_page(region: &Region) -> String {
    fill(FRONT_HTML, region)
}

/// The verdict page, in Chinese until its script has something to say.
pub fn verdict_page(region: &Region) -> String {
    fill(VERDICT_HTML, region)
}

/// Every word that a page may have to say, by code: `{"page.name": {"zh": "虎符", "en": "Hufu"}}`.
pub fn words() -> BTreeMap<&'static str, Value> {
    let refusals = messages::reasons().into_iter().map(|r| (r.code, r.zh, r.en));
    let pages = PAGES.iter().map(|m| (m.code, m.zh, m.en));
    refusals.chain(pages).map(|(code, zh, en)| (code, json!({ "zh": zh, "en": en }))).collect()
}

fn fill(html: &str, region: &Region) -> String {
    let (zh, en) = (escape(&region.name_zh), escape(&region.name_en));
    fill_words(html)
        .replace("data-region=\"zh\">", &format!("data-region=\"zh\">{zh}"))
        .replace("data-region=\"en\">", &format!("data-region=\"en\">{en}"))
        .replace("data-region>", &format!("data-region data-zh=\"{zh}\" data-en=\"{en}\">{zh}"))
}

/// Puts the words of the catalogue into the elements that name their codes.
fn fill_words(html: &str) -> String {
    PAGES.iter().fold(html.to_owned(), |html, Message { code, zh, en }| {
        html.replace(&format!("data-word=\"{code}\"></"), &format!("data-word=\"{code}\">{}</", escape(zh)))
            .replace(&format!("data-word=\"{code}\" hidden></"), &format!("data-word=\"{code}\" hidden>{}</", escape(zh)))
            .replace(&format!("data-word-en=\"{code}\"></"), &format!("data-word-en=\"{code}\">{}</", escape(en)))
    })
}

/// Text as it stands in HTML, between tags or in a quoted attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The words of the verifier that are answers within a verdict; the others (ids, dates) refuse a field of a request.
fn verdict_words() -> impl Iterator<Item = &'static Message> {
    VERIFIER.iter().filter(|m| !m.code.starts_with("ids.") && !m.code.starts_with("time."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = include_str!("../../web/v.js");

    /// The codes after `mark` up to the next quote.
    fn codes<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
        text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_word_that_a_page_names_is_in_the_catalogue_and_put_in() {
        for (name, html) in [("front", FRONT_HTML), ("verdict", VERDICT_HTML), ("errors", errors::HTML)] {
            let named = [codes(html, "data-word=\""), codes(html, "data-word-en=\"")].concat();
            assert!(named.len() > 5, "{name}");
            for code in named {
                assert!(PAGES.iter().any(|m| m.code == code), "{name}: {code}");
            }
            let filled = fill_words(html);
            assert!(!filled.contains("\"></span>") || name != "errors", "{name}");
            assert!(!filled.contains("data-word=\"page.v.title\"></"), "{name}");
        }
    }

    #[test]
    fn every_word_that_the_script_names_is_in_the_catalogue() {
        let words = words();
        let named: Vec<&str> = codes(SCRIPT, "\"page.").into_iter().collect();
        assert!(named.len() > 20);
        for code in named {
            assert!(words.contains_key(format!("page.{code}").as_str()), "page.{code}");
        }
        for made in ["valid", "valid-as-of", "invalid", "undetermined", "unfound", "failure"] {
            assert!(words.contains_key(format!("page.outcome.{made}").as_str()), "{made}");
        }
        for made in ["form", "signature", "key-window", "issuer", "status", "expiry"] {
            assert!(words.contains_key(format!("page.step.{made}").as_str()), "{made}");
        }
        for made in ["ok", "failed", "unchecked"] {
            assert!(words.contains_key(format!("page.result.{made}").as_str()), "{made}");
        }
    }

    #[test]
    fn a_name_enters_a_page_as_text() {
        assert_eq!(escape("<b a='1'>\"&"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;");
    }

    #[test]
    fn the_pages_name_no_other_host() {
        for text in [FRONT_HTML, VERDICT_HTML, errors::HTML, SCRIPT] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("://") && !text.contains("\"//"));
        }
    }
}
