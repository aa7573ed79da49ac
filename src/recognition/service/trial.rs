//! What an agreement would do: over every certificate and lot that this region holds, before anybody has signed.

use std::collections::BTreeMap;

use verifier::agreement::{Agreement, Grant, Life, Moves};
use verifier::documents::{AchievementKind, Amount, Category, CourseCode, Digest, GrantId, LotId, SchemeId};
use verifier::ids::{Grade, OccupationCode, RegionCode};
use verifier::recognition::{Accord, Booking, CaseFacts, CheckName, Context, CreditFacts, Failing, LotFacts, Used, evaluate, failing};
use verifier::time::Day;

use super::{accords, coverage};
use crate::agreements::AgreementRefusal;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::ledger::store::LotRow;
use crate::providers::service::today;
use crate::recognition::{Accords, store};

/// Lots that are read at a time.
const PAGE: i64 = 2_000;

/// What one grant would do at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Certificates, or lots of which something is left.
    pub cases: u64,
    /// How many of them would be recognised.
    pub recognised: u64,
    /// How many each check refuses; one case may be refused by several.
    pub refused: BTreeMap<CheckName, u64>,
    /// Of the credit that would be recognised, what it is here, in hundredths.
    pub before: BTreeMap<SchemeId, i64>,
    /// And what it would become there.
    pub after: BTreeMap<SchemeId, i64>,
}

/// What an agreement would do.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The day that was taken: today, or the first day of the agreement.
    pub day: Day,
    /// By grant, in their order, and place.
    pub lines: Vec<(GrantId, RegionCode, Line)>,
}

/// The agreement as if it were agreed, and where its grants lead from here.
struct Run<'a> {
    accord: Accord<'a>,
    day: Day,
    own: &'a RegionCode,
    accords: &'a Accords,
    lines: Vec<(&'a Grant, RegionCode, Line)>,
}

/// Tries an agreement over one state of the database; `progress` is told how many of how many cases are done. Each account counts as one learner,
/// and limits are filled in the order of lots.
///
/// # Errors
/// `agreements.not_a_party`, or a fault.
pub fn trial(conn: &mut Conn, app: &App, agreement: &Agreement, progress: &mut dyn FnMut(u64, u64)) -> Result<Trial, Error> {
    let (own, accords) = (&app.region.code, accords(conn, app)?);
    if !agreement.parties.contains(own) {
        return Err(AgreementRefusal::NotAParty.at("parties").into());
    }
    let day = today(app).max(agreement.in_force.from);
    // What moves bodies says nothing of certificates and lots.
    let leads = |grant: &&Grant| grant.moves != Moves::Provider && grant.from.contains(own);
    let pairs = agreement
        .grants
        .iter()
        .filter(leads)
        .flat_map(|grant| grant.to.iter().filter(|to| *to != own).map(move |to| (grant, to.clone(), Line::default())));
    let accord = Accord { agreement, digest: Digest::of(&agreement.to_text()), life: Life::AGREED };
    let mut run = Run { accord, day, own, accords: &accords, lines: pairs.collect() };
    let (certificates, lots) = store::sizes(conn)?;
    let total = u64::try_from(certificates + lots).map_err(Fault::new)?;
    let mut done = 0;
    coverage::for_each(conn, &accords, own, |group| {
        run.certificates(&group.facts, group.count);
        done += group.count;
        progress(done, total);
        Ok(())
    })?;
    run.lots(conn, &mut |lots| {
        done += lots;
        progress(done, total);
    })?;
    Ok(Trial { day, lines: run.lines.into_iter().map(|(grant, to, line)| (grant.id.clone(), to, line)).collect() })
}

impl Run<'_> {
    fn certificates(&mut self, facts: &CaseFacts, count: u64) {
        let providers = coverage::providers(self.accords, facts);
        for (grant, to, line) in self.lines.iter_mut().filter(|(grant, ..)| grant.moves == Moves::Certificate) {
            let context = Context { providers: &providers, ..Context::new(to, self.day) };
            line.add(failing(&self.accord, grant, facts, &context), count);
        }
    }

    fn lots(&mut self, conn: &mut Conn, progress: &mut dyn FnMut(u64)) -> Result<(), Error> {
        let (mut learner, mut offer): (String, Vec<LotFacts>) = (String::new(), Vec::new());
        let mut last = String::new();
        loop {
            let page = store::lots_after(conn, self.own.as_str(), (&learner, &last), PAGE)?;
            let count = page.len();
            for (row, available) in page {
                if row.learner_id != learner {
                    self.learner(&std::mem::take(&mut offer));
                }
                (learner, last) = (row.learner_id.clone(), row.id.clone());
                offer.push(facts(self.accords, row, available)?);
            }
            progress(u64::try_from(count).map_err(Fault::new)?);
            if count == 0 {
                self.learner(&offer);
                return Ok(());
            }
        }
    }

    /// All that one learner could offer.
    fn learner(&mut self, offer: &[LotFacts]) {
        let (accord, day, own, accords) = (self.accord, self.day, self.own, self.accords);
        for (grant, to, line) in self.lines.iter_mut().filter(|(grant, ..)| grant.moves == Moves::Credit) {
            let try_one = |grant: &Grant, lot: &LotFacts, used: &[Used]| {
                let facts = CaseFacts::Credit(CreditFacts { origin: own.clone(), lots: vec![lot.clone()] });
                let providers = coverage::providers(accords, &facts);
                let context = Context { providers: &providers, used, ..Context::new(to, day) };
                let failing = failing(&accord, grant, &facts, &context);
                // Only what is recognised is written out: for what it gives.
                let gives = if failing.is_empty() { evaluate(&accord, grant, &facts, &context).gives } else { Vec::new() };
                (failing, gives)
            };
            if grant.all_of.is_empty() {
                let mut used = Vec::new();
                for lot in offer {
                    let (failing, gives) = try_one(grant, lot, &used);
                    line.add(failing, 1);
                    if failing.is_empty() {
                        line.convert(lot, &gives, &mut used);
                    }
                }
            } else {
                // One by one without the map, which takes several at once: what is left of these is what the map may take.
                let single = Grant { all_of: Vec::new(), gives: Vec::new(), limits: Vec::new(), ..grant.clone() };
                let decided: Vec<(&LotFacts, Failing)> = offer.iter().map(|lot| (lot, try_one(&single, lot, &[]).0)).collect();
                line.map(grant, &decided);
            }
        }
    }
}

impl Line {
    fn add(&mut self, failing: Failing, count: u64) {
        self.cases += count;
        if failing.is_empty() {
            self.recognised += count;
        }
        for check in failing.iter() {
            *self.refused.entry(check).or_default() += count;
        }
    }

    /// What a lot that is recognised becomes, which counts for the limits of the next.
    fn convert(&mut self, lot: &LotFacts, gives: &[Booking], used: &mut Vec<Used>) {
        *self.before.entry(lot.scheme.clone()).or_default() += lot.amount.hundredths();
        for given in gives {
            let amount = given.amount.hundredths();
            *self.after.entry(given.scheme.clone()).or_default() += amount;
            match used.iter_mut().find(|used| used.scheme == given.scheme) {
                Some(used) => (used.year, used.source) = (used.year + amount, used.source + amount),
                None => used.push(Used { scheme: given.scheme.clone(), year: amount, source: amount }),
            }
        }
    }

    /// What a map of courses gives for the lots of one learner that pass every other check: as often as each course is there and the limits allow.
    fn map(&mut self, grant: &Grant, decided: &[(&LotFacts, Failing)]) {
        let fits: Vec<&LotFacts> = decided.iter().filter(|(_, failing)| failing.is_empty()).map(|(lot, _)| *lot).collect();
        let mut schemes: Vec<&SchemeId> = fits.iter().map(|lot| &lot.scheme).collect();
        schemes.sort_unstable();
        schemes.dedup();
        let given: i64 = grant.gives.iter().map(|own| own.amount.hundredths()).sum();
        let mut room = grant.limits.iter().map(|limit| limit.amount.hundredths() / given.max(1)).min().unwrap_or(i64::MAX);
        let mut taken = Vec::new();
        for scheme in schemes {
            let of = |course: &CourseCode| -> i64 {
                fits.iter().filter(|lot| lot.scheme == *scheme && lot.course.as_ref() == Some(course)).map(|lot| lot.amount.hundredths()).sum()
            };
            let times = grant.all_of.iter().map(|own| of(&own.course) / own.amount.hundredths()).min().unwrap_or(0).min(room);
            if times == 0 {
                continue;
            }
            room -= times;
            taken.push(scheme);
            *self.before.entry(scheme.clone()).or_default() += times * grant.all_of.iter().map(|own| own.amount.hundredths()).sum::<i64>();
            for own in &grant.gives {
                *self.after.entry(own.scheme.clone()).or_default() += times * own.amount.hundredths();
            }
        }
        for (lot, failing) in decided {
            let in_map = lot.course.as_ref().is_some_and(|course| grant.all_of.iter().any(|own| own.course == *course));
            self.cases += 1;
            for check in failing.iter() {
                *self.refused.entry(check).or_default() += 1;
            }
            if failing.is_empty() && in_map && taken.contains(&&lot.scheme) {
                self.recognised += 1;
            } else if failing.is_empty() {
                *self.refused.entry(CheckName::AllOf).or_default() += 1;
            }
        }
    }
}

/// What the engine looks at in a lot, all of which is offered.
fn facts(accords: &Accords, row: LotRow, available: i64) -> Result<LotFacts, Fault> {
    let damaged = || Fault::text(format!("{} in lots is damaged", row.id));
    Ok(LotFacts {
        id: LotId::parse(&row.id).map_err(|_| damaged())?,
        scheme: SchemeId::parse(&row.scheme).map_err(|_| damaged())?,
        amount: Amount::new(available).map_err(|_| damaged())?,
        kind: AchievementKind::parse(&row.kind).map_err(|_| damaged())?,
        category: row.category.as_deref().map(Category::parse).transpose().map_err(|_| damaged())?,
        course: row.course.as_deref().map(CourseCode::parse).transpose().map_err(|_| damaged())?,
        occupation: row.occupation.as_deref().map(OccupationCode::parse).transpose().map_err(|_| damaged())?,
        level: row.level.map(coverage::level).transpose()?,
        grade: row.grade.as_deref().map(Grade::parse).transpose().map_err(|_| damaged())?,
        provider: row.provider_id.as_ref().and_then(|id| accords.code_of(id)).cloned(),
        earned: Day::parse(&row.earned_on).map_err(|_| damaged())?,
        expires: row.expires_on.as_deref().map(Day::parse).transpose().map_err(|_| damaged())?,
        basis: Digest::parse(&row.basis).map_err(|_| damaged())?,
    })
}
