//! `statement/1`, `resync/1` and `handover/1`: what two regions say of everything between them.

use super::{MAX_BYTES, Salt, TransferRule, check_head, merkle};
use crate::bundle::Hash;
use crate::documents::{Digest, DocumentError, TransferId, document};
use crate::ids::RegionCode;
use crate::json::from_members;
use crate::time::{Day, Instant};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;
use serde::Serialize;

/// A STATEMENT: what was decided between two regions, in both directions, through a day. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The region that states it.
    pub iss: RegionCode,
    /// The region that it is for.
    pub aud: RegionCode,
    /// The epoch of the sender, from 1.
    pub epoch: u32,
    /// When it was signed.
    pub iat: Instant,
    /// The last day of the decisions that are counted, by the day that each names.
    pub through: Day,
    /// How many transfers the sender has asked for and has no DECISION of.
    pub open: u32,
    /// What was accepted, in hundredths of what was offered.
    pub accepted: Tally,
    /// What was rejected; its amount is 0.
    pub rejected: Tally,
    /// The highest `seq` that the sender has used in this epoch; 0: none.
    pub sent: u32,
    /// The highest `seq` that it has seen in the other's present epoch; 0: none.
    pub seen: u32,
}

/// How many, how much, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many decisions.
    pub n: u32,
    /// Their amounts in all.
    pub amount: i64,
    /// The Merkle root over [`StatementLine`]s in order.
    pub root: Hash,
}

from_members!(Tally { n, amount, root });

/// One decision in a statement. Ordered by the transfer, then by the digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementLine {
    /// The transfer.
    pub jti: TransferId,
    /// The digest of its DECISION.
    pub decision: Digest,
    /// What was offered, in hundredths; 0 if it was rejected.
    pub amount: i64,
}

/// A RESYNC: the sender was restored and asks for all that the other holds. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resync {
    /// The region that was restored.
    pub iss: RegionCode,
    /// The region that it asks.
    pub aud: RegionCode,
    /// The epoch that it wants to go on with; the other may assign a higher one.
    pub epoch: u32,
    /// When it was signed.
    pub iat: Instant,
    /// Random, so that the answer to it is an answer to no other.
    pub salt: Salt,
}

/// A HANDOVER: the answer to a RESYNC. The messages follow as pages. Members are signed in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// The region that answers.
    pub iss: RegionCode,
    /// The region that was restored.
    pub aud: RegionCode,
    /// The epoch of the sender, from 1.
    pub epoch: u32,
    /// The epoch with which the other goes on: from now on the sender takes nothing older of it.
    pub for_epoch: u32,
    /// The digest of the RESYNC.
    pub resync: Digest,
    /// When it was signed.
    pub iat: Instant,
    /// How many messages follow.
    pub n: u32,
    /// The Merkle root over their digests, [`digests_root`].
    pub root: Hash,
}

document!(Statement, "statement/1", "hufu-statement+jwt", MAX_BYTES, { iss, aud, epoch, iat, through, open, accepted, rejected, sent, seen; });
document!(Resync, "resync/1", "hufu-resync+jwt", MAX_BYTES, { iss, aud, epoch, iat, salt; });
document!(Handover, "handover/1", "hufu-handover+jwt", MAX_BYTES, { iss, aud, epoch, for_epoch, resync, iat, n, root; });

impl Tally {
    /// Adds up; the lines may come in any order.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a StatementLine>) -> Tally {
        let mut lines: Vec<&StatementLine> = lines.into_iter().collect();
        lines.sort_unstable();
        let (mut tree, mut text, mut amount) = (merkle::Tree::default(), String::new(), 0_i64);
        for line in &lines {
            text.clear();
            // Writing into a text does not fail.
            let _ = write!(text, "{} {} {}", line.jti, line.decision, line.amount);
            tree.push(text.as_bytes());
            amount = amount.saturating_add(line.amount);
        }
        Tally { n: u32::try_from(lines.len()).unwrap_or(u32::MAX), amount, root: tree.root() }
    }
}

/// The root over the digests of messages; they may come in any order.
pub fn digests_root(mut digests: Vec<Digest>) -> Hash {
    digests.sort_unstable();
    merkle::root(&digests.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// Which region signed messages that it does not know any more: it was restored from a backup and has not said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgotten {
    /// The reader of the STATEMENT.
    Reader,
    /// The region that stated it.
    Sender,
}

impl Statement {
    /// Whether it shows that a region has forgotten what it signed in the present epochs. `sent` and `seen` are the highest places that the reader knows now of
    /// its own messages and of the sender's, `seen_at` when the latter was signed. Only what was signed `margin` seconds before the STATEMENT counts against its
    /// sender: what it signed since came first.
    pub fn forgotten(&self, sent: u32, seen: u32, seen_at: Instant, margin: i64) -> Option<Forgotten> {
        match () {
            () if self.seen > sent => Some(Forgotten::Reader),
            () if self.sent < seen && seen_at.0.saturating_add(margin) < self.iat.0 => Some(Forgotten::Sender),
            () => None,
        }
    }

    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, None)?;
        let nothing = merkle::root::<&[u8]>(&[]);
        let adds_up = |tally: &Tally| tally.amount >= 0 && (tally.n == 0) == (tally.root == nothing);
        if !adds_up(&self.accepted) || (self.accepted.n == 0) != (self.accepted.amount == 0) {
            return Err(TransferRule::Tally.about("accepted"));
        }
        if !adds_up(&self.rejected) || self.rejected.amount != 0 {
            return Err(TransferRule::Tally.about("rejected"));
        }
        Ok(())
    }
}

impl Resync {
    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, None)
    }
}

impl Handover {
    /// Whether these are the messages that it names.
    pub fn names(&self, digests: Vec<Digest>) -> bool {
        u32::try_from(digests.len()) == Ok(self.n) && digests_root(digests) == self.root
    }

    fn keeps_rules(&self) -> Result<(), DocumentError> {
        check_head(&self.iss, &self.aud, self.epoch, self.iat, None)?;
        if self.for_epoch == 0 {
            return Err(crate::documents::DocumentRule::Member.about("for_epoch"));
        }
        if (self.n == 0) == (self.root == digests_root(Vec::new())) { Ok(()) } else { Err(TransferRule::Tally.about("root")) }
    }
}
