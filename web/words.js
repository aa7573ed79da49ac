// The words of the catalogue and the language in which they are said: Chinese, until the reader switches; the choice is remembered.
import { ROOT, PATIENCE_MS } from "./api.js";
import { byId } from "./dom.js";

const KEPT_AS = "hufu.lang";
let words = {};
const listeners = [];

/** `zh` or `en`. */
export let lang = "zh";

/** The words of a code; empty for one that the catalogue does not have. */
export const say = (code) => words[code]?.[lang] ?? "";
/** Of `{zh, en}` the one in this language, and the one in the other. */
export const pick = (names) => names?.[lang] ?? "";
export const other = (names) => names?.[lang === "zh" ? "en" : "zh"] ?? "";
/** The words of a code with `{name}` replaced by values. */
export const tell = (code, values) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), say(code));

/** Loads the catalogue, and `more` of it, says the page in the reader's language, and does `listener` whenever it is said anew. */
export async function begin(listener, more = []) {
  const load = async (file) => (await fetch(new URL(`v/${file}`, ROOT), { signal: AbortSignal.timeout(PATIENCE_MS) })).json();
  words = Object.assign({}, ...(await Promise.all(["words.json", ...more].map(load))));
  listeners.push(listener);
  byId("lang").addEventListener("click", () => speak(lang === "zh" ? "en" : "zh"));
  speak(remembered());
}

function remembered() {
  try {
    return localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh";
  } catch {
    return "zh"; // a browser that keeps nothing for this page
  }
}

function speak(next) {
  lang = next;
  try {
    localStorage.setItem(KEPT_AS, lang);
  } catch {
    // It is asked again next time.
  }
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  for (const element of document.querySelectorAll("[data-region]")) element.textContent = element.dataset[lang];
  const button = byId("lang");
  button.textContent = lang === "zh" ? "English" : "中文";
  button.lang = lang === "zh" ? "en" : "zh-CN";
  for (const listener of listeners) listener();
}

const locale = () => (lang === "zh" ? "zh-CN" : "en");

/** An instant in the reader's own time zone, which is named. */
export function local(seconds) {
  const at = new Date(seconds * 1000);
  const zone = new Intl.DateTimeFormat(locale(), { timeZoneName: "short" }).formatToParts(at).find((part) => part.type === "timeZoneName");
  return `${new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "medium" }).format(at)} (${zone?.value ?? ""})`;
}

/** How long ago that was, in one unit: "3 hours ago". */
export function ago(seconds, now) {
  const past = Math.max(0, now - seconds);
  if (past < 60) return say("page.just_now");
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => past >= size);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "always" }).format(-Math.floor(past / size), unit);
}
