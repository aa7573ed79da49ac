// Lots of credit on a time line: a bar each, from the day on which it was earned to the day on which it ends. A table says the same.
import { say } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
/** Heights in rem: of a row, and of the room above and below all rows. */
const ROW = 2.6;
const TOP = 1.4;
const BOTTOM = 1.6;
/** Width of half a Chinese character of a label, in rem. */
const HALF = 0.4375;
const DAY_MS = 86_400_000;

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const dayNumber = (day) => Date.parse(day) / DAY_MS;
const dayText = (number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

/** As much of a label as fits into `room` halves of a character; what sticks out after the page was turned is cut off by the edge. */
function short(text, room) {
  let left = room;
  const fits = [...text].filter((character) => (left -= character.charCodeAt(0) > 0x2e7f ? 2 : 1) >= 0).join("");
  return fits.length < text.length ? `${fits}…` : text;
}

/** Marks of the axis, at most six: beginnings of years, or both ends where there are not two. */
function marks(from, to) {
  const years = [];
  for (let year = Number(dayText(from).slice(0, 4)) + 1; dayNumber(`${year}-01-01`) <= to; year += 1) years.push(year);
  const step = Math.ceil(years.length / 6);
  if (years.length < 2) return [from, to].map((day) => [day, dayText(day)]);
  return years.filter((_, n) => n % step === 0).map((year) => [dayNumber(`${year}-01-01`), String(year)]);
}

/** The time line of `rows`, `{label, from, until?}` in order; one without an end reaches the right edge. `today` is a day; `width` in rem. */
export function drawTimeline(rows, today, width) {
  const now = dayNumber(today);
  const from = Math.min(now, ...rows.map((row) => dayNumber(row.from)));
  const to = Math.max(now + 30, ...rows.filter((row) => row.until).map((row) => dayNumber(row.until)));
  const span = to - from;
  const x = (day) => `${((100 * (day - from)) / span).toFixed(2)}%`;
  const anchor = (day) => (day - from < span / 12 ? "start" : to - day < span / 12 ? "end" : "middle");
  const foot = TOP + rows.length * ROW;
  const axis = marks(from, to).flatMap(([day, text]) => [
    draw("line", { class: "grid", x1: x(day), x2: x(day), y1: `${TOP}rem`, y2: `${foot}rem` }),
    draw("text", { class: "mark", x: x(day), y: `${foot + 1.1}rem`, "text-anchor": anchor(day) }, text),
  ]);
  const bars = rows.map((row, n) => {
    const start = dayNumber(row.from);
    const end = row.until ? dayNumber(row.until) : to;
    const y = TOP + n * ROW;
    const long = `${((100 * Math.max(end - start, 0)) / span).toFixed(2)}%`;
    return draw("g", {},
      draw("text", { class: "label", x: 0, y: `${y + 1.05}rem` }, short(row.label, width / HALF - 2)),
      draw("rect", { class: row.until ? "bar" : "bar open", x: x(start), y: `${y + 1.45}rem`, width: long, height: ".6rem", rx: ".2rem" }));
  });
  const line = [
    draw("line", { class: "now", x1: x(now), x2: x(now), y1: "1.2rem", y2: `${foot}rem` }),
    draw("text", { class: "now-mark", x: x(now), y: ".9rem", "text-anchor": anchor(now) }, say("page.lots.today")),
  ];
  const label = say("page.lots.figure");
  return draw("svg", { class: "lots", role: "img", "aria-label": label, width: "100%", height: `${foot + BOTTOM}rem` }, ...axis, ...line, ...bars);
}
