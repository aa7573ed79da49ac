//! A small world of facts about the test card, each of which a case can change.

use super::{claims, signer};
use serde::{Deserialize, Serialize};
use verifier::card::Claims;
use verifier::ids::Level;
use verifier::jws::PublicKey;
use verifier::status::Status;
use verifier::time::{Day, Instant, Zone};
use verifier::verdict::{Class, Facts, Flag, Interval, IssuerKey, Provider, ProviderKind, Region, Scope, Standing, StatusFact};

/// When the test card was issued: 2026-03-01 08:00 in China.
pub const ISSUED: Instant = Instant(1_772_323_200);

/// One day in seconds.
pub const DAY: i64 = 86_400;

/// Facts that own their data, in the form in which the vectors keep them.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    pub as_of: Instant,
    pub fresh_until: Instant,
    pub expires: Instant,
    pub region: Option<Region>,
    pub key: Option<IssuerKey>,
    pub provider: Option<Provider>,
    pub status: StatusEntry,
    pub missing_part: Option<String>,
}

/// The status of the card's entry.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StatusEntry {
    Known { status: Status, replaced_by: Option<String> },
    Beyond,
    Missing { part: String },
}

impl World {
    /// Facts gathered ten days after issue, by which the test card is valid.
    pub fn good() -> World {
        let as_of = ISSUED.plus_seconds(10 * DAY);
        let Claims { iss, prv, .. } = claims();
        World {
            as_of,
            fresh_until: as_of.plus_seconds(DAY),
            expires: as_of.plus_seconds(90 * DAY),
            region: Some(Region { code: iss, name_zh: "上海市".into(), name_en: "Shanghai".into(), zone: Zone::CHINA }),
            key: Some(key(*signer().public())),
            provider: Some(Provider {
                code: prv,
                name_zh: "虎符示范职业技能评价中心".into(),
                name_en: "Hufu Demonstration Assessment Centre".into(),
                kind: ProviderKind::Social,
                timeline: vec![interval("2025-01-01", None, listed())],
            }),
            status: StatusEntry::Known { status: Status::Valid, replaced_by: None },
            missing_part: None,
        }
    }

    /// The same facts, borrowed.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            as_of: self.as_of,
            fresh_until: self.fresh_until,
            expires: self.expires,
            region: self.region.as_ref(),
            key: self.key.as_ref(),
            provider: self.provider.as_ref(),
            status: match self.status.clone() {
                StatusEntry::Known { status, replaced_by } => StatusFact::Known(status, replaced_by),
                StatusEntry::Beyond => StatusFact::Beyond,
                StatusEntry::Missing { part } => StatusFact::Missing(part),
            },
            missing_part: self.missing_part.clone(),
        }
    }

    /// With another history of the provider.
    pub fn with_timeline(mut self, timeline: Vec<Interval>) -> World {
        self.provider.as_mut().expect("a provider").timeline = timeline;
        self
    }

    /// With another status.
    pub fn with_status(self, status: Status) -> World {
        World { status: StatusEntry::Known { status, replaced_by: None }, ..self }
    }

    /// With something changed about the key.
    pub fn with_key(mut self, change: impl FnOnce(&mut IssuerKey)) -> World {
        change(self.key.as_mut().expect("a key"));
        self
    }
}

/// The provider's key for the calendar year 2026.
pub fn key(public: PublicKey) -> IssuerKey {
    let Claims { iss, prv, .. } = claims();
    let start = |year| Day::new(year, 1, 1).expect("a real day").start_in(Zone::CHINA);
    IssuerKey { public, region: iss, provider: prv, from: start(2026), until: start(2027), revoked: None }
}

/// An interval of a timeline.
pub fn interval(from: &str, until: Option<&str>, standing: Standing) -> Interval {
    let day = |text: &str| Day::parse(text).expect("a real day");
    Interval { from: day(from), until: until.map(day), standing, cause: "沪人社鉴〔2025〕1 号".into() }
}

/// Listed in class A, green, for the occupations of the test card.
pub fn listed() -> Standing {
    listed_as(Class::A, Flag::Green, scope())
}

/// Listed with a given class, flag and scope.
pub fn listed_as(class: Class, flag: Flag, scope: Scope) -> Standing {
    Standing::Listed { class, flag, scope }
}

/// Occupations under 6-31-, levels 1 to 5.
pub fn scope() -> Scope {
    let level = |rank| Level::new(rank).expect("a rank");
    Scope {
        occupations: vec!["6-31-".parse().expect("a prefix")],
        level_min: level(1),
        level_max: level(5),
        types: vec!["skill-level", "training"].into_iter().map(|text| verifier::ids::TypeOfCertificate::parse(text).expect("a type")).collect(),
    }
}
