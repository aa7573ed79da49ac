// The verdict page. It sends what it was given to its own registry and shows the answer. Nothing is green by default: whatever goes wrong,
// whatever is not exactly as documented, is shown as "could not be checked". Data from outside enters the page as text only.

const ROOT = new URL("..", import.meta.url);
const STEPS = ["form", "signature", "key-window", "issuer", "status", "expiry"];
const RESULTS = ["ok", "failed", "unchecked"];
const ICON_OF_RESULT = { ok: "valid", failed: "invalid", unchecked: "undetermined" };
const PATIENCE_MS = 20_000;

const byId = (id) => document.getElementById(id);

/** What is shown: `{kind: "ask" | "waiting" | "verdict" | "unfound" | "failure", ...}`; drawn again when the language changes. */
let shown = { kind: "ask" };
let words = {};
let lang = "zh";
/** The last question, to ask it again. */
let question = null;
/** Counts questions, so that a late answer to an earlier one is dropped. */
let asked = 0;

const say = (code) => words[code]?.[lang] ?? "";
const pick = (names) => names?.[lang] ?? "";
const other = (names) => names?.[lang === "zh" ? "en" : "zh"] ?? "";

/** An element with properties and children; strings become text. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const [svg, use] = [document.createElementNS(ns, "svg"), document.createElementNS(ns, "use")];
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** An instant in the reader's own time zone, which is named. */
function local(seconds) {
  const [at, locale] = [new Date(seconds * 1000), lang === "zh" ? "zh-CN" : "en"];
  const zone = new Intl.DateTimeFormat(locale, { timeZoneName: "short" }).formatToParts(at).find((part) => part.type === "timeZoneName");
  return `${new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" }).format(at)} (${zone?.value ?? ""})`;
}

/** Posts to the registry: `{answer}`, or `{problem}` with its code where it has one. */
async function post(path, body) {
  try {
    const response = await fetch(new URL(path, ROOT), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const read = await response.json();
    return response.ok ? { answer: read } : { problem: read };
  } catch {
    return { problem: {} };
  }
}

/** Whether this has the documented shape, and says no more than its steps do. */
function isSound(verdict) {
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

/** Asks `question` and shows what comes back. */
async function ask(next) {
  question = next;
  const turn = ++asked;
  show({ kind: "waiting" });
  const { answer, problem } = await post(next.path, next.body);
  if (turn !== asked) return;
  if (problem) return show({ kind: "failure", code: problem.code });
  const verdict = next.isLookup ? answer.verdict : answer;
  if (next.isLookup && answer.found === false && verdict === null) return show({ kind: "unfound" });
  show(isSound(verdict) ? { kind: "verdict", verdict } : { kind: "failure" });
}

const verify = (text) => ask({ path: "v1/verify", body: { text }, isLookup: false });
const lookUp = (number, name) => ask({ path: "v1/certificates:query", body: { number, name }, isLookup: true });

function show(next) {
  shown = next;
  try {
    draw();
  } catch {
    shown = { kind: "failure" };
    draw();
  }
  window.scrollTo(0, 0);
}

function draw() {
  const { kind, verdict } = shown;
  byId("ask").hidden = kind !== "ask";
  byId("next").hidden = kind === "ask" || kind === "waiting";
  byId("retry").hidden = kind !== "failure";
  byId("print").hidden = kind !== "verdict";
  const answer = kind === "verdict" ? [drawCertificate(verdict), drawSteps(verdict)] : [];
  byId("outcome").replaceChildren(...drawOutcome());
  byId("answer").replaceChildren(...answer);
  const outcome = kind === "verdict" ? verdict.outcome : kind;
  const title = say(`page.outcome.${outcome}`);
  document.title = title ? `${title} · ${say("page.v.title")}` : say("page.v.title");
}

function drawOutcome() {
  const { kind, verdict, code } = shown;
  if (kind === "ask") return [];
  if (kind === "waiting") return [make("p", { className: "waiting" }, say("page.v.waiting"))];
  const name = kind === "verdict" ? verdict.outcome : kind;
  const decisive = kind === "verdict" ? decisiveSteps(verdict).map((step) => make("p", { className: "why" }, withDetail(step))) : [];
  const more = say(`page.outcome.${name}.more`);
  const refused = kind === "failure" && say(code ?? "") ? make("p", { className: "why" }, say(code)) : null;
  const when = kind === "verdict" ? make("p", { className: "when" }, `${say("page.outcome.as_of")}: ${local(verdict.as_of)}`) : null;
  const body = make("div", {}, make("h2", {}, say(`page.outcome.${name}`)), refused, ...decisive, more ? make("p", {}, more) : null, when);
  return [make("div", { className: `verdict ${name}` }, icon(name), body)];
}

/** The steps that decided: those that failed, or else the first that could not be taken. */
function decisiveSteps({ steps }) {
  const failed = steps.filter((step) => step.result === "failed");
  return failed.length > 0 ? failed : steps.filter((step) => step.result === "unchecked").slice(0, 1);
}

const withDetail = (step) => (step.detail ? `${pick(step)} (${step.detail})` : pick(step));

/** A line of the certificate; none where it says nothing. */
function field(code, value, { className = "", beside = "" } = {}) {
  if (value === undefined || value === null || value === "") return null;
  const data = make("dd", { className, translate: false }, String(value));
  if (beside && beside !== value) data.append(make("small", {}, beside));
  return make("div", {}, make("dt", {}, say(code)), data);
}

/** A line that the registry has in both languages: the paper may have either. */
const named = (code, names) => field(code, pick(names), { beside: other(names) });

function drawCertificate({ outcome, certificate }) {
  const section = (heading, ...children) => make("section", {}, make("h2", {}, say(heading)), ...children);
  if (!certificate) {
    return outcome === "invalid" ? section("page.certificate.title", make("p", {}, say("page.certificate.withheld"))) : "";
  }
  const { claims } = certificate;
  const validity = claims.exp ? field("page.field.until", claims.exp, { className: "code" }) : field("page.field.validity", say("page.field.for_life"));
  const holder = make(
    "dl",
    {},
    field("page.field.name", claims.nam, { className: "name" }),
    field("page.field.id4", claims.id4, { className: "code" }),
    field("page.field.number", claims.num, { className: "code" }),
    named("page.field.type", certificate.type),
    field("page.field.title", claims.ttl),
    field("page.field.occupation", claims.occ, { className: "code" }),
    named("page.field.level", certificate.level),
    named("page.field.grade", certificate.grade),
    field("page.field.assessed", claims.day, { className: "code" }),
    field("page.field.issued", local(claims.iat)),
    validity,
  );
  const issuer = make(
    "dl",
    {},
    named("page.issuer.provider", certificate.provider),
    field("page.issuer.code", claims.prv, { className: "code" }),
    field("page.issuer.region", pick(certificate.region) || claims.iss, { beside: [other(certificate.region), claims.iss].filter(Boolean).join(" · ") }),
  );
  const compare = make("p", { className: "compare" }, say("page.certificate.compare"));
  const parts = document.createDocumentFragment();
  parts.append(section("page.certificate.title", compare, holder), section("page.issuer.title", issuer));
  return parts;
}

function drawSteps({ steps, notes }) {
  const lines = steps.map((step) => {
    const result = make("span", { className: `result ${step.result}` }, say(`page.result.${step.result}`));
    const mark = make("span", { className: step.result }, icon(ICON_OF_RESULT[step.result]));
    return make("li", {}, mark, make("strong", {}, say(`page.step.${step.step}`) || step.step), result, make("span", { className: "words" }, withDetail(step)));
  });
  const list = make("ol", { className: "steps" }, ...lines);
  const remarks = notes?.length ? make("ul", { className: "notes" }, ...notes.map((note) => make("li", {}, pick(note)))) : null;
  return make("section", {}, make("h2", {}, say("page.steps.title")), list, remarks);
}

function speak(next) {
  lang = next;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-region]")) element.textContent = element.dataset[lang];
  const button = byId("lang");
  button.textContent = lang === "zh" ? "English" : "中文";
  button.lang = lang === "zh" ? "en" : "zh-CN";
  draw();
}

/** Takes the certificate out of the address bar, so that it stays in no history and on no screen. */
function takeFragment() {
  const text = location.hash.slice(1);
  if (text) history.replaceState(null, "", location.pathname + location.search);
  return text;
}

function listen() {
  byId("lang").addEventListener("click", () => speak(lang === "zh" ? "en" : "zh"));
  byId("again").addEventListener("click", () => {
    asked += 1;
    // Whoever mistyped something mends it; a certificate that was checked does not linger.
    if (shown.kind === "verdict") for (const form of document.forms) form.reset();
    show({ kind: "ask" });
    byId("text").focus();
  });
  byId("retry").addEventListener("click", () => ask(question));
  byId("print").addEventListener("click", () => window.print());
  byId("paste").addEventListener("submit", (event) => {
    event.preventDefault();
    verify(byId("text").value.trim());
  });
  byId("lookup").addEventListener("submit", (event) => {
    event.preventDefault();
    lookUp(byId("number").value.trim(), byId("name").value.trim());
  });
  window.addEventListener("hashchange", () => {
    const text = takeFragment();
    if (text) verify(text);
  });
}

async function start() {
  const text = takeFragment();
  try {
    words = await (await fetch(new URL("v/words.json", ROOT), { signal: AbortSignal.timeout(PATIENCE_MS) })).json();
    listen();
    speak(lang);
  } catch {
    byId("broken").hidden = false;
    return;
  }
  if (text) await verify(text);
}

await start();
