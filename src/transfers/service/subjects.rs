//! Whose credit it is: the account that another region means by a commitment.

use verifier::base64url;
use verifier::transfer::{Subject, commitment};

use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::learners::{self, State};
use crate::transfers::store::{self, Commit, SaltRow};
use crate::transfers::{ACCOUNTS_AT_ONCE, SALTS_MAX, TransferRefusal};

/// Seconds for which an account that was just opened is looked for again: one with an earlier id may become visible later.
const UNSETTLED: i64 = 60;

/// Who a subject is.
pub(super) enum Whose {
    /// The account that is open.
    Found(String),
    /// Nobody here.
    Nobody,
    /// There are more accounts to be looked at; to be asked again.
    Later,
}

/// Looks for the account of a subject. What was looked at is kept, so that the next look is one by an index.
///
/// # Errors
/// `transfers.too_many_salts`, or a fault.
pub(super) fn whose(conn: &mut Conn, app: &App, peer: &str, subject: &Subject) -> Result<Whose, Error> {
    let salt = base64url::encode(&subject.salt.0);
    let known = match store::salt(conn, &salt)? {
        Some(row) => row,
        None => begin(conn, peer, salt)?,
    };
    let is_all = look(conn, app, &known, subject)?;
    match store::found(conn, &known.salt, &base64url::encode(&subject.commit.0))? {
        Some(id) => {
            let row = learners::service::find(conn, &id)?;
            Ok(if row.state()? == State::Open { Whose::Found(row.id) } else { Whose::Nobody })
        }
        None if is_all => Ok(Whose::Nobody),
        None => Ok(Whose::Later),
    }
}

fn begin(conn: &mut Conn, peer: &str, salt: String) -> Result<SaltRow, Error> {
    if store::count_salts(conn, peer)? >= SALTS_MAX {
        return Err(TransferRefusal::TooManySalts.at("subject.salt").into());
    }
    let row = SaltRow { salt, peer: peer.to_owned(), through: String::new() };
    store::insert_salt(conn, &row)?;
    Ok(row)
}

/// Looks at the accounts that were opened since; whether these were all.
fn look(conn: &mut Conn, app: &App, known: &SaltRow, subject: &Subject) -> Result<bool, Error> {
    let rows = learners::store::after(conn, &known.through, ACCOUNTS_AT_ONCE)?;
    if rows.is_empty() {
        return Ok(true);
    }
    let named = store::commits_of(conn, &known.salt, &known.through)?;
    let settled = app.edge.now() - UNSETTLED;
    let (mut commits, mut through) = (Vec::new(), None);
    for row in &rows {
        if !named.contains(&row.id) {
            let id = learners::open_id(app, &row.id, &row.id_kind, &row.id_sealed)?;
            let commitment = base64url::encode(&commitment(&id, subject.salt).0);
            commits.push(Commit { salt: known.salt.clone(), commitment, learner_id: row.id.clone() });
        }
        if row.opened_at < settled {
            through = Some(&row.id);
        }
    }
    store::insert_commits(conn, commits)?;
    if let Some(through) = through {
        store::move_on(conn, &known.salt, through)?;
    }
    Ok((rows.len() as i64) < ACCOUNTS_AT_ONCE)
}
