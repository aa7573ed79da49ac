//! The channel to another region, held for one transaction, and the messages that go over it.

use verifier::base64url;
use verifier::ids::RegionCode;
use verifier::time::Instant;
use verifier::transfer::protocol::channel::ChannelState;
use verifier::transfer::protocol::{Channel, Stamp};
use verifier::transfer::{Message, Salt, Signed};

use super::stored;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::evidence;
use crate::transfers::store::{self, ChannelRow, MessageRow};

/// A channel that nobody else has until the transaction ends.
pub(super) struct Line<'a> {
    pub app: &'a App,
    row: ChannelRow,
}

impl<'a> Line<'a> {
    /// The channel to a region, made with the first message.
    pub fn open(conn: &mut Conn, app: &'a App, peer: &RegionCode) -> Result<Line<'a>, Error> {
        let Channel { own, peer: theirs, .. } = Channel::FIRST;
        let first = ChannelRow {
            peer: peer.as_str().to_owned(),
            own: own.into(),
            theirs: theirs.into(),
            state: "open".to_owned(),
            sent: 0,
            seen: 0,
            salt: base64url::encode(&app.edge.random::<16>()),
            alarm: None,
            changed_at: app.edge.now(),
            asked: None,
            wanted: None,
            handover: None,
        };
        Ok(Line { app, row: store::keep_channel(conn, &first)? })
    }

    /// The other region.
    pub fn peer(&self) -> &str {
        &self.row.peer
    }

    /// Why it was stopped.
    pub fn alarm(&self) -> Option<&str> {
        self.row.alarm.as_deref()
    }

    /// As it is stored.
    pub fn into_row(self) -> ChannelRow {
        self.row
    }

    /// The channel as the protocol has it.
    pub fn channel(&self) -> Result<Channel, Fault> {
        self.row.channel()
    }

    /// The salt of the subjects of own OFFERs.
    pub fn salt(&self) -> Result<Salt, Fault> {
        base64url::decode_array(&self.row.salt).map(Salt).map_err(|_| Fault::text(format!("the salt for {} is damaged", self.row.peer)))
    }

    /// What the next own message is stamped with.
    pub fn stamp(&self) -> Result<Stamp, Fault> {
        let seq = u32::try_from(self.row.sent + 1).map_err(Fault::new)?;
        Ok(Stamp { epoch: self.channel()?.own, iat: Instant(self.app.edge.now()), seq })
    }

    /// Brings the channel to what the protocol says; a new epoch of either side begins to count anew.
    pub fn set(&mut self, conn: &mut Conn, channel: Channel) -> Result<(), Error> {
        let before = self.channel()?;
        let (state, asked) = match channel.state {
            ChannelState::Open => ("open", None),
            ChannelState::Stopped => ("stopped", None),
            ChannelState::Resync { asked, wanted } => ("resync", Some((asked, wanted))),
        };
        (self.row.own, self.row.theirs, self.row.state) = (channel.own.into(), channel.peer.into(), state.to_owned());
        (self.row.asked, self.row.wanted) = asked.map(|(asked, wanted)| (asked.to_string(), i64::from(wanted))).unzip();
        if state != "stopped" {
            self.row.alarm = None;
        }
        if channel.own != before.own {
            self.row.sent = store::last_place(conn, &self.row.peer, true, channel.own.into())?;
        }
        if channel.peer != before.peer || state == "open" {
            self.row.seen = store::last_place(conn, &self.row.peer, false, channel.peer.into())?;
        }
        self.write(conn)
    }

    /// The own last HANDOVER.
    pub fn handover(&self) -> Option<&str> {
        self.row.handover.as_deref()
    }

    /// Notes the own last HANDOVER.
    pub fn note_handover(&mut self, conn: &mut Conn, text: &str) -> Result<(), Error> {
        self.row.handover = Some(text.to_owned());
        self.write(conn)
    }

    /// Stores a RESYNC that was signed here, or one or a HANDOVER that came, once.
    pub fn keep_epoch(&self, conn: &mut Conn, signed: &Signed, text: &str, sent: bool) -> Result<(), Error> {
        self.keep(conn, signed, text, sent, None).map(drop)
    }

    /// Stores a message that was handed over after a restore, whoever signed it, if it is not known. One whose place is taken has none: the region
    /// had signed another there, before it knew that it was restored.
    pub fn keep_handed(&self, conn: &mut Conn, signed: &Signed, text: &str) -> Result<(), Error> {
        if store::message(conn, &signed.digest.to_string())?.is_some() {
            return Ok(());
        }
        let (sent, epoch) = (*signed.message.iss() == self.app.region.code, i64::from(signed.message.epoch()));
        let seq = match signed.message.seq() {
            Some(seq) if !store::is_placed(conn, &self.row.peer, sent, epoch, seq.into())? => Some(seq),
            _ => None,
        };
        self.keep(conn, signed, text, sent, seq)?;
        Ok(())
    }

    /// The highest places of what was sent in this epoch, and of what came in the other's.
    pub fn places(&self) -> Result<(u32, u32), Fault> {
        Ok((u32::try_from(self.row.sent).map_err(Fault::new)?, u32::try_from(self.row.seen).map_err(Fault::new)?))
    }

    /// Stores a message that was signed here, with its evidence, and counts it.
    pub fn keep_sent(&mut self, conn: &mut Conn, text: &str) -> Result<String, Error> {
        let signed = stored(text)?;
        if let Some(seq) = signed.message.seq() {
            self.row.sent = seq.into();
            self.write(conn)?;
        }
        self.keep(conn, &signed, text, true, signed.message.seq())
    }

    /// Stores a message of the other region, with its evidence, and notes its place.
    pub fn keep_taken(&mut self, conn: &mut Conn, signed: &Signed, text: &str) -> Result<String, Error> {
        let seq = signed.message.seq();
        if seq.is_some_and(|seq| i64::from(seq) > self.row.seen) {
            self.row.seen = seq.unwrap_or_default().into();
            self.write(conn)?;
        }
        self.keep(conn, signed, text, false, seq)
    }

    /// Stops the channel for good, until people have looked, and keeps the message that was the reason.
    pub fn stop(&mut self, conn: &mut Conn, signed: &Signed, text: &str, alarm: &str) -> Result<(), Error> {
        tracing::error!(peer = %self.row.peer, alarm, message = %signed.digest, "a message contradicts what is known: the channel is stopped");
        let stopped = self.channel()?.stopped();
        self.set(conn, stopped)?;
        self.row.alarm = Some(alarm.to_owned());
        self.write(conn)?;
        self.keep(conn, signed, text, false, None).map(drop)
    }

    /// Lets a stopped channel go on; false where it was not stopped.
    pub fn go_on(&mut self, conn: &mut Conn) -> Result<bool, Error> {
        if self.channel()?.state != ChannelState::Stopped {
            return Ok(false);
        }
        self.row.state = "open".to_owned();
        self.row.alarm = None;
        self.write(conn)?;
        Ok(true)
    }

    fn write(&mut self, conn: &mut Conn) -> Result<(), Error> {
        self.row.changed_at = self.app.edge.now();
        store::update_channel(conn, &self.row)
    }

    fn keep(&self, conn: &mut Conn, signed: &Signed, text: &str, sent: bool, seq: Option<u32>) -> Result<String, Error> {
        // It may have stopped the channel before.
        if let Some(before) = store::message(conn, &signed.digest.to_string())? {
            return Ok(before.digest);
        }
        let kind = match &signed.message {
            Message::Offer(_) => "offer",
            Message::Return(_) => "return",
            Message::Decision(_) => "decision",
            Message::Cancel(_) => "cancel",
            Message::Statement(_) => "statement",
            Message::Resync(_) => "resync",
            Message::Handover(_) => "handover",
        };
        let row = MessageRow {
            id: self.app.edge.id("trm"),
            digest: signed.digest.to_string(),
            transfer_id: signed.message.jti().map(|id| id.as_str().to_owned()).unwrap_or_default(),
            peer: self.row.peer.clone(),
            sent,
            kind: kind.to_owned(),
            epoch: signed.message.epoch().into(),
            seq: seq.map(i64::from),
            at: self.app.edge.now(),
            text: text.to_owned(),
        };
        // One that was handed over after a restore may come again.
        if store::insert_message(conn, &row)? {
            evidence::record(conn, &self.app.edge, evidence::Kind::TransferMessage, row.at, &row.id, text.as_bytes())?;
        }
        Ok(row.digest)
    }
}
