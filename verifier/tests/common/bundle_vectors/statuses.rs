//! Status: what lists say, what is newer than they are, and years that are not at hand.

use super::super::bundles::anchor;
use super::super::cases::{card, changed, link};
use super::super::world::DAY;
use super::{Cases, RegionFacts, Step, next, soon};
use verifier::bundle::{Bundle, PartName};
use verifier::status::{Status, gzip};
use verifier::time::{Day, Zone};
use verifier::verdict::Outcome::{Invalid, Undetermined, Valid};

pub fn add(all: &mut Cases) {
    let text = link(&card());
    all.judged("suspended", "suspended", &text, soon(), Invalid, "status.suspended");
    all.facts("replaced", &RegionFacts::good().with_entry(4711, Status::Replaced));
    all.judged("replaced by a number that is named", "replaced", &text, soon(), Invalid, "status.replaced");
    let neighbours = [(4710, Status::Revoked), (4712, Status::Suspended), (0, Status::Replaced), (4999, Status::Revoked)];
    let around = neighbours.iter().fold(RegionFacts::good(), |facts, (index, status)| facts.with_entry(*index, *status));
    all.facts("neighbours revoked", &around);
    all.judged("the neighbours are revoked, this one is not", "neighbours revoked", &text, soon(), Valid, "");
    let at = |list, index| link(&changed(|claims| (claims.sts.list, claims.sts.index) = (list, index)));
    all.judged("the last index of a list, revoked", "neighbours revoked", &at(2026, 4_999), soon(), Invalid, "status.revoked");
    all.judged("the first index of a list, replaced", "neighbours revoked", &at(2026, 0), soon(), Invalid, "status.replaced");
    all.judged("an index past the end of its list", "good", &at(2026, 5_000), soon(), Undetermined, "status.newer_than_facts");
    all.judged("the last index that there is", "good", &at(2026, 4_999), soon(), Valid, "");
    all.judged("the largest index", "good", &at(2026, (1 << 24) - 1), soon(), Undetermined, "status.newer_than_facts");
    all.judged("a list that is not there", "good", &at(2027, 0), soon(), Undetermined, "status.missing");
    let lists = RegionFacts { lists: [(2026, vec![(7, 100), (2026, 5_000), (2027, 0), (2028, 30), (90_000, 12)])].into(), ..RegionFacts::good() };
    all.facts("several lists", &lists.with_entry(4711, Status::Revoked).with_entry_of(90_000, 11, Status::Suspended));
    all.judged("revoked in one of several lists", "several lists", &text, soon(), Invalid, "status.revoked");
    all.judged("suspended at the end of the last of several lists", "several lists", &at(90_000, 11), soon(), Invalid, "status.suspended");
    all.judged("the first index of a list after others", "several lists", &at(2028, 0), soon(), Valid, "");
    all.judged("an index of an empty list", "several lists", &at(2027, 0), soon(), Undetermined, "status.newer_than_facts");
    newer(all);
    years(all, &text);
}

fn newer(all: &mut Cases) {
    let issued = card().claims().iat;
    let early = RegionFacts { iat: issued.plus_seconds(-DAY), lists: [(2026, vec![(2026, 4_711)])].into(), ..RegionFacts::good() };
    all.facts("gathered before issue", &early);
    all.judged("an index newer than the facts", "gathered before issue", &link(&card()), issued, Undetermined, "status.newer_than_facts");
    all.facts("gathered before issue, no such list", &RegionFacts { lists: [(2026, vec![])].into(), ..early.clone() });
    all.judged("a list newer than the facts", "gathered before issue, no such list", &link(&card()), issued, Undetermined, "status.newer_than_facts");
    all.facts("gathered before issue, no keys", &RegionFacts { keys: Default::default(), ..early });
    let code = "signature.key_newer_than_facts";
    all.judged("a key newer than the facts", "gathered before issue, no keys", &link(&card()), issued, Undetermined, code);
}

/// A file without the parts of 2026, to which they come one by one.
fn years(all: &mut Cases, text: &str) {
    let good = RegionFacts::good();
    let bundle = |facts: &RegionFacts| Bundle::open(&super::super::bundles::file(&[facts]), &anchor()).expect("a good bundle");
    all.file("without 2026", gzip(&bundle(&good).contents().since(2027).to_json()));
    for (name, part) in [("keys of 2026", PartName::Keys(2026)), ("status of 2026", PartName::Status(2026))] {
        all.file(name, good.parts()[&part].clone().into_bytes());
    }
    all.judged("an older year's keys are not at hand", "without 2026", text, soon(), Undetermined, "signature.key_unknown");
    let keys = (Step::AddPart, "keys of 2026");
    all.after("an older year's status is not at hand", "without 2026", &[keys], text, soon(), (Undetermined, "status.missing"));
    let both = [keys, (Step::AddPart, "status of 2026")];
    all.after("an older year was fetched", "without 2026", &both, text, soon(), (Valid, ""));
    all.after("an older year was fetched in another order", "without 2026", &[both[1], both[0]], text, soon(), (Valid, ""));
    all.file("next, without 2026", gzip(&bundle(&next()).contents().since(2027).to_json()));
    let update = (Step::Update, "next, without 2026");
    all.after("fetched parts outlive an update that leaves them out", "without 2026", &[keys, both[1], update], text, soon(), (Valid, ""));
    let silvester = Day::new(2027, 1, 1).expect("a day").start_in(Zone::CHINA);
    let eve = link(&changed(|claims| claims.iat = silvester.plus_seconds(-1)));
    let late = RegionFacts { iat: silvester.plus_seconds(DAY), ..RegionFacts::good() };
    all.facts("gathered in 2027", &late);
    all.judged("issued in the last second of the year", "gathered in 2027", &eve, late.iat, Valid, "");
}
