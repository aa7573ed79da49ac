//! Every situation that a verdict distinguishes, as (name, text held up, facts, now).

use super::world::{DAY, ISSUED, StatusEntry, World, interval, key, listed, listed_as, scope};
use super::{claims, claims_json, signer};
use verifier::card::{Card, Claims};
use verifier::hf1::{self, Type};
use verifier::ids::{CreditCode, Level, OccupationPrefix, RegionCode, TypeOfCertificate};
use verifier::jws::{Signer, sign_compact};
use verifier::status::Status;
use verifier::time::Instant;
use verifier::verdict::{Class, Flag, KeyRevocation, KeyRevocationReason, Scope, Standing};

/// One situation.
pub struct Case {
    pub name: &'static str,
    pub text: String,
    pub world: World,
    pub now: Instant,
}

/// The test card.
pub fn card() -> Card {
    Card::sign(&claims(), &signer()).expect("good claims")
}

/// A link with the digits of a card.
pub fn link(card: &Card) -> String {
    format!("https://hf.example/c#{}", hf1::encode(card))
}

fn case(name: &'static str, text: String, world: World) -> Case {
    let now = world.as_of.plus_seconds(3_600);
    Case { name, text, world, now }
}

fn with_card(name: &'static str, world: World) -> Case {
    case(name, link(&card()), world)
}

/// The test card with some claims changed, properly signed.
pub fn changed(change: impl FnOnce(&mut Claims)) -> Card {
    let mut claims = claims();
    change(&mut claims);
    Card::sign(&claims, &signer()).expect("good claims")
}

/// Every case, in the order of the steps.
pub fn all() -> Vec<Case> {
    [forms(), signatures(), keys(), issuers(), statuses(), ages()].into_iter().flatten().collect()
}

fn forms() -> Vec<Case> {
    let good = World::good;
    let digits = hf1::encode_as(&card(), Type::Deflated);
    let signed = |payload: &str, typ: &str| {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{typ}"}}"#, signer().public().short());
        sign_compact(&header, payload.as_bytes(), &signer())
    };
    // The first byte is the type: in the first group of digits it counts 2^48.
    let of_type = |kind: u64| {
        let group: u64 = digits[..17].parse().expect("digits");
        format!("{:017}{}", group % (1 << 48) + (kind << 48), &digits[17..])
    };
    vec![
        case("a card by its link", link(&card()), good()),
        case("a card by a link to any host", format!("http://forger.example:81/x?y=z#{digits}"), good()),
        case("a card verbatim in digits", hf1::encode_as(&card(), Type::Verbatim), good()),
        case("a card as a plain JWS with white space around", format!("\n {}\r\n", card().jws()), good()),
        case("a card as a plain JWS in a link", format!("https://hf.example/#{}", card().jws()), good()),
        case("a card that never expires", link(&changed(|claims| claims.exp = None)), good()),
        case("a text that is no card", "微信支付".into(), good()),
        case("an empty text", String::new(), good()),
        case("a telephone number", "tel#13800138000".into(), good()),
        case("a text above the limit", "1".repeat(8_193), good()),
        case("digits cut short", digits[..digits.len() - 1].into(), good()),
        case("digits out of range", format!("99999999999999999{}", &digits[17..]), good()),
        case("digits of a type of the future", of_type(16), good()),
        case("digits whose compression is damaged", of_type(2).replace(&digits[51..68], "00000000000000000"), good()),
        case("a card with a claim twice", signed(&claims_json().replace("\"lvl\":3", "\"lvl\":3,\"lvl\":5"), "hf1+jwt"), good()),
        case("a card with an unknown claim", signed(&claims_json().replace("\"lvl\":3", "\"lvl\":3,\"if\":\"paid\""), "hf1+jwt"), good()),
        case("a card with a wrong claim", signed(&claims_json().replace("002X", "02X"), "hf1+jwt"), good()),
        case("another kind of JWT", signed("{}", "JWT"), good()),
    ]
}

fn signatures() -> Vec<Case> {
    let forged = Card::sign(&claims(), &Signer::from_seed(&[8; 32])).expect("good claims");
    // The forger names our key in the header and signs with another one.
    let (ours, theirs) = (card(), forged.jws().rsplit('.').next().map(String::from).unwrap_or_default());
    let (input, _) = ours.jws().rsplit_once('.').expect("three parts");
    let other = changed(|claims| claims.nam = "李四".parse().expect("a name"));
    let (_, signature) = ours.jws().rsplit_once('.').expect("three parts");
    let (other_input, _) = other.jws().rsplit_once('.').expect("three parts");
    let without_key = World { key: None, ..World::good() };
    let early = World { as_of: ISSUED.plus_seconds(-DAY), ..without_key.clone() };
    vec![
        case("a card signed by somebody else", format!("{input}.{theirs}"), World::good()),
        case("a card with another name under the old signature", format!("{other_input}.{signature}"), World::good()),
        case("a card whose key nobody knows", forged.jws().into(), World::good()),
        with_card("a card without facts about its key", without_key.clone()),
        with_card("a card whose key lies in a part not at hand", World { missing_part: Some("keys/2026".into()), ..without_key }),
        Case { now: early.as_of, ..with_card("a card whose key is newer than the facts", early) },
    ]
}

fn keys() -> Vec<Case> {
    let world = World::good;
    let revoked = |seconds, reason| world().with_key(|key| key.revoked = Some(KeyRevocation { at: ISSUED.plus_seconds(seconds), reason }));
    let other_region = RegionCode::parse("320000").expect("a region");
    let other_provider = CreditCode::parse("91350100M000100Y43").expect("a credit code");
    // The clock of a case stands an hour after the facts.
    let ahead = |seconds: i64| link(&changed(|claims| claims.iat = world().as_of.plus_seconds(3_600 + seconds)));
    let tomorrow = changed(|claims| claims.iat = ISSUED.plus_seconds(20 * DAY));
    vec![
        with_card("a key of another region", world().with_key(|key| key.region = other_region)),
        with_card("a key of another provider", world().with_key(|key| key.provider = other_provider)),
        with_card("a key whose window begins at the time of issue", world().with_key(|key| key.from = ISSUED)),
        with_card("a key whose window begins a second later", world().with_key(|key| key.from = ISSUED.plus_seconds(1))),
        with_card("a key whose window ends at the time of issue", world().with_key(|key| key.until = ISSUED)),
        with_card("a key replaced after issue", revoked(1, KeyRevocationReason::Superseded)),
        with_card("a key replaced at the time of issue", revoked(0, KeyRevocationReason::Superseded)),
        with_card("a key given up before issue", revoked(-DAY, KeyRevocationReason::Ceased)),
        with_card("a key compromised after issue", revoked(5 * DAY, KeyRevocationReason::Compromise)),
        case("a card from the future", link(&tomorrow), world()),
        case("a card five minutes ahead of the clock", ahead(300), world()),
        case("a card five minutes and a second ahead of the clock", ahead(301), world()),
    ]
}

fn issuers() -> Vec<Case> {
    let world = World::good;
    let standing = |standing| world().with_timeline(vec![interval("2025-01-01", None, standing)]);
    let scoped = |scope| standing(listed_as(Class::C, Flag::Yellow, scope));
    let mut elsewhere = world();
    elsewhere.region.as_mut().expect("a region").code = RegionCode::parse("320000").expect("a region");
    let mut somebody = world();
    somebody.provider.as_mut().expect("a provider").code = CreditCode::parse("91350100M000100Y43").expect("a credit code");
    let early = World { as_of: ISSUED.plus_seconds(-60), ..world() }.with_timeline(vec![]);
    let level = |rank| Level::new(rank).expect("a rank");
    let training = |occ| link(&changed(|claims| *claims = Claims { typ: TypeOfCertificate::Training, occ, lvl: None, ..claims.clone() }));
    let midnight = changed(|claims| claims.iat = ISSUED.plus_seconds(-8 * 3_600));
    vec![
        with_card("a region nobody knows", World { region: None, ..world() }),
        with_card("facts about another region", elsewhere),
        with_card("a provider nobody knows", World { provider: None, missing_part: Some("providers".into()), ..world() }),
        with_card("facts about another provider", somebody),
        with_card("a provider listed from the day after issue", world().with_timeline(vec![interval("2026-03-02", None, listed())])),
        with_card("a provider listed until the day of issue", world().with_timeline(vec![interval("2025-01-01", Some("2026-03-01"), listed())])),
        Case { now: ISSUED, ..with_card("a provider listed after the facts were gathered", early) },
        with_card("a provider barred on the day of issue", world().with_timeline(barred_from("2026-03-01"))),
        with_card("a provider barred the day after issue", world().with_timeline(barred_from("2026-03-02"))),
        case("issued at midnight, barred from that day", link(&midnight), world().with_timeline(barred_from("2026-03-01"))),
        with_card(
            "a bar that overlaps a listing",
            world().with_timeline(vec![interval("2025-01-01", None, listed()), interval("2026-02-01", Some("2029-02-01"), Standing::Barred)]),
        ),
        with_card("a provider of class D", standing(listed_as(Class::D, Flag::Green, scope()))),
        with_card("a provider flagged red", standing(listed_as(Class::A, Flag::Red, scope()))),
        with_card("a provider under watch but in scope", scoped(scope())),
        with_card("a provider without limits", scoped(Scope::default())),
        with_card("a type out of scope", scoped(Scope { types: vec![TypeOfCertificate::Training], ..scope() })),
        with_card("an occupation out of scope", scoped(Scope { occupations: vec![OccupationPrefix::parse("6-25-").expect("a prefix")], ..scope() })),
        with_card("a level below the scope", scoped(Scope { level_min: level(4), ..scope() })),
        with_card("a level above the scope", scoped(Scope { level_max: level(2), ..scope() })),
        with_card("a level at both ends of the scope", scoped(Scope { level_min: level(3), level_max: level(3), ..scope() })),
        case("a training without an occupation where the scope names some", training(None), scoped(scope())),
        case("a training without a level", training(claims().occ), scoped(scope())),
    ]
}

pub fn barred_from(day: &str) -> Vec<verifier::verdict::Interval> {
    vec![interval("2025-01-01", Some(day), listed()), interval(day, Some("2029-03-01"), Standing::Barred)]
}

fn statuses() -> Vec<Case> {
    let world = World::good;
    let replaced = StatusEntry::Known { status: Status::Replaced, replaced_by: Some("HF3100002026ZZZZZZZZZZD".into()) };
    vec![
        with_card("suspended", world().with_status(Status::Suspended)),
        with_card("revoked", world().with_status(Status::Revoked)),
        with_card("replaced by a known number", World { status: replaced, ..world() }),
        with_card("replaced by an unknown number", world().with_status(Status::Replaced)),
        with_card("an index newer than the facts", World { status: StatusEntry::Beyond, ..world() }),
        with_card("a status list not at hand", World { status: StatusEntry::Missing { part: "status/310000/2026".into() }, ..world() }),
    ]
}

fn ages() -> Vec<Case> {
    let world = World::good;
    let at = |name, world: World, now| Case { now, ..with_card(name, world) };
    let old = world().expires;
    let key_compromised = world().with_key(|key| key.revoked = Some(KeyRevocation { at: ISSUED, reason: KeyRevocationReason::Compromise }));
    // 2029-03-01 begins in China at this instant.
    let last_midnight = Instant(1_866_988_800);
    let lasting = World { fresh_until: Instant(2_000_000_000), expires: Instant(2_000_000_000), ..world() };
    let older_key = World { key: Some(key(*Signer::from_seed(&[8; 32]).public())), ..world() };
    vec![
        at("the last second of freshness", world(), world().fresh_until.plus_seconds(-1)),
        at("facts no longer fresh", world(), world().fresh_until),
        at("facts no longer fresh, revoked", world().with_status(Status::Revoked), world().fresh_until),
        at("the last second before the facts expire", world(), old.plus_seconds(-1)),
        at("facts expired", world(), old),
        at("facts expired, suspended", world().with_status(Status::Suspended), old),
        at("facts expired, revoked", world().with_status(Status::Revoked), old),
        at("facts expired, key compromised", key_compromised, old),
        at("facts expired, provider barred", world().with_timeline(barred_from("2026-03-01")), old),
        at("facts expired, key unknown", older_key, old),
        at("a clock before the facts", world(), Instant(0)),
        at("the last second of the last day", lasting.clone(), last_midnight.plus_seconds(-1)),
        at("the first second after the last day", lasting, last_midnight),
        at("expired facts and an expired card", world(), last_midnight),
    ]
}
