//! `agreement-signature/1`: a region says yes to an agreement, named by its digest. Specified in `docs/formats/agreement.md`.

use super::{Digest, DocumentError, check_at, document};
use crate::ids::RegionCode;
use crate::time::Instant;
use serde::Serialize;

/// The consent of one party. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreementSignature {
    /// The agreement, by the digest of its bytes.
    pub agreement: Digest,
    /// The party that signs.
    pub region: RegionCode,
    /// When.
    pub at: Instant,
}

document!(AgreementSignature, "agreement-signature/1", "hufu-agreement-signature+jwt" { agreement, region, at; });

impl AgreementSignature {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_at(self.at)
    }
}
