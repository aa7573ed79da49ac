//! A row as an order for a certificate: every cell read, every one that is wrong told.

use super::super::BatchRefusal;
use super::fields::{self, Field, Kind};
use super::header::{Column, Header};
use super::{CELL_MAX, Cell, Form, Raw, Wrong, ndjson, values, words};
use crate::certificates::{CertificateRefusal, Credit, Draft, HolderInput, Input, Replaces};
use crate::error::Refusal;
use crate::learners::rules::is_reason;
use crate::messages::from_verifier;
use verifier::ids::{CertificateNumber, IdKind};
use verifier::time::Day;

/// What spreadsheets show for a cell that could not be computed; in a text file it is all that is left of it.
const ERROR_VALUES: [&str; 7] = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"];
/// The type of certificate where no column says it.
const TYPE_ABSENT: &str = "skill-level";

impl Header {
    /// Reads a row. Its input is known to pass [`Draft::parse`]; `provider` is left to the caller, but NDJSON may name one.
    ///
    /// # Errors
    /// Every cell that is wrong, in the order of the columns.
    pub fn read(&self, raw: &Raw) -> Result<Entry, Vec<Wrong>> {
        if self.form == Form::Ndjson {
            let line = ndjson::read(raw).map_err(|refusal| vec![self.wrong(raw, &refusal)])?;
            let mut wrong = Draft::check(&line.input, "").err().unwrap_or_default();
            let replaces = replaces(line.replaces, line.replace_reason).map_err(|refusals| wrong.extend(refusals)).ok().flatten();
            if wrong.is_empty() {
                return Ok(Entry { input: line.input, replaces });
            }
            return Err(wrong.iter().map(|refusal| self.wrong(raw, refusal)).collect());
        }
        let mut row = Row { header: self, raw, wrong: Vec::new() };
        let (input, replaces) = (row.input(), row.replaces());
        let mut wrong = row.wrong;
        if let Err(refusals) = Draft::check(&input, "") {
            // A number cannot be judged without its kind; a cell that could not be read needs no second reason.
            let kind_is_unknown = wrong.iter().any(|(_, w)| w.field == fields::ID_TYPE.path());
            for refusal in refusals {
                let found = self.placed(raw, &refusal);
                let known = wrong.iter().any(|(_, w)| w.field == found.1.field) || (kind_is_unknown && found.1.field == fields::ID_NUMBER.path());
                wrong.extend((!known).then_some(found));
            }
        }
        wrong.sort_by_key(|(at, _)| *at);
        if wrong.is_empty() { Ok(Entry { input, replaces }) } else { Err(wrong.into_iter().map(|(_, wrong)| wrong).collect()) }
    }

    /// What a refusal of the [`Input`] that `raw` was read as means for the cells of it. `field` of the refusal is a path within the input.
    pub fn wrong(&self, raw: &Raw, refusal: &Refusal) -> Wrong {
        self.placed(raw, refusal).1
    }

    fn placed(&self, raw: &Raw, refusal: &Refusal) -> (usize, Wrong) {
        let path = self.path(raw, &refusal.field);
        let field = Field::parse(&path);
        match self.columns.iter().position(|column| field.is_some() && column.field() == field).zip(field) {
            Some((at, field)) => {
                let text = raw.cells.get(at).map(Cell::shown).unwrap_or_default();
                (at, Wrong::of(refusal, self.name(at), field, &text))
            }
            None => (usize::MAX, Wrong { column: refusal.field.clone(), field: path, reason: refusal.reason, got: refusal.got.clone() }),
        }
    }

    /// `credits[1].amount` as `credit3.amount`, where the row's second credit is in the columns of the third.
    fn path(&self, raw: &Raw, path: &str) -> String {
        let index = path.strip_prefix("credits[").and_then(|rest| rest.split_once(']'));
        // What is said of a credit as a whole is told at its scheme.
        let member = index.and_then(|(index, member)| Some((index.parse::<usize>().ok()?, member.strip_prefix('.').unwrap_or("scheme"))));
        let field = member.and_then(|(index, member)| {
            let nth = self.credits(raw).nth(index)?;
            Field::credit(nth).into_iter().find(|field| field.path().ends_with(&format!(".{member}")))
        });
        field.map_or_else(|| path.to_owned(), Field::path)
    }

    /// The numbers of the credits of which a row has any cell.
    fn credits(&self, raw: &Raw) -> impl Iterator<Item = u8> {
        let filled = |nth: u8| {
            let of = |column: &Column| column.field().and_then(Field::credit_of) == Some(nth);
            self.columns.iter().zip(&raw.cells).any(|(column, cell)| of(column) && !cell.is_empty())
        };
        (1..=fields::CREDITS_MAX).filter(move |nth| filled(*nth))
    }

    fn name(&self, at: usize) -> &str {
        self.columns.get(at).map_or("", |column| &column.name)
    }
}

/// What a row says.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The certificate.
    pub input: Input,
    /// The one in whose place it is issued.
    pub replaces: Option<Replaces>,
}

/// What a row replaces and why, where it says so; neither is there without the other.
fn replaces(number: Option<String>, reason: Option<String>) -> Result<Option<Replaces>, Vec<Refusal>> {
    let Some(number) = number else {
        return if reason.is_none() { Ok(None) } else { Err(vec![BatchRefusal::ReplacesNothing.at("replace_reason")]) };
    };
    let number = CertificateNumber::parse(&number).map_err(|e| from_verifier("replaces", e.code()));
    let reason = reason.filter(|reason| is_reason(reason)).ok_or_else(|| CertificateRefusal::Reason.at("replace_reason"));
    match (number, reason) {
        (Ok(number), Ok(reason)) => Ok(Some(Replaces { number, reason })),
        (number, reason) => Err(number.err().into_iter().chain(reason.err()).collect()),
    }
}

/// A row that is being read.
struct Row<'a> {
    header: &'a Header,
    raw: &'a Raw,
    /// With the place of its column.
    wrong: Vec<(usize, Wrong)>,
}

impl Row<'_> {
    fn input(&mut self) -> Input {
        let number = self.text(fields::NUMBER);
        let kind = self.text(fields::TYPE).unwrap_or_else(|| TYPE_ABSENT.to_owned());
        let holder = self.holder();
        Input {
            provider: None,
            number,
            kind,
            holder,
            occupation: self.text(fields::OCCUPATION),
            title: self.text(fields::TITLE),
            level: self.text(fields::LEVEL).and_then(|rank| rank.parse().ok()),
            grade: self.text(fields::GRADE),
            assessed_on: self.needed(fields::ASSESSED_ON),
            valid_until: self.text(fields::VALID_UNTIL),
            standard: self.text(fields::STANDARD),
            evidence_digest: self.text(fields::EVIDENCE_DIGEST),
            credits: self.header.credits(self.raw).collect::<Vec<_>>().into_iter().map(|nth| self.credit(nth)).collect(),
        }
    }

    fn replaces(&mut self) -> Option<Replaces> {
        let before = self.wrong.len();
        let (number, reason) = (self.text(fields::REPLACES), self.text(fields::REPLACE_REASON));
        if self.wrong.len() > before {
            // A cell that could not be read needs no second reason.
            return None;
        }
        let refused = |refusals: Vec<Refusal>| self.wrong.extend(refusals.iter().map(|refusal| self.header.placed(self.raw, refusal)));
        replaces(number, reason).map_err(refused).ok().flatten()
    }

    fn holder(&mut self) -> HolderInput {
        let kind = self.text(fields::ID_TYPE).and_then(|word| serde_json::from_value(word.into()).ok());
        HolderInput { name: self.needed(fields::NAME), id_type: kind.unwrap_or(IdKind::Resident), id_number: self.needed(fields::ID_NUMBER) }
    }

    fn credit(&mut self, nth: u8) -> Credit {
        let [scheme, amount, kind, category, course] = Field::credit(nth);
        Credit {
            scheme: self.needed(scheme),
            amount: self.needed(amount).parse().unwrap_or_default(),
            kind: self.needed(kind),
            category: self.text(category),
            course: self.text(course),
        }
    }

    /// A value that must be there; empty when it is not, which is then told.
    fn needed(&mut self, field: Field) -> String {
        let before = self.wrong.len();
        let value = self.text(field);
        if value.is_none() && self.wrong.len() == before {
            let at = self.place(field).unwrap_or(usize::MAX);
            let column = self.place(field).map_or_else(|| field.path(), |at| self.header.name(at).to_owned());
            self.wrong.push((at, Wrong::of(&BatchRefusal::EmptyCell.into(), &column, field, "")));
        }
        value.unwrap_or_default()
    }

    /// The value of a field as the API writes it. None when there is none, or when it cannot be read, which is then told.
    fn text(&mut self, field: Field) -> Option<String> {
        let at = self.place(field)?;
        let cell = self.raw.cells.get(at)?;
        let value = read(field, cell, self.header, at);
        value.map_err(|refusal| self.wrong.push((at, Wrong::of(&refusal.into(), self.header.name(at), field, &cell.shown())))).ok()?
    }

    fn place(&self, field: Field) -> Option<usize> {
        self.header.columns.iter().position(|column| column.field() == Some(field))
    }
}

/// What a cell holds; none when it is empty.
fn read(field: Field, cell: &Cell, header: &Header, at: usize) -> Result<Option<String>, BatchRefusal> {
    let kind = field.spec().kind;
    let is_last = field.is_last_day(header.columns.get(at).map_or("", |column| &column.name));
    let ended = |day: Day| if is_last { day.add_days(1) } else { day };
    let text = match cell {
        Cell::Empty => return Ok(None),
        Cell::Formula(_) => return Err(BatchRefusal::Formula),
        Cell::Error(_) => return Err(BatchRefusal::ErrorCell),
        Cell::Number(number) if values::is_rounded(number) => return Err(BatchRefusal::Rounded),
        Cell::Number(number) if matches!(kind, Kind::Day) && number.split('.').next().is_some_and(|whole| whole.len() < 8) => {
            return values::serial_day(number, header.epoch_1904).map(|day| Some(ended(day).to_string())).ok_or(BatchRefusal::Day);
        }
        Cell::Number(text) | Cell::Day(text) | Cell::Text(text) => text,
    };
    if text.chars().count() > CELL_MAX {
        return Err(BatchRefusal::CellLength);
    }
    let plain = values::text(text);
    if plain.is_empty() {
        return Ok(None);
    }
    // In text a formula is one still, whoever opens the file next.
    if plain.starts_with('=') {
        return Err(BatchRefusal::Formula);
    }
    if ERROR_VALUES.contains(&plain.as_str()) {
        return Err(BatchRefusal::ErrorCell);
    }
    let code = values::code(text);
    if !matches!(kind, Kind::Text) && values::is_exponent(&code) {
        return Err(BatchRefusal::Rounded);
    }
    let value = match kind {
        Kind::Text => plain,
        Kind::Code => code,
        Kind::Word(list) => words::find(list, text).ok_or(BatchRefusal::Word)?.to_owned(),
        Kind::Level => {
            words::rank(text, values::folded(header.columns.get(at).map_or("", |c| &c.name)) == "level").ok_or(BatchRefusal::Word)?.to_string()
        }
        Kind::Day => ended(values::day(text).ok_or(BatchRefusal::Day)?).to_string(),
        Kind::Amount => values::hundredths(&code).ok_or(BatchRefusal::Amount)?.to_string(),
    };
    Ok(Some(value).filter(|value| !value.is_empty()))
}
