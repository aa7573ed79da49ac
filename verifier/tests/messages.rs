//! Every code has words in both languages, and every message belongs to a code that the crate can utter.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use verifier::messages::{all, find};

/// Every string literal in the sources, tests and the table of messages left out, that has the shape of a code.
fn uttered(directory: &Path, prefixes: &BTreeSet<&str>, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("the sources are there") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            uttered(&path, prefixes, codes);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("messages.rs") {
            let source = fs::read_to_string(&path).expect("UTF-8");
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            codes.extend(source.split('"').filter(|text| is_code(text, prefixes)).map(String::from));
        }
    }
}

fn is_code(text: &str, prefixes: &BTreeSet<&str>) -> bool {
    let shape = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
    text.split_once('.').is_some_and(|(prefix, rule)| prefixes.contains(prefix) && shape(rule))
}

#[test]
fn every_code_has_a_message_and_every_message_a_code() {
    let prefixes = all().filter_map(|message| message.code.split('.').next()).collect();
    let mut codes = BTreeSet::new();
    uttered(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &prefixes, &mut codes);
    let with_words: BTreeSet<String> = all().map(|message| message.code.into()).collect();
    assert_eq!(codes, with_words);
    assert_eq!(with_words.len(), all().count(), "a code occurs twice in the table");
}

#[test]
fn every_message_speaks_both_languages() {
    for message in all() {
        assert!(message.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{} has no Chinese", message.code);
        assert!(message.en.is_ascii() && message.en.len() > 5, "{} has no English", message.code);
        assert_eq!(find(message.code).map(|found| found.en), Some(message.en));
    }
    assert!(find("no.such_code").is_none());
}
