//! Sending an agreement to the partners that are its parties, each of which answers with what it has.

use verifier::agreement::{FILE_MAX_BYTES, Standing};
use verifier::documents::Digest;

use super::AgreementRefusal;
use super::service::{Imported, answered, file};
use crate::app::App;
use crate::error::{Error, Refusal};
use crate::partners::{self, PartnerRefusal};

/// How the exchange with one party went.
pub struct Sent {
    /// The party.
    pub region: String,
    /// What its answer brought, or why there was none.
    pub outcome: Result<Imported, Refusal>,
}

/// Posts an agreement to every other party that is a pinned partner, and takes their answers.
///
/// # Errors
/// `agreements.not_found`, `agreements.not_signed`, or a fault. That a partner did not answer well is no error.
pub async fn send(app: &App, digest: &Digest) -> Result<Vec<Sent>, Error> {
    let (this, name) = (app.clone(), *digest);
    let signed = app.db.read(move |conn| file(conn, &this, &name)).await?;
    let is_own = |region: &verifier::ids::RegionCode| *region == app.region.code;
    if !signed.parties().iter().any(|party| is_own(&party.region) && party.standing == Standing::Signed) {
        return Err(AgreementRefusal::NotSigned.at("digest").into());
    }
    let mut all = Vec::new();
    for party in signed.agreement().parties.iter().filter(|region| !is_own(region)) {
        let answer = partners::post(app, party.as_str(), "/peer/agreements", signed.to_text(), FILE_MAX_BYTES).await;
        let (this, name, from) = (app.clone(), *digest, party.as_str().to_owned());
        let outcome = match answer {
            Ok(Some(bytes)) => app.db.write(move |conn| answered(conn, &this, &from, &name, &bytes)).await,
            Ok(None) => Err(PartnerRefusal::Status.at("url").got("202").into()),
            Err(error) => Err(error),
        };
        let outcome = match outcome {
            Err(Error::Fault(fault)) => return Err(fault.into()),
            Err(Error::Refusal(refusal)) => Err(refusal),
            Ok(done) => Ok(done),
        };
        all.push(Sent { region: party.as_str().to_owned(), outcome });
    }
    Ok(all)
}
