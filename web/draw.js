// A verdict as elements: the outcome, the certificate, the steps. Nothing here decides anything.
import { icon, make } from "./dom.js";
import { ago, local, other, pick, say, tell } from "./words.js";

const ICON_OF_RESULT = { ok: "valid", failed: "invalid", unchecked: "undetermined" };

/** The outcome at one glance: word, icon and colour, why, and as of when. `shown` is `{kind, verdict?, code?, isAgain?}`. */
export function drawOutcome({ kind, verdict, code, isAgain }) {
  if (kind === "waiting") return make("p", { className: "waiting" }, say("page.v.waiting"));
  const name = kind === "verdict" ? verdict.outcome : kind;
  const body = make("div", {}, make("h2", { tabIndex: -1 }, say(`page.outcome.${name}`)));
  if (kind !== "verdict" && say(code ?? "")) body.append(make("p", { className: "why" }, say(code)));
  if (kind === "verdict") for (const step of decisive(verdict)) body.append(make("p", { className: "why" }, withDetail(step)));
  const more = say(`page.outcome.${name}.more`);
  if (more) body.append(make("p", {}, more));
  for (const note of verdict?.notes ?? []) if (!note.code.startsWith("facts.")) body.append(make("p", {}, pick(note)));
  if (isAgain) body.append(make("p", {}, say("page.outcome.again")));
  if (kind === "verdict" && verdict.steps[0].result === "ok") body.append(drawWhen(verdict));
  return make("div", { className: `verdict ${name}` }, icon(name), body);
}

/** As of when, on whose records: a partner's are seldom as young as the bundle that brings them. */
function drawWhen(verdict) {
  const region = pick(verdict.certificate?.region);
  const words = region ? tell("page.outcome.as_of_region", { region }) : say("page.outcome.as_of");
  const when = make("p", { className: "when" }, words, make("span", { className: "date" }, local(verdict.as_of)));
  if (Date.now() / 1000 >= verdict.as_of) when.append(" ", make("span", { className: "age" }, ago(verdict.as_of, Date.now() / 1000)));
  return when;
}

/** The steps that decided: those that failed, or else the first that could not be taken. */
export function decisive({ steps }) {
  const failed = steps.filter((step) => step.result === "failed");
  return failed.length > 0 ? failed : steps.filter((step) => step.result === "unchecked").slice(0, 1);
}

/** The words of a step with what they are about: a day, a number, a name; an instant as a date. */
function withDetail(step) {
  if (!step.detail) return pick(step);
  if (step.code === "status.replaced") return `${pick(step)}${say("page.outcome.successor")}${step.detail}`;
  const isInstant = step.code.startsWith("key.") && /^\d{1,12}$/.test(step.detail);
  return `${pick(step)} (${isInstant ? local(Number(step.detail)) : step.detail})`;
}

/** A line of a list; none where it says nothing. */
export function field(code, value, { className = "", beside = "" } = {}) {
  if (value === undefined || value === null || value === "") return null;
  const data = make("dd", { className, translate: false }, String(value));
  if (beside && beside !== value) data.append(make("small", {}, beside));
  return make("div", {}, make("dt", {}, say(code)), data);
}

/** A line that the registry has in both languages: the paper may have either. */
const named = (code, names) => field(code, pick(names), { beside: other(names) });

/** A section under a heading. */
export const section = (code, ...children) => make("section", {}, make("h2", {}, say(code)), ...children);

/** What the certificate says, to be compared with the paper and the person; a section that says so where nobody is known to have signed it. */
export function drawCertificate({ certificate, steps }) {
  if (steps[0].result !== "ok") return [];
  if (steps[1].result !== "ok" || !certificate) return [section("page.certificate.title", make("p", {}, say("page.certificate.withheld")))];
  const claims = certificate.claims;
  const validity = claims.exp ? field("page.field.until", claims.exp, { className: "code" }) : field("page.field.validity", say("page.field.for_life"));
  const holder = [
    field("page.field.name", claims.nam, { className: "name" }),
    field("page.field.id4", claims.id4, { className: "code large" }),
    field("page.field.number", claims.num, { className: "code" }),
    named("page.field.type", certificate.type),
    field("page.field.title", claims.ttl),
    field("page.field.occupation", claims.occ, { className: "code" }),
    named("page.field.level", certificate.level),
    named("page.field.grade", certificate.grade),
    field("page.field.assessed", claims.day, { className: "code" }),
    field("page.field.issued", local(claims.iat)),
    validity,
  ];
  const list = make("dl", {}, ...holder.filter(Boolean));
  return [section("page.certificate.title", make("p", { className: "compare" }, say("page.certificate.compare")), list), drawIssuer(certificate, steps[3])];
}

function drawIssuer({ claims, provider, region }, step) {
  const standing = make("dd", {}, make("span", { className: `standing ${step.result}` }, icon(ICON_OF_RESULT[step.result]), pick(step)));
  const lines = [
    named("page.issuer.provider", provider),
    field("page.issuer.code", claims.prv, { className: "code" }),
    make("div", {}, make("dt", {}, say("page.issuer.standing")), standing),
    field("page.issuer.region", pick(region) || claims.iss, { beside: [other(region), claims.iss].filter(Boolean).join(" · ") }),
  ];
  return section("page.issuer.title", make("dl", {}, ...lines.filter(Boolean)));
}

/** How it was checked, step by step, with the remarks. */
export function drawSteps({ steps, notes }) {
  const line = (step) => {
    const result = make("span", { className: `result ${step.result}` }, say(`page.result.${step.result}`));
    const mark = make("span", { className: step.result }, icon(ICON_OF_RESULT[step.result]));
    const name = make("strong", {}, say(`page.step.${step.step}`) || step.step);
    return make("li", {}, mark, name, result, make("span", { className: "words" }, withDetail(step)));
  };
  const remarks = notes?.length ? make("ul", { className: "notes" }, ...notes.map((note) => make("li", {}, pick(note)))) : null;
  return section("page.steps.title", make("ol", { className: "steps" }, ...steps.map(line)), ...(remarks ? [remarks] : []));
}
