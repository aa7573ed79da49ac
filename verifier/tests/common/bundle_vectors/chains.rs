//! What may follow a held bundle: time goes forward, and what was revoked stays revoked.

use super::super::bundles::{anchor_of, file, key_row};
use super::super::cases::{card, changed, link};
use super::super::signer;
use super::super::world::{DAY, ISSUED};
use super::{Cases, RegionFacts, Step, next, next_day, soon};
use verifier::bundle::{Change, Delta, PartName, RevokedRow, RiceSet, StatusChange, StatusPart};
use verifier::ids::RegionCode;
use verifier::jws::Signer;
use verifier::status::{Status, gzip};
use verifier::verdict::KeyRevocationReason::{Ceased, Compromise};
use verifier::verdict::Outcome::{Invalid, Valid, ValidAsOf};

const UPDATE: Step = Step::Update;

pub fn add(all: &mut Cases) {
    all.facts("next", &next());
    updates(all);
    revocations(all);
    partners(all);
    deltas(all);
    undoing_delta(all);
}

fn updates(all: &mut Cases) {
    let text = link(&card());
    let good = RegionFacts::good();
    all.after("a newer file makes old facts fresh again", "good", &[(UPDATE, "next")], &text, next_day(), (Valid, ""));
    all.after("the same file once more", "good", &[(UPDATE, "good")], &text, soon(), (Valid, ""));
    all.refuses("an older file", "next", &[(UPDATE, "good")], "bundle.rollback");
    all.facts("same number, other facts", &RegionFacts { iat: good.iat.plus_seconds(1), ..good.clone() });
    all.refuses("another manifest of the same number", "good", &[(UPDATE, "same number, other facts")], "bundle.equivocation");
    all.facts("next, other past", &RegionFacts { prev: Some(verifier::bundle::Hash::of(b"another past")), ..next() });
    all.refuses("the next manifest on top of another past", "good", &[(UPDATE, "next, other past")], "bundle.equivocation");
    all.facts("next, gathered earlier", &RegionFacts { iat: good.iat.plus_seconds(-1), ..next() });
    all.refuses("a higher number gathered earlier", "good", &[(UPDATE, "next, gathered earlier")], "bundle.rollback");
    let restored = RegionFacts { epoch: 2, seq: 1, prev: None, ..next() };
    all.facts("restored", &restored);
    all.after("a restored registry counts anew in a higher epoch", "good", &[(UPDATE, "restored")], &text, next_day(), (Valid, ""));
    all.facts("the old epoch goes on", &RegionFacts { seq: 900, iat: restored.iat.plus_seconds(DAY), ..good.clone() });
    all.refuses("the epoch before a restore", "good", &[(UPDATE, "restored"), (UPDATE, "the old epoch goes on")], "bundle.rollback");
    all.facts("next, a shorter list", &RegionFacts { lists: [(2026, vec![(2026, 4_999)])].into(), ..next() });
    all.refuses("a list that shrank", "good", &[(UPDATE, "next, a shorter list")], "bundle.shrunk");
    all.facts("next, no lists of 2026", &RegionFacts { lists: Default::default(), ..next() });
    all.refuses("a year that is gone", "good", &[(UPDATE, "next, no lists of 2026")], "bundle.shrunk");
    let changed = next().with_entry(9, Status::Revoked);
    all.contents("next, its status left out", &changed, |contents| contents.parts.retain(|_, text| !text.contains("status/1")));
    all.refuses("a changed part that is left out", "good", &[(UPDATE, "next, its status left out")], "bundle.part_missing");
    all.file("a part nobody names", b"{}".to_vec());
    all.refuses("a part that no manifest names", "good", &[(Step::AddPart, "a part nobody names")], "bundle.part_unnamed");
}

fn revocations(all: &mut Cases) {
    let text = link(&card());
    let revoke = |status| next().with_entry(4711, status);
    all.facts("next, revoked", &revoke(Status::Revoked));
    all.facts("next, replaced", &revoke(Status::Replaced));
    all.facts("next, suspended", &revoke(Status::Suspended));
    all.facts("after next, good again", &revoke(Status::Revoked).next_without_entries());
    let updated = |file| [(UPDATE, file)];
    all.after("revoked in a newer file", "good", &updated("next, revoked"), &text, next_day(), (Invalid, "status.revoked"));
    all.after("replaced in a newer file", "good", &updated("next, replaced"), &text, next_day(), (Invalid, "status.replaced"));
    all.after("suspended in a newer file", "good", &updated("next, suspended"), &text, next_day(), (Invalid, "status.suspended"));
    let back = [(UPDATE, "next, revoked"), (UPDATE, "after next, good again")];
    all.refuses("a revocation that two files later is gone", "good", &back, "bundle.unrevoked");
    let suspended = RegionFacts::good().with_entry(4711, Status::Suspended);
    all.after("a suspension that ends", "suspended", &updated("next of suspended"), &text, next_day(), (Valid, ""));
    all.facts("next of suspended", &suspended.next_without_entries());
    let revoked = RegionFacts::good().with_entry(4711, Status::Revoked);
    for (file, name, entries) in [
        ("next of revoked, good", "a revocation that is gone", None),
        ("next of revoked, suspended", "a revocation that became a suspension", Some(Status::Suspended)),
    ] {
        let without = revoked.next_without_entries();
        all.facts(file, &entries.map_or(without.clone(), |status| without.with_entry(4711, status)));
        all.refuses(name, "revoked", &updated(file), "bundle.unrevoked");
    }
    let row = |at: i64, reason| RevokedRow { kid: signer().public().thumbprint(), at: ISSUED.plus_seconds(at), reason };
    let held = RegionFacts { revoked: vec![row(10, Compromise)], ..RegionFacts::good() };
    all.facts("key compromised ten seconds after issue", &held);
    for (file, name, rows) in [
        ("next, key good again", "the revocation of a key that is gone", vec![]),
        ("next, key revoked later", "the revocation of a key that moved later", vec![row(11, Compromise)]),
        ("next, key given up", "a compromised key that was only given up", vec![row(10, Ceased)]),
    ] {
        all.facts(file, &RegionFacts { revoked: rows, ..held.next() });
        all.refuses(name, "key compromised ten seconds after issue", &updated(file), "bundle.key_unrevoked");
    }
    all.facts("next, key revoked earlier", &RegionFacts { revoked: vec![row(-10, Compromise)], ..held.next() });
    let decided = (Invalid, "key.compromised");
    all.after(
        "the revocation of a key that moved earlier",
        "key compromised ten seconds after issue",
        &updated("next, key revoked earlier"),
        &text,
        next_day(),
        decided,
    );
}

fn partners(all: &mut Cases) {
    let theirs = link(&changed(|claims| claims.iss = RegionCode::parse("320000").expect("a region")));
    let own = RegionFacts::good().with_peer("320000");
    let partner = RegionFacts { code: "320000", ..RegionFacts::good() };
    let newer = partner.next().with_entry(4711, Status::Revoked);
    all.file("own and partner", file(&[&own, &partner]));
    all.file("own, partner revoked it", file(&[&own, &newer]));
    all.file("own next, partner as before", file(&[&own.next(), &partner]));
    all.file("own next alone", file(&[&own.next()]));
    let update = [(UPDATE, "own, partner revoked it"), (UPDATE, "own next, partner as before")];
    let name = "a partner's older manifest in a newer file takes nothing back";
    all.after(name, "own and partner", &update, &theirs, next_day(), (Invalid, "status.revoked"));
    let name = "a partner that is left out of a newer file stays";
    all.after(name, "own and partner", &[(UPDATE, "own next alone")], &theirs, soon(), (Valid, ""));
    let contradicts = file(&[&own.next(), &newer.next_without_entries()]);
    all.file("own next, partner takes it back", contradicts);
    let steps = [(UPDATE, "own, partner revoked it"), (UPDATE, "own next, partner takes it back")];
    let name = "a partner that takes a revocation back is held to it";
    all.after(name, "own and partner", &steps, &theirs, next_day(), (Invalid, "status.revoked"));
    let name = "a partner that contradicts itself keeps nobody from newer own facts";
    all.after(name, "own and partner", &steps, &link(&card()), next_day(), (Valid, ""));
    let unpinned = RegionFacts { peers: Vec::new(), ..own.next() };
    all.facts("own next, no partner any more", &unpinned);
    let decided = (verifier::verdict::Outcome::Undetermined, "signature.key_unknown");
    let name = "a partner whose pin was taken back is gone";
    all.after(name, "own and partner", &[(UPDATE, "own next, no partner any more")], &theirs, soon(), decided);
    // The partner lost its key, and was pinned anew under another one, with which it begins anew.
    let mut pinned_anew = RegionFacts { peers: Vec::new(), ..own.next() }.with_peer("330000");
    pinned_anew.peers[0].region = anchor_of("320000").region;
    let again = RegionFacts { seq: 1, prev: None, ..partner.clone() };
    let manifest = again.manifest_under("330000");
    let mut contents = super::contents(&[&pinned_anew, &again]);
    contents.manifests.insert(anchor_of("320000").region, manifest);
    all.file("own next, partner pinned anew", gzip(&contents.to_json()));
    let name = "a partner that was pinned anew begins anew";
    all.after(name, "own and partner", &[(UPDATE, "own next, partner pinned anew")], &theirs, next_day(), (ValidAsOf, ""));
}

fn deltas(all: &mut Cases) {
    let before = before_a_delta();
    all.facts("good, before a delta", &before);
    let other = Signer::from_seed(&[8; 32]);
    let after = RegionFacts {
        keys: [(2026, vec![key_row(signer().public()), key_row(other.public())])].into(),
        lists: [(2026, vec![(2026, 5_010), (2027, 3)])].into(),
        entries: Default::default(),
        ..before.next()
    };
    let after = after.with_entry(1, Status::Revoked).with_entry(4711, Status::Revoked).with_entry_of(2027, 0, Status::Revoked);
    let part = StatusPart::parse(&after.parts()[&PartName::Status(2026)]).expect("a status part");
    let mut status = Change::of(PartName::Status(2026));
    status.status = Some(part.change_of(&[2026, 2027], &[(2026, 2), (2026, 4711), (2027, 0)]));
    let mut keys = Change::of(PartName::Keys(2026));
    keys.keys = vec![key_row(other.public())];
    let manifest = after.manifest_text();
    let whole = |seq, manifest: &str, changes: &[&Change]| {
        let changes = changes.iter().map(|change| (*change).clone()).collect();
        Delta::new(seq, None, manifest, changes).expect("a good manifest")
    };
    let delta = |seq, changes: &[&Change]| whole(seq, &manifest, changes).to_json();
    let text = link(&card());
    let step = Delta::new(7, Some(&before.manifest()), &manifest, vec![status.clone(), keys.clone()]).expect("a good manifest");
    assert!(step.step.is_some());
    all.file("delta", step.to_json());
    let held = "good, before a delta";
    all.after("a delta that revokes", held, &[(Step::Apply, "delta")], &text, next_day(), (Invalid, "status.revoked"));
    all.file("delta, gzipped, with the whole manifest", gzip(&delta(7, &[&status, &keys])));
    let anew = link(&verifier::card::Card::sign(card().claims(), &other).expect("good claims"));
    let decided = (Invalid, "status.revoked");
    all.after("a delta that brings a key", held, &[(Step::Apply, "delta, gzipped, with the whole manifest")], &anew, next_day(), decided);
    let mut refused = |name: &'static str, bytes: Vec<u8>, code| {
        all.file(name, bytes);
        all.refuses(name, held, &[(Step::Apply, name)], code);
    };
    refused("a delta that is none", b"{}".to_vec(), "bundle.delta_form");
    refused("a delta of half a stream", gzip(&delta(7, &[&status, &keys]))[..99].to_vec(), "bundle.compression");
    refused("a delta from another manifest", delta(6, &[&status, &keys]), "bundle.delta_base");
    let bent = |delta: &Delta, bend: &dyn Fn(&mut Delta)| {
        let mut bent = delta.clone();
        bend(&mut bent);
        bent
    };
    let elsewhere = bent(&step, &|delta| delta.region = anchor_of("320000").region);
    refused("a delta of another region", elsewhere.to_json(), "bundle.delta_base");
    refused("a delta that leaves a change out", delta(7, &[&status]), "bundle.part_missing");
    let altered = |change: &dyn Fn(&mut StatusChange)| {
        let mut altered = status.clone();
        change(altered.status.as_mut().expect("a change of status"));
        delta(7, &[&altered, &keys])
    };
    refused("a delta that makes something else", altered(&|status| status.suspended = RiceSet::encode(&[3])), "bundle.delta_result");
    refused("a delta past the end of the last list", altered(&|status| status.revoked = RiceSet::encode(&[5_013])), "bundle.delta_place");
    let replaced = |list, index| altered(&move |status| status.replaced = vec![(list, index, "HF3100002026ZZZZZZZZZZD".into())]);
    refused("a delta for an index past the end", replaced(2026, 5_010), "bundle.delta_place");
    refused("a delta for another list", replaced(2030, 0), "bundle.delta_place");
    refused("a delta with a list above 2^24", altered(&|status| status.lists[0].1 = u32::MAX), "bundle.too_large");
    refused("a delta for a part that is not there", delta(7, &[&status, &keys, &Change::of(PartName::Keys(2025))]), "bundle.delta_place");
    refused("a delta that names a part twice", delta(7, &[&status, &keys, &keys]), "bundle.delta_form");
    refused("a delta under another key", whole(7, &after.manifest_under("320000"), &[&status, &keys]).to_json(), "bundle.manifest_key");
    let late = bent(&step, &|delta| delta.step.as_mut().expect("a step").iat = after.iat.plus_seconds(1));
    refused("a delta whose step was altered", late.to_json(), "bundle.manifest_signature");
    let both = bent(&step, &|delta| delta.manifest = Some(manifest.clone()));
    refused("a delta with a step and a manifest", both.to_json(), "bundle.delta_form");
    let neither = bent(&step, &|delta| delta.step = None);
    refused("a delta with neither step nor manifest", neither.to_json(), "bundle.delta_form");
}

/// A delta that the region's own key signed, and that no verifier may take.
fn undoing_delta(all: &mut Cases) {
    let before = before_a_delta();
    let undone = before.next_without_entries();
    let part = StatusPart::parse(&undone.parts()[&PartName::Status(2026)]).expect("a status part");
    let mut back = Change::of(PartName::Status(2026));
    back.status = Some(part.change_of(&[], &[(2026, 1), (2026, 2)]));
    let back = Delta::new(7, None, &undone.manifest_text(), vec![back]).expect("a good manifest");
    let name = "a signed delta that takes a revocation back";
    all.file(name, back.to_json());
    all.refuses(name, "good, before a delta", &[(Step::Apply, name)], "bundle.unrevoked");
}

fn before_a_delta() -> RegionFacts {
    RegionFacts::good().with_entry(1, Status::Revoked).with_entry(2, Status::Suspended)
}
