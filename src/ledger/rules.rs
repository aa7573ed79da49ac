//! What may be booked: pure decisions, in the order of precedence in which [`LedgerRefusal`] stands.

use verifier::bundle::Hash;
use verifier::documents::Yearly;
use verifier::time::Day;

use super::LedgerRefusal as Why;
use super::{AMOUNT_MAX, EntryKind, LOTS_MAX, Pick, Refused};

/// What an entry was asked for, as far as a repeated call must say the same. A part that was not asked for is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What it does.
    pub kind: EntryKind,
    /// Digest of the document behind it.
    pub cause: String,
    /// The lots, or of a new one its facts.
    pub lots: Vec<String>,
    /// The amounts, one for each lot.
    pub amounts: Vec<i64>,
    /// Hold, destination, programme or peer.
    pub place: String,
}

/// What is known of a lot that is to be spent.
#[derive(Clone, Debug)]
pub struct Known {
    /// Id.
    pub lot: String,
    /// Whose.
    pub learner: String,
    /// The region that minted it.
    pub origin: String,
    /// The first day on which it is no longer spendable.
    pub expires_on: Option<Day>,
    /// Hundredths.
    pub available: i64,
}

/// How a stored entry differs from what is asked for under its id; none where it does not.
pub fn difference(asked: &Said, stored: &Said) -> Option<Why> {
    [
        (asked.kind != stored.kind, Why::DifferentKind),
        (asked.cause != stored.cause, Why::DifferentCause),
        (asked.lots != stored.lots, Why::DifferentLot),
        (asked.amounts != stored.amounts, Why::DifferentAmount),
        (asked.place != stored.place, Why::DifferentPlace),
    ]
    .into_iter()
    .find_map(|(differs, why)| differs.then_some(why))
}

/// Whether a text names an entry.
pub fn is_entry(text: &str) -> bool {
    text.strip_prefix("ent_").is_some_and(|rest| is_name(rest, false))
}

/// Whether a text names a transfer.
pub fn is_hold(text: &str) -> bool {
    is_name(text, true)
}

fn is_name(text: &str, underscore: bool) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || (underscore && b == b'_'))
}

/// Whether a text is `sha256:` and 64 digits of lower-case hex.
pub fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| Hash::parse(hex).is_some())
}

/// Checks an amount.
///
/// # Errors
/// `ledger.amount_zero`, `ledger.amount_negative`, `ledger.amount_too_large`
pub fn amount(amount: i64) -> Result<(), Why> {
    match amount {
        0 => Err(Why::AmountZero),
        ..0 => Err(Why::AmountNegative),
        _ if amount > AMOUNT_MAX => Err(Why::AmountTooLarge),
        _ => Ok(()),
    }
}

/// Checks a list of picks by itself. It stands in order of lots.
///
/// # Errors
/// `ledger.no_lots`, `ledger.too_many_lots`, `ledger.lot_twice`, and those of [`amount`].
pub fn picks(picks: &[Pick]) -> Result<(), Refused> {
    match picks.len() {
        0 => return Err(Why::NoLots.into()),
        n if n > LOTS_MAX => return Err(Why::TooManyLots.into()),
        _ => {}
    }
    if let Some([first, _]) = picks.array_windows().find(|[a, b]| a.lot == b.lot) {
        return Err(Refused { why: Why::LotTwice, lot: Some(first.lot.clone()) });
    }
    let wrong = |why: Why| picks.iter().find(|pick| amount(pick.amount) == Err(why)).map(|pick| Refused { why, lot: Some(pick.lot.clone()) });
    match [Why::AmountZero, Why::AmountNegative, Why::AmountTooLarge].into_iter().find_map(wrong) {
        Some(refused) => Err(refused),
        None => Ok(()),
    }
}

/// Whether every pick is of a lot of this family, and, where `region` is named, minted there.
///
/// # Errors
/// `ledger.no_lot`, `ledger.other_learner`, `ledger.other_region`
pub fn belongs(picks: &[Pick], known: &[Known], family: &[String], region: Option<&str>) -> Result<(), Refused> {
    let found = |pick: &Pick| known.iter().any(|k| k.lot == pick.lot);
    if let Some(pick) = picks.iter().find(|pick| !found(pick)) {
        return Err(Refused { why: Why::NoLot, lot: Some(pick.lot.clone()) });
    }
    first(known, Why::OtherLearner, |k| !family.contains(&k.learner))?;
    first(known, Why::OtherRegion, |k| region.is_some_and(|region| k.origin != region))
}

/// Whether every pick can be spent on `today`, and, where an answer is awaited, until the day of the answer. `known` stands in the order of `picks`.
///
/// # Errors
/// `ledger.lot_expired`, `ledger.expires_before_answer`, `ledger.exceeds_available`
pub fn spendable(picks: &[Pick], known: &[Known], today: Day, answer_by: Option<Day>) -> Result<(), Refused> {
    first(known, Why::LotExpired, |k| is_expired(k.expires_on, today))?;
    first(known, Why::ExpiresBeforeAnswer, |k| answer_by.is_some_and(|day| is_expired(k.expires_on, day)))?;
    match picks.iter().zip(known).find(|(pick, k)| pick.amount > k.available) {
        Some((pick, _)) => Err(Refused { why: Why::ExceedsAvailable, lot: Some(pick.lot.clone()) }),
        None => Ok(()),
    }
}

/// Whether credit with this end is no longer spendable on `day`.
pub fn is_expired(expires_on: Option<Day>, day: Day) -> bool {
    expires_on.is_some_and(|expires| day >= expires)
}

fn first(known: &[Known], why: Why, wrong: impl Fn(&Known) -> bool) -> Result<(), Refused> {
    match known.iter().find(|k| wrong(k)) {
        Some(k) => Err(Refused { why, lot: Some(k.lot.clone()) }),
        None => Ok(()),
    }
}

/// What was earned of a scheme in a year, and what is due, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Earned in all.
    pub earned: i64,
    /// Due in all.
    pub due: i64,
    /// Earned in the category of which a share is due.
    pub earned_in_category: i64,
    /// Due in that category: the share of what is due in all, rounded up.
    pub due_in_category: i64,
}

impl Hours {
    /// What `yearly` says of sums by category.
    pub fn of(yearly: &Yearly, sums: &[(Option<String>, i64)]) -> Hours {
        let own = sums.iter().filter(|(category, _)| category.as_deref() == Some(yearly.category.as_str()));
        Hours {
            earned: sums.iter().map(|(_, amount)| amount).sum(),
            due: yearly.amount.hundredths(),
            earned_in_category: own.map(|(_, amount)| amount).sum(),
            due_in_category: yearly.share.least_of(yearly.amount),
        }
    }

    /// What is missing in all.
    pub fn missing(&self) -> i64 {
        (self.due - self.earned).max(0)
    }

    /// What is missing in the category.
    pub fn missing_in_category(&self) -> i64 {
        (self.due_in_category - self.earned_in_category).max(0)
    }

    /// Whether nothing is missing.
    pub fn are_met(&self) -> bool {
        self.missing() == 0 && self.missing_in_category() == 0
    }
}

#[cfg(test)]
mod tests {
    use verifier::documents::{Amount, Category, Ratio};

    use super::*;

    fn yearly(amount: i64, share: (u16, u16)) -> Yearly {
        let category = Category::parse("professional").unwrap();
        Yearly { amount: Amount::new(amount).unwrap(), category, share: Ratio::new(share.0, share.1).unwrap() }
    }

    fn earned(professional: i64, public: i64, none: i64) -> [(Option<String>, i64); 3] {
        [(Some("professional".to_owned()), professional), (Some("public".to_owned()), public), (None, none)]
    }

    #[test]
    fn what_is_missing_of_ninety_hours_two_thirds_of_them_professional() {
        for (sums, missing, missing_in_category) in [
            (earned(6000, 3000, 0), 0, 0),
            (earned(6000, 0, 3000), 0, 0),
            (earned(5999, 3001, 0), 0, 1),
            (earned(6000, 2999, 0), 1, 0),
            (earned(5999, 3000, 0), 1, 1),
            (earned(9000, 0, 0), 0, 0),
            (earned(0, 9000, 0), 0, 6000),
            (earned(0, 0, 0), 9000, 6000),
            (earned(20_000, 1, 1), 0, 0),
        ] {
            let hours = Hours::of(&yearly(9000, (2, 3)), &sums);
            assert_eq!((hours.missing(), hours.missing_in_category()), (missing, missing_in_category), "{sums:?}");
            assert_eq!(hours.are_met(), (missing, missing_in_category) == (0, 0), "{sums:?}");
        }
    }

    #[test]
    fn a_share_that_is_due_is_rounded_up_to_the_next_hundredth() {
        for (amount, share, due) in [
            (9000, (2, 3), 6000),
            (1000, (2, 3), 667),
            (1, (1, 10_000), 1),
            (1, (0, 1), 0),
            (1, (1, 1), 1),
            (9999, (1, 2), 5000),
            (1_000_000_000, (9_999, 10_000), 999_900_000),
        ] {
            assert_eq!(Hours::of(&yearly(amount, share), &[]).due_in_category, due, "{amount} {share:?}");
        }
    }
}
