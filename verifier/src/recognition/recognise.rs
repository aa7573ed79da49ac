//! Whether a place recognises a case by any agreement.

use super::engine::{Full, Held, Walk};
use super::{Accord, CaseFacts, Check, Context, Decision, decision};
use crate::agreement::Grant;
use crate::documents::{Digest, GrantId};
use crate::ids::RegionCode;
use alloc::vec::Vec;
use serde::Serialize;

/// Whether a place recognises a case, and by which grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recognition {
    /// The region that was asked.
    pub place: RegionCode,
    /// The answer.
    pub outcome: RecognitionOutcome,
    /// The first decision that recognises it; or, where none does, the one that is nearest to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The other grants that accept it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<GrantRef>,
}

/// The answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecognitionOutcome {
    /// It is the place's own.
    Own,
    /// A grant accepts it.
    Recognised,
    /// Grants cover it, and none accepts it.
    Refused,
    /// No grant accepts it, but one might if more were known.
    Undetermined,
    /// No agreement covers this.
    NotCovered,
}

/// A grant of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantRef {
    /// The agreement, by its digest.
    pub agreement: Digest,
    /// The grant.
    pub grant: GrantId,
}

/// What a search found, not yet written as a decision.
pub(crate) struct Found<'a, T> {
    pub outcome: RecognitionOutcome,
    /// The grant that recognises it, or the one that is nearest to it, with every check.
    pub told: Option<(Walk<'a>, Full<T>)>,
    pub others: Vec<GrantRef>,
}

/// Looks for a grant by which a place recognises a case: agreements by id and then version, grants in their order. Grants that are not from
/// the origin to the place, or about something else, do not cover it.
pub fn recognise(accords: &[Accord<'_>], facts: &CaseFacts, context: &Context<'_>) -> Recognition {
    let Found { outcome, told, others } = find(accords, facts, context);
    let decision = told.map(|(walk, full)| decision::of(&walk, full));
    Recognition { place: context.place.clone(), outcome, decision, others }
}

/// The search of [`recognise`], its checks written as they are wanted.
pub(crate) fn find<'a, T: From<Check>>(accords: &'a [Accord<'a>], facts: &'a CaseFacts, context: &'a Context<'a>) -> Found<'a, T> {
    let answer = |outcome, told| Found { outcome, told, others: Vec::new() };
    if facts.origin() == context.place {
        return answer(RecognitionOutcome::Own, None);
    }
    let mut ordered: Vec<&Accord<'_>> = accords.iter().collect();
    ordered.sort_by_key(|accord| (&accord.agreement.id, accord.agreement.version, accord.digest));
    let covers = |grant: &&Grant| grant.moves == facts.moves() && grant.from.contains(facts.origin()) && grant.to.contains(context.place);
    let walk = |accord, grant| Walk { accord, grant, facts, context };
    let candidates = || ordered.iter().flat_map(|accord| accord.agreement.grants.iter().filter(covers).map(|grant| walk(accord, grant)));
    let mut accepting = candidates().filter(Walk::accepts);
    if let Some(first) = accepting.next() {
        let others = accepting.map(|walk| GrantRef { agreement: walk.accord.digest, grant: walk.grant.id.clone() }).collect();
        return Found { others, ..answer(RecognitionOutcome::Recognised, Some((first, first.full()))) };
    }
    // What might be recognised is nearer than what is refused; then fewer checks that fail; of equals the first.
    let nearness = |(_, full): &(Walk<'_>, Full<T>)| (full.held != Held::Unknown, full.failed);
    match candidates().map(|walk| (walk, walk.full())).min_by_key(nearness) {
        None => answer(RecognitionOutcome::NotCovered, None),
        Some(nearest) if nearest.1.held == Held::Unknown => answer(RecognitionOutcome::Undetermined, Some(nearest)),
        Some(nearest) => answer(RecognitionOutcome::Refused, Some(nearest)),
    }
}
