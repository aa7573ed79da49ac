//! What a card says.

use super::CardError;
use crate::ids::{CertificateNumber, CreditCode, Grade, IdError, LastFour, Level, OccupationCode, PersonName, RegionCode, Title, TypeOfCertificate};
use crate::json;
use crate::time::{Day, Instant, Zone};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The claims of a card, in the order in which they are written. Absent claims are left out, never `null`; unknown ones are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Claims {
    /// The region whose registry issued it.
    pub iss: RegionCode,
    /// The provider that assessed, by its credit code.
    pub prv: CreditCode,
    /// The certificate's number.
    pub num: CertificateNumber,
    /// What kind of certificate it is.
    pub typ: TypeOfCertificate,
    /// The holder's name.
    pub nam: PersonName,
    /// The last four characters of the holder's document number.
    pub id4: LastFour,
    /// The occupation assessed; required for a skill level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occ: Option<OccupationCode>,
    /// The title of the occupation, course or post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Title>,
    /// The rank, 0 to 7; required for a skill level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lvl: Option<Level>,
    /// How well it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grd: Option<Grade>,
    /// The day of the assessment.
    pub day: Day,
    /// When the card was signed, unix seconds.
    pub iat: Instant,
    /// The first civil day on which it is no longer valid; absent: valid for life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<Day>,
    /// Where its status is kept.
    pub sts: StatusRef,
}

/// A place in a status list, written `[list, index]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct StatusRef {
    /// Which of the region's lists.
    pub list: u32,
    /// Which entry of it.
    pub index: u32,
}

impl From<(u32, u32)> for StatusRef {
    fn from((list, index): (u32, u32)) -> StatusRef {
        StatusRef { list, index }
    }
}

impl From<StatusRef> for (u32, u32) {
    fn from(place: StatusRef) -> (u32, u32) {
        (place.list, place.index)
    }
}

const REQUIRED: [&str; 9] = ["iss", "prv", "num", "typ", "nam", "id4", "day", "iat", "sts"];
const OPTIONAL: [&str; 5] = ["occ", "ttl", "lvl", "grd", "exp"];

/// The same members with their JSON types only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    iss: String,
    prv: String,
    num: String,
    typ: String,
    nam: String,
    id4: String,
    #[serde(default, deserialize_with = "json::present")]
    occ: Option<String>,
    #[serde(default, deserialize_with = "json::present")]
    ttl: Option<String>,
    #[serde(default, deserialize_with = "json::present")]
    lvl: Option<i64>,
    #[serde(default, deserialize_with = "json::present")]
    grd: Option<String>,
    day: String,
    iat: i64,
    #[serde(default, deserialize_with = "json::present")]
    exp: Option<String>,
    sts: (u32, u32),
}
json::from_members!(Wire { iss, prv, num, typ, nam, id4, day, iat, sts; occ, ttl, lvl, grd, exp });

impl Claims {
    /// Reads a decoded payload.
    pub(super) fn from_payload(payload: &[u8]) -> Result<Claims, CardError> {
        let read = match json::object::<Wire>(payload) {
            Some(wire) => Claims::try_from(wire),
            None => Err(CardError::payload(json::explain(payload, &REQUIRED, &OPTIONAL))),
        };
        // A NUL is a sign of an attack on a C program further on: it gets a code of its own.
        read.map_err(|error| if holds_nul(payload) { CardError::NUL } else { error })
    }

    /// The rules that take more than one claim.
    pub(super) fn check(&self) -> Result<(), CardError> {
        if self.iat < Instant(0) || self.iat >= Day::MAX.start_in(Zone::UTC) {
            return Err(CardError::ISSUED_OUT_OF_RANGE);
        }
        // The region's zone is not on the card: the earliest zone on Earth gives the latest possible day of issue.
        let latest = self.iat.plus_seconds(14 * 3600).day_in(Zone::UTC);
        if self.day > latest {
            return Err(CardError::ASSESSED_AFTER_ISSUE);
        }
        if self.exp.is_some_and(|exp| exp <= self.day) {
            return Err(CardError::EXPIRES_TOO_EARLY);
        }
        if self.typ == TypeOfCertificate::SkillLevel && (self.occ.is_none() || self.lvl.is_none()) {
            return Err(CardError::SKILL_LEVEL_INCOMPLETE);
        }
        Ok(())
    }
}

impl TryFrom<Wire> for Claims {
    type Error = CardError;

    fn try_from(wire: Wire) -> Result<Claims, CardError> {
        let in_claim = CardError::in_claim::<IdError>;
        let level = |rank: i64| u8::try_from(rank).map_err(|_| IdError::LevelRange).and_then(Level::new);
        let day = |claim, text: &str| Day::parse(text).map_err(CardError::in_claim(claim));
        let claims = Claims {
            iss: RegionCode::parse(&wire.iss).map_err(in_claim("iss"))?,
            prv: CreditCode::parse(&wire.prv).map_err(in_claim("prv"))?,
            num: CertificateNumber::parse(&wire.num).map_err(in_claim("num"))?,
            typ: TypeOfCertificate::parse(&wire.typ).map_err(in_claim("typ"))?,
            nam: PersonName::parse(&wire.nam).map_err(in_claim("nam"))?,
            id4: LastFour::parse(&wire.id4).map_err(in_claim("id4"))?,
            occ: wire.occ.as_deref().map(OccupationCode::parse).transpose().map_err(in_claim("occ"))?,
            ttl: wire.ttl.as_deref().map(Title::parse).transpose().map_err(in_claim("ttl"))?,
            lvl: wire.lvl.map(level).transpose().map_err(in_claim("lvl"))?,
            grd: wire.grd.as_deref().map(Grade::parse).transpose().map_err(in_claim("grd"))?,
            day: day("day", &wire.day)?,
            iat: Instant(wire.iat),
            exp: wire.exp.as_deref().map(|text| day("exp", text)).transpose()?,
            sts: wire.sts.into(),
        };
        claims.check()?;
        Ok(claims)
    }
}

/// A NUL byte, or its JSON escape.
fn holds_nul(payload: &[u8]) -> bool {
    payload.contains(&0) || payload.windows(6).any(|window| window == br"\u0000")
}
