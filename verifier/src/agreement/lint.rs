//! What is odd about an agreement though it keeps every rule: grants that can never fire, that another covers, that have no counterpart, that lose
//! much on the way there and back, and limits that are never reached.

use super::print::{Said, said};
use super::{Accept, Agreement, Grant, LimitPer, Moves, ProviderTerms};
use crate::documents::{Amount, SchemeId, decimal};
use crate::ids::{Level, OccupationPrefix, RegionCode};
use crate::verdict::Scope;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::Serialize;

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// The grant that it is about.
    pub grant: String,
    /// The other grant that has to do with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// In words.
    pub words: Said,
}

/// What the providers of regions may assess, as far as it is known; a region that is not here is not asked about.
pub type Scopes = BTreeMap<RegionCode, Vec<Scope>>;

/// Amounts, in hundredths, that are sent there and back.
const TRIED: [i64; 2] = [100, 1_000];
/// Percent of an amount that must come back.
const BACK: i64 = 90;

fn finding(code: &'static str, grant: &Grant, zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { code, grant: grant.id.to_string(), other: None, words: said(zh, en) }
}

/// Everything that is odd, in the order of grants.
pub fn lint(agreement: &Agreement, scopes: &Scopes) -> Vec<Finding> {
    let ways = Ways::of(agreement);
    let mut found = Vec::new();
    for (at, grant) in agreement.grants.iter().enumerate() {
        found.extend(never(agreement, grant));
        found.extend(unissued(grant, scopes));
        found.extend(idle_limit(grant));
        found.extend(covered(agreement, at, grant));
        found.extend(ways.one_way(agreement, grant));
        found.extend(agreement.grants.iter().skip(at + 1).filter_map(|other| round_trip(grant, other)));
    }
    found
}

/// Reasons for which nothing is ever recognised under a grant.
fn never(agreement: &Agreement, grant: &Grant) -> Vec<Finding> {
    let (accept, days) = (&grant.accept, agreement.in_force);
    let mut found = Vec::new();
    if !pairs(grant).any(|_| true) {
        found.push(finding("lint.no_pair", grant, "来源地与认可地相同，永不生效", "it leads nowhere: from and to are the same region"));
    }
    if let (Some(first), Some(through)) = (accept.earned.and_then(|earned| earned.from), days.through)
        && first > through
    {
        let (zh, en) = (format!("取得日期自 {first} 起，协议届时已到期"), format!("what is earned from {first} on comes after its last day"));
        found.push(finding("lint.earned_too_late", grant, zh, en));
    }
    if let (Some(last), Some(months)) = (accept.earned.and_then(|earned| earned.through), accept.max_age_months)
        && last.add_months(i32::from(months)) < days.from
    {
        let zh = format!("{last} 及以前取得的成果在协议生效前已超过 {months} 个月");
        found.push(finding("lint.too_old", grant, zh, format!("what was earned through {last} is older than {months} months on its first day")));
    }
    let missing = grant.all_of.iter().find(|one| !accept.courses.is_empty() && !accept.courses.contains(&one.course));
    if let Some(one) = missing {
        let (zh, en) =
            (format!("要求课程 {}，但条件不接受该课程", one.course), format!("it asks for course {}, which it does not accept", one.course));
        found.push(finding("lint.course_refused", grant, zh, en));
    }
    let mapped = grant.convert.as_ref().map(|convert| convert.category.as_slice()).unwrap_or_default();
    let unmapped: Vec<_> = accept.categories.iter().filter(|one| !mapped.iter().any(|(from, _)| from == *one)).map(ToString::to_string).collect();
    if !mapped.is_empty() && !unmapped.is_empty() {
        let (zh, en) = (
            format!("类别 {} 没有对应的类别，不予认可", unmapped.join("、")),
            format!("it accepts {} but refuses to convert it", unmapped.join(", ")),
        );
        found.push(finding("lint.category_unmapped", grant, zh, en));
    }
    found.extend(schemes(grant));
    found
}

/// Credit is counted in a scheme of where it comes from, and received in one of where it goes.
fn schemes(grant: &Grant) -> Vec<Finding> {
    let mut found = Vec::new();
    let stands = |regions: &[RegionCode], scheme: &SchemeId| regions.iter().any(|region| region.as_str() == scheme.region());
    if let Some(scheme) = grant.accept.scheme.as_ref().filter(|scheme| !stands(&grant.from, scheme)) {
        found.push(finding(
            "lint.scheme_origin",
            grant,
            format!("{scheme} 不是来源地的学分制度"),
            format!("{scheme} is a scheme of no region that it comes from"),
        ));
    }
    let received = grant.convert.iter().map(|convert| &convert.scheme).chain(grant.gives.iter().map(|given| &given.scheme));
    for scheme in received.filter(|scheme| !stands(&grant.to, scheme)) {
        found.push(finding(
            "lint.scheme_receiver",
            grant,
            format!("{scheme} 不是认可地的学分制度"),
            format!("{scheme} is a scheme of no region that receives it"),
        ));
    }
    found
}

/// Whether one branch lies in the other, either way.
fn meet(one: &OccupationPrefix, other: &OccupationPrefix) -> bool {
    one.as_str().starts_with(other.as_str()) || other.as_str().starts_with(one.as_str())
}

/// Occupations and levels for which no provider of a region has a scope.
fn unissued(grant: &Grant, scopes: &Scopes) -> Vec<Finding> {
    let range = |scope: &Scope| {
        let (min, max) =
            grant.accept.level.map_or((Level::MIN, Level::MAX), |level| (level.min.unwrap_or(Level::MIN), level.max.unwrap_or(Level::MAX)));
        scope.level_min <= max && min <= scope.level_max
    };
    let mut found = Vec::new();
    for (region, of_region) in grant.from.iter().filter_map(|region| Some((region, scopes.get(region)?))) {
        let region = region.as_str();
        for wanted in &grant.accept.occupations {
            let fits = |scope: &&Scope| scope.occupations.is_empty() || scope.occupations.iter().any(|own| meet(own, wanted));
            if !of_region.iter().any(|scope| fits(&scope)) {
                let (zh, en) = (
                    format!("{region} 没有机构可评价职业 {}", wanted.as_str()),
                    format!("no provider of {region} has a scope for {}", wanted.as_str()),
                );
                found.push(finding("lint.occupation_unissued", grant, zh, en));
            } else if !of_region.iter().filter(fits).any(range) {
                let zh = format!("{region} 没有机构可评价职业 {} 的这些等级", wanted.as_str());
                let en = format!("no provider of {region} has a scope for {} at these levels", wanted.as_str());
                found.push(finding("lint.level_unissued", grant, zh, en));
            }
        }
        if grant.accept.occupations.is_empty() && grant.accept.level.is_some() && !of_region.iter().any(range) {
            found.push(finding(
                "lint.level_unissued",
                grant,
                format!("{region} 没有机构可评价这些等级"),
                format!("no provider of {region} has a scope for these levels"),
            ));
        }
    }
    found
}

/// Limits that nothing reaches, or that nothing fits in.
fn idle_limit(grant: &Grant) -> Vec<Finding> {
    let amount = |per: LimitPer| grant.limits.iter().find(|limit| limit.per == per).map(|limit| limit.amount);
    let mut found = Vec::new();
    if let (Some(year), Some(source)) = (amount(LimitPer::LearnerYear), amount(LimitPer::LearnerSource))
        && year >= source
    {
        let (zh, en) = (
            format!("每年 {year} 的限额不小于总限额 {source}，不起作用"),
            format!("the limit of {year} a year is never reached: {source} is all there is"),
        );
        found.push(finding("lint.limit_idle", grant, zh, en));
    }
    let given: i64 = grant.gives.iter().map(|given| given.amount.hundredths()).sum();
    if let Some(least) = grant.limits.iter().map(|limit| limit.amount).min().filter(|least| least.hundredths() < given) {
        let (zh, en) = (format!("一次给予的学分已超过限额 {least}，永不生效"), format!("what it gives at once is more than its limit of {least}"));
        found.push(finding("lint.limit_too_low", grant, zh, en));
    }
    found
}

/// A grant that another one makes superfluous; of two that say the same, the later.
fn covered(agreement: &Agreement, at: usize, grant: &Grant) -> Option<Finding> {
    let wider = |other: &Grant, own: &Grant| {
        let within = |small: &[RegionCode], large: &[RegionCode]| small.iter().all(|region| large.contains(region));
        let limited = other.limits.iter().all(|limit| own.limits.iter().any(|mine| mine.per == limit.per && mine.amount <= limit.amount));
        let exchange = (&other.convert, &other.all_of, &other.gives) == (&own.convert, &own.all_of, &own.gives);
        other.moves == own.moves
            && within(&own.from, &other.from)
            && within(&own.to, &other.to)
            && exchange
            && limited
            && weaker(&other.accept, &own.accept)
    };
    let others = agreement.grants.iter().enumerate().filter(|(n, _)| *n != at);
    let (_, other) = others.into_iter().find(|(n, other)| wider(other, grant) && (*n < at || !wider(grant, other)))?;
    let words = finding("lint.covered", grant, format!("条款 {} 已涵盖本条款", other.id), format!("grant {} covers it", other.id));
    Some(Finding { other: Some(other.id.to_string()), ..words })
}

/// Whether a list of what is accepted leaves room for all of a stricter one; an empty list is no condition.
fn list<T: PartialEq>(weak: &[T], strict: &[T]) -> bool {
    weak.is_empty() || (!strict.is_empty() && strict.iter().all(|item| weak.contains(item)))
}

/// The same of lists that may be long.
fn set<T: Ord>(weak: &[T], strict: &[T]) -> bool {
    weak.is_empty() || (!strict.is_empty() && strict.iter().collect::<BTreeSet<_>>().is_subset(&weak.iter().collect()))
}

/// The same of branches, of which a shorter one holds all that begin with it.
fn branch(weak: &[OccupationPrefix], strict: &[OccupationPrefix]) -> bool {
    let all: BTreeSet<&str> = weak.iter().map(|own| own.as_str()).collect();
    let inside = |own: &OccupationPrefix| (1..=own.as_str().len()).any(|end| own.as_str().get(..end).is_some_and(|start| all.contains(start)));
    weak.is_empty() || (!strict.is_empty() && strict.iter().all(inside))
}

/// Whether conditions hold wherever stricter ones do.
fn weaker(weak: &Accept, strict: &Accept) -> bool {
    /// At least as much, where there is a least.
    fn least<T: PartialOrd>(weak: Option<T>, strict: Option<T>) -> bool {
        weak.is_none_or(|weak| strict.is_some_and(|strict| strict >= weak))
    }
    fn most<T: PartialOrd>(weak: Option<T>, strict: Option<T>) -> bool {
        weak.is_none_or(|weak| strict.is_some_and(|strict| strict <= weak))
    }
    list(&weak.types, &strict.types)
        && weak.scheme == strict.scheme
        && list(&weak.kinds, &strict.kinds)
        && set(&weak.categories, &strict.categories)
        && set(&weak.courses, &strict.courses)
        && branch(&weak.occupations, &strict.occupations)
        && least(weak.level.and_then(|own| own.min), strict.level.and_then(|own| own.min))
        && most(weak.level.and_then(|own| own.max), strict.level.and_then(|own| own.max))
        // Even a range over all levels asks for a level.
        && (weak.level.is_none() || strict.level.is_some())
        && least(weak.grade.map(|own| own.min), strict.grade.map(|own| own.min))
        && most(weak.max_age_months, strict.max_age_months)
        && least(weak.earned.and_then(|own| own.from), strict.earned.and_then(|own| own.from))
        && most(weak.earned.and_then(|own| own.through), strict.earned.and_then(|own| own.through))
        && weaker_provider(weak.provider.as_ref(), strict.provider.as_ref())
}

fn weaker_provider(weak: Option<&ProviderTerms>, strict: Option<&ProviderTerms>) -> bool {
    let Some(weak) = weak else { return true };
    strict.is_some_and(|strict| {
        weak.status_at == strict.status_at
            && list(&weak.classes, &strict.classes)
            && list(&weak.flags, &strict.flags)
            && list(&weak.kinds, &strict.kinds)
            && set(&weak.codes, &strict.codes)
            && (!weak.in_scope || strict.in_scope)
    })
}

/// The pairs of regions between which a grant recognises something.
fn pairs(grant: &Grant) -> impl Iterator<Item = (&RegionCode, &RegionCode)> {
    grant.from.iter().flat_map(move |from| grant.to.iter().map(move |to| (from, to))).filter(|(from, to)| from != to)
}

/// Which way each kind of thing is recognised: a square of parties for each kind.
struct Ways(Vec<bool>);

impl Ways {
    fn of(agreement: &Agreement) -> Ways {
        let mut ways = Ways(vec![false; Moves::ALL.len() * agreement.parties.len() * agreement.parties.len()]);
        for grant in &agreement.grants {
            for (from, to) in pairs(grant) {
                let at = Ways::place(agreement, grant.moves, from, to);
                if let Some(way) = at.and_then(|at| ways.0.get_mut(at)) {
                    *way = true;
                }
            }
        }
        ways
    }

    fn place(agreement: &Agreement, moves: Moves, from: &RegionCode, to: &RegionCode) -> Option<usize> {
        let party = |region: &RegionCode| agreement.parties.binary_search(region).ok();
        let size = agreement.parties.len();
        Some((Moves::ALL.iter().position(|own| *own == moves)? * size + party(from)?) * size + party(to)?)
    }

    /// Pairs of a grant that have nothing of its kind the other way.
    fn one_way(&self, agreement: &Agreement, grant: &Grant) -> Option<Finding> {
        let back = |from, to| Ways::place(agreement, grant.moves, to, from).and_then(|at| self.0.get(at)).copied().unwrap_or(false);
        let alone: Vec<String> =
            pairs(grant).filter(|(from, to)| !back(from, to)).map(|(from, to)| format!("{} → {}", from.as_str(), to.as_str())).collect();
        let list = alone.join(", ");
        (!alone.is_empty())
            .then(|| finding("lint.one_way", grant, format!("没有对等的条款：{list}"), format!("nothing of the kind the other way: {list}")))
    }
}

/// What is lost when an amount goes there by one grant and back by another.
fn round_trip(there: &Grant, back: &Grant) -> Option<Finding> {
    let (first, second) = (there.convert.as_ref()?, back.convert.as_ref()?);
    let joins = Some(&first.scheme) == back.accept.scheme.as_ref() && Some(&second.scheme) == there.accept.scheme.as_ref();
    let meets = pairs(there).any(|(from, to)| back.from.contains(to) && back.to.contains(from));
    if !joins || !meets {
        return None;
    }
    let returned =
        |sent: i64| Amount::new(sent).map(|amount| first.ratio.of(amount)).and_then(Amount::new).map_or(0, |amount| second.ratio.of(amount));
    let (sent, came) = TRIED.into_iter().map(|sent| (sent, returned(sent))).find(|(sent, came)| came * 100 < sent * BACK)?;
    let (sent, came) = (decimal(sent.into()), decimal(came.into()));
    let (zh, en) =
        (format!("{sent} 经条款 {} 往返后只剩 {came}", back.id), format!("of {sent} that comes back by grant {} only {came} is left", back.id));
    Some(Finding { other: Some(back.id.to_string()), ..finding("lint.round_trip", there, zh, en) })
}
