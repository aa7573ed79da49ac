// The hours of a year: what was earned of what is due, in all and in the category of which a share is due.
import { categoryName, drawGauge, schemeName } from "./amounts.js";
import { make } from "./dom.js";
import { own } from "./session.js";
import { say, tell } from "./words.js";

/** Years that can be chosen, this one included. */
const YEARS = 5;

/** What was earned in a year; in this one where none is named. */
export const hoursOf = (year) => own(`v1/account/hours${year ? `?${new URLSearchParams({ year })}` : ""}`);

/** The years that can be chosen, the latest first. */
export const drawYears = (latest, chosen) =>
  Array.from({ length: YEARS }, (_, n) => latest - n).map((year) => make("option", { value: year, selected: year === chosen }, String(year)));

export function drawHours({ year, schemes: list }, schemes) {
  return list.map((hours) => {
    const scheme = schemes.get(hours.scheme);
    const share = tell("page.programmes.of_category", { category: categoryName(hours.category) });
    return make("div", { className: "year" },
      make("h3", {}, schemeName(hours.scheme, schemes)),
      make("p", { className: hours.met ? "enough" : "soon" }, tell(hours.met ? "page.hours.met" : "page.hours.unmet", { year })),
      drawGauge(say("page.hours.total"), hours.earned, hours.due, scheme),
      hours.due_in_category > 0 ? drawGauge(share, hours.earned_in_category, hours.due_in_category, scheme) : null);
  });
}
