//! The audit: every row of evidence is held against the document that it commits to, and every document against its evidence.

use super::{Kind, commitment, store};
use crate::db::Conn;
use crate::error::Error;

/// Rows that are looked at together.
const PAGE: i64 = 500;

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// How many rows of evidence there are.
    pub rows: i64,
    /// The first thing that is wrong; none when all is well.
    pub wrong: Option<Wrong>,
}

/// Something that does not belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// The row of this number and subject commits to another document than the one that is kept.
    Commitment(i64, String),
    /// There is no document of its kind for the row of this number and subject.
    NoDocument(i64, String),
    /// There are rows of a kind that this program does not know; the number of the first.
    UnknownKind(i64),
    /// The document with this id, in this table, has no evidence.
    NoEvidence(&'static str, String),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::Commitment(seq, subject) => write!(f, "evidence {seq} does not commit to what is kept of {subject}"),
            Wrong::NoDocument(seq, subject) => write!(f, "evidence {seq} is about {subject}, of which nothing is kept"),
            Wrong::UnknownKind(seq) => write!(f, "evidence {seq} is of an unknown kind"),
            Wrong::NoEvidence(table, id) => write!(f, "{id} in {table} has no evidence"),
        }
    }
}

/// Walks all evidence and all documents. Inside one transaction it sees one state; outside, what is written meanwhile may be missed.
///
/// # Errors
/// A fault of the database. What is wrong with the evidence is no error but the answer.
pub fn audit(conn: &mut Conn) -> Result<Audit, Error> {
    let mut wrong = Vec::new();
    for kind in Kind::ALL {
        wrong.extend(first_wrong_of(conn, kind)?);
    }
    wrong.extend(store::first_unknown(conn)?.map(|seq| (seq, Wrong::UnknownKind(seq))));
    let mut first = wrong.into_iter().min().map(|(_, wrong)| wrong);
    for kind in Kind::ALL {
        if first.is_none() {
            first = store::first_without_evidence(conn, kind)?.map(|id| Wrong::NoEvidence(kind.documents().0, id));
        }
    }
    Ok(Audit { rows: store::count(conn)?, wrong: first })
}

fn first_wrong_of(conn: &mut Conn, kind: Kind) -> Result<Option<(i64, Wrong)>, Error> {
    let mut after = i64::MIN;
    loop {
        let page = store::with_documents(conn, kind, after, PAGE)?;
        for row in &page {
            let wrong = match &row.document {
                None => Wrong::NoDocument(row.seq, row.subject.clone()),
                Some(document) if commitment(&row.salt, document.as_bytes()).as_slice() != row.commitment => {
                    Wrong::Commitment(row.seq, row.subject.clone())
                }
                Some(_) => continue,
            };
            return Ok(Some((row.seq, wrong)));
        }
        match page.last() {
            Some(last) => after = last.seq,
            None => return Ok(None),
        }
    }
}
