//! The provider on the day of issue.

use super::super::cases::{barred_from, card, changed, link};
use super::super::claims;
use super::super::world::{DAY, ISSUED, World, interval, listed, listed_as, scope};
use super::{Cases, RegionFacts, soon};
use verifier::card::Claims;
use verifier::ids::{Level, OccupationPrefix, TypeOfCertificate};
use verifier::verdict::Outcome::{Invalid, Undetermined, Valid};
use verifier::verdict::{Class, Flag, Interval, Scope, Standing};

fn with_timeline(timeline: Vec<Interval>) -> RegionFacts {
    let providers = World::good().with_timeline(timeline).provider.into_iter().collect();
    RegionFacts { providers, ..RegionFacts::good() }
}

pub fn add(all: &mut Cases) {
    let text = link(&card());
    let one = |standing| vec![interval("2025-01-01", None, standing)];
    let scoped = |scope| one(listed_as(Class::C, Flag::Yellow, scope));
    let level = |rank| Level::new(rank).expect("a rank");
    let overlap = vec![interval("2025-01-01", None, listed()), interval("2026-02-01", Some("2029-02-01"), Standing::Barred)];
    let types = vec![TypeOfCertificate::Training];
    let occupations = vec![OccupationPrefix::parse("6-25-").expect("a prefix")];
    for (file, name, timeline, outcome, code) in [
        ("barred on the day", "a provider barred on the day of issue", barred_from("2026-03-01"), Invalid, "issuer.barred"),
        ("barred the day before", "a provider barred the day before issue", barred_from("2026-02-28"), Invalid, "issuer.barred"),
        ("barred the day after", "a provider barred the day after issue", barred_from("2026-03-02"), Valid, ""),
        ("bar over listing", "a bar that overlaps a listing", overlap, Invalid, "issuer.barred"),
        ("listed too late", "a provider listed from the day after issue", vec![interval("2026-03-02", None, listed())], Invalid, "issuer.not_listed"),
        (
            "listed until the day",
            "a provider listed until the day of issue",
            vec![interval("2025-01-01", Some("2026-03-01"), listed())],
            Invalid,
            "issuer.not_listed",
        ),
        ("listed that day", "a provider listed on the day of issue alone", vec![interval("2026-03-01", Some("2026-03-02"), listed())], Valid, ""),
        ("class D", "a provider of class D", one(listed_as(Class::D, Flag::Green, scope())), Invalid, "issuer.class_d"),
        ("red flag", "a provider flagged red", one(listed_as(Class::A, Flag::Red, scope())), Invalid, "issuer.red_flag"),
        ("under watch", "a provider under watch but in scope", scoped(scope()), Valid, ""),
        ("without limits", "a provider without limits", scoped(Scope::default()), Valid, ""),
        ("other types", "a type out of scope", scoped(Scope { types, ..scope() }), Invalid, "issuer.type_out_of_scope"),
        ("other occupations", "an occupation out of scope", scoped(Scope { occupations, ..scope() }), Invalid, "issuer.occupation_out_of_scope"),
        ("levels above", "a level below the scope", scoped(Scope { level_min: level(4), ..scope() }), Invalid, "issuer.level_out_of_scope"),
        ("levels below", "a level above the scope", scoped(Scope { level_max: level(2), ..scope() }), Invalid, "issuer.level_out_of_scope"),
    ] {
        all.facts(file, &with_timeline(timeline));
        all.judged(name, file, &text, soon(), outcome, code);
    }
    let midnight = link(&changed(|claims| claims.iat = ISSUED.plus_seconds(-8 * 3_600)));
    all.judged("issued in the first second of the day of a bar", "barred on the day", &midnight, soon(), Invalid, "issuer.barred");
    let before = link(&changed(|claims| claims.iat = ISSUED.plus_seconds(-8 * 3_600 - 1)));
    all.judged("issued in the last second before the day of a bar", "barred on the day", &before, soon(), Valid, "");
    let expires = RegionFacts::good().iat.plus_seconds(90 * DAY);
    all.judged("a bar: cannot be said after the facts expired", "barred on the day", &text, expires, Undetermined, "facts.expired");
    let training = link(&changed(|claims| *claims = Claims { typ: TypeOfCertificate::Training, lvl: None, ..claims.clone() }));
    all.judged("a training without a level", "under watch", &training, soon(), Valid, "");
    let unnamed = link(&changed(|claims| *claims = Claims { typ: TypeOfCertificate::Training, occ: None, lvl: None, ..claims.clone() }));
    all.judged("a training without an occupation", "under watch", &unnamed, soon(), Invalid, "issuer.occupation_out_of_scope");
    all.facts("no providers", &RegionFacts { providers: Vec::new(), ..RegionFacts::good() });
    all.judged("a provider nobody knows", "no providers", &text, soon(), Undetermined, "issuer.provider_unknown");
    let early = RegionFacts { iat: claims().iat.plus_seconds(-60), ..with_timeline(Vec::new()) };
    all.facts("gathered before the listing", &early);
    all.judged(
        "a provider listed after the facts were gathered",
        "gathered before the listing",
        &text,
        claims().iat,
        Undetermined,
        "issuer.newer_than_facts",
    );
}
