//! Certificates: issuing, finding, and the life of one until its final state.
//!
//! The signed card is the certificate; the row is an index over it. The card, the row, the status index and the evidence are made in one
//! transaction, together with the stored answer to the request.

pub mod api;
mod credit;
mod draft;
pub mod rules;
mod service;
pub mod store;
mod views;

pub use draft::{Credit, Draft, Extra, Holder, HolderInput, Input, line};
pub(crate) use service::name_hash;
pub use service::{
    Actor, Ahead, Change, IfSo, Issued, Known, Order, Origin, Replaces, cards, change, change_all, check_all, credit_of, held, issue, issue_ahead,
    issue_all, issue_at, issued_alike, keep_places, likeness, list, may_replace, mine, named, number, of_batch, person, read, replace_at,
};
pub use views::{Answer, Mine, View};

use crate::refusals;

refusals! {
    /// Why something about a certificate is refused.
    pub enum CertificateRefusal {
        NotFound = 404, "certificates.not_found", "a certificate is named by its id", "没有该证书", "there is no such certificate";
        Provider = 422, "certificates.provider", "an operator names the provider; a provider's client issues for itself", "须指明颁发机构", "the provider is missing or not this client's";
        NumberTaken = 409, "certificates.number_taken", "a number is used once in a registry", "该证书编号已被使用", "this number is used already";
        AssessedInFuture = 422, "certificates.assessed_in_future", "assessed_on is not after today in the region", "评价日期不能晚于今天", "the day of assessment is in the future";
        AssessedTooEarly = 422, "certificates.assessed_too_early", "assessed_on is not before 1949-10-01", "评价日期过早", "the day of assessment is too early";
        ValidUntil = 422, "certificates.valid_until", "valid_until is after today in the region", "有效期截止日须晚于今天", "valid_until must be after today";
        Incomplete = 422, "certificates.incomplete", "a skill level has an occupation, a title and a level", "技能等级证书须有职业、名称和等级", "a skill level needs occupation, title and level";
        Standard = 422, "certificates.standard", "the standard has 1 to 200 characters without control characters", "所依据标准不符合要求（1 至 200 字）", "the standard must have 1 to 200 characters";
        Digest = 422, "certificates.evidence_digest", "a digest is SHA-256: 64 lower-case hex digits", "证据摘要格式不正确", "the evidence digest is not 64 lower-case hex digits";
        Credits = 422, "certificates.credits", "at most 20 credits, each above zero, in hundredths, of a known shape", "学分声明不符合要求", "a declared credit is not possible";
        Reason = 422, "certificates.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
        Final = 409, "certificates.final", "revoked and replaced are final", "证书已处于最终状态", "the certificate is in a final state";
        NotSuspended = 409, "certificates.not_suspended", "only a suspended certificate is reinstated", "该证书未被暂停", "the certificate is not suspended";
        AlreadySuspended = 409, "certificates.already_suspended", "a certificate is suspended once at a time", "该证书已暂停", "the certificate is suspended already";
        OtherProvider = 422, "certificates.other_provider", "a replacement is issued by the same provider", "替换证书须由同一机构颁发", "a replacement must come from the same provider";
    }
}
