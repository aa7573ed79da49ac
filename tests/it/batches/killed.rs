//! A server that is killed while it issues, again and again; a disk that fills up, a database that goes away: in the end exactly the approved rows are certificates,
//! each once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{HEADER, row};
use crate::crash::disk::Disk;
use crate::crash::operator;
use crate::crash::outage::Relay;
use crate::support::issuing::{credit_code, lines_of, listing, text};
use crate::support::{Backend, Process, postgres};

/// A batch at a server that is in trouble. One row in a hundred is wrong.
struct Trouble<'a> {
    process: &'a Process,
    token: String,
    id: String,
    rows: usize,
    file: String,
    path: String,
}

impl Trouble<'_> {
    fn at(process: &Process, rows: usize) -> Trouble<'_> {
        let token = operator(process);
        let provider = json!({"credit_code": credit_code(1), "name_zh": "示例", "name_en": "Example", "kind": "social", "interval": listing()});
        let made = process.client().bearer(&token).post_json("/v1/providers", &provider).expect(201).json();
        let line = |n: usize| if n % 100 == 7 { row(n).replace("2026-10-18", "2026-13-18") } else { row(n) };
        let lines: Vec<String> = std::iter::once(HEADER.to_owned()).chain((0..rows).map(line)).collect();
        let path = format!("/v1/batches?name=x.csv&provider={}", text(&made, "id"));
        let mut trouble = Trouble { process, token, id: String::new(), rows, file: lines.join("\n"), path };
        trouble.id = text(&trouble.send(201), "id").to_owned();
        trouble
    }

    fn send(&self, status: u16) -> Value {
        let client = self.process.client().bearer(&self.token);
        client.post_raw(&self.path, "application/octet-stream", self.file.as_bytes()).expect(status).json()
    }

    /// How it stands; none where the server is gone.
    fn view(&self) -> Option<Value> {
        self.process.client().bearer(&self.token).try_get(&format!("/v1/batches/{}", self.id))
    }

    fn valid(&self) -> usize {
        self.rows - self.rows / 100
    }

    fn approve(&self) {
        let path = format!("/v1/batches/{}/approve", self.id);
        self.process.client().bearer(&self.token).post_json(&path, &json!({"rows": self.valid()})).expect(200);
    }

    /// Waits until something can be said of it.
    fn until(&self, what: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < Duration::from_secs(120), "{:?}\n{}", self.view(), self.process.log());
            if let Some(view) = self.view().filter(|view| what(view)) {
                return view;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Every approved row is a certificate, once, and sent again it is the same batch.
    fn is_whole(&self) {
        let done = self.until(|view| view["state"] == "done_with_errors");
        let (rows, faulty) = (self.rows as i64, self.rows as i64 / 100);
        assert_eq!(super::counts(&done), [rows, faulty, rows - faulty, 0]);
        assert_eq!(text(&self.send(200), "id"), self.id);
        let cards = self.process.client().bearer(&self.token).get(&format!("/v1/batches/{}/results?form=ndjson", self.id)).expect(200);
        let lines: Vec<Value> = cards.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found: BTreeSet<i64> = lines.iter().map(|line| line["row"].as_i64().unwrap()).collect();
        let wanted: BTreeSet<i64> = (0..self.rows).filter(|n| n % 100 != 7).map(|n| n as i64 + 2).collect();
        assert_eq!((found == wanted, lines.len()), (true, wanted.len()));
        let numbers: BTreeSet<&str> = lines.iter().map(|line| text(line, "number")).collect();
        assert_eq!(numbers.len(), wanted.len());
    }
}

fn killed(backend: Backend) {
    let Some(process) = Process::with(backend, &[]) else { return };
    let trouble = Trouble::at(&process, 6_000);
    let (mut kills, mut pause) = (0, 40);
    loop {
        std::thread::sleep(Duration::from_millis(pause));
        pause = 40 + (pause * 7 + 13) % 400;
        let Some(view) = trouble.view() else { continue };
        match text(&view, "state") {
            "validated" => trouble.approve(),
            "done_with_errors" => break,
            _ if kills < 12 => {
                process.kill9();
                process.start();
                kills += 1;
            }
            _ => {}
        }
    }
    assert!(kills >= 3, "{kills} kills");
    trouble.is_whole();
}

#[test]
fn a_server_killed_again_and_again_issues_each_approved_row_once_on_sqlite() {
    killed(Backend::Sqlite);
}

#[test]
fn a_server_killed_again_and_again_issues_each_approved_row_once_on_postgres() {
    killed(Backend::Postgres);
}

/// Certificates, each of which a row of a second file replaces.
fn killed_while_it_replaces(backend: Backend) {
    let Some(process) = Process::with(backend, &[]) else { return };
    let mut trouble = Trouble::at(&process, 2_500);
    trouble.until(|view| view["state"] == "validated");
    trouble.approve();
    trouble.until(|view| view["state"] == "done_with_errors");
    let cards = process.client().bearer(&trouble.token).get(&format!("/v1/batches/{}/results?form=ndjson", trouble.id)).expect(200);
    let cards = cards.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let numbers: BTreeMap<i64, String> = cards.map(|card| (card["row"].as_i64().unwrap(), text(&card, "number").to_owned())).collect();
    let line = |(row, line): (i64, &str)| match numbers.get(&row) {
        _ if row == 1 => format!("{line},原证书编号,换发原因"),
        Some(number) => format!("{line},{number},改版换发"),
        None => format!("{line},,"),
    };
    trouble.file = (1..).zip(trouble.file.lines()).map(line).collect::<Vec<_>>().join("\n");
    trouble.id = text(&trouble.send(201), "id").to_owned();
    trouble.until(|view| view["state"] == "validated");
    trouble.approve();
    let (mut kills, mut issued) = (0, 0);
    for pause in [0, 120, 40, 200] {
        let view = trouble.until(|view| view["state"] == "done_with_errors" || view["issued"].as_i64() > Some(issued));
        issued = view["issued"].as_i64().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        kills += usize::from(view["state"] != "done_with_errors");
        process.kill9();
        process.start();
    }
    assert!(kills >= 3, "{kills} kills");
    trouble.is_whole();
    let (valid, db) = (trouble.valid(), process.db());
    let one = |sql: &str| lines_of(&db, sql).join(" ");
    let statuses = one("SELECT status || ' ' || CAST(COUNT(*) AS TEXT) AS line FROM certificates GROUP BY status ORDER BY status");
    assert_eq!(statuses, format!("issued {valid} replaced {valid}"));
    let events = one("SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(COUNT(DISTINCT certificate_id) AS TEXT) AS line FROM certificate_events");
    assert_eq!(events, format!("{valid} {valid}"));
    let pairs = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM certificates o JOIN certificates n ON n.replaces = o.id \
        WHERE o.status = 'replaced' AND o.replaced_by = n.number AND n.status = 'issued' AND n.batch_line = o.batch_line";
    assert_eq!(one(pairs), valid.to_string());
}

#[test]
fn a_server_killed_again_and_again_replaces_each_certificate_once_on_sqlite() {
    killed_while_it_replaces(Backend::Sqlite);
}

#[test]
fn a_server_killed_again_and_again_replaces_each_certificate_once_on_postgres() {
    killed_while_it_replaces(Backend::Postgres);
}

#[test]
fn a_disk_that_fills_up_half_way_loses_nothing_and_the_batch_goes_on() {
    let Some(disk) = Disk::of(32 * 1024) else { return };
    let database = disk.path().join("hufu.sqlite");
    let process = Process::with(Backend::Sqlite, &[("database_url", database.to_str().unwrap())]).unwrap();
    let trouble = Trouble::at(&process, 5_000);
    trouble.until(|view| view["state"] == "validated");
    trouble.approve();
    trouble.until(|view| view["issued"].as_i64() > Some(0));
    let filler = disk.fill();
    let stuck = loop {
        let before = trouble.until(|_| true)["issued"].clone();
        std::thread::sleep(Duration::from_secs(2));
        let after = trouble.until(|_| true)["issued"].clone();
        if before == after {
            break after;
        }
    };
    assert!(stuck.as_i64() < Some(trouble.valid() as i64), "the disk was full before all was issued: {stuck}");
    std::fs::remove_file(filler).unwrap();
    trouble.is_whole();
}

#[test]
fn a_database_that_goes_away_half_way_loses_nothing_and_the_batch_goes_on() {
    let Some(database) = postgres::database() else { return };
    let Some(relay) = Relay::to(&database.url) else { return };
    let Some(process) = Process::with(Backend::Sqlite, &[("database_url", &relay.url)]) else { return };
    let trouble = Trouble::at(&process, 5_000);
    trouble.until(|view| view["state"] == "validated");
    trouble.approve();
    trouble.until(|view| view["issued"].as_i64() > Some(0));
    for _ in 0..3 {
        relay.cut();
        std::thread::sleep(Duration::from_millis(1_500));
        relay.restore();
        std::thread::sleep(Duration::from_millis(700));
    }
    trouble.is_whole();
}
