//! What is to be verified: a text, a text file, a picture, or standard input. Never echoed in an error.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cli::stop::Stop;
use crate::cli::words;
use crate::error::{Fault, Reason};
use crate::qr::{QrError, read_picture};

/// Most bytes of a file or of standard input.
const INPUT_MAX: u64 = 20 << 20;

/// The texts in one input, and why there is none where a picture has none.
pub(in crate::cli) struct Texts {
    pub texts: Vec<String>,
    pub complaint: Option<Reason>,
}

/// Reads one argument of the command line.
pub(in crate::cli) fn gather(input: &str) -> Result<Texts, Stop> {
    let path = Path::new(input);
    if input == "-" {
        return texts_in(&read_limited(std::io::stdin().lock())?);
    }
    // A QR's text may be longer than any path; asking about it then is an error and not a "no".
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(Stop::usage(words::FOLDER)),
        Ok(_) => {
            let file = File::open(path).map_err(|e| Fault::text(format!("cannot read the file: {e}")))?;
            texts_in(&read_limited(file)?)
        }
        Err(_) if looks_like_a_path(input) => Err(Stop::usage(words::NO_FILE)),
        Err(_) => Ok(Texts { texts: vec![input.to_owned()], complaint: None }),
    }
}

fn looks_like_a_path(input: &str) -> bool {
    const ENDINGS: [&str; 6] = [".png", ".jpg", ".jpeg", ".txt", ".jws", ".json"];
    let lower = input.to_ascii_lowercase();
    !input.contains("://") && (input.contains('/') || ENDINGS.iter().any(|ending| lower.ends_with(ending)))
}

fn read_limited(source: impl Read) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    source.take(INPUT_MAX + 1).read_to_end(&mut bytes).map_err(|e| Fault::text(format!("cannot read the input: {e}")))?;
    if bytes.len() as u64 > INPUT_MAX { Err(Stop::usage(words::TOO_LARGE)) } else { Ok(bytes) }
}

/// Text, one to be verified a line; or a picture. Anything else is unreadable, which is a verdict and not an error.
fn texts_in(bytes: &[u8]) -> Result<Texts, Stop> {
    let is_picture = bytes.starts_with(b"\x89PNG") || bytes.starts_with(&[0xff, 0xd8, 0xff]);
    let unreadable = |error: QrError| Texts { texts: vec![String::new()], complaint: Some(error.reason()) };
    if is_picture {
        return Ok(read_picture(bytes).map_or_else(unreadable, |texts| Texts { texts, complaint: None }));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(unreadable(QrError::PictureUnreadable)) };
    let texts: Vec<String> = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if texts.is_empty() { Err(Stop::usage(words::EMPTY)) } else { Ok(Texts { texts, complaint: None }) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
