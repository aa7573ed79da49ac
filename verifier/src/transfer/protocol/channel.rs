//! What one region knows of its exchange with one other: the epochs of both, and whether it waits for what the other holds.

use crate::documents::Digest;
use crate::transfer::TransferRule;

/// A channel, seen from one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Channel {
    /// The own epoch, from 1.
    pub own: u32,
    /// The epoch of the other: nothing older of it counts any more.
    pub peer: u32,
    /// Whether it is in use.
    pub state: ChannelState,
}

/// Whether a channel is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelState {
    /// It is.
    Open,
    /// Restored, and waiting for the answer to the RESYNC of this digest. Until then nothing is decided, and nothing of the region is spent.
    Resync(Digest),
    /// Something signed contradicts what was known; people must look.
    Stopped,
}

/// What a HANDOVER does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// It is the one that was waited for: take its messages, derive every transfer, go on as this channel.
    Derive(Channel),
    /// The other takes nothing of this epoch any more: ask anew with another RESYNC.
    AskAnew,
    /// It is of another time.
    Nothing,
}

impl Channel {
    /// Before the first message.
    pub const FIRST: Channel = Channel { own: 1, peer: 1, state: ChannelState::Open };

    /// The epoch that a RESYNC asks for: above every own one that is remembered. `floor` is the highest that the region noted down outside of what is
    /// restored; 0 if it did not.
    pub fn wanted(&self, floor: u32) -> u32 {
        self.own.max(floor).saturating_add(1)
    }

    /// Waits for the answer to its RESYNC.
    #[must_use]
    pub fn asks(self, resync: Digest) -> Channel {
        Channel { state: ChannelState::Resync(resync), ..self }
    }

    /// Whether an OFFER, RETURN, DECISION, CANCEL or STATEMENT of this epoch of the other counts.
    ///
    /// # Errors
    /// `transfer.resyncing` and `transfer.stopped`: ask again later. `transfer.epoch`: it is of before a restore, and the answer is the last HANDOVER.
    /// `transfer.epoch_unannounced`: an alarm that stops the channel.
    pub fn admit(&self, epoch: u32) -> Result<(), TransferRule> {
        match self.state {
            ChannelState::Resync(_) => Err(TransferRule::Resyncing),
            ChannelState::Stopped => Err(TransferRule::Stopped),
            ChannelState::Open if epoch < self.peer => Err(TransferRule::Epoch),
            ChannelState::Open if epoch > self.peer => Err(TransferRule::EpochUnannounced),
            ChannelState::Open => Ok(()),
        }
    }

    /// The other was restored: what it may go on with, and this side from now on. It is answered in every state, or two regions that were
    /// restored at once would wait for each other. `wanted` is the epoch that it asks for, `before` what was granted to the same RESYNC, if it
    /// was answered before.
    #[must_use]
    pub fn grant(self, wanted: u32, before: Option<u32>) -> (Channel, u32) {
        let granted = before.unwrap_or_else(|| wanted.max(self.peer.saturating_add(1)));
        (Channel { peer: self.peer.max(granted), ..self }, granted)
    }

    /// The other hands over, in answer to the RESYNC of this digest: it grants `for_epoch`, and is itself in `epoch`.
    pub fn handed(self, resync: Digest, for_epoch: u32, epoch: u32) -> Handed {
        match self.state {
            ChannelState::Resync(asked) if asked == resync => {
                Handed::Derive(Channel { own: for_epoch, peer: self.peer.max(epoch), state: ChannelState::Open })
            }
            ChannelState::Open if for_epoch > self.own => Handed::AskAnew,
            _ => Handed::Nothing,
        }
    }

    /// Stops it.
    #[must_use]
    pub fn stopped(self) -> Channel {
        Channel { state: ChannelState::Stopped, ..self }
    }
}
