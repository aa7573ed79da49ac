//! A delta: which rows changed is told by the events since a manifest, what they are now by the parts that are served. It may name more than
//! changed; that what comes out is right is proved by the manifest's digests.

use std::collections::BTreeSet;

use verifier::base64url;
use verifier::bundle::{BundleError, Change, Delta, KeysPart, Manifest, PartName, ProvidersPart, RevokedPart, StatusPart};

use super::{Current, store};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::trust::TrustRefusal;

/// Seconds before a manifest from which on events count: a transaction that was open while it was made has an earlier time, and so has
/// another server's clock.
const MARGIN: i64 = 600;
/// Seconds after which the whole file is the better answer.
const OLDEST: i64 = 30 * 86_400;

/// What may have changed since a manifest.
struct Touched {
    keys: BTreeSet<String>,
    revoked: BTreeSet<String>,
    providers: BTreeSet<String>,
    /// Lists in which indices were handed out.
    grown: Vec<u32>,
    /// (list, index)
    entries: Vec<(u32, u32)>,
}

impl Touched {
    fn since(conn: &mut Conn, since: i64) -> Result<Touched, Error> {
        let number = |n: i64| u32::try_from(n).map_err(Fault::new);
        let place = |(list, index): (i64, i64)| Ok((number(list)?, number(index)?));
        Ok(Touched {
            keys: store::keys_since(conn, since)?.iter().map(|public| base64url::encode(public)).collect(),
            revoked: store::revoked_since(conn, since)?.into_iter().collect(),
            providers: store::providers_since(conn, since)?.into_iter().collect(),
            grown: store::grown_since(conn, since)?.into_iter().map(number).collect::<Result<_, Fault>>()?,
            entries: store::changed_since(conn, since)?.into_iter().map(place).collect::<Result<_, Fault>>()?,
        })
    }

    /// The change of a part, as its text has it now.
    fn change(&self, name: PartName, text: &str) -> Result<Change, BundleError> {
        let mut change = Change::of(name);
        match name {
            PartName::Agreements => change.text = Some(text.to_owned()),
            PartName::Keys(_) => change.keys = KeysPart::parse(text)?.keys.into_iter().filter(|row| self.keys.contains(&row.x)).collect(),
            PartName::Revoked => {
                change.revoked_keys = RevokedPart::parse(text)?.keys.into_iter().filter(|row| self.revoked.contains(&row.kid)).collect();
            }
            PartName::Providers => {
                let touched = ProvidersPart::parse(text)?.providers.into_iter().filter(|row| self.providers.contains(row.code.as_str()));
                change.providers = touched.collect();
            }
            PartName::Status(_) => change.status = Some(StatusPart::parse(text)?.change_of(&self.grown, &self.entries)),
        }
        Ok(change)
    }
}

/// The delta from manifest `from` to the current one.
///
/// # Errors
/// `trust.no_delta`, `trust.delta_too_old`, or a fault.
pub(super) async fn make(app: &App, current: &Current, from: u64) -> Result<Delta, Error> {
    let unknown = || Error::from(TrustRefusal::NoDelta.at("seq"));
    if from == 0 || from > current.manifest.seq {
        return Err(unknown());
    }
    let oldest = app.edge.now() - OLDEST;
    let found = app.db.read(move |conn| {
        let Some(row) = store::by_seq(conn, from.cast_signed())? else { return Ok(None) };
        if row.iat < oldest {
            return Err(TrustRefusal::DeltaTooOld.at("seq").into());
        }
        let touched = Touched::since(conn, row.iat - MARGIN)?;
        Ok(Some((row, touched)))
    });
    let (row, touched) = found.await?.ok_or_else(unknown)?;
    let before = Manifest::open(&row.jws, app.keys.region_signer().public()).map_err(Fault::new)?;
    let mut changes = Vec::new();
    for part in &current.manifest.parts {
        let text = current.contents.parts.get(&part.sha256).ok_or_else(|| Fault::text(format!("part {} is not in memory", part.name)))?;
        match before.part(part.name) {
            Some(old) if old.sha256 == part.sha256 => {}
            Some(_) => changes.push(touched.change(part.name, text).map_err(Fault::new)?),
            None => changes.push(Change { text: Some(text.to_string()), ..Change::of(part.name) }),
        }
    }
    let jws = current.contents.manifests.get(&current.manifest.region).ok_or_else(|| Fault::text("the own manifest is not in memory"))?;
    Ok(Delta::new(from, Some(&before), jws, changes).map_err(Fault::new)?)
}
