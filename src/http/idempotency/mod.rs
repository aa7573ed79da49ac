//! `Idempotency-Key`: a client that does not know whether its request was done repeats it with the same key and gets the first answer.
//!
//! A key belongs to one client, or one learner who is signed in, and one input: SHA-256 over method, path and body. The answer is stored in the
//! transaction that did the work, so there is never one without the other. Only what was done is stored: a refused request may be corrected and sent again with its key.

mod store;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::{HttpRefusal, Problem};
use crate::access::Caller;
use crate::app::App;
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::learners::Learner;
pub use store::purge;

/// Seconds for which an answer is kept: 30 days.
pub const KEPT: i64 = 30 * 86_400;
/// Longest key.
const KEY_MAX: usize = 128;
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Header of an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The `Idempotency-Key` header of a request, which may be absent: 1 to 128 visible ASCII characters.
#[derive(Debug)]
pub struct IdempotencyKey {
    key: Option<String>,
    method: String,
    path: String,
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = req.headers().get_all(HEADER);
        let key = match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => check(value.as_bytes()).map(Some),
            (Some(_), Some(_)) => Err(HttpRefusal::Header.at(HEADER.as_str()).got("two of them")),
        };
        let (method, path) = (req.method().as_str().to_owned(), req.path().to_owned());
        std::future::ready(key.map(|key| IdempotencyKey { key, method, path }).map_err(Problem::from))
    }
}

fn check(bytes: &[u8]) -> Result<String, Refusal> {
    let good = (1..=KEY_MAX).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    let text = std::str::from_utf8(bytes).ok().filter(|_| good);
    text.map(str::to_owned).ok_or_else(|| HttpRefusal::Header.at(HEADER.as_str()).got("not 1 to 128 visible ASCII characters"))
}

impl IdempotencyKey {
    /// What the key stands for in a request of `caller` with these body bytes; none without a key.
    pub fn ticket(self, caller: &Caller, body: &[u8]) -> Option<Ticket> {
        self.ticket_of(&caller.client_id, body)
    }

    /// The same in a request of a learner who is signed in. Ids of learners and of clients begin differently, so neither meets the other's keys.
    pub fn own_ticket(self, learner: &Learner, body: &[u8]) -> Option<Ticket> {
        self.ticket_of(&learner.id, body)
    }

    fn ticket_of(self, who: &str, body: &[u8]) -> Option<Ticket> {
        let key = self.key?;
        let mut hash = Sha256::new();
        // Neither a method nor a path holds a line feed, so no two inputs run together.
        for part in [self.method.as_bytes(), b"\n", self.path.as_bytes(), b"\n", body] {
            hash.update(part);
        }
        Some(Ticket { client_id: who.to_owned(), key, input_hash: hash.finalize().into() })
    }
}

/// A key, whose it is, and the input it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The client, or the learner's account.
    pub client_id: String,
    /// The header's value.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub input_hash: [u8; 32],
}

/// An answer that can be stored: a status and a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    body: String,
    kept: Option<String>,
}

impl Answer {
    /// `value` as JSON.
    ///
    /// # Errors
    /// A fault when it cannot be written as JSON.
    pub fn json(status: u16, value: &impl Serialize) -> Result<Answer, Fault> {
        Ok(Answer { status, body: serde_json::to_string(value).map_err(Fault::new)?, kept: None })
    }

    /// Keeps `value` for replays instead of the body, for an answer with something in it that must be shown only once.
    ///
    /// # Errors
    /// A fault when it cannot be written as JSON.
    pub fn replayed_as(self, value: &impl Serialize) -> Result<Answer, Fault> {
        Ok(Answer { kept: Some(serde_json::to_string(value).map_err(Fault::new)?), ..self })
    }

    /// As HTTP; one that was given before has the header `idempotency-replayed: true`.
    ///
    /// # Errors
    /// A fault when the stored status is none.
    pub fn response(self, replayed: bool) -> Result<HttpResponse, Fault> {
        let mut response = HttpResponse::build(StatusCode::from_u16(self.status).map_err(Fault::new)?);
        if replayed {
            response.insert_header((REPLAYED, "true"));
        }
        Ok(response.content_type("application/json").body(self.body))
    }
}

/// What is known of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: do the work, then [`finish`] in the same transaction.
    Fresh,
    /// The work was done; this was the answer.
    Stored(Answer),
}

/// Claims the ticket's key, at `now` (unix seconds), inside the transaction that will do the work. A second request with the key waits here until
/// the first is done or undone. Without a ticket everything is fresh.
///
/// # Errors
/// `http.idempotency_conflict` when the key was used with other input, or a fault.
pub fn begin(conn: &mut Conn, ticket: Option<&Ticket>, now: i64) -> Result<Begun, Error> {
    let Some(ticket) = ticket else { return Ok(Begun::Fresh) };
    if store::claim(conn, ticket, now)? {
        return Ok(Begun::Fresh);
    }
    Ok(store::stored(conn, ticket)?.answer_to(ticket)?)
}

impl store::Row {
    /// The answer that was stored, to who asks for the same.
    fn answer_to(&self, ticket: &Ticket) -> Result<Begun, Refusal> {
        if self.input_hash != ticket.input_hash {
            return Err(HttpRefusal::Idempotency.at(HEADER.as_str()));
        }
        // Stored by `keep`, so it is one.
        let status = u16::try_from(self.status).unwrap_or_default();
        Ok(Begun::Stored(Answer { status, body: self.body.clone(), kept: None }))
    }
}

/// What is known of many tickets, of which no two have the same key: nothing is claimed, so the answers are [`keep`]t in the same transaction.
///
/// # Errors
/// A fault. A key that was used with other input is a refusal of its own request.
pub fn known(conn: &mut Conn, tickets: &[Option<&Ticket>]) -> Result<Vec<Result<Begun, Refusal>>, Error> {
    let asked: Vec<&Ticket> = tickets.iter().copied().flatten().collect();
    let stored = if asked.is_empty() { Vec::new() } else { store::stored_all(conn, &asked)? };
    let begun = |ticket: &Ticket| {
        let found = stored.iter().find(|row| (&row.client_id, &row.key) == (&ticket.client_id, &ticket.key));
        found.map_or(Ok(Begun::Fresh), |row| row.answer_to(ticket))
    };
    Ok(tickets.iter().map(|ticket| ticket.map_or(Ok(Begun::Fresh), begun)).collect())
}

/// Adds the answer to what is written with the work that it answers, at `now` (unix seconds). Where another request with the key was done meanwhile, that
/// transaction runs again and finds its answer.
pub fn keep(bulk: &mut Bulk, ticket: &Ticket, answer: &Answer, now: i64) {
    bulk.add(store::Row {
        client_id: ticket.client_id.clone(),
        key: ticket.key.clone(),
        input_hash: ticket.input_hash.to_vec(),
        status: i64::from(answer.status),
        body: answer.kept.as_ref().unwrap_or(&answer.body).clone(),
        created_at: now,
    });
}

/// Stores the answer under the ticket's key, inside the transaction that did the work.
///
/// # Errors
/// A fault of the database.
pub fn finish(conn: &mut Conn, ticket: Option<&Ticket>, answer: &Answer) -> Result<(), Error> {
    match ticket {
        Some(ticket) => store::keep(conn, ticket, i64::from(answer.status), answer.kept.as_ref().unwrap_or(&answer.body)),
        None => Ok(()),
    }
}

/// Does `work` once: a transaction of [`begin`], `work` and [`finish`]. A replay has the header `idempotency-replayed: true`.
///
/// # Errors
/// What `work` refuses (nothing is stored then), `http.idempotency_conflict`, or a fault.
pub async fn once(
    app: &App,
    ticket: Option<Ticket>,
    work: impl Fn(&mut Conn) -> Result<Answer, Error> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let now = app.edge.now();
    let done = app.db.write(move |conn| match begin(conn, ticket.as_ref(), now)? {
        Begun::Stored(answer) => Ok((answer, true)),
        Begun::Fresh => {
            let answer = work(conn)?;
            finish(conn, ticket.as_ref(), &answer)?;
            Ok((answer, false))
        }
    });
    let (answer, replayed) = done.await?;
    Ok(answer.response(replayed)?)
}
