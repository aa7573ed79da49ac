//! What is kept of a person: the number and the name sealed under the data key, and a keyed hash by which both databases find the number.

use verifier::ids::{IdDocument, IdKind, PersonName};

use super::store::Row;
use crate::app::App;
use crate::error::Fault;

/// A person as the rows of an account have them, opened.
#[derive(Clone)]
pub struct Person {
    /// As the first body wrote it.
    pub name: PersonName,
    /// Kind and normalised number.
    pub id: IdDocument,
}

/// The kind of an id document as requests and rows have it.
pub fn kind_word(kind: IdKind) -> String {
    // A unit variant of a serde enum is always a string.
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The keyed hash by which a person is found.
pub fn id_hash(app: &App, id: &IdDocument) -> Vec<u8> {
    app.keys.data().keyed_hash("id", format!("{}:{}", kind_word(id.kind()), id.as_str()).as_bytes()).to_vec()
}

/// Seals the number of a document for the row `owner`.
///
/// # Errors
/// A fault of the cipher.
pub fn seal_id(app: &App, owner: &str, id: &IdDocument) -> Result<Vec<u8>, Fault> {
    app.keys.data().seal(&app.edge, &format!("id of {owner}"), id.as_str().as_bytes())
}

/// Opens what [`seal_id`] sealed for the row `owner`.
///
/// # Errors
/// A fault when it was changed, or sealed under another key.
pub fn open_id(app: &App, owner: &str, kind: &str, sealed: &[u8]) -> Result<IdDocument, Fault> {
    let broken = || Fault::text(format!("the sealed id of {owner} is no number of its kind"));
    let number = app.keys.data().open(&format!("id of {owner}"), sealed)?;
    let kind = serde_json::from_value(kind.into()).map_err(|_| broken())?;
    let number = std::str::from_utf8(&number).map_err(|_| broken())?;
    IdDocument::parse(kind, number).map_err(|_| broken())
}

pub(super) fn seal_name(app: &App, owner: &str, name: &PersonName) -> Result<Vec<u8>, Fault> {
    app.keys.data().seal(&app.edge, &format!("name of {owner}"), name.as_str().as_bytes())
}

pub(super) fn open_name(app: &App, row: &Row) -> Result<PersonName, Fault> {
    let broken = || Fault::text(format!("the sealed name of {} is no name", row.id));
    let name = app.keys.data().open(&format!("name of {}", row.id), &row.name_sealed)?;
    PersonName::parse(std::str::from_utf8(&name).map_err(|_| broken())?).map_err(|_| broken())
}

impl Person {
    /// The person behind a row.
    ///
    /// # Errors
    /// A fault when the row was changed, or sealed under another key.
    pub fn of(app: &App, row: &Row) -> Result<Person, Fault> {
        Ok(Person { name: open_name(app, row)?, id: open_id(app, &row.id, &row.id_kind, &row.id_sealed)? })
    }
}
