// The session of a client of the interface: a body's or an operator's. Its token stands in memory alone, in no store and in no address; its
// secret is not kept at all. A page that is left or loaded again has neither.
import { ask, read } from "./api.js";
import { make } from "./dom.js";
import { say, tell } from "./words.js";

/** Patience with a file that is sent or fetched, which may be long. */
const FILE_MS = 3_600_000;

/** `{client, token, scopes}`; none while nobody is signed in. */
let session = null;
let timer;
let listener = () => {};

export const clientId = () => session?.client ?? "";
export const may = (scope) => session?.scopes.includes(scope) ?? false;

/** Does `ended()` as soon as a session is over by itself. */
export function watch(ended) {
  listener = ended;
}

/** Forgets the token. */
export function forget() {
  clearTimeout(timer);
  session = null;
}

function end() {
  if (!session) return;
  forget();
  listener();
}

/** Signs in: nothing, or the problem. */
export async function signIn(client, secret) {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret });
  const { answer, problem } = await read(await ask("oauth/token", { method: "POST", body, cache: "no-store" }));
  if (!answer) return problem;
  session = { client, token: answer.access_token, scopes: answer.scope.split(" ") };
  clearTimeout(timer);
  timer = setTimeout(end, answer.expires_in * 1000);
  return null;
}

/** A request with the token: the response, or none. A token that is good no longer ends the session. */
export async function askAs(path, options = {}) {
  const asked = session;
  const response = await ask(path, { cache: "no-store", ...options, headers: { ...options.headers, authorization: `Bearer ${asked?.token}` } });
  if (response?.status === 401 && asked === session) end();
  return response;
}

/** The JSON of an answer: `{answer}`, or `{problem}`. */
export const own = async (path, options) => read(await askAs(path, options));

/** Posts JSON, or nothing. */
export const postAs = (path, body) => own(path, { method: "POST", headers: body ? { "content-type": "application/json" } : {}, body: body && JSON.stringify(body) });

/** Sends a file as it is: `{answer, isNew}`, or `{problem}`. */
export async function send(path, file) {
  const headers = { "content-type": "application/octet-stream" };
  const response = await askAs(path, { method: "POST", headers, body: file, signal: AbortSignal.timeout(FILE_MS) });
  return { ...(await read(response)), isNew: response?.status === 201 };
}

/** Fetches a file, which a link cannot do because it carries no token, and hands it over: nothing, or the problem. */
export async function save(path, name) {
  const response = await askAs(path, { signal: AbortSignal.timeout(FILE_MS) });
  if (response && !response.ok) return (await read(response)).problem;
  const file = await response?.blob().catch(() => null);
  if (!file) return {};
  const address = URL.createObjectURL(file);
  make("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
  return null;
}

/** Does `each(value)` for every Server-Sent Event until the stream ends or `signal` says so. */
export async function follow(path, each, signal) {
  const response = await askAs(path, { signal });
  if (!response?.ok || !response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) each(JSON.parse(event.slice("data: ".length)));
    }
  } catch {
    // The connection broke, or nobody waits any more; whoever waits asks again.
  }
}

/** What is wrong, in words: which rule, which field, what was found, and where the rule stands. */
export function drawProblem(problem) {
  if (!problem) return [];
  const words = say(problem.code ?? "") || problem.title || say("page.client.failed");
  const { field = "", got = "" } = problem;
  const about = field || got ? make("p", { className: "hint" }, tell("page.client.about", { field, got })) : null;
  const rule = problem.code ? make("a", { href: `docs/errors#${problem.code}` }, say("page.client.rule")) : null;
  return [make("p", {}, words, rule && " ", rule), about].filter(Boolean);
}
