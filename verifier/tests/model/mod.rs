//! A model of two regions, a transfer of one lot between them, and its return. Both take their steps by the functions of
//! `verifier::transfer::protocol`; the model adds what they do not have: a network, crashes, backups, and wrong designs.
//!
//! The network is the set of all that was ever sent: any of it may arrive at any time, in any order, again, or never. So loss, repetition,
//! reordering and a peer that is gone for weeks are not steps of their own, and a crash after a transaction and before its message goes out is a
//! message that never arrives.

pub mod explore;
pub mod fair;
pub mod messages;
pub mod steps;

use messages::{Held, Kind};
use std::sync::LazyLock;
use verifier::documents::Digest;
use verifier::transfer::TransferOutcome;
use verifier::transfer::protocol::channel::{Channel, ChannelState};
use verifier::transfer::protocol::destination::{self, Decided};
use verifier::transfer::protocol::source::{self, Source};

/// How many RESYNCs there can be in one history.
pub const RESYNCS: usize = 8;

/// The digest of each RESYNC; they have salts, so no two are alike.
pub static RESYNC: LazyLock<[Digest; RESYNCS]> = LazyLock::new(|| core::array::from_fn(|at| Digest::of(&format!("resync {at}"))));

/// The terms of either transfer.
pub static TERMS: LazyLock<[Digest; 2]> = LazyLock::new(|| [Digest::of("offer"), Digest::of("return")]);

/// The design that is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// What was agreed.
    Agreed,
    /// The source releases when `answer_by` has passed.
    ReleasesOnTimeOut,
    /// A CANCEL of an unknown transfer is answered "unknown", and the source releases.
    UnknownReleases,
    /// A repeated OFFER is booked again.
    BooksAgain,
    /// After a restore a region goes on at once.
    NoResync,
    /// After a restore a region asks the other, but both go on in the old epoch.
    NoEpoch,
    /// After a restore the messages that are handed over are booked on top of the balances of the backup.
    Patches,
    /// Credit is spendable until a sweep has found that it is expired.
    ExpiresBySweep {
        /// Whether the sweep runs at once after every step; otherwise it never does.
        at_once: bool,
    },
}

/// The region that offers and the one that is offered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    S,
    D,
}

impl Side {
    pub const BOTH: [Side; 2] = [Side::S, Side::D];

    pub const fn other(self) -> Side {
        match self {
            Side::S => Side::D,
            Side::D => Side::S,
        }
    }

    /// The transfer that this side asks for: 0, the OFFER, or 1, the RETURN.
    pub const fn asks(self) -> usize {
        self as usize
    }

    /// The one that it answers.
    pub const fn answers(self) -> usize {
        1 - self as usize
    }
}

/// What one region has in its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    own: u8,
    peer: u8,
    /// The RESYNC that it waits for, plus one; 0: open.
    waits: u8,
    /// The epoch that it wants meanwhile.
    wanted: u8,
    /// What it granted to each RESYNC of the other, in order; 0: nothing.
    granted: [u8; RESYNCS],
    /// Every message between both that it has sent or taken.
    pub held: Held,
    /// The transfer that it asks for.
    pub asked: Source,
    /// The one that it answers.
    pub answered: Option<(TransferOutcome, bool, u8)>,
    /// How often the OFFER is in its balances.
    pub booked: u8,
}

/// A HANDOVER under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handed {
    pub from_d: bool,
    pub resync: u8,
    pub for_epoch: u8,
    pub epoch: u8,
    pub held: Held,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    pub regions: [Region; 2],
    /// The backup of each, if one was made.
    pub backups: [Option<Region>; 2],
    /// Everything that was ever sent.
    pub net: Held,
    /// The RESYNCs that were ever sent: whose, and the epoch that it wants; 0: it has no effect any more.
    pub resyncs: [Option<(Side, u8)>; RESYNCS],
    pub handed: Vec<Handed>,
    /// How many more restores there may be, of each.
    pub restores: [u8; 2],
    /// The highest epoch that each has ever used or wanted, if it notes that down outside of what is restored.
    pub noted: Option<[u8; 2]>,
    /// Whether the day of expiry has come.
    pub is_expired: bool,
}

impl World {
    pub fn new(restores: [u8; 2], is_noted: bool) -> World {
        let region = Region {
            own: 1,
            peer: 1,
            waits: 0,
            wanted: 0,
            granted: [0; RESYNCS],
            held: Held::default(),
            asked: Source::None,
            answered: None,
            booked: 0,
        };
        World {
            regions: [region; 2],
            backups: [None; 2],
            net: Held::default(),
            resyncs: [None; RESYNCS],
            handed: Vec::new(),
            restores,
            noted: is_noted.then_some([1; 2]),
            is_expired: false,
        }
    }

    pub fn region(&mut self, side: Side) -> &mut Region {
        &mut self.regions[side as usize]
    }

    /// Notes down the epoch that a region uses or wants.
    pub fn note(&mut self, side: Side) {
        let region = self.regions[side as usize];
        if let Some(noted) = &mut self.noted {
            noted[side as usize] = noted[side as usize].max(region.own).max(region.wanted);
        }
    }

    /// Sends.
    pub fn send(&mut self, message: Kind) {
        self.net.add(message);
    }

    pub fn hand(&mut self, handed: Handed) {
        if let Err(at) = self.handed.binary_search(&handed) {
            self.handed.insert(at, handed);
        }
    }

    /// Takes out what can have no effect any more, so that states which differ in nothing else are one. Exact: epochs only rise in a region that
    /// is not restored any more, and whatever is older stays without effect.
    pub fn forget(mut self) -> World {
        for side in Side::BOTH {
            let own = self.regions[side as usize];
            if self.restores[side as usize] > 0 {
                continue;
            }
            self.backups[side as usize] = None;
            let stale = |kind: &Kind| kind.receiver() == side && kind.epoch() < own.channel().peer;
            self.net.all().filter(stale).for_each(|kind| self.net.remove(kind));
            let waits_for = |resync: usize| own.waits() == Some(resync);
            let counts =
                |handed: &Handed| (handed.epoch >= own.peer && waits_for(handed.resync.into())) || handed.for_epoch > own.own.max(own.wanted);
            self.handed.retain(|handed| handed.from_d == (side == Side::D) || counts(handed));
            let other = side.other();
            for resync in 0..RESYNCS {
                let granted = self.regions[other as usize].granted[resync];
                let is_over = self.restores[other as usize] == 0 && granted > 0 && granted <= own.own && !waits_for(resync);
                if self.resyncs[resync].is_some_and(|(from, _)| from == side) && is_over {
                    self.resyncs[resync] = Some((side, 0));
                }
            }
        }
        self
    }

    /// What must hold in every state; the text says what does not.
    pub fn check(&self, design: Design) -> Result<(), &'static str> {
        let [s, d] = &self.regions;
        if d.booked > 1 {
            return Err("the OFFER is booked twice");
        }
        // A region that waits for the other spends nothing.
        if !s.is_open() || !d.is_open() {
            return Ok(());
        }
        let is_seen_as_expired = match design {
            Design::ExpiresBySweep { at_once } => self.is_expired && at_once,
            _ => self.is_expired,
        };
        if self.is_expired && !is_seen_as_expired && (s.holds(Side::S) || d.holds(Side::D)) {
            return Err("expired credit is spendable");
        }
        if s.holds(Side::S) && d.holds(Side::D) {
            return Err("the amount is spendable in both regions");
        }
        let decided = d.answered.map(|(outcome, _, _)| outcome);
        let given_back = d.asked == Source::Settled;
        match (s.asked, decided) {
            (Source::Returned, Some(TransferOutcome::Accepted)) => Err("(returned, accepted)"),
            (Source::Settled, Some(TransferOutcome::Rejected)) => Err("(settled, rejected)"),
            (Source::Settled, None) => Err("(settled, none)"),
            _ if given_back && s.answered.is_none_or(|(outcome, _, _)| outcome == TransferOutcome::Rejected) => Err("given back and not taken back"),
            _ => Ok(()),
        }
    }

    /// Whether nothing is left to do and the amount is in exactly one place.
    pub fn is_final(&self) -> bool {
        let [s, d] = &self.regions;
        let settled = |region: &Region| region.is_open() && region.asked != Source::Reserved;
        settled(s) && settled(d) && s.holds(Side::S) != d.holds(Side::D)
    }
}

impl Region {
    pub fn is_open(&self) -> bool {
        self.waits == 0
    }

    pub fn own(&self) -> u32 {
        self.own.into()
    }

    /// Whether the amount is in a lot here.
    fn holds(&self, side: Side) -> bool {
        let accepted = self.answered.is_some_and(|(outcome, _, _)| outcome == TransferOutcome::Accepted);
        match side {
            Side::S => matches!(self.asked, Source::None | Source::Returned) || accepted,
            Side::D => accepted && matches!(self.asked, Source::None | Source::Returned),
        }
    }

    pub fn channel(&self) -> Channel {
        let state = match self.waits {
            0 => ChannelState::Open,
            waits => ChannelState::Resync { asked: RESYNC[usize::from(waits) - 1], wanted: self.wanted.into() },
        };
        Channel { own: self.own.into(), peer: self.peer.into(), state }
    }

    pub fn set_channel(&mut self, channel: Channel) {
        self.own = u8::try_from(channel.own).expect("few epochs");
        self.peer = u8::try_from(channel.peer).expect("few epochs");
        (self.waits, self.wanted) = match channel.state {
            ChannelState::Open => (0, 0),
            ChannelState::Resync { asked, wanted } => (1 + RESYNC.iter().position(|own| *own == asked).expect("a RESYNC") as u8, wanted as u8),
            ChannelState::Stopped => panic!("nothing here stops a channel"),
        };
    }

    /// The RESYNC that it waits for.
    pub fn waits(&self) -> Option<usize> {
        usize::from(self.waits).checked_sub(1)
    }

    pub fn granted(&self, resync: usize) -> Option<u32> {
        Some(u32::from(self.granted[resync])).filter(|granted| *granted > 0)
    }

    pub fn set_granted(&mut self, resync: usize, epoch: u32) {
        self.granted[resync] = epoch as u8;
    }

    /// The last RESYNC that it answered.
    pub fn last_granted(&self) -> Option<usize> {
        (0..RESYNCS).filter(|at| self.granted[*at] > 0).max_by_key(|at| self.granted[*at])
    }

    pub fn decided(&self, side: Side) -> Option<Decided> {
        let (outcome, has_terms, epoch) = self.answered?;
        Some(Decided { outcome, terms: has_terms.then_some(TERMS[side.answers()]), epoch: epoch.into() })
    }

    pub fn set_decided(&mut self, decided: Option<Decided>) {
        self.answered = decided.map(|own| (own.outcome, own.terms.is_some(), own.epoch as u8));
    }

    /// Both transfers as they follow from the messages held.
    pub fn derive(&mut self, side: Side) {
        let of = |which: usize| self.held.all().filter(move |kind| kind.transfer() == which);
        let is_asked = of(side.asks()).any(|kind| matches!(kind, Kind::Asks { .. }));
        let heard = of(side.asks()).filter_map(|kind| kind.decision()).map(|(epoch, outcome, _)| (epoch, outcome));
        self.asked = source::derive(is_asked, heard);
        let told = of(side.answers()).filter_map(|kind| kind.decision()).map(|(epoch, outcome, is_tombstone)| Decided {
            outcome,
            terms: (!is_tombstone).then_some(TERMS[side.answers()]),
            epoch,
        });
        let told = destination::derive(told);
        self.set_decided(told);
        self.booked = u8::from(side == Side::D && told.is_some_and(|own| own.outcome == TransferOutcome::Accepted));
    }
}
