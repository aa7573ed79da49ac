//! Where the master key comes from: `HUFU_MASTER_KEY` (or the settings file), else a key file of mode 0600 in the data folder.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::seal::SealKey;
use crate::config::Config;
use crate::edge::Edge;
use crate::error::Fault;

/// Name of the key file in the data folder.
pub const FILE: &str = "master.key";
/// Name of the key file that [`begin_change`] writes until the change is complete.
const NEXT: &str = "master.key.next";

/// The master keys to try, best first. Empty when there is none yet.
///
/// # Errors
/// A fault when the text is no key, or the file is readable by others.
pub fn candidates(config: &Config) -> Result<Vec<SealKey>, Fault> {
    if let Some(text) = config.optional("master_key") {
        return Ok(vec![SealKey::parse(text)?]);
    }
    let mut found = Vec::new();
    for name in [FILE, NEXT] {
        found.extend(read_file(&config.data_dir().join(name))?);
    }
    Ok(found)
}

/// Makes the key file of a new registry.
///
/// # Errors
/// A fault when the file exists or cannot be written.
pub fn create(config: &Config, edge: &Edge) -> Result<SealKey, Fault> {
    let key = SealKey::generate(edge);
    write_new(&config.data_dir().join(FILE), &key)?;
    Ok(key)
}

/// First half of a change of the key file: the new key is on disk before anything is sealed under it.
///
/// # Errors
/// A fault when the file cannot be written.
pub fn begin_change(config: &Config, key: &SealKey) -> Result<(), Fault> {
    let next = config.data_dir().join(NEXT);
    if next.exists() {
        std::fs::remove_file(&next).map_err(|e| explain(&next, "replace", &e))?;
    }
    write_new(&next, key)
}

/// Second half, also run at start when a change was interrupted after the database had committed.
///
/// # Errors
/// A fault when the file cannot be renamed.
pub fn finish_change(config: &Config) -> Result<(), Fault> {
    let (next, file) = (config.data_dir().join(NEXT), config.data_dir().join(FILE));
    if next.exists() {
        std::fs::rename(&next, &file).map_err(|e| explain(&file, "replace", &e))?;
        sync_folder(&file)?;
    }
    Ok(())
}

/// Forgets a change that never reached the database.
///
/// # Errors
/// A fault when the file cannot be removed.
pub fn abandon_change(config: &Config) -> Result<(), Fault> {
    let next = config.data_dir().join(NEXT);
    if next.exists() {
        std::fs::remove_file(&next).map_err(|e| explain(&next, "remove", &e))?;
    }
    Ok(())
}

/// The master key in a file; none where there is no such file.
///
/// # Errors
/// A fault when it is readable by others, or its text is no key.
pub fn read_file(path: &Path) -> Result<Option<SealKey>, Fault> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => zeroize::Zeroizing::new(text),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(explain(path, "read", &e)),
    };
    let mode = std::fs::metadata(path).map_err(|e| explain(path, "read", &e))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Fault::text(format!(
            "the key file {} can be read by others (mode {:o}); run: chmod 600 {}",
            path.display(),
            mode & 0o777,
            path.display()
        )));
    }
    SealKey::parse(&text).map(Some).map_err(|e| Fault::text(format!("the key file {} is wrong: {e}", path.display())))
}

fn write_new(path: &Path, key: &SealKey) -> Result<(), Fault> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|e| explain(path, "create", &e))?;
    let text = key.to_text();
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all()).map_err(|e| explain(path, "write", &e))?;
    sync_folder(path)
}

/// The name of a file is in its folder: without this a power failure could take back a file that was itself written to disk.
fn sync_folder(path: &Path) -> Result<(), Fault> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| explain(path, "write", &e))
}

fn explain(path: &Path, verb: &str, error: &std::io::Error) -> Fault {
    Fault::text(format!("cannot {verb} the key file {}: {error}", path.display()))
}
