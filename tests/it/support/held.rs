//! A transaction that stays open until it is let go.

use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;
use hufu::error::{Error, Fault};

use super::World;

/// One that has run a statement, and holds what that locks.
pub struct Held {
    release: Sender<()>,
    holder: JoinHandle<Result<(), Error>>,
}

impl Held {
    /// Begins one, which runs `sql`.
    pub fn by(world: &World, sql: &'static str) -> Held {
        let ((held, is_held), (release, released)) = (channel(), channel::<()>());
        let db = world.app.db.clone();
        let holder = std::thread::spawn(move || {
            db.write_now(|conn| {
                conn.batch_execute(sql)?;
                held.send(()).map_err(Fault::new)?;
                Ok(released.recv().map_err(Fault::new)?)
            })
        });
        is_held.recv().unwrap();
        Held { release, holder }
    }

    /// Lets it commit.
    pub fn let_go(self) {
        self.release.send(()).unwrap();
        self.holder.join().unwrap().unwrap();
    }
}
