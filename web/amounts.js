// Amounts of credit in words and as bars. They are whole hundredths, and stay digits: nothing is divided.
import { make } from "./dom.js";
import { pick, say, tell } from "./words.js";

/** Hundredths as a decimal with two places: `120000` is `1,200.00`. */
export function decimal(hundredths) {
  const digits = String(hundredths).padStart(3, "0");
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
}

/** The same with the unit of its scheme. */
export const amount = (hundredths, scheme) => `${decimal(hundredths)} ${pick(scheme?.unit)}`.trim();

/** What a scheme is called; its id where that is not known. */
export const schemeName = (id, schemes) => pick(schemes.get(id)?.name) || id;

/** Words in which no day and no amount with its unit is broken at the end of a line. */
export const dated = (text) => text.split(/((?:\d{4}-\d\d-\d\d|[\d,]+\.\d\d [^\s，。,;.]+)[，。,;.]?)/).map((part, n) => (n % 2 ? make("span", { className: "whole" }, part) : part));

/** A table in a box of its own, in which it can be moved where large letters leave it no room. */
export const boxed = (label, table) => make("div", { className: "scroll", tabIndex: 0, role: "group", ariaLabel: label }, table);

/** What a lot was given for. */
export const lotName = (lot) => lot.title ?? lot.course ?? say(`page.lot.${lot.kind}`);

/** A category in words; its code where there are none, for a scheme states codes alone. */
export const categoryName = (code) => say(`page.category.${code}`) || code;

/** Facts in one line, each unbroken where it fits into one. */
export const joined = (facts) =>
  facts.flatMap((fact, n) => [n > 0 ? " " : "", make("span", { className: "whole" }, n < facts.length - 1 ? fact + say("page.lots.between").trimEnd() : fact)]);

/** What a lot is, who gave it, and in which category. */
export const lotFacts = (lot, bodies) => [say(`page.lot.${lot.kind}`), pick(bodies.get(lot.provider)), lot.category ? categoryName(lot.category) : ""].filter(Boolean);

/** How much of what is wanted there is: in words, and as a bar that says the same. */
export function drawGauge(label, got, want, scheme) {
  const missing = Math.max(want - got, 0);
  const words = missing > 0 ? tell("page.gauge.missing", { amount: amount(missing, scheme) }) : say("page.gauge.met");
  return make("div", { className: missing > 0 ? "gauge" : "gauge met" },
    make("p", {}, make("span", {}, label), " ", make("span", { className: "figures" }, make("span", { className: "whole" }, tell("page.gauge.of", { got: decimal(got), want: amount(want, scheme) })), " ", make("strong", { className: "whole" }, words))),
    make("progress", { max: Math.max(want, 1), value: want > 0 ? Math.min(got, want) : 1, ariaLabel: label }));
}

/** The hundredths of a decimal with at most two places; none of anything else. */
export function parseAmount(text) {
  const [, whole, part = ""] = /^(\d{1,8})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(",", "").trim()) ?? [];
  return whole === undefined ? null : Number(whole + part.padEnd(2, "0"));
}
