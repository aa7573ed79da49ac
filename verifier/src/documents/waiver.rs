//! `waiver/1`: a region waives checks of one grant for one case. Specified in `docs/formats/recognition.md`.

use super::{Digest, DocumentError, DocumentRule, GrantId, WaiverId, check_at, check_list, document};
use crate::ids::{CertificateNumber, RegionCode};
use crate::recognition::CheckName;
use crate::time::{Day, Instant};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

const CHECKS_MAX: usize = 20;
const ROLE_MAX: usize = 40;
/// The longest reason, in characters.
const REASON_MAX: usize = 200;

/// A waiver. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// Its id.
    pub id: WaiverId,
    /// The region that recognises all the same, and signs.
    pub region: RegionCode,
    /// The agreement, by its digest.
    pub agreement: Digest,
    /// The grant.
    pub grant: GrantId,
    /// The case: a certificate's number, the digest of a lot's basis, or a provider's code.
    pub case: String,
    /// The checks that are waived, 1 to 20, all of which may be.
    pub checks: Vec<CheckName>,
    /// In what role it was decided, 1 to 40 of `0-9a-z-`.
    pub role: String,
    /// Why; 1 to 200 characters without control characters, never personal.
    pub reason: String,
    /// The first day on which it counts.
    pub from: Day,
    /// The first day on which it no longer does.
    pub until: Day,
    /// When it was signed.
    pub at: Instant,
}

document!(Waiver, "waiver/1", "hufu-waiver+jwt" { id, region, agreement, grant, case, checks, role, reason, from, until, at; });

impl Waiver {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_list("checks", CHECKS_MAX, &self.checks, |check| *check)?;
        let case = if self.case.starts_with("sha256:") { Digest::parse(&self.case).is_ok() } else { CertificateNumber::parse(&self.case).is_ok() };
        let is_word = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-';
        let role = (1..=ROLE_MAX).contains(&self.role.len()) && self.role.bytes().all(is_word);
        let reason = (1..=REASON_MAX).contains(&self.reason.chars().count()) && !self.reason.chars().any(char::is_control);
        let checks = !self.checks.is_empty() && self.checks.iter().all(|check| check.is_waivable());
        let members = [("case", case), ("checks", checks), ("role", role), ("reason", reason)];
        if let Some((name, _)) = members.into_iter().find(|(_, fits)| !fits) {
            return Err(DocumentRule::Member.about(name));
        }
        if self.until <= self.from {
            return Err(DocumentRule::Days.about("until"));
        }
        check_at(self.at)
    }
}
