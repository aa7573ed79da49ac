//! The desk: requests to issue a certificate that come at the same time are served in one transaction.
//!
//! Nobody waits for company: what gathered while the last transaction ran is the next one. One that is refused takes nothing of the others; where
//! a transaction fails, each of its requests is served alone. `docs/decisions/group-commit.md` says what it is good for.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::app::App;
use crate::certificates::{Issued, Order, issue_all};
use crate::db::{Bulk, Conn, Kind};
use crate::error::{Error, Fault};
use crate::http::idempotency::{self, Answer, Begun, Ticket};
use crate::metrics::Counted;

/// The queue of the desk. Its thread ends when this is gone.
pub struct Desk {
    queue: Sender<Request>,
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

impl Desk {
    /// Opens the desk, which serves at most `most` requests in one transaction. PostgreSQL has two transactions at a time: while one waits for the disk
    /// the other goes on. SQLite has one writer.
    ///
    /// # Errors
    /// A fault when no thread can be started.
    pub fn open(most: usize, kind: Kind) -> Result<Desk, Fault> {
        let (queue, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let threads = if kind == Kind::Postgres { 2 } else { 1 };
        for _ in 0..threads {
            let waiting = waiting.clone();
            std::thread::Builder::new().name("desk".to_owned()).spawn(move || serve(&waiting, most)).map_err(Fault::new)?;
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
        let request = Request { wanted: Wanted { app: app.clone(), order, ticket }, answer };
        self.queue.send(request).map_err(|_| Fault::text("the desk is closed"))?;
        answered.await.map_err(Fault::new)?
    }
}

fn serve(waiting: &Mutex<Receiver<Request>>, most: usize) {
    // Requests whose key is in the transaction before theirs.
    let mut next: Vec<Request> = Vec::new();
    while let Some(requests) = gather(waiting, std::mem::take(&mut next), most) {
        let (now, later) = apart(requests);
        next = later;
        settle(now);
    }
}

/// Those and what waits, or where there are none what comes next; none when the desk is closed.
fn gather(waiting: &Mutex<Receiver<Request>>, mut requests: Vec<Request>, most: usize) -> Option<Vec<Request>> {
    let queue = if requests.is_empty() {
        let queue = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(queue.recv().ok()?);
        queue
    } else {
        // Another thread may wait at the queue, for as long as nobody comes.
        let Ok(queue) = waiting.try_lock() else { return Some(requests) };
        queue
    };
    let room = most.saturating_sub(requests.len());
    requests.extend(queue.try_iter().take(room));
    Some(requests)
}

/// The requests that can be served together, and those whose key one of them has.
fn apart(requests: Vec<Request>) -> (Vec<Request>, Vec<Request>) {
    let mut keys = BTreeSet::new();
    requests.into_iter().partition(|request| match &request.wanted.ticket {
        Some(ticket) => keys.insert((ticket.client_id.clone(), ticket.key.clone())),
        None => true,
    })
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

/// Serves all of them in one transaction, in turn with what else is written. A panic is a fault of it, not the end of the desk.
fn transact(wanted: Arc<[Wanted]>) -> Result<Vec<Result<Done, Error>>, Error> {
    let Some(app) = wanted.first().map(|one| one.app.clone()) else { return Ok(Vec::new()) };
    let db = app.db.clone();
    // Whatever keeps it from being read is met again in the transaction.
    let _ = app.known.read_ahead(&db, wanted.iter().map(|one| &one.order));
    let serve = || db.write_in_turn(move |conn| work(conn, &app, &wanted));
    catch_unwind(AssertUnwindSafe(serve)).unwrap_or_else(|_| Err(Fault::text("a transaction panicked").into()))
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
