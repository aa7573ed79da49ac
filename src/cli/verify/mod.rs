//! `hufu verify`: the verifier's judgement by a trust bundle or by this registry's database, on texts, text files, pictures or standard input.
//! What is verified is never echoed in an error.

mod batch;
mod dossier;
pub(super) mod input;
mod judge;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use verifier::ids::RegionCode;
use verifier::jws::Fingerprint;
use verifier::time::{Instant, Zone};
use verifier::verdict::{Outcome, PresentedReceipt};

use super::bundle::fingerprint;
use super::verdict::{Paint, receipt, render};
use super::{exit, language};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::Fault;
use crate::messages::Lang;
use crate::verification::Said;
pub(super) use dossier::judged;
pub(super) use judge::Judge;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    hufu verify --bundle 310000.hufu card.png        by a trust bundle, with no network and no database\n  \
    hufu verify --bundle 310000.hufu --batch cards.txt > verdicts.ndjson\n  \
    hufu verify 'https://skills.example/v#1234...'   the text of a QR code, quoted because of the #\n  \
    hufu verify --bundle 310000.hufu --place 320000 card.png    and whether Jiangsu recognises it, by which clause, or why not\n  \
    hufu verify --bundle 310000.hufu receipt.jws     a recognition receipt, by the region's key, the agreement and its status list\n  \
    hufu verify card.png photo.jpg                   every QR code in the pictures\n  \
    hufu verify --bundle 310000.hufu trf_1.json      the dossier of a transfer, step by step (`hufu transfer dossier` writes one)\n  \
    hufu verify --json cards.txt                     one text a line, one verdict a line\n  \
    wl-paste | hufu verify --lang en -               standard input: text or a picture\n\n\
    Exit codes: 0 valid, 1 invalid, 2 undetermined (unreadable is not verified), 3 usage, 4 bundle refused, 5 fault; of several the worst.\n\
    With --bundle nothing is read but the file and FILE.pin. Without it the facts are those of the database in force (--data-dir, --database-url), \
    which is only read; where there is none, every verdict is undetermined.\n\
    --batch takes one text of a certificate a line, of any number, and prints one verdict a line: line n is about line n, an empty line included (undetermined).")]
pub(super) struct Arguments {
    /// QR text, URL or JWS, of a certificate or a receipt; or a text file (one text a line); or a PNG or JPEG picture; or - for standard input
    #[arg(required_unless_present = "batch", value_name = "TEXT|FILE|-")]
    inputs: Vec<String>,
    /// Judge by this trust bundle alone (`hufu bundle fetch` gets one)
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Fingerprint of the region's key, where FILE.pin is absent
    #[arg(long, requires = "bundle", value_name = "FINGERPRINT", value_parser = fingerprint, allow_hyphen_values = true)]
    pin: Option<Fingerprint>,
    /// Say whether this region (six digits) recognises what is valid, by the agreements in the bundle
    #[arg(long, requires = "bundle", value_name = "REGION", value_parser = region)]
    place: Option<RegionCode>,
    /// Many at once, on all cores: a file with one text a line, or - for standard input
    #[arg(long, conflicts_with = "inputs", value_name = "FILE|-")]
    batch: Option<String>,
    /// Print each verdict as one line of JSON, as is done without a terminal
    #[arg(long)]
    json: bool,
    /// Language of the words: zh or en [default: from LANG, else zh]
    #[arg(long, value_parser = lang)]
    lang: Option<Lang>,
}

pub(super) fn lang(text: &str) -> Result<Lang, String> {
    match text {
        "zh" => Ok(Lang::Zh),
        "en" => Ok(Lang::En),
        _ => Err("zh or en".to_owned()),
    }
}

pub(super) fn region(text: &str) -> Result<RegionCode, String> {
    RegionCode::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<u8, Fault> {
    let lang = arguments.lang.unwrap_or_else(language);
    let done =
        Judge::open(arguments.bundle.as_deref(), arguments.pin, arguments.place.clone(), config, lang).and_then(|judge| match &arguments.batch {
            Some(source) => batch::run(source, &judge, lang),
            None => Ok(one_by_one(arguments, &judge, lang)?),
        });
    Ok(done.unwrap_or_else(|stop| stop.end(lang)))
}

fn one_by_one(arguments: &Arguments, judge: &Judge, lang: Lang) -> Result<u8, Fault> {
    let edge = Edge::default();
    let mut out = std::io::stdout().lock();
    let human = out.is_terminal() && !arguments.json;
    let mut codes = Vec::new();
    for input in &arguments.inputs {
        if let Some(file) = dossier::file(input)? {
            match dossier::judged(&file, judge, Instant(edge.now()), human.then_some(lang)) {
                Ok((outcome, said)) => {
                    codes.push(code(outcome));
                    out.write_all(said.as_bytes()).map_err(Fault::new)?;
                }
                Err(stop) => codes.push(stop.end(lang)),
            }
            continue;
        }
        let found = match input::gather(input) {
            Ok(found) => found,
            Err(stop) => {
                codes.push(stop.end(lang));
                continue;
            }
        };
        if let Some(reason) = found.complaint {
            eprintln!("hufu: {}: {}", reason.code, lang.pick(reason.zh, reason.en));
        }
        for text in &found.texts {
            let (outcome, said) = said(&judge_one(judge, text, Instant(edge.now()))?, human.then_some(lang), judge.zone())?;
            codes.push(code(outcome));
            out.write_all(said.as_bytes()).map_err(Fault::new)?;
        }
    }
    Ok(worst(&codes))
}

fn judge_one(judge: &Judge, text: &str, now: Instant) -> Result<Said, Fault> {
    match PresentedReceipt::from_text(text) {
        Some(receipt) => Ok(Said::Receipt(Box::new(judge.verify_receipt(&receipt, now)?))),
        None => Ok(Said::Certificate(Box::new(judge.verify(text, now)))),
    }
}

/// In words for people, or else as one line of JSON.
fn said(said: &Said, words: Option<Lang>, zone: Zone) -> Result<(Outcome, String), Fault> {
    let paint = Paint::of(&std::io::stdout());
    let outcome = match said {
        Said::Certificate(verdict) => verdict.outcome,
        Said::Receipt(verdict) => verdict.outcome,
    };
    let text = match (words, said) {
        (Some(lang), Said::Certificate(verdict)) => render(verdict, lang, zone, paint),
        (Some(lang), Said::Receipt(verdict)) => receipt::render(verdict, lang, zone, paint),
        (None, said) => serde_json::to_string(said).map_err(Fault::new)?,
    };
    Ok((outcome, text + "\n"))
}

fn code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Valid | Outcome::ValidAsOf => exit::OK,
        Outcome::Invalid => exit::INVALID,
        Outcome::Undetermined => exit::UNDETERMINED,
    }
}

/// A fault hides what was to be said, so it is worse than any answer; of the answers, "invalid" is the one that must not be missed.
fn worst(codes: &[u8]) -> u8 {
    const WORST_FIRST: [u8; 4] = [exit::FAULT, exit::USAGE, exit::INVALID, exit::UNDETERMINED];
    WORST_FIRST.into_iter().find(|code| codes.contains(code)).unwrap_or(exit::OK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_verdicts_the_worst_counts_and_invalid_is_worse_than_undetermined() {
        assert_eq!(worst(&[exit::OK, exit::OK]), exit::OK);
        assert_eq!(worst(&[exit::OK, exit::UNDETERMINED]), exit::UNDETERMINED);
        assert_eq!(worst(&[exit::UNDETERMINED, exit::INVALID, exit::OK]), exit::INVALID);
        assert_eq!(worst(&[exit::INVALID, exit::USAGE]), exit::USAGE);
        assert_eq!(worst(&[exit::FAULT, exit::INVALID]), exit::FAULT);
    }
}
