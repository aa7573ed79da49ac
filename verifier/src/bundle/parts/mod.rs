//! The parts of a bundle: texts of JSON, named by their digests in a manifest.

mod rows;
mod status;

pub use rows::{AgreementsPart, KeyRow, KeysPart, ProvidersPart, RevokedPart, RevokedRow};
pub(super) use status::place;
pub use status::{Entry, StatusChange, StatusPart};

use super::{BundleError, BundleRule};
use crate::json::{self, FromJson, Value};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use serde::{Serialize, Serializer};

/// The most bytes of a part's text.
pub const MAX_BYTES: usize = 48 << 20;

/// What a part is. Ordered as its text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartName {
    /// `agreements`: what the region publishes of mutual recognition.
    Agreements,
    /// `keys/2026`: the issuer keys whose window touches that civil year.
    Keys(u16),
    /// `providers`: every provider with its timeline.
    Providers,
    /// `revoked`: the revocations of issuer keys.
    Revoked,
    /// `status/2026`: the status lists of certificates issued in that civil year.
    Status(u16),
}

impl PartName {
    /// What no verifier can do without.
    pub const REQUIRED: [PartName; 2] = [PartName::Providers, PartName::Revoked];

    /// Reads a name; years have four digits.
    pub fn parse(text: &str) -> Option<PartName> {
        let year = |text: &str| text.parse().ok().filter(|year| (1970..=9999).contains(year));
        match text.split_once('/') {
            None if text == "agreements" => Some(PartName::Agreements),
            None if text == "providers" => Some(PartName::Providers),
            None if text == "revoked" => Some(PartName::Revoked),
            Some(("keys", rest)) => year(rest).map(PartName::Keys).filter(|_| rest.len() == 4),
            Some(("status", rest)) => year(rest).map(PartName::Status).filter(|_| rest.len() == 4),
            _ => None,
        }
    }

    /// The year of issue that it belongs to.
    pub const fn year(self) -> Option<u16> {
        match self {
            PartName::Keys(year) | PartName::Status(year) => Some(year),
            PartName::Agreements | PartName::Providers | PartName::Revoked => None,
        }
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartName::Agreements => f.write_str("agreements"),
            PartName::Keys(year) => write!(f, "keys/{year:04}"),
            PartName::Providers => f.write_str("providers"),
            PartName::Revoked => f.write_str("revoked"),
            PartName::Status(year) => write!(f, "status/{year:04}"),
        }
    }
}

impl Serialize for PartName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromJson for PartName {
    fn from_json(value: Value<'_>) -> Option<PartName> {
        PartName::parse(&String::from_json(value)?)
    }
}

/// The name of a format, such as `keys/1`: what a document begins with.
macro_rules! version {
    ($(#[$doc:meta])* $visibility:vis $name:ident = $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        $visibility enum $name {
            /// The one there is.
            #[serde(rename = $text)]
            V1,
        }

        impl $crate::json::FromJson for $name {
            fn from_json(value: $crate::json::Value<'_>) -> Option<$name> {
                matches!(value, $crate::json::Value::Text(name) if name == $text).then_some($name::V1)
            }
        }
    };
}
pub(super) use version;

/// Reads a part's text, or says that it is none. Exactly one text stands for the same facts: what is written again must be what was read.
fn parse<T: FromJson + Serialize>(text: &str) -> Result<T, BundleError> {
    if text.len() > MAX_BYTES {
        return Err(BundleRule::TooLarge.into());
    }
    let part = json::object(text.as_bytes()).ok_or(BundleRule::PartForm)?;
    if write(&part) == text { Ok(part) } else { Err(BundleRule::PartForm.into()) }
}

/// Writes a part's text. Nothing in a part fails to be written.
fn write(part: &impl Serialize) -> String {
    serde_json::to_string(part).unwrap_or_default()
}

/// Rows in order. Their places are what is sorted, so that one sort serves all kinds of rows: a browser has to load each.
pub(super) fn sorted<T>(rows: Vec<T>, order: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let by_place = |a: usize, b: usize| match (rows.get(a), rows.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    };
    let places = sorted_places(rows.len(), &by_place);
    let mut rows: Vec<Option<T>> = rows.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| rows.get_mut(place).and_then(Option::take)).collect()
}

fn sorted_places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    // No two places are equal, so that this is as stable as the stable sort, which is twice the code.
    places.sort_unstable_by(|a, b| order(*a, *b).then(a.cmp(b)));
    places
}

/// Of sorted rows, the last of those that are the same.
fn latest<T>(rows: Vec<T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut latest: Vec<T> = Vec::with_capacity(rows.len());
    for row in rows {
        match latest.last_mut() {
            Some(last) if same(last, &row) => *last = row,
            _ => latest.push(row),
        }
    }
    latest
}

/// Whether rows rise strictly, so that none occurs twice and one text stands for given rows.
fn rise<T>(rows: &[T], is_before: impl Fn(&T, &T) -> bool) -> Result<(), BundleError> {
    if rows.array_windows().all(|[first, second]| is_before(first, second)) { Ok(()) } else { Err(BundleRule::PartForm.into()) }
}
