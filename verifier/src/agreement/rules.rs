//! What belongs together in a grant.

use super::place::Place;
use super::{AgreementError, AgreementRule, Grant, Moves, StatusAt};
use alloc::vec::Vec;

/// The rules of a grant that take more than one member.
pub(super) fn check(grant: &Grant, place: &Place<'_>) -> Result<(), AgreementError> {
    let accept = &place.member("accept");
    if let Some((_, name)) = meaningless(grant).into_iter().find(|(is_there, _)| *is_there) {
        return Err(AgreementRule::Moves.at(&place.member(name)));
    }
    if let Some((_, name)) = meaningless_conditions(grant).into_iter().find(|(is_there, _)| *is_there) {
        return Err(AgreementRule::Moves.at(&accept.member(name)));
    }
    let terms = grant.accept.provider.as_ref();
    if grant.moves == Moves::Provider && terms.is_some_and(|terms| terms.status_at == StatusAt::Earned) {
        return Err(AgreementRule::Moves.at(&accept.member("provider").member("status_at")));
    }
    if grant.all_of.is_empty() != grant.gives.is_empty() {
        let absent = if grant.gives.is_empty() { "gives" } else { "all_of" };
        return Err(AgreementRule::Missing.at(&place.member(absent)));
    }
    if grant.moves == Moves::Credit && grant.all_of.is_empty() && grant.accept.scheme.is_none() {
        return Err(AgreementRule::Missing.at(&accept.member("scheme")));
    }
    let schemes: Vec<_> = grant.gives.iter().map(|given| &given.scheme).collect();
    if !grant.limits.is_empty() && schemes.array_windows().any(|[one, other]| one != other) {
        return Err(AgreementRule::Units.at(&place.member("limits")));
    }
    Ok(())
}

/// Members of the grant without meaning for what it moves: only credit is counted, and it is exchanged in one of two ways.
fn meaningless(grant: &Grant) -> [(bool, &'static str); 4] {
    let counts = grant.moves == Moves::Credit;
    [
        (grant.convert.is_some() && (!counts || !grant.all_of.is_empty()), "convert"),
        (!grant.all_of.is_empty() && !counts, "all_of"),
        (!grant.gives.is_empty() && !counts, "gives"),
        (!grant.limits.is_empty() && !counts, "limits"),
    ]
}

/// Conditions on what is not there in what the grant moves.
fn meaningless_conditions(grant: &Grant) -> [(bool, &'static str); 8] {
    let accept = &grant.accept;
    let (is_certificate, is_credit, is_provider) = (grant.moves == Moves::Certificate, grant.moves == Moves::Credit, grant.moves == Moves::Provider);
    [
        (!accept.types.is_empty() && !is_certificate, "type"),
        (accept.scheme.is_some() && !is_credit, "scheme"),
        (!accept.kinds.is_empty() && !is_credit, "kind"),
        (!accept.categories.is_empty() && !is_credit, "category"),
        (!accept.courses.is_empty() && !is_credit, "course"),
        (accept.grade.is_some() && is_provider, "grade"),
        (accept.max_age_months.is_some() && is_provider, "max_age_months"),
        (accept.earned.is_some() && is_provider, "earned"),
    ]
}
