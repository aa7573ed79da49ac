//! Recognition: what an agreement makes of a certificate, of credit and of a body; waivers; receipts; decisions that are kept and evaluated again.

mod counting;
mod evaluating;
mod receipts;
mod replay;
mod verdicts;
mod waivers;
mod whitelist;

use hufu::access::Role;
use serde_json::{Value, json};

use super::agreements::{act, agreement, digest, file_of, import, next, propose, read, signature};
use super::support::abroad::{Abroad, pin_input};
use super::support::issuing::{body, draft, issue, listing, step, text, with};
use super::support::site::Site;
use super::support::{Answer, Backend, Client, Ran, World};

/// The body of every partner.
const THEIRS: &str = "91310000MA1FL0007C";

/// A world and its partners, whose keys the test holds.
struct Scene<'a> {
    world: &'a World,
    operator: Client,
    partners: Vec<(Abroad, Site)>,
}

impl Scene<'_> {
    fn of<'a>(world: &'a World, codes: &[&'static str]) -> Scene<'a> {
        let (operator, now) = (world.signed_in(Role::Operator, None), world.app.edge.now());
        let pinned = |(n, code): (usize, &&'static str)| {
            let (abroad, site) = (Abroad { code, seed: [n as u8 + 40; 32], ..Abroad::at(now) }, Site::start());
            abroad.publish(&site);
            operator.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).expect(201);
            (abroad, site)
        };
        let partners = codes.iter().enumerate().map(pinned).collect();
        Scene { world, operator, partners }
    }

    /// An agreement that all of its parties have signed.
    fn agree(&self, agreement: &Value) {
        propose(&self.operator, agreement).expect(201);
        self.agree_to(agreement);
    }

    /// The same for one that is proposed.
    fn agree_to(&self, agreement: &Value) {
        act(&self.operator, agreement, "signature").expect(200);
        let now = self.world.app.edge.now();
        let signed: Vec<String> = self.partners.iter().map(|(abroad, _)| signature(agreement, abroad.code, &abroad.signer(), now)).collect();
        let done = import(&self.operator, &file_of(agreement, &signed, &[])).expect(200).json();
        assert_eq!(done["agreement"]["agreed"], true, "{done}");
    }

    fn today(&self) -> String {
        hufu::providers::service::today(&self.world.app).to_string()
    }
}

fn ask(client: &Client, cases: &Value) -> Answer {
    client.post_json("/v1/recognition:evaluate", &json!({"cases": cases}))
}

/// The answer to one question.
#[track_caller]
fn answer(client: &Client, case: &Value) -> Value {
    ask(client, &json!([case])).expect(200).json()["answers"][0].clone()
}

/// An agreement with these grants.
fn with_grants(parties: &[&str], grants: &Value) -> Value {
    with(agreement(parties), "/grants", grants.clone())
}

/// A certificate of another region by a body of its own.
fn foreign(origin: &str, level: u8) -> Value {
    json!({"certificate": {"number": "HF3200002026K7Q2M9X4TB4", "type": "skill-level", "origin": origin, "provider": THEIRS, "occupation": "6-31-01-03",
        "level": level, "grade": "good", "earned": "2026-10-18", "issued": 1_792_281_600}})
}

/// The one check that failed.
#[track_caller]
fn failed(answer: &Value) -> (&str, &str, &str) {
    let checks: Vec<&Value> = answer["decision"]["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(checks.len(), 1, "{answer}");
    (text(checks[0], "check"), text(checks[0], "want"), text(checks[0], "got"))
}

/// Runs the program on the registry of a world.
fn hufu(world: &World, arguments: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
    command.env("LC_ALL", "en_GB.UTF-8").args(arguments).arg("--data-dir").arg(world.folder());
    Ran::of(command.arg("--database-url").arg(world.app.config.text("database_url")), b"")
}

/// Lets somebody tamper.
fn unguard(world: &World, table: &str) {
    let sql = match world.backend {
        Backend::Sqlite => format!("DROP TRIGGER IF EXISTS {table}_no_update"),
        Backend::Postgres => format!("DROP TRIGGER IF EXISTS {table}_append_only ON {table}"),
    };
    world.sql(&sql).unwrap();
}
