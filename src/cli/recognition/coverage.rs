//! `hufu coverage`: how much of what this region issued is recognised at each other party, counted exactly, for those who have the database.

use clap::Args;

use crate::cli::{exit, registry, table};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::recognition::rules::figure::Figure;
use crate::recognition::rules::tally::percent;
use crate::recognition::{CountView, CoverageView, service};

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Print JSON, as GET /v1/coverage answers, but with exact counts
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, config: Config) -> Result<u8, Fault> {
    let app = registry::open(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fault::new)?;
    let view = runtime.block_on(async {
        let (bundles, this) = (app.partners.current(&app).await, app.clone());
        app.db.read_one_state(move |conn| service::coverage(conn, &this, &bundles, Figure::Of)).await
    });
    let view = view.map_err(Error::into_fault)?;
    if arguments.json {
        println!("{}", serde_json::to_string(&view).map_err(Fault::new)?);
    } else {
        print(&view)?;
    }
    Ok(exit::OK)
}

/// Each place in all, and under it what is not covered there.
fn print(view: &CoverageView) -> Result<(), Fault> {
    let mut rows = Vec::new();
    for place in &view.places {
        let line = |kind: &str, occupation: &str, level: &str, count: &CountView| {
            let share = percent(count.percent_hundredths.unwrap_or_default());
            [place.to.clone(), kind.into(), occupation.into(), level.into(), count.issued.to_string(), count.recognised.to_string(), share]
        };
        rows.push(line("*", "*", "*", &place.sum));
        for row in place.kinds.iter().filter(|row| row.count.uncovered.least() > 0) {
            let level = row.level.map_or("-".to_owned(), |level| level.rank().to_string());
            rows.push(line(row.kind.as_str(), row.occupation.as_ref().map_or("-", |code| code.as_str()), &level, &row.count));
        }
    }
    table::print(&["to", "type", "occupation", "level", "issued", "recognised", "percent"], rows.into_iter())
}
