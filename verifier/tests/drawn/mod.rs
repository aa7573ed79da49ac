//! Questions of recognition drawn by a seed: agreements, cases, histories, waivers, on days at and around every boundary.

mod conditions;
mod credits;
mod facts;
mod grants;
mod histories;
mod waivers;

use super::common::cards::Draw;
use facts::Facts;
use serde_json::{Value, json};
use verifier::agreement::{Agreement, Life};
use verifier::documents::{Digest, Waiver};
use verifier::ids::RegionCode;
use verifier::recognition::{Accord, CaseFacts, Context, Decision, Used, accepts, evaluate, failing};
use verifier::time::Day;
use verifier::verdict::Provider;

const REGIONS: [&str; 7] = ["310000", "310101", "320000", "320506", "330000", "340000", "810000"];
const DAYS: [&str; 15] = [
    "2026-03-01",
    "2026-02-28",
    "2026-03-31",
    "2028-02-29",
    "2028-02-28",
    "2028-03-31",
    "2027-01-01",
    "2026-12-31",
    "2026-04-30",
    "2027-05-31",
    "2025-10-30",
    "2029-02-28",
    "2024-02-29",
    "0090-03-31",
    "9999-12-31",
];

/// Which one of these so many percent of cases is a fault: most cases must come near to being recognised.
const FAULTS: [usize; 8] = [0, 0, 0, 0, 2, 5, 12, 40];

impl Draw {
    /// True in so many of a hundred.
    pub fn odds(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// The same things in another order.
    pub fn shuffled<T>(&mut self, mut of: Vec<T>) -> Vec<T> {
        for last in (1..of.len()).rev() {
            of.swap(last, self.below(last + 1));
        }
        of
    }

    /// Some of these, at least `least`, in their order.
    pub fn some<'a>(&mut self, of: &[&'a str], least: usize) -> Vec<&'a str> {
        let count = least + self.below(of.len() + 1 - least);
        let mut kept: Vec<usize> = self.shuffled((0..of.len()).collect());
        kept.truncate(count);
        kept.sort_unstable();
        kept.into_iter().map(|at| of[at]).collect()
    }

    /// A day some days from this one: the same, its neighbours, or far off.
    pub fn near(&mut self, day: Day, offsets: &[i64]) -> Day {
        day.add_days(offsets[self.below(offsets.len())])
    }
}

/// What is known before the grant is drawn: the case, the day, how often something is wrong.
pub struct Scene {
    pub facts: Facts,
    pub day: Day,
    pub origin: &'static str,
    pub place: &'static str,
    /// In so many of a hundred conditions something does not fit.
    pub faults: usize,
    /// Months that lie between the day and what was earned, where it was drawn so.
    pub months: i32,
    pub providers: Vec<Value>,
}

/// One question with everything it depends on.
pub struct Question {
    pub agreement: String,
    pub grant: usize,
    pub life: Life,
    pub facts: Value,
    pub place: RegionCode,
    pub day: Day,
    pub providers: Vec<Value>,
    pub used: Vec<Used>,
    pub waivers: Vec<(Digest, Waiver)>,
}

impl Question {
    /// The question of this seed.
    pub fn of(seed: u64) -> Question {
        let mut draw = Draw(seed);
        let scene = scene(&mut draw);
        let (agreement, grant, used) = grants::agreement(&mut draw, &scene);
        let life = life(&mut draw, &scene);
        let mut providers = scene.providers;
        if !providers.is_empty() && draw.odds(30) {
            providers.remove(draw.below(providers.len()));
        }
        let place = RegionCode::parse(scene.place).expect("a region");
        let mut question = Question { agreement, grant, life, facts: scene.facts.value(), place, day: scene.day, providers, used, waivers: vec![] };
        question.waivers = waivers::waivers(&mut draw, &question);
        question
    }

    /// What the library says, after both of its answers were compared.
    pub fn decided(&self) -> Decision {
        let agreement = Agreement::read(self.agreement.as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", self.agreement));
        let facts = CaseFacts::read(self.facts.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", self.facts));
        let accord = Accord { agreement: &agreement, digest: Digest::of(&self.agreement), life: self.life };
        let providers: Vec<Provider> = self.providers.iter().map(|own| serde_json::from_value(own.clone()).expect("a provider")).collect();
        let providers: Vec<&Provider> = providers.iter().collect();
        let context = Context { place: &self.place, day: self.day, providers: &providers, used: &self.used, waivers: &self.waivers };
        let grant = &agreement.grants[self.grant];
        let decision = evaluate(&accord, grant, &facts, &context);
        assert_eq!(accepts(&accord, grant, &facts, &context), decision.failed().next().is_none(), "{}", self.agreement);
        let failing = failing(&accord, grant, &facts, &context);
        assert!(failing.iter().eq(decision.failed().map(|check| check.check)), "{}", self.agreement);
        decision
    }

    /// The inputs and the decision in one line.
    pub fn line(&self, name: &str, decision: &Decision) -> String {
        let life = json!({ "agreed": self.life.is_agreed, "superseded_from": self.life.superseded_from, "ended_on": self.life.ended_on });
        let used: Vec<Value> = self.used.iter().map(|own| json!({ "scheme": own.scheme, "year": own.year, "source": own.source })).collect();
        let waivers: Vec<Value> = self.waivers.iter().map(|(digest, content)| json!({ "digest": digest, "content": content })).collect();
        json!({
            "name": name, "agreement": self.agreement, "grant": decision.grant, "life": life, "place": self.place, "day": self.day, "case": self.facts,
            "providers": self.providers, "used": used, "waivers": waivers, "decision": String::from_utf8(decision.to_bytes()).expect("UTF-8"),
        })
        .to_string()
    }
}

fn scene(draw: &mut Draw) -> Scene {
    let day = Day::parse(draw.one(&DAYS)).expect("a day");
    let day = draw.near(day, &[0, 0, 0, 1, -1, 40]);
    let faults = FAULTS[draw.below(FAULTS.len())];
    let at = draw.below(REGIONS.len());
    let further = if draw.odds(faults) { 0 } else { 1 + draw.below(REGIONS.len() - 1) };
    let (origin, place) = (REGIONS[at], REGIONS[(at + further) % REGIONS.len()]);
    let months = [1, 6, 12, 84, 1 + draw.below(1_200) as i32][draw.below(5)];
    let facts = Facts::draw(draw, origin, day, months);
    let providers = histories::providers(draw, &facts, day, faults);
    Scene { facts, day, origin, place, faults, months, providers }
}

/// Agreed and in force where nothing is wrong; else ended or superseded about the day.
fn life(draw: &mut Draw, scene: &Scene) -> Life {
    let mut about = |percent: usize| {
        let offsets: &[i64] = if draw.odds(scene.faults) { &[0, -1, -400] } else { &[1, 2, 400] };
        let day = draw.near(scene.day, offsets);
        draw.odds(percent).then_some(day)
    };
    let (superseded_from, ended_on) = (about(30), about(30));
    Life { is_agreed: !draw.odds(scene.faults), superseded_from, ended_on }
}
