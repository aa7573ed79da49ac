// The certificates of the person with their codes, and who looked at the account.
import { boxed } from "./amounts.js";
import { get } from "./api.js";
import { field } from "./draw.js";
import { make } from "./dom.js";
import { askOwn, own } from "./session.js";
import { local, pick, say } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
/** The codes that were drawn, by certificate: an SVG, `null` while asked for, `false` where there was no answer. */
const codes = new Map();

/** Forgets what was drawn for the person who was signed in. */
export const forgetCodes = () => codes.clear();

/** The names of the bodies with these ids, besides those that are `known`. What another region gave names none. */
export async function bodiesOf(ids, known = new Map()) {
  const named = async (id) => [id, (await get(`v1/providers/${id}`)).answer];
  const found = await Promise.all([...new Set(ids)].filter((id) => id && !known.has(id)).map(named));
  return new Map([...known, ...found.map(([id, row]) => [id, row ? { zh: row.name_zh, en: row.name_en } : null])]);
}

export function drawCertificates(certificates, bodies) {
  if (certificates.length === 0) return [make("p", { className: "hint" }, say("page.own.none"))];
  return [make("ul", { className: "own" }, ...certificates.map((certificate) => make("li", {}, ...drawCertificate(certificate, bodies))))];
}

function drawCertificate(certificate, bodies) {
  const { id, kind = certificate.type, title, level, status } = certificate;
  const lines = [
    field("page.own.level", level === undefined ? "" : say(`page.level.${level}`)),
    field("page.own.provider", pick(bodies.get(certificate.provider))),
    field("page.own.number", certificate.number, { className: "code" }),
    field("page.own.assessed", certificate.assessed_on, { className: "code" }),
    field("page.own.until", certificate.valid_until, { className: "code" }),
  ];
  const heading = make("h3", {}, title ?? say(`page.type.${kind}`), " ", make("span", { className: `badge status-${status}` }, say(`page.status.${status}`)));
  const button = make("button", { type: "button", className: "quiet", ariaExpanded: String(codes.has(id)) }, say("page.own.qr"));
  const box = make("div", { className: "qr", hidden: !codes.has(id) });
  const check = make("a", { className: "button quiet", href: `v#${certificate.qr_text.split("#")[1] ?? ""}` }, say("page.own.check"));
  const show = () => {
    box.hidden = !codes.has(id);
    button.ariaExpanded = String(!box.hidden);
    if (!box.hidden) box.replaceChildren(...drawCode(certificate));
  };
  button.addEventListener("click", () => toggle(id, show));
  show();
  return [heading, make("p", { className: "hint" }, say(`page.type.${kind}`)), make("dl", {}, ...lines.filter(Boolean)), make("p", { className: "go" }, button, " ", check), box];
}

async function toggle(id, show) {
  if (codes.delete(id)) return show();
  codes.set(id, null);
  show();
  const response = await askOwn(`v1/account/certificates/${id}/qr.svg`);
  const text = response?.ok ? await response.text() : null;
  if (codes.has(id)) codes.set(id, text ?? false);
  show();
}

function drawCode({ id, number }) {
  const text = codes.get(id);
  if (!text) return [make("p", { className: "hint" }, say(text === null ? "page.account.waiting" : "page.account.failed"))];
  return [copy(text, `${say("page.own.qr_label")} ${number}`), make("p", { className: "hint" }, say("page.own.qr_more"))];
}

/** The registry's drawing made anew of its size and its shapes: markup from an answer does not enter the page. */
function copy(text, label) {
  const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const svg = document.createElementNS(NS, "svg");
  for (const [name, value] of [["viewBox", drawn.getAttribute("viewBox") ?? ""], ["shape-rendering", "crispEdges"], ["role", "img"], ["aria-label", label]]) svg.setAttribute(name, value);
  for (const shape of drawn.querySelectorAll("path")) {
    const path = document.createElementNS(NS, "path");
    for (const name of ["fill", "d"]) path.setAttribute(name, shape.getAttribute(name) ?? "");
    svg.append(path);
  }
  return svg;
}

/** Who it was, by the name that a person knows them by. */
export const who = (by) => (by.kind === "learner" ? say("page.who.learner") : pick({ zh: by.name_zh, en: by.name_en }));

/** A page of the list of looks, after the cursor `after`. */
export const looksAfter = (after) => own(`v1/account/views?${new URLSearchParams({ limit: 20, ...(after ? { after } : {}) })}`);

/** The list; `more()` asks for the next page where there is one. */
export function drawLooks({ items, next }, more) {
  if (items.length === 0) return [make("p", { className: "hint" }, say("page.looks.none"))];
  const heads = ["page.looks.when", "page.looks.who", "page.looks.what"].map((code) => make("th", { scope: "col" }, say(code)));
  const row = (look) => make("tr", {}, make("td", {}, local(look.at)), make("td", {}, who(look.by)), make("td", {}, say(`page.look.${look.what}`)));
  const button = make("button", { type: "button", className: "quiet", hidden: !next }, say("page.looks.more"));
  button.addEventListener("click", more);
  const table = make("table", { className: "looks" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...items.map(row)));
  return [boxed(say("page.looks.title"), table), make("p", { className: "go" }, button)];
}
