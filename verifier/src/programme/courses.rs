//! Which basis of a course to take, where there are lots of one course from several.

use super::need::{Lot, Need, Sums};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// How many steps are taken: a basis tried, or a choice taken back. A dozen courses of three bases each need at most 1,062,880, so among
/// them a choice is found if there is one; among more, bounds mostly decide, but the search may end without an answer.
pub(super) const STEPS_MAX: u32 = 1 << 21;

/// The bases of one course, that with the lot which expires first before the others.
struct Course {
    bases: Vec<Basis>,
    /// The most that any basis gives, place by place.
    most: Sums,
}

struct Basis {
    /// Places of its lots.
    lots: Vec<usize>,
    sums: Sums,
}

/// The courses with several bases, and what the lots can come to.
pub(super) struct Courses {
    courses: Vec<Course>,
    /// The most that all lots can come to, with one basis of each course: a bound that need not be reached in all places at once.
    most: Sums,
}

/// No choice meets the need, or none was found in time.
pub(super) enum NoChoice {
    /// There is none.
    Exists,
    /// There may be one.
    Found,
}

impl Courses {
    /// Of lots in the order in which they are to be taken.
    pub fn of(need: &Need<'_>, lots: &[Lot<'_>]) -> Courses {
        let mut by_course: BTreeMap<_, BTreeMap<_, Vec<usize>>> = BTreeMap::new();
        let mut most = need.no_lots();
        for (at, lot) in lots.iter().enumerate() {
            most.add(lot);
            if let Some(course) = &lot.facts.course {
                by_course.entry(course).or_default().entry(&lot.facts.basis).or_default().push(at);
            }
        }
        let several = by_course.into_values().filter(|bases| bases.len() > 1);
        let courses = several.map(|bases| Course::of(need, lots, bases.into_values().collect())).collect();
        let mut courses = Courses { courses, most };
        for course in &courses.courses {
            let mut together = need.no_lots();
            course.bases.iter().for_each(|basis| together.exchange(&need.no_lots(), &basis.sums));
            courses.most.exchange(&together, &course.most);
        }
        courses
    }

    /// The most that the lots can come to, place by place.
    pub fn most(&self) -> &Sums {
        &self.most
    }

    /// What the lots come to with the first basis of each course.
    pub fn first(&self) -> Sums {
        let mut sums = self.most.clone();
        for course in &self.courses {
            course.bases.iter().take(1).for_each(|basis| sums.exchange(&course.most, &basis.sums));
        }
        sums
    }

    /// The first choice that meets the need, in which an earlier basis of a course comes before a later one: which lots to leave out, and
    /// what the others come to. Course by course a basis is tried while the bound of those undecided still meets the need, as that of all
    /// must do to begin with.
    pub fn choose(&self, need: &Need<'_>) -> Result<(Vec<usize>, Sums), NoChoice> {
        let (mut chosen, mut next, mut sums) = (Vec::new(), 0, self.most.clone());
        for _ in 0..STEPS_MAX {
            let Some(course) = self.courses.get(chosen.len()) else {
                return Ok((self.left_out(&chosen), sums));
            };
            if let Some(basis) = course.bases.get(next) {
                sums.exchange(&course.most, &basis.sums);
                if need.is_met_by(&sums) {
                    chosen.push(next);
                    next = 0;
                } else {
                    sums.exchange(&basis.sums, &course.most);
                    next += 1;
                }
                continue;
            }
            let Some(last) = chosen.pop() else { return Err(NoChoice::Exists) };
            if let Some(course) = self.courses.get(chosen.len())
                && let Some(basis) = course.bases.get(last)
            {
                sums.exchange(&basis.sums, &course.most);
            }
            next = last + 1;
        }
        Err(NoChoice::Found)
    }

    fn left_out(&self, chosen: &[usize]) -> Vec<usize> {
        let others = self.courses.iter().zip(chosen).flat_map(|(course, chosen)| course.bases.iter().enumerate().filter(move |(at, _)| at != chosen));
        others.flat_map(|(_, basis)| basis.lots.iter().copied()).collect()
    }
}

impl Course {
    fn of(need: &Need<'_>, lots: &[Lot<'_>], mut bases: Vec<Vec<usize>>) -> Course {
        // Lots come in the order of their days, so the first place tells which basis has the earliest.
        bases.sort_unstable();
        let sums = |places: &[usize]| {
            let mut sums = need.no_lots();
            places.iter().filter_map(|at| lots.get(*at)).for_each(|lot| sums.add(lot));
            sums
        };
        let bases: Vec<Basis> = bases.into_iter().map(|lots| Basis { sums: sums(&lots), lots }).collect();
        let mut most = need.no_lots();
        bases.iter().for_each(|basis| most.raise_to(&basis.sums));
        Course { bases, most }
    }
}
