//! Programmes and lots of credit: a usual programme, lots by a short description, and small made-up cases.

use super::cards::Draw;
use super::documents::kind;
use super::signer;
use verifier::documents::{Amount, Category, CourseCode, InForce, Minimum, Programme, Ratio, SchemeId};
use verifier::ids::{Level, RegionCode};
use verifier::programme::LotFacts;
use verifier::time::Day;

pub fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).expect("a region")
}

pub fn category(text: &str) -> Category {
    Category::parse(text).expect("a category")
}

/// The region of all programmes here.
pub fn own() -> RegionCode {
    region("320000")
}

/// The day on which everything is asked here.
pub fn today() -> Day {
    day("2026-03-01")
}

/// The example of `docs/formats/programme.md`: 12.00, of which 6.00 core, half transferred at most, level 3, 84 months.
pub fn usual() -> Programme {
    let kind = kind("programme");
    Programme::open(&super::documents::signed(kind, kind.example), signer().public()).expect("a programme")
}

/// A lot of the usual programme: own, of rank 3, earned a year ago.
pub fn lot(id: &str, available: i64, category: &str) -> LotFacts {
    LotFacts {
        id: id.into(),
        scheme: SchemeId::parse("320000:credit").expect("a scheme"),
        available,
        category: Category::parse(category).ok(),
        course: None,
        level: Level::new(3).ok(),
        earned: day("2025-03-01"),
        expires_on: None,
        origin: own(),
        basis: format!("sha256:{id}"),
    }
}

impl Changed for LotFacts {}

/// Changes of a lot, one after the other.
pub trait Changed: Sized {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// The lot, from another region.
pub fn from_elsewhere(lot: LotFacts) -> LotFacts {
    lot.with(|lot| lot.origin = region("310000"))
}

/// The lot, of a course.
pub fn of_course(lot: LotFacts, course: &str) -> LotFacts {
    lot.with(|lot| lot.course = CourseCode::parse(course).ok())
}

/// The lot, with the first day on which it cannot be spent.
pub fn expiring(lot: LotFacts, on: &str) -> LotFacts {
    lot.with(|lot| lot.expires_on = Some(day(on)))
}

/// A programme with small amounts: every condition may be there, and now and then none of the lots can meet it.
pub fn small_programme(draw: &mut Draw) -> Programme {
    let total = 1 + draw.below(7) as i64;
    let mut left = total;
    let mut minima = Vec::new();
    for name in ["a", "b"] {
        let amount = draw.below(left as usize + 1) as i64;
        if amount > 0 && draw.below(4) > 0 {
            minima.push(Minimum { category: category(name), amount: Amount::new(amount).expect("in range") });
            left -= amount;
        }
    }
    Programme {
        in_force: InForce { from: day("2026-01-01"), through: None },
        total: Amount::new(total).expect("in range"),
        at_least: minima,
        transferred_at_most: if draw.below(3) > 0 { Some(Ratio::new(draw.below(4) as u16, 3).expect("a ratio")) } else { None },
        level_min: if draw.below(4) == 0 { Level::new(3).ok() } else { None },
        max_age_months: (draw.below(4) == 0).then_some(12),
        ..usual()
    }
}

/// Up to `most` lots of 1 to 4 hundredths, of few categories, courses, bases, regions and days.
pub fn small_lots(draw: &mut Draw, most: usize) -> Vec<LotFacts> {
    let count = draw.below(most + 1);
    (0..count).map(|at| small_lot(draw, at)).collect()
}

fn small_lot(draw: &mut Draw, at: usize) -> LotFacts {
    let id = format!("lot_{at}");
    let category = draw.one(&["a", "b", "c", ""]);
    let mut made = lot(&id, draw.below(5) as i64, category);
    if draw.below(2) == 0 {
        made = from_elsewhere(made);
    }
    if draw.below(2) == 0 {
        made = of_course(made, draw.one(&["X", "Y"]));
        made.basis = draw.one(&["1", "2", "3"]).into();
    }
    if draw.below(2) == 0 {
        made.expires_on = Some(today().add_days(draw.below(6) as i64 - 1));
    }
    match draw.below(12) {
        0 => made.level = Level::new(2).ok(),
        1 => made.level = None,
        2 => made.earned = day("2025-02-28"),
        3 => made.scheme = SchemeId::parse("320000:hour").expect("a scheme"),
        _ => {}
    }
    made
}
