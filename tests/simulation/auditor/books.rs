//! The books of one region, read beside the program.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use hufu::db::{Db, Kind};
use hufu::error::Error;
use hufu::on_backend;
use verifier::time::{Instant, Zone};

use super::documents::Key;
use crate::stage::REGIONS;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Held,
    Out(usize),
    Redeemed,
    Expired,
    Voided,
    Other,
}

pub struct Lot {
    pub id: String,
    pub key: Key,
    pub amount: i64,
    pub available: i64,
    pub expires: String,
}

/// An entry that spends, or books as expired, some of a lot.
pub struct Spending {
    pub id: String,
    pub kind: String,
    pub day: String,
    /// The day by the clock.
    pub at_day: String,
    pub lot: String,
}

pub struct Books {
    db: Db,
    /// The last row of each table that was read. PostgreSQL does not count them: there everything is read once.
    read: [i64; 4],
    /// Whether a message that came and has no place is the reason of an alarm, kept and not booked.
    pub has_alarms: bool,
    pub achievements: Vec<String>,
    pub voidings: Vec<String>,
    /// Whether it was sent, and the text.
    pub messages: Vec<(bool, String)>,
    pub spendings: Vec<Spending>,
    pub lots: Vec<Lot>,
    /// Id, side, state.
    pub transfers: Vec<(String, String, String)>,
    /// Whether it goes back to a backup and waits for what the others hold.
    pub is_restoring: bool,
    /// The regions with which nothing is exchanged any more until people have looked.
    pub stopped: BTreeSet<usize>,
    places: BTreeMap<(String, Place), i64>,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = Bool)]
    sent: bool,
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct SpendingRow {
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    day: String,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Text)]
    lot: String,
}

#[derive(QueryableByName)]
struct LotRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    basis: String,
    #[diesel(sql_type = BigInt)]
    part: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    available: i64,
    #[diesel(sql_type = Nullable<Text>)]
    expires: Option<String>,
}

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = Text)]
    lot: String,
    #[diesel(sql_type = Text)]
    from_place: String,
    #[diesel(sql_type = Text)]
    to_place: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

#[derive(QueryableByName)]
struct StateRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    side: String,
    #[diesel(sql_type = Text)]
    state: String,
}

fn place(text: &str) -> Place {
    match text.split_once(':') {
        Some(("hold", _)) => Place::Held,
        Some(("out", peer)) => Place::Out(REGIONS.iter().position(|(code, ..)| *code == peer).unwrap()),
        Some(("redeemed", _)) => Place::Redeemed,
        _ if text == "expired" => Place::Expired,
        _ if text == "voided" => Place::Voided,
        _ => Place::Other,
    }
}

impl Books {
    pub fn of(db: Db) -> Books {
        Books {
            db,
            read: [0; 4],
            has_alarms: false,
            achievements: Vec::new(),
            voidings: Vec::new(),
            messages: Vec::new(),
            spendings: Vec::new(),
            lots: Vec::new(),
            transfers: Vec::new(),
            is_restoring: false,
            stopped: BTreeSet::new(),
            places: BTreeMap::new(),
        }
    }

    /// Reads what is new of documents and entries, and what is there of everything else.
    ///
    /// # Errors
    /// The words of the database.
    pub fn read(&mut self) -> Result<(), String> {
        self.rows().map_err(|e| e.to_string())
    }

    fn load<T: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + Send + 'static>(
        &self,
        sql: &str,
    ) -> Result<Vec<T>, Error> {
        self.db.read_now(|conn| Ok(on_backend!(conn, c => diesel::sql_query(sql).load::<T>(c))?))
    }

    /// The column that counts the rows of a table, and what of it is new.
    fn new_rows(&self, table: &str, last: i64) -> (String, String) {
        match self.db.kind() {
            Kind::Sqlite => (format!("{table}.rowid AS n"), format!("{table}.rowid > {last} ORDER BY {table}.rowid")),
            Kind::Postgres => ("CAST(0 AS BIGINT) AS n".to_owned(), format!("{table}.id <> '' ORDER BY {table}.id")),
        }
    }

    fn new_texts(&mut self, of: usize, table: &str, columns: &str) -> Result<Vec<(bool, String)>, Error> {
        let (n, new) = self.new_rows(table, self.read[of]);
        let rows: Vec<TextRow> = self.load(&format!("SELECT {n}, {columns} FROM {table} WHERE {new}"))?;
        self.read[of] = rows.last().map_or(self.read[of], |row| row.n);
        Ok(rows.into_iter().map(|row| (row.sent, row.text)).collect())
    }

    fn rows(&mut self) -> Result<(), Error> {
        let texts = |all: Vec<(bool, String)>| all.into_iter().map(|(_, text)| text);
        let achievements = self.new_texts(0, "achievements", "FALSE AS sent, document AS text")?;
        let voidings = self.new_texts(1, "achievement_events", "FALSE AS sent, document AS text")?;
        let columns = if self.has_alarms { "sent, CASE WHEN seq IS NULL AND NOT sent THEN '' ELSE text END AS text" } else { "sent, text" };
        let messages = self.new_texts(2, "transfer_messages", columns)?;
        self.achievements.extend(texts(achievements));
        self.voidings.extend(texts(voidings));
        self.messages.extend(messages.into_iter().filter(|(_, text)| !text.is_empty()));
        let (n, new) = self.new_rows("entries", self.read[3]);
        let spent: Vec<SpendingRow> = self.load(&format!(
            "SELECT {n}, entries.id, entries.kind, entries.on_day AS day, entries.at, m.lot_id AS lot FROM entries \
             JOIN movements m ON m.entry_id = entries.id WHERE entries.kind IN ('reserve', 'redeem', 'expire') AND {new}"
        ))?;
        self.read[3] = spent.last().map_or(self.read[3], |row| row.n);
        let day = |at| Instant(at).day_in(Zone::CHINA).to_string();
        self.spendings =
            spent.into_iter().map(|row| Spending { at_day: day(row.at), id: row.id, kind: row.kind, day: row.day, lot: row.lot }).collect();
        self.state()
    }

    fn state(&mut self) -> Result<(), Error> {
        let lots: Vec<LotRow> = self.load(
            "SELECT l.id, l.basis, l.part, l.amount, b.available, l.expires_on AS expires FROM lots l JOIN lot_balances b ON b.lot_id = l.id",
        )?;
        self.lots = lots
            .into_iter()
            .map(|row| Lot {
                id: row.id,
                key: (row.basis, row.part),
                amount: row.amount,
                available: row.available,
                expires: row.expires.unwrap_or_default(),
            })
            .collect();
        let moved: Vec<Moved> = self.load("SELECT lot_id AS lot, from_place, to_place, amount FROM movements")?;
        self.places.clear();
        for one in moved {
            *self.places.entry((one.lot.clone(), place(&one.from_place))).or_default() -= one.amount;
            *self.places.entry((one.lot, place(&one.to_place))).or_default() += one.amount;
        }
        let states: Vec<StateRow> = self.load("SELECT id, side, state FROM transfers")?;
        self.transfers = states.into_iter().map(|row| (row.id, row.side, row.state)).collect();
        let open = "SELECT id, '' AS side, '' AS state FROM restores WHERE ended_at IS NULL";
        self.is_restoring = !self.load::<StateRow>(open)?.is_empty();
        let stopped: Vec<StateRow> = self.load("SELECT peer AS id, '' AS side, state FROM peer_channels WHERE state = 'stopped'")?;
        self.stopped = stopped.iter().map(|row| REGIONS.iter().position(|(code, ..)| *code == row.id).unwrap()).collect();
        Ok(())
    }

    /// Hundredths of a lot in a place.
    pub fn at(&self, lot: &str, place: &Place) -> i64 {
        self.places.get(&(lot.to_owned(), place.clone())).copied().unwrap_or(0)
    }

    /// Hundredths of these lots in a place.
    pub fn sums(&self, place: &Place, lots: &BTreeSet<&str>) -> i64 {
        let there = self.places.iter().filter(|((lot, at), _)| at == place && lots.contains(lot.as_str()));
        there.map(|(_, amount)| amount).sum()
    }
}
