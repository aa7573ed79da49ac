//! A template of an agreement.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde_json::json;
use verifier::agreement::Agreement;
use verifier::ids::RegionCode;
use verifier::time::{Day, Instant, Zone};

use super::file::refused;
use crate::cli::stop::Stop;
use crate::cli::{exit, words};
use crate::edge::Edge;
use crate::error::Fault;

/// Months for which a template is in force.
const MONTHS: i32 = 36;

/// Writes an agreement with one grant, certificates from each party to each, to a file that is not there yet.
pub(super) fn write(path: &Path, mut parties: Vec<RegionCode>, name: &str, from: Option<Day>) -> Result<u8, Stop> {
    parties.sort();
    parties.dedup();
    let from = from.unwrap_or_else(|| Instant(Edge::default().now()).day_in(Zone::CHINA));
    let codes: Vec<&str> = parties.iter().map(|party| party.as_str()).collect();
    let template = json!({
        "hufu": "agreement/1", "id": format!("urn:hufu:agreement:{name}"), "version": 1,
        "title": {"zh": "技能人才评价互认协议", "en": "Agreement on the mutual recognition of skills"},
        "parties": codes,
        "in_force": {"from": from.to_string(), "through": from.add_months(MONTHS).add_days(-1).to_string()}, "offer_days": 30,
        "grants": [{
            "id": "certificates", "moves": "certificate", "from": codes, "to": codes,
            "accept": {"type": ["skill-level"], "level": {"min": 1, "max": 5}, "provider": {"status_at": "earned", "in_scope": true}},
        }],
    });
    let text = serde_json::to_string_pretty(&template).map_err(Fault::new)? + "\n";
    Agreement::read(text.as_bytes()).map_err(|error| refused(&error))?;
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => Stop::usage(words::AGREEMENT_FILE_EXISTS).about(path.display()),
        _ => Fault::text(format!("cannot write {}: {e}", path.display())).into(),
    };
    File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)?;
    Ok(exit::OK)
}
