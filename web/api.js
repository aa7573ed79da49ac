// Requests to this registry. There are no others.

export const ROOT = new URL("..", import.meta.url);
export const PATIENCE_MS = 20_000;

/** A request: the response, or none where there was no answer. Nothing is sent along that tells readers apart. */
export async function ask(path, options = {}) {
  try {
    return await fetch(new URL(path, ROOT), { credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
  } catch {
    return null;
  }
}

/** The JSON of an answer: `{answer}`, or `{problem}` with its code where it has one. */
export async function read(response) {
  try {
    const body = await response.json();
    return response.ok ? { answer: body } : { problem: body };
  } catch {
    return { problem: {} };
  }
}

/** Posts JSON to the registry and reads what comes back. */
export const post = async (path, body) =>
  read(await ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), cache: "no-store" }));

/** Reads JSON from the registry. */
export const get = async (path) => read(await ask(path));
