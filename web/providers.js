// The directory of providers: search, and the timeline of each. What is searched for stays out of the address of the page.
import { get } from "./api.js";
import { byId, make } from "./dom.js";
import { begin, other, pick, say, tell } from "./words.js";

const ROWS = 30;

/** Providers in the order of the registry, what is open, and the cursor of the next page. */
let rows = [];
let next = null;
let state = "waiting";
/** Timelines that were opened, by id: `null` while asked for, `false` where there was no answer. */
const timelines = new Map();
let asked = 0;

const names = (row) => ({ zh: row.name_zh, en: row.name_en });

async function search(after = null) {
  const turn = ++asked;
  const conditions = new URLSearchParams([...new FormData(byId("search"))].map(([k, v]) => [k, v.trim()]).filter(([, v]) => v));
  conditions.set("limit", ROWS);
  if (after) conditions.set("after", after);
  else timelines.clear();
  state = "waiting";
  if (!after) drawFound();
  const { answer, problem } = await get(`v1/providers?${conditions}`);
  if (turn !== asked) return;
  state = problem ? (problem.code ?? "failure") : "found";
  if (answer || !after) {
    rows = [...(after ? rows : []), ...(answer?.items ?? [])];
    next = answer?.next ?? null;
  }
  draw();
}

function drawFound() {
  const words = {
    waiting: () => say("page.providers.waiting"),
    found: () => (rows.length === 0 ? say("page.providers.none") : tell(next ? "page.providers.some" : "page.providers.all", { n: rows.length })),
  };
  byId("found").textContent = words[state]?.() ?? (say(state) || say("page.providers.failed"));
}

function draw() {
  drawFound();
  byId("rows").replaceChildren(...rows.map(drawRow));
  byId("more").hidden = !next;
}

/** What it is on the day: a badge each for standing, class and flag. */
function badges(interval) {
  if (!interval) return [make("span", { className: "badge none" }, say("page.standing.unlisted"))];
  if (interval.standing === "barred") return [make("span", { className: "badge barred" }, say("page.standing.barred"))];
  return [
    make("span", { className: "badge listed" }, say("page.standing.listed")),
    make("span", { className: "badge" }, tell("page.providers.class_is", { class: interval.class })),
    make("span", { className: `badge flag-${interval.flag}` }, say(`page.flag.${interval.flag}`)),
  ];
}

function drawRow(row) {
  const head = make("span", { className: "body-name" }, pick(names(row)), make("small", {}, other(names(row))));
  const code = make("span", { className: "body-more" }, make("span", { className: "code", translate: false }, row.credit_code), ` · ${say(`page.kind.${row.kind}`)}`);
  const details = make("details", { open: timelines.has(row.id) }, make("summary", {}, head, code, make("span", { className: "badges" }, ...badges(row.interval))));
  if (timelines.has(row.id)) details.append(drawTimeline(timelines.get(row.id)));
  details.addEventListener("toggle", () => open(row, details));
  return make("li", {}, details);
}

async function open(row, details) {
  if (!details.open || timelines.get(row.id)) return;
  timelines.set(row.id, null);
  show(details, null);
  const { answer } = await get(`v1/providers/${row.id}`);
  timelines.set(row.id, answer?.timeline ?? false);
  show(details, timelines.get(row.id));
}

const show = (details, timeline) => details.replaceChildren(details.firstElementChild, drawTimeline(timeline));

function drawTimeline(timeline) {
  if (timeline === null) return make("p", { className: "hint" }, say("page.providers.waiting"));
  if (timeline === false) return make("p", { className: "hint" }, say("page.providers.failed"));
  // An interval that another decision of the same day replaced never held.
  const held = timeline.filter((interval) => interval.until !== interval.from).reverse();
  return make("div", { className: "timeline" }, make("h2", {}, say("page.providers.timeline")), make("ol", {}, ...held.map(drawInterval)));
}

function drawInterval(interval) {
  const until = interval.until ? tell("page.providers.until", { day: interval.until }) : say("page.providers.open_end");
  const lines = [
    make("p", { className: "span" }, make("span", { className: "code" }, interval.from), ` ${until} `, make("span", { className: "badges" }, ...badges(interval))),
    interval.scope ? make("p", {}, scope(interval.scope)) : null,
    make("p", { className: "hint" }, tell("page.providers.cause", { cause: interval.cause })),
  ];
  return make("li", {}, ...lines.filter(Boolean));
}

function scope({ occupations, level_min: min, level_max: max, types }) {
  const all = say("page.providers.no_limit");
  const list = (items) => (items.length ? items.join(say("page.providers.comma")) : all);
  const levels = min === 0 && max === 7 ? all : tell("page.providers.levels", { min: say(`page.level.${min}`), max: say(`page.level.${max}`) });
  return tell("page.providers.scope", { occupations: list(occupations), levels, types: list(types.map((type) => say(`page.type.${type}`))) });
}

await begin(draw);
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
byId("more").addEventListener("click", () => search(next));
await search();
