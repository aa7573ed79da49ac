//! The pages: what is served, and what a real browser makes of it. The browser part needs node, the packages of tests/browser and
//! chromium; where one is missing it says so and is skipped, unless `CI` is set.

mod allies;
mod bodies;
mod crossing;
mod neighbours;
mod savings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hufu::access::Role;
use hufu::qr::{Level, Matrix};
use serde_json::{Value, json};
use verifier::jws::Fingerprint;

use self::allies::Allies;
use self::bodies::Bodies;
use self::crossing::{Apart, Crossing};
use self::neighbours::Neighbours;
use self::savings::Savings;
use super::support::{Backend, Client, World};

const CODE: &str = "91110000802100433B";
/// Most bytes of a first visit to the verdict page, as they travel.
const FIRST_VISIT: usize = 200_000;
/// Years after which a bundle leaves a certificate of today to a part of its own.
const YEARS: i64 = 4;
const CHROMIUM: &str = "/usr/bin/chromium";

/// A registry with a listed assessment body, a listed school and a barred employer, and an operator's client. Returns the assessment body.
fn registry(settings: &[(&'static str, &str)]) -> (World, Client, Value) {
    let world = World::with(Backend::Sqlite, settings).expect("SQLite is always there");
    let operator = world.signed_in(Role::Operator, None);
    let listed = |class: &str| {
        let scope = json!({"occupations": ["6-31-"], "level_min": 1, "level_max": 5, "types": ["skill-level"]});
        json!({"class": class, "flag": "green", "from": "2026-01-01", "cause": "沪人社职〔2026〕12 号", "scope": scope})
    };
    let register = |code: &str, zh: &str, en: &str, kind: &str, interval: Value| {
        let body = json!({"credit_code": code, "name_zh": zh, "name_en": en, "kind": kind, "interval": interval});
        operator.post_json("/v1/providers", &body).expect(201).json()
    };
    let provider = register(CODE, "上海示例职业技能评价中心", "Shanghai Example Assessment Centre", "social", listed("A"));
    register("91350100M000100Y43", "上海示范技师学院", "Shanghai Model College of Technicians", "school", listed("B"));
    let barred = json!({"standing": "barred", "from": "2026-02-01", "cause": "沪人社职〔2026〕30 号"});
    register("914403001922038216", "上海某制造有限公司", "Shanghai Some Manufacturing Ltd", "employer", barred);
    (world, operator, provider)
}

/// What is asked for to issue one more certificate of `provider`.
fn order(provider: &Value) -> Value {
    json!({
        "provider": provider["id"], "type": "skill-level", "occupation": "6-31-01-03", "title": "电工", "level": 3, "grade": "good",
        "assessed_on": "2026-01-18", "holder": {"name": "欧阳静", "id_type": "resident", "id_number": "11010519491231002X"},
    })
}

fn issue(operator: &Client, provider: &Value) -> Value {
    operator.post_json("/v1/certificates", &order(provider)).expect(201).json()
}

/// The code of a certificate as a picture for print, in base64.
fn picture(operator: &Client, certificate: &Value) -> String {
    let path = format!("/v1/certificates/{}/qr.png?level=Q", certificate["id"].as_str().unwrap());
    STANDARD.encode(operator.get(&path).expect(200).bytes)
}

/// Takes a certificate through a change of state.
fn change(operator: &Client, certificate: &Value, step: &str) {
    let path = format!("/v1/certificates/{}/{step}", certificate["id"].as_str().unwrap());
    operator.post_json(&path, &json!({"reason": "records under review"})).expect(200);
}

fn fragment(certificate: &Value) -> &str {
    certificate["qr_text"].as_str().unwrap().split_once('#').expect("a fragment").1
}

/// What keeps a browser from being run here.
fn missing() -> Option<&'static str> {
    let folder = Path::new("tests/browser/node_modules/playwright-core");
    match () {
        () if Command::new("node").arg("--version").output().is_err() => Some("node is not installed"),
        () if !folder.is_dir() => Some("tests/browser has no packages: npm ci there"),
        () if !Path::new(CHROMIUM).is_file() => Some("chromium is not installed"),
        () => None,
    }
}

#[test]
fn every_page_is_served_with_its_own_policy_and_may_be_revalidated() {
    let (world, ..) = registry(&[]);
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/providers", "text/html; charset=utf-8"),
        ("/coverage", "text/html; charset=utf-8"),
        ("/account", "text/html; charset=utf-8"),
        ("/batches", "text/html; charset=utf-8"),
        ("/v", "text/html; charset=utf-8"),
        ("/v/base.css", "text/css; charset=utf-8"),
        ("/v/page.js", "text/javascript; charset=utf-8"),
        ("/v/icon-192.png", "image/png"),
        ("/v/verifier.wasm", "application/wasm"),
        ("/v/reader.wasm", "application/wasm"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/v/icon.svg", "image/svg+xml"),
        ("/v/words.json", "application/json"),
        ("/v/words-account.json", "application/json"),
        ("/v/words-batches.json", "application/json"),
        ("/v/words-regions.json", "application/json"),
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/docs.js", "text/javascript; charset=utf-8"),
        ("/docs/swagger-ui.css", "text/css; charset=utf-8"),
        ("/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("/docs/errors", "text/html; charset=utf-8"),
    ] {
        let answer = world.client().get(path).expect(200);
        assert_eq!(answer.header("content-type"), kind, "{path}");
        assert!(answer.header("cache-control").starts_with("public, max-age="), "{path}");
        let policy = answer.header("content-security-policy");
        let scripts = if path == "/v" { "'self' 'wasm-unsafe-eval'" } else { "'self'" };
        assert!(policy.starts_with(&format!("default-src 'none'; script-src {scripts}; ")), "{path}: {policy}");
        assert!(policy.contains("connect-src 'self'; ") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        let camera = if path == "/v" { "camera=(self), " } else { "camera=(), " };
        assert!(answer.header("permissions-policy").starts_with(camera), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(policy.contains("unsafe-inline"), path.starts_with("/docs") && path != "/docs/errors", "{path}: {policy}");
        let again = world.client().header("if-none-match", answer.header("etag")).get(path).expect(304);
        assert_eq!(again.header("content-security-policy"), policy, "{path}");
    }
    for path in ["/v/nothing", "/docs/index.html", "/docs/swagger-initializer.js", "/v/..%2fpage.js"] {
        world.client().get(path).problem(404, "http.no_route");
    }
    for (path, to) in [("/v/", "../v"), ("/docs/", "../docs")] {
        assert_eq!(world.client().get(path).expect(308).header("location"), to);
    }
}

#[test]
fn a_first_visit_to_the_verdict_page_weighs_at_most_200_kb() {
    let (world, ..) = registry(&[]);
    let client = world.client().header("accept-encoding", "gzip");
    let page = client.get("/v").expect(200);
    let plain = world.client().get("/v").expect(200);
    let html = plain.text();
    // Everything that the page names: it names whatever it loads ahead, and what it keeps for later is no part of a first visit.
    let named: BTreeSet<&str> = html.split('"').filter(|text| text.starts_with("v/") || *text == "manifest.webmanifest").collect();
    assert!(named.contains("v/verifier.wasm") && named.contains("v/words.json") && named.len() > 15, "{named:?}");
    let weights: Vec<(&str, usize)> = named.iter().map(|path| (*path, client.get(&format!("/{path}")).expect(200).bytes.len())).collect();
    let total = page.bytes.len() + weights.iter().map(|(_, bytes)| bytes).sum::<usize>();
    println!("{total} bytes gzipped: {weights:?}");
    assert!(total <= FIRST_VISIT, "{total} bytes: {weights:?}");
}

#[test]
fn the_type_of_a_problem_leads_to_its_row_in_the_list_of_codes() {
    let (world, ..) = registry(&[]);
    let kind = world.client().get("/nowhere").problem(404, "http.no_route")["type"].as_str().unwrap().to_owned();
    let (path, code) = kind.split_once('#').expect("a fragment");
    assert!(world.client().get(path).expect(200).text().contains(&format!("<tr id=\"{code}\">")));
}

#[test]
fn a_browser_shows_each_outcome_and_asks_nobody_else() {
    if let Some(why) = missing() {
        assert!(std::env::var_os("CI").is_none(), "CI is set and {why}");
        eprintln!("skipped: {why}");
        return;
    }
    let (world, operator, provider) = registry(&[("publish_seconds", "0")]);
    let (busy, other_operator, other_provider) = registry(&[("lookup_per_minute", "1")]);
    let [valid, revoked, suspended, replaced] = [(); 4].map(|()| issue(&operator, &provider));
    change(&operator, &revoked, "revoke");
    change(&operator, &suspended, "suspend");
    let path = format!("/v1/certificates/{}/replace", replaced["id"].as_str().unwrap());
    let successor = operator.post_json(&path, &json!({"reason": "name corrected", "certificate": order(&provider)})).expect(201).json();
    let foreign = issue(&other_operator, &other_provider);
    // A registry years later, and a certificate of today.
    let (late, late_operator, late_provider) = registry(&[]);
    let elder = issue(&late_operator, &late_provider);
    late.app.edge.shift(YEARS * 366 * 86_400);
    let (allied, apart, agreed, savings) = (Allies::new(), Allies::apart(), Allies::agreed(), Savings::new());
    let (neighbours, bodies) = (Neighbours::new(), Bodies::new());
    let shores = [(); 2].map(|()| World::with(Backend::Sqlite, &[]).expect("SQLite is always there"));
    let (crossing, separate) = (Crossing::of(&shores[0]), Apart::of(&shores[1]));
    let scratch = tempfile::tempdir().unwrap();
    let shots = std::env::var_os("HUFU_SCREENSHOTS").map_or_else(|| scratch.path().to_owned(), PathBuf::from);
    let mut all = vec![&valid, &revoked, &suspended, &replaced, &successor, &foreign, &elder];
    all.extend(allied.certificates().into_iter().chain(apart.certificates()).chain(agreed.certificates()).chain([savings.certificate()]));
    let secrets: Vec<&str> = all.iter().flat_map(|card| [&fragment(card)[40..80], &card["card"].as_str().unwrap()[100..140]]).collect();
    let [key, other_key] = [&world, &busy].map(|world| *world.app.keys.region_signer().public());
    let menu = Matrix::encode("https://example.com/menu?table=", "7", Level::M).unwrap().to_png(8).unwrap();
    let cases = json!({
        "url": world.url, "busy": busy.url, "late": late.url, "years": YEARS, "shots": shots, "scratch": scratch.path(), "chromium": CHROMIUM,
        "secrets": secrets, "number": valid["number"], "name": "欧阳静", "region": "310000", "client": operator.credentials(), "issue": order(&provider),
        "valid": fragment(&valid), "revoked": fragment(&revoked), "suspended": fragment(&suspended), "replaced": fragment(&replaced),
        "successor": successor["number"], "foreign": fragment(&foreign), "elder": fragment(&elder),
        "picture": picture(&operator, &valid), "menu": STANDARD.encode(menu), "blank": STANDARD.encode(std::fs::read("web/icon-192.png").unwrap()),
        "key": key.jwk().x, "fingerprint": Fingerprint::of(&key).to_string(),
        "otherKey": other_key.jwk().x, "otherFingerprint": Fingerprint::of(&other_key).to_string(),
        "allied": allied.told(), "apart": apart.told(), "agreed": agreed.told(), "savings": savings.told(), "neighbours": neighbours.told(), "bodies": bodies.told(),
        "crossing": crossing.told(), "separate": separate.told(),
        "operations": world.client().get("/openapi.json").json()["paths"].as_object().unwrap().len(),
    });
    let ran = Command::new("node").args(["tests/browser/pages.mjs", &cases.to_string()]).output().expect("node runs");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    println!("{said}");
    assert!(ran.status.success(), "{said}");
    // A developer may look at some of them: HUFU_SCENES=offline.
    let some = std::env::var_os("HUFU_SCENES").is_some();
    assert!(some || said.contains("145 scenes were as they should be"), "{said}");
}
