//! The Rust of docs/partners.md is the text of `partners/check.rs`, and does what the page says.

mod common;
#[path = "partners/check.rs"]
mod partners;

use common::bundle_vectors;
use common::bundles::anchor;
use common::cases::{card, link};
use partners::check;
use verifier::verdict::Outcome;

const PAGE: &str = include_str!("../../docs/partners.md");
const CHECK: &str = include_str!("partners/check.rs");

#[test]
fn the_page_shows_the_rust_that_is_tested_here() {
    assert!(PAGE.contains(&format!("```rust\n{CHECK}```")));
}

#[test]
fn the_rust_of_the_page_judges_by_a_file_and_a_pin() {
    let all = bundle_vectors::all();
    let key = anchor().key.jwk().x;
    let now = bundle_vectors::soon().0;
    let outcome = |file: &str| check(&all.files[file], "310000", &key, &link(&card()), now).map(|verdict| verdict.outcome).ok();
    assert_eq!(outcome("good"), Some(Outcome::Valid));
    assert_eq!(outcome("revoked"), Some(Outcome::Invalid));
    assert_eq!(outcome("without 2026"), Some(Outcome::Undetermined));
    assert_eq!(outcome("a manifest signed by another key"), None);
}
