// One batch as elements: where it is, how far, what can be decided, what was issued.
import { field } from "./draw.js";
import { make } from "./dom.js";
import { say, tell } from "./words.js";

/** The files of what was issued: `form` of the interface, and what is put after the name of the batch. */
const FILES = [["xlsx", "-results.xlsx"], ["csv", "-results.csv"], ["png", "-qr-png.zip"], ["svg", "-qr-svg.zip"], ["ndjson", "-cards.ndjson"]];
/** The steps of a batch, and in which states it stands at each. */
const STEPS = { check: ["uploaded", "validating"], approve: ["validated"], issue: ["approved", "issuing"], fetch: ["done", "done_with_errors"] };

export const count = (n) => n.toLocaleString("en");
export const isGoing = ({ state }) => ["uploaded", "validating", "approved", "issuing"].includes(state);
const isChecking = ({ state }) => STEPS.check.includes(state);

/** How many of how many, of the step that goes on. */
const far = (view) => (isChecking(view) ? [view.checked, view.rows] : [view.issued + view.failed, view.valid]);

/** A file name without its ending. */
const stem = ({ name }) => name.replace(/\.[^.]*$/, "");

/** What is said aloud: it changes by a quarter of the work, not with every row. */
export function sayState(view) {
  const words = say(`page.batches.state.${view.state}`);
  if (!isGoing(view)) return words;
  const [done, all] = far(view);
  const quarter = all > 0 ? Math.floor((done * 4) / all) * 25 : 0;
  return quarter > 0 ? `${words} ${quarter}%` : words;
}

export function drawChain({ state }) {
  const names = Object.keys(STEPS);
  const at = names.findIndex((name) => STEPS[name].includes(state));
  const step = (name, n) => {
    const item = make("li", { className: n < at ? "past" : "" }, say(`page.step_of.${name}`));
    if (n === at) item.setAttribute("aria-current", "step");
    return item;
  };
  return state === "cancelled" ? [] : names.map(step);
}

/** What changes twice a second: the bar, the rate, the counts. */
export function drawLive(view) {
  const lines = [
    field("page.batches.rows", count(view.rows)),
    isChecking(view) ? null : field("page.batches.valid", count(view.valid)),
    field("page.batches.faulty", count(view.faulty), { className: view.faulty > 0 ? "failed" : "" }),
    view.approved_at ? field("page.batches.issued", count(view.issued)) : null,
    view.failed > 0 ? field("page.batches.failed", count(view.failed), { className: "failed" }) : null,
  ];
  const trouble = view.trouble ? make("p", { className: "alarm" }, say("page.batches.trouble")) : null;
  return [isGoing(view) ? drawBar(view) : null, trouble, make("dl", { className: "counts" }, ...lines.filter(Boolean))].filter(Boolean);
}

function drawBar(view) {
  const [done, all] = far(view);
  const bar = make("progress", { max: all || 1, value: done });
  bar.setAttribute("aria-label", say(`page.batches.state.${view.state}`));
  const words = [tell("page.batches.of", { done: count(done), all: count(all) })];
  if (view.per_second) words.push(tell("page.batches.rate", { n: count(view.per_second) }));
  if (view.seconds_left !== undefined) words.push(tell("page.batches.left", { time: time(view.seconds_left) }));
  return make("div", { className: "far" }, bar, make("p", { className: "figures" }, words.join(say("page.batches.comma"))));
}

const time = (seconds) => (seconds < 90 ? tell("page.batches.seconds", { n: seconds }) : tell("page.batches.minutes", { n: Math.ceil(seconds / 60) }));

const button = (code, act, { className = "quiet", ...values } = {}) => {
  const element = make("button", { type: "button", className }, tell(code, values));
  element.addEventListener("click", () => act(element));
  return element;
};

/** What the client may decide now. `desk` does it. */
export function drawDecisions(view, client, desk) {
  const parts = [];
  if (view.state === "validated") parts.push(...drawApproval(view, client, desk));
  if (["done", "done_with_errors"].includes(view.state) && view.failed > 0) {
    parts.push(make("p", {}, tell("page.batches.failed_more", { n: count(view.failed) })), make("p", { className: "pair-of" }, button("page.batches.retry", desk.retry)));
  }
  if (isGoing(view) || view.state === "validated") parts.push(drawCancel(desk));
  return parts;
}

function drawApproval(view, client, desk) {
  const again = button("page.batches.again", desk.again);
  if (view.valid === 0) return [make("p", { className: "alarm" }, say("page.batches.nothing")), make("p", { className: "pair-of" }, again)];
  const told = [make("p", { className: "issues" }, tell("page.batches.issues", { n: count(view.valid) }))];
  if (view.replacing > 0) told.push(make("p", { className: "replaces" }, tell("page.batches.replaces", { n: count(view.replacing) })));
  if (view.faulty > 0) told.push(make("p", {}, tell("page.batches.leaves", { n: count(view.faulty) })));
  if (!view.second_person) return [...told, approval(view, desk, again)];
  if (view.created_by !== client) return [...told, make("p", { className: "hint" }, tell("page.batches.you_are_second", { by: view.created_by })), approval(view, desk, again)];
  const second = make("div", { className: "alarm" }, make("p", {}, say("page.batches.second")), make("p", {}, tell("page.batches.second_how", { id: view.id })));
  return [...told, second, make("p", { className: "pair-of" }, again)];
}

const approval = (view, desk, again) => make("p", { className: "pair-of" }, button("page.batches.approve", desk.approve, { className: "", n: count(view.valid) }), " ", again);

function drawCancel(desk) {
  const reason = make("input", { id: "cancel-reason", maxLength: 200, required: true, autocomplete: "off" });
  const form = make("form", {}, make("label", { htmlFor: "cancel-reason" }, say("page.batches.reason")), reason, make("button", { className: "grave" }, say("page.batches.cancel_now")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    desk.cancel(reason.value.trim());
  });
  return make("details", { className: "grave" }, make("summary", {}, say("page.batches.cancel")), make("p", { className: "hint" }, say("page.batches.cancel_more")), form);
}

/** What was issued, as files. */
export function drawResults(view, desk) {
  if (view.issued === 0 || isGoing(view)) return [];
  const rows = FILES.map(([form, end]) => {
    const get = button(`page.file.${form}`, (element) => desk.save(element, `results?form=${form}`, stem(view) + end));
    return make("li", {}, get, make("span", { className: "hint" }, say(`page.file_more.${form}`)));
  });
  return [make("h3", {}, say("page.file.title")), make("ul", { className: "files" }, ...rows)];
}

/** What is wrong: how often each thing, and each cell in its row. `wrong` is `{items, next}`. */
export function drawWrong(view, wrong, desk) {
  if (view.errors.length === 0) return [];
  const codes = view.errors.map((one) => make("li", {}, make("span", {}, desk.pick(one)), make("strong", {}, tell("page.wrong.cells", { n: count(one.count) }))));
  const parts = [make("h3", {}, say("page.wrong.title")), make("ul", { className: "codes" }, ...codes)];
  if (view.state !== "cancelled") {
    const get = button("page.wrong.marked", (element) => desk.save(element, "errors/file?", `${stem(view)}-errors.${view.form}`));
    parts.push(make("p", {}, say("page.wrong.more")), make("p", { className: "pair-of" }, get));
  }
  if (wrong?.items.length > 0) parts.push(drawTable(wrong, desk));
  if (wrong?.next) parts.push(make("p", { className: "pair-of" }, button("page.wrong.next", desk.more)));
  return parts;
}

function drawTable({ items }, desk) {
  const heads = ["row", "column", "what"].map((name) => make("th", { scope: "col" }, say(`page.wrong.${name}`)));
  const row = (one) => {
    const got = one.got ? make("small", { className: "code", translate: false }, tell("page.wrong.got", { got: one.got })) : null;
    return make("tr", {}, make("td", { className: "number" }, String(one.row)), make("td", {}, one.column || one.field), make("td", {}, desk.pick(one), got));
  };
  const table = make("table", {}, make("caption", {}, say("page.wrong.caption")), make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...items.map(row)));
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region" }, table);
  scroll.setAttribute("aria-label", say("page.wrong.caption"));
  return scroll;
}
