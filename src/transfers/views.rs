//! How transfers and channels look in an answer.

use serde::Serialize;
use utoipa::ToSchema;
use verifier::time::Instant;
use verifier::transfer::Reason;

use super::store::{ChannelRow, Row, Waiting};

mod destination;

pub use destination::{DestinationList, DestinationView, GrantView};

/// The same thing in two languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferWords)]
pub struct Words {
    /// In Chinese.
    #[schema(example = "转往 320000 途中，自 2026-11-22T08:00:00Z 起")]
    pub zh: String,
    /// In English.
    #[schema(example = "in transit to 320000 since 2026-11-22T08:00:00Z")]
    pub en: String,
}

/// A transfer as this region has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct View {
    /// Its id, the same in both regions.
    #[schema(example = "trf_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// `source` where this region asks, `destination` where it was asked.
    #[schema(example = "source")]
    pub side: String,
    /// `move` or `return`; absent where only a CANCEL came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "move")]
    pub kind: Option<String>,
    /// The other region.
    #[schema(example = "320000")]
    pub peer: String,
    /// The learner's account here, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learner: Option<String>,
    /// `reserved`, `settled` or `returned`; where this region was asked, `accepted` or `rejected`.
    #[schema(example = "reserved")]
    pub state: String,
    /// The state in words.
    pub words: Words,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limits")]
    pub reason: Option<String>,
    /// Digest of the agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// Id of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// The transfer that this one gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What is offered, in hundredths of the region where it was earned.
    #[schema(example = 299)]
    pub amount: i64,
    /// When it began, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub began_at: i64,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// When this region begins to cancel it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<i64>,
    /// Whether it is being cancelled, or was.
    pub cancelled: bool,
    /// Since when, where this region asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<i64>,
    /// How often it was put to the other region.
    pub tries: i64,
    /// When it is put again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
    /// Code of what went wrong when it was put last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "partners.unreachable")]
    pub error: Option<String>,
}

/// A transfer with its two documents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferDetail)]
pub struct Detail {
    /// The transfer.
    #[serde(flatten)]
    pub transfer: View,
    /// The OFFER or RETURN, a compact JWS of the region that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// The DECISION, a compact JWS of the region that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
}

/// The channel to another region.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeerChannel)]
pub struct ChannelView {
    /// The other region.
    #[schema(example = "320000")]
    pub peer: String,
    /// `open`, or `stopped` until people have looked.
    #[schema(example = "open")]
    pub state: String,
    /// Why it was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "two_offers")]
    pub alarm: Option<String>,
    /// Own epoch.
    #[schema(example = 1)]
    pub epoch: i64,
    /// Epoch of the other.
    #[schema(example = 1)]
    pub peer_epoch: i64,
    /// Counted messages that were sent in this epoch.
    #[schema(example = 12)]
    pub sent: i64,
    /// The highest place of one that came.
    #[schema(example = 9)]
    pub seen: i64,
    /// Transfers that wait for a DECISION.
    #[schema(example = 2)]
    pub waiting: i64,
    /// Hundredths in them.
    #[schema(example = 598)]
    pub waiting_amount: i64,
    /// Those that were set aside, because the other region refuses to answer.
    #[schema(example = 0)]
    pub aside: i64,
    /// When the longest waiting one began, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<i64>,
}

/// All channels.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeerChannelList)]
pub struct ChannelList {
    /// By region.
    pub items: Vec<ChannelView>,
}

impl View {
    /// `cancelled_at` is when its CANCEL was signed here first.
    pub(super) fn of(row: Row, cancelled_at: Option<i64>) -> View {
        View {
            words: words(&row),
            id: row.id,
            side: row.side,
            kind: row.kind,
            peer: row.peer,
            learner: row.learner_id,
            state: row.state,
            reason: row.reason,
            agreement: row.agreement,
            grant: row.grant_id,
            of: row.return_of,
            amount: row.amount,
            began_at: row.began_at,
            ended_at: row.ended_at,
            answer_by: row.answer_by,
            cancelled: row.cancelled,
            cancelled_at,
            tries: row.tries,
            next_at: row.next_at,
            error: row.error,
        }
    }
}

/// What has become of the credit.
fn words(row: &Row) -> Words {
    let (peer, since) = (&row.peer, Instant(row.began_at).rfc3339());
    let why = row.reason.as_deref().and_then(|reason| Reason::parse(reason).ok()).map(Reason::words);
    let (zh_why, en_why) = why.map_or(("", ""), |words| (words.zh, words.en));
    let (zh, en) = match (row.state.as_str(), row.cancelled) {
        ("reserved", false) => (format!("转往 {peer} 途中，自 {since} 起"), format!("in transit to {peer} since {since}")),
        ("reserved", true) => (format!("正在向 {peer} 撤回，自 {since} 起在途"), format!("being withdrawn from {peer}, in transit since {since}")),
        ("settled", _) => (format!("{peer} 已接收"), format!("{peer} has accepted it")),
        ("returned", _) => (format!("{peer} 未接收，学分已退回：{zh_why}"), format!("{peer} has not accepted it, and it is back: {en_why}")),
        ("accepted", _) => (format!("已从 {peer} 接收"), format!("accepted from {peer}")),
        _ => (format!("未从 {peer} 接收：{zh_why}"), format!("not accepted from {peer}: {en_why}")),
    };
    Words { zh, en }
}

impl ChannelView {
    pub(super) fn of(row: ChannelRow, waiting: &Waiting) -> ChannelView {
        ChannelView {
            peer: row.peer,
            state: row.state,
            alarm: row.alarm,
            epoch: row.own,
            peer_epoch: row.theirs,
            sent: row.sent,
            seen: row.seen,
            waiting: waiting.many,
            waiting_amount: waiting.amount,
            aside: waiting.aside,
            oldest: waiting.oldest,
        }
    }
}
