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
    /// Restored, and waiting for the answer to a RESYNC. Until then nothing is decided, and nothing of the region is spent.
    Resync {
        /// The digest of the RESYNC.
        asked: Digest,
        /// The epoch that it wants.
        wanted: u32,
    },
    /// Something signed contradicts what was known; people must look.
    Stopped,
}

/// What a HANDOVER does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// It is the one that was waited for: take its messages, derive every transfer, go on as this channel.
    Derive(Channel),
    /// The other takes nothing below an epoch above the one that is wanted: wait on, and want that one, as this channel.
    Raise(Channel),
    /// It is of before a restore of the other, or the other has not yet learned what it was granted: answer with the last HANDOVER, as to
    /// `transfer.epoch`.
    Stale,
    /// The other takes nothing of this epoch any more: ask anew with another RESYNC, which wants more than it grants.
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

    /// Waits for the answer to its RESYNC, which wants this epoch.
    #[must_use]
    pub fn asks(self, asked: Digest, wanted: u32) -> Channel {
        Channel { state: ChannelState::Resync { asked, wanted }, ..self }
    }

    /// The epoch of a HANDOVER. One who waits names the epoch that it wants: what it signed in the old one and has forgotten must not count any
    /// more with a region that is restored at the same time.
    pub fn hands_over_in(&self) -> u32 {
        match self.state {
            ChannelState::Resync { wanted, .. } => wanted,
            ChannelState::Open | ChannelState::Stopped => self.own,
        }
    }

    /// Whether an OFFER, RETURN, DECISION, CANCEL or STATEMENT of this epoch of the other counts.
    ///
    /// # Errors
    /// `transfer.resyncing` and `transfer.stopped`: ask again later. `transfer.epoch`: it is of before a restore, and the answer is the last HANDOVER.
    /// `transfer.epoch_unannounced`: an alarm that stops the channel.
    pub fn admit(&self, epoch: u32) -> Result<(), TransferRule> {
        match self.state {
            ChannelState::Resync { .. } => Err(TransferRule::Resyncing),
            ChannelState::Stopped => Err(TransferRule::Stopped),
            ChannelState::Open if epoch < self.peer => Err(TransferRule::Epoch),
            ChannelState::Open if epoch > self.peer => Err(TransferRule::EpochUnannounced),
            ChannelState::Open => Ok(()),
        }
    }

    /// The other was restored and wants this epoch: what it may go on with, and this side from now on. It is answered in every state, or two regions
    /// that were restored at once would wait for each other. A RESYNC that was answered before gets what was granted last.
    #[must_use]
    pub fn grant(self, wanted: u32, is_repeated: bool) -> (Channel, u32) {
        let granted = if is_repeated { self.peer } else { wanted.max(self.peer.saturating_add(1)) };
        (Channel { peer: granted, ..self }, granted)
    }

    /// The other hands over, in answer to the RESYNC of this digest: it grants `for_epoch`, and is itself in `epoch`. What it handed over before
    /// it was restored itself is what it may have forgotten, so that does not count.
    pub fn handed(self, resync: Digest, for_epoch: u32, epoch: u32) -> Handed {
        match self.state {
            ChannelState::Resync { asked, .. } if asked == resync && epoch >= self.peer => {
                Handed::Derive(Channel { own: for_epoch, peer: epoch, state: ChannelState::Open })
            }
            ChannelState::Resync { asked, wanted } if for_epoch > wanted => Handed::Raise(self.asks(asked, for_epoch)),
            ChannelState::Resync { asked, .. } if asked == resync => Handed::Stale,
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
