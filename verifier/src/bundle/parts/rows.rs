//! The parts that are plain rows: issuer keys of a year, providers, revoked keys.

use super::{latest, parse, rise, sorted, version, write};
use crate::base64url;
use crate::bundle::{BundleError, BundleRule};
use crate::ids::CreditCode;
use crate::json::from_members;
use crate::time::Instant;
use crate::verdict::{KeyRevocation, KeyRevocationReason, Provider};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

version!(KeysVersion = "keys/1");

/// `keys/<year>`: rows rise by provider, start of the window, and key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeysPart {
    hufu: KeysVersion,
    /// The civil year that the windows touch.
    pub year: u16,
    /// The keys.
    pub keys: Vec<KeyRow>,
}

/// One issuer key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyRow {
    /// The key, base64url of 32 bytes. Whether they are a good key is looked at when a card needs it.
    pub x: String,
    /// For which provider it signs.
    pub provider: CreditCode,
    /// The first instant of its signing window.
    pub from: Instant,
    /// The first instant after its signing window.
    pub until: Instant,
}

from_members!(KeysPart { hufu, year, keys });
from_members!(KeyRow { x, provider, from, until });

impl KeyRow {
    fn order(&self) -> (&CreditCode, Instant, &str) {
        (&self.provider, self.from, &self.x)
    }
}

impl KeysPart {
    /// The part of a year, from rows in any order.
    pub fn new(year: u16, keys: Vec<KeyRow>) -> KeysPart {
        let mut keys = sorted(keys, |a, b| a.order().cmp(&b.order()));
        keys.dedup();
        KeysPart { hufu: KeysVersion::V1, year, keys }
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        write(self)
    }

    /// Reads its text.
    pub fn parse(text: &str) -> Result<KeysPart, BundleError> {
        let part: KeysPart = parse(text)?;
        rise(&part.keys, |a, b| a.order() < b.order())?;
        let good = |row: &KeyRow| row.from < row.until && row.x.len() == 43;
        let keys = sorted(part.keys.iter().map(|row| row.x.as_str()).collect(), Ord::cmp);
        if rise(&keys, |a, b| a < b).is_ok() && part.keys.iter().all(good) { Ok(part) } else { Err(BundleRule::PartForm.into()) }
    }

    /// Puts rows in. A row with a known key takes its place.
    pub(crate) fn put(self, rows: Vec<KeyRow>) -> KeysPart {
        KeysPart::new(self.year, merge(self.keys, rows, |row| &row.x))
    }
}

version!(ProvidersVersion = "providers/1");

/// `providers`: rows rise by credit code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvidersPart {
    hufu: ProvidersVersion,
    /// The providers.
    pub providers: Vec<Provider>,
}

from_members!(ProvidersPart { hufu, providers });

impl ProvidersPart {
    /// The part, from providers in any order.
    pub fn new(providers: Vec<Provider>) -> ProvidersPart {
        ProvidersPart { hufu: ProvidersVersion::V1, providers: sorted(providers, |a, b| a.code.cmp(&b.code)) }
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        write(self)
    }

    /// Reads its text.
    pub fn parse(text: &str) -> Result<ProvidersPart, BundleError> {
        let part: ProvidersPart = parse(text)?;
        rise(&part.providers, |a, b| a.code < b.code)?;
        Ok(part)
    }

    /// Puts providers in, each in the place of the one with its code.
    pub(crate) fn put(self, rows: Vec<Provider>) -> ProvidersPart {
        ProvidersPart::new(merge(self.providers, rows, |row| row.code.as_str()))
    }
}

version!(RevokedVersion = "revoked/1");

/// `revoked`: the revoked issuer keys of all years, rising by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevokedPart {
    hufu: RevokedVersion,
    /// The revocations.
    pub keys: Vec<RevokedRow>,
}

/// One revoked key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevokedRow {
    /// Its RFC 7638 thumbprint.
    pub kid: String,
    /// From when on it must not have signed.
    pub at: Instant,
    /// Why.
    pub reason: KeyRevocationReason,
}

from_members!(RevokedPart { hufu, keys });
from_members!(RevokedRow { kid, at, reason });

impl RevokedRow {
    /// As a verdict takes it.
    pub const fn revocation(&self) -> KeyRevocation {
        KeyRevocation { at: self.at, reason: self.reason }
    }
}

impl RevokedPart {
    /// The part, from rows in any order.
    pub fn new(keys: Vec<RevokedRow>) -> RevokedPart {
        RevokedPart { hufu: RevokedVersion::V1, keys: sorted(keys, |a, b| a.kid.cmp(&b.kid)) }
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        write(self)
    }

    /// Reads its text.
    pub fn parse(text: &str) -> Result<RevokedPart, BundleError> {
        let part: RevokedPart = parse(text)?;
        rise(&part.keys, |a, b| a.kid < b.kid)?;
        let good = |row: &RevokedRow| base64url::decode_array::<32>(&row.kid).is_ok();
        if part.keys.iter().all(good) { Ok(part) } else { Err(BundleRule::PartForm.into()) }
    }

    /// The revocation of a key.
    pub fn find(&self, kid: &str) -> Option<&RevokedRow> {
        let at = self.keys.binary_search_by(|row| row.kid.as_str().cmp(kid)).ok()?;
        self.keys.get(at)
    }

    /// Puts rows in, each in the place of the one with its name.
    pub(crate) fn put(self, rows: Vec<RevokedRow>) -> RevokedPart {
        RevokedPart::new(merge(self.keys, rows, |row| &row.kid))
    }
}

version!(AgreementsVersion = "agreements/1");

/// `agreements`: the agreements that a region publishes. Texts rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreementsPart {
    hufu: AgreementsVersion,
    /// Each an `agreement-file/1`.
    pub files: Vec<String>,
}

from_members!(AgreementsPart { hufu, files });

impl AgreementsPart {
    /// The part, from texts in any order.
    pub fn new(files: Vec<String>) -> AgreementsPart {
        AgreementsPart { hufu: AgreementsVersion::V1, files: sorted(files, Ord::cmp) }
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        write(self)
    }

    /// Reads its text; what it holds is looked at where it is used.
    pub fn parse(text: &str) -> Result<AgreementsPart, BundleError> {
        let part: AgreementsPart = parse(text)?;
        rise(&part.files, |a, b| a < b)?;
        Ok(part)
    }
}

/// All rows, the later one where two have the same key.
fn merge<T>(mut rows: Vec<T>, new: Vec<T>, key: impl Fn(&T) -> &str) -> Vec<T> {
    rows.extend(new);
    latest(sorted(rows, |a, b| key(a).cmp(key(b))), |a, b| key(a) == key(b))
}
