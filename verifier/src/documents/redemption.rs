//! `redemption/1`: credit spent on a programme, and the certificate it gave. Specified in `docs/formats/redemption.md`.

use super::{Amount, Digest, DocumentError, DocumentRule, LearnerId, LotId, RedemptionId, check_at, check_list, document};
use crate::ids::{CertificateNumber, RegionCode};
use crate::time::Instant;
use alloc::vec::Vec;
use serde::Serialize;

const PICKS_MAX: usize = 1_000;

/// A redemption. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redemption {
    /// Its id.
    pub id: RedemptionId,
    /// The region that booked it, which signs.
    pub region: RegionCode,
    /// Whose credit was spent.
    pub learner: LearnerId,
    /// The digest of the programme.
    pub programme: Digest,
    /// How much of which lots was spent; 1 to 1,000, each lot once.
    pub picks: Vec<(LotId, Amount)>,
    /// When it was signed.
    pub at: Instant,
    /// The number of the certificate that was issued for it.
    pub certificate: CertificateNumber,
}

document!(Redemption, "redemption/1", "hufu-redemption+jwt" { id, region, learner, programme, picks, at, certificate; });

impl Redemption {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        if self.picks.is_empty() {
            return Err(DocumentRule::Member.about("picks"));
        }
        check_list("picks", PICKS_MAX, &self.picks, |(lot, _)| lot.as_str())?;
        check_at(self.at)
    }
}
