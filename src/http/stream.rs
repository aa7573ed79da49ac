//! An answer that is written while it is sent, by work that may wait: nothing of it is ever whole in memory.

use std::io::{self, Write};

use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::error::{Error, Fault};

/// Bytes that are gathered before they are sent.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader; then the writer waits.
const WAITING: usize = 4;

/// What work writes into.
pub struct Outlet {
    sender: Sender<Result<Bytes, Error>>,
    gathered: Vec<u8>,
}

impl Outlet {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(PIECE));
        // Who asked may have gone: then the work ends here.
        self.sender.blocking_send(Ok(Bytes::from(piece))).map_err(|_| io::ErrorKind::BrokenPipe.into())
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
    let (sender, receiver) = channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let outlet = Outlet { sender: sender.clone(), gathered: Vec::with_capacity(PIECE) };
        let done = work(outlet).and_then(|mut outlet| Ok(outlet.send().map_err(Fault::new)?));
        if let Err(error) = done {
            tracing::warn!(%error, "an answer broke off");
            // Nobody may be there to be told.
            let _ = sender.blocking_send(Err(error));
        }
    });
    received(receiver)
}

fn received(receiver: Receiver<Result<Bytes, Error>>) -> impl Stream<Item = Result<Bytes, Error>> {
    futures_util::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) })
}
