//! `hufu init`: what the first start of `hufu serve` does, without serving.

use std::io::{IsTerminal, Write};

use super::{exit, registry};
use crate::access::service::bootstrap_operator;
use crate::app::{App, lock_folder};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::{Error, Fault};
use crate::keys::master;
use crate::regions::Region;
use verifier::jws::Fingerprint;

pub(super) fn run(config: Config) -> Result<u8, Fault> {
    if let Some(found) = registry::find(&config)? {
        eprintln!("hufu: this registry exists already; nothing was changed");
        show(&described(&found.region, &found.fingerprint, &config))?;
        return Ok(exit::OK);
    }
    let _lock = lock_folder(&config)?;
    let app = App::open(config, Edge::default())?;
    let operator = bootstrap_operator(&app).map_err(Error::into_fault)?;
    let mut rows = described(&app.region, &Fingerprint::of(app.keys.region_signer().public()).to_string(), &app.config);
    if let Some((id, secret)) = operator {
        rows.extend([("client_id", id), ("client_secret", secret)]);
    }
    show(&rows)?;
    if std::io::stdout().is_terminal() {
        println!("The secret is shown this once: store it now. Partners pin the fingerprint. Back up the key file apart from the database.");
    }
    Ok(exit::OK)
}

fn described(region: &Region, fingerprint: &str, config: &Config) -> Vec<(&'static str, String)> {
    let key = match config.optional("master_key") {
        Some(_) => "from setting master_key".to_owned(),
        None => config.data_dir().join(master::FILE).display().to_string(),
    };
    vec![
        ("region", format!("{} {} {}", region.code.as_str(), region.name_zh, region.name_en)),
        ("fingerprint", fingerprint.to_owned()),
        ("master_key", key),
    ]
}

/// Aligned on a terminal, tab-separated otherwise.
fn show(rows: &[(&str, String)]) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    let aligned = out.is_terminal();
    for (name, value) in rows {
        let line = if aligned { format!("{name:15}{value}") } else { format!("{name}\t{value}") };
        writeln!(out, "{line}").map_err(Fault::new)?;
    }
    Ok(())
}
