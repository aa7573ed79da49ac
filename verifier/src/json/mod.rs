//! Reads JSON objects of fixed members strictly, and says why one was refused. The derived parsers decide; [`explain`] only finds
//! the words, so it never makes anything good.

mod reader;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

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
pub(crate) fn object<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Option<T> {
    reader::read(core::str::from_utf8(bytes).ok()?).ok()
}

/// Explains the refusal of `bytes` as an object with these members.
pub(crate) fn explain(bytes: &[u8], required: &[&'static str], optional: &[&'static str]) -> Fault {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return Fault::Utf8;
    };
    let Ok(Names(names)) = reader::read(text) else {
        return Fault::Syntax;
    };
    let twice = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|earlier| earlier == *name));
    if let Some((_, name)) = twice {
        return Fault::Duplicate(name.clone());
    }
    if let Some(name) = names.iter().find(|name| !required.iter().chain(optional).any(|known| known == name)) {
        return Fault::Unknown(name.clone());
    }
    match required.iter().find(|known| !names.iter().any(|name| name == *known)) {
        Some(name) => Fault::Missing(name),
        None => Fault::Type,
    }
}

/// Reads an optional member that may be absent but, when present, must not be `null`.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads an object as its members in order, duplicates kept.
pub(crate) fn members<'de, D, K, V>(deserializer: D) -> Result<Vec<(K, V)>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de>,
    V: Deserialize<'de>,
{
    struct Members<K, V>(PhantomData<(K, V)>);
    impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Members<K, V> {
        type Value = Vec<(K, V)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    deserializer.deserialize_map(Members(PhantomData))
}

/// The names of an object's members in order, duplicates kept.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = members::<D, String, IgnoredAny>(deserializer)?;
        Ok(Names(members.into_iter().map(|(name, _)| name).collect()))
    }
}
