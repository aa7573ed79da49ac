//! A verdict for people: the outcome in both languages, what the certificate says, every step with its sign. Never by colour alone.

pub(super) mod receipt;

use verifier::messages::Message;
use verifier::time::Zone;
use verifier::verdict::{Certificate, Names, Outcome, Recognition, RecognitionOutcome, Step, StepName, StepResult, Verdict};

use super::words as w;
use crate::messages::Lang;

/// Columns of a label; the longest in either language fits.
const LABEL: usize = 14;

/// Paints, or leaves plain.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub bool);

impl Paint {
    /// For this output: only on a terminal, and not where `NO_COLOR` is set (no-color.org).
    pub(super) fn of(output: &impl std::io::IsTerminal) -> Paint {
        Paint(output.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with("1;32", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(super) fn unsure(self, text: &str) -> String {
        self.with("1;33", text)
    }
}

/// The verdict as lines, each with its end. `zone` is where the instants are shown.
pub(super) fn render(verdict: &Verdict, lang: Lang, zone: Zone, paint: Paint) -> String {
    let mut lines = vec![headline(verdict.outcome, paint)];
    let result_of = |name| verdict.steps.iter().find(|step| step.step == name).map(|step| step.result);
    if result_of(StepName::Form) == Some(StepResult::Unchecked) {
        lines.push(format!("  {}", lang.say(&w::UNREADABLE)));
    }
    if let Some(certificate) = &verdict.certificate {
        let confirmed = result_of(StepName::Signature) == Some(StepResult::Ok);
        lines.push(format!("  {}", paint.bold(lang.say(if confirmed { &w::SAYS } else { &w::SAYS_UNCONFIRMED }))));
        lines.extend(fields(certificate, lang, zone).into_iter().map(|(label, value)| line(&label, &value, paint)));
    }
    if let Some(recognition) = &verdict.recognition {
        lines.extend(recognised(recognition, lang, paint));
    }
    lines.push(format!("  {}", paint.bold(lang.say(&w::STEPS))));
    lines.extend(verdict.steps.iter().map(|step| step_line(step, lang, paint)));
    lines.extend(verdict.notes.iter().map(|note| format!("  ! {}", lang.pick(&note.zh, &note.en))));
    lines.push(format!("  {} {}", paint.dim(lang.say(&w::AS_OF)), verdict.as_of.rfc3339()));
    lines.join("\n") + "\n"
}

/// The outcome, and below it only what is not in order.
pub(super) fn brief(verdict: &Verdict, lang: Lang, paint: Paint) -> String {
    let headline = std::iter::once(headline(verdict.outcome, paint));
    let failed = verdict.steps.iter().filter(|step| step.result == StepResult::Failed);
    headline.chain(failed.map(|step| step_line(step, lang, paint))).map(|line| line + "\n").collect()
}

/// The outcome with its sign, in Chinese and English.
pub(super) fn headline(outcome: Outcome, paint: Paint) -> String {
    let both = |sign: &str, m: &Message| format!("{sign} {} {}", m.zh, m.en);
    match outcome {
        Outcome::Valid => paint.good(&both("✓", &w::VALID)),
        Outcome::ValidAsOf => paint.unsure(&both("✓", &w::VALID_AS_OF)),
        Outcome::Invalid => paint.bad(&both("✗", &w::INVALID)),
        Outcome::Undetermined => paint.unsure(&both("?", &w::UNDETERMINED)),
    }
}

/// Whether a place recognises it: the answer, the agreement and its clause, and every check.
fn recognised(recognition: &Recognition, lang: Lang, paint: Paint) -> Vec<String> {
    let words = format!("{} {}", recognition.place, lang.pick(&recognition.zh, &recognition.en));
    let answer = match recognition.outcome {
        RecognitionOutcome::Recognised => paint.good(&format!("✓ {words}")),
        RecognitionOutcome::Not => paint.bad(&format!("✗ {words}")),
        RecognitionOutcome::Undetermined => paint.unsure(&format!("? {words}")),
    };
    let mut lines = vec![format!("  {}", paint.bold(lang.say(&w::RECOGNITION))), format!("    {answer}")];
    let title = recognition.title.as_ref().map(|title| lang.pick(&title.zh, &title.en).to_owned());
    let agreement =
        title.map(|title| format!("{title} ({} v{})", recognition.id.as_deref().unwrap_or_default(), recognition.version.unwrap_or_default()));
    let named = [(&w::AGREEMENT, agreement), (&w::CLAUSE, recognition.grant.clone()), (&w::DIGEST, recognition.agreement.clone())];
    lines.extend(named.into_iter().filter_map(|(label, value)| Some(line(lang.say(label), &value?, paint))));
    lines.extend(recognition.checks.iter().map(|check| {
        let sign = if check.ok { paint.good("✓") } else { paint.bad("✗") };
        format!("    {sign} {} [{}: {} / {}]", lang.pick(&check.zh, &check.en), check.check, check.want, check.got)
    }));
    lines
}

fn line(label: &str, value: &str, paint: Paint) -> String {
    format!("    {}{value}", paint.dim(&padded(label, LABEL)))
}

/// The sign of how a step ended.
pub(super) fn sign(result: StepResult, paint: Paint) -> String {
    match result {
        StepResult::Ok => paint.good("✓"),
        StepResult::Failed => paint.bad("✗"),
        StepResult::Unchecked => paint.unsure("?"),
    }
}

fn step_line(step: &Step, lang: Lang, paint: Paint) -> String {
    let sign = sign(step.result, paint);
    let name = match step.step {
        StepName::Form => &w::STEP_FORM,
        StepName::Signature => &w::STEP_SIGNATURE,
        StepName::KeyWindow => &w::STEP_KEY,
        StepName::Issuer => &w::STEP_ISSUER,
        StepName::Status => &w::STEP_STATUS,
        StepName::Expiry => &w::STEP_EXPIRY,
    };
    let detail = step.detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default();
    format!("  {sign} {}{}{detail}", padded(lang.say(name), LABEL), lang.pick(&step.zh, &step.en))
}

fn fields(certificate: &Certificate, lang: Lang, zone: Zone) -> Vec<(String, String)> {
    let claims = &certificate.claims;
    let words = |names: &Names| lang.pick(&names.zh, &names.en).to_owned();
    let coded = |names: &Option<Names>, code: &str| names.as_ref().map_or_else(|| code.to_owned(), |n| format!("{} {code}", words(n)));
    let occupation = [claims.ttl.as_ref().map(|t| t.as_str()), claims.occ.as_ref().map(|o| o.as_str())].into_iter().flatten().collect::<Vec<_>>();
    let all = [
        (&w::FIELD_NAME, Some(claims.nam.as_str().to_owned())),
        (&w::FIELD_ID, Some(claims.id4.as_str().to_owned())),
        (&w::FIELD_NUMBER, Some(claims.num.as_str().to_owned())),
        (&w::FIELD_TYPE, Some(words(&certificate.kind))),
        (&w::FIELD_OCCUPATION, Some(occupation.join(" ")).filter(|text| !text.is_empty())),
        (&w::FIELD_LEVEL, certificate.level.as_ref().map(words)),
        (&w::FIELD_GRADE, certificate.grade.as_ref().map(words)),
        (&w::FIELD_ASSESSED, Some(claims.day.to_string())),
        (&w::FIELD_ISSUED, Some(claims.iat.day_in(zone).to_string())),
        (&w::FIELD_UNTIL, claims.exp.map(|day| day.to_string())),
        (&w::FIELD_PROVIDER, Some(coded(&certificate.provider, claims.prv.as_str()))),
        (&w::FIELD_REGION, Some(coded(&certificate.region, claims.iss.as_str()))),
    ];
    all.into_iter().filter_map(|(label, value)| Some((lang.say(label).to_owned(), value?))).collect()
}

/// `text` and spaces up to `columns` of a terminal, where a Chinese character takes two.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text)).max(1)))
}

/// Columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::time::Instant;
    use verifier::verdict::Step;

    fn verdict(outcome: Outcome, result: StepResult) -> Verdict {
        let step = Step { step: StepName::Form, result, code: "x".into(), zh: "理由".into(), en: "reason".into(), detail: Some("nam".to_owned()) };
        Verdict { outcome, as_of: Instant(0), certificate: None, steps: vec![step], notes: vec![], recognition: None }
    }

    #[test]
    fn each_outcome_and_each_step_has_a_sign_of_its_own_without_colour() {
        let plain = |outcome, result| render(&verdict(outcome, result), Lang::En, Zone::CHINA, Paint(false));
        let valid = plain(Outcome::Valid, StepResult::Ok);
        assert!(valid.starts_with("✓ 有效 VALID\n") && valid.contains("  ✓ form          reason (nam)\n"), "{valid}");
        assert!(plain(Outcome::Invalid, StepResult::Failed).starts_with("✗ 无效 INVALID\n"));
        let unsure = plain(Outcome::Undetermined, StepResult::Unchecked);
        assert!(unsure.starts_with("? 无法断定 UNDETERMINED\n  Unreadable is not verified.\n"), "{unsure}");
        assert!(!valid.contains('\x1b'));
        assert!(render(&verdict(Outcome::Valid, StepResult::Ok), Lang::Zh, Zone::CHINA, Paint(true)).contains("\x1b[1;32m"));
    }

    #[test]
    fn labels_of_both_languages_end_at_the_same_column() {
        assert_eq!(padded("姓名", 8), "姓名    ");
        assert_eq!(padded("name", 8), "name    ");
    }
}
