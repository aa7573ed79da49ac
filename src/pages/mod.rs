//! The pages that a person reads in a browser: the front page, the directory of providers, what is recognised elsewhere, the verdict page, the
//! learner's account, the page of bodies, the list of codes, the interface for programs. They are plain files under web/, part of the program; `fill` puts in words and values.

pub mod api;
mod errors;
mod files;
mod fill;
mod offline;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verifier::documents::ProgrammeKind;
use verifier::ids::{Level, TypeOfCertificate};
use verifier::jws::Fingerprint;
use verifier::messages::Message;
use verifier::transfer::Reason;

pub use errors::{errors_markdown, errors_page};
pub use offline::{service_worker, web_manifest};

use crate::app::App;
use crate::messages::{self, ACCOUNT, BATCHES, PAGES, REGIONS};
use fill::fill;

const FRONT_HTML: &str = include_str!("../../web/front.html");
const PROVIDERS_HTML: &str = include_str!("../../web/providers.html");
const COVERAGE_HTML: &str = include_str!("../../web/coverage.html");
const ACCOUNT_HTML: &str = include_str!("../../web/account.html");
const BATCHES_HTML: &str = include_str!("../../web/batches.html");
const VERDICT_HTML: &str = include_str!("../../web/v.html");
const DOCS_HTML: &[u8] = include_bytes!("../../web/docs.html");
const DOCS_JS: &[u8] = include_bytes!("../../web/docs.js");

/// What a page may say of this registry, by name.
pub struct Values(Vec<(&'static str, String)>);

impl Values {
    /// Those of `app`.
    pub fn of(app: &App) -> Values {
        let (region, key) = (&app.region, *app.keys.region_signer().public());
        Values(vec![
            ("code", region.code.as_str().to_owned()),
            ("name_zh", region.name_zh.clone()),
            ("name_en", region.name_en.clone()),
            ("url", app.config.public_url()),
            ("key", key.jwk().x),
            ("fingerprint", Fingerprint::of(&key).to_string()),
        ])
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    #[cfg(test)]
    fn of_test(name_zh: &str) -> Values {
        Values(vec![("name_zh", name_zh.to_owned()), ("name_en", "Shanghai".to_owned())])
    }
}

/// The front page, in Chinese until its script has something to say; so are the other pages.
pub fn front_page(values: &Values) -> String {
    fill(FRONT_HTML, values)
}

/// The directory of providers.
pub fn providers_page(values: &Values) -> String {
    fill(PROVIDERS_HTML, values)
}

/// How much is recognised elsewhere.
pub fn coverage_page(values: &Values) -> String {
    fill(COVERAGE_HTML, values)
}

/// The verdict page, which also carries the region's key for a browser that holds none yet.
pub fn verdict_page(values: &Values) -> String {
    fill(VERDICT_HTML, values)
}

/// The page of a learner's account, on which nothing of a learner stands: its script asks for that with the learner's token.
pub fn account_page(values: &Values) -> String {
    fill(ACCOUNT_HTML, values)
}

/// The page of bodies, on which nothing of a batch stands: its script asks for that with the client's token.
pub fn batches_page(values: &Values) -> String {
    fill(BATCHES_HTML, values)
}

/// Every word that a page may have to say, by code: `{"page.name": {"zh": "虎符", "en": "Hufu"}}`. A verdict brings its own, and so does a
/// refusal of the verifier; of the registry's refusals those are in it that a page can meet. What only the account says is apart, so that
/// a first visit to the verdict page does not carry it.
pub fn words() -> BTreeMap<String, Value> {
    let met = |code: &str| ["http.", "verification.", "trust."].iter().any(|slice| code.starts_with(slice));
    let refusals = messages::reasons().into_iter().filter(|r| met(r.code) || r.status >= 500).map(|r| (r.code.to_owned(), r.zh, r.en));
    let pages = PAGES.iter().map(|m| (m.code.to_owned(), m.zh, m.en));
    let levels = (0..=Level::MAX.rank()).filter_map(|n| Level::new(n).ok()).map(|l| (format!("page.level.{}", l.rank()), l.words().zh, l.words().en));
    let types = TypeOfCertificate::ALL.iter().map(|t| (format!("page.type.{t}"), t.words().zh, t.words().en));
    refusals.chain(pages).chain(levels).chain(types).map(|(code, zh, en)| (code, json!({ "zh": zh, "en": en }))).collect()
}

/// The words of the account, by code.
pub fn account_words() -> BTreeMap<String, Value> {
    let met = |code: &str| ["learners.", "ledger.", "certificates.", "transfers.", "transfer."].iter().any(|slice| code.starts_with(slice));
    let refusals = messages::reasons().into_iter().filter(|r| met(r.code)).map(|r| (r.code.to_owned(), json!({ "zh": r.zh, "en": r.en })));
    let kinds = ProgrammeKind::ALL.iter().map(|k| (format!("page.programme.{k}"), json!({ "zh": k.words().zh, "en": k.words().en })));
    let reasons = Reason::ALL.iter().map(|r| (format!("page.reason.{r}"), json!({ "zh": r.words().zh, "en": r.words().en })));
    ACCOUNT.iter().map(|m| (m.code.to_owned(), json!({ "zh": m.zh, "en": m.en }))).chain(kinds).chain(reasons).chain(refusals).collect()
}

/// The words of the page of bodies, by code: its own, those of a certificate's state, and what the registry answers to a body.
pub fn batch_words() -> BTreeMap<String, Value> {
    let met =
        |code: &str| ["access.", "batches.", "certificates.", "changes.", "providers.", "ids.", "time."].iter().any(|slice| code.starts_with(slice));
    let refusals = messages::reasons().into_iter().filter(|r| met(r.code)).map(|r| (r.code.to_owned(), json!({ "zh": r.zh, "en": r.en })));
    let states = ACCOUNT.iter().filter(|m| m.code.starts_with("page.status."));
    BATCHES.iter().chain(states).map(|m| (m.code.to_owned(), json!({ "zh": m.zh, "en": m.en }))).chain(refusals).collect()
}

/// The words of the pages about other regions, by code.
pub fn region_words() -> BTreeMap<String, Value> {
    REGIONS.iter().map(|m| (m.code.to_owned(), json!({ "zh": m.zh, "en": m.en }))).collect()
}

/// The words of the verifier that are answers within a verdict; the others (ids, dates, documents, agreements) refuse a field of a request.
fn verdict_words() -> impl Iterator<Item = &'static Message> {
    verifier::messages::all().filter(|m| !["ids.", "time.", "document.", "agreement."].iter().any(|slice| m.code.starts_with(slice)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: [(&str, &str); 7] = [
        ("front", FRONT_HTML),
        ("providers", PROVIDERS_HTML),
        ("coverage", COVERAGE_HTML),
        ("account", ACCOUNT_HTML),
        ("batches", BATCHES_HTML),
        ("verdict", VERDICT_HTML),
        ("errors", errors::HTML),
    ];
    /// Scripts of the pages about other regions.
    const OF_REGIONS: [&str; 2] = ["coverage.js", "providers.js"];
    /// Scripts of the page of bodies.
    const OF_BATCHES: [&str; 5] = ["batch.js", "batches.js", "client.js", "issued.js", "changes.js"];
    /// Scripts of the account, which have its words besides those of all pages.
    const OF_ACCOUNT: [&str; 12] = [
        "account.js",
        "amounts.js",
        "credit.js",
        "history.js",
        "holdings.js",
        "hours.js",
        "moving.js",
        "programmes.js",
        "session.js",
        "statement.js",
        "timeline.js",
        "transfers.js",
    ];

    fn scripts() -> impl Iterator<Item = (&'static str, &'static str)> {
        let texts = files::FILES.iter().filter(|file| file.name.ends_with(".js"));
        texts.map(|file| (file.name, std::str::from_utf8(file.body).expect("UTF-8"))).chain([("sw.js", offline::SCRIPT)])
    }

    /// The texts after `mark` up to the next quote.
    fn codes<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
        text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_word_that_a_page_names_is_in_the_catalogue_and_stands_in_an_empty_element() {
        let shared = words();
        for (name, html) in HTML {
            for mark in ["data-word=\"", "data-word-en=\"", "data-label=\""] {
                for code in codes(html, mark) {
                    let own = match name {
                        "account" => account_words(),
                        "batches" => batch_words(),
                        "coverage" | "providers" => region_words(),
                        _ => BTreeMap::new(),
                    };
                    assert!(shared.contains_key(code) || own.contains_key(code), "{name}: {code}");
                    let tag = html.split_once(&format!("{mark}{code}\"")).and_then(|(_, rest)| rest.split_once('>')).expect("a tag").1;
                    assert!(mark.contains("label") || tag.starts_with("</"), "{name}: {code} is not empty");
                }
            }
            assert!(codes(html, "data-word=\"").len() > 5, "{name}");
        }
    }

    #[test]
    fn every_value_that_a_page_names_is_one_of_the_registry() {
        let known = ["code", "name_zh", "name_en", "url", "key", "fingerprint"];
        for (page, html) in HTML {
            for name in codes(html, "data-value=\"") {
                assert!(known.contains(&name), "{page}: {name}");
            }
        }
    }

    #[test]
    fn every_word_that_a_script_names_is_in_the_catalogue() {
        let (mut named, shared) = (0, words());
        for (script, text) in scripts() {
            let own = match script {
                _ if OF_ACCOUNT.contains(&script) => account_words(),
                _ if OF_BATCHES.contains(&script) => batch_words(),
                _ if OF_REGIONS.contains(&script) => region_words(),
                _ => BTreeMap::new(),
            };
            let words: BTreeMap<_, _> = shared.iter().chain(&own).collect();
            for code in codes(text, "\"page.") {
                assert!(words.contains_key(&format!("page.{code}")), "{script}: page.{code}");
                named += 1;
            }
            // A code with a variable part ends in a dot; what may follow is listed here.
            for stem in text.split("`page.").skip(1).filter_map(|rest| rest.split("${").next()) {
                let ends = ENDS.iter().find(|(known, _)| *known == stem).unwrap_or_else(|| panic!("{script}: page.{stem} is not listed"));
                for end in ends.1 {
                    assert!(words.contains_key(&format!("page.{stem}{end}")), "{script}: page.{stem}{end}");
                }
            }
        }
        assert!(named > 20);
    }

    /// What may stand at the end of a code that a script makes.
    const ENDS: [(&str, &[&str]); 24] = [
        ("changes.state.", &["proposed", "previewed", "approved", "done", "done_with_refusals", "cancelled"]),
        ("outcome.", &["valid", "valid-as-of", "invalid", "undetermined", "unfound", "unread", "failure"]),
        ("trust.", &["fresh", "old", "expired"]),
        ("step.", &["form", "signature", "key-window", "issuer", "status", "expiry"]),
        ("result.", &["ok", "failed", "unchecked"]),
        ("kind.", &["employer", "social", "school"]),
        ("standing.", &["listed", "barred", "unlisted"]),
        ("flag.", &["green", "yellow", "red"]),
        ("lot.", &["course", "training", "certificate", "award"]),
        ("posting.", &["mint", "void", "reserve", "settle", "release", "redeem", "expire", "receive", "return"]),
        ("category.", &["core", "elective", "professional", "public"]),
        ("reason.", &["cancelled", "agreement", "grant", "subject", "expired", "limits", "checks", "gives", "unknown"]),
        ("programme.", &["degree", "non-degree"]),
        ("place.", &["issued", "lot", "hold", "out", "in", "redeemed", "expired", "voided"]),
        ("status.", &["issued", "suspended", "revoked", "replaced"]),
        ("look.", &["opening", "query", "account", "code", "credit", "hours"]),
        ("batches.state.", &["uploaded", "validating", "validated", "approved", "issuing", "done", "done_with_errors", "cancelled"]),
        ("step_of.", &["check", "approve", "issue", "fetch"]),
        ("file.", &["xlsx", "csv", "png", "svg", "ndjson"]),
        ("file_more.", &["xlsx", "csv", "png", "svg", "ndjson"]),
        ("wrong.", &["row", "column", "what"]),
        ("issued.step.", &["suspend", "reinstate", "revoke"]),
        ("level.", &["0", "1", "2", "3", "4", "5", "6", "7"]),
        ("type.", &["skill-level", "qualification", "training", "hours", "title", "appointment"]),
    ];

    #[test]
    fn the_pages_name_no_other_host() {
        for (name, text) in HTML.into_iter().chain(scripts()) {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("://") && !text.contains("\"//"), "{name}");
        }
    }
}
