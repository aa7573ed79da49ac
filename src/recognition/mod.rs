//! Recognition: whether a region accepts what another region's bodies certified, by which grant of which agreement, and why.
//!
//! The engine is the verifier's (`verifier::recognition`). Here are its inputs: the agreements that count, the histories of providers, the waivers of
//! this region; and what was decided by them, kept so that it can be evaluated again.

pub mod api;
mod case;
mod draft;
mod held;
pub mod rules;
pub mod service;
pub mod store;
mod views;

pub use case::{Ask, Asked, Case, Terms};
pub use draft::{Input, WaiverInput};
pub use held::{Accords, Held, name_of};
pub use views::{Answer, CountView, CoverageView, Kept, ListingView, RecognisedView, WaiverView};

use crate::refusals;

/// Most cases of one request.
pub const CASES_MAX: usize = 100;
/// Most lots of one case.
pub const LOTS_MAX: usize = 200;
/// Seconds for which the coverage is not counted again.
pub const COVERAGE_SECONDS: i64 = 300;
/// Most schemes of what a learner has used.
pub const USED_MAX: usize = 20;

refusals! {
    /// Why something about recognition is refused.
    pub enum RecognitionRefusal {
        Cases = 422, "recognition.cases", "1 to 100 cases at once", "一次须询问 1 至 100 项", "there is no case, or there are more than 100";
        Case = 422, "recognition.case", "a case is exactly one of certificate, credit and provider; credit names its agreement and grant, the others none", "须恰好提供 certificate、credit、provider 之一；学分须写明协议和条款", "this is not exactly one certificate, credit or provider, with what belongs to it";
        Lots = 422, "recognition.lots", "credit on offer is 1 to 200 lots, each once", "须提供 1 至 200 个学分批，每批只列一次", "there is no lot, too many, or one twice";
        NoCertificate = 404, "recognition.no_certificate", "a certificate is named by its number, by who may see it", "没有该证书", "there is no such certificate here";
        NotInForce = 409, "recognition.not_in_force", "what is recognised is in force", "该证书已暂停、吊销或被替换", "the certificate is suspended, revoked or replaced";
        NoAgreement = 404, "recognition.no_agreement", "an agreement is named by its digest, and every party has signed it", "没有该协议，或尚未经全部缔约方签署", "there is no such agreement that every party has signed";
        NoGrant = 404, "recognition.no_grant", "a grant is named by its id within its agreement", "协议中没有该条款", "the agreement has no such grant";
        NotOurs = 422, "recognition.not_ours", "a region waives checks of grants by which it recognises", "该条款不由本地区认可", "it is not this region that recognises by this grant";
        NoDecision = 404, "recognition.no_decision", "a decision that was kept is named by the digest of its bytes", "没有该认定记录", "no such decision was kept";
        TooLong = 422, "recognition.too_long", "a decision that is kept has at most 256 KiB", "认定记录过长，无法保存", "the decision is too long to be kept";
    }
}
