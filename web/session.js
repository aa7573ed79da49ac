// The session of a person who is signed in: its token, its end, and requests that carry it.
import { ask, post, read } from "./api.js";

/**
 * Where the token stands while the tab is open. A one-time code is good once: a reload that lost the token would send the person back to the
 * body for another. sessionStorage ends with the tab, no other tab reads it, and no script but this registry's own runs on its pages.
 */
const KEPT_AS = "hufu.session";
/** Most pages of a list that are asked for, and the rows of one. */
const PAGES = 10;
export const ROWS = 200;

/** `{token, until}`, the end in milliseconds of this device's clock; none while nobody is signed in. */
let session = recall();
let timer;
let listener = () => {};

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_AS));
    return typeof kept?.token === "string" && Number.isSafeInteger(kept.until) ? kept : null;
  } catch {
    return null; // a browser that keeps nothing for this page
  }
}

function keep(next) {
  session = next;
  try {
    if (next) sessionStorage.setItem(KEPT_AS, JSON.stringify(next));
    else sessionStorage.removeItem(KEPT_AS);
  } catch {
    // Then it lasts until the page is left.
  }
}

/** Whether somebody is signed in; unix seconds of when that ends. */
export const isSignedIn = () => session !== null;
export const endsAt = () => Math.floor((session?.until ?? 0) / 1000);

/** Does `ended()` as soon as a session is over by itself. */
export function watch(ended) {
  listener = ended;
  // A device that slept wakes up with its timers late.
  document.addEventListener("visibilitychange", check);
  check();
}

function check() {
  clearTimeout(timer);
  if (!session) return;
  const left = session.until - Date.now();
  if (left <= 0) end();
  else timer = setTimeout(check, left);
}

function end() {
  if (!session) return;
  forget();
  listener();
}

/** Forgets the token. */
export function forget() {
  clearTimeout(timer);
  keep(null);
}

/** Signs in with a one-time code: nothing, or the problem. */
export async function signIn(code) {
  const { answer, problem } = await post("v1/account/sessions", { code });
  if (!answer) return problem;
  keep({ token: answer.token, until: Date.now() + answer.expires_in * 1000 });
  check();
  return null;
}

/** Signs out here at once, and at the registry: whether it answered. */
export async function signOut() {
  const answer = send("v1/account/sessions", { method: "DELETE" });
  forget();
  return (await answer)?.ok === true;
}

const send = (path, options) => ask(path, { cache: "no-store", ...options, headers: { ...options?.headers, authorization: `Bearer ${session?.token}` } });

/** A request with the token: the response, or none. A token that is good no longer ends the session. */
export async function askOwn(path, options = {}) {
  const asked = session;
  const response = await send(path, options);
  if (response?.status === 401 && asked === session) end();
  return response;
}

/** The JSON of an answer to a request with the token: `{answer}`, or `{problem}`. */
export const own = async (path, options) => read(await askOwn(path, options));

/** Posts a JSON text with the token. Under a `key` the registry does it once, however often it is sent. */
export function ownPost(path, body, key) {
  const headers = { ...(body ? { "content-type": "application/json" } : {}), ...(key ? { "idempotency-key": key } : {}) };
  return own(path, { method: "POST", body, headers });
}

/** A key that nobody else has. */
export const freshKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** All items of a list, up to a limit, `rows` at a time: `{items, isWhole}`, or `{problem}`. */
export async function all(path, rows = ROWS) {
  let items = [];
  let after = null;
  for (let page = 0; page < PAGES; page += 1) {
    const query = new URLSearchParams({ limit: rows, ...(after ? { after } : {}) });
    const { answer, problem } = await own(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    if (problem) return { problem };
    items = items.concat(answer.items);
    after = answer.next;
    if (!after) return { items, isWhole: true };
  }
  return { items, isWhole: false };
}
