//! Rows of NDJSON: each line the object that has one certificate issued.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, IntoDeserializer, MapAccess, Visitor};

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
pub(super) fn read(raw: &Raw) -> Result<Line, Refusal> {
    let text = raw.cells.first().map(Cell::shown).unwrap_or_default();
    json::parse(text.as_bytes())
}

/// An input and the members that only a file has; the one that marking adds is left out.
pub(super) struct Line {
    pub input: Input,
    /// Number of what it replaces.
    pub replaces: Option<String>,
    /// Why it replaces that.
    pub replace_reason: Option<String>,
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Line;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Line, A::Error> {
                let mut besides = [None, None];
                let input = Input::deserialize(MapAccessDeserializer::new(Members { map, besides: &mut besides }))?;
                let [replaces, replace_reason] = besides.map(Option::flatten);
                Ok(Line { input, replaces, replace_reason })
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The members that only a file has.
const BESIDES: [&str; 2] = ["replaces", "replace_reason"];

/// The members of an object but for the errors and what only a file has, which is kept.
struct Members<'a, A> {
    map: A,
    besides: &'a mut [Option<Option<String>>; 2],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            if key == ERRORS {
                self.map.next_value::<IgnoredAny>()?;
                continue;
            }
            let kept = BESIDES.into_iter().zip(self.besides.iter_mut()).find(|(member, _)| *member == key);
            let Some((member, kept)) = kept else { return seed.deserialize(key.into_deserializer()).map(Some) };
            if kept.replace(self.map.next_value()?).is_some() {
                return Err(A::Error::duplicate_field(member));
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
