//! What a network does that at last delivers what is sent now: from every state it must lead to a final one.

use super::messages::Kind;
use super::steps::{Alarm, deliver, due, handover, put, resynced, take_over};
use super::{Design, Side, World};
use verifier::transfer::protocol::source::Source;
use verifier::transfer::{TransferOutcome, TransferRule};

/// How often each side gets its turn.
const ROUNDS: usize = 8;

/// How those who ask go about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// They put it again, and it is decided like this.
    Puts(TransferOutcome),
    /// They cancel.
    Cancels,
}

/// Where it leads.
pub fn end(world: &World, design: Design, manner: Manner) -> Result<World, Alarm> {
    let mut world = world.clone();
    for _ in 0..ROUNDS {
        for side in Side::BOTH {
            world = turn(world, design, side, manner)?;
        }
        if world.is_final() {
            return Ok(world);
        }
    }
    Ok(world)
}

/// One exchange with its answer, started by `side`. Only what it sends now arrives, never what was once under way.
fn turn(mut world: World, design: Design, side: Side, manner: Manner) -> Result<World, Alarm> {
    let other = side.other();
    if let Some(waits) = world.regions[side as usize].waits() {
        world = resynced(&world, design, other, waits);
        let granted = world.regions[other as usize].granted(waits).unwrap_or(world.regions[side as usize].own());
        let handed = handover(&world, other, waits, granted);
        world = take_over(&world, design, &handed);
        return Ok(if world.regions[side as usize].is_open() { world } else { told_again(&world, design, side) });
    }
    if world.regions[side as usize].asked != Source::Reserved {
        return Ok(world);
    }
    let which = side.asks() as u8;
    let epoch = world.regions[side as usize].own() as u8;
    let (sent, outcome) = match manner {
        Manner::Puts(outcome) => (Kind::Asks { which, epoch }, outcome),
        Manner::Cancels => (Kind::Cancel { which, epoch }, TransferOutcome::Rejected),
    };
    world = if manner == Manner::Cancels { due(&world, design, side) } else { put(&world, side) };
    if world.regions[other as usize].channel().admit(epoch.into()) == Err(TransferRule::Epoch) {
        return Ok(told_again(&world, design, other));
    }
    world = deliver(&world, design, sent, outcome)?;
    let told = world.regions[other as usize].held.all().filter(|kind| kind.transfer() == side.asks() && kind.decision().is_some());
    let Some(answer) = told.max_by_key(|kind| kind.epoch()).filter(|_| world.regions[other as usize].is_open()) else { return Ok(world) };
    if world.regions[side as usize].channel().admit(answer.epoch()) == Err(TransferRule::Epoch) {
        return Ok(told_again(&world, design, side));
    }
    deliver(&world, design, answer, outcome)
}

/// The answer to what is of an epoch that is over: the last HANDOVER.
fn told_again(world: &World, design: Design, from: Side) -> World {
    let region = world.regions[from as usize];
    let Some(resync) = region.last_granted() else { return world.clone() };
    let handed = handover(world, from, resync, region.channel().peer);
    take_over(world, design, &handed)
}
