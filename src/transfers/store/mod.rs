//! The tables of transfers.

mod lines;
mod restores;
mod resume;
mod subjects;

use diesel::dsl::{count_star, min, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use verifier::transfer::protocol::Channel;

use crate::db::schema::{peer_channels as channels, transfer_messages as messages, transfers};
use crate::db::{Conn, is_id};
use crate::error::{Error, Fault, is_unique_violation};
use crate::on_backend;
use crate::transfers::rules;
pub use lines::{LineRow, lines};
pub use restores::{about, begin, digests_between, end, is_placed, is_restoring, last_place, resyncing, since, taken_at, texts_by_digest, unbooked};
pub use resume::{EventRow, insert_event, retry};
pub use subjects::{Commit, SaltRow, commits_of, count_salts, found, insert_commits, insert_salt, move_on, names_of, salt};

/// What is known of the exchange with a region; the columns are explained in the migration.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = channels, primary_key(peer), treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ChannelRow {
    pub peer: String,
    pub own: i64,
    pub theirs: i64,
    pub state: String,
    pub sent: i64,
    pub seen: i64,
    pub salt: String,
    pub alarm: Option<String>,
    pub changed_at: i64,
    pub asked: Option<String>,
    pub wanted: Option<i64>,
    pub handover: Option<String>,
}

impl ChannelRow {
    /// As the protocol has it.
    pub fn channel(&self) -> Result<Channel, Fault> {
        let asked = self.asked.as_deref().zip(self.wanted);
        rules::channel((self.own, self.theirs), &self.state, asked).ok_or_else(|| Fault::text(format!("the channel to {} is damaged", self.peer)))
    }
}

/// A transfer as one side has it; the columns are explained in the migration.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = transfers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Row {
    pub id: String,
    pub side: String,
    pub kind: Option<String>,
    pub peer: String,
    pub learner_id: Option<String>,
    pub state: String,
    pub terms: Option<String>,
    pub ask: Option<String>,
    pub decision: Option<String>,
    pub decided_epoch: Option<i64>,
    pub return_of: Option<String>,
    pub agreement: Option<String>,
    pub grant_id: Option<String>,
    pub reason: Option<String>,
    pub amount: i64,
    pub began_at: i64,
    pub began_by: String,
    pub ended_at: Option<i64>,
    pub answer_by: Option<i64>,
    pub cancelled: bool,
    pub next_at: Option<i64>,
    pub tries: i64,
    pub error: Option<String>,
    pub unbooked: bool,
    pub decided_on: Option<String>,
}

/// A message as it was sent or taken.
#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = messages, treat_none_as_default_value = false)]
pub struct MessageRow {
    pub id: String,
    pub digest: String,
    pub transfer_id: String,
    pub peer: String,
    pub sent: bool,
    pub kind: String,
    pub epoch: i64,
    pub seq: Option<i64>,
    pub at: i64,
    pub text: String,
}

/// The channel to the region of `first`, which is written where there is none. Nobody else has it until this transaction ends: so messages are
/// counted without gaps, and what was used of a limit stays so.
pub fn keep_channel(conn: &mut Conn, first: &ChannelRow) -> Result<ChannelRow, Error> {
    on_backend!(conn, c => diesel::insert_into(channels::table).values(first).on_conflict_do_nothing().execute(c))?;
    let query = channels::table.find(&first.peer);
    Ok(match conn {
        // It has one writer.
        Conn::Sqlite(c) => query.get_result(c)?,
        Conn::Postgres(c) => query.for_update().get_result(c)?,
    })
}

pub fn update_channel(conn: &mut Conn, row: &ChannelRow) -> Result<(), Error> {
    diesel::update(channels::table.find(&row.peer)).set(row).execute(conn)?;
    Ok(())
}

/// Stores a new transfer. Where its id was taken meanwhile, the transaction is to run again and sees that.
pub fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    match diesel::insert_into(transfers::table).values(row).execute(conn) {
        Ok(_) => Ok(()),
        Err(e) if is_unique_violation(&e) => Err(Fault::overtaken("the transfer came meanwhile; try again").into()),
        Err(e) => Err(e.into()),
    }
}

pub fn update(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::update(transfers::table.find(&row.id)).set(row).execute(conn)?;
    Ok(())
}

pub fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(transfers::table.find(id).get_result(conn).optional()?)
}

/// What a list is filtered by. All that are present must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The accounts of one learner.
    pub family: Option<Vec<String>>,
    /// The other region.
    pub peer: Option<String>,
    /// State.
    pub state: Option<String>,
}

/// What waits for a DECISION of one region.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// How many.
    pub many: i64,
    /// Hundredths.
    pub amount: i64,
    /// How many of them were set aside.
    pub aside: i64,
    /// When the first began.
    pub oldest: Option<i64>,
}

/// One row more than `limit`, after the id `after`, in order.
pub fn page(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query =
        transfers::table.filter(transfers::id.gt(after.unwrap_or_default().to_owned())).order(transfers::id).limit(limit + 1).into_boxed();
    if let Some(family) = &filter.family {
        query = query.filter(transfers::learner_id.eq_any(family.clone()));
    }
    if let Some(peer) = &filter.peer {
        query = query.filter(transfers::peer.eq(peer.clone()));
    }
    if let Some(state) = &filter.state {
        query = query.filter(transfers::state.eq(state.clone()));
    }
    Ok(query.load(conn)?)
}

/// The channel to a region, if there is one.
pub fn channel(conn: &mut Conn, peer: &str) -> Result<Option<Channel>, Error> {
    let row: Option<ChannelRow> = channels::table.find(peer).get_result(conn).optional()?;
    Ok(row.map(|row| row.channel()).transpose()?)
}

/// Every channel, by region.
pub fn channels(conn: &mut Conn) -> Result<Vec<ChannelRow>, Error> {
    Ok(channels::table.order(channels::peer).load(conn)?)
}

/// Transfers that wait for a region, the longest first.
pub fn reserved_to(conn: &mut Conn, peer: &str, limit: i64) -> Result<Vec<Row>, Error> {
    let open = transfers::table.filter(transfers::peer.eq(peer).and(transfers::state.eq("reserved")));
    Ok(open.order((transfers::began_at, transfers::id)).limit(limit).load(conn)?)
}

/// The texts of DECISIONs that were signed for a region, the newest first.
pub fn decisions_to(conn: &mut Conn, peer: &str, limit: i64) -> Result<Vec<String>, Error> {
    let own = messages::table.filter(messages::peer.eq(peer).and(messages::sent.eq(true)).and(messages::kind.eq("decision")));
    Ok(own.order((messages::epoch.desc(), messages::seq.desc())).limit(limit).select(messages::text).load(conn)?)
}

/// What waits for a region.
pub fn waiting(conn: &mut Conn, peer: &str) -> Result<Waiting, Error> {
    let open = || transfers::table.filter(transfers::peer.eq(peer).and(transfers::state.eq("reserved")));
    let amount = sql::<Nullable<BigInt>>("CAST(SUM(transfers.amount) AS BIGINT)");
    let (many, amount, oldest): (i64, Option<i64>, Option<i64>) = open().select((count_star(), amount, min(transfers::began_at))).get_result(conn)?;
    let aside = open().filter(transfers::next_at.is_null()).count().get_result(conn)?;
    Ok(Waiting { many, amount: amount.unwrap_or_default(), aside, oldest })
}

/// Regions to which something is to be put whose time has come.
pub fn due_peers(conn: &mut Conn, now: i64) -> Result<Vec<String>, Error> {
    let due = transfers::table.filter(transfers::state.eq("reserved").and(transfers::next_at.le(now)).and(transfers::peer.eq(channels::peer)));
    let with_due = channels::table.filter(diesel::dsl::exists(due)).order(channels::peer);
    Ok(with_due.select(channels::peer).load(conn)?)
}

/// Ids of transfers whose time to be put to a region has come, the longest ago first.
pub fn due(conn: &mut Conn, peer: &str, now: i64, limit: i64) -> Result<Vec<String>, Error> {
    let open = transfers::table.filter(transfers::peer.eq(peer).and(transfers::state.eq("reserved")).and(transfers::next_at.le(now)));
    Ok(open.order((transfers::next_at, transfers::id)).limit(limit).select(transfers::id).load(conn)?)
}

/// Says why a transfer that is still open was not answered; one that is set aside is not put again by itself.
pub fn failed(conn: &mut Conn, id: &str, error: &str, is_aside: bool) -> Result<(), Error> {
    let open = || transfers::table.filter(transfers::id.eq(id).and(transfers::state.eq("reserved")));
    diesel::update(open()).set(transfers::error.eq(error)).execute(conn)?;
    if is_aside {
        diesel::update(open()).set(transfers::next_at.eq(None::<i64>)).execute(conn)?;
    }
    Ok(())
}

/// Transfers of these accounts from or to a region that count, as `side` has them: (id, digest of the OFFER, digest of the DECISION).
pub fn counted(conn: &mut Conn, family: &[String], peer: &str, side: &str) -> Result<Vec<Counted>, Error> {
    let own = transfers::table.filter(transfers::learner_id.eq_any(family).and(transfers::peer.eq(peer)).and(transfers::side.eq(side)));
    let stand = own.filter(transfers::kind.eq("move").and(transfers::state.eq_any(["reserved", "settled", "accepted"])));
    let all: Vec<Counted> = stand.order(transfers::id).select((transfers::id, transfers::ask, transfers::decision)).load(conn)?;
    let ids: Vec<&str> = all.iter().map(|(id, ..)| id.as_str()).collect();
    let gone = returned(conn, &ids)?;
    Ok(all.into_iter().filter(|(id, ..)| !gone.contains(id)).collect())
}

/// Id of a transfer, digest of its OFFER, digest of its DECISION.
pub type Counted = (String, Option<String>, Option<String>);

/// Those of these transfers that went back whole.
pub fn returned(conn: &mut Conn, ids: &[&str]) -> Result<Vec<String>, Error> {
    let back = transfers::table.filter(transfers::return_of.eq_any(ids).and(transfers::state.eq_any(["settled", "accepted"])));
    Ok(back.select(transfers::return_of.assume_not_null()).load(conn)?)
}

/// The transfer that gave this one back, if one was accepted.
pub fn back(conn: &mut Conn, id: &str) -> Result<Option<Row>, Error> {
    let back = transfers::table.filter(transfers::return_of.eq(id).and(transfers::state.eq_any(["settled", "accepted"])));
    Ok(back.order(transfers::id).first(conn).optional()?)
}

/// Stores a message; whether it was not there before.
pub fn insert_message(conn: &mut Conn, row: &MessageRow) -> Result<bool, Error> {
    let stored = on_backend!(conn, c => diesel::insert_into(messages::table).values(row).on_conflict(messages::digest).do_nothing().execute(c));
    match stored {
        Ok(rows) => Ok(rows > 0),
        Err(e) if is_unique_violation(&e) => Err(Fault::overtaken("the message came meanwhile; try again").into()),
        Err(e) => Err(e.into()),
    }
}

pub fn message(conn: &mut Conn, digest: &str) -> Result<Option<MessageRow>, Error> {
    Ok(messages::table.filter(messages::digest.eq(digest)).get_result(conn).optional()?)
}

/// The texts of these digests.
pub fn texts(conn: &mut Conn, digests: &[String]) -> Result<Vec<String>, Error> {
    Ok(messages::table.filter(messages::digest.eq_any(digests)).order(messages::id).select(messages::text).load(conn)?)
}

/// What a region sent that has this place, or is about this transfer, of which there are a few. What has lost its place, because it contradicted
/// another message and stopped the channel, is not told again: people have looked at it.
pub fn beside(conn: &mut Conn, peer: &str, place: (i64, Option<i64>), transfer: &str) -> Result<Vec<String>, Error> {
    let (epoch, seq) = place;
    let same_place = messages::epoch.eq(epoch).and(messages::seq.eq(seq).assume_not_null());
    let of_peer = messages::table.filter(messages::peer.eq(peer).and(messages::sent.eq(false)));
    let counts = messages::seq.is_not_null().or(messages::kind.eq_any(["cancel", "statement"]));
    let about = of_peer.filter(messages::transfer_id.eq(transfer).and(counts));
    let mut found: Vec<String> = about.order(messages::id).select(messages::text).load(conn)?;
    if seq.is_some() {
        found.extend(of_peer.filter(same_place).select(messages::text).load::<String>(conn)?);
    }
    Ok(found)
}

/// The last message of a kind that was sent about a transfer in an epoch.
pub fn last_sent(conn: &mut Conn, transfer: &str, kind: &str, epoch: i64) -> Result<Option<MessageRow>, Error> {
    let own = messages::table.filter(messages::transfer_id.eq(transfer).and(messages::sent.eq(true)).and(messages::kind.eq(kind)));
    Ok(own.filter(messages::epoch.eq(epoch)).order(messages::id.desc()).first(conn).optional()?)
}

/// When the first CANCEL of each of these transfers was signed here, of those that have one.
pub fn cancels(conn: &mut Conn, ids: &[&str]) -> Result<Vec<(String, i64)>, Error> {
    let own = messages::table.filter(messages::transfer_id.eq_any(ids).and(messages::sent.eq(true)).and(messages::kind.eq("cancel")));
    Ok(own.order(messages::id).select((messages::transfer_id, messages::at)).load(conn)?)
}

/// Whether a text of this digest was signed here to ask for this transfer.
pub fn is_asked(conn: &mut Conn, transfer: &str, digest: &str) -> Result<bool, Error> {
    let own = messages::table.filter(messages::transfer_id.eq(transfer).and(messages::sent.eq(true)).and(messages::digest.eq(digest)));
    let asks = own.filter(messages::kind.eq_any(["offer", "return"]));
    Ok(diesel::select(diesel::dsl::exists(asks)).get_result(conn)?)
}
