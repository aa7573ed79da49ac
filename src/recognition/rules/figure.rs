//! How a count of certificates is told. Everybody is told none of fewer than five, so that nobody is found by a number: see
//! docs/decisions/coverage.md.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// The smallest count that everybody is told, and the step of those above it.
pub const STEP: u64 = 5;

/// A count of certificates: a number that is a multiple of 5, of which there are at least so many; or a text such as `<5`, than which there are fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[serde(untagged)]
#[schema(as = CoverageFigure)]
pub enum Figure {
    /// So many; as everybody is told, at least so many.
    #[schema(example = 120)]
    Of(u64),
    /// Some, but fewer than so many.
    #[schema(value_type = String, example = "<5")]
    Below(u64),
}

impl Figure {
    /// As everybody is told: rounded down to a multiple of five, and of 1 to 4 only that they are fewer.
    pub const fn rounded(count: u64) -> Figure {
        match count {
            0 => Figure::Of(0),
            1..STEP => Figure::Below(STEP),
            _ => Figure::Of(count - count % STEP),
        }
    }

    /// The sum, made from what is told and from nothing else: nothing can be found out by it.
    pub fn sum(all: impl Iterator<Item = Figure>) -> Figure {
        let (least, below) = all.fold((0, 0), |(least, below), own| match own {
            Figure::Below(most) => (least, below + most),
            Figure::Of(count) => (least + count, below),
        });
        if least == 0 && below > 0 { Figure::Below(below) } else { Figure::Of(least) }
    }

    /// What there is at least, as far as it is told.
    pub const fn least(self) -> u64 {
        match self {
            Figure::Below(_) => 0,
            Figure::Of(count) => count,
        }
    }

    /// The number that is told, be it a bound.
    pub const fn most(self) -> u64 {
        match self {
            Figure::Below(count) | Figure::Of(count) => count,
        }
    }
}

impl Ord for Figure {
    /// By what there is at least; some are more than none.
    fn cmp(&self, other: &Figure) -> Ordering {
        let key = |own: &Figure| match *own {
            Figure::Below(most) => (0, most),
            Figure::Of(count) => (count, 0),
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Figure {
    fn partial_cmp(&self, other: &Figure) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Below(most) => write!(f, "<{most}"),
            Figure::Of(count) => write!(f, "{count}"),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Figure::Of(count) => serializer.serialize_u64(*count),
            Figure::Below(_) => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_told_in_steps_of_five() {
        for (count, told) in [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (9, "5"), (10, "10"), (104, "100")] {
            assert_eq!(Figure::rounded(count).to_string(), told);
        }
    }

    #[test]
    fn a_sum_knows_no_more_than_its_figures() {
        let sum = |counts: &[u64]| Figure::sum(counts.iter().map(|count| Figure::rounded(*count))).to_string();
        for (counts, told) in [(&[][..], "0"), (&[0], "0"), (&[3], "<5"), (&[3, 4], "<10"), (&[3, 4, 9], "5"), (&[14, 14, 0], "20")] {
            assert_eq!(sum(counts), told);
        }
    }

    /// Whoever knows every figure of a kind, and the rule, still has to reckon with three counts at least behind a "<5".
    #[test]
    fn no_figure_beside_it_gives_a_small_count_away() {
        let figures = |recognised: u64, uncovered: u64| [recognised + uncovered, recognised, uncovered].map(Figure::rounded);
        for (recognised, uncovered) in (0..30).flat_map(|recognised| (1..STEP).map(move |uncovered| (recognised, uncovered))) {
            let told = figures(recognised, uncovered);
            let possible = (1..STEP).filter(|other| (0..60).any(|recognised| figures(recognised, *other) == told)).count();
            assert!(possible >= 3, "{recognised} and {uncovered}: {possible}");
        }
    }
}
