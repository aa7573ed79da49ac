//! How a batch looks in an answer. No name and no number of a document is in it.

use serde::Serialize;
use utoipa::ToSchema;

use super::sheet::{Form, Header};
use super::store::{Row, Wrong};
use crate::error::{Error, Fault};
use crate::messages::{self, Lang};

/// A batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub struct View {
    /// Id.
    #[schema(example = "bat_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Id of the provider.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: String,
    /// What the file is called.
    #[schema(example = "2026年10月电工考试.xlsx")]
    pub name: String,
    /// `csv`, `xlsx` or `ndjson`.
    #[schema(value_type = String, example = "xlsx")]
    pub form: Form,
    /// SHA-256 of the file.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// `uploaded`, `validating`, `validated`, `approved`, `issuing`, `done`, `done_with_errors` or `cancelled`.
    #[schema(example = "validated")]
    pub state: String,
    /// The columns of the file, and which field each is.
    pub columns: Vec<ColumnView>,
    /// Rows of the file.
    #[schema(example = 10_000)]
    pub rows: i64,
    /// Rows that were looked at.
    #[schema(example = 10_000)]
    pub checked: i64,
    /// Rows in which something is wrong.
    #[schema(example = 2)]
    pub faulty: i64,
    /// Rows that can be issued, once all were looked at.
    #[schema(example = 9_998)]
    pub valid: i64,
    /// How many of them take the place of a certificate.
    #[schema(example = 12)]
    pub replacing: i64,
    /// Certificates that were issued.
    #[schema(example = 0)]
    pub issued: i64,
    /// Rows that were refused when they were to be issued.
    #[schema(example = 0)]
    pub failed: i64,
    /// How often each code was found, most first.
    pub errors: Vec<CodeView>,
    /// Whether somebody else than who uploaded it must approve.
    pub second_person: bool,
    /// Rows a second of the step that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3_100)]
    pub per_second: Option<i64>,
    /// Seconds until that step is done, at this rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4)]
    pub seconds_left: Option<i64>,
    /// `database`, while it cannot go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// When it was uploaded, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub created_at: i64,
    /// Client id of who uploaded it.
    pub created_by: String,
    /// When all rows had been looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validated_at: Option<i64>,
    /// When it was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<i64>,
    /// Client id of who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<i64>,
}

/// A column of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchColumn)]
pub struct ColumnView {
    /// What the file calls it.
    #[schema(example = "证件号码")]
    pub name: String,
    /// Its field; absent where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "holder.id_number")]
    pub field: Option<String>,
}

/// How often something was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchCode)]
pub struct CodeView {
    /// The code.
    #[schema(example = "batches.day")]
    pub code: String,
    /// What it means, in Chinese.
    #[schema(example = "不是有效日期")]
    pub zh: String,
    /// What it means, in English.
    #[schema(example = "the cell is not a day")]
    pub en: String,
    /// How many cells.
    #[schema(example = 2)]
    pub count: i64,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchError)]
pub struct ErrorView {
    /// The row, as a spreadsheet shows it.
    #[schema(example = 17)]
    pub row: i64,
    /// What the file calls the column.
    #[schema(example = "考核日期")]
    pub column: String,
    /// The field.
    #[schema(example = "assessed_on")]
    pub field: String,
    /// The code.
    #[schema(example = "batches.day")]
    pub code: String,
    /// What is wrong, in Chinese.
    #[schema(example = "不是有效日期")]
    pub zh: String,
    /// What is wrong, in English.
    #[schema(example = "the cell is not a day")]
    pub en: String,
    /// What was found; of personal data only how long it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-13-01")]
    pub got: Option<String>,
}

/// Rows of a chunk, to count what was looked at.
const CHUNK: i64 = 500;

impl View {
    /// The view of a batch at an instant; `above` is the provider's rule, `wrong` what was found by code.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn new(row: Row, above: Option<i64>, wrong: Vec<(String, i64)>, now: i64) -> Result<View, Error> {
        let header: Header = serde_json::from_str(&row.header).map_err(Fault::new)?;
        let is_held = row.leased_until > now && !row.lease.is_empty();
        let state = match row.state.as_str() {
            "uploaded" if is_held => "validating",
            "approved" if is_held || row.chunk > 0 => "issuing",
            "done" if row.failed > 0 || row.faulty > 0 => "done_with_errors",
            state => state,
        };
        let checked = if row.state == "uploaded" { row.total.min(row.chunk * CHUNK) } else { row.total };
        let valid = row.total - row.faulty;
        let (done, all) = if row.state == "uploaded" { (checked, row.total) } else { (row.issued + row.failed, valid) };
        let took = row.finished_at.unwrap_or(now) - row.started_at.unwrap_or(now);
        let is_going = ["validating", "issuing", "done", "done_with_errors"].contains(&state);
        let per_second = (is_going && done > 0).then(|| done / took.max(1));
        let left = per_second.filter(|_| is_held).map(|rate| (all - done) / rate.max(1));
        Ok(View {
            form: header.form(),
            columns: header.columns().map(|(name, field)| ColumnView { name: name.to_owned(), field }).collect(),
            state: state.to_owned(),
            rows: row.total,
            checked,
            faulty: row.faulty,
            valid,
            replacing: row.replacing,
            issued: row.issued,
            failed: row.failed,
            errors: wrong.into_iter().map(CodeView::of).collect(),
            second_person: above.is_some_and(|above| valid > above),
            per_second,
            seconds_left: left,
            trouble: row.trouble,
            created_at: row.created_at,
            created_by: row.created_by,
            validated_at: row.validated_at,
            approved_at: row.approved_at,
            approved_by: row.approved_by,
            finished_at: row.finished_at,
            id: row.id,
            provider: row.provider_id,
            name: row.name,
            digest: row.digest,
        })
    }

    /// Whether its rows are looked at, or will be.
    pub fn is_checking(&self) -> bool {
        ["uploaded", "validating"].contains(&self.state.as_str())
    }

    /// Whether it is issued, or will be.
    pub fn is_issuing(&self) -> bool {
        ["approved", "issuing"].contains(&self.state.as_str())
    }

    /// Whether a program works on it or will.
    pub fn is_going(&self) -> bool {
        self.is_checking() || self.is_issuing()
    }
}

impl CodeView {
    fn of((code, count): (String, i64)) -> CodeView {
        let (zh, en) = words(&code);
        CodeView { code, zh, en, count }
    }
}

impl ErrorView {
    /// The view of what is kept.
    pub fn of(wrong: Wrong) -> ErrorView {
        let (zh, en) = words(&wrong.code);
        ErrorView { row: wrong.line, column: wrong.heading, field: wrong.field, code: wrong.code, zh, en, got: wrong.got }
    }

    /// One sentence for the error column: `考核日期：不是有效日期（2026-13-01）`.
    pub fn say(&self, lang: Lang) -> String {
        let (colon, open, close) = (lang.pick("：", ": "), lang.pick("（", " ("), lang.pick("）", ")"));
        let place = if self.column.is_empty() { String::new() } else { format!("{}{colon}", self.column) };
        let words = lang.pick(self.zh.as_str(), self.en.as_str());
        match &self.got {
            Some(got) => format!("{place}{words}{open}{got}{close}"),
            None => format!("{place}{words}"),
        }
    }
}

/// The words of a code, in both languages; the code itself where a later program has taken it away.
fn words(code: &str) -> (String, String) {
    messages::of(code).map_or_else(|| (code.to_owned(), code.to_owned()), |reason| (reason.zh.to_owned(), reason.en.to_owned()))
}
