// Elements and icons. Data from outside enters a page as text only.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; strings become text, null is left out. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

const ROUND = "M2 24a22 22 0 1 0 44 0a22 22 0 1 0-44 0z";
/** `[body, sign]`: the filled shape differs as well as the sign, so that no icon depends on its colour. */
const SHAPES = {
  valid: [ROUND, "M13 25l8 8 15-17"],
  "valid-as-of": ["M8 3h32a5 5 0 0 1 5 5v32a5 5 0 0 1-5 5H8a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5z", "M24 12v13l8 6"],
  invalid: ["M15 2h18l13 13v18L33 46H15L2 33V15z", "M16 16l16 16M32 16L16 32"],
  undetermined: ["M24 3l22 41H2z", "M24 18v12M24 36v1"],
  unfound: [ROUND, "M17 18a7 7 0 1 1 9 7q-2 1-2 5M24 36v1"],
  unread: [ROUND, "M14 14h8v8h-8zM27 14h7v7M14 27v7h7M28 28l7 7M35 28l-7 7"],
  failure: [ROUND, "M14 24h20"],
};

/** The icon of an outcome; words beside it say the same. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 48 48");
  svg.setAttribute("aria-hidden", "true");
  for (const [at, d] of (SHAPES[name] ?? SHAPES.failure).entries()) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    path.setAttribute("class", at === 0 ? "body" : "sign");
    svg.append(path);
  }
  return svg;
}
