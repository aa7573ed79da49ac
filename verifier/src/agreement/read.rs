//! From the bytes of an agreement to its content.

use super::accept::{Accept, Days, LevelRange, MinimumGrade, ProviderTerms, StatusAt};
use super::place::{Object, Place, ascending, choice, depth, distinct, list, number, text};
use super::{Agreement, AgreementError, AgreementRule, Convert, CourseAmount, Exchange, Given, Grant, Limit, MAX_BYTES};
use crate::documents::{Amount, Category, InForce, Names};
use crate::ids::{Level, OccupationPrefix, RegionCode};
use crate::json::{self, Value};
use alloc::string::String;
use alloc::vec::Vec;

type Read<T> = Result<T, AgreementError>;

const DEPTH_MAX: usize = 8;
const PARTIES_MAX: usize = 50;
const GRANTS_MAX: usize = 500;
const COURSES_MAX: usize = 20;
const CATEGORIES_MAX: usize = 100;

/// The value of the member `hufu`.
pub(super) const FORMAT: &str = "agreement/1";

const MEMBERS: [&str; 9] = ["hufu", "id", "version", "supersedes", "title", "parties", "in_force", "offer_days", "grants"];
const OF_GRANT: [&str; 9] = ["id", "moves", "from", "to", "accept", "convert", "all_of", "gives", "limits"];
const OF_ACCEPT: [&str; 11] =
    ["type", "scheme", "kind", "category", "course", "occupation", "level", "grade", "max_age_months", "earned", "provider"];
const OF_PROVIDER: [&str; 6] = ["status_at", "class", "flag", "type", "code", "in_scope"];

pub(super) fn agreement(bytes: &[u8]) -> Read<Agreement> {
    let root = &Place::ROOT;
    let mut members = Object::of(tree(bytes, MAX_BYTES)?, root, &MEMBERS)?;
    members.required("hufu", |value, place| format(value, place, FORMAT))?;
    let agreement = Agreement {
        id: members.required("id", text)?,
        version: members.required("version", number(1..=i64::from(u32::MAX)))?,
        supersedes: members.optional("supersedes", text)?,
        title: members.required("title", names)?,
        parties: members.required("parties", parties)?,
        in_force: members.required("in_force", in_force)?,
        offer_days: members.required("offer_days", number(1..=365))?,
        grants: members.required("grants", |value, place| list(value, place, GRANTS_MAX, grant))?,
    };
    check(&agreement, root)?;
    Ok(agreement)
}

/// One JSON value in a text of limited length and depth.
pub(super) fn tree(bytes: &[u8], limit: usize) -> Read<Value<'_>> {
    let root = &Place::ROOT;
    if bytes.len() > limit {
        return Err(AgreementRule::TooLong.at(root));
    }
    let text = core::str::from_utf8(bytes).map_err(|_| AgreementRule::Json.at(root))?;
    if depth(text) > DEPTH_MAX {
        return Err(AgreementRule::TooDeep.at(root));
    }
    json::tree(bytes).filter(|value| matches!(value, Value::Object(_))).ok_or_else(|| AgreementRule::Json.at(root))
}

/// The name of the format, which must be this one.
pub(super) fn format(value: Value<'_>, place: &Place<'_>, format: &str) -> Read<()> {
    if text::<String>(value, place)? == format { Ok(()) } else { Err(AgreementRule::Value.at(place)) }
}

fn names(value: Value<'_>, place: &Place<'_>) -> Read<Names> {
    let mut members = Object::of(value, place, &["zh", "en"])?;
    Ok(Names { zh: members.required("zh", text)?, en: members.required("en", text)? })
}

fn parties(value: Value<'_>, place: &Place<'_>) -> Read<Vec<RegionCode>> {
    let parties = list(value, place, PARTIES_MAX, text::<RegionCode>)?;
    ascending(parties.iter(), place)?;
    if parties.len() < 2 { Err(AgreementRule::Empty.at(place)) } else { Ok(parties) }
}

fn in_force(value: Value<'_>, place: &Place<'_>) -> Read<InForce> {
    let mut members = Object::of(value, place, &["from", "through"])?;
    let days = InForce { from: members.required("from", text)?, through: members.optional("through", text)? };
    if days.through.is_some_and(|through| through < days.from) { Err(AgreementRule::Days.at(&place.member("through"))) } else { Ok(days) }
}

/// The rules that take more than one member.
fn check(agreement: &Agreement, root: &Place<'_>) -> Read<()> {
    if (agreement.version == 1) != agreement.supersedes.is_none() {
        return Err(AgreementRule::Supersedes.at(&root.member("supersedes")));
    }
    let place = &root.member("grants");
    distinct(&agreement.grants, place, |one, other| one.id == other.id)?;
    for (at, grant) in agreement.grants.iter().enumerate() {
        let grant_place = &place.item(at);
        for (name, regions) in [("from", &grant.from), ("to", &grant.to)] {
            let stranger = regions.iter().position(|region| agreement.parties.binary_search(region).is_err());
            if let Some(at) = stranger {
                return Err(AgreementRule::NotAParty.at(&grant_place.member(name).item(at)));
            }
        }
    }
    Ok(())
}

fn grant(value: Value<'_>, place: &Place<'_>) -> Read<Grant> {
    let mut members = Object::of(value, place, &OF_GRANT)?;
    let grant = Grant {
        id: members.required("id", text)?,
        moves: members.required("moves", text)?,
        from: members.required("from", sides)?,
        to: members.required("to", sides)?,
        accept: members.required("accept", accept)?,
        convert: members.optional("convert", convert)?,
        all_of: members.optional("all_of", all_of)?.unwrap_or_default(),
        gives: members.optional("gives", |value, place| list(value, place, COURSES_MAX, given))?.unwrap_or_default(),
        limits: members.optional("limits", limits)?.unwrap_or_default(),
    };
    super::rules::check(&grant, place)?;
    Ok(grant)
}

/// One side of a grant. A word that is no region, such as `*`, is no party.
fn sides(value: Value<'_>, place: &Place<'_>) -> Read<Vec<RegionCode>> {
    let region =
        |value: Value<'_>, place: &Place<'_>| RegionCode::parse(&text::<String>(value, place)?).map_err(|_| AgreementRule::NotAParty.at(place));
    let regions = list(value, place, PARTIES_MAX, region)?;
    ascending(regions.iter(), place)?;
    Ok(regions)
}

fn accept(value: Value<'_>, place: &Place<'_>) -> Read<Accept> {
    let mut members = Object::of(value, place, &OF_ACCEPT)?;
    Ok(Accept {
        types: members.optional("type", choice(text))?.unwrap_or_default(),
        scheme: members.optional("scheme", text)?,
        kinds: members.optional("kind", choice(text))?.unwrap_or_default(),
        categories: members.optional("category", choice(text))?.unwrap_or_default(),
        courses: members.optional("course", choice(text))?.unwrap_or_default(),
        occupations: members.optional("occupation", occupations)?.unwrap_or_default(),
        level: members.optional("level", level)?,
        grade: members.optional("grade", |value, place| Ok(MinimumGrade { min: Object::of(value, place, &["min"])?.required("min", text)? }))?,
        max_age_months: members.optional("max_age_months", number(1..=1_200))?,
        earned: members.optional("earned", days)?,
        provider: members.optional("provider", provider)?,
    })
}

fn occupations(value: Value<'_>, place: &Place<'_>) -> Read<Vec<OccupationPrefix>> {
    let list = choice(text::<OccupationPrefix>)(value, place)?;
    let within = |one: &OccupationPrefix| list.iter().any(|other| one != other && one.as_str().starts_with(other.as_str()));
    match list.iter().position(within) {
        Some(at) => Err(AgreementRule::Overlap.at(&place.item(at))),
        None => Ok(list),
    }
}

fn level(value: Value<'_>, place: &Place<'_>) -> Read<LevelRange> {
    let mut members = Object::of(value, place, &["min", "max"])?;
    let rank = |value: Value<'_>, place: &Place<'_>| {
        let rank: u8 = number(0..=7)(value, place)?;
        Level::new(rank).map_err(|_| AgreementRule::Number.at(place))
    };
    let range = LevelRange { min: members.optional("min", rank)?, max: members.optional("max", rank)? };
    match range {
        LevelRange { min: None, max: None } => Err(AgreementRule::Empty.at(place)),
        LevelRange { min: Some(min), max: Some(max) } if min > max => Err(AgreementRule::Range.at(&place.member("max"))),
        _ => Ok(range),
    }
}

fn days(value: Value<'_>, place: &Place<'_>) -> Read<Days> {
    let mut members = Object::of(value, place, &["from", "through"])?;
    let days = Days { from: members.optional("from", text)?, through: members.optional("through", text)? };
    match days {
        Days { from: None, through: None } => Err(AgreementRule::Empty.at(place)),
        Days { from: Some(from), through: Some(through) } if through < from => Err(AgreementRule::Days.at(&place.member("through"))),
        _ => Ok(days),
    }
}

fn provider(value: Value<'_>, place: &Place<'_>) -> Read<ProviderTerms> {
    let mut members = Object::of(value, place, &OF_PROVIDER)?;
    let in_scope = |value: Value<'_>, place: &Place<'_>| match value {
        Value::Bool(true) => Ok(true),
        _ => Err(AgreementRule::Type.at(place)),
    };
    Ok(ProviderTerms {
        status_at: members.required("status_at", text::<StatusAt>)?,
        classes: members.optional("class", choice(text))?.unwrap_or_default(),
        flags: members.optional("flag", choice(text))?.unwrap_or_default(),
        kinds: members.optional("type", choice(text))?.unwrap_or_default(),
        codes: members.optional("code", choice(text))?.unwrap_or_default(),
        in_scope: members.optional("in_scope", in_scope)?.unwrap_or_default(),
    })
}

fn convert(value: Value<'_>, place: &Place<'_>) -> Read<Convert> {
    let mut members = Object::of(value, place, &["ratio", "scheme", "category"])?;
    Ok(Convert {
        ratio: members.required("ratio", ratio)?,
        scheme: members.required("scheme", text)?,
        category: members.optional("category", categories)?.unwrap_or_default(),
    })
}

fn ratio(value: Value<'_>, place: &Place<'_>) -> Read<Exchange> {
    match *list(value, place, 2, number(1..=1_000_000))? {
        [n, d] => Ok(Exchange(n, d)),
        _ => Err(AgreementRule::Type.at(place)),
    }
}

fn categories(value: Value<'_>, place: &Place<'_>) -> Read<Vec<(Category, Category)>> {
    let Value::Object(members) = value else { return Err(AgreementRule::Type.at(place)) };
    if members.is_empty() {
        return Err(AgreementRule::Empty.at(place));
    }
    if members.len() > CATEGORIES_MAX {
        return Err(AgreementRule::TooMany.at(place));
    }
    let mut pairs: Vec<(Category, Category)> = Vec::new();
    for (name, value) in members {
        let place = &place.member(&name);
        let from = Category::parse(&name).map_err(|_| AgreementRule::Value.at(place))?;
        if pairs.iter().any(|(earlier, _)| *earlier == from) {
            return Err(AgreementRule::Duplicate.at(place));
        }
        pairs.push((from, text(value, place)?));
    }
    Ok(pairs)
}

fn all_of(value: Value<'_>, place: &Place<'_>) -> Read<Vec<CourseAmount>> {
    let courses = list(value, place, COURSES_MAX, |value, place| {
        let mut members = Object::of(value, place, &["course", "amount"])?;
        Ok(CourseAmount { course: members.required("course", text)?, amount: members.required("amount", amount)? })
    })?;
    distinct(&courses, place, |one, other| one.course == other.course)?;
    Ok(courses)
}

fn given(value: Value<'_>, place: &Place<'_>) -> Read<Given> {
    let mut members = Object::of(value, place, &["scheme", "course", "category", "amount"])?;
    Ok(Given {
        scheme: members.required("scheme", text)?,
        course: members.optional("course", text)?,
        category: members.optional("category", text)?,
        amount: members.required("amount", amount)?,
    })
}

fn limits(value: Value<'_>, place: &Place<'_>) -> Read<Vec<Limit>> {
    let limits = list(value, place, 2, |value, place| {
        let mut members = Object::of(value, place, &["per", "amount"])?;
        Ok(Limit { per: members.required("per", text)?, amount: members.required("amount", amount)? })
    })?;
    distinct(&limits, place, |one, other| one.per == other.per)?;
    Ok(limits)
}

fn amount(value: Value<'_>, place: &Place<'_>) -> Read<Amount> {
    let hundredths: i64 = number(1..=Amount::MAX.hundredths())(value, place)?;
    Amount::new(hundredths).map_err(|_| AgreementRule::Number.at(place))
}
