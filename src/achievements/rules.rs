//! Pure decisions: what may be recorded today, and what may take the place of a record.

use verifier::documents::{Achievement, AchievementKind, Credit};
use verifier::ids::TypeOfCertificate;
use verifier::time::Day;

use super::{AchievementRefusal, Draft};
use crate::error::Refusal;

/// The rules that take today.
///
/// # Errors
/// `achievements.earned_in_future`, `achievements.earned_too_early`.
pub fn may_be_recorded(draft: &Draft, today: Day) -> Result<(), Refusal> {
    if draft.earned_on > today {
        return Err(AchievementRefusal::EarnedInFuture.at("earned_on").got(draft.earned_on.to_string()));
    }
    if Day::new(1949, 10, 1).is_ok_and(|first| draft.earned_on < first) {
        return Err(AchievementRefusal::EarnedTooEarly.at("earned_on").got(draft.earned_on.to_string()));
    }
    Ok(())
}

/// The type of certificate that a provider must be listed for to record an achievement of this kind.
pub fn scope_of(kind: AchievementKind) -> TypeOfCertificate {
    match kind {
        AchievementKind::Course | AchievementKind::Training => TypeOfCertificate::Training,
        AchievementKind::Certificate => TypeOfCertificate::Qualification,
        AchievementKind::Award => TypeOfCertificate::Title,
    }
}

/// Whether a re-evaluation states what the record does, in other amounts: part by part, a lot takes the place of a lot.
///
/// # Errors
/// `achievements.other_credits`
pub fn may_replace(record: &Achievement, draft: &Draft) -> Result<(), Refusal> {
    let same = |(old, new): (&Credit, &Credit)| (&old.scheme, &old.category) == (&new.scheme, &new.category);
    let fits = record.credits.len() == draft.credits.len() && record.credits.iter().zip(&draft.credits).all(same);
    if fits { Ok(()) } else { Err(AchievementRefusal::OtherCredits.at("credits")) }
}
