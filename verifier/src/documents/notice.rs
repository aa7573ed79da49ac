//! `notice/1`: a party ends an agreement on a day. Specified in `docs/formats/agreement.md`.

use super::{Digest, DocumentError, check_at, document};
use crate::ids::RegionCode;
use crate::time::{Day, Instant};
use serde::Serialize;

/// The notice of one party. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The agreement, by the digest of its bytes.
    pub agreement: Digest,
    /// The party that gives notice.
    pub region: RegionCode,
    /// When it was given.
    pub at: Instant,
    /// The first day on which the agreement is no longer in force.
    pub effective: Day,
}

document!(Notice, "notice/1", "hufu-notice+jwt" { agreement, region, at, effective; });

impl Notice {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_at(self.at)
    }
}
