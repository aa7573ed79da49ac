//! The proof of the transfer protocol: every history of two regions, one lot and its return, with every loss, repetition, order, clock, crash, and
//! restores from backups. Each design that is known to be wrong must fail in the same model, or the model shows nothing.

mod model;

use model::explore::{Found, Violation, explore};
use model::{Design, World};
use std::time::Instant;

/// More states than these are not explored where there are more.
const MOST: usize = 400_000;

/// How many restores of the source and of the destination are explored to the end.
const RESTORES: [[u8; 2]; 6] = [[0, 0], [1, 0], [0, 1], [1, 1], [2, 0], [0, 2]];

fn explored(restores: [u8; 2], is_noted: bool) -> Found {
    let started = Instant::now();
    let found = explore(World::new(restores, is_noted), Design::Agreed, true, MOST);
    let found = found.unwrap_or_else(|Violation { what, history }| panic!("{what}\nrestores {restores:?}, after {history:#?}"));
    let all = if found.is_all { "all" } else { "the nearest" };
    println!("restores {restores:?}: {all} {} states, {} steps, {:.1} s", found.states, found.steps, started.elapsed().as_secs_f32());
    found
}

#[test]
fn no_history_with_two_restores_doubles_loses_or_gets_stuck() {
    for restores in RESTORES {
        assert!(explored(restores, false).is_all, "the model has grown beyond its bound");
    }
}

#[test]
fn nor_does_one_with_three_where_both_note_down_their_epochs_as_far_as_it_is_explored() {
    for restores in [[2, 1], [1, 2]] {
        explored(restores, true);
    }
}

/// The shortest history in which a design fails.
fn fails(design: Design, restores: [u8; 2]) -> (String, Vec<&'static str>) {
    let found = explore(World::new(restores, false), design, design == Design::Agreed, MOST);
    let Violation { what, history } = found.err().unwrap_or_else(|| panic!("{design:?} is not found out"));
    println!("{design:?}: {} after {history:?}", what.split(':').next().unwrap_or_default());
    (what, history)
}

#[test]
fn what_both_have_forgotten_after_three_restores_is_the_limit_of_it() {
    let (_, history) = fails(Design::Agreed, [2, 1]);
    assert_eq!(history.iter().filter(|step| **step == "the backup is restored").count(), 3);
}

#[test]
fn a_source_that_releases_on_its_own_time_out_is_found_out() {
    assert!(fails(Design::ReleasesOnTimeOut, [0, 0]).0.starts_with("the amount is spendable in both regions"));
}

#[test]
fn an_answer_unknown_that_releases_is_found_out() {
    assert!(fails(Design::UnknownReleases, [0, 0]).0.starts_with("the amount is spendable in both regions"));
}

#[test]
fn a_repeated_offer_that_books_again_is_found_out() {
    assert!(fails(Design::BooksAgain, [0, 0]).0.starts_with("the OFFER is booked twice"));
}

#[test]
fn a_restore_without_resync_is_found_out_on_either_side() {
    for restores in [[1, 0], [0, 1]] {
        fails(Design::NoResync, restores);
    }
}

#[test]
fn a_resync_without_epoch_is_found_out() {
    fails(Design::NoEpoch, [0, 1]);
}

#[test]
fn balances_that_are_patched_after_a_restore_are_found_out() {
    assert!(fails(Design::Patches, [0, 1]).0.starts_with("the OFFER is booked twice"));
}

#[test]
fn expiry_by_a_sweep_is_found_out_only_where_the_sweep_does_not_always_run() {
    assert!(fails(Design::ExpiresBySweep { at_once: false }, [0, 0]).0.starts_with("expired credit is spendable"));
    let hidden = explore(World::new([0, 0], false), Design::ExpiresBySweep { at_once: true }, false, MOST);
    assert!(hidden.is_ok(), "a run like this hides it");
}
