// The directory of providers: search, the timeline of each, and where it is recognised; and the bodies of other regions that are recognised
// here. What is searched for stays out of the address of the page.
import { get } from "./api.js";
import { byId, make } from "./dom.js";
import { begin, other, pick, say, tell } from "./words.js";

const ROWS = 30;

/** Providers in the order of the registry, what is open, and the cursor of the next page. */
let rows = [];
let next = null;
let state = "waiting";
/** Other parties of the agreements, `{region, name}`. */
let regions = [];
/** What was opened, by id: `null` while asked for, `false` where there was no answer, else `{timeline, places}`. */
const opened = new Map();
let asked = 0;

/** What only the registry's own directory can be searched by. */
const OWN_ONLY = ["kind", "class", "occupation", "listed_on"];

const names = (row) => ({ zh: row.name_zh, en: row.name_en });
const called = (code, name) => (name ? `${pick(name)} ${code}` : code);

async function search(after = null) {
  const turn = ++asked;
  const conditions = new URLSearchParams([...new FormData(byId("search"))].map(([k, v]) => [k, v.trim()]).filter(([, v]) => v));
  const elsewhere = conditions.has("region");
  conditions.set("limit", ROWS);
  if (after) conditions.set("after", after);
  else opened.clear();
  state = "waiting";
  if (!after) drawFound();
  const { answer, problem } = await get(`v1/${elsewhere ? "recognised-providers" : "providers"}?${conditions}`);
  if (turn !== asked) return;
  state = problem ? (problem.code ?? "failure") : "found";
  if (answer || !after) {
    rows = [...(after ? rows : []), ...(answer?.items ?? []).map(elsewhere ? abroad : (row) => row)];
    next = answer?.next ?? null;
  }
  draw();
}

/** A body of another region as a row, with everything that is known of it. */
function abroad(body) {
  return { ...body, id: `${body.region}_${body.credit_code}`, interval: { standing: "listed", class: body.class, flag: body.flag } };
}

function drawFound() {
  const words = {
    waiting: () => say("page.providers.waiting"),
    found: () => (rows.length === 0 ? say("page.providers.none") : tell(next ? "page.providers.some" : "page.providers.all", { n: rows.length })),
  };
  byId("found").textContent = words[state]?.() ?? (say(state) || say("page.providers.failed"));
}

function draw() {
  drawRegions();
  drawFound();
  byId("rows").replaceChildren(...rows.map(drawRow));
  byId("more").hidden = !next;
}

function drawRegions() {
  const chosen = byId("region").value;
  const others = regions.map(({ region, name }) => make("option", { value: region }, tell("page.providers.region_other", { region: called(region, name) })));
  byId("region").replaceChildren(make("option", { value: "" }, say("page.providers.region_own")), ...others);
  byId("region").value = chosen;
  byId("regions").hidden = regions.length === 0;
  for (const id of OWN_ONLY) byId(id).disabled = chosen !== "";
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
  const details = make("details", { open: opened.has(row.id) }, make("summary", {}, head, code, make("span", { className: "badges" }, ...badges(row.interval))));
  if (opened.has(row.id)) details.append(drawOpened(row));
  details.addEventListener("toggle", () => open(row, details));
  return make("li", {}, details);
}

async function open(row, details) {
  if (!details.open || opened.get(row.id)) return;
  opened.set(row.id, null);
  show(row, details);
  opened.set(row.id, row.by ? { by: row.by } : await ask(row.id));
  show(row, details);
}

/** The timeline of an own body, and where it is recognised. */
async function ask(id) {
  const [body, elsewhere] = await Promise.all([get(`v1/providers/${id}`), get(`v1/providers/${id}/recognition`)]);
  return body.answer && elsewhere.answer ? { timeline: body.answer.timeline, places: elsewhere.answer.places } : false;
}

const show = (row, details) => details.replaceChildren(details.firstElementChild, drawOpened(row));

function drawOpened(row) {
  const known = opened.get(row.id);
  if (known === null) return make("p", { className: "hint" }, say("page.providers.waiting"));
  if (known === false) return make("p", { className: "hint" }, say("page.providers.failed"));
  if (known.by) return drawHere(row);
  // An interval that another decision of the same day replaced never held.
  const held = known.timeline.filter((interval) => interval.until !== interval.from).reverse();
  const timeline = make("div", { className: "timeline" }, make("h2", {}, say("page.providers.timeline")), make("ol", {}, ...held.map(drawInterval)));
  return make("div", {}, drawPlaces(known.places), timeline);
}

/** What this region makes of a body of another one. */
function drawHere(row) {
  const of = called(row.region, regions.find(({ region }) => region === row.region)?.name);
  return make("div", { className: "places" }, make("h2", {}, say("page.providers.here")), ...row.by.map(drawBy), make("p", { className: "hint" }, tell("page.providers.from_bundle", { region: of })));
}

function drawPlaces(places) {
  const none = places.length === 0 ? make("p", { className: "hint" }, say("page.providers.nowhere")) : null;
  return make("div", { className: "places" }, make("h2", {}, say("page.providers.elsewhere")), none, make("ul", {}, ...places.map(drawPlace)));
}

function drawPlace({ place, name, recognised, by }) {
  const badge = make("span", { className: recognised ? "badge listed" : "badge none" }, say(recognised ? "page.providers.recognised" : "page.providers.not_recognised"));
  return make("li", {}, make("p", { className: "span" }, `${called(place, name)} `, make("span", { className: "badges" }, badge)), ...by.map(drawBy));
}

/** A grant: since when, by which clause, for what. */
function drawBy({ agreement, title, grant, since, scope: taken }) {
  const lines = [
    make("p", {}, make("strong", {}, tell("page.providers.since", { day: since })), ` · ${tell("page.providers.by", { title: pick(title), grant })}`),
    make("p", {}, scope(taken)),
    make("p", { className: "hint code", translate: false }, tell("page.providers.digest", { digest: agreement })),
  ];
  return make("div", { className: "by" }, ...lines);
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

await begin(draw, ["words-regions.json"]);
byId("region").addEventListener("change", () => {
  drawRegions();
  search();
});
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
byId("more").addEventListener("click", () => search(next));
await search();
regions = (await get("v1/recognised-providers?limit=1")).answer?.regions ?? [];
drawRegions();
