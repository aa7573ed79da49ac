//! From JSON values to the types of this crate.

use super::Value;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Deserialize;
use serde::de::{self, IntoDeserializer};

/// What can be read from a JSON value; `None` where the value is not one of these.
pub(crate) trait FromJson: Sized {
    /// Takes the value.
    fn from_json(value: Value<'_>) -> Option<Self>;
}

/// The members of an object, taken out by name.
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Members<'a> {
    /// Of an object.
    pub fn of(value: Value<'a>) -> Option<Members<'a>> {
        match value {
            Value::Object(members) => Some(Members(members)),
            _ => None,
        }
    }

    /// The value of a member, if it is there.
    pub fn take(&mut self, name: &str) -> Option<Value<'a>> {
        // Members mostly come in the order in which they are asked for; the order of what is left does not matter.
        let at = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.remove(at).1)
    }

    /// A member that must be there.
    pub fn required<T: FromJson>(&mut self, name: &str) -> Option<T> {
        T::from_json(self.take(name)?)
    }

    /// A member that may be absent, which then has its default value.
    pub fn optional<T: FromJson + Default>(&mut self, name: &str) -> Option<T> {
        match self.take(name) {
            Some(value) => T::from_json(value),
            None => Some(T::default()),
        }
    }

    /// Whether nothing is left: no unknown member, and none a second time.
    pub fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Reads an object of fixed members: those that must be there; those that may be absent.
macro_rules! from_members {
    ($type:ty { $($required:ident),* $(; $($optional:ident),*)? }) => {
        impl $crate::json::FromJson for $type {
            fn from_json(value: $crate::json::Value<'_>) -> Option<Self> {
                let mut members = $crate::json::Members::of(value)?;
                $(let $required = members.required(stringify!($required))?;)*
                $($(let $optional = members.optional(stringify!($optional))?;)*)?
                members.end()?;
                Some(Self { $($required,)* $($($optional,)*)? })
            }
        }
    };
}
pub(crate) use from_members;

/// Reads texts by `parse(&str) -> Result<Self, _>`.
macro_rules! from_text {
    ($($type:ty)+) => {
        $(impl FromJson for $type {
            fn from_json(value: Value<'_>) -> Option<Self> {
                Self::parse(&text(value)?).ok()
            }
        })+
    };
}

from_text! {
    crate::agreement::LimitPer crate::agreement::Moves crate::agreement::StatusAt crate::documents::AchievementKind crate::documents::ProgrammeKind crate::documents::SchemeKind
    crate::recognition::Outcome crate::transfer::Reason crate::transfer::TransferOutcome
    crate::ids::CertificateNumber crate::ids::CreditCode crate::ids::Grade crate::ids::OccupationCode crate::ids::OccupationPrefix
    crate::ids::RegionCode crate::ids::Title crate::ids::TypeOfCertificate crate::jws::PublicKey crate::time::Day
}

/// Reads whole numbers that the type holds.
macro_rules! from_whole {
    ($($type:ty)+) => {
        $(impl FromJson for $type {
            fn from_json(value: Value<'_>) -> Option<Self> {
                whole(&value)?.try_into().ok()
            }
        })+
    };
}

from_whole!(i16 i64 u8 u16 u32 u64);

/// Reads the names of an enum without contents, as serde has them.
macro_rules! from_word {
    ($($type:ty)+) => {
        $(impl FromJson for $type {
            fn from_json(value: Value<'_>) -> Option<Self> {
                word(value)
            }
        })+
    };
}

from_word! {
    crate::verdict::Class crate::verdict::Flag crate::verdict::KeyRevocationReason crate::verdict::ProviderKind
}

impl FromJson for bool {
    fn from_json(value: Value<'_>) -> Option<bool> {
        match value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }
}

impl FromJson for String {
    fn from_json(value: Value<'_>) -> Option<String> {
        text(value).map(Cow::into_owned)
    }
}

impl FromJson for crate::time::Instant {
    fn from_json(value: Value<'_>) -> Option<Self> {
        whole(&value).map(Self)
    }
}

impl FromJson for crate::time::Zone {
    fn from_json(value: Value<'_>) -> Option<Self> {
        Self::from_minutes(i16::from_json(value)?).ok()
    }
}

impl FromJson for crate::ids::Level {
    fn from_json(value: Value<'_>) -> Option<Self> {
        Self::new(u8::from_json(value)?).ok()
    }
}

/// A member that may be absent is never `null`.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Value<'_>) -> Option<Option<T>> {
        T::from_json(value).map(Some)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value<'_>) -> Option<Vec<T>> {
        let Value::List(items) = value else { return None };
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            read.push(T::from_json(item)?);
        }
        Some(read)
    }
}

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn from_json(value: Value<'_>) -> Option<(A, B)> {
        let Value::List(items) = value else { return None };
        let [a, b] = <[Value<'_>; 2]>::try_from(items).ok()?;
        Some((A::from_json(a)?, B::from_json(b)?))
    }
}

impl<A: FromJson, B: FromJson, C: FromJson> FromJson for (A, B, C) {
    fn from_json(value: Value<'_>) -> Option<(A, B, C)> {
        let Value::List(items) = value else { return None };
        let [a, b, c] = <[Value<'_>; 3]>::try_from(items).ok()?;
        Some((A::from_json(a)?, B::from_json(b)?, C::from_json(c)?))
    }
}

fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn whole(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Whole(number) => Some(*number),
        _ => None,
    }
}

/// The name of a member of an enum without contents.
fn word<'de, T: Deserialize<'de>>(value: Value<'_>) -> Option<T> {
    let text = text(value)?;
    let name: de::value::StrDeserializer<'_, Unknown> = (&*text).into_deserializer();
    T::deserialize(name).ok()
}

/// Not a name of the enum; without words, because none are needed here.
#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown")
    }
}

impl core::error::Error for Unknown {}

impl de::Error for Unknown {
    fn custom<T: fmt::Display>(_: T) -> Unknown {
        Unknown
    }
}
