//! The messages about transfers, each a bit.

use super::Side;
use verifier::transfer::TransferOutcome;

/// A set of messages: a bit each, for either transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Held([u128; 3]);

/// Epochs 1 to this one.
pub const EPOCHS: u8 = 9;

/// Rows of one transfer, a place an epoch: OFFER, CANCEL and tombstone; accepted and rejected, a row each for the epoch of what they answer.
const ROWS: usize = 3 + 2 * EPOCHS as usize;

impl Held {
    pub fn add(&mut self, message: Kind) {
        let place = message.place();
        self.0[place / 128] |= 1 << (place % 128);
    }

    pub fn remove(&mut self, message: Kind) {
        let place = message.place();
        self.0[place / 128] &= !(1 << (place % 128));
    }

    pub fn has(self, message: Kind) -> bool {
        let place = message.place();
        self.0[place / 128] & 1 << (place % 128) != 0
    }

    pub fn join(&mut self, other: Held) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
    }

    /// The messages of the set.
    pub fn all(self) -> impl Iterator<Item = Kind> {
        self.0.into_iter().enumerate().flat_map(|(word, mut left)| {
            std::iter::from_fn(move || {
                let at = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                (at < 128).then(|| Kind::of(word * 128 + at))
            })
        })
    }
}

/// A message about transfer 0, the OFFER of S, or 1, the RETURN of D. Epochs are those of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// OFFER or RETURN.
    Asks { which: u8, epoch: u8 },
    /// CANCEL.
    Cancel { which: u8, epoch: u8 },
    /// DECISION; `on` is the epoch of the OFFER or RETURN that it names.
    Decision { which: u8, epoch: u8, outcome: TransferOutcome, on: u8 },
    /// DECISION that names none.
    Tombstone { which: u8, epoch: u8 },
}

impl Kind {
    /// Its bit.
    fn place(self) -> usize {
        let at = |row: usize, epoch: u8| {
            assert!((1..=EPOCHS).contains(&epoch), "{self:?} is of an epoch beyond the model");
            (self.transfer() * ROWS + row) * usize::from(EPOCHS) + usize::from(epoch) - 1
        };
        match self {
            Kind::Asks { epoch, .. } => at(0, epoch),
            Kind::Cancel { epoch, .. } => at(1, epoch),
            Kind::Tombstone { epoch, .. } => at(2, epoch),
            Kind::Decision { epoch, outcome, on, .. } => at(2 + usize::from(on) + usize::from(outcome as u8 * EPOCHS), epoch),
        }
    }

    fn of(place: usize) -> Kind {
        let (row, epoch) = (place / usize::from(EPOCHS), (place % usize::from(EPOCHS)) as u8 + 1);
        let (which, row) = ((row / ROWS) as u8, (row % ROWS) as u8);
        match row {
            0 => Kind::Asks { which, epoch },
            1 => Kind::Cancel { which, epoch },
            2 => Kind::Tombstone { which, epoch },
            row => Kind::Decision { which, epoch, outcome: TransferOutcome::ALL[usize::from((row - 3) / EPOCHS)], on: (row - 3) % EPOCHS + 1 },
        }
    }

    pub fn transfer(self) -> usize {
        match self {
            Kind::Asks { which, .. } | Kind::Cancel { which, .. } | Kind::Decision { which, .. } | Kind::Tombstone { which, .. } => which.into(),
        }
    }

    /// The region that it is for.
    pub fn receiver(self) -> Side {
        match self {
            Kind::Asks { which, .. } | Kind::Cancel { which, .. } => Side::BOTH[usize::from(1 - which)],
            Kind::Decision { which, .. } | Kind::Tombstone { which, .. } => Side::BOTH[usize::from(which)],
        }
    }

    pub fn epoch(self) -> u32 {
        match self {
            Kind::Asks { epoch, .. } | Kind::Cancel { epoch, .. } | Kind::Decision { epoch, .. } | Kind::Tombstone { epoch, .. } => epoch.into(),
        }
    }

    /// Epoch, outcome and whether it is a tombstone, of a DECISION.
    pub fn decision(self) -> Option<(u32, TransferOutcome, bool)> {
        match self {
            Kind::Decision { epoch, outcome, .. } => Some((epoch.into(), outcome, false)),
            Kind::Tombstone { epoch, .. } => Some((epoch.into(), TransferOutcome::Rejected, true)),
            Kind::Asks { .. } | Kind::Cancel { .. } => None,
        }
    }
}
