//! Going on with a batch, and showing how far it is.

use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{caller, stopped};
use crate::app::App;
use crate::batches::{self, View};
use crate::cli::stop::Stop;
use crate::error::{Error, Fault};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// Whether its rows are looked at, or will be.
pub(super) fn is_checking(view: &View) -> bool {
    ["uploaded", "validating"].contains(&view.state.as_str())
}

/// Whether it is issued, or will be.
pub(super) fn is_issuing(view: &View) -> bool {
    ["approved", "issuing"].contains(&view.state.as_str())
}

/// Goes on with a batch as long as `goes`, and shows how far it is: how it stands then. Where another program holds it, that one works and this one watches.
pub(super) fn watch(app: &App, id: &str, goes: fn(&View) -> bool) -> Result<View, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let bar = bar();
    let done = runtime.block_on(go_on(app, id, goes, &bar));
    bar.finish_and_clear();
    done.map_err(stopped)
}

async fn go_on(app: &App, id: &str, goes: fn(&View) -> bool, bar: &ProgressBar) -> Result<View, Error> {
    loop {
        let mut working = pin!(batches::run(app, id));
        loop {
            let view = look(app, id).await?;
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
        let view = look(app, id).await?;
        if let Some(trouble) = view.trouble {
            return Err(Fault::text(format!("the batch cannot go on for now: {trouble}")).into());
        }
        if goes(&view) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn look(app: &App, id: &str) -> Result<View, Error> {
    let (id, now) = (id.to_owned(), app.edge.now());
    app.db.read(move |conn| batches::show(conn, &caller(), &id, now)).await
}

/// Rows, their rate and the time left; nothing where standard error is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec:.0} ETA {eta}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

fn show(bar: &ProgressBar, view: &View) {
    let (done, all) = if is_checking(view) { (view.checked, view.rows) } else { (view.issued + view.failed, view.valid) };
    bar.set_length(all.unsigned_abs());
    bar.set_position(done.unsigned_abs());
}
