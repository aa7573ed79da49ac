// Whether something is a verdict of the documented shape (docs/formats/verdict.md) that says no more than its steps do.

const STEPS = ["form", "signature", "key-window", "issuer", "status", "expiry"];
const RESULTS = ["ok", "failed", "unchecked"];

/** Nothing is shown as good by default: what is not sound is shown as "could not be checked". */
export function isSound(verdict) {
  const steps = verdict?.steps;
  const whole = Array.isArray(steps) && STEPS.every((name, at) => steps[at]?.step === name) && steps.every((s) => RESULTS.includes(s.result));
  if (!whole || !Number.isSafeInteger(verdict.as_of)) return false;
  const allOk = steps.every((s) => s.result === "ok") && Boolean(verdict.certificate?.claims);
  const anyFailed = steps.some((s) => s.result === "failed");
  switch (verdict.outcome) {
    case "valid":
    case "valid-as-of":
      return allOk;
    case "invalid":
      return anyFailed;
    case "undetermined":
      return !anyFailed;
    default:
      return false;
  }
}
