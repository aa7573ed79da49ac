//! JSON from outside, read strictly: UTF-8, no unknown field, no duplicate member, and an error that names the field.

use serde::de::DeserializeOwned;

use crate::error::Refusal;
use crate::http::problem::HttpRefusal;

/// Reads `bytes` as JSON, strictly.
///
/// # Errors
/// `http.malformed`, `http.unknown_field` or `http.field`, with the path of the field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|e| Refusal::from(HttpRefusal::Malformed).got(format!("byte {} is not UTF-8", e.valid_up_to())))?;
    let mut de = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut de).map_err(|e| explain(&e))?;
    de.end().map_err(|e| Refusal::from(HttpRefusal::Malformed).got(place(&e)))?;
    Ok(value)
}

/// Turns serde's words into a refusal. They quote field names and types but may quote a value too, so only the safe part is kept.
fn explain(e: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let path = e.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let words = e.inner().to_string();
    if !e.inner().is_data() {
        return Refusal::from(HttpRefusal::Malformed).got(place(e.inner()));
    }
    if let Some(name) = quoted(&words, "unknown field `") {
        return HttpRefusal::UnknownField.at(join(&path, name));
    }
    if let Some(name) = quoted(&words, "missing field `") {
        return HttpRefusal::Field.at(join(&path, name)).got("missing");
    }
    if let Some(name) = quoted(&words, "duplicate field `") {
        return HttpRefusal::Malformed.at(join(&path, name)).got("duplicate member");
    }
    let wanted = words.rsplit_once("expected ").map_or("", |(_, w)| w);
    let wanted = wanted.split(" at line ").next().unwrap_or("");
    HttpRefusal::Field.at(path).got(format!("not {}", if wanted.is_empty() { "of the documented shape" } else { wanted }))
}

fn place(e: &serde_json::Error) -> String {
    format!("line {} column {}", e.line(), e.column())
}

/// What stands in backticks after `before`.
pub(crate) fn quoted<'a>(words: &'a str, before: &str) -> Option<&'a str> {
    words.strip_prefix(before)?.split('`').next()
}

fn join(path: &str, name: &str) -> String {
    let parent = path.strip_suffix(name).unwrap_or(path).trim_end_matches('.');
    let name: String = name.chars().take(64).collect();
    if parent.is_empty() { name } else { format!("{parent}.{name}") }
}
