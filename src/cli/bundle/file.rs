//! Files of bundles: read up to a limit, written whole or not at all.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use verifier::bundle::{Anchor, Bundle, Contents, MAX_JSON};
use verifier::jws::Fingerprint;

use super::pin::{self, Pin};
use crate::cli::stop::Stop;
use crate::cli::words;
use crate::error::Fault;

/// `FILE.<ending>`: what rests beside a bundle.
pub(super) fn beside(bundle: &Path, ending: &str) -> PathBuf {
    let mut name = bundle.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Reads a file of at most `limit` bytes; of a longer one a byte more, which is enough to see that it is too long.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Stop> {
    let failed = |e: std::io::Error| Stop::from(Fault::text(format!("cannot read {}: {e}", path.display())));
    let file = match File::open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Stop::usage(words::BUNDLE_NO_FILE).about(path.display())),
        opened => opened.map_err(failed)?,
    };
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(Stop::usage(words::FOLDER).about(path.display()));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A bundle as it came, before it is known to be one.
pub(super) fn read_bundle(path: &Path) -> Result<Vec<u8>, Stop> {
    read(path, MAX_JSON as u64)
}

/// Opens a bundle by the pin beside it or the one given. Nothing is asked of any network, and nothing is written.
pub(in crate::cli) fn open(path: &Path, given: Option<Fingerprint>) -> Result<Bundle, Stop> {
    let bytes = read_bundle(path)?;
    let anchor = anchor_of(path, &bytes, given)?;
    Ok(Bundle::open(&bytes, &anchor)?)
}

/// Which key vouches for a file.
pub(super) fn anchor_of(path: &Path, bytes: &[u8], given: Option<Fingerprint>) -> Result<Anchor, Stop> {
    match (Pin::read(path)?, given) {
        (Some(pin), None) => Ok(pin.anchor()),
        (beside, given) => pin::anchor(beside.as_ref(), given, &Contents::read(bytes)?.manifests),
    }
}

/// Writes a file whole or not at all, so that whoever reads it meanwhile, or after a power cut, finds the old one or the new one.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let failed = |e: std::io::Error| Fault::text(format!("cannot write {}: {e}", path.display()));
    let next = beside(path, &format!("{}.new", std::process::id()));
    let written = File::create(&next).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&next, path)
    });
    if written.is_err() {
        // What is half written is nobody's; that it was never made is as good.
        let _ = fs::remove_file(&next);
    }
    written.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("310000.hufu");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        fs::create_dir(folder.path().join("taken")).unwrap();
        assert!(write(&folder.path().join("taken"), b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
