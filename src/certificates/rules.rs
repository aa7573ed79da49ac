//! Pure decisions: what may be issued today, and which change of state is allowed.

use verifier::ids::TypeOfCertificate;
use verifier::time::Day;

use super::{CertificateRefusal, Draft};
use crate::error::Refusal;

/// State of a certificate. Revoked and replaced are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In force.
    Issued,
    /// Out of force for now.
    Suspended,
    /// Out of force for good.
    Revoked,
    /// Out of force for good; another certificate took its place.
    Replaced,
}

impl Status {
    /// Every state.
    pub const ALL: [Status; 4] = [Status::Issued, Status::Suspended, Status::Revoked, Status::Replaced];

    /// As the row has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Issued => "issued",
            Status::Suspended => "suspended",
            Status::Revoked => "revoked",
            Status::Replaced => "replaced",
        }
    }

    /// Reads [`Status::as_str`].
    pub fn parse(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Out of force for now.
    Suspend,
    /// Back in force.
    Reinstate,
    /// Out of force for good.
    Revoke,
    /// Out of force for good, with a successor.
    Replace,
}

impl Step {
    /// What the event is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Suspend => "suspended",
            Step::Reinstate => "reinstated",
            Step::Revoke => "revoked",
            Step::Replace => "replaced",
        }
    }
}

/// The state after `step`, or why it cannot be taken. Final states stay final.
///
/// # Errors
/// `certificates.final`, `certificates.not_suspended`, `certificates.already_suspended`.
pub fn next(status: Status, step: Step) -> Result<Status, CertificateRefusal> {
    match (status, step) {
        (Status::Revoked | Status::Replaced, _) => Err(CertificateRefusal::Final),
        (Status::Issued, Step::Suspend) => Ok(Status::Suspended),
        (Status::Suspended, Step::Suspend) => Err(CertificateRefusal::AlreadySuspended),
        (Status::Suspended, Step::Reinstate) => Ok(Status::Issued),
        (Status::Issued, Step::Reinstate) => Err(CertificateRefusal::NotSuspended),
        (_, Step::Revoke) => Ok(Status::Revoked),
        (_, Step::Replace) => Ok(Status::Replaced),
    }
}

/// The rules that take more than one field, or today.
///
/// # Errors
/// `certificates.assessed_in_future`, `certificates.assessed_too_early`, `certificates.valid_until`, `certificates.incomplete`.
pub fn may_be_issued(draft: &Draft, today: Day) -> Result<(), Refusal> {
    if draft.assessed_on > today {
        return Err(CertificateRefusal::AssessedInFuture.at("assessed_on").got(draft.assessed_on.to_string()));
    }
    if Day::new(1949, 10, 1).is_ok_and(|first| draft.assessed_on < first) {
        return Err(CertificateRefusal::AssessedTooEarly.at("assessed_on").got(draft.assessed_on.to_string()));
    }
    if draft.valid_until.is_some_and(|until| until <= today) {
        return Err(CertificateRefusal::ValidUntil.at("valid_until"));
    }
    let missing = [("occupation", draft.occupation.is_none()), ("title", draft.title.is_none()), ("level", draft.level.is_none())];
    match missing.into_iter().find(|(_, is_missing)| *is_missing && draft.kind == TypeOfCertificate::SkillLevel) {
        Some((field, _)) => Err(CertificateRefusal::Incomplete.at(field)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_states_stay_final_and_every_other_step_is_in_this_table() {
        use CertificateRefusal::{AlreadySuspended, Final, NotSuspended};
        use Status::{Issued, Replaced, Revoked, Suspended};
        let steps = [Step::Suspend, Step::Reinstate, Step::Revoke, Step::Replace];
        let table = [
            (Issued, [Ok(Suspended), Err(NotSuspended), Ok(Revoked), Ok(Replaced)]),
            (Suspended, [Err(AlreadySuspended), Ok(Issued), Ok(Revoked), Ok(Replaced)]),
            (Revoked, [Err(Final); 4]),
            (Replaced, [Err(Final); 4]),
        ];
        for (status, wanted) in table {
            assert_eq!(steps.map(|step| next(status, step)), wanted, "{status:?}");
        }
    }
}
