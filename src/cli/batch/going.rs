//! Going on with what is done in chunks under a lease, and showing how far it is.

use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{caller, stopped};
use crate::app::App;
use crate::cli::stop::Stop;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::{batches, changes};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// What is gone on with, as it stands.
pub(super) trait Going: Sized + Send + 'static {
    /// How it stands at an instant.
    fn look(conn: &mut Conn, id: &str, now: i64) -> Result<Self, Error>;
    /// Goes on with it, where nobody else does.
    async fn run(app: &App, id: &str) -> Result<(), Error>;
    /// How much is done of how much.
    fn progress(&self) -> (i64, i64);
    /// Why it cannot go on.
    fn trouble(&self) -> Option<&str>;
}

impl Going for batches::View {
    fn look(conn: &mut Conn, id: &str, now: i64) -> Result<Self, Error> {
        batches::show(conn, &caller(), id, now)
    }

    async fn run(app: &App, id: &str) -> Result<(), Error> {
        batches::run(app, id).await.map(drop)
    }

    fn progress(&self) -> (i64, i64) {
        if self.is_checking() { (self.checked, self.rows) } else { (self.issued + self.failed, self.valid) }
    }

    fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }
}

impl Going for changes::View {
    fn look(conn: &mut Conn, id: &str, _: i64) -> Result<Self, Error> {
        changes::show(conn, &caller(), id)
    }

    async fn run(app: &App, id: &str) -> Result<(), Error> {
        changes::run(app, id).await
    }

    fn progress(&self) -> (i64, i64) {
        (self.done + self.refused, self.certificates)
    }

    fn trouble(&self) -> Option<&str> {
        None
    }
}

/// Goes on as long as `goes`, and shows how far it is: how it stands then. Where another program holds it, that one works and this one watches.
pub(super) fn watch<V: Going>(app: &App, id: &str, goes: fn(&V) -> bool) -> Result<V, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let bar = bar();
    let done = runtime.block_on(go_on(app, id, goes, &bar));
    bar.finish_and_clear();
    done.map_err(stopped)
}

async fn go_on<V: Going>(app: &App, id: &str, goes: fn(&V) -> bool, bar: &ProgressBar) -> Result<V, Error> {
    loop {
        let mut working = pin!(V::run(app, id));
        loop {
            let view: V = look(app, id).await?;
            show(bar, &view);
            if !goes(&view) {
                return Ok(view);
            }
            tokio::select! {
                worked = &mut working => {
                    worked?;
                    break;
                }
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        let view: V = look(app, id).await?;
        if let Some(trouble) = view.trouble() {
            return Err(Fault::text(format!("it cannot go on for now: {trouble}")).into());
        }
        if goes(&view) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn look<V: Going>(app: &App, id: &str) -> Result<V, Error> {
    let (id, now) = (id.to_owned(), app.edge.now());
    app.db.read(move |conn| V::look(conn, &id, now)).await
}

/// How much, its rate and the time left; nothing where standard error is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec:0} ETA {eta}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

fn show(bar: &ProgressBar, view: &impl Going) {
    let (done, all) = view.progress();
    bar.set_length(all.unsigned_abs());
    bar.set_position(done.unsigned_abs());
}
