//! Load on a real registry in a process of its own. Figures: docs/BENCHMARKS.md.
//!
//! `cargo bench --bench load -- verify [seconds]`  verification beside a bare actix JSON echo
//! `cargo bench --bench load -- issue [seconds]`   single issue at 1, 8, 64 clients beside a bare insert of the same row
//! `cargo bench --bench load -- post [seconds] [bodies] [Sqlite|Postgres]` postings at 1, 8, 64 clients for so many bodies: SQLite with and without shared commits, PostgreSQL beside pgbench
//! `cargo bench --bench load -- growth [lots] [Sqlite|Postgres]` postings with ten thousand lots in the database and with many
//! `cargo bench --bench load -- learner`           the pages of an account with 100 and with 10,000 lots, and a proposal for a programme
//! `cargo bench --bench load -- exam [rows]`       a batch of so many certificates beside raw signatures and the rows alone
//! `cargo bench --bench load -- beside [rows]`     verification, look-up and status lists, idle and while a batch of so many certificates is issued
//! `cargo bench --bench load -- many [certificates] [gigabytes] [Sqlite|Postgres]` issue, look-up, lists, status list and bundle delta at 10,000 certificates and at many
//! `cargo bench --bench load -- moving [seconds] [transfers] [Sqlite|Postgres]` credit between two regions: settled a second, lots, an outbox, a statement over a million
//! `cargo bench --bench load -- batch [cards]`     `hufu verify --batch` on all cores beside raw verify_strict on all cores
//! `cargo bench --bench load -- trial [cards]`     what an agreement of 50 grants would do to all certificates of a registry
//! `cargo bench --bench load -- memory [seconds]`  memory of the server while it verifies

mod batch;
mod beside;
mod client;
mod echo;
mod exam;
#[path = "../../verifier/benches/bundle/fifty.rs"]
mod fifty;
mod growth;
mod issue;
mod learner;
mod many;
mod moving;
mod people;
mod posting;
mod registry;
mod trial;
mod verify;

use std::time::Duration;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let number = |at: usize, default: u64| args.get(at).and_then(|s| s.parse().ok()).unwrap_or(default);
    let seconds = |default: u64| Duration::from_secs(args.get(1).and_then(|s| s.parse().ok()).unwrap_or(default));
    match args.first().map(String::as_str) {
        Some("echo-server") => echo::serve(),
        Some("verify") => verify::beside_echo(seconds(10)),
        Some("memory") => verify::memory(seconds(300)),
        Some("batch") => batch::beside_raw(args.get(1).and_then(|s| s.parse().ok()).unwrap_or(100_000)),
        Some("issue") => issue::beside_insert(seconds(10)),
        Some("growth") => growth::beside_few(number(1, 1_000_000), Duration::from_secs(10), args.get(2).map(String::as_str)),
        Some("learner") => learner::pages(),
        Some("trial") => trial::of_certificates(args.get(1).and_then(|s| s.parse().ok()).unwrap_or(1_000_000)),
        Some("exam") => exam::beside_floor(args.get(1).and_then(|s| s.parse().ok()).unwrap_or(100_000)),
        Some("beside") => beside::a_batch(number(1, 100_000)),
        Some("many") => many::beside_few(number(1, 10_000_000), number(2, 15), args.get(3).map(String::as_str)),
        Some("moving") => moving::between_two(seconds(10), number(2, 100_000), args.get(3).map(String::as_str)),
        Some("post") => {
            posting::beside_floor(seconds(10), usize::try_from(number(2, posting::PROVIDERS as u64)).unwrap(), args.get(3).map(String::as_str));
        }
        _ => println!(
            "say what to measure: verify, issue, post, growth, learner, moving, exam, beside, many, batch, trial or memory (see benches/load/main.rs)"
        ),
    }
}
