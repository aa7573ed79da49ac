//! `hufu verify`: the server's own judgement, on texts, text files, pictures or standard input. What is verified is never echoed in an error.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use clap::Args;
use verifier::messages::Message;
use verifier::time::Zone;
use verifier::verdict::{Outcome, Verdict};

use super::verdict::{Paint, render};
use super::{exit, language, words};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::{Fault, Reason};
use crate::messages::Lang;
use crate::qr::{QrError, read_picture};
use crate::verification::Local;

/// Most bytes of a file or of standard input.
const INPUT_MAX: u64 = 20 << 20;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    hufu verify 'https://skills.example/v#1234...'   the text of a QR code, quoted because of the #\n  \
    hufu verify card.png photo.jpg                   every QR code in the pictures\n  \
    hufu verify --json cards.txt                     one text a line, one verdict a line\n  \
    wl-paste | hufu verify --lang en -               standard input: text or a picture\n\n\
    Exit codes: 0 valid, 1 invalid, 2 undetermined (unreadable is not verified), 3 usage, 5 fault; of several the worst.\n\
    The facts are those of the database in force (--data-dir, --database-url). It is only read; where there is none, every verdict is undetermined.")]
pub(super) struct Arguments {
    /// QR text, URL or JWS; or a text file (one text a line); or a PNG or JPEG picture; or - for standard input
    #[arg(required = true, value_name = "TEXT|FILE|-")]
    inputs: Vec<String>,
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

/// What could not even be looked at.
enum Unusable {
    /// The caller named the wrong thing.
    Usage(Message),
    /// It could not be read.
    Fault(Fault),
}

impl From<Fault> for Unusable {
    fn from(fault: Fault) -> Unusable {
        Unusable::Fault(fault)
    }
}

/// The texts in one input, and why there is none where a picture has none.
struct Texts {
    texts: Vec<String>,
    complaint: Option<Reason>,
}

pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<u8, Fault> {
    let edge = Edge::default();
    let local = Local::open(&config.database(), edge.now_ms())?;
    let lang = arguments.lang.unwrap_or_else(language);
    if !local.knows_a_region() {
        eprintln!("hufu: {}", lang.say(&words::NO_REGISTRY));
    }
    let mut out = std::io::stdout().lock();
    let human = out.is_terminal() && !arguments.json;
    let mut codes = Vec::new();
    for input in &arguments.inputs {
        let found = match gather(input) {
            Ok(found) => found,
            Err(Unusable::Usage(message)) => {
                eprintln!("hufu: {}: {}", message.code, lang.say(&message));
                codes.push(exit::USAGE);
                continue;
            }
            Err(Unusable::Fault(fault)) => {
                eprintln!("hufu: {fault}");
                codes.push(exit::FAULT);
                continue;
            }
        };
        if let Some(reason) = found.complaint {
            eprintln!("hufu: {}: {}", reason.code, lang.pick(reason.zh, reason.en));
        }
        for text in &found.texts {
            let verdict = local.verify(text, edge.now());
            codes.push(code(verdict.outcome));
            out.write_all(written(&verdict, human.then_some(lang), local.zone())?.as_bytes()).map_err(Fault::new)?;
        }
    }
    Ok(worst(&codes))
}

/// In words for people, or else as one line of JSON.
fn written(verdict: &Verdict, words: Option<Lang>, zone: Zone) -> Result<String, Fault> {
    if let Some(lang) = words {
        return Ok(render(verdict, lang, zone, Paint::of(&std::io::stdout())) + "\n");
    }
    Ok(serde_json::to_string(verdict).map_err(Fault::new)? + "\n")
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

fn gather(input: &str) -> Result<Texts, Unusable> {
    let path = Path::new(input);
    if input == "-" {
        return texts_in(&read_limited(std::io::stdin().lock())?);
    }
    // A QR's text may be longer than any path; asking about it then is an error and not a "no".
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(Unusable::Usage(words::FOLDER)),
        Ok(_) => {
            let file = File::open(path).map_err(|e| Fault::text(format!("cannot read the file: {e}")))?;
            texts_in(&read_limited(file)?)
        }
        Err(_) if looks_like_a_path(input) => Err(Unusable::Usage(words::NO_FILE)),
        Err(_) => Ok(Texts { texts: vec![input.to_owned()], complaint: None }),
    }
}

fn looks_like_a_path(input: &str) -> bool {
    const ENDINGS: [&str; 6] = [".png", ".jpg", ".jpeg", ".txt", ".jws", ".json"];
    let lower = input.to_ascii_lowercase();
    !input.contains("://") && (input.contains('/') || ENDINGS.iter().any(|ending| lower.ends_with(ending)))
}

fn read_limited(source: impl Read) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    source.take(INPUT_MAX + 1).read_to_end(&mut bytes).map_err(|e| Fault::text(format!("cannot read the input: {e}")))?;
    if bytes.len() as u64 > INPUT_MAX { Err(Unusable::Usage(words::TOO_LARGE)) } else { Ok(bytes) }
}

/// Text, one to be verified a line; or a picture. Anything else is unreadable, which is a verdict and not an error.
fn texts_in(bytes: &[u8]) -> Result<Texts, Unusable> {
    let is_picture = bytes.starts_with(b"\x89PNG") || bytes.starts_with(&[0xff, 0xd8, 0xff]);
    let unreadable = |error: QrError| Texts { texts: vec![String::new()], complaint: Some(error.reason()) };
    if is_picture {
        return Ok(read_picture(bytes).map_or_else(unreadable, |texts| Texts { texts, complaint: None }));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(unreadable(QrError::PictureUnreadable)) };
    let texts: Vec<String> = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if texts.is_empty() { Err(Unusable::Usage(words::EMPTY)) } else { Ok(Texts { texts, complaint: None }) }
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

    #[test]
    fn a_link_and_a_jws_are_texts_and_a_name_of_a_picture_is_a_path() {
        for path in ["card.png", "./card", "/tmp/x", "CARD.JPG"] {
            assert!(looks_like_a_path(path), "{path}");
        }
        for text in ["https://skills.example/v#123", "eyJhbGciOiJFZERTQSJ9.e30.AA", "12345", "WIFI:S:guest;;"] {
            assert!(!looks_like_a_path(text), "{text}");
        }
    }
}
