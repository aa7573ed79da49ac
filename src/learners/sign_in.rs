//! How a person signs in: a body hands over a one-time code, and the code becomes a token for half an hour.

use super::store::{self, Code, Row, Session};
use super::{CODE_LIFETIME, Learner, LearnerRefusal, Look, SESSION_LIFETIME, rules, service};
use crate::app::App;
use crate::db::Conn;
use crate::edge::Edge;
use crate::error::Error;

/// A code has 60 bits, which could be tried out against a plain hash; this one takes the data key too.
fn code_hash(app: &App, code: &str) -> [u8; 32] {
    app.keys.data().keyed_hash("learner code", code.as_bytes())
}

/// Makes a one-time code for an account: the code in groups, and the second from which it is good no longer. `by` is the id of the client.
///
/// # Errors
/// `learners.closed`, `learners.merged`, or a fault.
pub fn make_code(conn: &mut Conn, app: &App, learner: &Row, by: &str) -> Result<(String, i64), Error> {
    rules::in_use(learner.state()?).map_err(|refusal| refusal.at("id"))?;
    let (code, now) = (rules::code(app.edge.random()), app.edge.now());
    let row = Code {
        code_hash: code_hash(app, &code).to_vec(),
        learner_id: learner.id.clone(),
        made_at: now,
        expires_at: now + CODE_LIFETIME,
        made_by: by.to_owned(),
        used_at: None,
    };
    store::insert_code(conn, &row)?;
    service::record(conn, &app.edge, &learner.id, "code", None, by)?;
    service::viewed(conn, &app.edge, &learner.id, by, Look::Code)?;
    Ok((rules::in_groups(&code), row.expires_at))
}

/// Signs in with a one-time code: the token, good for [`SESSION_LIFETIME`] seconds. A code of an account that was merged since signs in to the
/// one that goes on.
///
/// # Errors
/// `learners.code` for every code that is not good; `learners.closed`; or a fault.
pub fn start_session(conn: &mut Conn, app: &App, code: &str) -> Result<String, Error> {
    let now = app.edge.now();
    // What cannot be a code takes the same path: it is looked for, and there is none.
    let code = rules::read_code(code).unwrap_or_default();
    let whose = store::use_code(conn, &code_hash(app, &code), now)?.ok_or_else(|| LearnerRefusal::Code.at("code"))?;
    let learner = service::find(conn, &whose)?;
    rules::in_use(learner.state()?).map_err(|refusal| refusal.at("code"))?;
    let token = rules::token(&app.edge.random());
    let token_hash = rules::token_hash(&token).ok_or_else(|| LearnerRefusal::Code.at("code"))?.to_vec();
    let session = Session { token_hash, learner_id: learner.id, made_at: now, expires_at: now + SESSION_LIFETIME, ended_at: None };
    store::insert_session(conn, &session)?;
    Ok(token)
}

/// Who is signed in with `token`; none where it is no token, or good no longer.
///
/// # Errors
/// A fault of the database.
pub fn session(conn: &mut Conn, edge: &Edge, token: &str) -> Result<Option<Learner>, Error> {
    let Some(session) = rules::token_hash(token) else { return Ok(None) };
    Ok(store::session(conn, &session, edge.now())?.map(|id| Learner { id, session }))
}

/// Ends a session.
///
/// # Errors
/// A fault of the database.
pub fn end_session(conn: &mut Conn, edge: &Edge, learner: &Learner) -> Result<(), Error> {
    store::end_session(conn, &learner.session, edge.now())
}

/// Forgets codes and sessions that ended long ago; tells how many.
///
/// # Errors
/// A fault of the database.
pub fn purge(conn: &mut Conn, edge: &Edge) -> Result<usize, Error> {
    store::purge(conn, edge.now())
}
