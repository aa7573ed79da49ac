//! The trust bundle: what opens, what is refused, and what may follow what.

mod common;

use common::bundles::{RegionFacts, anchor, contents, file, key_row, region_signer};
use common::cases::{card, link};
use common::world::DAY;
use common::{claims, signer};
use proptest::prelude::*;
use verifier::bundle::{Bundle, BundleRule, Change, Delta, Entry, Hash, Manifest, PartName, RevokedRow, RiceSet, StatusChange, StatusPart};
use verifier::ids::RegionCode;
use verifier::status::Status;
use verifier::verdict::{KeyRevocationReason, Outcome};

fn open(facts: &RegionFacts) -> Bundle {
    Bundle::open(&file(&[facts]), &anchor()).expect("a good bundle")
}

fn rule(result: Result<Bundle, verifier::bundle::BundleError>) -> Option<BundleRule> {
    result.err().map(|error| error.rule)
}

fn entry(index: u32, status: Status) -> Entry {
    let successor = (status == Status::Replaced).then(|| "HF310000202600000001".to_owned());
    Entry { list: 2026, index, status, successor }
}

fn with_entries(facts: RegionFacts, entries: &[Entry]) -> RegionFacts {
    RegionFacts { entries: [(2026, entries.to_vec())].into(), ..facts }
}

#[test]
fn a_card_is_valid_by_a_bundle_alone_and_ages_with_it() {
    let facts = RegionFacts::good();
    let bundle = open(&facts);
    let outcome = |days| bundle.judge(&link(&card()), facts.iat.plus_seconds(days * DAY)).outcome;
    assert_eq!([0, 1, 89, 90].map(outcome), [Outcome::Valid, Outcome::ValidAsOf, Outcome::ValidAsOf, Outcome::Undetermined]);
    let verdict = bundle.judge(&link(&card()), facts.iat.plus_seconds(-DAY));
    assert_eq!(verdict.outcome, Outcome::Valid);
    assert_eq!(verdict.notes.first().map(|note| note.code.as_ref()), Some("clock.behind_facts"));
}

#[test]
fn a_file_opens_again_from_what_it_writes() {
    let bundle = Bundle::open(&file(&[&RegionFacts::good().with_peer("320000"), &RegionFacts::partner()]), &anchor()).expect("a good bundle");
    for written in [bundle.to_file(), bundle.to_json()] {
        let again = Bundle::open(&written, &anchor()).expect("what it wrote");
        assert_eq!(again.to_json(), bundle.to_json());
        assert_eq!(again.regions().count(), 2);
    }
}

#[test]
fn an_older_year_may_be_absent_and_is_named_and_fetched_when_a_card_needs_it() {
    let facts = RegionFacts::good();
    let bundle = open(&facts);
    let recent = bundle.contents().since(2027).to_json();
    let mut recent = Bundle::open(&recent, &anchor()).expect("years may be absent");
    let verdict = recent.judge(&link(&card()), facts.iat);
    assert_eq!(verdict.outcome, Outcome::Undetermined);
    assert_eq!(verdict.steps[1].detail.as_deref(), Some("310000/keys/2026"));
    let missing: Vec<_> = recent.missing().collect();
    assert_eq!(missing.iter().map(|part| part.part.name).collect::<Vec<_>>(), [PartName::Keys(2026), PartName::Status(2026)]);
    for name in [PartName::Keys(2026), PartName::Status(2026)] {
        recent.add_part(&facts.parts()[&name]).expect("it is named");
    }
    assert_eq!(recent.judge(&link(&card()), facts.iat).outcome, Outcome::Valid);
    assert_eq!(rule(recent.add_part("{}").map(|()| recent.clone())), Some(BundleRule::PartUnnamed));
}

#[test]
fn a_partner_is_believed_only_as_far_as_the_pinned_region_vouches_for_it() {
    let (own, partner) = (RegionFacts::good(), RegionFacts::partner());
    assert_eq!(rule(Bundle::open(&file(&[&own, &partner]), &anchor())), Some(BundleRule::NotAPeer));
    let mut forged = contents(&[&own.clone().with_peer("320000"), &partner]);
    let region = RegionCode::parse("320000").expect("a region");
    forged.manifests.insert(region.clone(), {
        let mut manifest = partner.manifest();
        manifest.keys = vec![*region_signer("330000").public()];
        manifest.sign(&region_signer("330000")).expect("a good manifest")
    });
    assert_eq!(rule(Bundle::open(&forged.to_json(), &anchor())), Some(BundleRule::ManifestKey));
}

#[test]
fn a_partners_certificate_holds_as_of_the_partners_own_facts() {
    let partner_facts = RegionFacts { code: "320000", iat: RegionFacts::good().iat.plus_seconds(-3 * DAY), ..RegionFacts::good() };
    let own = RegionFacts { providers: Vec::new(), keys: Default::default(), ..RegionFacts::good().with_peer("320000") };
    let bundle = Bundle::open(&file(&[&own, &partner_facts]), &anchor()).expect("a good bundle");
    let mut of_partner = claims();
    of_partner.iss = RegionCode::parse("320000").expect("a region");
    let theirs = verifier::card::Card::sign(&of_partner, &signer()).expect("good claims");
    let verdict = bundle.judge(&link(&theirs), own.iat);
    assert_eq!((verdict.outcome, verdict.as_of), (Outcome::ValidAsOf, partner_facts.iat));
    // The same key is no key of 310000.
    assert_eq!(bundle.judge(&link(&card()), own.iat).outcome, Outcome::Undetermined);
}

#[test]
fn time_goes_forward_and_what_was_revoked_stays_so() {
    let revoked = RevokedRow { kid: signer().public().thumbprint(), at: RegionFacts::good().iat, reason: KeyRevocationReason::Ceased };
    let held = with_entries(
        RegionFacts { revoked: vec![revoked.clone()], ..RegionFacts::good() },
        &[entry(1, Status::Revoked), entry(2, Status::Suspended), entry(3, Status::Replaced)],
    );
    let bundle = open(&held);
    let next = held.next();
    assert_eq!(rule(bundle.update(&file(&[&next]))), None);
    assert_eq!(rule(open(&next).update(&file(&[&held]))), Some(BundleRule::Rollback));
    assert_eq!(rule(bundle.update(&file(&[&held]))), None, "the same once more");
    let other = RegionFacts { iat: held.iat.plus_seconds(1), ..held.clone() };
    assert_eq!(rule(bundle.update(&file(&[&other]))), Some(BundleRule::Equivocation));
    let restored = RegionFacts { epoch: 2, seq: 1, iat: held.iat.plus_seconds(1), ..held.clone() };
    assert_eq!(rule(bundle.update(&file(&[&restored]))), None, "a restored registry counts anew in a higher epoch");
    for (entries, expected) in [
        (vec![entry(1, Status::Revoked), entry(3, Status::Replaced)], None),
        (vec![entry(1, Status::Replaced), entry(3, Status::Replaced)], None),
        (vec![entry(3, Status::Replaced)], Some(BundleRule::Unrevoked)),
        (vec![entry(1, Status::Suspended), entry(3, Status::Replaced)], Some(BundleRule::Unrevoked)),
        (vec![entry(1, Status::Revoked)], Some(BundleRule::Unrevoked)),
    ] {
        assert_eq!(rule(bundle.update(&file(&[&with_entries(next.clone(), &entries)]))), expected, "{entries:?}");
    }
    for (rows, expected) in [
        (vec![RevokedRow { at: held.iat.plus_seconds(-1), ..revoked.clone() }], None),
        (vec![RevokedRow { reason: KeyRevocationReason::Compromise, ..revoked.clone() }], None),
        (vec![RevokedRow { at: held.iat.plus_seconds(1), ..revoked }], Some(BundleRule::KeyUnrevoked)),
        (vec![], Some(BundleRule::KeyUnrevoked)),
    ] {
        assert_eq!(rule(bundle.update(&file(&[&RegionFacts { revoked: rows.clone(), ..next.clone() }]))), expected, "{rows:?}");
    }
    let shorter = RegionFacts { lists: [(2026, vec![(2026, 4_999)])].into(), ..next.clone() };
    assert_eq!(rule(bundle.update(&file(&[&shorter]))), Some(BundleRule::Shrunk));
    let gone = RegionFacts { lists: Default::default(), ..next.clone() };
    assert_eq!(rule(bundle.update(&file(&[&gone]))), Some(BundleRule::Shrunk));
    let without = Bundle::open(&open(&next).contents().since(2027).to_json(), &anchor()).expect("years may be absent").to_json();
    assert_eq!(rule(bundle.update(&without)), None, "parts that did not change are taken over");
    let without_changed = {
        let changed = with_entries(next, &[entry(1, Status::Revoked), entry(3, Status::Replaced), entry(9, Status::Revoked)]);
        open(&changed).contents().since(2027).to_json()
    };
    assert_eq!(rule(bundle.update(&without_changed)), Some(BundleRule::PartMissing));
}

#[test]
fn a_delta_makes_what_its_manifest_says_or_nothing() {
    let held = with_entries(RegionFacts::good(), &[entry(1, Status::Revoked), entry(2, Status::Suspended)]);
    let other_key = verifier::jws::Signer::from_seed(&[9; 32]);
    let next = RegionFacts {
        keys: [(2026, vec![key_row(signer().public()), key_row(other_key.public())])].into(),
        lists: [(2026, vec![(2026, 5_010), (2027, 3)])].into(),
        entries: [(2026, vec![entry(1, Status::Revoked), entry(5_009, Status::Replaced), Entry { list: 2027, ..entry(0, Status::Revoked) }])].into(),
        ..held.next()
    };
    let mut status = Change::of(PartName::Status(2026));
    let after = StatusPart::parse(&next.parts()[&PartName::Status(2026)]).expect("a status part");
    // The last entry has not changed: a delta may say more than it must.
    status.status = Some(after.change_of(&[2026, 2027], &[(2026, 2), (2027, 0), (2026, 5_009), (2026, 1)]));
    let mut keys = Change::of(PartName::Keys(2026));
    keys.keys = vec![key_row(other_key.public())];
    let delta_from = |seq, from: Option<&Manifest>, changes: &[&Change]| {
        let changes = changes.iter().map(|change| (*change).clone()).collect();
        Delta::new(seq, from, &next.manifest_text(), changes).expect("a good manifest").to_json()
    };
    let delta = |seq, changes: &[&Change]| delta_from(seq, Some(&held.manifest()), changes);
    let bundle = open(&held);
    for from in [None, Some(&held.manifest())] {
        let made = bundle.apply(&delta_from(7, from, &[&status, &keys])).expect("a good delta");
        assert_eq!(made.to_json(), open(&next).to_json());
    }
    assert!(delta(7, &[]).len() < delta_from(7, None, &[]).len(), "a step is shorter than a manifest");
    assert_eq!(rule(bundle.apply(&delta(6, &[&status, &keys]))), Some(BundleRule::DeltaBase));
    assert_eq!(rule(bundle.apply(&delta(7, &[&status]))), Some(BundleRule::PartMissing));
    let changed = |change: &dyn Fn(&mut StatusChange)| {
        let mut changed = status.clone();
        change(changed.status.as_mut().expect("a change of status"));
        rule(bundle.apply(&delta(7, &[&changed, &keys])))
    };
    assert_eq!(changed(&|status| status.revoked = RiceSet::encode(&[4])), Some(BundleRule::DeltaResult));
    assert_eq!(changed(&|status| status.lists[0].1 += 1), Some(BundleRule::DeltaResult));
    assert_eq!(changed(&|status| status.revoked = RiceSet::encode(&[5_013])), Some(BundleRule::DeltaPlace), "past the last list");
    assert_eq!(changed(&|status| status.replaced[0].0 = 2028), Some(BundleRule::DeltaPlace), "another list");
    assert_eq!(changed(&|status| status.replaced[0].1 = 5_010), Some(BundleRule::DeltaPlace), "past the end of a list");
    assert_eq!(rule(bundle.apply(&delta(7, &[&Change::of(PartName::Keys(2025))]))), Some(BundleRule::DeltaPlace));
    assert_eq!(rule(bundle.apply(b"{}")), Some(BundleRule::DeltaForm));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_coded_set_reads_back(numbers in proptest::collection::btree_set(0_u64..1 << 33, 0..200)) {
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let set = RiceSet::encode(&numbers);
        prop_assert_eq!(set.decode(1 << 33), Some(numbers.clone()));
        if let Some(last) = numbers.last() {
            prop_assert_eq!(set.decode(*last), None);
        }
    }

    #[test]
    fn no_byte_of_a_file_can_be_changed_unnoticed(at in 0_usize..6_000, to in any::<u8>()) {
        let plain = contents(&[&RegionFacts::good()]).to_json();
        let mut changed = plain.clone();
        let at = at % plain.len();
        prop_assume!(changed[at] != to);
        changed[at] = to;
        if let Ok(bundle) = Bundle::open(&changed, &anchor()) {
            prop_assert_eq!(bundle.to_json(), plain, "only how it is written may differ");
        }
    }
}

#[test]
fn a_digest_names_one_text() {
    let mut swapped = contents(&[&RegionFacts::good()]);
    let (hash, text) = swapped.parts.pop_first().expect("a part");
    swapped.parts.insert(Hash::of(b"another"), text.clone());
    assert_eq!(rule(Bundle::open(&swapped.to_json(), &anchor())), Some(BundleRule::PartDigest));
    swapped.parts.clear();
    swapped.parts.insert(hash, text);
    assert!(matches!(rule(Bundle::open(&swapped.to_json(), &anchor())), Some(BundleRule::PartMissing)));
}
