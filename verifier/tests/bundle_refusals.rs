//! Files, deltas and parts that only their size or their number makes bad, and every single change of a good one: refused with a code, never
//! with a panic, and never for more memory than a phone has. (The small ones are cases of `tests/vectors/bundle.json`.)

mod common;

use common::bundle_vectors::with_text;
use common::bundles::{RegionFacts, anchor, contents, file, region_signer};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use verifier::base64url;
use verifier::bundle::{
    Bundle, Change, Contents, Delta, Hash, MANIFEST_MAX_BYTES, MAX_BYTES, Manifest, PartName, PartRef, Peer, RiceSet, StatusChange,
};
use verifier::ids::RegionCode;
use verifier::jws::{Signer, sign_compact};
use verifier::status::{Status, gzip};

/// Counts what is allocated, so that a test can say how much was held at once.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is handed on to the system's allocator as it comes.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a refusal may take above what came: 64 MiB of JSON, the texts in it, and some room.
const BOUND: usize = 260 << 20;

fn open(bytes: &[u8]) -> Option<&'static str> {
    Bundle::open(bytes, &anchor()).err().map(|error| error.code())
}

fn good() -> RegionFacts {
    RegionFacts::good().with_peer("320000").with_entry(1, Status::Revoked).with_entry(2, Status::Suspended).with_entry(3, Status::Replaced)
}

/// A gzip stream of a few hundred kilobytes that would inflate to more than the limit: one literal, then matches of length 258.
fn bomb() -> Vec<u8> {
    let mut bits = vec![1, 1, 0];
    bits.extend([0, 1, 1, 0, 0, 0, 0, 0]);
    for _ in 0..(64 << 20) / 258 + 8 {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    bits.extend([0; 7]);
    let body = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte: u8, bit| byte << 1 | bit));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff].into_iter().chain(body).chain([0; 8]).collect()
}

/// Zeros: one number a bit.
fn dense(n: u32) -> RiceSet {
    RiceSet { n, k: 0, bits: "A".repeat(n as usize / 6) }
}

fn huge_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let facts = good();
    let status = facts.parts()[&PartName::Status(2026)].clone();
    let set = |n: u32| {
        let lists = status.replacen("[2026,[5000]]", &format!("[2026,[{0},{0},{0}]]", 1 << 24), 1);
        let (before, rest) = lists.split_once(r#""revoked":"#).expect("a set");
        let (_, after) = rest.split_once(r#","suspended":"#).expect("a set");
        with_text(
            &facts,
            PartName::Status(2026),
            &format!("{before}\"revoked\":{},\"suspended\":{after}", serde_json::to_string(&dense(n)).expect("JSON")),
        )
    };
    let mut many = String::from(r#"{"manifests":{},"parts":{"#);
    (0..200_000_u32).for_each(|at| many.push_str(&format!("{}\"{}\":\"\"", if at > 0 { "," } else { "" }, Hash::of(&at.to_be_bytes()))));
    vec![
        ("100 MB of JSON", vec![b' '; 100_000_000], "bundle.too_large"),
        ("100 MB of gzip", [vec![0x1f, 0x8b, 8, 0], vec![0; 100_000_000]].concat(), "bundle.too_large"),
        ("one byte above the limit of a gzipped file", [vec![0x1f, 0x8b, 8, 0], vec![0; MAX_BYTES - 3]].concat(), "bundle.too_large"),
        ("a zip bomb", bomb(), "bundle.too_large"),
        ("ten million brackets", vec![b'['; 10_000_000], "bundle.file"),
        ("ten million nested members", br#"{"manifests":"#.repeat(1_000_000), "bundle.file"),
        ("two hundred thousand parts", format!("{many}}}}}").into_bytes(), "bundle.part_digest"),
        ("a set of more numbers than a bundle may have", set((1 << 24) + 6), "bundle.too_large"),
    ]
}

#[test]
fn size_is_refused_before_it_takes_memory() {
    for (name, bytes, code) in huge_files() {
        let before = HELD.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        assert_eq!(open(&bytes), Some(code), "{name}");
        let took = PEAK.load(Ordering::Relaxed).saturating_sub(before);
        assert!(took < BOUND, "{name} took {} MiB", took >> 20);
    }
}

#[test]
fn numbers_above_the_limits_of_a_manifest_are_refused() {
    let part = |year| PartRef { name: PartName::Keys(year), sha256: Hash::of(b""), bytes: 0 };
    let peer =
        |at: u32| Peer { region: RegionCode::parse(&format!("{:06}", 110_000 + at)).expect("a region"), key: anchor().key, url: "https://x".into() };
    let signer = region_signer("310000");
    // A region that means harm does not ask `Manifest::sign` whether it may.
    let opened = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = RegionFacts::good().manifest();
        change(&mut manifest);
        let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"hufu-manifest+jwt"}}"#, signer.public().thumbprint());
        let text = sign_compact(&header, &serde_json::to_vec(&manifest).expect("JSON"), &signer);
        Manifest::open(&text, signer.public()).err().map(|error| error.code())
    };
    let keys = |last: u16| move |manifest: &mut Manifest| manifest.parts.splice(..1, (2_000..=last).map(part)).for_each(drop);
    assert_eq!(opened(&keys(2_996)), None, "1,000 parts");
    assert_eq!(opened(&keys(2_997)), Some("bundle.too_large"), "1,001 parts");
    assert_eq!(opened(&|manifest| manifest.peers = (0..200).map(peer).collect()), None);
    assert_eq!(opened(&|manifest| manifest.peers = (0..201).map(peer).collect()), Some("bundle.too_large"));
    assert_eq!(opened(&|manifest| manifest.name_zh = "x".repeat(501)), Some("bundle.manifest_form"));
    assert_eq!(opened(&|manifest| manifest.name_zh = "x".repeat(MANIFEST_MAX_BYTES)), Some("bundle.too_large"));
    assert_eq!(opened(&|manifest| manifest.name_en = "line\nbreak".into()), Some("bundle.manifest_form"));
}

#[test]
fn no_manifest_survives_any_change_of_a_character() {
    let text = RegionFacts::good().manifest_text();
    let key = anchor().key;
    assert!(Manifest::open(&text, &key).is_ok());
    for at in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert!(Manifest::open(&changed, &key).is_err(), "{at}");
        assert!(Manifest::open(&text[..at], &key).is_err(), "cut at {at}");
    }
}

#[test]
fn no_file_survives_a_cut_and_no_bit_of_its_stream_can_flip_unnoticed() {
    let whole = file(&[&good()]);
    let plain = contents(&[&good()]).to_json();
    for at in 0..whole.len() {
        assert!(open(&whole[..at]).is_some(), "cut at {at}");
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        // Some bits of a stream mean nothing: the time in its header, those that fill up its last byte.
        if let Ok(bundle) = Bundle::open(&flipped, &anchor()) {
            assert!(bundle.to_json() == plain, "{at}");
        }
    }
}

#[test]
fn a_delta_makes_no_work_without_end() {
    let facts = good();
    let bundle = Bundle::open(&file(&[&facts]), &anchor()).expect("a good bundle");
    let next = facts.next();
    let applied = |changes: Vec<Change>| {
        let delta = Delta::new(7, Some(&facts.manifest()), &next.manifest_text(), changes).expect("a good manifest");
        bundle.apply(&gzip(&delta.to_json())).err().map(|error| error.code())
    };
    let status = |change: StatusChange| {
        let mut status = Change::of(PartName::Status(2026));
        status.status = Some(change);
        status
    };
    assert_eq!(applied(vec![Change::of(PartName::Providers); 10_000]), Some("bundle.delta_form"));
    let lists = (0..200_000).rev().map(|list| (list, 1)).collect();
    assert_eq!(applied(vec![status(StatusChange { lists, ..StatusChange::default() })]), Some("bundle.delta_result"));
    let lists = vec![(2026, 1 << 24)];
    for n in [(1 << 20) + 2, 16_000_002] {
        let change = StatusChange { lists: lists.clone(), valid: dense(n), ..StatusChange::default() };
        assert_eq!(applied(vec![status(change)]), Some("bundle.too_large"), "{n}");
    }
}

#[test]
fn a_partners_own_delta_that_takes_a_revocation_back_is_refused() {
    let own = RegionFacts::good().with_peer("320000");
    let partner = RegionFacts { code: "320000", ..RegionFacts::good() }.with_entry(1, Status::Revoked);
    let bundle = Bundle::open(&file(&[&own, &partner]), &anchor()).expect("a good bundle");
    let next = partner.next_without_entries();
    let mut change = Change::of(PartName::Status(2026));
    change.text = Some(next.parts()[&PartName::Status(2026)].clone());
    let delta = Delta::new(7, None, &next.manifest_text(), vec![change]).expect("a good manifest");
    assert_eq!(bundle.apply(&delta.to_json()).err().map(|error| error.code()), Some("bundle.unrevoked"));
    let file = bundle.update(&file(&[&own.next(), &next])).expect("the own region may go on");
    assert_eq!(file.alarms().iter().map(|alarm| alarm.code()).collect::<Vec<_>>(), ["bundle.unrevoked"]);
    assert_eq!(Bundle::open(&file.to_json(), &anchor()).expect("what it wrote").to_json(), file.to_json());
}

#[test]
fn a_delta_that_brings_agreements_which_are_none_is_refused() {
    let bundle = Bundle::open(&file(&[&RegionFacts::good()]), &anchor()).expect("a good bundle");
    let brings = |text: &str| {
        let mut manifest = RegionFacts::good().next().manifest();
        let part = PartRef { name: PartName::Agreements, sha256: Hash::of(text.as_bytes()), bytes: text.len() as u32 };
        manifest.parts.insert(0, part);
        let signed = manifest.sign(&region_signer("310000")).expect("a good manifest");
        let mut change = Change::of(PartName::Agreements);
        change.text = Some(text.to_owned());
        let delta = Delta::new(7, None, &signed, vec![change]).expect("a good manifest");
        bundle.apply(&delta.to_json()).err().map(|error| error.code())
    };
    assert_eq!(brings(r#"{"hufu":"agreements/1","files":["no file"]}"#), None);
    assert_eq!(brings(r#"{"hufu":"agreements/1","files":"no list"}"#), Some("bundle.part_form"));
}

#[test]
fn a_part_that_is_refused_leaves_the_bundle_as_it_was() {
    let row = |until: i64| {
        let mut row = common::bundles::key_row(common::signer().public());
        row.until = row.until.plus_seconds(until);
        vec![row, common::bundles::key_row(Signer::from_seed(&[until as u8 + 9; 32]).public())]
    };
    let facts = RegionFacts { keys: [(2026, row(1)), (2027, row(2))].into(), ..RegionFacts::good() };
    let mut held = contents(&[&facts]);
    let later = facts.parts()[&PartName::Keys(2027)].clone();
    held.parts.retain(|_, text| **text != *later);
    let mut bundle = Bundle::open(&held.to_json(), &anchor()).expect("a year may be absent");
    let before = (bundle.to_json(), bundle.regions().map(|region| region.key_count()).sum::<usize>());
    assert_eq!(bundle.add_part(&later).err().map(|error| error.code()), Some("bundle.part_form"));
    assert_eq!((bundle.to_json(), bundle.regions().map(|region| region.key_count()).sum::<usize>()), before);
}

#[test]
fn one_text_may_be_a_part_of_two_regions_and_is_held_once() {
    let own = RegionFacts::good().with_peer("320000");
    let partner = RegionFacts { code: "320000", ..RegionFacts::good() };
    let both = contents(&[&own, &partner]);
    assert_eq!(both.parts.len(), own.parts().len());
    let bundle = Bundle::open(&both.to_json(), &anchor()).expect("a good bundle");
    assert!(bundle.regions().all(|region| region.part_names().count() == 4));
    // A length that only one of the two manifests states is no length of the other's part.
    let mut manifest = partner.manifest();
    manifest.parts[0].bytes += 1;
    let mut bent = Contents { parts: both.parts.clone(), ..both };
    bent.manifests.insert(manifest.region.clone(), manifest.sign(&region_signer("320000")).expect("a good manifest"));
    assert_eq!(open(&bent.to_json()), Some("bundle.part_unnamed"));
    let stray: Arc<str> = Arc::from(base64url::encode(b"nobody names it"));
    bent.parts.insert(Hash::of(stray.as_bytes()), stray);
    assert_eq!(open(&bent.to_json()), Some("bundle.part_unnamed"));
}
