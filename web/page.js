// The verdict page: what was asked, what is shown, and the trust bundle behind it.
import { post, ROOT } from "./api.js";
import { drawAlarms, drawBasis, drawStrip, stripState } from "./basis.js";
import { byId } from "./dom.js";
import { drawCertificate, drawOutcome, drawSteps } from "./draw.js";
import { listen as listenToForms } from "./forms.js";
import { drawRecognition } from "./recognition.js";
import { isSound } from "./sound.js";
import { Trust } from "./trust.js";
import { begin, say } from "./words.js";

/** Judgements of one certificate on ever newer data, at most. */
const TURNS = 3;

/** What is shown: `{kind: "ask" | "waiting" | "consent" | "verdict" | "unread" | "unfound" | "failure", ...}`; drawn again when the language changes. */
let shown = { kind: document.presented ? "waiting" : "ask" };
/** The last question, to ask it again. */
let question = null;
/** The region that is asked whether it recognises the certificate; the page's own until another is chosen. */
let place = "";
/** Counts questions, so that a late answer to an earlier one is dropped. */
let asked = 0;
/** The verifier with its bundle: a promise; it gives null where this browser has no WebAssembly. */
let opening = null;
let trust = null;
let isBusy = false;
/** Whether this browser cannot run the verifier at all. */
let isUnable = typeof WebAssembly !== "object";

const now = () => Math.floor(Date.now() / 1000);

/** Opens the verifier once; what could not be loaded is tried again next time. */
function opened() {
  opening ??= open().catch((error) => {
    opening = null;
    // A browser that forbids what the policy of this page allows.
    isUnable = error instanceof WebAssembly.CompileError;
    if (!isUnable) throw error;
    return null;
  });
  return opening;
}

async function open() {
  if (isUnable) return null;
  const { code, key } = byId("main").dataset;
  trust = await Trust.open({ region: code, key });
  if (trust.other) trust.learnOther().then(drawTrust, () => {});
  return trust;
}

/** Asks `next` and shows what comes back. */
async function ask(next) {
  question = next;
  const turn = ++asked;
  show({ kind: "waiting" });
  let answer;
  try {
    answer = await next();
  } catch {
    answer = { kind: "failure" };
  }
  if (turn !== asked) return;
  show(answer);
  performance.mark("verdict");
  if (answer.by === "here") await improve();
  await recognise();
}

/** Judges here. Several texts come from one picture: the first that is a certificate is meant. */
const verify = (texts) => ask(async () => {
  if ((await opened()) === null) return { kind: "consent", text: texts[0] };
  if (!(await busy(() => trust.ready()))) return { kind: "failure", code: "page.v.no_bundle" };
  return judge(texts.find((text) => trust.judge(text).steps[0].code !== "form.not_hufu") ?? texts[0]);
});

function judge(text, more = {}) {
  const verdict = trust.judge(text);
  return isSound(verdict) ? { kind: "verdict", verdict, text, by: "here", at: now(), ...more } : { kind: "failure" };
}

/** Brings the bundle up to date behind a verdict that is shown, and judges again where that changed anything. */
async function improve() {
  const turn = asked;
  for (let n = 0; n < TURNS; n++) {
    const before = shown.verdict;
    if (!(await busy(() => trust.improve(before))) || turn !== asked) return;
    const isOther = JSON.stringify({ ...trust.judge(shown.text), as_of: 0 }) !== JSON.stringify({ ...before, as_of: 0 });
    shown = judge(shown.text, { isAgain: isOther || shown.isAgain });
    draw();
  }
}

/** Asks what the chosen region makes of the certificate that is shown, if it was judged here. */
async function recognise() {
  const { kind, by, text } = shown;
  if (kind !== "verdict" || by !== "here" || trust.places.length === 0) return;
  const of = asked;
  const asking = place || trust.anchor.region;
  let more = { failed: true };
  try {
    more = { recognition: (await trust.judgeFor(text, asking)).recognition ?? null };
  } catch {
    // Said where the answer would stand; the verdict is shown all the same.
  }
  if (of !== asked || asking !== (place || trust.anchor.region)) return;
  shown = { ...shown, ...more };
  draw();
}

async function choose(code) {
  place = code;
  shown = { ...shown, recognition: undefined, failed: false };
  draw();
  byId("place").focus();
  await recognise();
}

/** Has the registry judge, after an explicit tap. */
const send = (text) => ask(async () => {
  const { answer, problem } = await post("v1/verify", { text });
  if (problem) return { kind: "failure", code: problem.code };
  return isSound(answer) ? { kind: "verdict", verdict: answer, by: "registry", at: now() } : { kind: "failure" };
});

/** Shows that the bundle is being worked on meanwhile. */
async function busy(work) {
  isBusy = true;
  drawTrust();
  try {
    return await work();
  } finally {
    isBusy = false;
    drawTrust();
  }
}

async function refresh() {
  await busy(() => trust.refresh());
  if (shown.kind === "verdict" && shown.by === "here") shown = judge(shown.text, { isAgain: shown.isAgain });
  draw();
  await recognise();
}

async function accept() {
  await trust.accept();
  await refresh();
}

/** Shows something that is no answer to a question; a question that is under way is dropped. */
function tell(next) {
  asked += 1;
  show(next);
}

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
  const isChoosing = document.activeElement?.id === "place";
  byId("ask").hidden = kind !== "ask";
  byId("consent").hidden = kind !== "consent";
  byId("next").hidden = kind === "ask" || kind === "waiting";
  byId("retry").hidden = kind !== "failure";
  byId("print").hidden = kind !== "verdict";
  byId("outcome").replaceChildren(...(kind === "ask" || kind === "consent" ? [] : [drawOutcome(shown)]));
  byId("answer").replaceChildren(...(kind === "verdict" ? [...drawCertificate(verdict), ...drawPlaces(), drawSteps(verdict)] : []));
  if (isChoosing) byId("place")?.focus();
  const name = kind === "verdict" ? verdict.outcome : kind;
  const title = ["ask", "waiting", "consent"].includes(kind) ? "" : say(`page.outcome.${name}`);
  document.title = title ? `${title} · ${say("page.v.title")}` : say("page.v.title");
  drawTrust();
}

/** What regions make of it, where it was judged here and its certificate is shown. */
function drawPlaces() {
  const { by, verdict } = shown;
  const isKnown = by === "here" && verdict.steps[1].result === "ok" && shown.recognition !== null;
  return isKnown ? drawRecognition(shown, trust.places, place || trust.anchor.region, choose) : [];
}

function drawTrust() {
  byId("strip").className = stripState(trust);
  byId("strip").textContent = drawStrip(trust, isBusy);
  byId("alarms").replaceChildren(...drawAlarms(trust, accept));
  byId("basis").replaceChildren(...drawBasis(trust, shown, refresh));
  byId("unable").hidden = !isUnable;
  byId("strip").hidden = isUnable;
}

function again() {
  // Whoever mistyped something mends it; a certificate that was checked does not linger.
  if (shown.kind === "verdict") for (const form of document.forms) form.reset();
  tell({ kind: "ask" });
  byId("main").focus();
}

async function start() {
  opened().catch(() => {});
  try {
    await begin(draw);
  } catch {
    byId("broken").hidden = false;
    return;
  }
  listenToForms({ ask, verify, show: tell });
  byId("again").addEventListener("click", again);
  byId("retry").addEventListener("click", () => ask(question));
  byId("print").addEventListener("click", () => window.print());
  byId("send").addEventListener("click", () => send(shown.text));
  if (document.presented) await verify([document.presented]);
  document.presented = "";
  await opened().catch(() => null);
  if (trust && (await busy(() => trust.ready())) && trust.isDue) await refresh();
  draw();
  // What the service worker keeps is for the next visit; where it cannot be had this page works all the same.
  await navigator.serviceWorker?.register(new URL("sw.js", ROOT), { scope: new URL("v", ROOT).pathname, updateViaCache: "none" }).catch(() => {});
}

await start();
