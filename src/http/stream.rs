//! An answer that is written while it is sent, by work that may wait: nothing of it is ever whole in memory.

use std::io::{self, Write};
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::error::{Error, Fault};

/// Bytes that are gathered before they are sent.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader; then the writer waits.
const WAITING: usize = 4;
/// How long it waits for a reader who takes nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// What work writes into.
pub struct Outlet {
    sender: Sender<Result<Bytes, Error>>,
    gathered: Vec<u8>,
    patience: Duration,
}

impl Outlet {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(PIECE));
        let sent = Handle::current().block_on(self.sender.send_timeout(Ok(Bytes::from(piece)), self.patience));
        // Who asked may have gone, or read nothing: then the work ends here.
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The body that `work` writes on a thread that may wait. Where it fails the answer breaks off, which whoever reads it notices.
pub fn written<F>(work: F) -> impl Stream<Item = Result<Bytes, Error>>
where
    F: FnOnce(Outlet) -> Result<Outlet, Error> + Send + 'static,
{
    written_within(PATIENCE, work)
}

fn written_within<F>(patience: Duration, work: F) -> impl Stream<Item = Result<Bytes, Error>>
where
    F: FnOnce(Outlet) -> Result<Outlet, Error> + Send + 'static,
{
    let (sender, receiver) = channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let outlet = Outlet { sender: sender.clone(), gathered: Vec::with_capacity(PIECE), patience };
        let done = work(outlet).and_then(|mut outlet| Ok(outlet.send().map_err(Fault::new)?));
        if let Err(error) = done {
            tracing::warn!(%error, "an answer broke off");
            // Nobody may be there to be told.
            let _ = Handle::current().block_on(sender.send_timeout(Err(error), patience));
        }
    });
    received(receiver)
}

fn received(receiver: Receiver<Result<Bytes, Error>>) -> impl Stream<Item = Result<Bytes, Error>> {
    futures_util::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) })
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[actix_web::test]
    async fn a_reader_who_takes_nothing_is_not_waited_for() {
        let (told, ended) = tokio::sync::oneshot::channel();
        let body = written_within(Duration::from_millis(50), move |mut outlet| {
            let done = (0..WAITING + 2).try_for_each(|_| outlet.write_all(&[0; PIECE]));
            let _ = told.send(done.is_err());
            done.map(|()| outlet).map_err(|e| Fault::new(e).into())
        });
        assert!(ended.await.unwrap(), "the work ends");
        let pieces: Vec<_> = body.collect().await;
        assert!(pieces.len() <= WAITING + 1, "and what was written ends without its end: {}", pieces.len());
    }

    #[actix_web::test]
    async fn what_is_written_arrives_whole_and_a_failure_breaks_it_off() {
        let body = written(|mut outlet| {
            for n in 0..u8::try_from(WAITING * 3).unwrap() {
                outlet.write_all(&[n; PIECE]).map_err(Fault::new)?;
            }
            Ok(outlet)
        });
        let whole: Vec<u8> = body.map(|piece| piece.unwrap().to_vec()).collect::<Vec<_>>().await.concat();
        assert_eq!((whole.len(), whole.last()), (PIECE * WAITING * 3, Some(&11)));
        let broken: Vec<_> = written(|_| Err(Fault::text("it went").into())).collect().await;
        assert!(matches!(broken.as_slice(), [Err(_)]));
    }
}
