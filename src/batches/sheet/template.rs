//! Files to begin with: the header and one row that the registry takes, of a person who does not exist.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fields::{Field, Kind};
use super::header::{Column, Role};
use super::words::LEVELS;
use super::{Cell, Form, Header, Marked, Raw};
use crate::messages::Lang;

/// Writes a template in a form, with headers and words in a language. In a workbook the columns are text, so that no number is rounded.
///
/// # Errors
/// When it cannot be written.
pub fn template<W: Write + Send>(form: Form, lang: Lang, mut output: W) -> io::Result<W> {
    if form == Form::Ndjson {
        writeln!(output, "{}", object())?;
        return Ok(output);
    }
    let fields: Vec<Field> = Field::of_template().collect();
    let columns = fields.iter().map(|field| Column { name: field.name(lang).to_owned(), role: Role::Field(*field) }).collect();
    let mut file = Marked::new(&Header { form, columns, epoch_1904: false }, output)?;
    file.row(&Raw { line: 2, cells: fields.iter().map(|field| Cell::Text(sample(*field, lang).to_owned())).collect() }, "")?;
    file.finish()
}

/// The sample of a field; a word in the language.
fn sample(field: Field, lang: Lang) -> &'static str {
    let value = field.spec().sample;
    let list = match field.spec().kind {
        Kind::Word(list) => list,
        Kind::Level => LEVELS,
        _ => return value,
    };
    let word = list.iter().find(|word| word.value == value);
    word.and_then(|word| if lang == Lang::Zh { word.zh.first() } else { word.en.first() }).copied().unwrap_or(value)
}

/// The samples as the API takes them.
fn object() -> Value {
    let of = |path: &str| Field::parse(path).map_or("", |field| field.spec().sample);
    json!({
        "number": of("number"), "type": of("type"),
        "holder": {"name": of("holder.name"), "id_type": of("holder.id_type"), "id_number": of("holder.id_number")},
        "occupation": of("occupation"), "title": of("title"), "level": 3, "grade": of("grade"), "assessed_on": of("assessed_on"),
        "valid_until": of("valid_until"), "standard": of("standard"), "evidence_digest": of("evidence_digest"),
        "credits": [{"scheme": of("credit.scheme"), "amount": 200, "kind": of("credit.kind"), "category": of("credit.category"), "course": of("credit.course")}],
    })
}
