//! Four regions and everything that can happen to credit between them, drawn from a seed: the program's own code and databases, without HTTP, and a
//! network that loses, repeats and mixes up. An auditor that knows only documents says where every amount must be.
//!
//! `HUFU_SEEDS=1000` runs so many seeds; `HUFU_SEED=123` runs the one that was reported, again and the same; `HUFU_STEPS=500` says how long.

mod auditor;
mod dice;
mod flaws;
mod processes;
mod proxy;
mod region;
mod run;
mod stage;
#[path = "../it/support/mod.rs"]
mod support;
mod town;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use flaws::Flaw;
use run::{Counts, Run};
use stage::Stage;

const SEEDS: u64 = 1000;
const STEPS: u64 = 500;
/// Of so many seeds one is also looked at by the audits of the program.
const AUDITED: u64 = 16;
/// A flaw is found within so many seeds.
const FLAWED: u64 = 8;

/// What has to have happened somewhere, or the runs show little.
const HAPPENED: [&str; 34] = [
    "record",
    "propose",
    "propose: transfers.checks",
    "propose: ledger.exceeds_available",
    "propose: transfer.expires_too_soon",
    "withdraw",
    "put",
    "lost",
    "astray",
    "told",
    "later",
    "broken",
    "crash",
    "told of a restore",
    "stated",
    "sweep",
    "void",
    "redeem",
    "redeem: ledger.lot_expired",
    "give back",
    "give back: ledger.lot_expired",
    "decided: accepted",
    "decided: cancelled",
    "decided: agreement",
    "decided: subject",
    "decided: expired",
    "restore",
    "restore beside another",
    "handed over",
    "a HANDOVER alone",
    "restored",
    "taken: transfer.resyncing",
    "propose: ledger.restoring",
    "restore in silence",
];

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// Runs a seed to its end: what happened, or what went wrong.
fn run(stage: &Stage, seed: u64, flaw: Flaw) -> Result<Counts, String> {
    let done = catch_unwind(AssertUnwindSafe(|| {
        let mut run = Run::new(stage, seed, flaw);
        run.all(setting("HUFU_STEPS", STEPS) as usize)?;
        if seed.is_multiple_of(AUDITED) {
            run.signatures();
            for region in &run.regions {
                let wrong = region.app().db.read_now(hufu::ledger::service::audit).unwrap().wrong.map(|wrong| wrong.to_string());
                let evidence = region.app().db.read_now(hufu::evidence::audit).unwrap().wrong.map(|wrong| wrong.to_string());
                wrong.or(evidence).map_or(Ok(()), Err)?;
            }
        }
        Ok(run.counts)
    }));
    done.unwrap_or_else(|panic| Err(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned())))
}

#[test]
fn whatever_is_lost_repeated_or_late_every_amount_is_where_the_documents_say() {
    let (stage, started) = (Stage::new(), Instant::now());
    let one = std::env::var("HUFU_SEED").is_ok();
    let seeds = if one { setting("HUFU_SEED", 0)..setting("HUFU_SEED", 0) + 1 } else { 1..setting("HUFU_SEEDS", SEEDS) + 1 };
    let (next, all, failed) = (AtomicU64::new(seeds.start), Mutex::new(Counts::new()), Mutex::new(Vec::new()));
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end || !failed.lock().unwrap().is_empty() {
                return;
            }
            match run(&stage, seed, Flaw::None) {
                Ok(counts) => counts.into_iter().for_each(|(what, n)| *all.lock().unwrap().entry(what).or_default() += n),
                Err(what) => failed.lock().unwrap().push(format!("{what}\nagain: HUFU_SEED={seed} cargo test --test simulation")),
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(worker))));
    let (all, failed) = (all.into_inner().unwrap(), failed.into_inner().unwrap());
    println!("{} seeds in {:.1} s: {all:#?}", seeds.end - seeds.start, started.elapsed().as_secs_f32());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let never = HAPPENED.iter().find(|what| !all.contains_key(**what));
    assert!(one || seeds.end < 100 || never.is_none(), "{never:?} never happened");
}

#[test]
fn a_seed_runs_the_same_again() {
    let stage = Stage::new();
    let texts = || {
        let mut run = Run::new(&stage, 7, Flaw::None);
        run.all(150).unwrap();
        let all: Vec<String> =
            run.regions.iter().flat_map(|region| region.lines("SELECT text AS line FROM transfer_messages ORDER BY rowid")).collect();
        (run.counts, all)
    };
    let (one, other) = (texts(), texts());
    assert!(!one.1.is_empty());
    assert_eq!(one, other);
}

#[test]
fn each_registry_that_is_wrong_on_purpose_is_found_out() {
    let stage = Stage::new();
    for (flaw, says) in Flaw::ALL {
        let found = (1..=FLAWED).find_map(|seed| run(&stage, seed, flaw).err().map(|what| (seed, what)));
        let (seed, what) = found.unwrap_or_else(|| panic!("{flaw:?} is not found out"));
        println!("{flaw:?}: seed {seed}, {what}");
        assert!(what.contains(says), "{what}");
    }
}
