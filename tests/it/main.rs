//! The registry as a whole, over HTTP, on both databases. One binary, so that it links once.

#[macro_use]
mod support;

mod access;
mod certificates;
mod cli;
mod guards;
mod idempotency;
mod pages;
mod permissions;
mod process;
mod providers;
mod running;
