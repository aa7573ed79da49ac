//! The demo roster holds what the registry accepts, so that the first thing a newcomer tries succeeds.

use std::collections::HashSet;

use verifier::ids::{CreditCode, Grade, IdDocument, IdKind, Level, OccupationCode, PersonName, Title, TypeOfCertificate};
use verifier::time::Day;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    id_type: IdKind,
    id_number: String,
    r#type: String,
    occupation: String,
    title: String,
    level: u8,
    grade: String,
    assessed_on: String,
    valid_until: Option<String>,
    provider: String,
}

fn lines() -> Vec<Line> {
    let text = include_bytes!("../examples/roster.csv");
    csv::Reader::from_reader(&text[..]).deserialize().collect::<Result<_, _>>().unwrap()
}

#[test]
fn each_field_of_the_roster_obeys_its_rule() {
    for (row, line) in (1..).zip(lines()) {
        let document = IdDocument::parse(line.id_type, &line.id_number).unwrap_or_else(|error| panic!("row {row}: {error:?}"));
        assert_eq!(document.as_str(), line.id_number, "row {row} is normalised");
        assert!(PersonName::parse(&line.name).is_ok(), "row {row}");
        assert!(TypeOfCertificate::parse(&line.r#type).is_ok(), "row {row}");
        assert!(OccupationCode::parse(&line.occupation).is_ok(), "row {row}");
        assert!(Title::parse(&line.title).is_ok(), "row {row}");
        assert!((1..=5).contains(&line.level) && Level::new(line.level).is_ok(), "row {row}");
        assert!(Grade::parse(&line.grade).is_ok_and(|grade| grade != Grade::Fail), "row {row}");
        assert!(CreditCode::parse(&line.provider).is_ok(), "row {row}");
        let assessed = Day::parse(&line.assessed_on).unwrap();
        assert!((Day::new(2025, 1, 1).unwrap()..Day::new(2026, 11, 1).unwrap()).contains(&assessed), "row {row}");
        assert!(line.valid_until.is_none_or(|until| Day::parse(&until).unwrap() > assessed), "row {row}");
    }
}

#[test]
fn the_roster_has_two_hundred_people_of_every_kind() {
    let lines = lines();
    assert_eq!(lines.len(), 200);
    let numbers: HashSet<_> = lines.iter().map(|line| (line.id_type, &line.id_number)).collect();
    assert_eq!(numbers.len(), 200, "everybody has a number of their own");
    let has = |what: fn(&Line) -> bool| lines.iter().any(what);
    for kind in [IdKind::Resident, IdKind::ResidencePermit, IdKind::HkId, IdKind::HkMacauPermit, IdKind::MacauId, IdKind::Passport] {
        assert!(lines.iter().any(|line| line.id_type == kind), "{kind:?}");
    }
    assert!(has(|line| line.name.contains('·')) && has(|line| line.name.starts_with("欧阳")));
    assert!(has(|line| line.name.chars().any(|c| c > '\u{ffff}')), "a character outside the Basic Multilingual Plane");
    assert!(has(|line| line.name.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c))), "a name in Arabic script");
    assert!(has(|line| line.id_number.ends_with('X')), "a check character X");
}
