//! `hufu verify --batch`: many lines, each with its verdict in its place.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::Value;
use verifier::card::{Card, Claims};
use verifier::jws::Signer;

use super::super::support::facts::bundles::file;
use super::super::support::facts::cases::link;
use super::super::support::facts::claims;
use super::bundle::{desk, fresh, later, pin};
use super::offline::card_at;
use super::{Desk, Ran, forged, issue, operator, provider};

/// A desk with a bundle, and the arguments that judge by it.
fn with_bundle() -> (Desk, std::path::PathBuf, Vec<String>) {
    let (desk, here) = desk();
    std::fs::write(here.join("x.hufu"), file(&[&later(&fresh())])).unwrap();
    let arguments = ["verify", "--lang", "en", "--bundle", "x.hufu", "--pin", &pin("310000"), "--batch"].map(str::to_owned);
    (desk, here, arguments.to_vec())
}

fn run(desk: &Desk, arguments: &[String], source: &str, input: &[u8]) -> Ran {
    let mut all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all.push(source);
    Ran::of(&mut desk.command(&all), input)
}

/// (text, outcome, code of some step)
fn kinds() -> Vec<(String, &'static str, &'static str)> {
    let good = card_at(4711);
    let unknown = Card::sign(&Claims { exp: None, ..claims() }, &Signer::from_seed(&[99; 32])).unwrap();
    vec![
        (link(&good), "valid", "signature.ok"),
        (good.jws().to_owned(), "valid", "form.ok"),
        (link(&card_at(48)), "invalid", "status.revoked"),
        (forged(good.jws()), "invalid", "signature.wrong"),
        (link(&card_at(6_000)), "undetermined", "status.newer_than_facts"),
        (unknown.jws().to_owned(), "undetermined", "signature.key_unknown"),
        ("hello".to_owned(), "undetermined", "form.not_hufu"),
        (String::new(), "undetermined", "form.not_hufu"),
        ("1".repeat(9_000), "undetermined", "form.too_long"),
        ("1".repeat(3 << 20), "undetermined", "form.too_long"),
    ]
}

#[test]
fn thousands_of_lines_keep_their_order_and_the_worst_decides() {
    let (desk, here, arguments) = with_bundle();
    let kinds = kinds();
    // Every kind, in an order that does not repeat with any chunk; of the longest only one.
    let order: Vec<usize> = (0..5_000).map(|n| if n == 2_500 { 9 } else { (n + n / 9) % 9 }).collect();
    let input: String = order.iter().map(|kind| kinds[*kind].0.clone() + "\n").collect();
    std::fs::write(here.join("cards.txt"), &input).unwrap();
    let ran = run(&desk, &arguments, "cards.txt", b"").expect(1);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), order.len());
    for (at, (verdict, kind)) in lines.iter().zip(&order).enumerate() {
        let (_, outcome, code) = &kinds[*kind];
        assert_eq!(verdict["outcome"], *outcome, "line {at}");
        assert!(verdict["steps"].as_array().unwrap().iter().any(|step| step["code"] == *code), "line {at}: {verdict}");
    }
    let count = |outcome: &str| order.iter().filter(|kind| kinds[**kind].1 == outcome).count();
    let said =
        format!("{} valid, 0 valid as of the date of the data, {} invalid, {} undetermined", count("valid"), count("invalid"), count("undetermined"));
    assert!(ran.err.starts_with("5000 judged in ") && ran.err.contains(&said), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "no bar where there is no terminal: {}", ran.err);
    // Standard input gives the same, and so does a file with other ends of lines and a mark at its beginning.
    assert_eq!(run(&desk, &arguments, "-", input.as_bytes()).expect(1).out, ran.out);
    std::fs::write(here.join("dos.txt"), format!("\u{feff}{}", input.replace('\n', "\r\n"))).unwrap();
    assert_eq!(run(&desk, &arguments, "dos.txt", b"").expect(1).out, ran.out);
}

#[test]
fn the_exit_code_is_that_of_the_worst_line() {
    let (desk, _, arguments) = with_bundle();
    let good = link(&card_at(4711));
    for (input, code) in
        [(format!("{good}\n{good}"), 0), (format!("{good}\n\n"), 2), (format!("x\n{}\n", forged(card_at(1).jws())), 1), (String::new(), 0)]
    {
        run(&desk, &arguments, "-", input.as_bytes()).expect(code);
    }
    assert!(run(&desk, &arguments, "none.txt", b"").expect(3).err.contains("cli.no_file"));
    assert!(run(&desk, &arguments, ".", b"").expect(3).err.contains("cli.folder"));
    // Bytes that are no text are unreadable, not a crash.
    assert!(run(&desk, &arguments, "-", b"\xff\xfe\x00\n\x80").expect(2).out.matches("form.not_hufu").count() == 2);
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let (desk, here, arguments) = with_bundle();
    let mut cards = std::fs::File::create(here.join("many.txt")).unwrap();
    let line = link(&card_at(4711)) + "\n";
    (0..20_000).for_each(|_| cards.write_all(line.as_bytes()).unwrap());
    let mut all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all.push("many.txt");
    let mut child = desk.command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(first.contains(r#""outcome":"valid""#));
    drop(out);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr), (Some(0), Vec::new()));
}

both! {
    fn without_a_bundle_the_facts_are_those_of_the_database(process: &Process) {
        let operator = operator(process);
        let provider = provider(&operator);
        let cards: Vec<String> = (0..3).map(|_| issue(&operator, &provider)["qr_text"].as_str().unwrap().to_owned()).collect();
        let input = cards.join("\n") + "\n";
        let ran = Ran::of(&mut process.command(&["verify", "--batch", "-", "--lang", "zh"]), input.as_bytes()).expect(0);
        assert_eq!(ran.out.matches(r#""outcome":"valid""#).count(), 3, "{ran:?}");
        assert!(ran.err.contains("共 3 张") && ran.err.contains("有效 3"), "{ran:?}");
        assert!(process.run(&["verify", "--batch", "-", "hello"]).expect(3).err.contains("--batch"));
    }
}
