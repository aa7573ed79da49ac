//! After a backup was restored: nothing is booked until every other region has handed over what it holds; then every transfer is derived from
//! messages, and the balances from the transfers.

mod begin;
mod book;
mod derive;
mod finish;
mod hand_over;
mod handed;

pub use begin::{Asked, begin};
pub use finish::{Finished, Restore, finish, status};
pub use hand_over::{HandedOver, page};
pub(super) use hand_over::{hand_over, messages};
pub(super) use handed::asked;
pub use handed::{handed, resync};
