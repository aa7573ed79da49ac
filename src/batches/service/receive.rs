//! Taking in a file: every row is kept, or nothing.

use std::fs::File;

use super::super::sheet::{self, Mapping, Raw};
use super::super::store::{self, Row};
use super::super::{BatchRefusal, NAME_MAX, OPEN_MAX};
use super::{CHUNK, rows};
use crate::app::App;
use crate::certificates::line;
use crate::error::{Error, Fault};
use crate::{certificates, providers};

/// A file that came in.
pub struct Upload {
    /// What it is called.
    pub name: String,
    /// Its bytes; read from the beginning.
    pub file: File,
    /// SHA-256 of them, `sha256:` and hex.
    pub digest: String,
    /// What its columns are, where they are not called as documented.
    pub mapping: Mapping,
}

/// Keeps the rows of a file as a batch, and whether it is a new one: a file that the provider has sent before is the batch that it was. Runs on a thread that
/// may wait.
///
/// # Errors
/// `batches.*` of the file as a whole, `providers.not_found`, or a fault; then nothing is kept.
pub fn receive(app: &App, actor: &certificates::Actor, upload: Upload) -> Result<(Row, bool), Error> {
    let Upload { name, file, digest, mapping } = upload;
    let name = line(&name, NAME_MAX).ok_or_else(|| BatchRefusal::Name.at("name"))?;
    let (provider, same) = (actor.provider.clone(), digest.clone());
    let known = app.db.write_in_turn(move |conn| {
        let provider = providers::store::find(conn, &provider)?.ok_or_else(|| certificates::CertificateRefusal::Provider.at("provider"))?;
        Ok((store::by_digest(conn, &provider.id, &same)?, provider.id))
    })?;
    let provider_id = match known {
        (Some(row), _) => return Ok((row, false)),
        (None, id) => id,
    };
    let mut sheet = sheet::open(file, &mapping)?;
    let row = Row {
        id: app.edge.id("bat"),
        provider_id,
        name,
        digest,
        header: serde_json::to_string(sheet.header()).map_err(Fault::new)?,
        state: "receiving".to_owned(),
        total: 0,
        faulty: 0,
        issued: 0,
        failed: 0,
        chunk: 0,
        chunks: 0,
        places: None,
        created_at: app.edge.now(),
        created_by: actor.client.clone(),
        validated_at: None,
        approved_at: None,
        approved_by: None,
        started_at: None,
        finished_at: None,
        lease: String::new(),
        leased_until: 0,
        trouble: None,
        replacing: 0,
    };
    let first = row.clone();
    app.db.write_in_turn(move |conn| {
        if store::open_of(conn, &first.provider_id)? >= OPEN_MAX {
            return Err(BatchRefusal::TooManyOpen.at("").into());
        }
        store::insert(conn, &first)
    })?;
    let done = keep(app, row.clone(), &mut sheet);
    if !matches!(&done, Ok((_, true))) {
        let id = row.id;
        app.db.write_in_turn(move |conn| store::forget(conn, &id))?;
    }
    done
}

fn keep(app: &App, mut row: Row, sheet: &mut sheet::Sheet) -> Result<(Row, bool), Error> {
    let mut waiting: Vec<Raw> = Vec::with_capacity(CHUNK);
    loop {
        let next = sheet.next().transpose()?;
        let is_over = next.is_none();
        waiting.extend(next);
        if waiting.len() == CHUNK || (is_over && !waiting.is_empty()) {
            let chunk = rows::seal(app, &row.id, row.chunks, &waiting)?;
            (row.total, row.chunks) = (row.total + chunk.lines, row.chunks + 1);
            waiting.clear();
            app.db.write_in_turn(move |conn| store::insert_chunk(conn, &chunk))?;
        }
        if is_over {
            break;
        }
    }
    row.state = "uploaded".to_owned();
    let last = row.clone();
    // Somebody may have sent the same file meanwhile.
    app.db.write_in_turn(move |conn| match store::by_digest(conn, &last.provider_id, &last.digest)? {
        Some(other) => Ok((other, false)),
        None if store::update(conn, &last)? => Ok((last.clone(), true)),
        None => Err(Fault::overtaken("the same file came twice at once; try again").into()),
    })
}
