//! `hufu bundle`: what is fetched, what is refused, and that a refusal leaves everything as it was.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use verifier::bundle::{Bundle, Change, Contents, Delta, Entry, Hash, Manifest, PartName};
use verifier::jws::Fingerprint;
use verifier::status::{Status, gzip};
use verifier::time::Instant;

use super::super::support::facts::bundles::{RegionFacts, anchor, contents, file, key_row, region_signer};
use super::super::support::facts::signer;
use super::super::support::facts::world::DAY;
use super::super::support::{Backend, Shelf};
use super::{Desk, Ran};

pub fn now() -> Instant {
    Instant(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap())
}

/// The good facts of the verifier's tests, gathered an hour ago.
pub fn fresh() -> RegionFacts {
    RegionFacts { iat: now().plus_seconds(-3_600), ..RegionFacts::good() }
}

/// The same a minute later, one number on, with one more certificate revoked.
pub fn later(facts: &RegionFacts) -> RegionFacts {
    let next = facts.next();
    let revoked = Entry { list: 2026, index: 40 + u32::try_from(next.seq).unwrap(), status: Status::Revoked, successor: None };
    let mut entries = next.entries.clone();
    entries.entry(2026).or_default().push(revoked);
    RegionFacts { iat: facts.iat.plus_seconds(60), entries, ..next }
}

pub fn pin(code: &str) -> String {
    Fingerprint::of(region_signer(code).public()).to_string()
}

/// An empty folder to work in.
pub fn desk() -> (Desk, PathBuf) {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    let here = desk.data().parent().unwrap().to_owned();
    (desk, here)
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn fetch(desk: &Desk, url: &str, more: &[&str]) -> Ran {
    desk.run(&[&["bundle", "fetch", url, "--lang", "en", "--pin", &pin("310000")], more].concat())
}

/// What `show --json` says about the region at `place`.
fn shown(desk: &Desk, place: usize) -> Value {
    let ran = desk.run(&["bundle", "show", "310000.hufu", "--json"]).expect(0);
    serde_json::from_str::<Value>(&ran.out).unwrap()["regions"][place].clone()
}

fn delta(from: &RegionFacts, to: &RegionFacts, changes: Vec<Change>) -> Vec<u8> {
    gzip(&Delta::new(from.seq, Some(&from.manifest()), &to.manifest_text(), changes).unwrap().to_json())
}

#[test]
fn a_first_contact_shows_the_fingerprint_and_keeps_nothing() {
    let (desk, here) = desk();
    let shelf = Shelf::of(&[&fresh().with_peer("320000"), &RegionFacts::partner()]);
    let ran = desk.run(&["bundle", "fetch", &shelf.url, "--lang", "en"]).expect(4);
    assert_eq!(ran.out, format!("310000 上海市 Shanghai\n{}\n", pin("310000")));
    assert!(ran.err.contains("cli.bundle.pin_first") && ran.err.contains("--pin"), "{ran:?}");
    let wrong = desk.run(&["bundle", "fetch", &shelf.url, "--pin", &pin("330000")]).expect(4);
    assert!(wrong.err.contains("cli.bundle.wrong_pin") && wrong.err.contains(&pin("310000")), "{wrong:?}");
    assert!(desk.run(&["bundle", "fetch", &shelf.url, "--pin", "12345"]).expect(3).err.contains("eight groups"));
    assert_eq!(names(&here), BTreeSet::new(), "nothing was kept");
}

#[test]
fn with_the_pin_the_file_and_its_pin_are_kept_and_everything_in_it_holds() {
    let (desk, here) = desk();
    let partner = RegionFacts { iat: now().plus_seconds(-3 * DAY), ..RegionFacts::partner() };
    let shelf = Shelf::of(&[&fresh().with_peer("320000"), &partner]);
    let ran = fetch(&desk, &(shelf.url.clone() + "/"), &[]).expect(0);
    for said in ["310000.hufu", "its key is pinned", "a partner that the pinned region vouches for", "60 minutes ago", "keys/2026", "issued 5000"] {
        assert!(ran.out.contains(said), "{said}: {ran:?}");
    }
    assert_eq!(names(&here), ["310000.hufu", "310000.hufu.pin"].map(str::to_owned).into());
    let kept: Value = serde_json::from_slice(&std::fs::read(here.join("310000.hufu.pin")).unwrap()).unwrap();
    assert_eq!(kept, serde_json::json!({"region": "310000", "key": region_signer("310000").public(), "url": shelf.url}));

    let own = shown(&desk, 0);
    assert_eq!((&own["vouched"], &own["age"], &own["seq"]), (&"pinned".into(), &"fresh".into(), &7.into()));
    assert_eq!(
        own["counts"],
        serde_json::json!({"providers": 1, "keys": 1, "revoked_keys": 0, "lists": 1, "issued": 5000, "revoked": 0, "suspended": 0, "replaced": 0})
    );
    assert_eq!(own["fingerprint"], pin("310000"));
    assert_eq!(shown(&desk, 1)["age"], "as-of");
    let zh = desk.run(&["bundle", "show", "310000.hufu", "--lang", "zh"]).expect(0);
    assert!(zh.out.contains("密钥已固定") && zh.out.contains("3 天前"), "{zh:?}");

    let checked = desk.run(&["bundle", "verify", "310000.hufu", "--lang", "en"]).expect(0);
    for said in ["the file is whole", "signed by the pinned key", "every part has the digest", "key that the pinned region names", "every issuer key"]
    {
        assert!(checked.out.contains(&format!("✓ {said}")) || checked.out.contains(said), "{said}: {checked:?}");
    }
    desk.run(&["bundle", "verify", "310000.hufu", "--pin", &pin("310000").replace(' ', "-")]).expect(0);
    assert!(desk.run(&["bundle", "verify", "310000.hufu", "--pin", &pin("320000")]).expect(4).err.contains("cli.bundle.wrong_pin"));
}

#[test]
fn what_a_server_sends_that_is_not_as_signed_is_refused_and_nothing_is_kept() {
    let (desk, here) = desk();
    let facts = fresh();
    let good = file(&[&facts]);
    let shelf = Shelf::of(&[&facts]);
    let refused = |body: &[u8], code: &str| {
        shelf.put("/v1/bundle", 200, body);
        let ran = fetch(&desk, &shelf.url, &[]).expect(4);
        assert!(ran.err.contains(code), "{code}: {ran:?}");
    };
    let swapped = |change: &dyn Fn(&mut Contents)| {
        let mut all = contents(&[&facts]);
        change(&mut all);
        all.to_json()
    };
    refused(&good[..good.len() - 9], "bundle.compression");
    refused(&swapped(&|all| *all.parts.values_mut().next().unwrap() = "{}".into()), "bundle.part_digest");
    refused(&swapped(&|all| drop(all.parts.insert(Hash::of(b"{}"), "{}".into()))), "bundle.part_unnamed");
    refused(&swapped(&|all| all.parts.clear()), "bundle.part_missing");
    refused(&swapped(&|all| all.manifests.values_mut().for_each(|text| text.truncate(text.len() - 4))), "bundle.manifest_form");
    refused(
        &swapped(&|all| *all.manifests.values_mut().next().unwrap() = facts.manifest().sign(&region_signer("310000")).unwrap().replace(".e", ".f")),
        "bundle.manifest_",
    );
    refused(b"<html>hello</html>", "bundle.file");
    refused(&gzip(&vec![b' '; 65 << 20]), "bundle.too_large");
    refused(&vec![b'x'; (16 << 20) + 1], "bundle.too_large");
    shelf.put_with("/v1/bundle", 302, "location: http://elsewhere.example/v1/bundle\r\n", b"");
    assert!(fetch(&desk, &shelf.url, &[]).expect(5).err.contains("elsewhere.example"));
    shelf.put("/v1/bundle", 500, b"");
    assert!(fetch(&desk, &shelf.url, &[]).expect(5).err.contains("cli.bundle.answer"));
    for address in ["skills.example", "ftp://skills.example", "https://", "https://a.example/?q", "https://user@a.example"] {
        assert!(fetch(&desk, address, &[]).expect(3).err.contains("cli.bundle.url"), "{address}");
    }
    assert_eq!(names(&here), BTreeSet::new(), "nothing was kept");
}

#[test]
fn an_update_takes_a_delta_or_the_parts_or_the_whole_file() {
    let (desk, here) = desk();
    let first = fresh();
    let shelf = Shelf::of(&[&first]);
    fetch(&desk, &shelf.url, &[]).expect(0);
    let update = || desk.run(&["bundle", "update", "310000.hufu", "--lang", "en"]);
    shelf.asked();
    assert!(update().expect(0).err.contains("nothing newer"));
    assert_eq!(shelf.asked(), ["/v1/bundle/manifests"]);

    let second = later(&first);
    shelf.publish(&[&second]);
    let whole = Change { text: Some(second.parts()[&PartName::Status(2026)].clone()), ..Change::of(PartName::Status(2026)) };
    shelf.put("/v1/bundle/deltas/7", 200, &delta(&first, &second, vec![whole]));
    update().expect(0);
    assert_eq!(shelf.asked(), ["/v1/bundle/manifests", "/v1/bundle/deltas/7"]);
    assert_eq!((shown(&desk, 0)["seq"].as_u64(), shown(&desk, 0)["counts"]["revoked"].as_u64()), (Some(8), Some(1)));

    let third = later(&second);
    shelf.publish(&[&third]);
    update().expect(0);
    let status = Hash::of(third.parts()[&PartName::Status(2026)].as_bytes());
    assert_eq!(shelf.asked(), ["/v1/bundle/manifests".to_owned(), "/v1/bundle/deltas/8".into(), format!("/v1/bundle/parts/{status}")]);

    let fourth = later(&third).with_peer("320000");
    let partner = RegionFacts { iat: now(), ..RegionFacts::partner() };
    shelf.publish(&[&fourth, &partner]);
    shelf.put("/v1/bundle/deltas/9", 200, b"no delta at all");
    shelf.remove(&format!("/v1/bundle/parts/{}", Hash::of(fourth.parts()[&PartName::Status(2026)].as_bytes())));
    update().expect(0);
    assert_eq!(shelf.asked().last().map(String::as_str), Some("/v1/bundle"));
    assert_eq!((shown(&desk, 0)["seq"].as_u64(), shown(&desk, 1)["region"].as_str()), (Some(10), Some("320000")));
    assert_eq!(names(&here).len(), 2);
}

#[test]
fn an_update_that_a_rule_refuses_leaves_the_file_and_says_so() {
    let (desk, here) = desk();
    let held = later(&fresh());
    let shelf = Shelf::of(&[&held]);
    fetch(&desk, &shelf.url, &[]).expect(0);
    let before = std::fs::read(here.join("310000.hufu")).unwrap();
    let refused = |facts: &RegionFacts, code: &str| {
        shelf.publish(&[facts]);
        for ran in [desk.run(&["bundle", "update", "310000.hufu", "--lang", "en"]).expect(4), fetch(&desk, &shelf.url, &[]).expect(4)] {
            assert!(ran.err.contains(code) && ran.err.contains("the file is as it was"), "{code}: {ran:?}");
        }
        assert!(std::fs::read(here.join("310000.hufu")).unwrap() == before, "{code}");
    };
    let older = RegionFacts { iat: held.iat.plus_seconds(-60), seq: held.seq - 1, ..held.clone() };
    refused(&older, "bundle.rollback");
    refused(&RegionFacts { entries: Default::default(), ..later(&held) }, "bundle.unrevoked");
    refused(&RegionFacts { lists: [(2026, vec![(2026, 4_999)])].into(), ..later(&held) }, "bundle.shrunk");
    let stranger = RegionFacts { code: "330000", ..later(&held) };
    shelf.publish(&[&stranger]);
    assert_eq!(names(&here).len(), 2);
    drop(shelf);
    let ran = desk.run(&["bundle", "update", "310000.hufu", "--lang", "en"]).expect(5);
    assert!(ran.err.contains("cli.bundle.unreachable") && ran.err.contains("the file is as it was") && ran.err.contains("minutes ago"), "{ran:?}");
    assert!(std::fs::read(here.join("310000.hufu")).unwrap() == before);
}

#[test]
fn two_manifests_of_one_number_are_an_alarm_and_both_are_kept() {
    let (desk, here) = desk();
    let held = fresh();
    let shelf = Shelf::of(&[&held]);
    fetch(&desk, &shelf.url, &[]).expect(0);
    let before = std::fs::read(here.join("310000.hufu")).unwrap();
    let other = RegionFacts { iat: held.iat.plus_seconds(1), entries: later(&held).entries, ..held.clone() };
    shelf.publish(&[&other]);
    let ran = desk.run(&["bundle", "update", "310000.hufu", "--lang", "en"]).expect(4);
    assert!(ran.err.contains("ALARM") && ran.err.contains("310000.hufu.conflict") && ran.err.contains("bundle.equivocation"), "{ran:?}");
    assert!(std::fs::read(here.join("310000.hufu")).unwrap() == before);
    let conflict = Bundle::open(&std::fs::read(here.join("310000.hufu.conflict")).unwrap(), &anchor()).expect("a bundle of its own");
    assert_eq!(conflict.own(), Some(&other.manifest()));
}

#[test]
fn a_partner_that_contradicts_itself_is_an_alarm_and_keeps_nobody_else_from_moving_on() {
    let (desk, here) = desk();
    let held = fresh().with_peer("320000");
    let partner = RegionFacts { iat: held.iat, ..RegionFacts::partner() };
    let shelf = Shelf::of(&[&held, &partner]);
    fetch(&desk, &shelf.url, &[]).expect(0);
    let other = RegionFacts { iat: partner.iat.plus_seconds(1), ..partner.clone() };
    let next = later(&held);
    shelf.publish(&[&next, &other]);
    let ran = desk.run(&["bundle", "update", "310000.hufu", "--lang", "en"]).expect(4);
    assert!(ran.err.contains("ALARM") && ran.err.contains("bundle.equivocation") && ran.err.contains("320000"), "{ran:?}");
    assert!(here.join("310000.hufu.conflict").exists());
    assert_eq!((&shown(&desk, 0)["seq"], &shown(&desk, 1)["iat"]), (&next.seq.into(), &partner.iat.0.into()));
}

#[test]
fn older_years_stay_away_until_they_are_asked_for() {
    let (desk, _) = desk();
    let mut facts = fresh();
    facts.keys.insert(2025, vec![key_row(signer().public())]);
    facts.lists.insert(2025, vec![(2025, 10)]);
    let shelf = Shelf::of(&[&facts]);
    let all = Bundle::open(&file(&[&facts]), &anchor()).unwrap();
    shelf.put("/v1/bundle?years=1", 200, &all.contents().since(2026).to_json());
    fetch(&desk, &shelf.url, &["--years", "1"]).expect(0);
    let absent = || {
        let own = shown(&desk, 0);
        own["parts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|part| part["held"] == false)
            .map(|part| part["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(absent(), ["keys/2025", "status/2025"]);
    let ran = desk.run(&["bundle", "show", "310000.hufu", "--lang", "en"]).expect(0);
    assert!(ran.out.contains("- keys/2025, status/2025"), "{ran:?}");
    let next = later(&facts);
    shelf.publish(&[&next]);
    desk.run(&["bundle", "update", "310000.hufu"]).expect(0);
    assert_eq!(absent(), ["keys/2025", "status/2025"], "an update asks for no year that was not asked for");
    shelf.asked();
    fetch(&desk, &shelf.url, &["--years", "50"]).expect(0);
    assert_eq!(absent(), [""; 0]);
    assert!(shelf.asked().iter().all(|path| path != "/v1/bundle" && !path.contains("years")), "only what is missing is asked for");
}

#[test]
fn a_file_without_a_pin_can_be_looked_at_but_nothing_vouches_for_it() {
    let (desk, here) = desk();
    std::fs::write(here.join("310000.hufu"), file(&[&fresh().with_peer("320000"), &RegionFacts::partner()])).unwrap();
    let ran = desk.run(&["bundle", "show", "310000.hufu", "--lang", "en"]).expect(0);
    assert_eq!(ran.out.matches("no key is pinned: nothing vouches for it").count(), 2, "{ran:?}");
    for command in [&["bundle", "verify", "310000.hufu"][..], &["bundle", "update", "310000.hufu"], &["verify", "--bundle", "310000.hufu", "x"]] {
        let ran = desk.run(&[command, &["--lang", "en"]].concat()).expect(4);
        assert!(ran.err.contains("cli.bundle.not_pinned") && ran.err.contains("--pin"), "{ran:?}");
    }
    std::fs::write(here.join("310000.hufu.pin"), "{}").unwrap();
    assert!(desk.run(&["bundle", "show", "310000.hufu"]).expect(4).err.contains("cli.bundle.pin_file"));
    assert!(desk.run(&["bundle", "show", "nothing.hufu"]).expect(3).err.contains("cli.bundle.no_file"));
    assert!(desk.run(&["bundle", "show", "."]).expect(3).err.contains("cli.folder"));
}

#[test]
fn age_is_named_and_so_is_a_file_from_the_future() {
    let (desk, here) = desk();
    let check = |iat: Instant, code: i32, said: &str| {
        std::fs::write(here.join("310000.hufu"), file(&[&RegionFacts { iat, ..fresh() }])).unwrap();
        let ran = desk.run(&["bundle", "verify", "310000.hufu", "--lang", "en", "--pin", &pin("310000")]).expect(code);
        assert!(ran.out.contains(said), "{said}: {ran:?}");
    };
    check(now(), 0, "✓ the facts are fresh");
    check(now().plus_seconds(-2 * DAY), 0, "✓ the facts are no longer fresh");
    check(now().plus_seconds(-91 * DAY), 2, "✗ the facts have expired");
    check(now().plus_seconds(2 * DAY), 2, "✗ the facts are from the future");
}

#[test]
fn bad_files_are_refused_with_a_reason() {
    let (desk, here) = desk();
    let good = file(&[&fresh()]);
    let mut large = std::fs::File::create(here.join("310000.hufu")).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b'{'), 100 << 20), &mut large).unwrap();
    let verify = |code: &str| {
        for command in [&["bundle", "verify", "310000.hufu"][..], &["verify", "--bundle", "310000.hufu", "hello"]] {
            let ran = desk.run(&[command, &["--pin", &pin("310000")]].concat()).expect(4);
            assert!(ran.err.contains(code) && ran.out.is_empty(), "{code}: {ran:?}");
        }
    };
    verify("bundle.too_large");
    for (bytes, code) in [
        (&good[..good.len() / 2], "bundle.compression"),
        (&[&good[..], b"x"].concat(), "bundle.compression"),
        (&gzip(&vec![b'['; 65 << 20]), "bundle.too_large"),
        (b"", "bundle.file"),
    ] {
        std::fs::write(here.join("310000.hufu"), bytes).unwrap();
        verify(code);
    }
    let mut weak = fresh();
    weak.keys.get_mut(&2026).unwrap().push({
        let mut row = key_row(signer().public());
        row.x = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned();
        row
    });
    std::fs::write(here.join("310000.hufu"), file(&[&weak])).unwrap();
    let ran = desk.run(&["bundle", "verify", "310000.hufu", "--lang", "en", "--pin", &pin("310000")]).expect(4);
    assert!(ran.out.contains("✗ an issuer key is no good one") && ran.out.contains("key.small_order"), "{ran:?}");
    assert!(Manifest::introduce(&fresh().manifest_text()).is_ok());
}
