//! The registry as a whole, over HTTP, on both databases. One binary, so that it links once.

#[macro_use]
mod support;

mod access;
mod achievements;
mod agreements;
mod batches;
mod bundle;
mod certificates;
mod changes;
mod cli;
mod crash;
mod evidence;
mod group;
mod guards;
mod idempotency;
mod keys;
mod learners;
mod ledger;
mod pages;
mod partners;
mod peers;
mod permissions;
mod process;
mod programmes;
mod providers;
mod recognition;
mod running;
mod transfers;
mod trust;
mod verification;
mod wasm;
mod webhooks;

#[path = "../pictures/mod.rs"]
mod pictures;
