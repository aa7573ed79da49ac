//! Whether a place recognises a case by any agreement.

use super::engine::is_among;
use super::{Accord, CaseFacts, Context, Decision, Outcome, accepts, evaluate};
use crate::agreement::Grant;
use crate::documents::{Digest, GrantId};
use crate::ids::RegionCode;
use crate::verdict;
use alloc::string::ToString;
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

/// Looks for a grant by which a place recognises a case: agreements by id and then version, grants in their order. Grants that are not from
/// the origin to the place, or about something else, do not cover it.
pub fn recognise(accords: &[Accord<'_>], facts: &CaseFacts, context: &Context<'_>) -> Recognition {
    let answer = |outcome, decision| Recognition { place: context.place.clone(), outcome, decision, others: Vec::new() };
    if facts.origin() == context.place {
        return answer(RecognitionOutcome::Own, None);
    }
    let mut ordered: Vec<&Accord<'_>> = accords.iter().collect();
    ordered.sort_by_key(|accord| (&accord.agreement.id, accord.agreement.version, accord.digest));
    let covers = |grant: &&Grant| grant.moves == facts.moves() && is_among(&grant.from, facts.origin()) && is_among(&grant.to, context.place);
    let candidates: Vec<(&Accord<'_>, &Grant)> =
        ordered.into_iter().flat_map(|accord| accord.agreement.grants.iter().filter(covers).map(move |grant| (accord, grant))).collect();
    let mut accepting = candidates.iter().filter(|(accord, grant)| accepts(accord, grant, facts, context));
    if let Some((accord, grant)) = accepting.next() {
        let others = accepting.map(|(accord, grant)| GrantRef { agreement: accord.digest, grant: grant.id.clone() }).collect();
        return Recognition { others, ..answer(RecognitionOutcome::Recognised, Some(evaluate(accord, grant, facts, context))) };
    }
    let decisions = candidates.iter().map(|(accord, grant)| evaluate(accord, grant, facts, context));
    // What might be recognised is nearer than what is refused; then fewer checks that fail; of equals the first.
    match decisions.min_by_key(|decision| (decision.outcome != Outcome::Undetermined, decision.failed().count())) {
        None => answer(RecognitionOutcome::NotCovered, None),
        Some(decision) if decision.outcome == Outcome::Undetermined => answer(RecognitionOutcome::Undetermined, Some(decision)),
        Some(decision) => answer(RecognitionOutcome::Refused, Some(decision)),
    }
}

impl From<&Recognition> for verdict::Recognition {
    fn from(recognition: &Recognition) -> verdict::Recognition {
        let decision = recognition.decision.as_ref();
        verdict::Recognition {
            place: recognition.place.clone(),
            outcome: match recognition.outcome {
                RecognitionOutcome::Own | RecognitionOutcome::Recognised => verdict::RecognitionOutcome::Recognised,
                RecognitionOutcome::Undetermined => verdict::RecognitionOutcome::Undetermined,
                RecognitionOutcome::Refused | RecognitionOutcome::NotCovered => verdict::RecognitionOutcome::Not,
            },
            grant: decision.map(|decision| decision.grant.to_string()),
            agreement: decision.map(|decision| decision.agreement.to_string()),
            checks: decision.map_or_else(Vec::new, |decision| decision.checks.iter().map(verdict::Check::from).collect()),
        }
    }
}
