//! Group commit: on SQLite, transactions that wait for the one writer share its next durable commit.
//!
//! Each runs in a savepoint of its own, so that one that is refused takes nothing of the others back, and none is answered before the commit that holds
//! it is on disk. Where the common transaction fails, each runs again alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::checkpoint::Checkpointer;
use super::pool::Pool;
use super::{BEGIN_SQLITE, Conn, Counts, once, transact};
use crate::error::{Error, Fault};

/// The writer's queue. Cheap to clone; the writer ends when the last clone is gone.
#[derive(Clone)]
pub(super) struct Group {
    queue: Sender<Box<dyn Job>>,
}

impl Group {
    /// Starts a writer on `pool` that puts at most `most` transactions into one commit and counts commits in `counts`; `checkpointer`
    /// hears of each.
    ///
    /// # Errors
    /// A fault when no thread can be started.
    pub(super) fn start(pool: Pool, most: usize, counts: Arc<Counts>, checkpointer: Checkpointer) -> Result<Group, Fault> {
        let (queue, waiting) = channel();
        let writer = move || write(&pool, most, &counts, &checkpointer, &waiting);
        std::thread::Builder::new().name("writer".to_owned()).spawn(writer).map_err(Fault::new)?;
        Ok(Group { queue })
    }

    /// Runs `f` in a transaction; the answer comes when it is durable: what `f` returns (and then nothing is kept if it is an error), or a fault.
    ///
    /// # Errors
    /// A fault when the writer has ended.
    pub(super) fn write<T, F>(&self, f: F) -> Result<oneshot::Receiver<Result<T, Error>>, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Waiting { work: f, done: None, answer };
        self.queue.send(Box::new(job)).map_err(|_| Fault::text("the database's writer has ended"))?;
        Ok(answered)
    }
}

/// A transaction that waits, whatever it answers.
trait Job: Send {
    /// Runs it and keeps its answer; whether what it wrote is to stay.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Whether the database asks to run it again.
    fn again(&self) -> bool;
    /// Forgets its answer, because what it wrote was not kept.
    fn forget(&mut self);
    /// Runs it in a transaction of its own.
    fn alone(&mut self, conn: &mut Conn);
    /// Answers.
    fn settle(self: Box<Self>);
    /// Answers that it could not run.
    fn fail(self: Box<Self>, why: &Fault);
}

struct Waiting<T, F> {
    work: F,
    done: Option<Result<T, Error>>,
    answer: oneshot::Sender<Result<T, Error>>,
}

impl<T: Send, F: Fn(&mut Conn) -> Result<T, Error> + Send> Job for Waiting<T, F> {
    fn run(&mut self, conn: &mut Conn) -> bool {
        let done = guarded(|| (self.work)(conn));
        let kept = done.is_ok();
        self.done = Some(done);
        kept
    }

    fn again(&self) -> bool {
        matches!(&self.done, Some(Err(Error::Fault(fault))) if fault.is_retryable())
    }

    fn forget(&mut self) {
        self.done = None;
    }

    fn alone(&mut self, conn: &mut Conn) {
        self.done = Some(guarded(|| transact(conn, &self.work)));
    }

    fn settle(self: Box<Self>) {
        // Who asked may have gone; what was written stays.
        let _ = self.answer.send(self.done.unwrap_or_else(|| Err(Fault::text("the writer left a transaction out").into())));
    }

    fn fail(self: Box<Self>, why: &Fault) {
        // What was kept before the connection went has its answer.
        let _ = self.answer.send(self.done.unwrap_or_else(|| Err(Fault::unavailable(why.to_string()).into())));
    }
}

/// A panic ends its own transaction, not the writer.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Fault::text("a transaction panicked").into()))
}

fn write(pool: &Pool, most: usize, counts: &Counts, checkpointer: &Checkpointer, waiting: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        jobs.extend(waiting.try_iter().take(most - 1));
        let done = run(pool, &mut jobs);
        counts.ended();
        match done {
            Ok(()) => jobs.into_iter().for_each(|job| job.settle()),
            Err(fault) => jobs.into_iter().for_each(|job| job.fail(&fault)),
        }
        if let Ok(mut conn) = pool.get() {
            checkpointer.committed(&mut conn);
        }
    }
}

/// Runs all of them; a fault when there is no connection.
fn run(pool: &Pool, jobs: &mut [Box<dyn Job>]) -> Result<(), Fault> {
    let shared = jobs.len() > 1 && together(&mut *pool.get()?, jobs).is_ok();
    if !shared {
        jobs.iter_mut().for_each(|job| job.forget());
    }
    for job in jobs {
        if !shared || job.again() {
            job.alone(&mut *pool.get()?);
        }
    }
    Ok(())
}

/// All of them in one transaction, each in a savepoint.
fn together(conn: &mut Conn, jobs: &mut [Box<dyn Job>]) -> Result<(), Error> {
    once(conn, BEGIN_SQLITE, |conn| {
        for job in jobs.iter_mut() {
            conn.batch_execute("SAVEPOINT job")?;
            // The database may have rolled back everything already; then there is no such savepoint, and all of this fails.
            let end = if job.run(conn) { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
            conn.batch_execute(end)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::Connection;

    #[test]
    fn what_was_not_kept_is_never_answered_with_what_it_would_have_been() {
        let (answer, answered) = oneshot::channel();
        let mut job: Box<dyn Job> = Box::new(Waiting { work: |_: &mut Conn| Ok(1), done: None, answer });
        let mut conn = Conn::establish(":memory:").unwrap();
        assert!(job.run(&mut conn));
        job.forget();
        job.fail(&Fault::text("no connection"));
        assert!(matches!(answered.blocking_recv().unwrap(), Err(Error::Fault(fault)) if fault.is_unavailable()));
    }
}
