//! What makes the verdict page an application that opens without a network: its service worker and its web app manifest.

use std::collections::BTreeMap;

use serde_json::json;
use verifier::messages::Message;

use super::files::{self, Part, SERVED};
use super::{Values, verdict_page};
use crate::error::Fault;
use crate::messages::PAGES;

pub(super) const SCRIPT: &str = include_str!("../../web/sw.js");

/// The service worker with the digests of what it keeps: another release, or other words, is another script.
///
/// # Errors
/// A fault when a list cannot be written.
pub fn service_worker(values: &Values) -> Result<String, Fault> {
    let of = |part: Part| SERVED.iter().filter(move |file| file.part == part).map(|file| (format!("v/{}", file.name), file.digest.clone()));
    let mut page: BTreeMap<String, String> = of(Part::Verdict).collect();
    page.insert("v".to_owned(), files::digest(verdict_page(values).as_bytes()));
    page.insert("manifest.webmanifest".to_owned(), files::digest(&web_manifest(values)?));
    let later: BTreeMap<String, String> = of(Part::Pictures).collect();
    let lists = (serde_json::to_string(&page).map_err(Fault::new)?, serde_json::to_string(&later).map_err(Fault::new)?);
    let release = files::digest(format!("{}{}", lists.0, lists.1).as_bytes());
    let script = SCRIPT.replace("PAGE = {}", &format!("PAGE = {}", lists.0)).replace("LATER = {}", &format!("LATER = {}", lists.1));
    Ok(script.replace("\"hufu-page-\";", &format!("\"hufu-page-{}\";", release.get(..16).unwrap_or_default())))
}

/// The web app manifest: what a phone shows of the installed page.
///
/// # Errors
/// A fault when it cannot be written.
pub fn web_manifest(values: &Values) -> Result<Vec<u8>, Fault> {
    let say = |code: &str| PAGES.iter().find(|m| m.code == code).map_or("", |Message { zh, .. }| zh);
    let icon = |file: &str, sizes: &str, purpose: &str| json!({"src": format!("v/{file}"), "sizes": sizes, "type": files::find(file).map(|f| f.content_type), "purpose": purpose});
    let manifest = json!({
        "id": "v", "start_url": "v", "scope": ".", "display": "standalone", "lang": "zh-CN", "dir": "ltr",
        "name": format!("{} · {}{}", say("page.v.title"), values.get("name_zh"), say("page.registry")),
        "short_name": say("page.v.short_name"), "background_color": "#f6f4ef", "theme_color": "#8f2320",
        "icons": [
            icon("icon.svg", "any", "any"), icon("icon-192.png", "192x192", "any"), icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable.png", "512x512", "maskable"),
        ],
    });
    serde_json::to_vec(&manifest).map_err(Fault::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(script: &str) -> [BTreeMap<String, String>; 2] {
        ["PAGE = ", "LATER = "]
            .map(|mark| serde_json::from_str(script.split_once(mark).and_then(|(_, rest)| rest.split_once(';')).unwrap().0).unwrap())
    }

    #[test]
    fn the_service_worker_lists_what_the_page_loads_and_nothing_else() {
        let [page, later] = lists(&service_worker(&Values::of_test("上海市")).unwrap());
        let html = super::super::VERDICT_HTML;
        for file in SERVED.iter() {
            let path = format!("v/{}", file.name);
            assert_eq!(page.contains_key(&path), file.part == Part::Verdict, "{path}");
            assert_eq!(later.contains_key(&path), file.part == Part::Pictures, "{path}");
            let is_script = file.part == Part::Verdict && file.name.ends_with(".js");
            assert!(!is_script || html.contains(&format!("\"{path}\"")), "the page does not load {path} ahead");
        }
        for path in html.split(['"']).filter(|text| text.starts_with("v/") && !text.ends_with("icon-180.png")) {
            assert!(page.contains_key(path), "{path} is not kept");
        }
    }

    #[test]
    fn another_page_is_another_service_worker() {
        let [one, other] = ["上海市", "江苏省"].map(|name| service_worker(&Values::of_test(name)).unwrap());
        assert_ne!(one, other);
        let store = |script: &str| script.split_once("STORE = \"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0.to_owned();
        assert_ne!(store(&one), store(&other));
        assert_eq!(store(&one).len(), "hufu-page-".len() + 16);
    }
}
