//! Strict reading of JSON values that knows where it stands, so that a refusal names its path.

use super::{AgreementError, AgreementRule};
use crate::json::{FromJson, Value};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

type Read<T> = Result<T, AgreementError>;

/// Where a value stands: a chain up to the root, written out only where something is refused.
pub(super) struct Place<'p> {
    up: Option<&'p Place<'p>>,
    step: Step<'p>,
}

enum Step<'p> {
    Root,
    Member(&'p str),
    Item(usize),
}

impl<'p> Place<'p> {
    pub const ROOT: Place<'static> = Place { up: None, step: Step::Root };

    pub fn member(&'p self, name: &'p str) -> Place<'p> {
        Place { up: Some(self), step: Step::Member(name) }
    }

    pub fn item(&'p self, at: usize) -> Place<'p> {
        Place { up: Some(self), step: Step::Item(at) }
    }
}

/// Names that no format has are shown only if they are short and plain: they may be anything.
fn is_plain(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-')
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Member(name) => {
                let dot = if self.up.is_some_and(|up| up.up.is_some()) { "." } else { "" };
                write!(f, "{dot}{}", if is_plain(name) { name } else { "?" })
            }
            Step::Item(at) => write!(f, "[{at}]"),
        }
    }
}

/// The members of an object, none of them unknown and none twice.
pub(super) struct Object<'v, 'p> {
    members: Vec<(Cow<'v, str>, Value<'v>)>,
    place: &'p Place<'p>,
}

impl<'v, 'p> Object<'v, 'p> {
    pub fn of(value: Value<'v>, place: &'p Place<'p>, known: &[&str]) -> Read<Object<'v, 'p>> {
        let Value::Object(members) = value else { return Err(AgreementRule::Type.at(place)) };
        // At most one member more than are known is looked at, so this stays short.
        for (at, (name, _)) in members.iter().enumerate() {
            if !known.contains(&&**name) {
                return Err(AgreementRule::Unknown.at(&place.member(name)));
            }
            if members.iter().take(at).any(|(earlier, _)| earlier == name) {
                return Err(AgreementRule::Duplicate.at(&place.member(name)));
            }
        }
        Ok(Object { members, place })
    }

    pub fn optional<T>(&mut self, name: &'static str, read: impl FnOnce(Value<'v>, &Place<'_>) -> Read<T>) -> Read<Option<T>> {
        let Some(at) = self.members.iter().position(|(own, _)| own == name) else { return Ok(None) };
        read(self.members.remove(at).1, &self.place.member(name)).map(Some)
    }

    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(Value<'v>, &Place<'_>) -> Read<T>) -> Read<T> {
        self.optional(name, read)?.ok_or_else(|| AgreementRule::Missing.at(&self.place.member(name)))
    }
}

/// A string of one shape.
pub(super) fn text<T: FromJson>(value: Value<'_>, place: &Place<'_>) -> Read<T> {
    if !matches!(value, Value::Text(_)) {
        return Err(AgreementRule::Type.at(place));
    }
    T::from_json(value).ok_or_else(|| AgreementRule::Value.at(place))
}

/// A whole number within a range.
pub(super) fn number<T: TryFrom<i64>>(range: RangeInclusive<i64>) -> impl Fn(Value<'_>, &Place<'_>) -> Read<T> {
    move |value, place| match value {
        Value::Whole(number) if range.contains(&number) => T::try_from(number).map_err(|_| AgreementRule::Number.at(place)),
        Value::Whole(_) | Value::OtherNumber => Err(AgreementRule::Number.at(place)),
        _ => Err(AgreementRule::Type.at(place)),
    }
}

/// A list of 1 to `limit` items.
pub(super) fn list<T>(value: Value<'_>, place: &Place<'_>, limit: usize, item: impl Fn(Value<'_>, &Place<'_>) -> Read<T>) -> Read<Vec<T>> {
    match value {
        Value::List(items) if items.is_empty() => Err(AgreementRule::Empty.at(place)),
        value => list_or_none(value, place, limit, item),
    }
}

/// A list of at most `limit` items.
pub(super) fn list_or_none<T>(value: Value<'_>, place: &Place<'_>, limit: usize, item: impl Fn(Value<'_>, &Place<'_>) -> Read<T>) -> Read<Vec<T>> {
    let Value::List(items) = value else { return Err(AgreementRule::Type.at(place)) };
    if items.len() > limit {
        return Err(AgreementRule::TooMany.at(place));
    }
    items.into_iter().enumerate().map(|(at, value)| item(value, &place.item(at))).collect()
}

/// A list of at most 200 different values, of which there is at least one.
pub(super) fn choice<T: PartialEq>(read: impl Fn(Value<'_>, &Place<'_>) -> Read<T>) -> impl Fn(Value<'_>, &Place<'_>) -> Read<Vec<T>> {
    move |value, place| {
        let items = list(value, place, 200, &read)?;
        distinct(&items, place, |one, other| one == other)?;
        Ok(items)
    }
}

/// Refuses the first item that is the same as an earlier one.
pub(super) fn distinct<T>(items: &[T], place: &Place<'_>, same: impl Fn(&T, &T) -> bool) -> Read<()> {
    let again = items.iter().enumerate().find(|(at, item)| items.iter().take(*at).any(|earlier| same(earlier, item)));
    again.map_or(Ok(()), |(at, _)| Err(AgreementRule::Twice.at(&place.item(at))))
}

/// Refuses the first item that does not come after the one before it.
pub(super) fn ascending<K: Ord>(keys: impl Iterator<Item = K>, place: &Place<'_>) -> Read<()> {
    let mut before = None;
    for (at, key) in keys.enumerate() {
        if before.is_some_and(|before| before >= key) {
            return Err(AgreementRule::Order.at(&place.item(at)));
        }
        before = Some(key);
    }
    Ok(())
}

/// How deep arrays and objects lie in each other in a text that may or may not be JSON: found without reading it.
pub(super) fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
