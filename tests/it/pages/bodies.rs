//! A registry that issues in batches by itself, with bodies, their clients and their spreadsheets: for the scenes of the page of bodies.

use std::path::PathBuf;

use hufu::access::Role;
use serde_json::{Value, json};

use crate::batches::file;
use crate::support::issuing::body;
use crate::support::server::Jobs;
use crate::support::{Backend, World};

/// The registry, and what the scenes are told of it.
pub struct Bodies {
    told: Value,
    _jobs: Jobs,
    _world: World,
}

/// A client that the scenes sign in with.
fn client(world: &World, role: Role, provider: Option<&str>) -> Value {
    let (id, secret) = world.add(role, provider);
    json!({"id": id, "secret": secret})
}

/// Puts a spreadsheet into the folder of the world: where it stands.
fn keep(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A file of so many people with numbers of its own.
fn numbered(people: std::ops::Range<usize>) -> String {
    let text = file(people.clone());
    let (header, rows) = text.split_once('\n').expect("a header");
    let rows: Vec<String> = rows.lines().zip(people).map(|(row, n)| format!("DG-2026-{n},{row}")).collect();
    format!("证书编号,{header}\n{}", rows.join("\n"))
}

impl Bodies {
    pub fn new() -> Bodies {
        let world = World::with(Backend::Sqlite, &[]).expect("SQLite is always there");
        let (one, two) = (body(&world, 1), body(&world, 2));
        two.client.put_json(&format!("/v1/providers/{}/approval", two.id), &json!({"above": 3})).expect(200);
        let faulty = |text: String, day: &str| text.replacen("2026-10-18", "2026-13-01", 1).replacen("2026-10-18", day, 1);
        let told = json!({
            "url": world.url, "code": one.code,
            "one": client(&world, Role::Provider, Some(&one.id)), "operator": client(&world, Role::Operator, None),
            "auditor": client(&world, Role::Auditor, None),
            "first": client(&world, Role::Provider, Some(&two.id)), "second": client(&world, Role::Provider, Some(&two.id)),
            "files": {
                "whole": keep(&world, "2026年10月电工考试.csv", &file(0..300)),
                "faulty": keep(&world, "2026年10月电工考试（初稿）.csv", &faulty(file(0..300), "2999-01-01")),
                "wrong": keep(&world, "补录名单.csv", &file(1_000..1_060).replace("三级", "十级")),
                "some": keep(&world, "autumn.csv", &faulty(file(2_000..2_040), "soon")),
                "long": keep(&world, "ten-thousand.csv", &file(10_000..10_400)),
                "polled": keep(&world, "polled.csv", &file(3_000..3_020)),
                "dropped": keep(&world, "dropped.csv", &file(4_000..4_020)),
                "cancelled": keep(&world, "cancelled.csv", &file(5_000..5_020)),
                "here": keep(&world, "here.csv", &numbered(6_000..6_010)),
                "twice": keep(&world, "twice.csv", &numbered(6_000..6_012)),
                "operator": keep(&world, "operator.csv", &file(7_000..7_005)),
                "ended": keep(&world, "ended.csv", &file(8_000..8_005)),
                "second": keep(&world, "second.csv", &file(9_000..9_010)),
                "many": keep(&world, "many.csv", &file(9_700..9_730)),
                "issued": keep(&world, "issued.csv", &file(9_500..9_503)),
                "unknown": keep(&world, "unknown.csv", &numbered(9_600..9_602).replacen("证书编号", "工作单位", 1)),
            },
        });
        let jobs = world.jobs();
        Bodies { told, _jobs: jobs, _world: world }
    }

    /// What the scenes are told.
    pub fn told(&self) -> &Value {
        &self.told
    }
}
