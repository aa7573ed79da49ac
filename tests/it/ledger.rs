//! The ledger of the credit bank: what it books and refuses, what it shows, what its audit finds.

mod audit;
pub mod bank;
mod bounds;
mod guards;
pub mod histories;
mod hours;
mod model;
mod postings;
mod precedence;
mod races;
mod reading;
