//! Hufu (虎符): a registry that issues signed skill certificates and learning credits that other regions verify offline.
//!
//! The modules read like the business; ARCHITECTURE.md has the map and the invariants.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::float_arithmetic)]

pub mod access;
pub mod achievements;
pub mod agreements;
pub mod app;
pub mod batches;
pub mod certificates;
pub mod changes;
pub mod cli;
pub mod config;
pub mod db;
pub mod dial;
pub mod edge;
pub mod error;
pub mod evidence;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod learners;
pub mod lease;
pub mod ledger;
pub mod messages;
pub mod metrics;
pub mod pages;
pub mod partners;
pub mod programmes;
pub mod providers;
pub mod qr;
pub mod receipts;
pub mod recognition;
pub mod regions;
pub mod transfers;
pub mod trust;
pub mod verification;
pub mod webhooks;
