// How much of what this region issued is recognised elsewhere: a table of kinds and places, and below it what is not recognised, and why.
import { get } from "./api.js";
import { byId, make } from "./dom.js";
import { begin, lang, pick, say, tell } from "./words.js";

/** Least hundredths of a percent of each shade but the last, which is everything. */
const SHADES = [0, 1, 2500, 5000, 7500];

/** What the registry answered: null when it cannot be had, undefined before it was asked. */
let coverage;

const region = (code, names) => make("span", { className: "region" }, pick(names), " ", make("span", { className: "code" }, code));
const own = () => `${document.querySelector("[data-region]").dataset[lang]} ${coverage.region}`;
const keyOf = ({ type, occupation, level }) => [occupation ?? "", level ?? "", type].join("|");
const levelOf = ({ level }) => (level === undefined ? say("page.coverage.no_level") : say(`page.level.${level}`));
const occupationOf = ({ occupation }) => (occupation ? tell("page.coverage.occupation", { code: occupation }) : say("page.coverage.no_occupation"));

function draw() {
  byId("counted").textContent = told();
  const has = coverage?.places.some((place) => place.kinds.length > 0) ?? false;
  byId("matrix").replaceChildren(...(has ? [drawTable(), drawLegend(), make("p", { className: "hint" }, say("page.coverage.rule"))] : []));
  byId("gaps").hidden = !has;
  byId("gaps-by-place").replaceChildren(...(has ? coverage.places.flatMap(drawGaps) : []));
}

function told() {
  if (coverage === undefined) return say("page.coverage.waiting");
  if (coverage === null) return say("page.coverage.failed");
  if (coverage.places.length === 0) return say("page.coverage.no_places");
  if (coverage.places.every((place) => place.kinds.length === 0)) return say("page.coverage.no_kinds");
  return tell("page.coverage.counted", { day: coverage.day });
}

/** Every place has the same kinds: by occupation, and in each by level. */
function drawTable() {
  const { places } = coverage;
  const head = make("tr", {}, heading("col", say("page.coverage.kind")), heading("col", say("page.coverage.issued")), ...places.map((place) => heading("col", make("small", {}, say("page.coverage.to")), region(place.to, place.name))));
  const bodies = [make("tbody", { className: "sum" }, row(say("page.coverage.all"), places))];
  const at = places.map((place) => new Map(place.kinds.map((kind) => [keyOf(kind), kind])));
  const kinds = [...at[0].values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const occupation of new Set(kinds.map((kind) => kind.occupation))) {
    const own = kinds.filter((kind) => kind.occupation === occupation);
    const title = make("tr", {}, Object.assign(heading("rowgroup", occupationOf(own[0])), { colSpan: places.length + 2, className: "occupation" }));
    const rows = own.map((kind) => row([levelOf(kind), make("small", {}, say(`page.type.${kind.type}`))], at.map((place) => place.get(keyOf(kind)))));
    bodies.push(make("tbody", {}, title, ...rows));
  }
  const table = make("table", {}, make("caption", {}, make("span", {}, tell("page.coverage.caption", { from: own() }))), make("thead", {}, head), ...bodies);
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region" }, table);
  scroll.setAttribute("aria-label", say("page.coverage.table"));
  return scroll;
}

const heading = (scope, ...content) => make("th", { scope }, ...content);

const row = (name, counts) => make("tr", {}, heading("row", ...[name].flat()), make("td", { className: "number issued" }, String(counts[0].issued)), ...counts.map(cell));

/** The share in words and numbers; the shade repeats it. */
function cell({ recognised, uncovered, percent_hundredths: share }) {
  const percent = share === undefined ? say("page.coverage.few") : `${(share / 100).toFixed(2)}%`;
  const counts = [tell("page.coverage.of", { recognised }), tell("page.coverage.uncovered", { n: uncovered })].map((text) => make("span", {}, `${text} `));
  return make("td", { className: `number ${shade(share)}` }, make("strong", {}, percent), " ", ...counts);
}

function shade(share) {
  if (share === undefined) return "few";
  return share === 10000 ? "shade-5" : `shade-${SHADES.filter((least) => share >= least).length - 1}`;
}

function drawLegend() {
  const steps = ["0%", "< 25%", "< 50%", "< 75%", "< 100%", "100%"];
  const items = steps.map((text, at) => make("li", { className: `shade-${at}` }, text));
  return make("div", { className: "legend" }, make("span", {}, say("page.coverage.legend")), make("ul", {}, ...items, make("li", { className: "few" }, say("page.coverage.few"))));
}

function drawGaps(place) {
  const gaps = place.kinds.filter((kind) => kind.uncovered !== 0);
  const title = make("h3", {}, region(place.to, place.name));
  if (gaps.length === 0) return [title, make("p", { className: "hint" }, say("page.coverage.no_gaps"))];
  return [title, make("ul", { className: "gaps" }, ...gaps.map(drawGap))];
}

function drawGap(kind) {
  const name = [occupationOf(kind), levelOf(kind), say(`page.type.${kind.type}`)].join(" · ");
  const count = make("span", { className: "count" }, tell("page.coverage.uncovered", { n: kind.uncovered }));
  return make("li", {}, make("span", {}, name), count, make("span", { className: "hint" }, why(kind.why)));
}

function why(reason) {
  if (!reason) return say("page.coverage.why_few");
  if (reason.code === "not-covered") return tell("page.coverage.not_covered", { words: pick(reason) });
  return tell("page.coverage.fails", { check: pick(reason) });
}

await begin(draw, ["words-regions.json"]);
const { answer } = await get("v1/coverage");
coverage = answer ?? null;
draw();
