//! Who agreed with whom, and when it is in force.

use super::super::recognitions::{Case, certificate, credit, provider};
use verifier::agreement::Life;
use verifier::time::Day;

fn day(text: &str) -> Option<Day> {
    Day::parse(text).ok()
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    let plain = |name, failed| certificate(name, "{}", &[], failed);
    let from = |origin: &'static str| [("\"310000\"", origin)];
    let superseded = |on: &str| Life { superseded_from: day(on), ..Life::AGREED };
    let ended = |on: &str| Life { ended_on: day(on), ..Life::AGREED };
    let two = [("[\"310000\",\"310101\",\"320000\",\"320506\",\"330000\",\"810000\"]", "[\"310000\",\"320000\"]"), ("[\"310000\",\"310101\"]", "[\"310000\"]"), ("[\"310000\",\"320000\",\"320506\"]", "[\"320000\"]")];
    let hong_kong = [("\"from\":[\"310000\",\"310101\"]", "\"from\":[\"810000\"]")];
    let back = [("\"from\":[\"310000\",\"310101\"]", "\"from\":[\"310000\",\"320000\"]")];
    vec![
        plain("the day before it is in force", &[("in_force", "2025-12-31")]).on("2025-12-31"),
        plain("the first day in force", &[]).on("2026-01-01"),
        plain("the last day in force", &[]).on("2028-12-31"),
        plain("the day after the last", &[("in_force", "2029-01-01")]).on("2029-01-01"),
        plain("in force until notice", &[]).on("2099-01-01").with_agreement(&[(",\"through\":\"2028-12-31\"", "")]),
        plain("in force until notice, before the first day", &[("in_force", "2025-12-31")]).on("2025-12-31").with_agreement(&[(",\"through\":\"2028-12-31\"", "")]),
        plain("not every party has signed", &[("signed", "not every party")]).with_life(Life { is_agreed: false, ..Life::AGREED }),
        plain("neither signed nor in force", &[("signed", "not every party"), ("in_force", "2025-12-31")]).on("2025-12-31").with_life(Life { is_agreed: false, ..Life::AGREED }),
        plain("superseded the day after", &[]).with_life(superseded("2026-03-02")),
        plain("superseded the same day", &[("in_force", "superseded from 2026-03-01")]).with_life(superseded("2026-03-01")),
        plain("superseded long ago", &[("in_force", "superseded from 2026-02-01")]).with_life(superseded("2026-02-01")),
        plain("ended the day after", &[]).with_life(ended("2026-03-02")),
        plain("ended the same day", &[("in_force", "ended on 2026-03-01")]).with_life(ended("2026-03-01")),
        plain("ended and superseded", &[("in_force", "ended on 2026-02-01")]).with_life(Life { ended_on: day("2026-02-01"), ..superseded("2026-01-01") }),
        plain("ended before it began", &[("in_force", "2025-12-31")]).on("2025-12-31").with_life(ended("2025-06-01")),
        plain("to another region of the list", &[]).at("320506"),
        plain("to a party that the grant does not name", &[("parties", "310000 to 330000")]).at("330000"),
        plain("to a region that is no party", &[("parties", "310000 to 440000")]).at("440000"),
        plain("to its own region", &[("parties", "310000 to 310000")]).at("310000"),
        certificate("from a party that the grant does not name", "{}", &from("\"330000\""), &[("parties", "330000 to 320000")]),
        certificate("from the other direction", "{}", &from("\"320000\""), &[("parties", "320000 to 310000")]).at("310000"),
        certificate("from the other direction, where it is agreed too", "{}", &from("\"320000\""), &[]).at("310000").with_agreement(&back),
        certificate("from a district", "{}", &from("\"310101\""), &[]).at("320506"),
        certificate("from a district to its own province", "{}", &from("\"310101\""), &[]).at("310000"),
        certificate("from a district that is no party, of a province that is", "{}", &from("\"310115\""), &[("parties", "310115 to 320000")]),
        certificate("two parties, the one direction", "{}", &[], &[]).with_agreement(&two),
        certificate("two parties, the other direction", "{}", &from("\"320000\""), &[("parties", "320000 to 310000")]).at("310000").with_agreement(&two),
        certificate("from Hong Kong", "{}", &from("\"810000\""), &[]).with_agreement(&hong_kong),
        certificate("to Hong Kong, which has not offered that", "{}", &[], &[("parties", "310000 to 810000")]).at("810000").with_agreement(&hong_kong),
        credit("credit, where certificates are recognised", r#"{"scheme":"310000:credit"}"#, "", &[], &[("moves", "credit")])
            .with_agreement(&[("\"moves\":\"credit\"", "\"moves\":\"certificate\""), ("\"scheme\":\"310000:credit\"", "")]),
        certificate("a certificate, where credit moves", "{}", &[], &[("moves", "certificate"), ("scheme", "none"), ("unexpired", "none"), ("amount", "none")])
            .with_agreement(&[("\"moves\":\"certificate\"", "\"moves\":\"credit\""), ("\"accept\":{}", "\"accept\":{\"scheme\":\"310000:credit\"}")]),
        provider("a provider, where certificates are recognised", "{}", &[], &[("moves", "provider"), ("type", "none"), ("grade", "none"), ("max_age_months", "none"), ("earned", "none")])
            .with_agreement(&[("\"moves\":\"provider\"", "\"moves\":\"certificate\""), ("\"accept\":{}", r#""accept":{"type":["training"],"grade":{"min":"pass"},"max_age_months":12,"earned":{"from":"2020-01-01"}}"#)]),
        provider("a provider, where providers are recognised", "{}", &[], &[]),
        provider("a provider of too low a rank", r#"{"level":{"min":5}}"#, &[], &[("level", "4")]),
        provider("a provider for an occupation", r#"{"occupation":["6-25-"]}"#, &[], &[]),
        provider("a provider for no occupation", r#"{"occupation":["6-25-"]}"#, &[("\"occupation\":\"6-25-02-05\",", "")], &[("occupation", "none")]),
    ]
}
