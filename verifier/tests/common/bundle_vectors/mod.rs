//! Every situation of a trust bundle: what is opened and what follows it, what is held up and when, and what was decided for it.

mod ages;
mod chains;
mod issuers;
mod keys;
mod refused;

#[allow(unused_imports, reason = "each test binary uses a part")]
pub use refused::with_text;
mod statuses;

use super::bundles::{RegionFacts, anchor, contents, file};
use super::world::DAY;
use std::collections::BTreeMap;
use verifier::bundle::{Anchor, Bundle, BundleError, Contents};
use verifier::status::gzip;
use verifier::time::Instant;
use verifier::verdict::{Outcome, Verdict};

/// How a held bundle goes on.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A newer file comes.
    Update,
    /// A delta comes.
    Apply,
    /// The text of a part comes that was missing.
    AddPart,
}

impl Step {
    pub const fn word(self) -> &'static str {
        match self {
            Step::Update => "update",
            Step::Apply => "apply",
            Step::AddPart => "add_part",
        }
    }
}

/// What is asked in the end, and the answer that was decided by hand.
pub enum Asked {
    /// A card is held up: the outcome, and the code of the first step that is not ok.
    Card { text: String, now: Instant, decided: (Outcome, &'static str) },
    /// The last thing that came is refused with this code.
    Refused(&'static str),
}

/// One situation.
pub struct Case {
    pub name: &'static str,
    pub anchor: Anchor,
    /// The name of the file that is opened.
    pub bundle: String,
    /// What comes after it.
    pub then: Vec<(Step, String)>,
    pub asked: Asked,
}

/// Every case, and the files that they name.
#[derive(Default)]
pub struct Cases {
    pub files: BTreeMap<String, Vec<u8>>,
    pub cases: Vec<Case>,
}

/// The time at which a card is held up where a case says nothing else: an hour after the facts.
pub fn soon() -> Instant {
    RegionFacts::good().iat.plus_seconds(3_600)
}

/// All of them.
pub fn all() -> Cases {
    let mut all = Cases::default();
    all.file("good", file(&[&RegionFacts::good()]));
    for add in [ages::add, keys::add, issuers::add, statuses::add, chains::add, refused::add] {
        add(&mut all);
    }
    all
}

impl Cases {
    /// Gives a file its name.
    pub fn file(&mut self, name: &str, bytes: Vec<u8>) {
        assert!(self.files.insert(name.into(), bytes).is_none(), "{name} stands twice");
    }

    /// Gives the file of some facts a name.
    pub fn facts(&mut self, name: &str, facts: &RegionFacts) {
        self.file(name, file(&[facts]));
    }

    /// Gives a file of altered contents a name.
    pub fn contents(&mut self, name: &str, facts: &RegionFacts, change: impl FnOnce(&mut Contents)) {
        let mut contents = contents(&[facts]);
        change(&mut contents);
        self.file(name, gzip(&contents.to_json()));
    }

    /// A card held up at some time to a bundle of a given name.
    pub fn judged(&mut self, name: &'static str, bundle: &str, text: &str, now: Instant, outcome: Outcome, code: &'static str) {
        self.after(name, bundle, &[], text, now, (outcome, code));
    }

    /// The same some steps later.
    pub fn after(&mut self, name: &'static str, bundle: &str, then: &[(Step, &str)], text: &str, now: Instant, decided: (Outcome, &'static str)) {
        let asked = Asked::Card { text: text.into(), now, decided };
        self.push(name, bundle, then, asked);
    }

    /// Something that is refused: the bundle itself, or the last of the steps.
    pub fn refuses(&mut self, name: &'static str, bundle: &str, then: &[(Step, &str)], code: &'static str) {
        self.push(name, bundle, then, Asked::Refused(code));
    }

    fn push(&mut self, name: &'static str, bundle: &str, then: &[(Step, &str)], asked: Asked) {
        let then = then.iter().map(|(step, file)| (*step, (*file).to_owned())).collect();
        self.cases.push(Case { name, anchor: anchor(), bundle: bundle.into(), then, asked });
    }

    /// Opens what a case opens and takes its steps.
    pub fn held(&self, case: &Case) -> Result<Bundle, BundleError> {
        let named = |name: &str| self.files.get(name).unwrap_or_else(|| panic!("{name} is no file")).as_slice();
        let last = case.then.len();
        let opened = Bundle::open(named(&case.bundle), &case.anchor);
        case.then.iter().enumerate().fold(opened, |held, (at, (step, name))| {
            let held = held.unwrap_or_else(|error| panic!("{}: refused before step {at} of {last}: {error}", case.name));
            take(held, *step, named(name))
        })
    }

    /// The verdict of a case that asks for one.
    pub fn verdict(&self, case: &Case) -> Option<Verdict> {
        let Asked::Card { text, now, .. } = &case.asked else { return None };
        let held = self.held(case).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        Some(held.judge(text, *now))
    }
}

/// Takes one step.
pub fn take(mut held: Bundle, step: Step, bytes: &[u8]) -> Result<Bundle, BundleError> {
    match step {
        Step::Update => held.update(bytes),
        Step::Apply => held.apply(bytes),
        Step::AddPart => held.add_part(core::str::from_utf8(bytes).expect("a text")).map(|()| held),
    }
}

/// The facts that were gathered a day later than the good ones.
fn next() -> RegionFacts {
    RegionFacts::good().next()
}

/// An hour after those.
fn next_day() -> Instant {
    soon().plus_seconds(DAY)
}
