//! Who has been certified for the same already.

use std::collections::BTreeMap;

use super::Order;
use crate::app::App;
use crate::certificates::store;
use crate::db::Conn;
use crate::error::Error;
use crate::learners::id_hash;

/// What two certificates have in common that say the same of one person: a keyed hash over the person, the type, occupation, title, level and day.
pub fn likeness(app: &App, order: &Order) -> [u8; 32] {
    let draft = &order.draft;
    let said = (
        id_hash(app, &draft.holder.id),
        draft.kind.as_str(),
        draft.occupation.as_ref().map(|o| o.as_str()),
        draft.title.as_ref().map(|t| t.as_str()),
        draft.level.map(|l| l.rank()),
        draft.assessed_on.to_string(),
    );
    app.keys.data().keyed_hash("alike", format!("{said:?}").as_bytes())
}

/// For each order the number of a certificate that says the same of the same person and is not revoked, if there is one besides the one that it replaces.
///
/// # Errors
/// A fault.
pub fn issued_alike(conn: &mut Conn, app: &App, orders: &[&Order]) -> Result<Vec<Option<String>>, Error> {
    let hashes: Vec<Vec<u8>> = orders.iter().map(|order| id_hash(app, &order.draft.holder.id)).collect();
    let mut held: BTreeMap<Vec<u8>, Vec<store::Said>> = BTreeMap::new();
    for said in store::said_of(conn, &hashes)? {
        held.entry(said.id_hash.clone()).or_default().push(said);
    }
    let same = |order: &&Order, said: &&store::Said| {
        let draft = &order.draft;
        said.kind == draft.kind.as_str()
            && said.occupation.as_deref() == draft.occupation.as_ref().map(|o| o.as_str())
            && said.title.as_deref() == draft.title.as_ref().map(|t| t.as_str())
            && said.level == draft.level.map(|l| i64::from(l.rank()))
            && said.assessed_on == draft.assessed_on.to_string()
    };
    let stays = |order: &&Order, said: &&store::Said| order.replaces().is_none_or(|old| old.number.as_str() != said.number);
    let number = |order: &&Order, hash: &Vec<u8>| {
        let alike = held.get(hash)?.iter().find(|said| same(order, said) && stays(order, said));
        alike.map(|said| said.number.clone())
    };
    Ok(orders.iter().zip(&hashes).map(|(order, hash)| number(order, hash)).collect())
}
