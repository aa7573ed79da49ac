//! Laws of a programme's rules: a proposal passes every check, there is one whenever trying everything finds one, and nothing panics.

mod common;

use common::cards::Draw;
use common::programmes::{category, expiring, lot, of_course, own, small_lots, small_programme, today, usual};
use proptest::prelude::*;
use verifier::documents::{Amount, Minimum, Programme};
use verifier::programme::{LotFacts, check, suggest};
use verifier::time::Day;

fn is_good(programme: &Programme, picks: &[(LotFacts, i64)]) -> bool {
    check(programme, &own(), picks, today()).iter().all(|check| check.ok)
}

/// The lots of a proposal, with its amounts.
fn picked(lots: &[LotFacts], proposal: &[(String, i64)]) -> Vec<(LotFacts, i64)> {
    let lot = |id: &String| lots.iter().find(|lot| lot.id == *id).expect("a lot that was there").clone();
    proposal.iter().map(|(id, amount)| (lot(id), *amount)).collect()
}

/// Whether any amounts of any of these lots pass every check, found by trying all of them.
fn can_be_met(programme: &Programme, lots: &[LotFacts], picks: &mut Vec<(LotFacts, i64)>) -> bool {
    let sum: i64 = picks.iter().map(|(_, amount)| amount).sum();
    let Some((lot, rest)) = lots.split_first() else { return is_good(programme, picks) };
    for amount in 0..=lot.available.min(programme.total.hundredths() - sum) {
        if amount > 0 {
            picks.push((lot.clone(), amount));
        }
        let met = can_be_met(programme, rest, picks);
        if amount > 0 {
            picks.pop();
        }
        if met {
            return true;
        }
    }
    false
}

/// How often a case can be met: a test of only one kind would prove half.
fn agrees(seeds: std::ops::Range<u64>, lots: usize) -> [usize; 2] {
    let mut seen = [0, 0];
    for seed in seeds {
        let mut draw = Draw(seed);
        let programme = small_programme(&mut draw);
        let lots = small_lots(&mut draw, lots);
        let proposal = suggest(&programme, &own(), &lots, today());
        assert_eq!(proposal.is_ok(), can_be_met(&programme, &lots, &mut Vec::new()), "seed {seed}: {proposal:?}\n{programme:?}\n{lots:#?}");
        match proposal {
            Ok(proposal) => assert!(is_good(&programme, &picked(&lots, &proposal)), "seed {seed}"),
            Err(checks) => assert!(!checks.is_empty() && checks.iter().all(|check| !check.ok), "seed {seed}"),
        }
        seen[usize::from(suggest(&programme, &own(), &lots, today()).is_ok())] += 1;
    }
    seen
}

#[test]
fn a_proposal_is_made_exactly_when_trying_everything_finds_one() {
    let [not_met, met] = agrees(0..6_000, 6);
    assert!(not_met > 1_000 && met > 1_000, "{not_met} {met}");
}

/// Of the lots in the order of a proposal, no amount could have been larger with those before it as they are.
#[test]
fn a_proposal_spends_as_much_as_it_can_of_what_expires_first() {
    let mut compared = 0;
    for seed in 0..6_000 {
        let mut draw = Draw(seed);
        let programme = small_programme(&mut draw);
        let mut lots: Vec<LotFacts> = small_lots(&mut draw, 5).into_iter().filter(|lot| lot.course.is_none()).collect();
        let Ok(proposal) = suggest(&programme, &own(), &lots, today()) else { continue };
        lots.sort_by_key(|lot| (lot.expires_on.is_none(), lot.expires_on, lot.id.clone()));
        let amount = |lot: &LotFacts| proposal.iter().find(|(id, _)| *id == lot.id).map_or(0, |(_, amount)| *amount);
        for (at, lot) in lots.iter().enumerate() {
            let mut before: Vec<_> = lots[..at].iter().map(|lot| (lot.clone(), amount(lot))).filter(|(_, amount)| *amount > 0).collect();
            for more in amount(lot) + 1..=lot.available {
                before.push((lot.clone(), more));
                assert!(!can_be_met(&programme, &lots[at + 1..], &mut before), "seed {seed}: {more} of {}", lot.id);
                before.pop();
                compared += 1;
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn splitting_a_pick_changes_no_sum() {
    for seed in 0..500 {
        let mut draw = Draw(seed);
        let programme = small_programme(&mut draw);
        let picks: Vec<_> = small_lots(&mut draw, 6).into_iter().map(|lot| (lot, draw.below(9) as i64)).collect();
        let split: Vec<_> = picks
            .iter()
            .flat_map(|(lot, amount)| {
                let part = draw.below(*amount as usize + 1) as i64;
                [(lot.clone(), part), (lot.clone(), amount - part)]
            })
            .collect();
        let sums = |picks: &[(LotFacts, i64)]| check(&programme, &own(), picks, today()).into_iter().skip(8).collect::<Vec<_>>();
        assert_eq!(sums(&picks), sums(&split));
    }
}

#[test]
fn the_order_of_the_lots_makes_no_difference_to_a_proposal() {
    for seed in 0..1_000 {
        let mut draw = Draw(seed);
        let programme = small_programme(&mut draw);
        let mut lots = small_lots(&mut draw, 8);
        let proposal = suggest(&programme, &own(), &lots, today());
        lots.reverse();
        assert_eq!(suggest(&programme, &own(), &lots, today()), proposal, "seed {seed}");
    }
}

/// So many courses of three bases: 1 of `a`, 1 of `b`, or 1 of neither, the last of which expires first; and enough besides.
fn three_bases_each(courses: usize) -> Vec<LotFacts> {
    let lots = (0..courses).flat_map(|course| ["a", "b", ""].map(|category| (course, category))).map(|(course, category)| {
        let lot = of_course(lot(&format!("lot_{course:02}{category}"), 1, category), &format!("C{course}"));
        if category.is_empty() { expiring(lot, "2026-04-01") } else { lot }
    });
    lots.chain([lot("lot_z", 100, "")]).collect()
}

/// As much of `a` as of `b`, and nothing else.
fn of_either(each: i64) -> Programme {
    let amount = |hundredths| Amount::new(hundredths).expect("in range");
    let minimum = |name| Minimum { category: category(name), amount: amount(each) };
    Programme { total: amount(2 * each), at_least: vec![minimum("a"), minimum("b")], transferred_at_most: None, ..usual() }
}

#[test]
fn a_choice_among_a_dozen_courses_of_three_bases_is_found_if_there_is_one() {
    let lots = three_bases_each(12);
    let proposal = suggest(&of_either(6), &own(), &lots, today()).expect("six of each");
    assert!(is_good(&of_either(6), &picked(&lots, &proposal)));
    // No bound can tell that there are not seven of each: of either there is enough, and there is enough in all.
    let checks = suggest(&of_either(7), &own(), &lots, today()).expect_err("only twelve");
    assert_eq!(checks[0].got, "no choice of bases meets the rest");
    assert_eq!(checks.iter().map(|check| check.check.as_str()).collect::<Vec<_>>(), ["course_once", "at_least:a", "at_least:b"]);
}

#[test]
fn a_search_among_too_many_courses_ends_and_says_so() {
    let checks = suggest(&of_either(21), &own(), &three_bases_each(40), today()).expect_err("only forty");
    assert_eq!((checks[0].check.as_str(), checks[0].got.as_str()), ("course_once", "no choice of bases found in 2097152 steps"));
}

proptest! {
    #[test]
    fn no_amounts_days_or_conditions_make_it_panic(
        seed: u64,
        amounts in prop::collection::vec((any::<i64>(), any::<i64>(), any::<i64>(), any::<bool>()), 0..8),
        today: i64,
        months in prop::option::of(any::<u16>()),
    ) {
        let mut draw = Draw(seed);
        let programme = Programme { max_age_months: months, ..small_programme(&mut draw) };
        let mut lots = small_lots(&mut draw, 8);
        for (lot, (available, earned, expires, ends)) in lots.iter_mut().zip(&amounts) {
            lot.available = *available;
            lot.earned = Day::from_epoch_days(*earned);
            lot.expires_on = ends.then_some(Day::from_epoch_days(*expires));
        }
        let picks: Vec<_> = lots.iter().cloned().zip(amounts.iter().map(|(_, amount, _, _)| *amount)).collect();
        let today = Day::from_epoch_days(today);
        let checks = check(&programme, &own(), &picks, today);
        prop_assert_eq!(checks.len(), 10 + programme.at_least.len());
        if let Ok(proposal) = suggest(&programme, &own(), &lots, today) {
            let good = check(&programme, &own(), &picked(&lots, &proposal), today);
            prop_assert!(good.iter().all(|check| check.ok), "{good:?}");
        }
    }
}
