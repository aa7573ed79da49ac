//! The desk: requests to issue a certificate that come at the same time are served in one transaction.
//!
//! Nobody waits for company: what gathered while the last transaction ran is the next one. One that is refused takes nothing of the others; where
//! a transaction fails, each of its requests is served alone. `docs/decisions/group-commit.md` says what it is good for.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::queue::{Queue, Waiting};
use crate::app::App;
use crate::certificates::{IfSo, Issued, Order, issue_ahead, issue_all};
use crate::db::{Bulk, Conn, Kind};
use crate::error::{Error, Fault};
use crate::http::idempotency::{self, Answer, Begun, Ticket};
use crate::metrics::Counted;

/// The queue of the desk. Its threads end when this is gone.
pub struct Desk {
    queue: Arc<Queue<Request>>,
}

/// What was done for a request.
pub enum Done {
    /// The certificate was issued; no answer is stored.
    Issued(Box<Issued>),
    /// The answer that is stored under the request's key; true where it was given before.
    Answered(Answer, bool),
}

/// What is asked for, and who waits for the answer.
struct Request {
    wanted: Wanted,
    answer: oneshot::Sender<Result<Done, Error>>,
}

#[derive(Clone)]
struct Wanted {
    app: App,
    order: Order,
    ticket: Option<Ticket>,
}

impl Waiting for Request {
    fn provider(&self) -> &str {
        &self.wanted.order.actor.provider
    }

    fn alone(&self) -> Option<(&str, &str)> {
        self.wanted.ticket.as_ref().map(|ticket| (ticket.client_id.as_str(), ticket.key.as_str()))
    }
}

impl Desk {
    /// Opens the desk, which serves at most `most` requests in one transaction. PostgreSQL has two transactions at a time: while one waits for the disk
    /// the other goes on. SQLite has one writer.
    ///
    /// # Errors
    /// A fault when no thread can be started.
    pub fn open(most: usize, kind: Kind) -> Result<Desk, Fault> {
        let queue = Arc::new(Queue::new());
        let threads = if kind == Kind::Postgres { 2 } else { 1 };
        for _ in 0..threads {
            let queue = queue.clone();
            std::thread::Builder::new().name("desk".to_owned()).spawn(move || serve(&queue, most)).map_err(Fault::new)?;
        }
        Ok(Desk { queue })
    }

    /// Issues what is ordered, once for each ticket; the answer comes when it is durable.
    ///
    /// # Errors
    /// A refusal of the order, `http.idempotency_conflict`, or a fault; then nothing is kept.
    pub async fn issue(&self, app: &App, order: Order, ticket: Option<Ticket>) -> Result<Done, Error> {
        let _counted = Counted::by(&app.metrics.issuing);
        let (answer, answered) = oneshot::channel();
        self.queue.push(Request { wanted: Wanted { app: app.clone(), order, ticket }, answer });
        answered.await.map_err(Fault::new)?
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn serve(queue: &Queue<Request>, most: usize) {
    while let Some((requests, _turn)) = queue.take(most) {
        settle(requests);
    }
}

fn settle(requests: Vec<Request>) {
    let (wanted, waiting): (Vec<Wanted>, Vec<_>) = requests.into_iter().map(|request| (request.wanted, request.answer)).unzip();
    let wanted: Arc<[Wanted]> = wanted.into();
    let answers = match transact(wanted.clone()) {
        Ok(answers) => answers,
        Err(error) if wanted.len() == 1 => vec![Err(error)],
        // Who cannot be served together because there is no database cannot be served alone either.
        Err(Error::Fault(fault)) if fault.is_unavailable() => wanted.iter().map(|_| Err(Fault::unavailable(fault.to_string()).into())).collect(),
        Err(_) => wanted.iter().map(|one| transact(Arc::new([one.clone()]))?.pop().unwrap_or_else(unanswered)).collect(),
    };
    let answers = answers.into_iter().chain(std::iter::repeat_with(unanswered));
    for (answer, done) in waiting.into_iter().zip(answers) {
        // Who asked may have gone; what was issued stays.
        let _ = answer.send(done);
    }
}

fn unanswered<T>() -> Result<T, Error> {
    Err(Fault::text("the desk left a request out").into())
}

/// Serves all of them in one transaction: on PostgreSQL ahead of what the database says, if that works; else in turn with what else is written. A panic is a
/// fault of it, not the end of the desk.
fn transact(wanted: Arc<[Wanted]>) -> Result<Vec<Result<Done, Error>>, Error> {
    let Some(app) = wanted.first().map(|one| one.app.clone()) else { return Ok(Vec::new()) };
    let db = app.db.clone();
    // Whatever keeps it from being read is met again in the transaction.
    let _ = app.known.read_ahead(&db, wanted.iter().map(|one| &one.order));
    let serve = || match ahead(&app, &wanted)? {
        Some(answers) => Ok(answers),
        None => db.write_in_turn(move |conn| work(conn, &app, &wanted)),
    };
    catch_unwind(AssertUnwindSafe(serve)).unwrap_or_else(|_| Err(Fault::text("a transaction panicked").into()))
}

/// Serves all of them by what is held in memory, where it holds: accounts are looked at, and one statement writes everything. Stored answers and numbers that
/// are taken are met by that statement, as is all that changed meanwhile; then nothing is written.
fn ahead(app: &App, requests: &[Wanted]) -> Result<Option<Vec<Result<Done, Error>>>, Error> {
    let orders: Vec<&Order> = requests.iter().map(|request| &request.order).collect();
    let mut providers = BTreeSet::new();
    let served = app.db.write_by_one(|conn| {
        let mut bulk = Bulk::default();
        let Some(IfSo { issued, conditions }) = issue_ahead(conn, &mut bulk, app, &orders)? else { return Ok(None) };
        providers = issued.iter().map(|one| one.row.provider_id.clone()).collect();
        let answers = requests.iter().zip(issued).map(|(request, one)| Ok(Ok(done(&mut bulk, app, request, one)?)));
        let answers: Vec<Result<Done, Error>> = answers.collect::<Result<_, Fault>>()?;
        bulk.write_if(conn, conditions)?;
        Ok(Some(answers))
    });
    match served {
        Err(Error::Fault(fault)) if fault.is_retryable() => {
            providers.iter().for_each(|provider| app.ahead.missed(provider));
            Ok(None)
        }
        // Whoever is refused is told by the transaction, after it looked.
        Err(Error::Refusal(_)) => Ok(None),
        Ok(Some(answers)) => {
            app.metrics.issued_ahead.inc_by(answers.len() as u64);
            Ok(Some(answers))
        }
        none => none,
    }
}

fn work(conn: &mut Conn, app: &App, requests: &[Wanted]) -> Result<Vec<Result<Done, Error>>, Error> {
    let tickets: Vec<Option<&Ticket>> = requests.iter().map(|request| request.ticket.as_ref()).collect();
    let known = idempotency::known(conn, &tickets)?;
    let fresh = requests.iter().zip(&known).filter(|(_, known)| matches!(known, Ok(Begun::Fresh)));
    let orders: Vec<&Order> = fresh.map(|(request, _)| &request.order).collect();
    let mut bulk = Bulk::default();
    let mut issued = issue_all(conn, &mut bulk, app, &orders)?.into_iter();
    let mut answers = Vec::with_capacity(requests.len());
    for (request, known) in requests.iter().zip(known) {
        answers.push(match known {
            Ok(Begun::Fresh) => match issued.next() {
                Some(Ok(one)) => Ok(done(&mut bulk, app, request, one)?),
                Some(Err(refusal)) => Err(refusal.into()),
                None => unanswered(),
            },
            Ok(Begun::Stored(answer)) => Ok(Done::Answered(answer, true)),
            Err(refusal) => Err(refusal.into()),
        });
    }
    bulk.write(conn)?;
    Ok(answers)
}

/// The answer, stored with the certificate where the request has a key; where it has none, it is written after the transaction.
fn done(bulk: &mut Bulk, app: &App, request: &Wanted, issued: Issued) -> Result<Done, Fault> {
    let Some(ticket) = &request.ticket else { return Ok(Done::Issued(Box::new(issued))) };
    let answer = Answer::json(201, &issued.view(app)?)?;
    idempotency::keep(bulk, ticket, &answer, app.edge.now());
    Ok(Done::Answered(answer, false))
}
