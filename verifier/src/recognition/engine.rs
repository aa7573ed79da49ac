//! The walk through the checks of a grant: one truth, told briefly or in full.

use super::provider::{Known, bar, class, flag, out_of_scope};
use super::subject::Subject;
use super::{Accord, CaseFacts, Check, CheckName, Context, Decision, decision, got, want};
use crate::agreement::{Accept, Grant, Limit, LimitPer, Moves, ProviderTerms, State, StatusAt};
use crate::documents::{Amount, Category, Digest, decimal};
use crate::time::Day;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

/// Checks that a grant of certificates commonly makes.
const CHECKS: usize = 16;

/// Whether something holds; of several, the least counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Held {
    No,
    Unknown,
    Yes,
}

impl From<bool> for Held {
    fn from(held: bool) -> Held {
        if held { Held::Yes } else { Held::No }
    }
}

/// What a check says in full.
struct Told {
    want: Text,
    got: Text,
    waived: Vec<Digest>,
}

/// Words that are part of the format: many are the same for every grant.
type Text = Cow<'static, str>;

/// Takes the checks in order.
trait Sink {
    /// Takes one; `told` writes it out. `None`: nothing further is wanted.
    fn take(&mut self, check: CheckName, held: Held, told: impl FnOnce() -> Told) -> Option<()>;
}

/// Stops at the first check that does not hold, and writes nothing.
struct Brief;

impl Sink for Brief {
    fn take(&mut self, _: CheckName, held: Held, _: impl FnOnce() -> Told) -> Option<()> {
        (held == Held::Yes).then_some(())
    }
}

/// The checks that are not ok, by name: what counting needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing(u32);

impl Sink for Failing {
    fn take(&mut self, check: CheckName, held: Held, _: impl FnOnce() -> Told) -> Option<()> {
        if held != Held::Yes {
            self.0 |= Failing::bit(check);
        }
        Some(())
    }
}

impl Failing {
    fn bit(check: CheckName) -> u32 {
        1 << check as u32
    }

    /// Whether there are none, so that the grant accepts.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of the checks.
    pub fn iter(self) -> impl Iterator<Item = CheckName> {
        CheckName::ALL.iter().copied().filter(move |check| self.0 & Failing::bit(*check) != 0)
    }
}

/// Every check written out as somebody wants it, how many are not ok, and the least that held.
pub(crate) struct Full<T> {
    pub checks: Vec<T>,
    pub failed: usize,
    pub held: Held,
}

impl<T: From<Check>> Sink for Full<T> {
    fn take(&mut self, check: CheckName, held: Held, told: impl FnOnce() -> Told) -> Option<()> {
        let Told { want, got, waived } = told();
        let ok = held == Held::Yes;
        self.checks.push(Check { check, want, got, ok, waived }.into());
        self.failed += usize::from(!ok);
        self.held = self.held.min(held);
        Some(())
    }
}

/// What the checks look at.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    pub accord: &'a Accord<'a>,
    pub grant: &'a Grant,
    pub facts: &'a CaseFacts,
    pub context: &'a Context<'a>,
}

/// Whether a grant accepts a case: the answer of [`evaluate`], without a word and without memory.
pub fn accepts(accord: &Accord<'_>, grant: &Grant, facts: &CaseFacts, context: &Context<'_>) -> bool {
    Walk { accord, grant, facts, context }.accepts()
}

/// The checks by which a grant does not accept a case: those that [`evaluate`] finds not ok, without a word and without memory.
pub fn failing(accord: &Accord<'_>, grant: &Grant, facts: &CaseFacts, context: &Context<'_>) -> Failing {
    let mut failing = Failing(0);
    // It takes every check and so never stops.
    let _ = Walk { accord, grant, facts, context }.all(&mut failing);
    failing
}

/// Whether and why a grant of an agreement accepts a case.
pub fn evaluate(accord: &Accord<'_>, grant: &Grant, facts: &CaseFacts, context: &Context<'_>) -> Decision {
    let walk = Walk { accord, grant, facts, context };
    decision::of(&walk, walk.full())
}

impl<'a> Walk<'a> {
    /// Whether every check holds.
    pub fn accepts(&self) -> bool {
        self.all(&mut Brief).is_some()
    }

    /// Every check, written out.
    pub fn full<T: From<Check>>(&self) -> Full<T> {
        let mut full = Full { checks: Vec::with_capacity(CHECKS), failed: 0, held: Held::Yes };
        // It takes every check and so never stops.
        let _ = self.all(&mut full);
        full
    }

    /// Every check in its order.
    fn all(&self, sink: &mut impl Sink) -> Option<()> {
        self.agreement(sink)?;
        self.kinds(sink)?;
        self.achievement(sink)?;
        if let Some(terms) = &self.grant.accept.provider {
            self.provider(terms, sink)?;
        }
        if self.grant.moves == Moves::Credit {
            self.amounts(sink)?;
        }
        Some(())
    }

    fn agreement(&self, sink: &mut impl Sink) -> Option<()> {
        let (accord, grant, context) = (self.accord, self.grant, self.context);
        let told = |want: Text, got: Text| Told { want, got, waived: Vec::new() };
        sink.take(CheckName::Signed, accord.life.is_agreed.into(), || {
            told("every party".into(), if accord.life.is_agreed { "every party" } else { "not every party" }.into())
        })?;
        let in_force = accord.agreement.in_force;
        let state = crate::agreement::Life { is_agreed: true, ..accord.life }.state(in_force, context.day);
        sink.take(CheckName::InForce, (state == State::InForce).into(), || told(want::in_force(in_force).into(), got::in_force(self, state).into()))?;
        let (origin, place) = (self.facts.origin(), context.place);
        let is_between = origin != place && grant.from.contains(origin) && grant.to.contains(place);
        sink.take(CheckName::Parties, is_between.into(), || told(want::parties(grant).into(), format!("{origin} to {place}").into()))?;
        let moves = self.facts.moves();
        sink.take(CheckName::Moves, (moves == grant.moves).into(), || told(grant.moves.as_str().into(), moves.as_str().into()))
    }

    /// What it is.
    fn kinds(&self, sink: &mut impl Sink) -> Option<()> {
        let accept = &self.grant.accept;
        if !accept.types.is_empty() {
            let own = |subject: &Subject<'a>| match *subject {
                Subject::Certificate(facts) => Some(facts.kind),
                Subject::Lot(_) | Subject::Provider(_) => None,
            };
            self.among(sink, CheckName::Type, &accept.types, own, |kind| kind.to_string())?;
        }
        if let Some(scheme) = &accept.scheme {
            let own = |subject: &Subject<'a>| subject.as_lot().map(|lot| &lot.scheme);
            self.each(sink, CheckName::Scheme, || scheme.to_string(), |s| (own(s) == Some(scheme)).into(), |s| got::or_none(own(s)))?;
        }
        if !accept.kinds.is_empty() {
            self.among(sink, CheckName::Kind, &accept.kinds, |subject| subject.as_lot().map(|lot| lot.kind), |kind| kind.to_string())?;
        }
        let has_map = self.grant.convert.as_ref().is_some_and(|convert| !convert.category.is_empty());
        if !accept.categories.is_empty() || has_map {
            let own = |subject: &Subject<'a>| subject.as_lot().and_then(|lot| lot.category.as_ref());
            let held = |subject: &Subject<'a>| Held::from(subject.as_lot().is_some() && self.has_category(accept, own(subject)));
            self.each(sink, CheckName::Category, || want::category(accept, self.grant), held, |s| got::or_none(own(s)))?;
        }
        if !accept.courses.is_empty() {
            let own = |subject: &Subject<'a>| subject.as_lot().and_then(|lot| lot.course.as_ref());
            let held = |subject: &Subject<'a>| Held::from(own(subject).is_some_and(|course| accept.courses.contains(course)));
            self.each(sink, CheckName::Course, || want::joined(&accept.courses), held, |s| got::or_none(own(s)))?;
        }
        Some(())
    }

    /// What was achieved, and when.
    fn achievement(&self, sink: &mut impl Sink) -> Option<()> {
        let accept = &self.grant.accept;
        if !accept.occupations.is_empty() {
            let covered = |code| accept.occupations.iter().any(|branch| branch.covers(code));
            let held = |subject: &Subject<'a>| Held::from(subject.occupation().is_some_and(covered));
            self.each(sink, CheckName::Occupation, || want::joined(&accept.occupations), held, |s| got::or_none(s.occupation()))?;
        }
        if let Some(range) = accept.level {
            let held = |subject: &Subject<'a>| Held::from(subject.level().is_some_and(|level| range.covers(level)));
            self.each(sink, CheckName::Level, || want::level(range), held, |s| got::or_none(s.level().map(|level| level.rank())))?;
        }
        if let Some(grade) = accept.grade {
            let held = |subject: &Subject<'a>| Held::from(subject.grade().is_some_and(|own| own >= grade.min));
            self.each(sink, CheckName::Grade, || format!("at least {}", grade.min), held, |s| got::or_none(s.grade()))?;
        }
        if let Some(months) = accept.max_age_months {
            let oldest = self.context.day.add_months(-i32::from(months));
            let held = |subject: &Subject<'a>| Held::from(subject.earned().is_some_and(|earned| earned >= oldest));
            self.each(sink, CheckName::MaxAgeMonths, || format!("from {oldest}"), held, |s| got::or_none(s.earned()))?;
        }
        if let Some(days) = accept.earned {
            let held = |subject: &Subject<'a>| Held::from(subject.earned().is_some_and(|earned| days.covers(earned)));
            self.each(sink, CheckName::Earned, || want::days(days), held, |s| got::or_none(s.earned()))?;
        }
        Some(())
    }

    fn provider(&self, terms: &'a ProviderTerms, sink: &mut impl Sink) -> Option<()> {
        let known = |subject: &Subject<'a>| Known::of(self, terms, subject);
        let when = || match terms.status_at {
            StatusAt::Earned => "listed when earned",
            StatusAt::Offered => "listed when offered",
        };
        let held = |subject: &Subject<'a>| known(subject).every(|interval| bar(interval).is_none());
        self.each(sink, CheckName::ProviderListed, when, held, |s| got::listed(&known(s)))?;
        if !terms.classes.is_empty() {
            let held = |s: &Subject<'a>| known(s).every(|interval| class(interval).is_some_and(|class| terms.classes.contains(&class)));
            let want = || want::joined(&terms.classes);
            self.each(sink, CheckName::ProviderClass, want, held, |s| got::class(&known(s)))?;
        }
        if !terms.flags.is_empty() {
            let held = |s: &Subject<'a>| known(s).every(|interval| flag(interval).is_some_and(|flag| terms.flags.contains(&flag)));
            let want = || want::joined(&terms.flags);
            self.each(sink, CheckName::ProviderFlag, want, held, |s| got::flag(&known(s)))?;
        }
        if !terms.kinds.is_empty() {
            let held = |s: &Subject<'a>| known(s).is(|provider| terms.kinds.contains(&provider.kind));
            let want = || want::joined(&terms.kinds);
            self.each(sink, CheckName::ProviderType, want, held, |s| got::kind(&known(s)))?;
        }
        if !terms.codes.is_empty() {
            let held = |s: &Subject<'a>| Held::from(s.provider().is_some_and(|code| terms.codes.contains(code)));
            self.each(sink, CheckName::ProviderCode, || want::joined(&terms.codes), held, |s| got::or_none(s.provider()))?;
        }
        if terms.in_scope {
            let held = |s: &Subject<'a>| known(s).every(|interval| out_of_scope(interval, s).is_none());
            self.each(sink, CheckName::ProviderInScope, || "in scope", held, |s| got::in_scope(&known(s), s))?;
        }
        Some(())
    }

    /// What credit is worth, and how much of it may move.
    fn amounts(&self, sink: &mut impl Sink) -> Option<()> {
        let day = self.context.day;
        let expires = |subject: &Subject<'a>| subject.as_lot().and_then(|lot| lot.expires);
        let held = |s: &Subject<'a>| Held::from(s.as_lot().is_some() && expires(s).is_none_or(|expires| day < expires));
        self.each(sink, CheckName::Unexpired, || format!("after {day}"), held, |s| got::or_none(expires(s)))?;
        let plain = |want: String, got: String| Told { want: want.into(), got: got.into(), waived: Vec::new() };
        if self.grant.all_of.is_empty() {
            let becomes = |subject: &Subject<'a>| subject.as_lot().map(|lot| self.converted(lot.amount));
            let held = |s: &Subject<'a>| Held::from(becomes(s).is_some_and(|amount| Amount::new(amount).is_ok()));
            let want = || format!("0.01 to {}", Amount::MAX);
            match self.lot_count() {
                Some(0) => sink.take(CheckName::Amount, Held::No, || plain(want(), "0 of 0".into()))?,
                _ => self.each(sink, CheckName::Amount, want, held, |s| got::or_none(becomes(s).map(|amount| decimal(amount.into()))))?,
            }
        } else {
            sink.take(CheckName::AllOf, self.has_all_of().into(), || plain(want::all_of(&self.grant.all_of), got::all_of(self)))?;
        }
        for per in LimitPer::ALL {
            if let Some(limit) = self.grant.limits.iter().find(|limit| limit.per == *per) {
                self.limit(limit, sink)?;
            }
        }
        Some(())
    }

    fn limit(&self, limit: &Limit, sink: &mut impl Sink) -> Option<()> {
        let (more, used) = (self.result(), self.used(limit.per));
        let check = match limit.per {
            LimitPer::LearnerYear => CheckName::LimitLearnerYear,
            LimitPer::LearnerSource => CheckName::LimitLearnerSource,
        };
        let most = i128::from(limit.amount.hundredths());
        sink.take(check, (used + more <= most).into(), || Told {
            want: format!("at most {}", limit.amount).into(),
            got: got::limit(used, more).into(),
            waived: Vec::new(),
        })
    }

    /// One of a list.
    fn among<T: PartialEq + Display + 'a>(
        &self,
        sink: &mut impl Sink,
        check: CheckName,
        list: &'a [T],
        own: impl Fn(&Subject<'a>) -> Option<T>,
        told: impl Fn(T) -> String,
    ) -> Option<()> {
        let held = |subject: &Subject<'a>| Held::from(own(subject).is_some_and(|own| list.contains(&own)));
        self.each(sink, check, || want::joined(list), held, |s| got::or_none(own(s).map(&told)))
    }

    /// A check that every subject must pass by itself, or have waived.
    fn each<W: Into<Text>, G: Into<Text>>(
        &self,
        sink: &mut impl Sink,
        check: CheckName,
        want: impl FnOnce() -> W,
        held: impl Fn(&Subject<'a>) -> Held,
        got: impl Fn(&Subject<'a>) -> G,
    ) -> Option<()> {
        let mut all = Held::Yes;
        // Where one does not hold, the others change nothing.
        let _ = self.facts.every(|subject| {
            let own = held(&subject);
            if own != Held::Yes && self.waivers(check, subject).next().is_none() {
                all = all.min(own);
            }
            all != Held::No
        });
        sink.take(check, all, || {
            let waived = self.facts.subjects().filter(|s| all == Held::Yes && held(s) != Held::Yes).flat_map(|s| self.waivers(check, s));
            let mut waived: Vec<Digest> = waived.collect();
            waived.sort_unstable();
            waived.dedup();
            Told { want: want().into(), got: got::each(self, &held, got), waived }
        })
    }

    /// The waivers of a check for one subject.
    fn waivers(&self, check: CheckName, subject: Subject<'a>) -> impl Iterator<Item = Digest> {
        let fits = move |waiver: &&'a (Digest, crate::documents::Waiver)| {
            let (_, waiver) = waiver;
            check.is_waivable()
                && waiver.checks.contains(&check)
                && subject.is_case(&waiver.case)
                && waiver.applies(self.accord, self.grant, self.context)
        };
        self.context.waivers.iter().filter(fits).map(|(digest, _)| *digest)
    }

    /// How many lots there are, if it is credit.
    pub fn lot_count(&self) -> Option<usize> {
        match self.facts {
            CaseFacts::Credit(facts) => Some(facts.lots.len()),
            CaseFacts::Certificate(_) | CaseFacts::Provider(_) => None,
        }
    }

    fn has_category(&self, accept: &Accept, category: Option<&Category>) -> bool {
        let Some(category) = category else { return accept.categories.is_empty() };
        let is_accepted = accept.categories.is_empty() || accept.categories.contains(category);
        is_accepted && self.counterpart(category).is_some()
    }

    /// The category that a lot of a category gets: its own where there is no map.
    pub fn counterpart<'b>(&'b self, category: &'b Category) -> Option<&'b Category> {
        match &self.grant.convert {
            Some(convert) if !convert.category.is_empty() => convert.category.iter().find(|(from, _)| from == category).map(|(_, to)| to),
            _ => Some(category),
        }
    }

    /// What an amount becomes, in hundredths, rounded down.
    pub fn converted(&self, amount: Amount) -> i64 {
        self.grant.convert.as_ref().map_or(amount.hundredths(), |convert| convert.ratio.of(amount))
    }

    /// Whether the lots are of one scheme and exactly the courses of the map, each with its amount.
    fn has_all_of(&self) -> bool {
        let (lots, map) = (self.facts.lots(), &self.grant.all_of);
        let sum = |course| lots.iter().filter(|lot| lot.course.as_ref() == Some(course)).map(|lot| i128::from(lot.amount.hundredths())).sum::<i128>();
        lots.array_windows().all(|[one, other]| one.scheme == other.scheme)
            && lots.iter().all(|lot| lot.course.as_ref().is_some_and(|course| map.iter().any(|own| own.course == *course)))
            && map.iter().all(|own| sum(&own.course) == i128::from(own.amount.hundredths()))
    }

    /// What the receiver would book in all.
    fn result(&self) -> i128 {
        if self.grant.all_of.is_empty() {
            return self.facts.lots().iter().map(|lot| i128::from(self.converted(lot.amount))).sum();
        }
        self.grant.gives.iter().map(|given| i128::from(given.amount.hundredths())).sum()
    }

    /// What the learner has received already in the scheme of the result.
    fn used(&self, per: LimitPer) -> i128 {
        let by_map = self.grant.gives.first().map(|given| &given.scheme);
        let scheme = by_map.or(self.grant.convert.as_ref().map(|convert| &convert.scheme)).or(self.grant.accept.scheme.as_ref());
        let used = self.context.used.iter().find(|used| Some(&used.scheme) == scheme);
        used.map_or(0, |used| i128::from(if per == LimitPer::LearnerYear { used.year } else { used.source }).max(0))
    }

    /// The days on which providers are looked at, each provider and day once, in the order of the subjects.
    pub fn looked_at(&self) -> Vec<(&'a crate::verdict::Provider, Day)> {
        let Some(terms) = &self.grant.accept.provider else { return Vec::new() };
        let mut seen: Vec<(&'a crate::verdict::Provider, Day)> = Vec::new();
        for subject in self.facts.subjects() {
            if let Known::On(provider, day) = Known::of(self, terms, &subject)
                && !seen.iter().any(|(own, on)| own.code == provider.code && *on == day)
            {
                seen.push((provider, day));
            }
        }
        seen
    }
}
