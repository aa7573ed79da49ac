//! What can happen next.

use super::messages::Kind;
use super::{Design, Handed, RESYNC, RESYNCS, Side, TERMS, World};
use verifier::transfer::protocol::channel;
use verifier::transfer::protocol::destination::{self, DestinationAction, DestinationEvent, GiveBack};
use verifier::transfer::protocol::source::{self, Source, SourceAction, SourceEvent};
use verifier::transfer::{TransferOutcome, TransferRule};

/// A step that no honest pair of regions should ever come to.
pub type Alarm = &'static str;

/// Every step from a world, with its name.
pub fn next(world: &World, design: Design) -> Result<Vec<(&'static str, World)>, Alarm> {
    let mut found = Vec::new();
    for side in Side::BOTH {
        own_steps(world, design, side, &mut found)?;
        for resync in 0..RESYNCS {
            if world.resyncs[resync].is_some_and(|(from, wanted)| from != side && wanted > 0) {
                found.push(("RESYNC arrives", resynced(world, design, side, resync)));
            }
        }
    }
    if !world.is_expired {
        found.push(("it expires", World { is_expired: true, ..world.clone() }));
    }
    for handed in &world.handed {
        found.push(("HANDOVER arrives", take_over(world, design, handed)));
    }
    for message in world.net.all() {
        for outcome in TransferOutcome::ALL {
            found.push(("a message arrives", deliver(world, design, message, *outcome)?));
            if !matches!(message, Kind::Asks { .. }) {
                break;
            }
        }
    }
    Ok(found)
}

/// What a region does by itself.
fn own_steps(world: &World, design: Design, side: Side, found: &mut Vec<(&'static str, World)>) -> Result<(), Alarm> {
    let region = world.regions[side as usize];
    if region.is_open() {
        if region.asked == Source::None && (side == Side::S || region.decided(side).is_some_and(|own| own.outcome == TransferOutcome::Accepted)) {
            found.push(("somebody wants it", want(world, side)));
        }
        found.push(("put again", put(world, side)));
        found.push(("answer_by passes", due(world, design, side)));
    }
    if world.restores[side as usize] > 0 {
        let mut copied = world.clone();
        copied.backups[side as usize] = Some(region);
        found.push(("a backup is made", copied));
        if world.backups[side as usize].is_some() {
            found.push(("the backup is restored", restored(world, design, side)));
        }
    }
    Ok(())
}

fn want(world: &World, side: Side) -> World {
    let mut world = world.clone();
    let (state, action) = source::step(world.region(side).asked, SourceEvent::Wanted);
    assert_eq!(action, SourceAction::Hold);
    world.region(side).asked = state;
    ask(&mut world, side);
    world
}

/// Signs, stores and sends the OFFER or RETURN in the present epoch.
fn ask(world: &mut World, side: Side) {
    let message = Kind::Asks { which: side.asks() as u8, epoch: world.region(side).own() as u8 };
    world.region(side).held.add(message);
    world.send(message);
}

pub fn put(world: &World, side: Side) -> World {
    let mut world = world.clone();
    let region = *world.region(side);
    let own = region.own();
    let signed = region.held.all().filter(|kind| kind.transfer() == side.asks() && matches!(kind, Kind::Asks { .. }));
    let signed_in = signed.map(Kind::epoch).max().unwrap_or(own);
    match source::step(region.asked, SourceEvent::Put { signed_in, own }) {
        (_, SourceAction::SignAnew | SourceAction::Send) => ask(&mut world, side),
        (_, action) => assert_eq!(action, SourceAction::Nothing),
    }
    world
}

pub fn due(world: &World, design: Design, side: Side) -> World {
    let mut world = world.clone();
    let (state, action) = source::step(world.region(side).asked, SourceEvent::Due);
    world.region(side).asked = state;
    if action == SourceAction::Cancel {
        if design == Design::ReleasesOnTimeOut {
            world.region(side).asked = Source::Returned;
        }
        let epoch = world.region(side).own() as u8;
        world.send(Kind::Cancel { which: side.asks() as u8, epoch });
    }
    world
}

/// A region is as its backup was; what is under way stays under way.
fn restored(world: &World, design: Design, side: Side) -> World {
    let mut world = world.clone();
    world.restores[side as usize] -= 1;
    if let Some(backup) = world.backups[side as usize] {
        *world.region(side) = backup;
    }
    if design != Design::NoResync {
        resync(&mut world, side, 0);
    }
    world
}

/// Asks the other for all that it holds.
fn resync(world: &mut World, side: Side, floor: u32) {
    let at = world.resyncs.iter().position(Option::is_none).expect("RESYNCS is enough");
    let channel = world.region(side).channel();
    let noted = world.noted.map_or(0, |noted| noted[side as usize]);
    let wanted = channel.wanted(floor.max(noted.into()));
    world.resyncs[at] = Some((side, wanted as u8));
    world.region(side).set_channel(channel.asks(RESYNC[at], wanted));
    world.note(side);
}

/// A RESYNC arrives at `side`, which hands over.
pub fn resynced(world: &World, design: Design, side: Side, resync: usize) -> World {
    let mut world = world.clone();
    let wanted = world.resyncs[resync].map_or(0, |(_, wanted)| wanted.into());
    let region = world.region(side);
    let (channel, granted) = region.channel().grant(wanted, region.granted(resync).is_some());
    if design == Design::NoEpoch {
        let handed = handover(&world, side, resync, world.regions[side.other() as usize].own());
        world.hand(handed);
        return world;
    }
    region.set_channel(channel);
    region.set_granted(resync, granted);
    let handed = handover(&world, side, resync, granted);
    world.hand(handed);
    world
}

pub fn handover(world: &World, side: Side, resync: usize, granted: u32) -> Handed {
    let region = world.regions[side as usize];
    Handed {
        from_d: side == Side::D,
        resync: resync as u8,
        for_epoch: granted as u8,
        epoch: region.channel().hands_over_in() as u8,
        held: region.held,
    }
}

/// A HANDOVER arrives.
pub fn take_over(world: &World, design: Design, handed: &Handed) -> World {
    let mut world = world.clone();
    let side = if handed.from_d { Side::S } else { Side::D };
    let region = world.region(side);
    match region.channel().handed(RESYNC[usize::from(handed.resync)], handed.for_epoch.into(), handed.epoch.into()) {
        channel::Handed::Derive(channel) => {
            let before = *region;
            region.set_channel(channel);
            region.held.join(handed.held);
            region.derive(side);
            if design == Design::Patches {
                let accepted = handed.held.all().filter_map(Kind::decision).any(|(_, outcome, _)| outcome == TransferOutcome::Accepted);
                region.booked = before.booked + u8::from(side == Side::D && accepted);
            }
        }
        channel::Handed::Raise(channel) => region.set_channel(channel),
        channel::Handed::AskAnew => resync(&mut world, side, handed.for_epoch.into()),
        // The answer to what is stale is a HANDOVER, which arrives or not like all.
        channel::Handed::Stale => {
            if let Some(resync) = region.last_granted() {
                let granted = region.channel().peer;
                let again = handover(&world, side, resync, granted);
                world.hand(again);
            }
        }
        channel::Handed::Nothing => {}
    }
    world.note(side);
    world
}

/// A message arrives; where it is an OFFER or a RETURN that is to be decided, `outcome` is what is decided.
pub fn deliver(world: &World, design: Design, message: Kind, outcome: TransferOutcome) -> Result<World, Alarm> {
    let to = message.receiver();
    let mut world = world.clone();
    match world.region(to).channel().admit(message.epoch()) {
        Ok(()) => {}
        Err(TransferRule::Epoch | TransferRule::Resyncing) => return Ok(world),
        Err(_) => return Err("an epoch that was not announced"),
    }
    match message {
        Kind::Asks { .. } => asked(&mut world, design, to, message, outcome)?,
        Kind::Cancel { .. } => cancelled(&mut world, design, to)?,
        Kind::Decision { .. } | Kind::Tombstone { .. } => heard(&mut world, to, message)?,
    }
    Ok(world)
}

fn asked(world: &mut World, design: Design, to: Side, message: Kind, outcome: TransferOutcome) -> Result<(), Alarm> {
    let region = world.region(to);
    let terms = TERMS[to.answers()];
    let (_, mut action) = destination::step(region.decided(to), DestinationEvent::Asked(terms), region.own());
    if action == DestinationAction::Answer && design == Design::BooksAgain && to == Side::D {
        region.booked += u8::from(region.decided(to).is_some_and(|own| own.outcome == TransferOutcome::Accepted));
    }
    if action == DestinationAction::Decide {
        let outcome = match to {
            Side::D => outcome,
            Side::S => match destination::give_back(region.asked, false) {
                GiveBack::Accept => TransferOutcome::Accepted,
                GiveBack::Later => return Ok(()),
                GiveBack::Reject => return Err("a RETURN of what is not out"),
            },
        };
        let (state, ruled) = destination::step(region.decided(to), DestinationEvent::Ruled(terms, outcome), region.own());
        region.set_decided(state);
        region.held.add(message);
        region.booked += u8::from(ruled == DestinationAction::BookIn && to == Side::D);
        action = ruled;
    }
    answer(world, to, action, Some(message.epoch() as u8))
}

fn cancelled(world: &mut World, design: Design, to: Side) -> Result<(), Alarm> {
    let region = world.region(to);
    let (state, action) = destination::step(region.decided(to), DestinationEvent::Cancelled, region.own());
    if action == DestinationAction::Tombstone && design == Design::UnknownReleases {
        let epoch = region.own() as u8;
        world.send(Kind::Tombstone { which: to.answers() as u8, epoch });
        return Ok(());
    }
    region.set_decided(state);
    answer(world, to, action, None)
}

/// Signs where that is to be done, stores and sends the DECISION.
fn answer(world: &mut World, to: Side, action: DestinationAction, on: Option<u8>) -> Result<(), Alarm> {
    let region = world.region(to);
    let which = to.answers() as u8;
    let stored = region.held.all().filter(|kind| kind.transfer() == to.answers() && kind.decision().is_some());
    let latest = stored.max_by_key(|kind| kind.epoch());
    let epoch = region.own() as u8;
    let outcome = region.decided(to).map(|own| own.outcome);
    let message = match (action, latest, outcome) {
        (DestinationAction::Answer, Some(latest), _) => latest,
        (DestinationAction::SignAnew, Some(Kind::Decision { outcome, on, .. }), _) => Kind::Decision { which, epoch, outcome, on },
        (DestinationAction::SignAnew, Some(_), _) | (DestinationAction::Tombstone, ..) => Kind::Tombstone { which, epoch },
        (DestinationAction::BookIn | DestinationAction::Reject, _, Some(outcome)) => Kind::Decision { which, epoch, outcome, on: on.unwrap_or(1) },
        (DestinationAction::Conflict, ..) => return Err("a conflict"),
        _ => return Err("an answer without a DECISION"),
    };
    if action == DestinationAction::SignAnew {
        let state = region.decided(to).map(|own| destination::Decided { epoch: epoch.into(), ..own });
        region.set_decided(state);
    }
    if let (Some(answer), Some((_, one, _))) = (region.decided(to), message.decision())
        && (answer.outcome != one || u32::from(epoch) != message.epoch())
    {
        return Err("an answer that is not the one decided");
    }
    region.held.add(message);
    world.send(message);
    Ok(())
}

/// A DECISION arrives.
fn heard(world: &mut World, to: Side, message: Kind) -> Result<(), Alarm> {
    let region = world.region(to);
    let Some((_, outcome, _)) = message.decision() else { return Ok(()) };
    let is_ours = match message {
        Kind::Decision { which, on, .. } => region.held.has(Kind::Asks { which, epoch: on }),
        _ => true,
    };
    let (state, action) = source::step(region.asked, SourceEvent::Decided { outcome, is_ours });
    match action {
        SourceAction::Alarm if !is_ours => return Err("a DECISION on what was not asked"),
        SourceAction::Alarm => return Err("a DECISION that contradicts another"),
        SourceAction::BookOut | SourceAction::Release => region.held.add(message),
        _ => {}
    }
    region.asked = state;
    Ok(())
}
