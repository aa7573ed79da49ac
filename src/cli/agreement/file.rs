//! What can be said of a file alone: what is odd about it, what it changes, what it says.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::json;
use verifier::agreement::diff::diff as changes;
use verifier::agreement::lint::lint as findings;
use verifier::agreement::print::{Printed, Said};
use verifier::agreement::{Agreement, AgreementError, FILE_MAX_BYTES, SignedAgreement, Standing};
use verifier::documents::Digest;

use super::Look;
use crate::cli::stop::Stop;
use crate::cli::{exit, words};
use crate::error::Fault;
use crate::messages::Lang;

/// An agreement, as a draft or as a file with signatures.
pub(super) enum Brought {
    /// `agreement/1`.
    Draft(Box<Agreement>, Vec<u8>),
    /// `agreement-file/1`, whose signatures nobody has checked.
    Signed(Box<SignedAgreement>, Vec<u8>),
}

impl Brought {
    /// Reads a file of at most 512 KiB.
    pub(super) fn read(path: &Path) -> Result<Brought, Stop> {
        let failed = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => Stop::usage(words::AGREEMENT_NO_FILE).about(path.display()),
            _ => Fault::text(format!("cannot read {}: {e}", path.display())).into(),
        };
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(FILE_MAX_BYTES as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
        // The format says which of the two it is; a file that says neither is read as an agreement, and refused so.
        let format = serde_json::from_slice::<serde_json::Value>(&bytes).ok().and_then(|value| Some(value.get("hufu")?.as_str()?.to_owned()));
        match format.as_deref() {
            Some("agreement-file/1") => {
                let signed = SignedAgreement::open(&bytes, &|_, _| None).map_err(|error| refused(&error))?;
                Ok(Brought::Signed(Box::new(signed), bytes))
            }
            _ => Ok(Brought::Draft(Box::new(Agreement::read(&bytes).map_err(|error| refused(&error))?), bytes)),
        }
    }

    fn agreement(&self) -> &Agreement {
        match self {
            Brought::Draft(agreement, _) => agreement,
            Brought::Signed(signed, _) => signed.agreement(),
        }
    }

    fn digest(&self) -> Digest {
        match self {
            Brought::Draft(_, bytes) => Digest::of_bytes(bytes),
            Brought::Signed(signed, _) => signed.digest(),
        }
    }
}

/// The verifier's words, and the path of the fault.
pub(super) fn refused(error: &AgreementError) -> Stop {
    let message = verifier::messages::find(error.code()).copied().unwrap_or(words::AGREEMENT_REFUSED);
    match error.path() {
        "" => Stop::refused(message),
        path => Stop::refused(message).about(path),
    }
}

fn pick(lang: Lang) -> impl Fn(&Said) -> &str {
    move |said| lang.pick(&said.zh, &said.en)
}

pub(super) fn write(text: &str) -> Result<(), Stop> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes()).map_err(Fault::new)?)
}

fn write_json(value: &impl Serialize) -> Result<(), Stop> {
    write(&(serde_json::to_string(value).map_err(Fault::new)? + "\n"))
}

pub(super) fn lint(path: &Path, look: Look) -> Result<u8, Stop> {
    let found = findings(Brought::read(path)?.agreement(), &BTreeMap::new());
    match look.json {
        true => write_json(&json!({"findings": found}))?,
        false => {
            let say = pick(look.lang());
            let lines = found.iter().map(|one| format!("{}\t{}\t{}\n", one.grant, one.code, say(&one.words)));
            write(&lines.collect::<String>())?;
        }
    }
    Ok(if found.is_empty() { exit::OK } else { exit::INVALID })
}

pub(super) fn diff(before: &Path, after: &Path, look: Look) -> Result<u8, Stop> {
    let found = changes(Brought::read(before)?.agreement(), Brought::read(after)?.agreement());
    if look.json {
        write_json(&json!({"changes": found}))?;
    } else {
        let say = pick(look.lang());
        write(&found.iter().map(|one| format!("{}\n", say(&one.words))).collect::<String>())?;
    }
    Ok(exit::OK)
}

pub(super) fn show(path: &Path, look: Look) -> Result<u8, Stop> {
    let brought = Brought::read(path)?;
    let (printed, lang) = (Printed::of(brought.agreement(), &brought.digest()), look.lang());
    let signed: Vec<&str> = match &brought {
        Brought::Draft(..) => Vec::new(),
        Brought::Signed(signed, _) => {
            signed.parties().iter().filter(|party| party.standing != Standing::Missing).map(|party| party.region.as_str()).collect()
        }
    };
    if look.json {
        write_json(&json!({"digest": brought.digest(), "signed_unchecked": signed, "title": printed.title, "articles": printed.articles}))?;
        return Ok(exit::OK);
    }
    write(&printed.to_text(pick(lang)))?;
    if !signed.is_empty() {
        let colon = lang.pick("：", ": ");
        write(&format!("\n{}{colon}{}\n", lang.say(&words::AGREEMENT_UNCHECKED), signed.join(", ")))?;
    }
    Ok(exit::OK)
}
