//! The pages of docs/formats show the bytes of the vectors, and every code of a verdict.

use serde_json::Value;
use verifier::base64url;
use verifier::hf1::{DICTIONARY, DICTIONARY_SHA256};
use verifier::messages::{AGREEMENTS, RECEIPTS, TRANSFERS, VERDICTS};
use verifier::recognition::CheckName;
use verifier::transfer::Reason;

const CARD: &str = include_str!("../../docs/formats/card.md");
const HF1: &str = include_str!("../../docs/formats/hf1.md");
const BUNDLE: &str = include_str!("../../docs/formats/bundle.md");
const STATUS: &str = include_str!("../../docs/formats/status.md");
const VERDICT: &str = include_str!("../../docs/formats/verdict.md");
const AGREEMENT: &str = include_str!("../../docs/formats/agreement.md");
const TRANSFER: &str = include_str!("../../docs/formats/transfer.md");
const RECOGNITION: &str = include_str!("../../docs/formats/recognition.md");
const DOCUMENTS: [(&str, &str); 8] = [
    ("scheme", include_str!("../../docs/formats/scheme.md")),
    ("achievement", include_str!("../../docs/formats/achievement.md")),
    ("programme", include_str!("../../docs/formats/programme.md")),
    ("redemption", include_str!("../../docs/formats/redemption.md")),
    ("agreement-signature", AGREEMENT),
    ("notice", AGREEMENT),
    ("waiver", RECOGNITION),
    ("receipt", RECOGNITION),
];

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn holds(page: &str, text: &Value) {
    let text = text.as_str().expect("a string");
    assert!(page.contains(text), "the page lacks {text}");
}

#[test]
fn the_examples_are_the_vectors() {
    let card = vectors(include_str!("vectors/card.json"));
    for member in ["seed", "public", "thumbprint", "kid"] {
        holds(CARD, &card[member]);
    }
    holds(CARD, &card["accepted"][0]["jws"]);
    holds(CARD, &card["accepted"][0]["payload"]);
    holds(HF1, &vectors(include_str!("vectors/hf1.json"))["vectors"][0]["type2"]);
    let status = vectors(include_str!("vectors/status.json"));
    for member in ["revocation", "suspension", "lst"] {
        holds(STATUS, &status[member]);
    }
}

#[test]
fn the_example_of_a_bundle_is_its_vector() {
    let all = vectors(include_str!("vectors/bundle.json"));
    let plain = |name: &str| base64url::decode(all["bundles"][name].as_str().expect("a file")).expect("base64url");
    let file: Value = serde_json::from_slice(&plain("good, as plain JSON")).expect("JSON");
    let manifest = file["manifests"]["310000"].as_str().expect("a manifest");
    for part in manifest.split('.').take(2) {
        let text = String::from_utf8(base64url::decode(part).expect("base64url")).expect("JSON");
        assert!(BUNDLE.contains(&format!("```json\n{text}\n```")), "the page lacks {text}");
    }
    for text in file["parts"].as_object().expect("parts").values() {
        holds(BUNDLE, text);
    }
    let delta = String::from_utf8(plain("delta")).expect("JSON");
    assert!(BUNDLE.contains(&delta), "the page lacks {delta}");
    for rule in ["rollback", "equivocation", "unrevoked", "key_unrevoked", "shrunk", "part_missing", "part_digest", "part_unnamed", "too_large"] {
        assert!(BUNDLE.contains(&format!("`bundle.{rule}`")), "{rule}");
    }
}

#[test]
fn the_examples_of_documents_are_their_vectors_and_the_pages_name_their_codes() {
    let all = vectors(include_str!("vectors/documents.json"));
    for vector in all["accepted"].as_array().expect("a list") {
        let page = DOCUMENTS.iter().find(|(kind, _)| vector["kind"] == *kind).expect("a page").1;
        for member in ["payload", "jws", "digest"] {
            holds(page, &vector[member]);
        }
        let header = vector["jws"].as_str().and_then(|jws| jws.split('.').next()).expect("a header");
        let header = String::from_utf8(base64url::decode(header).expect("base64url")).expect("JSON");
        assert!(page.contains(&format!("```json\n{header}\n```")), "the page lacks {header}");
    }
    let refused = all["refused"].as_array().expect("a list").iter().filter_map(|vector| vector["code"].as_str());
    for code in refused.filter(|code| code.starts_with("document.")) {
        assert!(DOCUMENTS.iter().any(|(_, page)| page.contains(&format!("`{code}`"))), "{code}");
    }
}

#[test]
fn the_page_of_programmes_lists_every_check_in_order() {
    let all = vectors(include_str!("vectors/programme.json"));
    let checks = all["check"][0]["checks"].as_array().expect("a list");
    let rows = checks.iter().map(|check| check["check"].as_str().expect("a name").replace(":core", ":CATEGORY"));
    let rows: Vec<_> = rows.map(|check| format!("| `{check}` |")).collect();
    let (_, table) = DOCUMENTS[2].1.split_once("## Checks").expect("the section");
    let listed: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(listed.len(), rows.len());
    assert!(listed.iter().zip(&rows).all(|(line, row)| line.starts_with(row)), "{listed:?}");
}

#[test]
fn the_page_of_agreements_shows_the_example_and_names_every_code() {
    assert!(AGREEMENT.contains(include_str!("vectors/agreement-example.json")), "the example");
    for message in AGREEMENTS {
        assert!(AGREEMENT.contains(&format!("| `{}` |", message.code)), "{}", message.code);
    }
}

#[test]
fn the_page_of_transfers_shows_every_kind_and_names_every_code_and_reason() {
    let all = vectors(include_str!("vectors/transfer.json"));
    for vector in all["accepted"].as_array().expect("a list") {
        holds(TRANSFER, &vector["payload"]);
    }
    holds(TRANSFER, &all["accepted"][0]["jws"]);
    for message in TRANSFERS {
        assert!(TRANSFER.contains(&format!("| `{}` | {} |", message.code, message.en)), "{}", message.code);
    }
    let (_, table) = TRANSFER.split_once("| `reason` | |").expect("the table");
    let listed = table.lines().skip(2).take_while(|line| line.starts_with("| `")).count();
    assert_eq!(listed, Reason::ALL.len());
    assert!(Reason::ALL.iter().all(|reason| table.contains(&format!("| `{reason}` |"))));
}

#[test]
fn the_page_of_recognition_lists_every_check_in_order_and_shows_a_decision() {
    let (_, table) = RECOGNITION.split_once("## Checks").expect("the section");
    let (table, _) = table.split_once("## Results").expect("the next");
    let listed: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(listed.len(), CheckName::ALL.len());
    for (line, check) in listed.iter().zip(CheckName::ALL) {
        assert!(line.starts_with(&format!("| `{check}` |")), "{line}");
    }
    let all = vectors(include_str!("vectors/recognition.json"));
    let shown = ["scope: covered", "converted by four fifths, each lot rounded down", "level: none"];
    for name in shown {
        let vector = all.as_array().and_then(|all| all.iter().find(|vector| vector["name"] == name)).expect("the vector");
        holds(RECOGNITION, &vector["decision"]);
    }
}

#[test]
fn the_page_of_recognition_shows_the_verdict_on_a_receipt_and_names_every_code() {
    let all = vectors(include_str!("vectors/receipt.json"));
    let good = all.as_array().and_then(|all| all.iter().find(|vector| vector["name"] == "good")).expect("the vector");
    let (_, section) = RECOGNITION.split_once("### Is it good").expect("the section");
    let example = section.split("```json").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(vectors(example), good["verdict"]);
    for message in RECEIPTS {
        let row = section.lines().find(|line| line.starts_with(&format!("| `{}` |", message.code))).expect(message.code);
        assert!(row.contains(message.zh) && row.contains(message.en), "{}", message.code);
    }
}

#[test]
fn the_example_of_a_verdict_is_its_vector() {
    let all = vectors(include_str!("vectors/verdict.json"));
    let vector = all.as_array().and_then(|all| all.iter().find(|vector| vector["name"] == "replaced by a known number")).expect("the vector");
    let example = VERDICT.split("```json").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(vectors(example), vector["verdict"]);
}

#[test]
fn the_page_of_hf1_names_the_dictionary_and_the_page_of_verdicts_every_code() {
    assert!(HF1.contains(DICTIONARY_SHA256));
    assert_eq!(DICTIONARY.len(), 2_559);
    for message in VERDICTS {
        let row = VERDICT.lines().find(|line| line.starts_with(&format!("| `{}` |", message.code))).expect(message.code);
        assert!(row.contains(message.zh) && row.contains(message.en), "{}", message.code);
    }
}
