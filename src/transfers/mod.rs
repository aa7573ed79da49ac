//! Moving credit between regions: the messages of `verifier::transfer`, stored and executed. Every decision is the verifier's; each step runs in
//! one transaction with the message, its evidence and the entry in the ledger. Specified in `docs/formats/transfer.md`.

pub mod api;
mod compare;
mod draft;
mod rules;
mod service;
mod store;
mod views;

pub use compare::{Held, Reconciliation};
pub use service::{
    Asked, Asker, Finished, HandedOver, Restore, Taken, channels, commitments, compared, conflict, deliver, deliver_to, dossier, due_peers, export,
    find, give_back, held, list, monthly, propose, reconcile, reopen, retry, retry_all, show, take, withdraw,
};
pub use service::{begin, finish, handed as take_over, handover_page, page as lines_page, resync, status};
pub use store::Filter;
pub use store::is_restoring;
pub use views::ChannelView;

use verifier::documents::{Amount, Digest, GrantId, LotId};
use verifier::ids::RegionCode;

use crate::refusals;

/// Most bytes of a message as it travels over HTTP: JSON adds a little, and what is too long by itself is told so.
const CARRIED_MAX: usize = verifier::transfer::MAX_BYTES + 1024;
/// Most messages of a file.
pub const FERRY_MAX: i64 = 10_000;
/// Most salts of one region: it has one, and another after it lost its database.
const SALTS_MAX: i64 = 4;
/// Most accounts that one transaction looks at.
const ACCOUNTS_AT_ONCE: i64 = 5_000;
/// Most transfers that are put at a time.
const PUT_AT_ONCE: i64 = 32;
/// After so many tries an answer that no retry mends sets a transfer aside.
const TRIES_MAX: i64 = 20;

/// Messages of a page of what is handed over, at most.
const MESSAGES_AT_ONCE: i64 = 500;
/// Most messages that a region hands over.
const HANDED_MAX: usize = 1_000_000;
/// Lines of a page of what was decided.
const LINES_AT_ONCE: usize = 2_000;
/// Most bytes of such a page.
const PAGE_MAX: usize = 512 * 1024;
/// Most lines that are compared.
const LINES_MAX: usize = 1_000_000;
/// Most messages that one reconciliation exchanges.
const EXCHANGED_MAX: usize = 1_000;
/// Most differences that an answer names.
const DIFFERENCES_MAX: usize = 10_000;
/// Seconds around the present in which a STATEMENT is answered: one that is found later shows nothing.
const STATED: i64 = 3_600;

/// What somebody wants to move.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Id of the learner's account.
    pub learner: String,
    /// The region that is to book it.
    pub to: RegionCode,
    /// Digest of the agreement.
    pub agreement: Digest,
    /// Which grant of it.
    pub grant: GrantId,
    /// Which lots, and how much of each.
    pub lots: Vec<(LotId, Amount)>,
}

refusals! {
    /// Why something about a transfer is refused.
    pub enum TransferRefusal {
        NoPeer = 422, "transfers.no_peer", "credit moves to and from regions whose key is pinned", "该地区不是已登记的合作方", "the region is no pinned partner";
        Kind = 422, "transfers.kind", "an OFFER, RETURN, DECISION, CANCEL or STATEMENT", "不是可受理的转移消息", "this is no message about a transfer";
        Contradiction = 409, "transfers.contradiction", "a region signs one message for each place, and one DECISION for each transfer", "该消息与对方此前签署的消息矛盾，通道已停止", "the message contradicts what was signed before; the channel is stopped";
        TooManySalts = 422, "transfers.too_many_salts", "a region has one salt, and another one after it lost its database: at most 4", "对方使用的盐值过多", "the region has used too many salts";
        Learner = 422, "transfers.learner", "a client names the learner's account; a learner who is signed in moves what is in the own one", "须指明学员账户；本人登录时不得指明", "a client names the learner, a learner does not";
        NotFound = 404, "transfers.not_found", "a transfer is seen by the operator, by bodies that see its learner, and by the learner", "没有该转移记录", "there is no such transfer";
        Ended = 409, "transfers.ended", "what is in transit is withdrawn", "该转移已结束，或不由本地区发起", "the transfer has ended, or was not begun here";
        NotAccepted = 409, "transfers.not_accepted", "what came from another region and was accepted is given back", "该转移不是本地区接收的转入", "the transfer did not come here, or was not accepted";
        NotStopped = 409, "transfers.not_stopped", "a channel that an alarm has stopped is opened again", "与该地区的通道没有停止", "the channel to this region is not stopped";
        NoChannel = 404, "transfers.no_channel", "a channel is made with the first message, either way", "与该地区还没有往来消息", "no message was exchanged with this region yet";
        Reason = 422, "transfers.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
        NotDecided = 409, "transfers.not_decided", "a dossier is of a move on whose OFFER there is a DECISION", "该转移尚未决定，或不是转出要约", "the transfer is not decided, or was no OFFER";
        Lots = 422, "transfers.lots", "1 to 100 lots, each once", "须选取 1 至 100 个学分批，每批只列一次", "it names no lot, too many, or one twice";
        Agreement = 404, "transfers.agreement", "an agreement that every party has signed is named by its digest, a grant by its id", "没有该协议或条款", "there is no such agreement, or no such grant of it";
        Stale = 422, "transfers.stale", "a STATEMENT is answered within an hour of its signature", "对账声明的签署时间与当前时间相差超过一小时", "the STATEMENT was not signed within the hour";
        Through = 422, "transfers.through", "what was decided is compared through a day that has begun", "截止日期须为今天或更早的日期", "the day is not one until today";
        Lines = 422, "transfers.lines", "the lines are those whose roots the STATEMENT names, at most 1,000,000", "对方给出的明细与其对账声明不符", "the lines are not those of the STATEMENT";
        Spent = 409, "transfers.resync_spent", "a RESYNC is answered until the region that signed it speaks in the epoch that it was given", "该恢复请求已经答复完毕，须重新开始恢复（hufu restore begin）", "this RESYNC was answered and used: begin the restore anew (hufu restore begin)";
        Handover = 422, "transfers.handover", "a HANDOVER comes with the messages that it names, which this region and the other have signed, at most 1,000,000", "移交的消息与移交声明不符", "the messages are not those that the HANDOVER names";
        NotHandedOver = 409, "transfers.not_handed_over", "a restore ends when every other region has handed over what it holds", "尚有地区未移交其所持消息", "a region has not handed over what it holds";
        NotRestoring = 409, "transfers.not_restoring", "a restore is begun before it is finished", "未处于恢复过程", "no restore goes on";
        Checks = 409, "transfers.checks", "the other region would recognise what is moved", "对方按协议不予认可", "the other region would not recognise it";
    }
}
