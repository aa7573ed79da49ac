//! An agreement with what its parties have signed: who said yes, and who gave notice.

use super::file::File;
use super::place::{Place, ascending};
use super::{Agreement, AgreementError, AgreementRule, Life, State};
use crate::documents::{AgreementSignature, Digest, DocumentError, Notice};
use crate::ids::RegionCode;
use crate::jws::{Compact, Header, PublicKey};
use crate::time::{Day, Instant, Zone};
use crate::verdict::{KeyRevocation, KeyRevocationReason};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A key of a region, as the reader trusts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionKey {
    /// The key.
    pub public: PublicKey,
    /// That it was revoked.
    pub revoked: Option<KeyRevocation>,
}

/// What the word of a party is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Signed, and good.
    Signed,
    /// Not signed.
    Missing,
    /// Signed, but over other bytes.
    OtherBytes,
    /// The reader does not know the key as one of this region.
    UnknownKey,
    /// The signature is not that of the key.
    WrongSignature,
    /// The key was revoked when it signed, or is compromised.
    RevokedKey,
    /// A notice shorter than the agreement allows: `agreement.notice_too_short`.
    TooShort,
}

/// What one party has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyStanding {
    /// The party.
    pub region: RegionCode,
    /// Whether it has signed.
    pub standing: Standing,
    /// When, by its own word.
    pub at: Option<Instant>,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeStanding {
    /// What it says.
    pub notice: Notice,
    /// Whether it counts: only `Signed` does.
    pub standing: Standing,
}

/// An agreement with signatures and notices, each looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAgreement {
    agreement: Agreement,
    digest: Digest,
    bytes: Vec<u8>,
    parties: Vec<PartyStanding>,
    notices: Vec<NoticeStanding>,
    signatures: Vec<String>,
    notice_texts: Vec<String>,
}

/// Finds the key of a region by its RFC 7638 thumbprint.
pub type RegionKeys<'a> = &'a dyn Fn(&RegionCode, &str) -> Option<RegionKey>;

impl SignedAgreement {
    /// Reads a file. A signature or notice that is not good in itself does not refuse the file: its [`Standing`] says what is wrong.
    ///
    /// # Errors
    /// `agreement...` with a path in the file, or in the agreement if the path begins with `agreement`; `document...` or `jws...` where a
    /// signature or notice is not written as it must be; `agreement.not_a_party` where it is of a region that is no party.
    pub fn open(text: &[u8], keys: RegionKeys<'_>) -> Result<SignedAgreement, AgreementError> {
        let (file, bytes) = File::read(text)?;
        SignedAgreement::gather(bytes, file.signatures, file.notices, keys)
    }

    /// The same from its parts: the bytes of the agreement, signatures in the order of regions, notices in that of their times.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn gather(bytes: Vec<u8>, signatures: Vec<String>, notices: Vec<String>, keys: RegionKeys<'_>) -> Result<SignedAgreement, AgreementError> {
        let agreement = Agreement::read(&bytes).map_err(within)?;
        let digest = Digest::of_bytes(&bytes);
        let of_signatures = &Place::ROOT.member("signatures");
        let mut parties: Vec<PartyStanding> = agreement.parties.iter().cloned().map(PartyStanding::missing).collect();
        let mut regions = Vec::new();
        for (at, text) in signatures.iter().enumerate() {
            let place = &of_signatures.item(at);
            let signature = AgreementSignature::stored(text).map_err(|error| inside(&error, place))?;
            let own = parties.iter_mut().find(|own| own.region == signature.region).ok_or_else(|| AgreementRule::NotAParty.at(place))?;
            own.at = Some(signature.at);
            own.standing = standing(text, &signature.region, signature.at, signature.agreement == digest, place, keys, |text, key| {
                AgreementSignature::open(text, key).map(drop)
            })?;
            regions.push(signature.region);
        }
        ascending(regions.iter(), of_signatures)?;
        let notice_standings = read_notices(&agreement, digest, &notices, keys)?;
        Ok(SignedAgreement { agreement, digest, bytes, parties, notices: notice_standings, signatures, notice_texts: notices })
    }

    /// The same agreement with what either of two copies of it holds: of a party the signature that is good, else that of the first copy, and every
    /// notice.
    ///
    /// # Errors
    /// `agreement.digest` where they are not the same agreement; as [`Self::open`].
    pub fn merged(&self, other: &SignedAgreement, keys: RegionKeys<'_>) -> Result<SignedAgreement, AgreementError> {
        if self.digest != other.digest {
            return Err(AgreementRule::Digest.at(&Place::ROOT));
        }
        let mut signatures = BTreeMap::new();
        for copy in [other, self] {
            for (text, region) in copy.signatures.iter().filter_map(|text| Some((text, AgreementSignature::stored(text).ok()?.region))) {
                let is_good = copy.parties.iter().any(|party| party.region == region && party.standing == Standing::Signed);
                if is_good || !signatures.contains_key(&region) {
                    signatures.insert(region, text.clone());
                }
            }
        }
        let mut notices = BTreeMap::new();
        for (text, given) in self.notice_texts.iter().zip(&self.notices).chain(other.notice_texts.iter().zip(&other.notices)) {
            notices.entry((given.notice.at, given.notice.region.clone())).or_insert_with(|| text.clone());
        }
        SignedAgreement::gather(self.bytes.clone(), signatures.into_values().collect(), notices.into_values().collect(), keys)
    }

    /// The file again.
    pub fn to_text(&self) -> String {
        let file = File::new(&self.bytes, self.signatures.clone(), self.notice_texts.clone());
        serde_json::to_string(&file).unwrap_or_default()
    }

    /// What was agreed, or proposed.
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// The name of it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The bytes that are signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Each party in order, and whether it has signed.
    pub fn parties(&self) -> &[PartyStanding] {
        &self.parties
    }

    /// Each notice in order, and whether it counts.
    pub fn notices(&self) -> &[NoticeStanding] {
        &self.notices
    }

    /// Whether every party has signed.
    pub fn is_agreed(&self) -> bool {
        self.parties.iter().all(|party| party.standing == Standing::Signed)
    }

    /// What it is on a day, among other agreements.
    pub fn state<'a>(&self, day: Day, others: impl Iterator<Item = &'a SignedAgreement>) -> State {
        Life::of(self, others).state(self.agreement.in_force, day)
    }
}

impl PartyStanding {
    fn missing(region: RegionCode) -> PartyStanding {
        PartyStanding { region, standing: Standing::Missing, at: None }
    }
}

impl RegionKey {
    /// Whether what it signed at an instant stands. The instant is the signer's own word, so nothing of a compromised key does.
    pub fn stood_at(&self, at: Instant) -> bool {
        self.revoked.is_none_or(|revoked| revoked.reason != KeyRevocationReason::Compromise && at < revoked.at)
    }
}

impl Agreement {
    /// Whether a notice is long enough: it takes effect no sooner than `offer_days` after the day on which it was given, in UTC+8.
    pub fn allows(&self, notice: &Notice) -> bool {
        notice.effective >= notice.at.day_in(Zone::CHINA).add_days(i64::from(self.offer_days))
    }
}

fn read_notices(agreement: &Agreement, digest: Digest, texts: &[String], keys: RegionKeys<'_>) -> Result<Vec<NoticeStanding>, AgreementError> {
    let of_notices = &Place::ROOT.member("notices");
    let mut notices: Vec<NoticeStanding> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let place = &of_notices.item(at);
        let notice = Notice::stored(text).map_err(|error| inside(&error, place))?;
        if !agreement.parties.contains(&notice.region) {
            return Err(AgreementRule::NotAParty.at(place));
        }
        let word = standing(text, &notice.region, notice.at, notice.agreement == digest, place, keys, |text, key| Notice::open(text, key).map(drop))?;
        let is_short = word == Standing::Signed && !agreement.allows(&notice);
        notices.push(NoticeStanding { standing: if is_short { Standing::TooShort } else { word }, notice });
    }
    ascending(notices.iter().map(|own| (own.notice.at, &own.notice.region)), of_notices)?;
    Ok(notices)
}

/// What a signed text of a region is worth.
fn standing(
    text: &str,
    region: &RegionCode,
    at: Instant,
    is_over_these: bool,
    place: &Place<'_>,
    keys: RegionKeys<'_>,
    open: impl Fn(&str, &PublicKey) -> Result<(), DocumentError>,
) -> Result<Standing, AgreementError> {
    let header = Compact::split(text, crate::documents::MAX_BYTES).and_then(|compact| Header::parse(&compact.header));
    let kid = header.map_err(|error| AgreementError::new(error.code(), place.to_string()))?.kid.unwrap_or_default();
    let Some(key) = keys(region, &kid).filter(|key| key.public.thumbprint() == kid) else {
        return Ok(Standing::UnknownKey);
    };
    match open(text, &key.public) {
        Err(error) if error.code() == crate::jws::JwsError::Signature.code() => Ok(Standing::WrongSignature),
        Err(error) => Err(inside(&error, place)),
        Ok(()) if !key.stood_at(at) => Ok(Standing::RevokedKey),
        Ok(()) if !is_over_these => Ok(Standing::OtherBytes),
        Ok(()) => Ok(Standing::Signed),
    }
}

/// A fault of a document in the file.
fn inside(error: &DocumentError, place: &Place<'_>) -> AgreementError {
    let place = error.about().map_or_else(|| place.to_string(), |member| place.member(member).to_string());
    AgreementError::new(error.code(), place)
}

/// A fault of the agreement in the file.
fn within(error: AgreementError) -> AgreementError {
    let path = if error.path().is_empty() { "agreement".into() } else { ["agreement.", error.path()].concat() };
    AgreementError::new(error.code(), path)
}
