//! The accounts of people who are about to get something: found together, and opened where a person has none.

use std::collections::{BTreeMap, BTreeSet};

use verifier::ids::{IdDocument, PersonName};

use super::person::{id_hash, kind_word, open_name, seal_id, seal_name};
use super::service::{opened, seen};
use super::store::{self, Row};
use super::{LearnerRefusal, State, rules};
use crate::app::App;
use crate::db::{Bulk, Condition, Conn};
use crate::error::{Error, Fault};

/// Accounts by the keyed hash of the person's document.
pub struct Accounts {
    found: BTreeMap<Vec<u8>, Account>,
    /// The folded names under which accounts are about to be opened.
    coming: BTreeMap<Vec<u8>, String>,
}

struct Account {
    /// As it was written when the account was opened, folded.
    name: String,
    /// The account, or the one that goes on for it.
    row: Row,
}

impl Accounts {
    /// Finds the accounts of these people. They stay as they are until this transaction ends.
    ///
    /// # Errors
    /// A fault.
    pub fn find<'a>(conn: &mut Conn, app: &App, people: impl Iterator<Item = &'a IdDocument>) -> Result<Accounts, Error> {
        Accounts::read(conn, app, people, store::keep_by_hash, store::keep_root)
    }

    /// Finds them as they are now. Before anything is written, [`Accounts::still_open`] has to be so.
    ///
    /// # Errors
    /// A fault.
    pub fn look<'a>(conn: &mut Conn, app: &App, people: impl Iterator<Item = &'a IdDocument>) -> Result<Accounts, Error> {
        Accounts::read(conn, app, people, store::by_hashes, store::root)
    }

    fn read<'a>(
        conn: &mut Conn,
        app: &App,
        people: impl Iterator<Item = &'a IdDocument>,
        by_hashes: impl FnOnce(&mut Conn, &[Vec<u8>]) -> Result<Vec<Row>, Error>,
        root: impl Fn(&mut Conn, Row) -> Result<Row, Error>,
    ) -> Result<Accounts, Error> {
        let mut hashes: Vec<Vec<u8>> = people.map(|id| id_hash(app, id)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let mut accounts = Accounts { found: BTreeMap::new(), coming: BTreeMap::new() };
        let rows = if hashes.is_empty() { Vec::new() } else { by_hashes(conn, &hashes)? };
        for row in rows {
            let (hash, name) = (row.id_hash.clone(), rules::fold_name(open_name(app, &row)?.as_str()));
            let row = root(conn, row)?;
            accounts.found.insert(hash, Account { name, row });
        }
        Ok(accounts)
    }

    /// That all accounts which were found open are open still; none where none was found.
    pub fn still_open(&self) -> Option<Condition> {
        let ids: BTreeSet<&String> = self.found.values().map(|account| &account.row.id).collect();
        (!ids.is_empty()).then(|| store::all_open(ids.into_iter().cloned().collect()))
    }

    /// Whether a person may get something under this name.
    ///
    /// # Errors
    /// `learners.name_differs`, `learners.closed`, or a fault.
    pub fn admit(&self, app: &App, id: &IdDocument, name: &PersonName) -> Result<(), Error> {
        let hash = id_hash(app, id);
        let account = self.found.get(&hash);
        let known = account.map(|account| &account.name).or_else(|| self.coming.get(&hash));
        if known.is_some_and(|known| *known != rules::fold_name(name.as_str())) {
            return Err(LearnerRefusal::NameDiffers.at("name").into());
        }
        match account {
            Some(account) => Ok(rules::in_use(account.row.state()?).map_err(|refusal| refusal.at("id_number"))?),
            None => Ok(()),
        }
    }

    /// Holds a person who was admitted to this name.
    pub fn expect(&mut self, app: &App, id: &IdDocument, name: &PersonName) {
        self.coming.insert(id_hash(app, id), rules::fold_name(name.as_str()));
    }

    /// The account of a person who was admitted, and that `actor`, the id of a client, saw it; opened where there is none, which is then true. What
    /// has to be written is added to `bulk`.
    ///
    /// # Errors
    /// A fault of the cipher.
    pub fn enter(&mut self, app: &App, bulk: &mut Bulk, actor: &str, id: &IdDocument, name: &PersonName) -> Result<(Row, bool), Fault> {
        let hash = id_hash(app, id);
        let (row, is_new) = match self.found.get(&hash) {
            Some(account) => (account.row.clone(), false),
            None => (open(app, bulk, actor, id, name)?, true),
        };
        if is_new {
            self.found.insert(hash, Account { name: rules::fold_name(name.as_str()), row: row.clone() });
        }
        seen(bulk, &app.edge, &row.id, actor);
        Ok((row, is_new))
    }
}

fn open(app: &App, bulk: &mut Bulk, actor: &str, id: &IdDocument, name: &PersonName) -> Result<Row, Fault> {
    let learner = app.edge.id("lrn");
    let row = Row {
        id_kind: kind_word(id.kind()),
        id_sealed: seal_id(app, &learner, id)?,
        id_hash: id_hash(app, id),
        name_sealed: seal_name(app, &learner, name)?,
        opened_at: app.edge.now(),
        opened_by: actor.to_owned(),
        state: State::Open.as_str().to_owned(),
        merged_into: None,
        closed_at: None,
        id: learner,
    };
    bulk.add(row.clone());
    opened(bulk, &app.edge, &row.id, actor)?;
    Ok(row)
}
