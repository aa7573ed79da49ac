//! The rules of this repository that a machine can hold: sizes, who may import whom, what no line may say, what belongs together.
//! (Sizes of functions and forgotten panics are clippy's: see `[workspace.lints]` and the head of src/lib.rs.)

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Longest source file, in lines.
const LINES_MAX: usize = 500;

/// The business, lowest first: a slice may import the ones before it.
const SLICES: [&str; 22] = [
    "qr",
    "evidence",
    "regions",
    "access",
    "webhooks",
    "providers",
    "keys",
    "partners",
    "agreements",
    "learners",
    "ledger",
    "certificates",
    "batches",
    "changes",
    "achievements",
    "programmes",
    "recognition",
    "credits",
    "transfers",
    "trust",
    "verification",
    "receipts",
];

/// Folders under src/ that are not the business: what all slices stand on, or what stands on all of them.
const NOT_SLICES: [&str; 6] = ["db", "http", "cli", "jobs", "pages", "messages"];

/// Lints that are switched off somewhere in shipped code: each has its reason beside it there, and a line here.
const ALLOWANCES: [(&str, &str); 15] = [
    ("src/access/api.rs", "dead_code"),
    ("src/achievements/store.rs", "missing_docs"),
    ("src/agreements/store.rs", "missing_docs"),
    ("src/app.rs", "dead_code"),
    ("src/batches/store.rs", "missing_docs"),
    ("src/certificates/store.rs", "missing_docs"),
    ("src/db/bulk.rs", "dead_code"),
    ("src/db/conn.rs", "missing_docs"),
    ("src/db/schema.rs", "missing_docs"),
    ("src/edge.rs", "clippy::expect_used"),
    ("src/ledger/store/mod.rs", "missing_docs"),
    ("src/programmes/store.rs", "missing_docs"),
    ("src/receipts/store.rs", "missing_docs"),
    ("src/recognition/store.rs", "missing_docs"),
    ("verifier/src/verdict/judge.rs", "clippy::large_enum_variant"),
];

#[test]
fn no_source_file_is_longer_than_500_lines() {
    for (path, text) in files(&["rs", "js", "mjs", "py"]) {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{path} has {lines} lines");
    }
}

#[test]
fn the_web_framework_stays_at_the_edge() {
    let edge = |path: &str| starts(path, &["src/http/", "src/cli/", "src/main.rs"]) || layer(path) == "api";
    refuse("src/", edge, &["actix_web", "actix_http", "actix_rt", "utoipa_actix_web", "utoipa_swagger_ui"]);
}

#[test]
fn sql_stays_in_the_stores() {
    let store = |path: &str| starts(path, &["src/db/", "src/error.rs"]) || path.ends_with("/store.rs") || layer(path) == "store";
    refuse("src/", store, &["diesel", "diesel_migrations", "crate::db::schema"]);
}

#[test]
fn rules_are_pure() {
    let words = ["actix_web", "diesel", "tokio", "std::time", "std::fs", "std::net", "rand", "getrandom", "uuid", "tracing"];
    refuse("src/", |path| layer(path) != "rules", &words);
    refuse("src/", |path| layer(path) != "rules", &["crate::db", "crate::app", "crate::edge", "crate::http", "crate::config"]);
}

#[test]
fn the_verifier_has_no_clock_no_chance_and_no_input_or_output() {
    let words = ["std::time", "std::fs", "std::net", "std::io", "std::env", "std::process", "getrandom", "rand", "actix_web", "diesel", "tokio"];
    refuse("verifier/src/", |_| false, &words);
    let manifest = fs::read_to_string("verifier/Cargo.toml").unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
    let dependencies = dependencies.split("\n[").next().unwrap();
    for word in ["getrandom", "rand", "actix", "diesel", "tokio", "chrono", "time ="] {
        assert!(!dependencies.lines().any(|line| line.starts_with(word)), "verifier/Cargo.toml depends on {word}");
    }
}

#[test]
fn within_a_slice_nothing_imports_upwards() {
    refuse("src/", |path| layer(path) != "rules", &["super::store", "super::service", "super::api"]);
    refuse("src/", |path| layer(path) != "store", &["super::service", "super::api"]);
    refuse("src/", |path| layer(path) != "service", &["super::api"]);
    // Paging is part of a use case; everything else of HTTP is for the handlers.
    let above = |path: &str| slice(path).is_none_or(|s| NOT_SLICES.contains(&s)) || layer(path) == "api";
    let http = ["body", "cache", "caller", "envelope", "idempotency", "limits", "openapi", "problem", "serve", "Running"];
    let http: Vec<String> = http.iter().map(|part| format!("crate::http::{part}")).chain(["crate::cli".to_owned()]).collect();
    refuse("src/", above, &http.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn slices_import_only_the_slices_before_them() {
    let mut found = Vec::new();
    for (path, text) in files_in("src/", &["rs"]) {
        let Some(own) = slice(&path) else { continue };
        let place = SLICES.iter().position(|s| *s == own);
        assert!(place.is_some() || NOT_SLICES.contains(&own), "say in {} where src/{own} stands", file!());
        let Some(place) = place else { continue };
        for import in imports(&text) {
            let other = import.strip_prefix("crate::").and_then(|rest| rest.split("::").next());
            let later = SLICES.iter().skip(place + 1).any(|s| Some(*s) == other);
            found.extend(later.then(|| format!("{path} imports {import}, which stands above {own}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_is_left_for_later() {
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("to", "do!("), concat!("db", "g!("), concat!("unimple", "mented!(")];
    for (path, text) in files(&["rs", "js", "mjs", "py", "sh", "sql", "html", "css", "md", "toml", "run"]) {
        for (at, line) in text.lines().enumerate() {
            let mark = marks.iter().find(|mark| line.contains(*mark));
            assert!(mark.is_none(), "{path}:{}: {}", at + 1, mark.unwrap_or(&""));
        }
    }
}

#[test]
fn lints_are_switched_off_only_where_the_list_says() {
    let mut found = BTreeSet::new();
    for (path, text) in files_in("src/", &["rs"]).into_iter().chain(files_in("verifier/src/", &["rs"])) {
        for line in shipped(&text) {
            let inner = line.split_once("[allow(").or_else(|| line.split_once("[expect(")).and_then(|(_, rest)| rest.split(')').next());
            let lints = inner.into_iter().flat_map(|i| i.split(',')).map(str::trim).take_while(|l| !l.starts_with("reason"));
            found.extend(lints.map(|lint| (path.clone(), lint.to_owned())));
        }
    }
    let listed: BTreeSet<_> = ALLOWANCES.iter().map(|(path, lint)| ((*path).to_owned(), (*lint).to_owned())).collect();
    assert_eq!(found, listed);
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    for (path, text) in files(&["toml"]) {
        let member = path.ends_with("Cargo.toml") && !path.starts_with("fuzz/");
        assert!(!member || text.contains("[lints]\nworkspace = true"), "{path} lacks [lints] workspace = true");
    }
}

#[test]
fn every_migration_goes_up_and_down() {
    let mut seen = 0;
    for entry in fs::read_dir("migrations").unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for name in ["up.sql", "down.sql"] {
            let text = fs::read_to_string(entry.join(name)).unwrap_or_else(|e| panic!("{}: {e}", entry.join(name).display()));
            assert!(!text.trim().is_empty(), "{} is empty", entry.join(name).display());
        }
        seen += 1;
    }
    assert!(seen >= 5);
}

#[test]
fn every_integration_test_file_is_part_of_its_binary() {
    let main = fs::read_to_string("tests/it/main.rs").unwrap();
    for entry in fs::read_dir("tests/it").unwrap().map(|e| e.unwrap().path()) {
        let name = entry.file_stem().unwrap().to_str().unwrap();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "tests/it/main.rs lacks `mod {name};`");
    }
}

#[test]
fn every_page_of_the_documentation_is_linked_and_every_link_leads_somewhere() {
    let mut linked = BTreeSet::new();
    for (path, text) in files(&["md"]) {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split(['#', ' ']).next().unwrap();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") || file.starts_with('/') {
                continue;
            }
            match Path::new(&path).parent().unwrap().join(file).canonicalize() {
                Ok(found) => drop(linked.insert(found)),
                Err(e) => panic!("{path} links to {target}: {e}"),
            }
        }
    }
    for (path, _) in files(&["md"]).iter().filter(|(path, _)| path.starts_with("docs/")) {
        assert!(linked.contains(&Path::new(path).canonicalize().unwrap()), "no page links to {path}");
    }
}

#[test]
fn the_pages_ask_no_third_party() {
    for (path, text) in files_in("web/", &["html", "js", "mjs", "css", "svg", "json", "webmanifest"]) {
        for (at, line) in text.lines().enumerate() {
            let hosts = line.split("://").skip(1).map(|rest| rest.split(['/', '"', '\'', ' ', ')', '<', '`']).next().unwrap_or(""));
            // Names of XML vocabularies are never fetched; example hosts (RFC 2606) stand in examples.
            let strange = hosts
                .into_iter()
                .find(|h| !h.is_empty() && *h != "www.w3.org" && !h.ends_with("example") && !h.ends_with("test") && !h.starts_with('$'));
            assert!(strange.is_none(), "{path}:{}: {}", at + 1, strange.unwrap_or(""));
        }
    }
}

#[test]
fn the_reader_of_imports_sees_them_all() {
    let text = "use a::{self, b::{c, d as e},\n    f};\npub(super) use g::h;\nfn x() { crate::i::j(); let y: super::k::L; }\n// use m::n;\n#[cfg(test)]\nuse o::p;\n";
    assert_eq!(imports(text), ["a", "a::b::c", "a::b::d", "a::f", "g::h", "crate::i::j", "super::k::L"]);
}

/// Fails where a file under `root`, other than those `allowed`, imports one of `words` or something inside it.
fn refuse(root: &str, allowed: impl Fn(&str) -> bool, words: &[&str]) {
    let named = |import: &str| words.iter().any(|w| import == *w || import.strip_prefix(*w).is_some_and(|rest| rest.starts_with("::")));
    let mut found = Vec::new();
    for (path, text) in files_in(root, &["rs"]).iter().filter(|(path, _)| !allowed(path)) {
        found.extend(imports(text).into_iter().filter(|i| named(i)).map(|import| format!("{path} imports {import}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn starts(path: &str, with: &[&str]) -> bool {
    with.iter().any(|prefix| path.starts_with(prefix))
}

/// The slice or other folder under src/ that a file is in.
fn slice(path: &str) -> Option<&str> {
    let (folder, _) = path.strip_prefix("src/")?.split_once('/')?;
    Some(folder)
}

/// `api`, `service`, `store`, `rules` ...: of src/keys/store.rs and of src/keys/store/find.rs it is `store`.
fn layer(path: &str) -> &str {
    path.strip_prefix("src/").and_then(|rest| rest.split('/').nth(1)).map_or("", |name| name.trim_end_matches(".rs"))
}

/// The lines that are compiled into the product, without comments.
fn shipped(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
    lines.filter(|line| !line.trim_start().starts_with("//")).map(|line| line.split(" // ").next().unwrap_or(line))
}

/// Every path that is imported by `use`, braces resolved, and every path from `crate::`, `super::`, `std::` or a crate in running text.
fn imports(text: &str) -> Vec<String> {
    let code: Vec<&str> = shipped(text).collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let start = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "].iter().find_map(|head| {
            let at =
                if statement.trim_start().starts_with(head) { statement.find(head) } else { statement.find(&format!("\n{head}")).map(|n| n + 1) };
            at.map(|n| n + head.len())
        });
        match start {
            Some(n) => expand("", statement[n..].trim_end_matches(';'), &mut found),
            None => rest.push_str(statement),
        }
    }
    let path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let inline = rest.split(|c| !path(c)).filter(|word| word.contains("::") && !word.starts_with(':')).map(|word| word.trim_end_matches(':'));
    found.extend(inline.map(str::to_owned));
    found
}

/// Resolves one use tree: `{self, b::{c, d as e}}` under `prefix`.
fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let join = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    if let Some((head, inner)) = tree.split_once('{') {
        let head = head.trim().trim_end_matches("::");
        let prefix = if head.is_empty() { prefix.to_owned() } else { join(head) };
        let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner).to_owned() + ",";
        let (mut depth, mut start) = (0, 0);
        for (at, c) in inner.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(&prefix, &inner[start..at], found);
                    start = at + 1;
                }
                _ => {}
            }
        }
    } else if !tree.is_empty() {
        let name = tree.split(" as ").next().unwrap_or(tree).trim();
        found.push(if name == "self" { prefix.to_owned() } else { join(name) });
    }
}

fn files(endings: &[&str]) -> Vec<(String, String)> {
    files_in("", endings)
}

/// Path and text of every file of ours under `root` with one of the endings.
fn files_in(root: &str, endings: &[&str]) -> Vec<(String, String)> {
    const FOREIGN: [&str; 7] = ["target", "node_modules", "hufu-data", "corpus", "artifacts", "vendor", "proptest-regressions"];
    let mut found = Vec::new();
    let mut folders = vec![Path::new(".").join(root)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().map(|e| e.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap();
            let path = entry.to_str().unwrap().trim_start_matches("./").to_owned();
            if entry.is_dir() {
                let skip = FOREIGN.contains(&name) || (name.starts_with('.') && name != ".ci");
                folders.extend((!skip).then_some(entry));
            } else if endings.contains(&name.rsplit('.').next().unwrap()) {
                found.push((path, fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    assert!(root == "web/" || !found.is_empty(), "nothing under {root:?}");
    found.sort();
    found
}
