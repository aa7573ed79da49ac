// Certificates that were issued: found by number and status, revoked, suspended, put back in force.
import { drawProblem, may, own, postAs } from "./client.js";
import { byId, make } from "./dom.js";
import { field } from "./draw.js";
import { local, say, tell } from "./words.js";

const ROWS = 20;
/** What may be done in which state. */
const STEPS = { issued: ["suspend", "revoke"], suspended: ["reinstate", "revoke"] };

/** Certificates that were found, the conditions, the cursor of the next page; null before anybody asked. */
let found = null;
let problem = null;
/** What went wrong with a certificate, by its id. */
const refused = new Map();

export function clearIssued() {
  found = problem = null;
  refused.clear();
}

export function drawIssued() {
  byId("issued-told").textContent = found && !problem ? tell(found.next ? "page.issued.some" : "page.issued.found", { n: found.items.length }) : "";
  byId("issued-refused").replaceChildren(...drawProblem(problem));
  const next = make("button", { type: "button", className: "quiet" }, say("page.list.next"));
  next.addEventListener("click", () => search(found.conditions, found.next));
  const lines = (found?.items ?? []).map((one) => make("li", { id: one.id, tabIndex: -1 }, ...drawOne(one)));
  byId("issued").replaceChildren(...(lines.length ? [make("ul", { className: "found" }, ...lines)] : []), ...(found?.next ? [next] : []));
}

function drawOne(one) {
  const title = make("h3", {}, one.holder.name, " ", make("span", { className: `badge status-${one.status}` }, say(`page.status.${one.status}`)));
  const lines = [
    field("page.issued.number", one.number, { className: "code" }),
    field("page.issued.what", [one.title, one.level === undefined ? "" : say(`page.level.${one.level}`), say(`page.type.${one.type}`)].filter(Boolean).join(" · ")),
    field("page.issued.assessed", one.assessed_on, { className: "code" }),
    field("page.issued.at", local(one.issued_at)),
    field("page.issued.by", one.replaced_by, { className: "code" }),
  ];
  const steps = may("certificates:write") ? (STEPS[one.status] ?? []) : [];
  const problem = make("div", { className: "refused", role: "alert" }, ...drawProblem(refused.get(one.id)));
  return [title, make("dl", {}, ...lines.filter(Boolean)), steps.length ? drawChange(one, steps) : null, problem].filter(Boolean);
}

/** One reason, and a button for each thing that may be done for it. */
function drawChange(one, steps) {
  const id = `reason-${one.id}`;
  const reason = make("input", { id, maxLength: 200, required: true, autocomplete: "off" });
  const buttons = steps.map((step) => make("button", { value: step, className: step === "revoke" ? "grave" : "quiet" }, say(`page.issued.step.${step}`)));
  const form = make("form", {}, make("label", { htmlFor: id }, say("page.issued.reason")), reason, make("p", { className: "hint" }, say("page.issued.reason_more")), make("p", { className: "pair-of" }, ...buttons));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(one, event.submitter.value, reason.value.trim());
  });
  return make("details", { open: refused.has(one.id) }, make("summary", {}, say("page.issued.change")), form);
}

async function change(one, step, reason) {
  const asked = found;
  const { answer, problem } = await postAs(`v1/certificates/${one.id}/${step}`, { reason });
  if (found !== asked) return;
  if (problem) refused.set(one.id, problem);
  else refused.delete(one.id);
  if (answer) found.items = found.items.map((other) => (other.id === one.id ? answer : other));
  drawIssued();
  byId(one.id).focus();
}

async function search(conditions, after = null) {
  const { answer, problem: wrong } = await own(`v1/certificates?${new URLSearchParams({ ...conditions, limit: ROWS, ...(after ? { after } : {}) })}`);
  problem = wrong ?? null;
  if (answer) found = { conditions, items: after ? [...found.items, ...answer.items] : answer.items, next: answer.next };
  drawIssued();
}

export function listenToIssued() {
  byId("issued-ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = [...new FormData(event.target)].map(([name, value]) => [name, value.trim()]);
    search(Object.fromEntries(asked.filter(([, value]) => value)));
  });
}
