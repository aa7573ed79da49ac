//! The chapter on batches: a file of thousands comes in whole, is looked at, approved and issued.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verifier::verdict::Outcome;

use super::api::{Api, text};
use super::story::{Issued, Story, amiss, expect};
use crate::cli::words as w;
use crate::error::Fault;

/// Rows of the file.
const PEOPLE: usize = 10_000;
/// Places in the file of a number with a wrong check digit, and of a day that is none.
const WRONG: [usize; 2] = [17, 4_711];
/// Between two looks at the batch.
const LOOK: Duration = Duration::from_millis(100);
/// Place of the address in a row of the results.
const ADDRESS: usize = 8;

impl Story {
    /// From the file to a certificate of it that verifies; all are of the body and the occupation of `model`.
    pub(super) fn many(&self, operator: &Api, model: &Issued) -> Result<(), Fault> {
        let file = people(model, &self.today.to_string());
        self.teller.step(&w::DEMO_BATCH, &[&PEOPLE.to_string(), &(file.len() / 1024).to_string()]);
        let made = operator.upload(&format!("/v1/batches?name=demo.csv&provider={}", model.provider), file.into_bytes(), 201)?;
        let path = format!("/v1/batches/{}", text(&made, "/id")?);
        let (checked, rate) = self.until(operator, &path, "checked", "validated")?;
        expect(checked["rows"] == PEOPLE && checked["faulty"] == WRONG.len(), "what is wrong is found, and nothing else")?;
        self.teller.detail(&w::DEMO_BATCH_CHECKED, &[&PEOPLE.to_string(), &rate, &WRONG.len().to_string()]);
        let told = operator.get_json(&format!("{path}/errors"))?;
        for one in told["items"].as_array().into_iter().flatten() {
            let words = text(one, self.teller.lang.pick("/zh", "/en"))?;
            self.teller.detail(&w::DEMO_BATCH_WRONG, &[&one["row"].to_string(), &text(one, "/column")?, &words]);
        }
        let valid = PEOPLE - WRONG.len();
        self.teller.step(&w::DEMO_BATCH_APPROVED, &[&valid.to_string()]);
        operator.post(&format!("{path}/approve"), &json!({"rows": valid}), None, 200)?;
        let started = Instant::now();
        let (done, rate) = self.until(operator, &path, "issued", "done_with_errors")?;
        expect(done["issued"] == valid && done["failed"] == 0, "every row that was approved is issued once")?;
        let ms = started.elapsed().as_millis();
        self.teller.detail(&w::DEMO_ISSUED, &[&valid.to_string(), &format!("{}.{}", ms / 1000, ms % 1000 / 100), &rate]);
        let results = operator.get(&format!("{path}/results?form=csv"))?;
        let rows = csv::Reader::from_reader(results.as_slice()).records().collect::<Result<Vec<_>, _>>().map_err(Fault::new)?;
        expect(rows.len() == valid, "the results hold every certificate")?;
        let last = rows.last().and_then(|row| row.get(1).zip(row.get(ADDRESS)));
        let (number, address) = last.ok_or_else(|| amiss("a row of the results has an address"))?;
        self.teller.detail(&w::DEMO_BATCH_RESULTS, &[&valid.to_string(), number]);
        self.teller.outcome(&self.verify(address, Outcome::Valid, "expiry")?);
        Ok(())
    }

    /// Waits until a batch is in a state: how it stands then, and the rows a second that were counted on the way.
    fn until(&self, operator: &Api, path: &str, counted: &str, state: &str) -> Result<(Value, String), Fault> {
        let (progress, started) = (self.teller.progress(PEOPLE), Instant::now());
        loop {
            let batch = operator.get_json(path)?;
            progress.at(batch[counted].as_u64().unwrap_or_default());
            if batch["state"] == state {
                progress.finish();
                let rate = batch[counted].as_u64().map_or(0, u128::from) * 1000 / started.elapsed().as_millis().max(1);
                return Ok((batch, rate.to_string()));
            }
            let goes_on = ["uploaded", "validating", "approved", "issuing"].iter().any(|going| batch["state"] == *going);
            expect(goes_on, "the batch goes on")?;
            std::thread::sleep(LOOK);
        }
    }
}

/// The file: invented people, two rows of it wrong.
fn people(model: &Issued, today: &str) -> String {
    let mut file = String::from("姓名,证件号码,职业编码,职业(工种),level,评定成绩,评价日期\n");
    for n in 0..PEOPLE {
        let (name, mut number, mut day) = (name(n), resident(n), today);
        if n == WRONG[0] {
            // The last digit of another.
            number.replace_range(17.., if number.ends_with('0') { "1" } else { "0" });
        }
        if n == WRONG[1] {
            day = "2026-13-01";
        }
        file += &format!("{name},{number},{},{},{},良好,{day}\n", model.occupation, model.title, model.level);
    }
    file
}

fn name(n: usize) -> String {
    let pick = |from: &str, n: usize| from.chars().cycle().nth(n % from.chars().count()).map(String::from).unwrap_or_default();
    pick("赵钱孙李周吴郑王冯陈", n) + &pick("志晓文建海丽", n / 10) + &pick("明华平兰英军", n / 60)
}

/// The number of an identity card in an area that there is not, with its check digit (GB 11643-1999).
fn resident(n: usize) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = format!("310199{}{:02}{:02}{:03}", 1970 + n / 3_360, 1 + n / 280 % 12, 1 + n / 10 % 28, 990 + n % 10);
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or_default() * weight).sum();
    let check = "10X98765432".chars().nth(sum as usize % 11);
    digits.chars().chain(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use verifier::ids::{IdDocument, IdKind};

    #[test]
    fn everybody_in_the_file_has_a_number_of_their_own_that_is_in_order() {
        let all: BTreeSet<String> = (0..PEOPLE).map(resident).collect();
        assert_eq!(all.len(), PEOPLE);
        assert!(all.iter().all(|number| IdDocument::parse(IdKind::Resident, number).is_ok()));
        assert_eq!(name(75), "吴晓华");
    }
}
