//! Other people's libraries check what the registry publishes: PyJWT with cryptography, and jose. `tests/peers/setup` installs them; where
//! one is missing its test says so and is skipped, unless `CI` is set.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::support::issuing::{body, draft, issue, step, text};
use super::support::{Backend, World};

/// Whether `file` is there; a test that needs it is skipped otherwise.
fn installed(file: &str) -> bool {
    let there = Path::new(file).exists();
    assert!(there || std::env::var_os("CI").is_none(), "CI is set and {file} is missing: run tests/peers/setup");
    if !there {
        eprintln!("skipped: {file} is missing (tests/peers/setup installs it)");
    }
    there
}

/// Whether the peer finds the card signed and its status as told.
fn agrees(world: &World, program: [&str; 2], certificate: &Value, revoked: bool, suspended: bool) -> Result<(), String> {
    let given = json!({"url": world.url, "public_url": world.app.config.public_url(), "card": certificate["card"], "revoked": revoked, "suspended": suspended});
    let ran = Command::new(program[0]).args([program[1], &given.to_string()]).output().expect("the peer runs");
    let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
    if ran.status.success() && said.contains("agrees") { Ok(()) } else { Err(said) }
}

/// Eight certificates fill a byte of each list, of which one is revoked and one suspended, so that a wrong order of bits is seen.
fn follows_a_life(program: [&str; 2]) {
    let world = World::with(Backend::Sqlite, &[]).expect("SQLite is always there");
    let issuer = body(&world, 1);
    let issued: Vec<Value> = (0..8).map(|_| issue(&issuer.client, &draft())).collect();
    let [_, revoked, suspended, ..] = issued.as_slice() else { panic!("eight were issued") };
    for certificate in [revoked, suspended] {
        agrees(&world, program, certificate, false, false).unwrap();
    }
    step(&issuer.client, revoked, "revoke").expect(200);
    step(&issuer.client, suspended, "suspend").expect(200);
    for certificate in &issued {
        let is = |other: &Value| text(certificate, "id") == text(other, "id");
        agrees(&world, program, certificate, is(revoked), is(suspended)).unwrap();
    }
    let refused = agrees(&world, program, revoked, false, false).expect_err("the peer does look at the bit");
    assert!(!refused.contains("agrees"), "{refused}");
}

#[test]
fn pyjwt_verifies_card_and_lists_by_the_published_keys_and_reads_each_status() {
    let python = "tests/peers/.venv/bin/python";
    if installed(python) {
        follows_a_life([python, "tests/peers/verify.py"]);
    }
}

#[test]
fn jose_verifies_card_and_lists_by_the_published_keys_and_reads_each_status() {
    if installed("tests/peers/node_modules/jose") {
        follows_a_life(["node", "tests/peers/verify.mjs"]);
    }
}
