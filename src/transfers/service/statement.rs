//! What this region states of all that was decided between it and another, and the lines under the roots.

use verifier::documents::{Digest, TransferId};
use verifier::time::Day;
use verifier::transfer::{Forgotten, Message, Signed, Statement, StatementLine, Tally};

use super::take::open;
use super::{Line, Taken, refused, stored, unfit};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::transfers::compare::{Differing, are_of, by_outcome, by_transfer, differences};
use crate::transfers::store::{self, LineRow};
use crate::transfers::{LINES_AT_ONCE, STATED, TransferRefusal, compare};

/// Answers a STATEMENT with the own one for the same day, unless it shows that one of the two was restored and has not said so.
pub(super) fn answer(conn: &mut Conn, line: &mut Line<'_>, came: (&Signed, &str), theirs: &Statement) -> Result<Taken, Error> {
    is_present(line.app, theirs)?;
    if let Some(alarm) = forgotten(conn, line, theirs)? {
        line.stop(conn, came.0, came.1, alarm)?;
        return Ok(Taken::Alarm(TransferRefusal::Contradiction.at("message").got(alarm)));
    }
    Ok(Taken::Answer(own(conn, line, theirs.through)?.1))
}

/// The alarm where a STATEMENT shows that a region has forgotten what it signed: `forgotten` of this one, `sender_forgot` of the other.
pub(super) fn forgotten(conn: &mut Conn, line: &Line<'_>, theirs: &Statement) -> Result<Option<&'static str>, Error> {
    let (sent, seen) = line.places()?;
    let last = store::taken_at(conn, line.peer(), theirs.epoch.into(), seen.into())?;
    let seen_at = last.map(|text| stored(&text)).transpose()?.map_or(theirs.iat, |last| last.message.iat());
    Ok(theirs.forgotten(sent, seen, seen_at, STATED).map(|who| match who {
        Forgotten::Reader => "forgotten",
        Forgotten::Sender => "sender_forgot",
    }))
}

/// What another region states and counts under its roots, compared with what is known here once all was exchanged that mends a difference. Where that
/// shows that one of the two has forgotten what it signed, the channel is stopped.
///
/// # Errors
/// `transfer.*`, `transfers.kind`, `transfers.lines`, or a fault.
pub fn compared(conn: &mut Conn, app: &App, text: &str, lines: &[String]) -> Result<Option<&'static str>, Error> {
    let signed = open(conn, app, text)?;
    let Message::Statement(theirs) = &signed.message else { return Err(TransferRefusal::Kind.at("message").into()) };
    let wrong = || TransferRefusal::Lines.at("lines");
    let lines = lines.iter().map(|text| compare::read(text)).collect::<Option<Vec<_>>>().map(by_transfer).ok_or_else(wrong)?;
    if !are_of(&lines, theirs) {
        return Err(wrong().into());
    }
    let mut line = Line::open(conn, app, &theirs.iss)?;
    let here = by_transfer(own(conn, &line, theirs.through)?.2);
    judged(conn, &mut line, (&signed, text), &differences(&here, &lines))
}

/// Stops the channel where what differs still shows that one of the two regions has forgotten what it signed.
pub(super) fn judged(conn: &mut Conn, line: &mut Line<'_>, came: (&Signed, &str), differing: &[Differing]) -> Result<Option<&'static str>, Error> {
    let epoch = line.channel()?.peer;
    for one in differing {
        let row = store::by_id(conn, one.jti.as_str())?.filter(|row| row.peer == line.peer());
        let alarm = match (&one.here, &one.there, row) {
            // It was signed here or asked for here, and nothing of it is known.
            (None, Some(_), None) => "forgotten",
            // They signed it. What is of before a restore that was said may have been signed anew, and be of a later day.
            (Some(held), None, Some(row)) if row.side == "source" && told_in(conn, held)? == epoch => "sender_forgot",
            _ => continue,
        };
        line.stop(conn, came.0, came.1, alarm)?;
        return Ok(Some(alarm));
    }
    Ok(None)
}

/// The epoch in which a DECISION that is held was signed.
fn told_in(conn: &mut Conn, held: &StatementLine) -> Result<u32, Error> {
    let kept = store::message(conn, &held.decision.to_string())?.ok_or_else(|| Fault::text("a line without its message"))?;
    Ok(u32::try_from(kept.epoch).map_err(Fault::new)?)
}

/// The own STATEMENT through a day, with its text and the lines under its roots.
pub(super) fn own(conn: &mut Conn, line: &Line<'_>, through: Day) -> Result<(Statement, String, Vec<StatementLine>), Error> {
    let (mut lines, mut after) = (Vec::new(), String::new());
    loop {
        let (found, next) = after_id(conn, line.peer(), through, &after)?;
        lines.extend(found);
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let ((accepted, rejected), stamp, (sent, seen)) = (by_outcome(lines.iter()), line.stamp()?, line.places()?);
    let statement = Statement {
        iss: line.app.region.code.clone(),
        aud: verifier::ids::RegionCode::parse(line.peer()).map_err(Fault::new)?,
        epoch: stamp.epoch,
        iat: stamp.iat,
        through,
        open: u32::try_from(store::waiting(conn, line.peer())?.many).map_err(Fault::new)?,
        accepted: Tally::of(accepted),
        rejected: Tally::of(rejected),
        sent,
        seen,
    };
    let text = statement.sign(&line.app.keys.region_signer()).map_err(|e| unfit(&e))?;
    Ok((statement, text, lines))
}

/// For a region that shows its STATEMENT: what was decided until the same day, after the transfer `after`, a line each as the format writes them, and
/// the id after which the next page begins.
///
/// # Errors
/// `transfer.*`, `transfers.kind`, `transfers.stale`, `jws.*`, `document.*`, or a fault.
pub async fn page(app: &App, text: String, after: Option<TransferId>) -> Result<(Vec<String>, Option<String>), Error> {
    let this = app.clone();
    let work = move |conn: &mut Conn| {
        let Message::Statement(theirs) = open(conn, &this, &text)?.message else { return Err(TransferRefusal::Kind.at("message").into()) };
        is_present(&this, &theirs)?;
        let channel = store::channel(conn, theirs.iss.as_str())?.ok_or_else(|| TransferRefusal::NoPeer.at("message"))?;
        channel.admit(theirs.epoch).map_err(refused)?;
        let after = after.as_ref().map_or("", |after| after.as_str());
        let (lines, next) = after_id(conn, theirs.iss.as_str(), theirs.through, after)?;
        Ok((lines.iter().map(compare::written).collect(), next))
    };
    app.db.read(work).await
}

fn is_present(app: &App, theirs: &Statement) -> Result<(), Error> {
    if theirs.iat.0.abs_diff(app.edge.now()) <= STATED.unsigned_abs() { Ok(()) } else { Err(TransferRefusal::Stale.at("message").into()) }
}

/// Lines of transfers after one, in order, and the last id where there are more.
fn after_id(conn: &mut Conn, peer: &str, through: Day, after: &str) -> Result<(Vec<StatementLine>, Option<String>), Error> {
    let rows = store::lines(conn, peer, &through.to_string(), after, LINES_AT_ONCE as i64 + 1)?;
    let is_more = rows.len() > LINES_AT_ONCE;
    let lines = rows.iter().take(LINES_AT_ONCE).map(line).collect::<Result<Vec<_>, _>>()?;
    let next = lines.last().filter(|_| is_more).map(|line| line.jti.as_str().to_owned());
    Ok((lines, next))
}

fn line(row: &LineRow) -> Result<StatementLine, Fault> {
    Ok(StatementLine {
        jti: TransferId::parse(&row.transfer_id).map_err(Fault::new)?,
        decision: Digest::parse(&row.digest).map_err(Fault::new)?,
        amount: if matches!(row.state.as_str(), "settled" | "accepted") { row.amount } else { 0 },
    })
}
