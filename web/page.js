// The verdict page: what was asked and what is shown.
import { post } from "./api.js";
import { byId } from "./dom.js";
import { drawCertificate, drawOutcome, drawSteps } from "./draw.js";
import { listen as listenToLookup } from "./lookup.js";
import { isSound } from "./sound.js";
import { begin, say } from "./words.js";

/** What is shown: `{kind: "ask" | "waiting" | "verdict" | "unfound" | "failure", ...}`; drawn again when the language changes. */
let shown = { kind: "ask" };
/** The last question, to ask it again. */
let question = null;
/** Counts questions, so that a late answer to an earlier one is dropped. */
let asked = 0;

/** Asks `next` and shows what comes back. */
async function ask(next) {
  question = next;
  const turn = ++asked;
  show({ kind: "waiting" });
  const answer = await next();
  if (turn === asked) show(answer);
}

const verify = (text) => ask(async () => {
  const { answer, problem } = await post("v1/verify", { text });
  if (problem) return { kind: "failure", code: problem.code };
  return isSound(answer) ? { kind: "verdict", verdict: answer } : { kind: "failure" };
});

function show(next) {
  shown = next;
  try {
    draw();
  } catch {
    shown = { kind: "failure" };
    draw();
  }
  window.scrollTo(0, 0);
}

function draw() {
  const { kind, verdict } = shown;
  byId("ask").hidden = kind !== "ask";
  byId("next").hidden = kind === "ask" || kind === "waiting";
  byId("retry").hidden = kind !== "failure";
  byId("print").hidden = kind !== "verdict";
  const answer = kind === "verdict" ? [...drawCertificate(verdict), drawSteps(verdict)] : [];
  byId("outcome").replaceChildren(...(kind === "ask" ? [] : [drawOutcome(shown)]));
  byId("answer").replaceChildren(...answer);
  const name = kind === "verdict" ? verdict.outcome : kind;
  const title = kind === "ask" || kind === "waiting" ? "" : say(`page.outcome.${name}`);
  document.title = title ? `${title} · ${say("page.v.title")}` : say("page.v.title");
}

function listen() {
  byId("again").addEventListener("click", () => {
    asked += 1;
    // Whoever mistyped something mends it; a certificate that was checked does not linger.
    if (shown.kind === "verdict") for (const form of document.forms) form.reset();
    show({ kind: "ask" });
    byId("text").focus();
  });
  byId("retry").addEventListener("click", () => ask(question));
  byId("print").addEventListener("click", () => window.print());
  byId("paste").addEventListener("submit", (event) => {
    event.preventDefault();
    verify(byId("text").value.trim());
  });
  listenToLookup(ask);
  window.addEventListener("hashchange", () => {
    const text = location.hash.slice(1);
    if (text) history.replaceState(null, "", location.pathname + location.search);
    if (text) verify(text);
  });
}

async function start() {
  try {
    await begin(draw);
    listen();
  } catch {
    byId("broken").hidden = false;
    return;
  }
  if (document.presented) await verify(document.presented);
}

await start();
