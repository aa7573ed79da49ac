//! Files that are refused, each with its code. Small ones; those that only size makes bad are in `tests/bundle_refusals.rs`.

use super::super::bundles::{anchor, anchor_of, file, key_row, region_signer};
use super::super::cases::{card, link};
use super::super::signer;
use super::super::world::DAY;
use super::{Cases, RegionFacts, Step, contents, next};
use std::sync::Arc;
use verifier::base64url;
use verifier::bundle::{Contents, Hash, KeysPart, PartName, PartRef};
use verifier::jws::sign_compact;
use verifier::status::gzip;
use verifier::verdict::Outcome;

pub fn add(all: &mut Cases) {
    streams(all);
    manifests(all);
    signed_texts(all);
    parts(all);
    part_texts(all);
}

fn refused(all: &mut Cases, name: &'static str, bytes: Vec<u8>, code: &'static str) {
    all.file(name, bytes);
    all.refuses(name, name, &[], code);
}

/// gzip and JSON around everything.
fn streams(all: &mut Cases) {
    // One part is enough: nothing of it is looked at.
    let mut few = contents(&[&RegionFacts::good()]);
    few.parts.retain(|_, text| text.contains("revoked/1"));
    let json = few.to_json();
    let text = String::from_utf8(json.clone()).expect("UTF-8");
    let good = gzip(&json);
    let altered = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    for (name, bytes) in [
        ("a gzip file cut short", good[..good.len() - 1].to_vec()),
        ("a gzip file cut to its magic", good[..2].to_vec()),
        ("a gzip file with a byte after it", [&good[..], &[0]].concat()),
        ("a gzip file of two members", [&good[..], &gzip(b"")].concat()),
        ("a gzip file with a flipped bit in the middle", altered(good.len() / 2)),
        ("a gzip file with a wrong checksum", altered(good.len() - 8)),
        ("a gzip file with a wrong length", altered(good.len() - 4)),
        ("a gzip file by another method", altered(2)),
        ("a gzip file with a reserved flag", [&good[..3], &[0x20], &good[4..]].concat()),
    ] {
        refused(all, name, bytes, "bundle.compression");
    }
    let replaced = |from: &str, to: &str| text.replacen(from, to, 1).into_bytes();
    let (manifests, parts) = (r#""manifests":{"#, r#""parts":{"#);
    let member = |name: &str| format!(r#""{name}":{{}},"#);
    let own = contents(&[&RegionFacts::good()]).manifests.pop_first().expect("a manifest").1;
    for (name, bytes) in [
        ("an empty file", Vec::new()),
        ("a file cut short", json[..json.len() - 1].to_vec()),
        ("a file with text after it", [&json[..], b"x"].concat()),
        ("a file that is an array", format!("[{text}]").into_bytes()),
        ("a file with a byte order mark", ["\u{feff}".as_bytes(), &json].concat()),
        ("a file in UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a file gzipped twice", gzip(&good)),
        ("a file with an unknown member", replaced(manifests, &format!(r#""extra":1,{manifests}"#))),
        ("a file with a member twice", replaced(manifests, &format!("{}{manifests}", member("manifests")))),
        ("a file without parts", format!(r#"{{"manifests":{{"310000":"{own}"}}}}"#).into_bytes()),
        ("a file whose manifests are an array", replaced(manifests, r#""manifests":[],"was":{"#)),
        ("a region that stands twice", replaced(manifests, &format!(r#"{manifests}"310000":"{own}","#))),
        ("a region that is none", replaced(r#""310000":"#, r#""31000O":"#)),
        ("a digest in upper case", replaced(parts, &format!(r#"{parts}"{}":"","#, "A".repeat(64)))),
        ("a digest that stands twice", replaced(parts, &format!(r#"{parts}"{0}":"","{0}":"","#, Hash::of(b"")))),
        ("a part that is no string", replaced(parts, &format!(r#"{parts}"{}":{{}},"#, Hash::of(b"{}")))),
        ("a file of deep nesting", [br#"{"manifests":"#.to_vec(), vec![b'['; 5_000]].concat()),
        ("a file with half a surrogate", replaced(r#""310000":""#, r#""310000":"\ud800"#)),
    ] {
        let bytes = if bytes.len() > 100 { gzip(&bytes) } else { bytes };
        refused(all, name, bytes, "bundle.file");
    }
    let text = String::from_utf8(contents(&[&RegionFacts::good()]).to_json()).expect("UTF-8");
    all.file("a file with line breaks", gzip(text.replace(r#","parts""#, ",\r\n\"parts\"").as_bytes()));
    let name = "how a file's JSON is broken into lines is no matter";
    all.judged(name, "a file with line breaks", &link(&card()), super::soon(), Outcome::Valid, "");
}

/// Manifests: whose, by whose key, in which place.
fn manifests(all: &mut Cases) {
    let good = RegionFacts::good();
    let own = anchor().region;
    let altered = |change: &dyn Fn(&mut Contents)| {
        let mut altered = contents(&[&good]);
        altered.parts.clear();
        change(&mut altered);
        gzip(&altered.to_json())
    };
    let set = |text: String| altered(&|contents| drop(contents.manifests.insert(own.clone(), text.clone())));
    refused(all, "no manifest at all", altered(&|contents| contents.manifests.clear()), "bundle.no_own_manifest");
    refused(all, "a manifest signed by another key", set(good.manifest_under("320000")), "bundle.manifest_key");
    all.refuses(
        "a held bundle and a file signed by another key",
        "good",
        &[(Step::Update, "a manifest signed by another key")],
        "bundle.manifest_key",
    );
    // The header names the right key, the signature is another's.
    let (input, _) = good.manifest_text().rsplit_once('.').map(|(input, end)| (input.to_owned(), end.to_owned())).expect("three parts");
    let by_other = base64url::encode(&region_signer("320000").sign(input.as_bytes()));
    refused(all, "a manifest with another's signature", set(format!("{input}.{by_other}")), "bundle.manifest_signature");
    let (_, of_next) = next().manifest_text().rsplit_once('.').map(|(input, end)| (input.to_owned(), end.to_owned())).expect("three parts");
    refused(all, "a manifest with the signature of the next", set(format!("{input}.{of_next}")), "bundle.manifest_signature");
    refused(all, "a manifest cut short", set(input), "bundle.manifest_form");
    let partner = RegionFacts::partner();
    refused(all, "a partner that is not pinned", file(&[&good, &partner]), "bundle.not_a_peer");
    let pinned = good.clone().with_peer("320000");
    let with_partner = |text: String| {
        let mut altered = contents(&[&pinned, &partner]);
        altered.parts.clear();
        altered.manifests.insert(anchor_of("320000").region, text);
        gzip(&altered.to_json())
    };
    refused(all, "a partner's manifest signed by another region", with_partner(partner.manifest_under("330000")), "bundle.manifest_key");
    refused(all, "a partner's manifest signed by the pinned region", with_partner(partner.manifest_under("310000")), "bundle.manifest_key");
    refused(all, "the own manifest under a partner's name", with_partner(pinned.manifest_text()), "bundle.manifest_key");
    let third = RegionFacts { code: "330000", ..RegionFacts::partner() };
    refused(all, "a partner's manifest that names another region", with_partner(third.manifest_under("320000")), "bundle.manifest_region");
}

/// Manifests that the right key signed, and that are none.
fn signed_texts(all: &mut Cases) {
    let good = RegionFacts::good().with_peer("320000");
    let signer = region_signer("310000");
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"hufu-manifest+jwt"}}"#, signer.public().thumbprint());
    let payload = serde_json::to_string(&good.manifest()).expect("JSON");
    let signed = |header: &str, payload: &str| {
        // Without its parts, which nobody comes to look at.
        let mut altered = Contents::default();
        altered.manifests.insert(anchor().region, sign_compact(header, payload.as_bytes(), &signer));
        gzip(&altered.to_json())
    };
    let replaced = |from: &str, to: &str| {
        assert!(payload.contains(from), "{from}");
        signed(&header, &payload.replacen(from, to, 1))
    };
    let iat = good.iat.0;
    let (fresh, expires) = (format!(r#""fresh_until":{}"#, iat + 86_400), format!(r#""expires":{}"#, iat + 90 * 86_400));
    let (parts, providers) = (r#""parts":["#, part_json(&good, PartName::Providers));
    let keys_part = part_json(&good, PartName::Keys(2026));
    let form = "bundle.manifest_form";
    for (name, bytes, code) in [
        ("a header of another type", signed(&header.replace("manifest", "card"), &payload), form),
        (
            "a header with its members in another order",
            signed(&header.replace(r#""alg":"EdDSA","#, "").replace('}', r#","alg":"EdDSA"}"#), &payload),
            form,
        ),
        ("a header without a signature algorithm", signed(&header.replace("EdDSA", "none"), &payload), form),
        ("a manifest with white space", replaced(",", ", "), form),
        ("a manifest with an unknown member", replaced(r#""region""#, r#""if":1,"region""#), form),
        ("a manifest with a member twice", replaced(r#""epoch":1"#, r#""epoch":1,"epoch":1"#), form),
        ("a manifest of the future", replaced("manifest/1", "manifest/2"), form),
        ("a manifest that lacks its zone", replaced(r#""zone":480,"#, ""), form),
        ("a manifest that is an array", signed(&header, &format!("[{payload}]")), form),
        ("a manifest whose part is an array", replaced(&providers, r#"["providers","",1]"#), form),
        ("a manifest whose previous one is null", replaced(&format!(r#""prev":"{}""#, good.prev.expect("one before")), r#""prev":null"#), form),
        ("a manifest of number 0", replaced(r#""seq":7"#, r#""seq":0"#), form),
        ("a manifest of number 2^53", replaced(r#""seq":7"#, r#""seq":9007199254740992"#), form),
        ("a manifest of number 7.0", replaced(r#""seq":7"#, r#""seq":7.0"#), form),
        ("a manifest of number 10^400", replaced(r#""seq":7"#, &format!(r#""seq":1{}"#, "0".repeat(400))), form),
        ("a manifest of number -1", replaced(r#""seq":7"#, r#""seq":-1"#), form),
        (
            "a manifest with a key of small order",
            replaced(&good.manifest().keys[0].jwk().x, &base64url::encode(&[&[1][..], &[0; 31]].concat())),
            form,
        ),
        ("a manifest with two keys", replaced(r#""keys":["#, &format!(r#""keys":["{}","#, anchor_of("320000").key.jwk().x)), form),
        ("a manifest that pins itself", replaced(r#"{"region":"320000""#, r#"{"region":"310000""#), form),
        ("a manifest with a nameless part", replaced(r#""name":"providers""#, r#""name":"accords""#), form),
        ("a manifest with a part of the year 10000", replaced("keys/2026", "keys/10000"), form),
        ("a manifest with a part that goes up a folder", replaced("keys/2026", "../keys/2026"), form),
        ("a manifest that names a part twice", replaced(parts, &format!("{parts}{keys_part},")), "bundle.part_twice"),
        (
            "a manifest with its parts in another order",
            replaced(&format!("{keys_part},{providers}"), &format!("{providers},{keys_part}")),
            "bundle.part_twice",
        ),
        ("a manifest without providers", replaced(&format!("{providers},"), ""), "bundle.part_required"),
        ("a manifest that is fresh before it was made", replaced(&fresh, &format!(r#""fresh_until":{}"#, iat - 1)), "bundle.times"),
        ("a manifest that expires before it is stale", replaced(&expires, &format!(r#""expires":{iat}"#)), "bundle.times"),
        ("a manifest that is fresh for a second too long", replaced(&fresh, &format!(r#""fresh_until":{}"#, iat + 86_401)), "bundle.times"),
        ("a manifest that expires a second too late", replaced(&expires, &format!(r#""expires":{}"#, iat + 90 * 86_400 + 1)), "bundle.times"),
        ("a manifest of the year 10000", replaced(&format!(r#""iat":{iat}"#), r#""iat":253402300800"#), "bundle.times"),
        ("a manifest whose address is a script", replaced("https://310000.example", "javascript:alert(1)"), form),
        ("a manifest from before 1970", replaced(&format!(r#""iat":{iat}"#), r#""iat":-1"#), "bundle.times"),
    ] {
        refused(all, name, bytes, code);
    }
}

fn part_json(facts: &RegionFacts, name: PartName) -> String {
    serde_json::to_string(facts.manifest().part(name).expect("a part")).expect("JSON")
}

/// Parts beside a good manifest.
fn parts(all: &mut Cases) {
    let good = RegionFacts::good();
    let altered = |change: &dyn Fn(&mut Contents)| {
        let mut altered = contents(&[&good]);
        change(&mut altered);
        gzip(&altered.to_json())
    };
    let hash = |name| Hash::of(good.parts()[&name].as_bytes());
    let (keys, status) = (hash(PartName::Keys(2026)), hash(PartName::Status(2026)));
    let swap = |contents: &mut Contents| {
        let (a, b) = (contents.parts[&keys].clone(), contents.parts[&status].clone());
        contents.parts.extend([(keys, b), (status, a)]);
    };
    refused(all, "two parts that are swapped", altered(&swap), "bundle.part_digest");
    let bit = |contents: &mut Contents| {
        let text = contents.parts[&status].replacen("5000", "5001", 1);
        contents.parts.insert(status, Arc::from(text));
    };
    refused(all, "a part with an altered number", altered(&bit), "bundle.part_digest");
    let line_ends = |contents: &mut Contents| {
        let text = format!("{}\r\n", contents.parts[&keys]);
        contents.parts.insert(keys, Arc::from(text));
    };
    refused(all, "a part with a line break after it", altered(&line_ends), "bundle.part_digest");
    let stray = |contents: &mut Contents| drop(contents.parts.insert(Hash::of(b"{}"), Arc::from("{}")));
    refused(all, "a part that nobody names", altered(&stray), "bundle.part_unnamed");
    let mut manifest = good.manifest();
    manifest.parts[0].bytes += 1;
    let longer = manifest.sign(&region_signer("310000")).expect("a good manifest");
    let length = |contents: &mut Contents| drop(contents.manifests.insert(anchor().region, longer.clone()));
    refused(all, "a part of another length", altered(&length), "bundle.part_unnamed");
    all.refuses(
        "a part of another length in an update",
        "good, a number before",
        &[(Step::Update, "a part of another length")],
        "bundle.part_unnamed",
    );
    all.facts("good, a number before", &RegionFacts { seq: 6, ..good.clone() });
    let gone = |contents: &mut Contents| contents.parts.retain(|_, text| !text.contains("providers/1"));
    refused(all, "no part of providers", altered(&gone), "bundle.part_missing");
    let gone = |contents: &mut Contents| contents.parts.retain(|_, text| !text.contains("revoked/1"));
    refused(all, "no part of revoked keys", altered(&gone), "bundle.part_missing");
}

/// Parts that a good manifest names with the right digest, and that are none.
fn part_texts(all: &mut Cases) {
    let full = RegionFacts::good().with_entry(3, verifier::status::Status::Replaced);
    let good = RegionFacts { providers: Vec::new(), ..full.clone() };
    let text = |name| good.parts()[&name].clone();
    let (keys, status) = (text(PartName::Keys(2026)), text(PartName::Status(2026)));
    let providers = full.parts()[&PartName::Providers].clone();
    let row = keys.split_once('[').and_then(|(_, rest)| rest.rsplit_once(']')).expect("a row").0.to_owned();
    let provider = providers.split_once('[').and_then(|(_, rest)| rest.rsplit_once(']')).expect("a provider").0.to_owned();
    let empty = r#"{"n":0,"k":0,"bits":""}"#;
    let set = |set: &str| status.replacen(empty, set, 1);
    let twice = RegionFacts::good().with_entry(5, verifier::status::Status::Revoked).parts()[&PartName::Status(2026)].clone();
    let revoked_5 = twice.split_once(r#""revoked":"#).and_then(|(_, rest)| rest.split_once(r#","suspended""#)).expect("a set").0.to_owned();
    two_years(all);
    for (name, part, text) in [
        ("agreements that are none", PartName::Agreements, r#"{"hufu":"agreements/1"}"#.to_owned()),
        ("agreements in another order", PartName::Agreements, r#"{"hufu":"agreements/1","files":["b","a"]}"#.to_owned()),
        ("a set of more entries than a bundle may have", PartName::Status(2026), set(r#"{"n":16777217,"k":0,"bits":""}"#)),
        ("a part of another year", PartName::Keys(2026), KeysPart::new(2025, Vec::new()).to_text()),
        ("a status part of another year", PartName::Status(2026), status.replacen("2026", "2025", 1)),
        ("a part of another kind", PartName::Keys(2026), status.clone()),
        ("a part with an unknown member", PartName::Keys(2026), keys.replacen("{", r#"{"x":1,"#, 1)),
        ("a part with a member twice", PartName::Keys(2026), keys.replacen("{", r#"{"year":2026,"#, 1)),
        ("a part with white space", PartName::Keys(2026), keys.replacen(",", ", ", 1)),
        ("a part with a byte order mark", PartName::Keys(2026), format!("\u{feff}{keys}")),
        ("a part with a line break", PartName::Keys(2026), format!("{keys}\r\n")),
        ("a row that is an array", PartName::Keys(2026), keys.replacen(&row, &format!(r#"["{}","91310000MA1FL0007C",0,1]"#, "A".repeat(43)), 1)),
        ("a key row twice", PartName::Keys(2026), keys.replacen(&row, &format!("{row},{row}"), 1)),
        ("a key whose window ends before it begins", PartName::Keys(2026), keys.replacen(r#""until":1798732800"#, r#""until":1"#, 1)),
        ("a provider twice", PartName::Providers, providers.replacen(&provider, &format!("{provider},{provider}"), 1)),
        ("a list above 2^24", PartName::Status(2026), status.replacen("5000", "16777217", 1)),
        ("a list above 2^32", PartName::Status(2026), status.replacen("5000", "4294967296", 1)),
        ("a set of more numbers than bits", PartName::Status(2026), set(r#"{"n":16000000,"k":0,"bits":"AA"}"#)),
        ("a set with k above 32", PartName::Status(2026), set(r#"{"n":1,"k":33,"bits":"AAAAAAAA"}"#)),
        ("a set that runs out", PartName::Status(2026), set(r#"{"n":1,"k":0,"bits":"_w"}"#)),
        ("a set with bits left over", PartName::Status(2026), set(r#"{"n":1,"k":0,"bits":"AQ"}"#)),
        ("a set in another coding than the shortest", PartName::Status(2026), set(r#"{"n":1,"k":1,"bits":"AA"}"#)),
        ("an entry past the end", PartName::Status(2026), status.replacen("5000", "3", 1)),
        ("an entry twice", PartName::Status(2026), status.replacen("[2026,3,", "[2026,3,\"HF3100002026ZZZZZZZZZZD\"],[2026,3,", 1)),
        ("an entry revoked and replaced", PartName::Status(2026), set(&revoked_5).replacen("[2026,3,", "[2026,5,", 1)),
        ("replaced by a number that is none", PartName::Status(2026), status.replacen("HF3100002026ZZZZZZZZZZD", "HF 31", 1)),
    ] {
        let code = if name.contains("than a bundle may have") { "bundle.too_large" } else { "bundle.part_form" };
        refused(all, name, with_text(&good, part, &text), code);
    }
}

/// A key whose window touches two years stands in the parts of both.
fn two_years(all: &mut Cases) {
    let row = |until| {
        let mut row = key_row(signer().public());
        row.until = row.until.plus_seconds(until);
        vec![row]
    };
    let over = |second| RegionFacts { keys: [(2026, row(DAY)), (2027, row(second))].into(), ..RegionFacts::good() };
    let text = link(&card());
    all.facts("a key in two years", &over(DAY));
    all.judged("a key that stands in the parts of two years", "a key in two years", &text, super::soon(), Outcome::Valid, "");
    refused(all, "a key that ends on two days", file(&[&over(2 * DAY)]), "bundle.part_form");
}

/// A file whose manifest names `text` as a part, properly signed.
pub fn with_text(facts: &RegionFacts, name: PartName, text: &str) -> Vec<u8> {
    let mut manifest = facts.manifest();
    let mut held = contents(&[facts]);
    for part in manifest.parts.extract_if(.., |part| part.name == name) {
        held.parts.remove(&part.sha256);
    }
    let sha256 = Hash::of(text.as_bytes());
    manifest.parts.push(PartRef { name, sha256, bytes: text.len() as u32 });
    manifest.parts.sort_by_key(|part| part.name);
    held.parts.insert(sha256, Arc::from(text));
    held.manifests.insert(manifest.region.clone(), manifest.sign(&region_signer(facts.code)).expect("a good manifest"));
    gzip(&held.to_json())
}
