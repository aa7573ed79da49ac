//! `transfer-decision/1` and `cancel/1`: what became of an OFFER or a RETURN.

use super::{LOTS_MAX, MAX_BYTES, TransferRule, check_head};
use crate::documents::{Digest, DocumentError, DocumentRule, TransferId, ValueError, document};
use crate::ids::{RegionCode, word_list};
use crate::jws::{JwsError, Signer};
use crate::recognition::{Booking, Check};
use crate::time::{Day, Instant};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// A DECISION: the answer to an OFFER or a RETURN, or the tombstone that a CANCEL wrote. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransferDecision {
    /// The region that decided.
    pub iss: RegionCode,
    /// The region that asked.
    pub aud: RegionCode,
    /// The transfer.
    pub jti: TransferId,
    /// The digest of the OFFER or RETURN; absent in a tombstone, because there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<Digest>,
    /// The epoch of the region that decided, from 1.
    pub epoch: u32,
    /// When it was signed.
    pub iat: Instant,
    /// The answer.
    pub outcome: TransferOutcome,
    /// The day for which it was decided.
    pub day: Day,
    /// Why it was rejected; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The checks of the engine, if it was asked and they fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The digest of the `decision/1` of the region that decided, if the engine was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Digest>,
    /// What was booked; empty if it was rejected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<Booking>,
    /// Its place among the region's counted messages of this epoch, from 1.
    pub seq: u32,
}

word_list! {
    /// The answer in one word.
    TransferOutcome, ValueError::Kind {
        /// Booked.
        Accepted = "accepted", "已接收", "Accepted";
        /// Not booked, and never will be under this id.
        Rejected = "rejected", "已拒绝", "Rejected";
    }
}

word_list! {
    /// Why a transfer was rejected.
    Reason, ValueError::Kind {
        /// It was cancelled before it arrived.
        Cancelled = "cancelled", "转出方在到达之前已取消", "It was cancelled before it arrived";
        /// The agreement is not known here, not signed by every party, or not in force on the day.
        Agreement = "agreement", "协议未知、未签署或不在有效期", "The agreement is not known, not signed by all or not in force";
        /// The agreement has no such grant for credit between the two.
        Grant = "grant", "协议没有这一条款", "The agreement has no such grant";
        /// No account, or several, of the person.
        Subject = "subject", "找不到该学习者的唯一账户", "There is not exactly one account of the person";
        /// A lot has expired.
        Expired = "expired", "学分已过期", "A lot has expired";
        /// A limit would be passed.
        Limits = "limits", "超过互认限额", "A limit would be passed";
        /// Another check of the engine is not ok.
        Checks = "checks", "不符合条款的条件", "A condition of the grant is not met";
        /// The two regions computed different results.
        Gives = "gives", "双方折算结果不一致", "The two regions computed different results";
        /// What is to go back is not known here, or not as it is told.
        Unknown = "unknown", "没有可退回的这一笔转移", "There is no such transfer to give back";
    }
}

/// A CANCEL: whoever has decided repeats it, whoever has not rejects. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cancel {
    /// The region that asked for the transfer.
    pub iss: RegionCode,
    /// The region that it asked.
    pub aud: RegionCode,
    /// The transfer.
    pub jti: TransferId,
    /// The epoch of the sender, from 1.
    pub epoch: u32,
    /// When it was signed.
    pub iat: Instant,
}

document!(TransferDecision, "transfer-decision/1", "hufu-transfer-decision+jwt", MAX_BYTES, {
    iss, aud, jti, epoch, iat, outcome, day, seq;
    offer, reason, checks, decision, lots
});
document!(Cancel, "cancel/1", "hufu-cancel+jwt", MAX_BYTES, { iss, aud, jti, epoch, iat; });

impl TransferDecision {
    /// Signs; where it does not fit with its checks, without them. A decision can always be told: `decision` names the checks all the same.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_fitting(self, signer: &Signer) -> Result<String, DocumentError> {
        match self.sign(signer) {
            Err(error) if error.code() == JwsError::TooLong.code() => TransferDecision { checks: Vec::new(), ..self }.sign(signer),
            signed => signed,
        }
    }

    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, Some(self.seq))?;
        let accepted = self.outcome == TransferOutcome::Accepted;
        // A tombstone answers nothing that arrived, and nothing else does that.
        let is_tombstone = self.reason == Some(Reason::Cancelled);
        if accepted == self.reason.is_some() || is_tombstone != self.offer.is_none() {
            return Err(TransferRule::Reason.about("reason"));
        }
        if self.lots.len() > LOTS_MAX {
            return Err(DocumentRule::TooMany.about("lots"));
        }
        if accepted == self.lots.is_empty() {
            return Err(TransferRule::Outcome.about("lots"));
        }
        let in_order = self.checks.array_windows().all(|[one, other]| one.check < other.check);
        let told_by_engine = self.checks.is_empty() || self.decision.is_some();
        let all_ok = self.checks.iter().all(|check| check.ok);
        if !in_order || !told_by_engine || (accepted && !all_ok) || (is_tombstone && self.decision.is_some()) {
            return Err(TransferRule::Outcome.about("checks"));
        }
        Ok(())
    }
}

impl Cancel {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, None)
    }
}
