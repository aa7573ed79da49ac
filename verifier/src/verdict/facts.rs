//! What a verdict is drawn from: plain data that a trust bundle or a server's snapshot supplies for one card.

use super::Interval;
use crate::ids::{CreditCode, RegionCode};
use crate::jws::PublicKey;
use crate::status::Status;
use crate::time::{Day, Instant, Zone};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The facts about one card. What is absent was not supplied; it is never taken for good.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Up to when the facts are known: the `iat` of the manifest, or a snapshot's own time.
    pub as_of: Instant,
    /// From here on the facts are old, and an answer says so.
    pub fresh_until: Instant,
    /// From here on nothing that may have changed is known.
    pub expires: Instant,
    /// The region that the card names.
    pub region: Option<&'a Region>,
    /// The key that the card names.
    pub key: Option<&'a IssuerKey>,
    /// The provider that the card names.
    pub provider: Option<&'a Provider>,
    /// The status of the card's entry.
    pub status: StatusFact,
    /// The name of the part that would hold the key or the provider, where that part is not at hand.
    pub missing_part: Option<String>,
}

/// A region as its manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// GB/T 2260.
    pub code: RegionCode,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The zone of its civil days, in minutes east of UTC.
    pub zone: Zone,
}

/// One provider's key for a signing window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerKey {
    /// The key.
    pub public: PublicKey,
    /// For which region it signs.
    pub region: RegionCode,
    /// For which provider it signs.
    pub provider: CreditCode,
    /// The first instant of its signing window.
    pub from: Instant,
    /// The first instant after its signing window.
    pub until: Instant,
    /// That it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<KeyRevocation>,
}

/// The revocation of a key. It is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevocation {
    /// From when on the key must not have signed.
    pub at: Instant,
    /// Why.
    pub reason: KeyRevocationReason,
}

/// Why a key was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyRevocationReason {
    /// Somebody else may have it. The time of issue on a card is the signer's own word, so nothing under this key stands.
    Compromise,
    /// Another key has taken its place.
    Superseded,
    /// The provider issues no more.
    Ceased,
}

/// A provider with its whole history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its unified social credit code.
    pub code: CreditCode,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// What it is.
    pub kind: ProviderKind,
    /// Dated intervals; a day that none covers is a day on which it was not listed.
    pub timeline: Vec<Interval>,
}

crate::json::from_members!(Provider { code, name_zh, name_en, kind, timeline });

/// What a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// An employer that assesses its own staff.
    Employer,
    /// A social assessment organization.
    Social,
    /// A school.
    School,
}

impl ProviderKind {
    /// The string that documents use.
    pub const fn as_str(self) -> &'static str {
        match self {
            ProviderKind::Employer => "employer",
            ProviderKind::Social => "social",
            ProviderKind::School => "school",
        }
    }
}

impl core::fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Provider {
    /// The intervals that cover a day.
    pub fn on(&self, day: Day) -> impl Iterator<Item = &Interval> {
        self.timeline.iter().filter(move |interval| interval.covers(day))
    }
}

/// The status of a card's entry, as far as the facts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusFact {
    /// The entry was read; for a replaced certificate, with its successor's number where that is known.
    Known(Status, Option<String>),
    /// The index is above the highest one handed out when the facts were gathered.
    Beyond,
    /// The list is not at hand: the name of its part.
    Missing(String),
}
