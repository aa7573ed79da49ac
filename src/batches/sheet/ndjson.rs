//! Rows of NDJSON: each line the object that has one certificate issued.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, Visitor};

use super::lines::Lines;
use super::{Cell, Raw, values};
use crate::certificates::Input;
use crate::error::{Error, Refusal};
use crate::messages::json;

/// The member that a marked file has besides.
pub(super) const ERRORS: &str = "errors";

/// The next line with content.
pub(super) fn next(lines: &mut Lines) -> Result<Option<Raw>, Error> {
    while let Some(text) = lines.next()? {
        if !values::text(&text).is_empty() {
            return Ok(Some(Raw { line: lines.line(), cells: vec![Cell::Text(text)] }));
        }
    }
    Ok(None)
}

/// Reads a line as the API reads a body.
pub(super) fn read(raw: &Raw) -> Result<Input, Refusal> {
    let text = raw.cells.first().map(Cell::shown).unwrap_or_default();
    json::parse::<Line>(text.as_bytes()).map(|line| line.0)
}

/// An input, with or without the member that marking adds.
struct Line(Input);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Line;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Line, A::Error> {
                Input::deserialize(MapAccessDeserializer::new(Unmarked(map))).map(Line)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The members of an object but for the errors.
struct Unmarked<A>(A);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Unmarked<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.0.next_key::<String>()? {
            if key != ERRORS {
                return seed.deserialize(key.into_deserializer()).map(Some);
            }
            self.0.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(seed)
    }
}
