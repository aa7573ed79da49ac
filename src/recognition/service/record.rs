//! Decisions that were kept, and evaluating them again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::agreement::Life;
use verifier::documents::{Digest, SchemeId, Waiver};
use verifier::recognition::{Accord, Context, DECISION_MAX_BYTES, Decision, Used, evaluate};
use verifier::time::Day;
use verifier::verdict::Provider;

use super::waive::named;
use crate::access::Caller;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::recognition::store::{self, DecisionRow};
use crate::recognition::views::{Decided, Kept};
use crate::recognition::{RecognitionRefusal, rules};
use crate::{agreements, evidence};

/// What an evaluation read and its decision does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RecognitionInputs)]
pub struct Inputs {
    /// Whether every party had signed.
    #[schema(example = true)]
    pub agreed: bool,
    /// The first day of a newer version of the agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2027-01-01")]
    pub superseded_from: Option<Day>,
    /// The day on which notice ended the agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "2027-06-01")]
    pub ended_on: Option<Day>,
    /// What the learner had received from the region of origin, in hundredths.
    pub used: Vec<UsedView>,
    /// Digests of the waivers that were looked at.
    pub waivers: Vec<String>,
}

/// What a learner had received in a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RecognitionUsed)]
pub struct UsedView {
    /// The scheme.
    #[schema(example = "320000:credit")]
    pub scheme: String,
    /// In the calendar year of the day.
    pub year: i64,
    /// In all.
    pub source: i64,
}

/// What is stored beside a decision, to which its evidence commits.
#[derive(Serialize, Deserialize)]
struct Record {
    hufu: String,
    decision: String,
    inputs: Inputs,
    at: i64,
    by: String,
}

/// What evaluating again gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// The same bytes.
    Identical,
    /// Other bytes; the member that differs, such as `checks[4].got`.
    Differs(String),
}

impl Inputs {
    pub(super) fn of(life: Life, used: &[Used], waivers: &[(Digest, Waiver)]) -> Inputs {
        Inputs {
            agreed: life.is_agreed,
            superseded_from: life.superseded_from,
            ended_on: life.ended_on,
            used: used.iter().map(|used| UsedView { scheme: used.scheme.to_string(), year: used.year, source: used.source }).collect(),
            waivers: waivers.iter().map(|(digest, _)| digest.to_string()).collect(),
        }
    }

    fn life(&self) -> Life {
        Life { is_agreed: self.agreed, superseded_from: self.superseded_from, ended_on: self.ended_on }
    }

    fn used(&self) -> Result<Vec<Used>, Fault> {
        let read = |used: &UsedView| Ok(Used { scheme: SchemeId::parse(&used.scheme).map_err(Fault::new)?, year: used.year, source: used.source });
        self.used.iter().map(read).collect()
    }
}

/// Keeps a decision with what it was made from. The same bytes again change nothing.
pub(super) fn keep(conn: &mut Conn, app: &App, caller: &Caller, decision: &Decision, inputs: Inputs) -> Result<(), Error> {
    let (bytes, at) = (decision.to_bytes(), app.edge.now());
    if bytes.len() > DECISION_MAX_BYTES {
        return Err(RecognitionRefusal::TooLong.at("").into());
    }
    let digest = Digest::of_bytes(&bytes).to_string();
    let record = Record { hufu: "recognition-record/1".to_owned(), decision: digest.clone(), inputs, at, by: caller.client_id.clone() };
    let document = serde_json::to_string(&record).map_err(Fault::new)?;
    let row = DecisionRow { id: app.edge.id("rdc"), digest, decision: bytes, document, kept_at: at, kept_by: record.by };
    if store::keep(conn, &row)? {
        evidence::record(conn, &app.edge, evidence::Kind::RecognitionDecision, at, &row.id, row.document.as_bytes())?;
    }
    Ok(())
}

fn find(conn: &mut Conn, digest: &Digest) -> Result<(DecisionRow, Record), Error> {
    let row = store::decision(conn, &digest.to_string())?.ok_or_else(|| RecognitionRefusal::NoDecision.at("digest"))?;
    let record = serde_json::from_str(&row.document).map_err(|e| Fault::text(format!("the stored record {}: {e}", row.id)))?;
    Ok((row, record))
}

/// A decision that was kept, by the digest of its bytes.
///
/// # Errors
/// `recognition.no_decision`, or a fault.
pub fn kept(conn: &mut Conn, digest: &Digest) -> Result<Kept, Error> {
    let (row, record) = find(conn, digest)?;
    let decision = Decision::read(&row.decision).map_err(|e| Fault::text(format!("the stored decision {}: {e}", row.id)))?;
    Ok(Kept { decided: Decided::of(&decision)?, inputs: record.inputs, at: row.kept_at, by: row.kept_by })
}

/// Evaluates a kept decision again from its own inputs, and says whether it comes to the same bytes.
///
/// # Errors
/// `recognition.no_decision`, `agreements.not_found`, or a fault.
pub fn replay(conn: &mut Conn, app: &App, digest: &Digest) -> Result<Replay, Error> {
    let (row, record) = find(conn, digest)?;
    let differs = |member: &str| Ok(Replay::Differs(member.to_owned()));
    let decision = match Decision::read(&row.decision) {
        Ok(decision) => decision,
        Err(error) => return differs(error.about().unwrap_or("decision")),
    };
    let signed = agreements::file(conn, app, &decision.agreement)?;
    let Some(grant) = signed.agreement().grant(&decision.grant) else { return differs("grant") };
    let accord = Accord { agreement: signed.agreement(), digest: signed.digest(), life: record.inputs.life() };
    let (waivers, used, providers) = (named(conn, &record.inputs.waivers)?, record.inputs.used()?, decision.providers());
    let providers: Vec<&Provider> = providers.iter().collect();
    let context = Context { place: &decision.to, day: decision.day, providers: &providers, used: &used, waivers: &waivers };
    let again = evaluate(&accord, grant, &decision.case, &context).to_bytes();
    if again != row.decision {
        let (one, other) = (serde_json::from_slice(&row.decision).map_err(Fault::new)?, serde_json::from_slice(&again).map_err(Fault::new)?);
        return differs(&rules::difference(&one, &other).unwrap_or_default());
    }
    // What it shows of providers and of the case is its own word; that this is the word that was kept, its name says.
    if Digest::of_bytes(&again) == *digest { Ok(Replay::Identical) } else { differs("digest") }
}
