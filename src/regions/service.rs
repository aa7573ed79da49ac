//! Creating the region on first start, and reading it afterwards.

use verifier::ids::RegionCode;
use verifier::time::Zone;

use super::{Region, store};
use crate::config::{Config, Origin, SETTINGS};
use crate::db::{Conn, Db};
use crate::edge::Edge;
use crate::error::{Error, Fault};

/// The region of this database; made from the settings when there is none.
///
/// # Errors
/// A fault when a setting is wrong, or names another region than the database has.
pub fn open(config: &Config, db: &Db, edge: &Edge) -> Result<Region, Error> {
    let code = RegionCode::parse(config.text("region")).map_err(|e| Fault::text(format!("setting region: {e}")))?;
    let row = db.write_now(|conn| match store::read(conn)? {
        Some(row) => Ok(row),
        None => {
            // The default names are those of the default region, and what is signed under a wrong name stays signed.
            if let Some(key) = ["region_name_zh", "region_name_en"].into_iter().find(|key| is_of_another(config, key)) {
                return Err(Fault::text(format!("setting {key}: say what region {code} is called; it is signed into all that it publishes")).into());
            }
            let row = store::Row {
                code: code.as_str().to_owned(),
                name_zh: name(config, "region_name_zh")?,
                name_en: name(config, "region_name_en")?,
                zone: i64::from(config.number("zone")),
                epoch: 1,
                created_at: edge.now(),
            };
            store::insert(conn, &row)?;
            Ok(row)
        }
    })?;
    if row.code != code.as_str() && config.origin("region") != &Origin::Default {
        let words = format!("this registry was created for region {}, but setting region says {code}", row.code, code = code.as_str());
        return Err(Fault::text(words).into());
    }
    region(row)
}

/// The region of this database, if it has one. Changes nothing.
///
/// # Errors
/// A fault of the database, or when the row cannot be read.
pub fn existing(conn: &mut Conn) -> Result<Option<Region>, Error> {
    store::read(conn)?.map(region).transpose()
}

fn region(row: store::Row) -> Result<Region, Error> {
    let zone = i16::try_from(row.zone).ok().and_then(|m| Zone::from_minutes(m).ok());
    Ok(Region {
        code: RegionCode::parse(&row.code).map_err(|e| Fault::text(format!("the stored region: {e}")))?,
        name_zh: row.name_zh,
        name_en: row.name_en,
        zone: zone.ok_or_else(|| Fault::text("the stored time zone is not possible"))?,
        epoch: row.epoch,
    })
}

/// Whether a name was left as it is by default, although the region is not the default one.
fn is_of_another(config: &Config, key: &'static str) -> bool {
    let default = SETTINGS.iter().find(|setting| setting.key == "region").map_or("", |setting| setting.default);
    config.text("region") != default && config.origin(key) == &Origin::Default
}

fn name(config: &Config, key: &'static str) -> Result<String, Fault> {
    let name = config.text(key).trim();
    let fits = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Fault::text(format!("setting {key} must have 1 to 100 characters"))) }
}
