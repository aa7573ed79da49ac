//! Which lots to redeem, so that what expires first is spent first.

use super::check::in_force;
use super::courses::{Courses, NoChoice, STEPS_MAX};
use super::need::{Lot, Need};
use super::{LotFacts, Terms};
use crate::documents::Programme;
use crate::ids::RegionCode;
use crate::time::Day;
use crate::verdict::Check;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Proposes how many hundredths of which lots to redeem for a programme of `region`, as `(id, hundredths)` in the order in which they are
/// taken: the lot that expires first first, those that never do last, of the same day by id; of each lot as much as leaves the rest
/// possible. The proposal passes [`check`](super::check()). No id may occur twice; a lot that fails a check by itself is passed over.
///
/// Of a course from several bases the lots of one basis are used: the one that expires first, or the first choice with which the programme
/// can be met. Among at most a dozen such courses of up to three bases a choice is found if there is one; among more, the search may end.
///
/// # Errors
/// The checks that cannot be met: what they want and what the lots can at best come to. `course_once` stands among them where every check
/// could be met by itself but no choice of bases meets all; the others are then those of the first choice.
pub fn suggest(programme: &Programme, region: &RegionCode, lots: &[LotFacts], today: Day) -> Result<Vec<(String, i64)>, Vec<Check>> {
    let in_force = in_force(programme, today);
    if !in_force.ok {
        return Err(Vec::from([in_force]));
    }
    let mut need = Need::of(programme);
    let lots = usable(&need, &Terms { programme, today }, region, lots);
    let courses = Courses::of(&need, &lots);
    if !need.is_met_by(courses.most()) {
        return Err(need.unmet_by(courses.most()));
    }
    let (left_out, mut after) = courses.choose(&need).map_err(|why| {
        let mut checks = Vec::from([no_choice(&why)]);
        checks.extend(need.unmet_by(&courses.first()));
        checks
    })?;
    let left_out: BTreeSet<usize> = left_out.into_iter().collect();
    let mut picks = Vec::new();
    for lot in lots.iter().enumerate().filter(|(at, _)| !left_out.contains(at)).map(|(_, lot)| lot) {
        after.remove(lot);
        let amount = need.take(lot, &after);
        if amount > 0 {
            picks.push((lot.facts.id.clone(), amount));
        }
    }
    Ok(picks)
}

/// The lots that pass every check of a lot by itself, in the order in which they are to be taken.
fn usable<'a>(need: &Need<'a>, terms: &Terms<'_>, region: &RegionCode, lots: &'a [LotFacts]) -> Vec<Lot<'a>> {
    let fits =
        |lot: &&LotFacts| lot.available > 0 && terms.is_of_scheme(lot) && terms.is_unexpired(lot) && terms.is_fresh(lot) && terms.has_level(lot);
    let mut fitting: Vec<&LotFacts> = lots.iter().filter(fits).collect();
    fitting.sort_by_key(|lot| (lot.expires_on.is_none(), lot.expires_on, &lot.id));
    fitting.into_iter().map(|lot| need.lot(lot, lot.origin == *region)).collect()
}

fn no_choice(why: &NoChoice) -> Check {
    let got = match why {
        NoChoice::Exists => "no choice of bases meets the rest".into(),
        NoChoice::Found => format!("no choice of bases found in {STEPS_MAX} steps"),
    };
    Check { check: "course_once".into(), want: "each course from one basis".into(), got, ok: false }
}
