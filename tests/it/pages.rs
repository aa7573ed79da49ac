//! The pages: what is served, and what a real browser makes of it. The browser part needs node, the packages of tests/browser and
//! chromium; where one is missing it says so and is skipped, unless `CI` is set.

use std::path::{Path, PathBuf};
use std::process::Command;

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::jws::Fingerprint;

use super::support::{Backend, Client, World};

const CODE: &str = "91110000802100433B";
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

fn issue(operator: &Client, provider: &Value) -> Value {
    let body = json!({
        "provider": provider["id"], "type": "skill-level", "occupation": "6-31-01-03", "title": "电工", "level": 3, "grade": "good",
        "assessed_on": "2026-01-18", "holder": {"name": "欧阳静", "id_type": "resident", "id_number": "11010519491231002X"},
    });
    operator.post_json("/v1/certificates", &body).expect(201).json()
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
        ("/v", "text/html; charset=utf-8"),
        ("/v/base.css", "text/css; charset=utf-8"),
        ("/v/page.js", "text/javascript; charset=utf-8"),
        ("/v/icon-192.png", "image/png"),
        ("/v/icon.svg", "image/svg+xml"),
        ("/v/words.json", "application/json"),
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
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; ") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
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
    let (world, operator, provider) = registry(&[]);
    let (busy, ..) = registry(&[("lookup_per_minute", "1")]);
    let [valid, revoked, suspended] = [(); 3].map(|()| issue(&operator, &provider));
    change(&operator, &revoked, "revoke");
    change(&operator, &suspended, "suspend");
    let scratch = tempfile::tempdir().unwrap();
    let shots = std::env::var_os("HUFU_SCREENSHOTS").map_or_else(|| scratch.path().to_owned(), PathBuf::from);
    let all = [&valid, &revoked, &suspended];
    let cases = json!({
        "url": world.url, "busy": busy.url, "shots": shots, "chromium": CHROMIUM, "secrets": all.map(|card| &fragment(card)[40..80]),
        "valid": fragment(&valid), "revoked": fragment(&revoked), "suspended": fragment(&suspended),
        "number": valid["number"], "name": "欧阳静", "operations": world.client().get("/openapi.json").json()["paths"].as_object().unwrap().len(),
        "bundle": world.client().get("/v1/bundle/manifests").status == 200,
        "fingerprint": Fingerprint::of(world.app.keys.region_signer().public()).to_string(),
    });
    let ran = Command::new("node").args(["tests/browser/pages.mjs", &cases.to_string()]).output().expect("node runs");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    println!("{said}");
    assert!(ran.status.success(), "{said}");
    assert!(said.contains("28 scenes were as they should be"), "{said}");
}
