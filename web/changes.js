// One step for many certificates: which ones, what it would do, who approves, how far it is, what came of it.
import { decimal } from "./amounts.js";
import { count } from "./batch.js";
import { clientId, drawProblem, may, own, postAs } from "./client.js";
import { byId, make } from "./dom.js";
import { field } from "./draw.js";
import { local, pick, say, tell } from "./words.js";

/** Rows of a page: of earlier changes, of certificates that were refused. */
const ROWS = 10;
const REFUSED = 50;
/** Milliseconds between two looks at a change that goes on. */
const LOOK_MS = 1_000;
const GOING = ["proposed", "approved"];

/** The change that is shown, the certificates that it could not change, earlier ones, what went wrong. */
let view = null;
let refused = { items: [], next: null };
let list = { items: [], next: null };
let problem = null;
let timer;
/** The batch that is open on the page, and the provider for which an operator acts: `{id}`, or `{problem}`. */
let openBatch = () => null;
let providerOf = async () => ({});

const at = (path = "") => `v1/certificate-changes/${view.id}${path}`;
const page = (limit, after) => new URLSearchParams({ limit, ...(after ? { after } : {}) });

export function clearChanges() {
  clearTimeout(timer);
  view = problem = null;
  list = refused = { items: [], next: null };
  byId("change-ask").reset();
}

export function drawChanges() {
  byId("changes").hidden = clientId() === "";
  byId("change-open").hidden = !may("certificates:write");
  drawAsk();
  drawChange();
  drawList();
}

/** Shows the fields of what certificates are chosen by; a batch can be chosen where one that has issued some is open. */
export function drawAsk() {
  const batch = openBatch();
  const own = byId("change-by").querySelector("[value=batch]");
  own.disabled = !(batch?.issued > 0);
  own.textContent = own.disabled ? say("page.changes.by.batch") : tell("page.changes.by.batch_named", { name: batch.name });
  if (own.disabled && byId("change-by").value === "batch") byId("change-by").value = "numbers";
  for (const by of ["numbers", "filter"]) {
    byId(`change-${by}-part`).hidden = byId("change-by").value !== by;
    byId(`change-${by}-part`).disabled = byId("change-by").value !== by;
  }
}

function drawChange() {
  byId("change").hidden = !view;
  byId("change-refused").replaceChildren(...drawProblem(problem));
  byId("change-told").textContent = view ? say(`page.changes.state.${view.state}`) : "";
  byId("change-title").textContent = view ? titleOf(view) : "";
  byId("change-body").replaceChildren(...(view ? [...drawFar(view), ...drawFacts(view), ...drawDecisions(view), ...drawRefused(view)] : []));
}

const titleOf = (one) => tell("page.changes.one", { step: say(`page.issued.step.${one.step}`), n: count(one.certificates) });

function drawFar(one) {
  if (one.state !== "approved") return [];
  const bar = make("progress", { max: one.certificates, value: one.done + one.refused });
  bar.setAttribute("aria-label", say("page.changes.state.approved"));
  return [make("div", { className: "far" }, bar, make("p", { className: "figures" }, tell("page.changes.of", { done: count(one.done + one.refused), all: count(one.certificates) })))];
}

function drawFacts(one) {
  const lines = [
    field("page.issued.reason", one.reason),
    field("page.changes.source", one.source.filter ? say("page.changes.by.filter") : one.source.batch ?? say("page.changes.by.numbers")),
    field("page.changes.first", one.sample.join("  "), { className: "code" }),
    ...one.effect.map((credit) => field("page.changes.credit", tell("page.changes.effect", effect(credit)))),
    one.finished_at ? field("page.changes.done", count(one.done)) : null,
    one.refused > 0 ? field("page.changes.refused", count(one.refused), { className: "failed" }) : null,
    one.receipt ? field("page.changes.receipt", one.receipt.numbers, { className: "code" }) : null,
  ];
  return [make("dl", {}, ...lines.filter(Boolean))];
}

const effect = ({ scheme, lots, available, redeemed, away }) => ({ scheme, lots: count(lots), available: decimal(available), redeemed: decimal(redeemed), away: decimal(away) });

function drawDecisions(one) {
  if (!may("certificates:write") || !["proposed", "previewed", "approved"].includes(one.state)) return [];
  const cancel = make("button", { type: "button", className: "quiet" }, say("page.changes.cancel"));
  cancel.addEventListener("click", () => decide("/cancel", { reason: say("page.changes.cancel_reason") }));
  if (one.state !== "previewed") return [make("p", { className: "pair-of" }, cancel)];
  if (one.second_person && one.created_by === clientId()) {
    const how = make("p", {}, tell("page.changes.second_how", { id: one.id }));
    return [make("div", { className: "alarm" }, make("p", {}, say("page.changes.second")), how), make("p", { className: "pair-of" }, cancel)];
  }
  const words = tell("page.changes.approve", { step: say(`page.issued.step.${one.step}`), n: count(one.certificates) });
  const approve = make("button", { type: "button", className: one.step === "revoke" ? "grave" : "" }, words);
  approve.addEventListener("click", () => decide("/approve", { certificates: one.certificates }));
  return [make("p", { className: "pair-of" }, approve, " ", cancel)];
}

function drawRefused(one) {
  if (refused.items.length === 0 || GOING.includes(one.state)) return [];
  const rows = refused.items.map((item) => make("li", {}, make("span", { className: "code", translate: false }, item.number), make("span", {}, pick(item))));
  const next = make("button", { type: "button", className: "quiet" }, say("page.list.next"));
  next.addEventListener("click", () => readRefused(refused.next));
  return [make("h3", {}, say("page.changes.refused")), make("ul", { className: "codes" }, ...rows), ...(refused.next ? [next] : [])];
}

function drawList() {
  const line = (one) => {
    const open = make("button", { type: "button", className: "plain" }, titleOf(one));
    open.addEventListener("click", () => show(one.id));
    return make("li", {}, open, make("span", { className: "hint" }, [say(`page.changes.state.${one.state}`), one.reason, local(one.created_at)].join(" · ")));
  };
  const next = make("button", { type: "button", className: "quiet" }, say("page.list.next"));
  next.addEventListener("click", () => readChanges(list.next));
  byId("changes-list").replaceChildren(...(list.items.length ? [make("ol", { className: "batches" }, ...list.items.map(line))] : []), ...(list.next ? [next] : []));
}

/** Reads the changes of the body, the newest first. */
export async function readChanges(after = null) {
  const asked = clientId();
  const { answer } = await own(`v1/certificate-changes?${page(ROWS, after)}`);
  if (!answer || asked !== clientId()) return;
  list = { items: after ? [...list.items, ...answer.items] : answer.items, next: answer.next };
  drawList();
}

async function readRefused(after = null) {
  const { id } = view;
  const { answer } = await own(at(`/refusals?${page(REFUSED, after)}`));
  if (!answer || view?.id !== id) return;
  refused = { items: after ? [...refused.items, ...answer.items] : answer.items, next: answer.next };
  drawChange();
}

/** Takes over an answer, and looks again as long as the change goes on. */
function take({ answer, problem: wrong }) {
  clearTimeout(timer);
  problem = wrong ?? null;
  const was = view;
  if (answer) view = answer;
  if (was?.id !== view?.id) refused = { items: [], next: null };
  drawChange();
  if (!answer) return;
  if (GOING.includes(view.state)) timer = setTimeout(look, LOOK_MS);
  else if (view.refused > 0 && refused.items.length === 0) readRefused();
  if (was?.id !== view.id || was.state !== view.state) readChanges();
}

async function look() {
  const asked = view;
  const told = await own(at());
  if (view !== asked) return;
  if (told.answer) take(told);
  else timer = setTimeout(look, LOOK_MS);
}

async function show(id) {
  const told = await own(`v1/certificate-changes/${id}`);
  if (!clientId()) return;
  take(told);
  byId("change-title").focus();
}

async function decide(path, body) {
  const asked = view.id;
  const told = await postAs(at(path), body);
  if (view?.id !== asked) return;
  take(told);
  byId("change-title").focus();
}

/** What the form asks for: one source of certificates, a step, a reason. */
function wanted() {
  const given = Object.fromEntries([...new FormData(byId("change-ask"))].map(([name, value]) => [name, value.trim()]));
  const { by, step, reason, numbers, level, ...filter } = given;
  if (by === "batch") return { step, reason, batch: openBatch()?.id };
  if (by === "numbers") return { step, reason, numbers: numbers.split(/[\s,，;；]+/).filter(Boolean) };
  const said = Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
  return { step, reason, filter: { ...said, ...(level ? { level: Number(level) } : {}) } };
}

async function propose() {
  const { id: provider, problem: unknown } = byId("change-by").value === "batch" ? { id: openBatch()?.provider } : await providerOf();
  const told = unknown ? { problem: unknown } : await postAs("v1/certificate-changes", { ...wanted(), ...(provider ? { provider } : {}) });
  if (!clientId()) return;
  take(told);
  if (!told.answer) return;
  byId("change-ask").reset();
  drawAsk();
  byId("change-open").open = false;
  byId("change-title").focus();
}

/** `open()` is the batch that is open; `whose()` the provider for which an operator acts. */
export function listenToChanges(open, whose) {
  openBatch = open;
  providerOf = whose;
  byId("change-by").addEventListener("change", drawAsk);
  byId("change-ask").addEventListener("submit", (event) => {
    event.preventDefault();
    propose();
  });
}
