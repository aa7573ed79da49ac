// The look-up by number and name: asked of the registry, which judges by its current records.
import { post } from "./api.js";
import { byId } from "./dom.js";
import { isSound } from "./sound.js";

/** What is to be shown for a number and a name: `{kind: "verdict" | "unfound" | "failure", ...}`. */
async function lookUp(number, name) {
  const { answer, problem } = await post("v1/certificates:query", { number, name });
  if (problem) return { kind: "failure", code: problem.code };
  if (answer.found === false && answer.verdict === null) return { kind: "unfound" };
  return isSound(answer.verdict) ? { kind: "verdict", verdict: answer.verdict, by: "registry", at: Math.floor(Date.now() / 1000) } : { kind: "failure" };
}

/** Takes the form into use; `begin(ask)` is called with a question that can be asked, and asked again. */
export function listen(begin) {
  byId("lookup").addEventListener("submit", (event) => {
    event.preventDefault();
    const [number, name] = [byId("number").value.trim(), byId("name").value.trim()];
    begin(() => lookUp(number, name));
  });
}
