//! A server that is killed while thousands of certificates are revoked, again and again: in the end each was revoked once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verifier::documents::Digest;

use crate::batches::file;
use crate::crash::operator;
use crate::support::issuing::{credit_code, lines_of, listing, scheme, text};
use crate::support::{Backend, Client, Process};

/// Certificates, and one in how many has credit.
const CERTIFICATES: usize = 3_000;
const WITH_CREDIT: usize = 10;

/// Waits until something can be said at `path`.
fn until(process: &Process, token: &str, path: &str, what: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < Duration::from_secs(120), "{}", process.log());
        if let Some(view) = process.client().bearer(token).try_get(path).filter(|view| what(view)) {
            return view;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The id of a batch of which everything is issued.
fn issued(process: &Process, client: &Client, token: &str) -> String {
    client.post_json("/v1/schemes", &scheme()).expect(201);
    let provider = json!({"credit_code": credit_code(1), "name_zh": "示例", "name_en": "Example", "kind": "social", "interval": listing()});
    let provider = client.post_json("/v1/providers", &provider).expect(201).json();
    let plain = file(0..CERTIFICATES);
    let row = |(n, row): (usize, &str)| match n {
        0 => format!("{row},学分方案,学分,成果类型"),
        n if n % WITH_CREDIT == 0 => format!("{row},310000:credit,2.50,certificate"),
        _ => format!("{row},,,"),
    };
    let rows: Vec<String> = plain.lines().enumerate().map(row).collect();
    let batch = client.post_raw(
        &format!("/v1/batches?name=x.csv&provider={}", text(&provider, "id")),
        "application/octet-stream",
        rows.join("\n").as_bytes(),
    );
    let path = format!("/v1/batches/{}", text(&batch.expect(201).json(), "id"));
    let seen = until(process, token, &path, |view| view["state"] == "validated");
    client.post_json(&format!("{path}/approve"), &json!({"rows": seen["valid"]})).expect(200);
    text(&until(process, token, &path, |view| view["state"] == "done"), "id").to_owned()
}

fn killed(backend: Backend) {
    let Some(process) = Process::with(backend, &[]) else { return };
    let token = operator(&process);
    let client = process.client().bearer(&token);
    let batch = issued(&process, &client, &token);
    let provider = text(&client.get(&format!("/v1/batches/{batch}")).expect(200).json(), "provider").to_owned();
    let wanted = json!({"step": "revoke", "reason": "原始记录系伪造", "batch": batch, "provider": provider});
    let change = client.post_json("/v1/certificate-changes", &wanted).expect(201).json();
    let path = format!("/v1/certificate-changes/{}", text(&change, "id"));
    let die = || {
        process.kill9();
        process.start();
    };
    // While it is counted, and then each time that something more was done, somewhere in the chunk after it.
    die();
    until(&process, &token, &path, |view| view["state"] == "previewed");
    process.client().bearer(&token).post_json(&format!("{path}/approve"), &json!({"certificates": CERTIFICATES})).expect(200);
    let (mut kills, mut done) = (0, 0);
    for pause in [0, 120, 40, 90, 20] {
        let view = until(&process, &token, &path, |view| view["state"] == "done" || view["done"].as_i64() > Some(done));
        done = view["done"].as_i64().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        kills += usize::from(view["state"] != "done");
        die();
    }
    assert!(kills >= 3, "{kills} kills");
    let over = until(&process, &token, &path, |view| view["state"] == "done");
    is_whole(&process, &over);
}

/// Every certificate has taken the step once, with its credit, and what is said of it is right.
fn is_whole(process: &Process, over: &Value) {
    let all = CERTIFICATES.to_string();
    assert_eq!([&over["certificates"], &over["done"], &over["refused"]], [&json!(CERTIFICATES), &json!(CERTIFICATES), &json!(0)]);
    let db = process.db();
    let one = |sql: &str| lines_of(&db, sql).join(" ");
    assert_eq!(one("SELECT status || ' ' || CAST(COUNT(*) AS TEXT) AS line FROM certificates GROUP BY status"), format!("revoked {all}"));
    assert_eq!(one("SELECT kind || ' ' || CAST(COUNT(*) AS TEXT) AS line FROM certificate_events GROUP BY kind"), format!("revoked {all}"));
    assert_eq!(one("SELECT CAST(COUNT(DISTINCT certificate_id) AS TEXT) AS line FROM certificate_events"), all);
    let voided = (CERTIFICATES / WITH_CREDIT).to_string();
    assert_eq!(one("SELECT CAST(COUNT(DISTINCT subject) AS TEXT) AS line FROM entries WHERE kind = 'void'"), voided);
    assert_eq!(one("SELECT CAST(COUNT(*) AS TEXT) AS line FROM entries WHERE kind = 'void'"), voided);
    assert_eq!(one("SELECT CAST(SUM(available) AS TEXT) AS line FROM lot_balances"), "0");
    assert_eq!(one("SELECT kind AS line FROM change_events ORDER BY id"), "approved done");
    let numbers: String = lines_of(&db, "SELECT number AS line FROM certificates ORDER BY id").iter().map(|number| format!("{number}\n")).collect();
    let receipt = &over["receipt"];
    assert_eq!([&receipt["certificates"], &receipt["done"], &receipt["refused"]], [&json!(CERTIFICATES), &json!(CERTIFICATES), &json!(0)]);
    assert_eq!(text(receipt, "numbers"), Digest::of(&numbers).to_string());
    assert_eq!(db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    assert_eq!(db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
}

#[test]
fn a_server_killed_again_and_again_revokes_each_certificate_once_on_sqlite() {
    killed(Backend::Sqlite);
}

#[test]
fn a_server_killed_again_and_again_revokes_each_certificate_once_on_postgres() {
    killed(Backend::Postgres);
}
