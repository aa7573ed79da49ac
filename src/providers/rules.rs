//! What a timeline may become: pure decisions over intervals and days.

use verifier::ids::OccupationCode;
use verifier::time::Day;
use verifier::verdict::{Interval, IssueBar, IssueRequest, Scope, Standing};

use super::{AHEAD_MONTHS, BAR_MONTHS, Change, ProviderRefusal};
use crate::error::Refusal;

/// The interval that a change opens: a bar ends after exactly three calendar years unless it says otherwise, a listing with the next interval.
///
/// # Errors
/// `providers.listing` for a listing with an end, `providers.until` for an end that is no later than the beginning.
pub(super) fn interval(change: &Change) -> Result<Interval, Refusal> {
    let until = match (&change.standing, change.until) {
        (Standing::Listed { .. }, None) => None,
        (Standing::Listed { .. }, Some(_)) => return Err(ProviderRefusal::Listing.at("until")),
        (Standing::Barred, None) => Some(change.from.add_months(BAR_MONTHS)),
        (Standing::Barred, Some(until)) if until <= change.from => return Err(ProviderRefusal::Until.at("until").got(until.to_string())),
        (Standing::Barred, Some(until)) => Some(until),
    };
    Ok(Interval { from: change.from, until, standing: change.standing.clone(), cause: change.cause.to_string() })
}

/// Whether an interval that begins on `from` may follow `last`; the answer is the day on which `last` has to be closed, if it has to be.
///
/// An open interval closes where the next begins, on its own first day if need be: then it stays in the history, empty. One with an end
/// (a bar) keeps it, unless it has not begun before `today` and is corrected from its own first day.
///
/// # Errors
/// `providers.too_far_ahead`, `providers.before_last` or `providers.bar_stands`.
pub(super) fn follow(last: Option<&Interval>, from: Day, today: Day) -> Result<Option<Day>, Refusal> {
    let latest = today.add_months(AHEAD_MONTHS);
    if from > latest {
        return Err(ProviderRefusal::TooFarAhead.at("from").got(format!("{from}, latest {latest}")));
    }
    let Some(last) = last else { return Ok(None) };
    if from < last.from {
        return Err(ProviderRefusal::BeforeLast.at("from").got(format!("{from}, earliest {}", last.from)));
    }
    match last.until {
        None => Ok(Some(from)),
        Some(until) if until <= from => Ok(None),
        Some(_) if from == last.from && today <= from => Ok(Some(from)),
        Some(until) => Err(ProviderRefusal::BarStands.at("from").got(format!("{from}, earliest {until}"))),
    }
}

/// Whether a provider with this timeline may issue on `day`.
///
/// # Errors
/// `providers.not_listed`, `providers.barred`, `providers.class`, `providers.flag` or `providers.scope`, saying what was wanted and what was found.
pub(super) fn may_issue(timeline: &[Interval], day: Day, request: &IssueRequest<'_>) -> Result<(), Refusal> {
    let Some(interval) = timeline.iter().find(|interval| interval.covers(day)) else {
        return Err(Refusal::from(ProviderRefusal::NotListed).got(day.to_string()));
    };
    interval.may_issue(request).map_err(|bar| explain(bar, interval, day, request))
}

/// The refusal for a bar of the verifier.
fn explain(bar: IssueBar, interval: &Interval, day: Day, request: &IssueRequest<'_>) -> Refusal {
    let standing = |refusal: ProviderRefusal| Refusal::from(refusal).got(format!("{day}; so since {}", interval.from));
    let scope = match &interval.standing {
        Standing::Listed { scope, .. } => scope.clone(),
        Standing::Barred => Scope::default(),
    };
    let outside = |field: &str, got: &str, wanted: String| ProviderRefusal::Scope.at(field).got(format!("{got}; the scope is {wanted}"));
    match bar {
        IssueBar::Barred => standing(ProviderRefusal::Barred),
        IssueBar::ClassD => standing(ProviderRefusal::Class),
        IssueBar::RedFlag => standing(ProviderRefusal::Flag),
        IssueBar::TypeOutOfScope => outside("type", request.typ.as_str(), list(&scope.types)),
        IssueBar::OccupationOutOfScope => outside("occupation", request.occupation.map_or("none", OccupationCode::as_str), list(&scope.occupations)),
        IssueBar::LevelOutOfScope => {
            let got = request.level.map_or("none".to_owned(), |level| level.rank().to_string());
            outside("level", &got, format!("{} to {}", scope.level_min.rank(), scope.level_max.rank()))
        }
    }
}

fn list(members: &[impl ToString]) -> String {
    members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
