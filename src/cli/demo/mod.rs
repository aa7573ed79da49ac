//! `hufu demo`: a registry of its own in a fresh folder, and a story told over real HTTP that checks itself.

mod api;
mod bank;
mod delta;
mod many;
mod moving;
mod roster;
mod story;
mod teller;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::sync::mpsc;

use super::{exit, language, run};
use crate::access::service::bootstrap_operator;
use crate::app::{App, lock_folder};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::http::Running;
use crate::messages::Lang;
use crate::providers::service::today;
use api::Api;
use delta::Member;
use story::{Story, Switch};
use teller::Teller;

/// How often and how long apart the folder is deleted again while something still writes into it.
const REMOVALS: u32 = 100;
const REMOVE_AGAIN: Duration = Duration::from_millis(100);

#[derive(Args)]
#[command(after_help = "Examples:\n  hufu demo                       tells the story, then serves until Ctrl-C\n  \
    hufu demo --exit --lang en      ends after the story; the exit code says whether every step gave what it should\n\n\
    It has settings of its own and keeps to a fresh folder; a registry of yours is left alone.")]
pub(super) struct Arguments {
    /// End after the story instead of serving on
    #[arg(long)]
    exit: bool,
    /// Port on 127.0.0.1; a free one if absent
    #[arg(long)]
    port: Option<u16>,
    /// Language of the words: zh or en [default: from LANG, else zh]
    #[arg(long, value_parser = super::verify::lang)]
    lang: Option<Lang>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Fault> {
    let edge = Edge::default();
    let folder = Folder::create(&edge)?;
    let port = arguments.port.map_or_else(free_port, Ok)?;
    let config = settings(folder.path(), port, &[])?;
    run::start_log(&config)?;
    let _lock = lock_folder(&config)?;
    let (app, operator) = open(config, &edge)?;
    let others = delta::OTHERS.iter().map(|other| beside(folder.path(), other, &edge)).collect::<Result<Vec<_>, _>>()?;
    let (others, members): (Vec<App>, Vec<Member>) = others.into_iter().unzip();
    let api = Api::new(&app.config.public_url());
    let teller = Teller::new(arguments.lang.unwrap_or_else(language));
    let (switch, asked) = mpsc::unbounded_channel();
    let story = Story { api, teller, folder: folder.path().to_owned(), zone: app.region.zone, today: today(&app), members, switch };
    actix_web::rt::System::new().block_on(serve(&app, Others { apps: others, asked }, story, operator, arguments.exit))?;
    Ok(exit::OK)
}

/// Serves while the story is told, and on until a signal unless `end`.
async fn serve(app: &App, mut others: Others, story: Story, operator: (String, String), end: bool) -> Result<(), Fault> {
    let running = crate::http::serve(app)?;
    let mut beside = others.apps.iter().map(|other| crate::http::serve(other).map(Some)).collect::<Result<Vec<_>, _>>()?;
    others.apps.iter().chain([app]).for_each(crate::jobs::start);
    let telling = tokio::task::spawn_blocking(move || story.tell(&operator.0, &operator.1).map(|()| story.teller));
    let told = tokio::select! {
        told = telling => told.map_err(Fault::new)?,
        failed = others.switch(&mut beside) => Err(failed),
        ended = crate::http::told_to_end() => Err(ended.err().unwrap_or_else(|| Fault::text("the demo was interrupted"))),
    };
    let done = match told {
        Ok(teller) if !end => {
            teller.serving();
            running.ended().await
        }
        told => running.stop().await.and(told.map(|_| ())),
    };
    for other in beside.into_iter().flatten() {
        other.stop().await?;
    }
    done
}

/// The registries of other regions, and what is asked of their servers.
struct Others {
    apps: Vec<App>,
    asked: mpsc::UnboundedReceiver<Switch>,
}

impl Others {
    /// Stops and starts servers as the story asks; ends with what goes wrong.
    async fn switch(&mut self, running: &mut [Option<Running>]) -> Fault {
        while let Some(Switch { member, on, done }) = self.asked.recv().await {
            let (Some(place), Some(app)) = (running.get_mut(member), self.apps.get(member)) else { return Fault::text("no such registry") };
            let switched = match (on, place.take()) {
                (false, Some(server)) => server.stop().await,
                (true, None) => crate::http::serve(app).map(|server| *place = Some(server)),
                (_, as_it_is) => {
                    *place = as_it_is;
                    Ok(())
                }
            };
            if let Err(fault) = switched {
                return fault;
            }
            let _ = done.send(());
        }
        std::future::pending().await
    }
}

/// A fresh registry, and its operator's client.
fn open(config: Config, edge: &Edge) -> Result<(App, (String, String)), Fault> {
    let app = App::open(config, edge.clone())?;
    let operator = bootstrap_operator(&app).map_err(Error::into_fault)?;
    Ok((app, operator.ok_or_else(|| Fault::text("a fresh registry has an operator already"))?))
}

/// The registry of another region, in a folder within the demo's.
fn beside(folder: &Path, (code, zh, en): &(&'static str, &str, &str), edge: &Edge) -> Result<(App, Member), Fault> {
    let named = [("region", *code), ("region_name_zh", zh), ("region_name_en", en)];
    let (app, (client, secret)) = open(settings(&folder.join(code), free_port()?, &named)?, edge)?;
    let member = Member { code, api: Api::new(&app.config.public_url()), client, secret };
    Ok((app, member))
}

fn settings(folder: &Path, port: u16, more: &[(&'static str, &str)]) -> Result<Config, Fault> {
    let more = more.iter().map(|(key, value)| (*key, (*value).to_owned()));
    let own = [
        ("data_dir", folder.display().to_string()),
        ("listen", format!("127.0.0.1:{port}")),
        ("workers", "2".to_owned()),
        // actix calls it an error when a connection comes in while it stops; a story that was interrupted makes some.
        ("log", "error,actix_server=off".to_owned()),
        ("shutdown_seconds", "1".to_owned()),
        // What was agreed is in the next bundle.
        ("publish_seconds", "0".to_owned()),
    ];
    Config::with(&own.into_iter().chain(more).collect::<Vec<_>>())
}

/// A port that nobody listens on. Its number must be known before the server starts, because DIDs and QR codes name it.
fn free_port() -> Result<u16, Fault> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Fault::new)?;
    Ok(listener.local_addr().map_err(Fault::new)?.port())
}

/// A folder of its own for the demo, which nobody else on the machine can look into; deleted with everything in it at the end.
struct Folder(PathBuf);

impl Folder {
    fn create(edge: &Edge) -> Result<Folder, Fault> {
        let path = std::env::temp_dir().join(edge.id("hufu-demo"));
        let made = std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).create(&path);
        made.map_err(|e| Fault::text(format!("cannot create the folder {}: {e}", path.display())))?;
        Ok(Folder(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A thread of a server that was just stopped may make one more file meanwhile.
        let mut removed = std::fs::remove_dir_all(&self.0);
        for _ in 0..REMOVALS {
            if !matches!(&removed, Err(e) if e.kind() == ErrorKind::DirectoryNotEmpty) {
                break;
            }
            std::thread::sleep(REMOVE_AGAIN);
            removed = std::fs::remove_dir_all(&self.0);
        }
        if let Err(e) = removed {
            eprintln!("hufu: cannot delete {}: {e}", self.0.display());
        }
    }
}
