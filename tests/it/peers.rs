//! Other people's libraries check what the registry publishes: PyJWT with cryptography, and jose. `tests/peers/setup` installs them; where
//! one is missing its test says so and is skipped, unless `CI` is set.

use std::path::{Path, PathBuf};
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

const PYTHON: &str = "tests/peers/.venv/bin/python";
const VECTORS: &str = "verifier/tests/vectors/bundle.json";
const DICTIONARY: &str = "verifier/src/hf1/dictionary.bin";

/// What a program said, and whether it ended well.
fn said(program: &mut Command) -> (bool, String) {
    let ran = program.output().expect("the peer runs");
    (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
}

#[test]
fn pyjwt_comes_to_the_outcome_of_every_bundle_vector_that_needs_no_delta() {
    if installed(PYTHON) {
        let (well, words) = said(Command::new(PYTHON).args(["tests/peers/vectors.py", VECTORS, DICTIONARY]));
        let verdicts = words.split_once("agrees: ").and_then(|(_, rest)| rest.split(' ').next()).and_then(|count| count.parse().ok());
        assert!(well && verdicts >= Some(100), "{words}");
    }
}

/// Copies the first block of a language out of a page.
fn snippet(page: &str, language: &str) -> String {
    let text = std::fs::read_to_string(page).expect("the page is there");
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("a snippet");
    rest.split_once("```").expect("an end").0.replace("HUFU", env!("CARGO_MANIFEST_DIR"))
}

/// A folder with the snippets of the pages, and a file of the vectors by its name.
struct Pages(tempfile::TempDir);

impl Pages {
    fn new() -> Pages {
        let pages = Pages(tempfile::tempdir().expect("a folder"));
        for (name, page, language) in
            [("check.py", "docs/partners.md", "python"), ("hf1.py", "docs/formats/hf1.md", "python"), ("check.mjs", "docs/partners.md", "js")]
        {
            std::fs::write(pages.path(name), snippet(page, language)).expect("a snippet");
        }
        pages
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The arguments of a snippet: file, region, key; and of its card: text, now.
    fn of_case(&self, name: &str) -> ([String; 3], [String; 2]) {
        let vectors: Value = serde_json::from_str(&std::fs::read_to_string(VECTORS).expect("vectors")).expect("JSON");
        let case = vectors["cases"].as_array().expect("cases").iter().find(|case| case["name"] == name).expect(name);
        let file = verifier::base64url::decode(text(&vectors["bundles"], text(case, "bundle"))).expect("base64url");
        let path = self.path("bundle.hufu");
        std::fs::write(&path, file).expect("a file");
        let pin = &case["anchor"];
        (
            [path.display().to_string(), text(pin, "region").to_owned(), text(pin, "key").to_owned()],
            [text(case, "card").to_owned(), case["now"].to_string()],
        )
    }
}

#[test]
fn the_python_of_the_page_for_partners_tells_good_from_revoked_from_forged() {
    if !installed(PYTHON) {
        return;
    }
    let pages = Pages::new();
    for (case, well, words) in [
        ("a card by its link", true, "张三 in force"),
        ("a card as a plain JWS", true, "张三 in force"),
        ("a partner's card by a fresh partner", true, "张三 in force"),
        ("revoked and fresh", true, "张三 revoked"),
        ("suspended", true, "张三 suspended"),
        ("replaced by a number that is named", true, "张三 replaced by HF3100002026ZZZZZZZZZZD"),
        ("suspended at the end of the last of several lists", true, "张三 suspended"),
        ("a card with the signature of another", false, "InvalidSignatureError"),
        ("a key superseded before issue", false, "the key was revoked"),
        ("a key whose window ends at the time of issue", false, "outside the window"),
        ("the instant at which the facts expire", false, "nothing is known any more"),
        ("an index past the end of its list", false, "newer than the bundle"),
    ] {
        let (pin, card) = pages.of_case(case);
        let program = pages.path("check.py");
        let ran = said(Command::new(PYTHON).env("PYTHONUTF8", "1").arg(program).args(pin).arg(DICTIONARY).args(card));
        assert!(ran.0 == well && ran.1.contains(words), "{case}: {}", ran.1);
    }
}

#[test]
fn the_javascript_of_the_page_for_partners_gives_the_verdict() {
    let pages = Pages::new();
    for (case, words) in [
        ("a card by its link", "valid"),
        ("the first second that is not fresh", "valid-as-of"),
        ("revoked and fresh", "invalid status.revoked"),
        ("an older year's keys are not at hand", "undetermined signature.key_unknown"),
    ] {
        let (pin, card) = pages.of_case(case);
        let (well, said) = said(Command::new("node").arg(pages.path("check.mjs")).args(pin).args(card));
        assert!(well && said.trim() == words, "{case}: {said}");
    }
}
