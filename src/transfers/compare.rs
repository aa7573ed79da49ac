//! Comparing what two regions say was decided between them: lines as `docs/formats/transfer.md` writes them, and how they differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;
use verifier::documents::{Digest, TransferId};
use verifier::transfer::{Statement, StatementLine, Tally};

use super::DIFFERENCES_MAX;

/// What was decided, by transfer.
pub type Lines = BTreeMap<TransferId, StatementLine>;

/// The same of a list of lines.
pub fn by_transfer(lines: Vec<StatementLine>) -> Lines {
    lines.into_iter().map(|line| (line.jti.clone(), line)).collect()
}

/// A line as it is counted under a root: `JTI DIGEST AMOUNT`.
pub fn written(line: &StatementLine) -> String {
    format!("{} {} {}", line.jti, line.decision, line.amount)
}

/// A line that another region wrote; none where it is not written like one.
pub fn read(text: &str) -> Option<StatementLine> {
    let (jti, rest) = text.split_once(' ')?;
    let (decision, amount) = rest.split_once(' ')?;
    let line = StatementLine { jti: TransferId::parse(jti).ok()?, decision: Digest::parse(decision).ok()?, amount: amount.parse().ok()? };
    (line.amount >= 0 && written(&line) == text).then_some(line)
}

/// The lines of what was accepted, and of what was rejected, whose amount is 0.
pub fn by_outcome<'a>(lines: impl Iterator<Item = &'a StatementLine>) -> (Vec<&'a StatementLine>, Vec<&'a StatementLine>) {
    lines.partition(|line| line.amount > 0)
}

/// Whether these are the lines under the roots of a STATEMENT.
pub fn are_of(lines: &Lines, statement: &Statement) -> bool {
    let (accepted, rejected) = by_outcome(lines.values());
    Tally::of(accepted) == statement.accepted && Tally::of(rejected) == statement.rejected
}

/// Whether two regions state the same.
pub fn agree(here: &Statement, there: &Statement) -> bool {
    here.accepted == there.accepted && here.rejected == there.rejected
}

/// A transfer of which two regions have different DECISIONs, or only one has any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    pub jti: TransferId,
    pub here: Option<StatementLine>,
    pub there: Option<StatementLine>,
}

/// Every difference, by transfer.
pub fn differences(here: &Lines, there: &Lines) -> Vec<Differing> {
    let all: BTreeSet<&TransferId> = here.keys().chain(there.keys()).collect();
    let differing = all.into_iter().filter(|jti| here.get(*jti) != there.get(*jti));
    differing.map(|jti| Differing { jti: jti.clone(), here: here.get(jti).cloned(), there: there.get(jti).cloned() }).collect()
}

/// What came of comparing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reconciliation {
    /// The other region.
    #[schema(example = "320000")]
    pub peer: String,
    /// The last day of the decisions that were compared.
    #[schema(example = "2026-10-31")]
    pub through: String,
    /// Whether both regions state the same.
    pub equal: bool,
    /// `forgotten` or `sender_forgot`, where what differs shows that this region or the other has forgotten what it signed: the channel is stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sender_forgot")]
    pub alarm: Option<String>,
    /// What this region states.
    pub here: Stated,
    /// What the other states.
    pub there: Stated,
    /// Messages that were lost and have arrived now.
    #[schema(example = 1)]
    pub exchanged: usize,
    /// How many transfers differ still.
    #[schema(example = 0)]
    pub differing: usize,
    /// The first 10,000 of them, by id.
    pub differences: Vec<Difference>,
}

/// A STATEMENT and what it counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationStated)]
pub struct Stated {
    /// The STATEMENT, a compact JWS.
    pub statement: String,
    /// Transfers that were accepted, in both directions.
    #[schema(example = 12)]
    pub accepted: u32,
    /// Hundredths that were offered in them.
    #[schema(example = 3_588)]
    pub amount: i64,
    /// Transfers that were rejected.
    #[schema(example = 1)]
    pub rejected: u32,
    /// Transfers that the region asked for and has no DECISION of.
    #[schema(example = 0)]
    pub open: u32,
}

/// A transfer that differs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationDifference)]
pub struct Difference {
    /// Id of the transfer.
    #[schema(example = "trf_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub transfer: String,
    /// The DECISION that this region holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub here: Option<Held>,
    /// The DECISION that the other holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub there: Option<Held>,
}

/// A DECISION in a comparison.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationHeld)]
pub struct Held {
    /// Its digest.
    #[schema(example = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    pub decision: String,
    /// Hundredths that were offered; 0 where it rejects.
    #[schema(example = 299)]
    pub amount: i64,
}

impl Reconciliation {
    /// From both STATEMENTs with their texts, and what differs.
    pub fn of(here: (&Statement, String), there: (&Statement, String), exchanged: usize, differing: &[Differing]) -> Reconciliation {
        let stated = |(statement, text): (&Statement, String)| Stated {
            statement: text,
            accepted: statement.accepted.n,
            amount: statement.accepted.amount,
            rejected: statement.rejected.n,
            open: statement.open,
        };
        let held = |line: &StatementLine| Held { decision: line.decision.to_string(), amount: line.amount };
        let difference = |one: &Differing| Difference {
            transfer: one.jti.as_str().to_owned(),
            here: one.here.as_ref().map(held),
            there: one.there.as_ref().map(held),
        };
        Reconciliation {
            peer: here.0.aud.as_str().to_owned(),
            through: here.0.through.to_string(),
            equal: agree(here.0, there.0),
            alarm: None,
            exchanged,
            differing: differing.len(),
            differences: differing.iter().take(DIFFERENCES_MAX).map(difference).collect(),
            here: stated(here),
            there: stated(there),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(all: &[(&str, &str, i64)]) -> Lines {
        let line = |(jti, text, amount): &(&str, &str, i64)| StatementLine {
            jti: TransferId::parse(jti).expect("an id"),
            decision: Digest::of(text),
            amount: *amount,
        };
        all.iter().map(line).map(|line| (line.jti.clone(), line)).collect()
    }

    #[test]
    fn a_line_is_read_as_it_is_written_and_in_no_other_way() {
        for line in lines(&[("trf_1", "a", 0), ("trf_2", "b", 399)]).values() {
            assert_eq!(read(&written(line)).as_ref(), Some(line));
            for other in
                [format!(" {}", written(line)), format!("{} ", written(line)), written(line).replace(' ', "  "), format!("{} 1", written(line))]
            {
                assert_eq!(read(&other), None, "{other}");
            }
        }
        let digest = Digest::of("a");
        for wrong in [String::new(), "trf_1".to_owned(), format!("trf_1 {digest}"), format!("trf_1 {digest} -1"), format!("trf_1 {digest} 01")] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_only_one_has_or_both_have_otherwise_differs() {
        let here = lines(&[("trf_1", "a", 1), ("trf_2", "b", 1), ("trf_3", "c", 1), ("trf_5", "e", 1)]);
        let there = lines(&[("trf_1", "a", 1), ("trf_3", "c", 0), ("trf_4", "d", 1), ("trf_5", "other", 1)]);
        let told = differences(&here, &there);
        let told: Vec<_> = told.iter().map(|one| (one.jti.as_str(), one.here.is_some(), one.there.is_some())).collect();
        assert_eq!(told, [("trf_2", true, false), ("trf_3", true, true), ("trf_4", false, true), ("trf_5", true, true)]);
        assert_eq!(differences(&here, &here), []);
    }

    #[test]
    fn lines_are_of_a_statement_only_if_all_of_them_are() {
        let region = |code| verifier::ids::RegionCode::parse(code).expect("a region");
        let all = lines(&[("trf_1", "a", 100), ("trf_2", "b", 0)]);
        let (accepted, rejected) = by_outcome(all.values());
        let statement = Statement {
            iss: region("310000"),
            aud: region("320000"),
            epoch: 1,
            iat: verifier::time::Instant(0),
            through: verifier::time::Day::MAX,
            open: 0,
            accepted: Tally::of(accepted),
            rejected: Tally::of(rejected),
            sent: 1,
            seen: 1,
        };
        assert!(are_of(&all, &statement));
        for other in
            [&[("trf_1", "a", 100)][..], &[("trf_2", "b", 0)], &[("trf_1", "a", 99), ("trf_2", "b", 0)], &[("trf_1", "c", 100), ("trf_2", "b", 0)]]
        {
            assert!(!are_of(&lines(other), &statement), "{other:?}");
        }
    }
}
