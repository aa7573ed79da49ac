//! The files of a batch: what comes in, what is wrong in it, what was issued.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::ValueEnum;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{Language, PAGE, Sheet, caller, going, judged, look, stopped, tell};
use crate::batches::sheet::{self, FILE_MAX, Form, Mapping};
use crate::batches::{self, BatchRefusal, MAPPING_MAX, Upload, View, Wanted};
use crate::certificates::Actor;
use crate::cli::stop::Stop;
use crate::cli::{exit, registry, table, words};
use crate::config::Config;
use crate::error::{Error, Fault};
use crate::messages::json;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

#[derive(Args)]
pub(in crate::cli) struct Create {
    /// The file, at most 512 MiB and 1,000,000 rows
    file: PathBuf,
    /// Whose certificates they are
    #[arg(long, value_name = "ID|CREDIT_CODE")]
    provider: String,
    /// Which field each column is that is not called as documented: a JSON object, {"鉴定时间": "assessed_on", "工作单位": null}
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// What the batch is called [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
    /// Leave looking at the rows to a server
    #[arg(long)]
    no_wait: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Errors {
    /// Id of the batch
    id: String,
    /// Write the rows with what is wrong beside each, in the form that came in
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// All rows that are still kept, not only those in which something is wrong
    #[arg(long, requires = "output")]
    all: bool,
    #[command(flatten)]
    language: Language,
}

/// What is wanted of the results.
#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// A table: numbers, names, addresses
    Csv,
    /// The same as a workbook
    Xlsx,
    /// The cards, one a line
    Ndjson,
    /// A ZIP of QR codes
    Png,
    /// The same as SVG
    Svg,
}

#[derive(Args)]
pub(in crate::cli) struct Results {
    /// Id of the batch
    id: String,
    /// What is written
    #[arg(long, value_enum)]
    form: Shape,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    language: Language,
}

#[derive(Args)]
pub(in crate::cli) struct Template {
    /// What is written
    #[arg(long, value_enum, default_value = "xlsx")]
    form: Sheet,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    language: Language,
}

pub(super) fn create(arguments: Create, config: Config) -> Result<u8, Stop> {
    let mapping = arguments.mapping.as_deref().map(mapping).transpose()?.unwrap_or_default();
    let (file, digest) = taken(&arguments.file)?;
    let app = registry::open(config)?;
    let name = arguments.name.unwrap_or_else(|| arguments.file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let actor = Actor { client: caller().client_id, provider: arguments.provider, seen: None };
    let (row, _) = batches::receive(&app, &actor, Upload { name, file, digest, mapping }).map_err(stopped)?;
    let mut view = look(&app, &row.id)?;
    if view.is_checking() && !arguments.no_wait {
        view = going::watch(&app, &row.id, View::is_checking)?;
    }
    tell(&view)?;
    Ok(judged(view.faulty))
}

fn mapping(path: &Path) -> Result<Mapping, Stop> {
    let mut bytes = Vec::new();
    open(path)?.take(MAPPING_MAX as u64 + 1).read_to_end(&mut bytes).map_err(|e| unread(path, &e))?;
    if bytes.len() > MAPPING_MAX {
        return Err(stopped(BatchRefusal::Mapping.at("mapping").into()));
    }
    json::parse(&bytes).map_err(|refusal| stopped(refusal.into()))
}

/// A copy that nobody changes while it is read, and its digest.
fn taken(path: &Path) -> Result<(File, String), Stop> {
    let mut from = open(path)?.take(FILE_MAX + 1);
    let (mut copy, mut hash, mut bytes, mut piece) = (tempfile::tempfile().map_err(Fault::new)?, Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = from.read(&mut piece).map_err(|e| unread(path, &e))?;
        let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else { break };
        bytes += read as u64;
        hash.update(piece);
        copy.write_all(piece).map_err(Fault::new)?;
    }
    if bytes > FILE_MAX {
        return Err(stopped(BatchRefusal::TooLarge.at("").into()));
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((copy, format!("sha256:{hex}")))
}

pub(super) fn open(path: &Path) -> Result<File, Stop> {
    match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Err(Stop::usage(words::NO_FILE)),
        Ok(file) if file.metadata().is_ok_and(|found| found.is_dir()) => Err(Stop::usage(words::FOLDER)),
        opened => Ok(opened.map_err(|e| unread(path, &e))?),
    }
}

pub(super) fn unread(path: &Path, e: &std::io::Error) -> Fault {
    Fault::text(format!("cannot read {}: {e}", path.display()))
}

pub(super) fn errors(arguments: &Errors, config: Config) -> Result<u8, Stop> {
    let (app, lang) = (registry::open(config)?, arguments.language.get());
    let row = app.db.read_now(|conn| batches::find(conn, &caller(), &arguments.id)).map_err(stopped)?;
    if let Some(path) = &arguments.output {
        return written(path, |output| batches::mark(&app, &row, lang, arguments.all, output));
    }
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = app.db.read_now(|conn| batches::errors(conn, &caller(), &row.id, after, PAGE)).map_err(stopped)?;
        rows.extend(page.items.into_iter().map(|one| {
            let words = lang.pick(one.zh.as_str(), one.en.as_str()).to_owned();
            [one.row.to_string(), one.column, one.code, one.got.unwrap_or_else(|| "-".to_owned()), words]
                .map(|cell| cell.replace(char::is_control, " "))
        }));
        let next = page.next.as_deref().and_then(|next| next.split_once('_'));
        after = next.and_then(|(line, n)| Some((line.parse().ok()?, n.parse().ok()?)));
        if after.is_none() {
            break;
        }
    }
    table::print(&["row", "column", "code", "found", "meaning"], rows.into_iter())?;
    Ok(exit::OK)
}

pub(super) fn results(arguments: &Results, config: Config) -> Result<u8, Stop> {
    let app = registry::open(config)?;
    let row = app.db.read_now(|conn| batches::find(conn, &caller(), &arguments.id)).map_err(stopped)?;
    let wanted = match arguments.form {
        Shape::Csv => Wanted::Table(Form::Csv),
        Shape::Xlsx => Wanted::Table(Form::Xlsx),
        Shape::Ndjson => Wanted::Table(Form::Ndjson),
        Shape::Png => Wanted::Png,
        Shape::Svg => Wanted::Svg,
    };
    written(&arguments.output, |output| batches::results(&app, &row.id, wanted, arguments.language.get(), output))
}

pub(super) fn template(arguments: &Template) -> Result<u8, Stop> {
    let form = match arguments.form {
        Sheet::Csv => Form::Csv,
        Sheet::Xlsx => Form::Xlsx,
        Sheet::Ndjson => Form::Ndjson,
    };
    written(&arguments.output, |output| Ok(sheet::template(form, arguments.language.get(), output).map_err(Fault::new)?))
}

/// Writes a file that only its owner may read, for it holds names: under another name beside it, so that a failure leaves nothing, and what was
/// there before as it was. What is no file, as a pipe, is written to as it is.
fn written(path: &Path, write: impl FnOnce(BufWriter<File>) -> Result<BufWriter<File>, Error>) -> Result<u8, Stop> {
    let cannot = |e: std::io::Error| Fault::text(format!("cannot write {}: {e}", path.display()));
    let done = |file: File| -> Result<(), Stop> { Ok(write(BufWriter::new(file)).map_err(stopped)?.flush().map_err(cannot)?) };
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        done(OpenOptions::new().write(true).open(path).map_err(cannot)?)?;
        return Ok(exit::OK);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = NamedTempFile::new_in(folder).map_err(cannot)?;
    done(beside.reopen().map_err(cannot)?)?;
    beside.persist(path).map_err(|e| cannot(e.error))?;
    Ok(exit::OK)
}
