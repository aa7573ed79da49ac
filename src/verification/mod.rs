//! Checking a certificate online: the verifier's own judgement over the registry's own facts, and the public look-up by number and name.

pub mod api;
mod local;
mod memo;
mod service;

pub use local::Local;
pub use memo::Memo;
pub use service::{Looked, Said, judged, look_up, verify};

use crate::refusals;

refusals! {
    /// Why a verification is not even begun.
    pub enum VerificationRefusal {
        Input = 422, "verification.input", "exactly one of text and texts, a text of at most 8 KiB (a receipt by itself 128 KiB), at most 100 texts", "须提供 text 或 texts 之一，且不超过限制", "exactly one of text and texts is needed, within its limits";
        Many = 403, "verification.many", "many at once, and bare numbers, are for partners and issuing bodies", "批量核验须由合作方登录后进行", "many at once is for signed-in partners and bodies";
    }
}
