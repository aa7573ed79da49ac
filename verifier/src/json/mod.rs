//! Reads JSON objects of fixed members strictly, and says why one was refused. First a tree, then members taken out of it by name: for two
//! dozen kinds of objects that is a fraction of the code that derived parsers would be.

mod reader;
mod shapes;

pub(crate) use shapes::{FromJson, Members, from_members};

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer};

/// A JSON value, as far as any signed format needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// `null`: no format here has it.
    Null,
    /// A whole number.
    Whole(i64),
    /// A number that is not whole, or larger than 64 bits with a sign.
    OtherNumber,
    /// A string, borrowed where it has no escapes.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Value<'a>>),
    /// An object, its members in order, duplicates kept.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// Why an object of fixed members was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not UTF-8.
    Utf8,
    /// Not one JSON object.
    Syntax,
    /// A member occurs twice.
    Duplicate(String),
    /// A member that is not in the list.
    Unknown(String),
    /// A required member is absent.
    Missing(&'static str),
    /// All members are there, so one has a value of the wrong type.
    Type,
}

/// Reads one JSON object.
pub(crate) fn object<T: FromJson>(bytes: &[u8]) -> Option<T> {
    T::from_json(tree(bytes)?)
}

/// Reads one JSON value.
pub(crate) fn tree(bytes: &[u8]) -> Option<Value<'_>> {
    reader::read(core::str::from_utf8(bytes).ok()?).ok()
}

/// Reads an optional member that may be absent but, when present, must not be `null`: for derived parsers, of what was not signed.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Explains the refusal of `bytes` as an object with these members.
pub(crate) fn explain(bytes: &[u8], required: &[&'static str], optional: &[&'static str]) -> Fault {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return Fault::Utf8;
    };
    let Ok(Value::Object(members)) = reader::read(text) else {
        return Fault::Syntax;
    };
    let names: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
    let twice = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|earlier| earlier == *name));
    if let Some((_, name)) = twice {
        return Fault::Duplicate((*name).into());
    }
    if let Some(name) = names.iter().find(|name| !required.iter().chain(optional).any(|known| known == *name)) {
        return Fault::Unknown((*name).into());
    }
    match required.iter().find(|known| !names.contains(*known)) {
        Some(name) => Fault::Missing(name),
        None => Fault::Type,
    }
}
