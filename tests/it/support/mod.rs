//! What every integration test stands on: a [`World`] (a running server with a database of its own), a
//! [`Client`], a [`Process`] (the program itself, to be killed), and [`both!`].
#![allow(dead_code)] // each test uses its part

pub mod abroad;
pub mod backup;
pub mod client;
#[path = "../../../verifier/tests/common/mod.rs"]
pub mod facts;
pub mod held;
pub mod issuing;
pub mod postgres;
pub mod process;
pub mod server;
pub mod shelf;
pub mod site;

#[allow(unused_imports)] // as above
pub use {
    client::{Answer, Client, percent},
    process::{Desk, Process, Ran},
    server::{Backend, World},
    shelf::Shelf,
};

/// Makes `name::sqlite` and `name::postgres` of a test that takes a `&World` or a `&Process`. Settings other than the tests' defaults stand behind the signature:
///
/// ```ignore
/// both! {
///     fn a_wrong_name_finds_nothing(world: &World) { .. }
///     fn the_fourth_look_up_is_refused(world: &World) with [("lookup_per_minute", "3")] { .. }
/// }
/// ```
#[allow(unused_macros)] // as above
macro_rules! both {
    ($($(#[$meta:meta])* fn $name:ident($arg:ident: &$what:ident) $(with [$($settings:tt)*])? { $($body:tt)* })+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            fn run($arg: &$crate::support::$what) { $($body)* }
            fn on(backend: $crate::support::Backend) {
                let settings: &[(&'static str, &str)] = &[$($($settings)*)?];
                if let Some(given) = $crate::support::$what::with(backend, settings) { run(&given) }
            }
            $(#[$meta])* #[test] fn sqlite() { on($crate::support::Backend::Sqlite) }
            $(#[$meta])* #[test] fn postgres() { on($crate::support::Backend::Postgres) }
        }
    )+};
}
