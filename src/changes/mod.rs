//! Changes: one step that many certificates take, by batch, by numbers or by filter. What it would do is seen first; then it is approved, and taken by each once.

pub mod api;
mod filter;
mod service;
mod store;
mod views;

use crate::refusals;

pub use filter::FilterInput;
pub use service::{Source, Wanted, approve, cancel, find, list, propose, refusals as refused, run, show, work};
pub use views::{RefusalView, View};

/// Most certificates of a change.
const CERTIFICATES_MAX: usize = 1_000_000;
/// Most numbers that one request names.
pub const NUMBERS_MAX: usize = 10_000;
/// Numbers that a preview shows.
const SAMPLE: usize = 20;
/// Certificates of a chunk.
const CHUNK: usize = 500;

refusals! {
    /// Why a change is refused.
    pub enum ChangeRefusal {
        NotFound = 404, "changes.not_found", "a change is named by its id", "没有该批量变更", "there is no such change";
        Step = 422, "changes.step", "the step is suspend, reinstate or revoke", "操作须为 suspend、reinstate 或 revoke", "the step is not suspend, reinstate or revoke";
        Source = 422, "changes.source", "exactly one of batch, numbers and filter says which certificates", "须且仅须指定批次、编号或条件之一", "exactly one of batch, numbers and filter is needed";
        Filter = 422, "changes.filter", "a filter names at least one condition that is documented", "筛选条件不符合要求", "the filter names nothing, or something that is not documented";
        Numbers = 422, "changes.numbers", "1 to 10,000 numbers of the provider's certificates, each once", "编号不存在、重复或超过 10000 个", "a number is not one of the provider's, stands twice, or there are too many";
        Nothing = 409, "changes.nothing", "at least one of the certificates can take the step", "没有可执行此操作的证书", "no certificate can take this step";
        TooMany = 422, "changes.too_many", "a change is of at most 1,000,000 certificates", "证书数量超过 1000000", "there are more than 1,000,000 certificates";
        State = 409, "changes.state", "a change goes proposed, previewed, approved, done, or is cancelled before it is done", "批量变更当前状态不允许此操作", "the change is in another state";
        CountDiffers = 409, "changes.count_differs", "who approves says how many certificates that is", "证书数量与所批准的不符", "the number of certificates is another";
        SecondPerson = 403, "changes.second_person", "above the provider's limit another client approves than the one that proposed", "须由提出者以外的人员批准", "another client than the one that proposed has to approve";
        Reason = 422, "changes.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
    }
}
