//! What may follow a held bundle: time goes forward, and what was revoked stays revoked.

use super::{Cases, RegionFacts, Step, next, next_day, soon};
use crate::common::bundles::{anchor_of, file, key_row};
use crate::common::cases::{card, changed, link};
use crate::common::signer;
use crate::common::world::{DAY, ISSUED};
use verifier::bundle::{Change, Delta, PartName, RevokedRow};
use verifier::ids::RegionCode;
use verifier::jws::Signer;
use verifier::status::Status;
use verifier::verdict::KeyRevocationReason::{Ceased, Compromise};
use verifier::verdict::Outcome::{Invalid, Valid, ValidAsOf};

const UPDATE: Step = Step::Update;

pub fn add(all: &mut Cases) {
    all.facts("next", &next());
    updates(all);
    revocations(all);
    partners(all);
    deltas(all);
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
    all.file("one delta of nothing", b"{}".to_vec());
    all.refuses("a delta that is none", "good", &[(Step::Apply, "one delta of nothing")], "bundle.delta_form");
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
    all.after("the revocation of a key that moved earlier", "key compromised ten seconds after issue", &updated("next, key revoked earlier"), &text, next_day(), decided);
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
    all.file("own next, partner pinned anew", verifier::status::gzip(&contents.to_json()));
    let name = "a partner that was pinned anew begins anew";
    all.after(name, "own and partner", &[(UPDATE, "own next, partner pinned anew")], &theirs, next_day(), (ValidAsOf, ""));
}

fn deltas(all: &mut Cases) {
    let before = RegionFacts::good().with_entry(1, Status::Revoked).with_entry(2, Status::Suspended);
    all.facts("good, before a delta", &before);
    let other = Signer::from_seed(&[8; 32]);
    let after = RegionFacts {
        keys: [(2026, vec![key_row(signer().public()), key_row(other.public())])].into(),
        lists: [(2026, vec![(2026, 5_010), (2027, 3)])].into(),
        entries: Default::default(),
        ..before.next()
    };
    let after = after.with_entry(1, Status::Revoked).with_entry(4711, Status::Revoked).with_entry_of(2027, 0, Status::Revoked);
    let mut status = Change::of(PartName::Status(2026));
    status.lists = vec![(2026, 5_010), (2027, 3)];
    status.changed = vec![(2026, 2, Status::Valid), (2027, 0, Status::Revoked), (2026, 4711, Status::Revoked)];
    let mut keys = Change::of(PartName::Keys(2026));
    keys.keys = vec![key_row(other.public())];
    let manifest = after.manifest_text();
    let delta = |seq, manifest: &str, changes: &[&Change]| {
        let changes = changes.iter().map(|change| (*change).clone()).collect();
        Delta::new(super::anchor().region, seq, manifest.into(), changes).to_json()
    };
    let text = link(&card());
    all.file("delta", delta(7, &manifest, &[&status, &keys]));
    let held = "good, before a delta";
    all.after("a delta that revokes", held, &[(Step::Apply, "delta")], &text, next_day(), (Invalid, "status.revoked"));
    all.file("delta, gzipped", verifier::status::gzip(&delta(7, &manifest, &[&status, &keys])));
    let anew = link(&verifier::card::Card::sign(card().claims(), &other).expect("good claims"));
    let decided = (Invalid, "status.revoked");
    all.after("a delta that brings a key", held, &[(Step::Apply, "delta, gzipped")], &anew, next_day(), decided);
    let refused = |all: &mut Cases, name: &'static str, bytes: Vec<u8>, code| {
        all.file(name, bytes);
        all.refuses(name, held, &[(Step::Apply, name)], code);
    };
    refused(all, "a delta from another manifest", delta(6, &manifest, &[&status, &keys]), "bundle.delta_base");
    refused(all, "a delta that leaves a change out", delta(7, &manifest, &[&status]), "bundle.part_missing");
    let with = |entry| {
        let mut other = status.clone();
        other.changed.push(entry);
        delta(7, &manifest, &[&other, &keys])
    };
    refused(all, "a delta that makes something else", with((2026, 3, Status::Revoked)), "bundle.delta_result");
    refused(all, "a delta for an index past the end", with((2026, 5_010, Status::Revoked)), "bundle.delta_place");
    refused(all, "a delta for another list", with((2030, 0, Status::Revoked)), "bundle.delta_place");
    let elsewhere = Change::of(PartName::Keys(2025));
    refused(all, "a delta for a part that is not there", delta(7, &manifest, &[&status, &keys, &elsewhere]), "bundle.delta_place");
    refused(all, "a delta that names a part twice", delta(7, &manifest, &[&status, &keys, &keys]), "bundle.delta_form");
    refused(all, "a delta under another key", delta(7, &after.manifest_under("320000"), &[&status, &keys]), "bundle.manifest_key");
    let undone = before.next_without_entries();
    let mut back = Change::of(PartName::Status(2026));
    back.changed = vec![(2026, 1, Status::Valid), (2026, 2, Status::Valid)];
    refused(all, "a signed delta that takes a revocation back", delta(7, &undone.manifest_text(), &[&back]), "bundle.unrevoked");
}
