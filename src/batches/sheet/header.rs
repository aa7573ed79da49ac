//! The header of a file: which column is which field.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::BatchRefusal;
use super::fields::{FIELDS, Field};
use super::values;
use super::{COLUMNS_MAX, Cell, Form, Raw, at_row};
use crate::error::Refusal;

/// What the error column of a marked file is called. Reading leaves it out.
pub(super) const ERRORS: &str = "错误 / Errors";

/// What the columns of a file are, where they are not called as documented: column name to field, `null` or an empty text to leave it out.
/// A JSON object, `{"工作单位": null, "理论成绩": null, "鉴定时间": "assessed_on"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping(BTreeMap<String, Option<String>>);

/// The columns of a file, and what each is. Kept with a batch, it reads rows without the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Form of the file.
    pub(super) form: Form,
    pub(super) columns: Vec<Column>,
    /// Whether the workbook counts days from 1904.
    pub(super) epoch_1904: bool,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    /// What the file calls it.
    pub name: String,
    pub role: Role,
}

/// What a column is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    /// Holds a field.
    Field(Field),
    /// Is left out.
    Ignored,
    /// Holds what an earlier reading found wrong.
    Errors,
}

impl Header {
    /// Form of the file.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The name of each column and the path of its field, in order; none where the column is left out.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Option<String>)> {
        self.columns.iter().map(|column| (column.name.as_str(), column.field().map(Field::path)))
    }

    /// The header of NDJSON, whose lines name their members themselves.
    pub(super) fn ndjson() -> Header {
        Header { form: Form::Ndjson, columns: Vec::new(), epoch_1904: false }
    }

    /// Reads the first row.
    pub(super) fn of(form: Form, cells: &[Cell], epoch_1904: bool, mapping: &Mapping) -> Result<Header, Refusal> {
        let named = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
        if named > COLUMNS_MAX {
            return Err(BatchRefusal::TooManyColumns.into());
        }
        let mapped = mapping.read()?;
        let mut columns = Vec::new();
        for (at, cell) in cells.iter().take(named).enumerate() {
            let name = values::text(&cell.shown());
            let role = match mapped.get(&values::folded(&name)) {
                Some(role) => role.clone(),
                None if values::folded(&name) == values::folded(ERRORS) => Role::Errors,
                None if name.is_empty() => return Err(BatchRefusal::NoHeader.at("").got(format!("column {}", at + 1))),
                None => Role::Field(Field::called(&name).ok_or_else(|| BatchRefusal::UnknownColumn.at(clipped(&name)))?),
            };
            columns.push(Column { name, role });
        }
        let header = Header { form, columns, epoch_1904 };
        header.is_complete(&mapped)?;
        Ok(header)
    }

    fn is_complete(&self, mapped: &BTreeMap<String, Role>) -> Result<(), Refusal> {
        let (mut fields, mut names) = (BTreeSet::new(), BTreeSet::new());
        for column in &self.columns {
            let new_name = names.insert(values::folded(&column.name)) || column.role == Role::Ignored;
            if !new_name || column.field().is_some_and(|field| !fields.insert(field)) {
                return Err(BatchRefusal::DuplicateColumn.at(clipped(&column.name)));
            }
        }
        if let Some(absent) = mapped.keys().find(|name| !names.contains(*name)) {
            return Err(BatchRefusal::Mapping.at(clipped(absent)));
        }
        let missing = FIELDS.iter().find(|spec| spec.required && !fields.iter().any(|field| field.path() == spec.path));
        missing.map_or(Ok(()), |spec| Err(BatchRefusal::MissingColumn.at(spec.path).got(spec.zh.first().copied().unwrap_or_default())))
    }

    /// Cuts off empty cells at the end of a row; there must be no others beyond the columns.
    pub(super) fn fit(&self, row: &mut Raw) -> Result<(), Refusal> {
        if self.form == Form::Ndjson {
            return Ok(());
        }
        let used = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
        if used > self.columns.len() {
            return Err(BatchRefusal::TooManyCells.at("").got(at_row(row.line)));
        }
        row.cells.truncate(used);
        Ok(())
    }
}

impl Column {
    pub fn field(&self) -> Option<Field> {
        match self.role {
            Role::Field(field) => Some(field),
            Role::Ignored | Role::Errors => None,
        }
    }
}

impl Mapping {
    /// Folded column names with what they are.
    fn read(&self) -> Result<BTreeMap<String, Role>, Refusal> {
        let role = |field: &str| match field {
            "" => Some(Role::Ignored),
            path => Field::parse(path).map(Role::Field),
        };
        let entries = self.0.iter().map(|(name, field)| {
            let field = field.as_deref().unwrap_or_default();
            role(field).map(|role| (values::folded(name), role)).ok_or_else(|| BatchRefusal::Mapping.at(clipped(name)).got(clipped(field)))
        });
        entries.collect()
    }
}

/// At most 60 characters of a name that came from outside.
fn clipped(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}
