//! Why a message, or what somebody wants to put in one, was refused.

use crate::documents::DocumentError;

coded_error! {
    /// The rule of transfers that is broken.
    TransferRule {
        /// Sender and receiver are one region.
        SameRegion = "transfer.same_region",
        /// `answer_by` is not after `iat`.
        AnswerBy = "transfer.answer_by",
        /// More of a lot than was minted.
        MoreThanMinted = "transfer.more_than_minted",
        /// A reason without rejection, a rejection without reason, or one that the other members contradict.
        Reason = "transfer.reason",
        /// Booked without acceptance, accepted without booking, or a check that contradicts the outcome.
        Outcome = "transfer.outcome",
        /// A count without what is counted.
        Tally = "transfer.tally",
        /// The reader does not know the key as one of the sender.
        UnknownKey = "transfer.unknown_key",
        /// The key was revoked when it signed, or is compromised.
        RevokedKey = "transfer.revoked_key",
        /// A message for another region.
        Audience = "transfer.audience",
        /// The receiver was restored and waits for what others hold.
        Resyncing = "transfer.resyncing",
        /// The channel was stopped by an alarm.
        Stopped = "transfer.stopped",
        /// An epoch of the sender that is over.
        Epoch = "transfer.epoch",
        /// An epoch of the sender that it has not announced.
        EpochUnannounced = "transfer.epoch_unannounced",
        /// The same id with other terms.
        Conflict = "transfer.conflict",
        /// A lot that could expire before it is decided.
        ExpiresTooSoon = "transfer.expires_too_soon",
    }
}

impl TransferRule {
    pub(crate) fn about(self, member: &str) -> DocumentError {
        DocumentError::new(self.code(), Some(member))
    }
}
