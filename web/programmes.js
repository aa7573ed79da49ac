// What credit can be redeemed for: what each programme asks, how much of that there is, and which lots would be spent.
import { amount, categoryName, dated, drawGauge, joined, lotName } from "./amounts.js";
import { ends } from "./credit.js";
import { make } from "./dom.js";
import { all } from "./session.js";
import { pick, say, tell } from "./words.js";

/** Most programmes of a page, as the registry has it. */
const ROWS = 50;

/** Every programme that is open, with what could be redeemed for it, or what is missing. */
export const programmesOf = () => all("v1/account/programmes", ROWS);

/** The list. `held` has the schemes and lots of the person. */
export const drawProgrammes = (proposals, held) => proposals.map((proposal) => make("li", {}, ...drawProgramme(proposal, held)));

function drawProgramme({ programme, picks, missing = [] }, { schemes, lots }) {
  const { terms } = programme;
  const scheme = schemes.get(terms.scheme);
  const unmet = new Map(missing.map((check) => [check.check, check]));
  const badges = make("p", { className: "badges" },
    make("span", { className: `badge ${picks ? "status-issued" : "status-suspended"}` }, say(picks ? "page.programmes.in_reach" : "page.programmes.out_of_reach")),
    make("span", { className: "badge" }, say(`page.programme.${terms.kind}`)));
  const others = missing.filter(({ check }) => check !== "total" && !check.startsWith("at_least:")).map((check) => words(check, terms, scheme));
  return [
    make("h3", {}, pick(terms.name)),
    badges,
    make("p", { className: "hint" }, ...awards(terms.awards)),
    // Nothing was counted for a programme that is not in force.
    ...(unmet.has("in_force") ? [] : drawNeeds(terms, unmet, scheme)),
    others.length > 0 ? make("ul", { className: "unmet" }, ...others.map((text) => make("li", {}, ...dated(text)))) : null,
    conditions(terms) ? make("p", { className: "hint" }, conditions(terms)) : null,
    picks ? drawPicks(picks, new Map(lots.items.map((lot) => [lot.id, lot])), scheme) : null,
  ].filter(Boolean);
}

function awards({ type, title, level }) {
  const facts = [say(`page.type.${type}`), title, level === undefined ? "" : say(`page.level.${level}`)];
  return [say("page.programmes.awards"), ...joined(facts.filter(Boolean))];
}

/** Hundredths of a decimal with two places. */
const hundredths = (text) => Number(text.replace(".", ""));

/** The total and each minimum with a bar: how much of it the lots can at best come to. */
function drawNeeds({ total, at_least: minima }, unmet, scheme) {
  const got = (check, want) => (unmet.has(check) ? hundredths(unmet.get(check).got) : want);
  const least = ({ category, amount: want }) => drawGauge(tell("page.programmes.of_category", { category: categoryName(category) }), got(`at_least:${category}`, want), want, scheme);
  return [drawGauge(say("page.programmes.total"), got("total", total), total, scheme), ...minima.map(least)];
}

/** A check that is not met, in words; the registry's own where the catalogue has none. */
function words({ check, want, got }, { in_force: days }, scheme) {
  const asAmounts = () => ({ want: amount(hundredths(want), scheme), got: amount(hundredths(got), scheme) });
  switch (check) {
    case "in_force":
      return tell("page.check.in_force", { want: days.through ? tell("page.programmes.days", days) : tell("page.programmes.from", days), got });
    case "transferred_at_most":
      return tell("page.check.transferred_at_most", asAmounts());
    case "course_once":
      return say("page.check.course_once");
    case "lots":
      return tell("page.check.lots", { want: want.replace(/\D+/g, ""), got });
    default:
      return `${check}: ${want} / ${got}`;
  }
}

/** What a lot has to be to count at all. */
const conditions = ({ level_min: level, max_age_months: months }) => [
  level === undefined ? "" : tell("page.programmes.level", { level: say(`page.level.${level}`) }),
  months === undefined ? "" : tell("page.programmes.age", { n: months }),
].join(" ");

function drawPicks(picks, lots, scheme) {
  const line = ({ lot: id, amount: sum }) => {
    const lot = lots.get(id);
    const what = lot ? [make("span", { className: "lot-name" }, lotName(lot)), make("small", {}, ...dated(ends(lot)))] : [make("span", { className: "code" }, id)];
    return make("li", {}, make("span", {}, ...what), " ", make("span", { className: "amount" }, amount(sum, scheme)));
  };
  return make("details", { className: "picks" }, make("summary", {}, tell("page.programmes.picks", { n: picks.length })), make("ul", {}, ...picks.map(line)));
}
