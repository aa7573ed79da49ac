//! The verdict on a receipt for people.

use verifier::time::Zone;
use verifier::verdict::{ReceiptSays, ReceiptStepName, ReceiptVerdict, StepResult};

use super::super::words as w;
use super::{LABEL, Paint, headline, line, padded, sign};
use crate::messages::Lang;

/// The verdict as lines, each with its end. `zone` is where the instants are shown.
pub(in crate::cli) fn render(verdict: &ReceiptVerdict, lang: Lang, zone: Zone, paint: Paint) -> String {
    let mut lines = vec![headline(verdict.outcome, paint)];
    if let Some(says) = &verdict.receipt {
        let is_signed = verdict.steps.iter().any(|step| step.step == ReceiptStepName::Signature && step.result == StepResult::Ok);
        lines.push(format!("  {}", paint.bold(lang.say(if is_signed { &w::RECEIPT_SAYS } else { &w::SAYS_UNCONFIRMED }))));
        lines.extend(fields(says, lang, zone).into_iter().map(|(label, value)| line(&label, &value, paint)));
        lines.push(format!("    {}", paint.dim(lang.say(&w::RECEIPT_CARD))));
    }
    lines.push(format!("  {}", paint.bold(lang.say(&w::STEPS))));
    lines.extend(verdict.steps.iter().map(|step| {
        let name = match step.step {
            ReceiptStepName::Form => &w::STEP_FORM,
            ReceiptStepName::Signature => &w::STEP_SIGNATURE,
            ReceiptStepName::Decision => &w::STEP_DECISION,
            ReceiptStepName::Status => &w::STEP_STATUS,
        };
        let detail = step.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        format!("  {} {}{}{detail}", sign(step.result, paint), padded(lang.say(name), LABEL), lang.pick(&step.zh, &step.en))
    }));
    lines.extend(verdict.notes.iter().map(|note| format!("  ! {}", lang.pick(&note.zh, &note.en))));
    lines.push(format!("  {} {}", paint.dim(lang.say(&w::AS_OF)), verdict.as_of.rfc3339()));
    lines.join("\n") + "\n"
}

fn fields(says: &ReceiptSays, lang: Lang, zone: Zone) -> Vec<(String, String)> {
    let name = says.name.as_ref().map(|name| format!("{} ", lang.pick(&name.zh, &name.en))).unwrap_or_default();
    let all = [
        (&w::RECEIPT_ID, says.id.clone()),
        (&w::RECEIPT_BY, format!("{name}{}", says.region)),
        (&w::FIELD_NUMBER, says.number.clone()),
        (&w::FIELD_REGION, says.origin.clone()),
        (&w::DIGEST, says.card.to_string()),
        (&w::AGREEMENT, says.agreement.to_string()),
        (&w::CLAUSE, says.grant.clone()),
        (&w::FIELD_ISSUED, says.at.day_in(zone).to_string()),
    ];
    all.into_iter().map(|(label, value)| (lang.say(label).to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::documents::Digest;
    use verifier::time::{Day, Instant};
    use verifier::verdict::{Names, Outcome, ReceiptStep};

    #[test]
    fn a_receipt_says_by_what_it_is_recognised_and_sends_to_the_card() {
        let says = ReceiptSays {
            id: "rcp_1".to_owned(),
            region: "320000".to_owned(),
            name: Some(Names { zh: "江苏省".into(), en: "Jiangsu".into() }),
            number: "N1".to_owned(),
            origin: "310000".to_owned(),
            card: Digest::of("card"),
            agreement: Digest::of("agreement"),
            grant: "cert-ic".to_owned(),
            day: Day::MAX,
            at: Instant(0),
        };
        let step = |step, result| ReceiptStep { step, result, code: "x".into(), zh: "理由".into(), en: "reason".into(), detail: None };
        let steps = vec![step(ReceiptStepName::Signature, StepResult::Ok), step(ReceiptStepName::Decision, StepResult::Unchecked)];
        let verdict = ReceiptVerdict { outcome: Outcome::Undetermined, as_of: Instant(0), receipt: Some(says), steps, notes: vec![] };
        let shown = render(&verdict, Lang::En, Zone::CHINA, Paint(false));
        for line in [
            "? 无法断定 UNDETERMINED",
            "  The receipt",
            "Jiangsu 320000",
            "clause        cert-ic",
            "only its own card tells",
            "  ? decision      reason",
        ] {
            assert!(shown.contains(line), "{line} in {shown}");
        }
    }
}
