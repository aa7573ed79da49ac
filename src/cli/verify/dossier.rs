//! A dossier of a transfer, step by step.

use std::fs::File;
use std::io::Read;

use serde::Serialize;
use verifier::messages;
use verifier::time::Instant;
use verifier::transfer::{DOSSIER_MAX_BYTES, Dossier, DossierStep, DossierStepName, Message};
use verifier::verdict::{Outcome, StepResult};

use super::judge::Judge;
use crate::cli::stop::Stop;
use crate::cli::verdict::{Paint, headline, padded, sign};
use crate::cli::{exit, words};
use crate::error::Fault;
use crate::messages::Lang;

/// How every dossier begins.
const BEGINS: &[u8] = br#"{"hufu":"dossier/1""#;
/// Columns of the name of a step.
const NAME: usize = 11;

/// What is said of a dossier.
#[derive(Serialize)]
struct Said {
    outcome: Outcome,
    /// As the OFFER says.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer: Option<String>,
    steps: Vec<SaidStep>,
}

/// One step.
#[derive(Serialize)]
struct SaidStep {
    step: DossierStepName,
    result: StepResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    zh: &'static str,
    en: &'static str,
}

/// The file that an argument names, if it is a dossier.
pub(super) fn file(input: &str) -> Result<Option<Vec<u8>>, Fault> {
    if !std::fs::metadata(input).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let cannot = |e: std::io::Error| Fault::text(format!("cannot read the file: {e}"));
    let (mut file, mut bytes) = (File::open(input).map_err(cannot)?, Vec::new());
    file.by_ref().take(BEGINS.len() as u64).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes != BEGINS {
        return Ok(None);
    }
    // One byte more than the most, so that what is too long is told so and not cut.
    file.take(DOSSIER_MAX_BYTES as u64).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(Some(bytes))
}

/// Takes every step by the facts of a bundle: the outcome, and what is printed.
pub(in crate::cli) fn judged(file: &[u8], judge: &Judge, now: Instant, words: Option<Lang>) -> Result<(Outcome, String), Stop> {
    let dossier = Dossier::open(file).map_err(|error| {
        let message = messages::find(error.code()).cloned().unwrap_or(words::DOSSIER_FORM);
        Stop::Said(exit::UNDETERMINED, message, error.about().map(str::to_owned))
    })?;
    let steps = judge.report(&dossier, now).ok_or_else(|| Stop::usage(words::DOSSIER_BUNDLE))?;
    let any = |result| steps.iter().any(|step| step.result == result);
    let outcome = match (any(StepResult::Failed), any(StepResult::Unchecked)) {
        (true, _) => Outcome::Invalid,
        (false, true) => Outcome::Undetermined,
        (false, false) => Outcome::Valid,
    };
    let transfer = Message::stored(&dossier.offer).ok().and_then(|signed| signed.message.jti().map(|id| id.as_str().to_owned()));
    let said = Said { outcome, transfer, steps: steps.iter().map(in_words).collect() };
    let text = match words {
        Some(lang) => render(&said, lang, Paint::of(&std::io::stdout())),
        None => serde_json::to_string(&said).map_err(Fault::new)? + "\n",
    };
    Ok((outcome, text))
}

/// A step with what it says: of one that is ok what was found, of another why not.
fn in_words(step: &DossierStep) -> SaidStep {
    let name = step.step.words();
    let (zh, en) = step.code.and_then(messages::find).map_or((name.zh, name.en), |why| (why.zh, why.en));
    SaidStep { step: step.step, result: step.result, code: step.code, zh, en }
}

fn render(said: &Said, lang: Lang, paint: Paint) -> String {
    let title = format!("  {}", paint.bold(lang.say(&words::DOSSIER)));
    let title = said.transfer.as_ref().map_or(title.clone(), |id| format!("{title} {id}"));
    let steps = said.steps.iter().map(|step| {
        let code = step.code.map(|code| format!(" [{code}]")).unwrap_or_default();
        format!("  {} {}{}{code}", sign(step.result, paint), padded(step.step.as_str(), NAME), lang.pick(step.zh, step.en))
    });
    [headline(said.outcome, paint), title].into_iter().chain(steps).map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::transfer::DossierRule;

    #[test]
    fn a_step_says_what_was_found_or_why_not_in_both_languages() {
        let rule = DossierRule::BasisMissing.code();
        let steps = [(DossierStepName::Offer, StepResult::Ok, None), (DossierStepName::Basis, StepResult::Unchecked, Some(rule))];
        let steps = steps.map(|(step, result, code)| in_words(&DossierStep { step, result, code })).into();
        let said = Said { outcome: Outcome::Undetermined, transfer: Some("trf_1".to_owned()), steps };
        let shown = [Lang::Zh, Lang::En].map(|lang| render(&said, lang, Paint(false)));
        assert!(shown.iter().all(|text| text.starts_with("? 无法断定 UNDETERMINED\n") && text.contains("trf_1\n")), "{shown:?}");
        assert!(shown[0].contains("✓ offer      转出要约由转出地区签署\n"), "{}", shown[0]);
        assert!(shown[1].contains("? basis      a document that a lot names is not in the dossier [dossier.basis_missing]\n"), "{}", shown[1]);
    }
}
